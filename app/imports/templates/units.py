"""T1 参建单位: one row is one unit of the project (screens.md 5.2, 14)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.columns import Code
from app.core.sheets import SheetColumn, SheetSpec, sheet_columns
from app.imports.templates import examples
from app.imports.templates.base import Effect, Kind, Taken, Template
from app.imports.templates.since import written_since
from app.projects import services as projects
from app.projects.choices import OPEN_INVITATIONS, UnitState
from app.projects.models import Project, ProjectUnit
from app.projects.queries.facts import unit_people
from app.projects.services.unit_rows import ROLES

# The order of screens.md 14; a column declared later without a place here comes last.
ORDER = (
    "unit_role", "credit_code", "name", "contract_no", "signed_on", "contract_amount",
    "labour_amount", "entry_on", "planned_exit_on", "leader_name", "leader_id_type",
    "leader_id_number", "leader_mobile", "labour_manager_name", "labour_manager_id_type",
    "labour_manager_id_number", "labour_manager_mobile",
)  # fmt: skip
STARRED = {"unit_role", "credit_code", "name", "entry_on", "leader_name", "leader_mobile"}
EXAMPLES = {
    "unit_role": "劳务分包", "credit_code": examples.UNIT["unit_id"], "name": examples.UNIT_NAME,
    "contract_no": "LW-2026-01", "signed_on": "2026-10-15", "contract_amount": "1200",
    "labour_amount": "1100", "entry_on": "2026-11-01", "planned_exit_on": "2027-11-30",
    **examples.of("leader", examples.PERSON), **examples.of("labour_manager", examples.MANAGER),
}  # fmt: skip
STAYS_OPEN = (*OPEN_INVITATIONS, UnitState.REGISTERED)


def unit_sheet(_project: Project | None = None) -> SheetSpec:
    """Give T1; what is not starred is made up for later, whatever the form demands."""
    declared = {spec.name: spec for spec in sheet_columns(ProjectUnit).values()}
    names = [n for n in ORDER if n in declared] + [n for n in declared if n not in ORDER]
    columns = []
    for name in names:
        doors = frozenset({"sheet"}) if name in STARRED else frozenset()
        when = None if name in STARRED else declared[name].when
        spec = replace(declared[name], required_at=doors, when=when, later=name not in STARRED)
        object.__setattr__(spec, "name", name)
        kind = Code("unit_role", only=ROLES) if name == "unit_role" else None
        columns.append(SheetColumn(spec, example=EXAMPLES.get(name, ""), kind_for_cell=kind))
    return SheetSpec("T1", _("Participating units"), tuple(columns))


def take(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Invite the subcontractors and register the others."""
    found = []
    for one in projects.record_units(project, rows, actor=actor):
        kind = Kind.CREATED if one.new else Kind.UPDATED if one.changed else Kind.UNCHANGED
        found.append(Taken(one.row, kind, one.before, one.notices))
    return found


def dependants(_project: Project, effects: Sequence[Effect]) -> list[str]:
    """Name the units that have answered, have people, or were changed since."""
    people = unit_people([one.row.id for one in effects])
    found = []
    for one in effects:
        whats = []
        if one.row.state not in STAYS_OPEN:
            whats.append(str(one.row.state.label))
        if count := people.get(one.row.id):
            whats.append(gettext("%(n)s people of it on site or expected", n=count))
        if whats:
            found.append(
                gettext("Row %(number)s “%(row)s”: %(what)s", number=one.number, row=str(one.row),
                        what="、".join(whats))
            )  # fmt: skip
    answered = {one.row.id for one in effects if one.row.state not in STAYS_OPEN}
    return [*found, *written_since([one for one in effects if one.row.id not in answered])]


def undo(_project: Project, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Withdraw the invitations, drop the registered units, give changed ones their values back."""
    projects.take_back_units(
        [(one.row, None if one.kind is Kind.CREATED else one.before) for one in effects],
        actor=actor,
    )


TEMPLATE = Template(
    code="T1", title=_("Participating units"),
    purpose=_(
        "Invite subcontractors and register suppliers and other units. What a subcontractor's row"
        " leaves empty is to be completed."
    ),
    sheet=unit_sheet, take=take, dependants=dependants, undo=undo, place="UnitView.list",
)  # fmt: skip
