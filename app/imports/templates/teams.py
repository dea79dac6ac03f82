"""T2 班组: one row is one team of a unit of the project (screens.md 8.1, 14)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.columns import CreditCode, Text, column
from app.core.forms import loose
from app.core.models import mapped
from app.core.sheets import SheetColumn, SheetSpec, sheet_columns
from app.imports.templates import examples, lookups
from app.imports.templates.base import Effect, Kind, Taken, Template
from app.imports.templates.since import written_since
from app.projects.models import Project
from app.roster import services as roster
from app.roster.models import Team

UNIT_NAME = loose("unit_name", column(Text(200), label=_("Name of the unit"), sheet="所属单位名称"))
# The order of screens.md 14; a column declared later without a place here comes last.
ORDER = (
    "unit_id", "unit_name", "name", "work_type", "leader_name", "leader_id_type",
    "leader_id_number", "leader_mobile", "responsible_name", "responsible_mobile", "entry_on",
    "remark",
)  # fmt: skip
EXAMPLES = {
    "unit_id": examples.UNIT["unit_id"], "unit_name": examples.UNIT_NAME,
    "name": examples.UNIT["team_id"], "work_type": "钢筋工",
    **examples.of("leader", examples.PERSON), "responsible_name": "李四",
    "responsible_mobile": "13900139000", "entry_on": "2026-11-01",
}  # fmt: skip

NOTES = {"unit_id": lookups.CODE_NOTE}


def team_sheet(project: Project | None = None) -> SheetSpec:
    """Give T2; without a project units are not looked up, their codes are only read."""
    places = lookups.Places(project) if project is not None else None
    declared = {spec.name: spec for spec in sheet_columns(Team).values()} | {"unit_name": UNIT_NAME}
    names = [n for n in ORDER if n in declared] + [n for n in declared if n not in ORDER]
    columns = []
    for name in names:
        kind, lookup = None, None
        if name == "unit_id":
            kind, lookup = CreditCode(), places.unit if places else lookups.code_alone
        columns.append(
            SheetColumn(
                declared[name],
                example=EXAMPLES.get(name, ""),
                note=NOTES.get(name, ""),
                lookup=lookup,
                kind_for_cell=kind,
            )
        )
    return SheetSpec(
        "T2", _("Teams"), tuple(columns),
        lists={lookups.UNIT: places.codes(), UNIT_NAME.sheet: places.names()} if places else {},
        dependents={UNIT_NAME.sheet: places.names_by_code()} if places else {},
    )  # fmt: skip


def take(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Add or change the teams; a new leader comes onto the roster as a draft."""
    return [
        Taken(
            one.row, Kind.CREATED if one.new else Kind.UPDATED if one.changed else Kind.UNCHANGED,
            one.before, one.notices,
        )
        for one in roster.record_teams(project, rows, actor=actor)
    ]  # fmt: skip


def dependants(_project: Project, effects: Sequence[Effect]) -> list[str]:
    """Name new teams something has been written about, and any changed by hand since."""
    new = [one for one in effects if one.kind is Kind.CREATED]
    changed = [one for one in effects if one.kind is Kind.UPDATED]
    others = [model.__tablename__ for model in mapped()]  # who joined does not mind what it was
    return [*written_since(new), *written_since(changed, but=others)]


def undo(_project: Project, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Remove the new teams with the drafts of their leaders, and change the others back."""
    roster.take_back_teams(
        [(one.row, None if one.kind is Kind.CREATED else one.before) for one in effects],
        actor=actor,
    )


TEMPLATE = Template(
    code="T2", title=_("Teams"),
    purpose=_("Add teams of the units on site; their leaders then wait among the workers."),
    sheet=team_sheet, take=take, dependants=dependants, undo=undo, place="TeamView.list",
    label=lambda values: str(values.get("name") or ""),
)  # fmt: skip
