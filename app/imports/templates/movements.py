"""T5 进退场: one row is one entry or exit of somebody on the roster (screens.md 8.3, 14)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.columns import ColumnSpec, Text, column
from app.core.forms import loose
from app.core.sheets import Dependent, SheetColumn, SheetSpec, sheet_columns
from app.imports.templates import examples, lookups, people
from app.imports.templates.base import Effect, Kind, Taken, Template
from app.imports.templates.since import written_since
from app.projects.models import Project
from app.roster import services as roster
from app.roster.choices import MovementKind
from app.roster.models import Movement, ProjectWorker
from app.roster.services import movement_rows

TEAM = loose(
    "team", column(Text(100), label=_("Team"), required_at=("sheet",), sheet="班组名称")
)  # fmt: skip
PERSON = ("name", "id_type", "id_number")
EXAMPLES = {
    **examples.PERSON, "team": examples.UNIT["team_id"], "kind": "退场", "moved_on": "2026-11-20",
    "reason": "完工", "settled": "是",
}  # fmt: skip
# an exit stands on the punches before it
BEFORE_AN_EXIT = ("punch", "attendance_day", "correction", "odd_punch", "team_membership")


def movement_sheet(project: Project | None = None) -> SheetSpec:
    """Give T5: the person by his document, his team by its name, and the movement."""
    declared = {spec.name: spec for spec in sheet_columns(ProjectWorker).values()}
    specs = [*(declared[name] for name in PERSON), TEAM, *sheet_columns(Movement).values()]
    return SheetSpec(
        "T5", _("Entry and exit"),
        tuple(SheetColumn(spec, example=EXAMPLES.get(spec.name, "")) for spec in specs),
        lists={TEAM.sheet: lookups.Places(project).teams_named()} if project is not None else {},
        dependents=_of_an_exit(specs),
    )  # fmt: skip


def _of_an_exit(declared: Sequence[ColumnSpec]) -> dict[str, Dependent]:
    """Give the drop-downs only an exit has words for."""
    by_name = {spec.name: SheetColumn(spec) for spec in declared}

    def follow(column: SheetColumn) -> Dependent:
        return Dependent(by_name["kind"].header, lambda: {
            MovementKind.EXIT.label: column.choices, MovementKind.ENTRY.label: [],
        })  # fmt: skip

    return {by_name[name].header: follow(by_name[name]) for name in ("reason", "settled")}


def take(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Record the entries and exits; an entry that is on record already changes nothing."""
    return [
        Taken(one.row, Kind.CREATED if one.new else Kind.UNCHANGED, one.before, one.notices)
        for one in roster.record_movement_rows(project, people.about(rows), actor=actor)
    ]


def dependants(_project: Project, effects: Sequence[Effect]) -> list[str]:
    """Name the stays something has been written about since, or that have begun anew."""
    exits = [one for one in effects if one.before["what"] == movement_rows.EXIT]
    begun = [one for one in effects if one.before["what"] != movement_rows.EXIT]
    back = [
        gettext("Row %(number)s “%(row)s”: %(what)s", number=one.number, row=str(one.row),
                what=gettext("is on site again"))
        for one in exits if movement_rows.returned(one.row)
    ]  # fmt: skip
    return [*written_since(begun), *written_since(exits, but=BEFORE_AN_EXIT), *back]


def undo(_project: Project, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Take the movements back: the stays are what they were before."""
    roster.take_back_movements([(one.row, one.before) for one in effects], actor=actor)


TEMPLATE = Template(
    code="T5", title=_("Entry and exit"),
    purpose=_("Record the entry or exit of people on the roster, also of those who come back."),
    sheet=movement_sheet, take=take, dependants=dependants, undo=undo, place="WorkerView.list",
)  # fmt: skip
