"""T11 培训记录: one row is one person at one training (screens.md 14)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.errors import Refusal
from app.core.sheets import SheetColumn, SheetSpec, sheet_columns
from app.imports.templates import people
from app.imports.templates.base import Effect, Taken, Template
from app.imports.templates.since import written_since
from app.projects.models import Project
from app.roster import services as roster
from app.roster.models import Trainee, Training
from app.roster.services import attendances
from app.roster.services.trainings import session_problems

EXAMPLES = {"kind": "入场教育", "trained_on": "2026-11-01", "hours": "4", "result": "合格"}


def training_sheet(_project: Project | None = None) -> SheetSpec:
    """Give T11; rows of one kind, day and length become one session."""
    declared = [*sheet_columns(Training).values(), *sheet_columns(Trainee).values()]
    columns = [SheetColumn(spec, example=EXAMPLES.get(spec.name, "")) for spec in declared]
    return SheetSpec("T11", _("Training records"), (*people.columns(), *columns))


def take(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Record who took part, correcting what is known."""
    return people.taken(roster.record_attendances(project, people.about(rows), actor=actor))


def early(values: Mapping[str, Any], _project: Project) -> Iterator[Refusal]:
    """Give what day and hours of a row with other errors break."""
    yield from session_problems(values)


def dependants(_project: Project, effects: Sequence[Effect]) -> list[str]:
    """Name the results that were changed or removed since."""
    return written_since(effects)


def undo(_project: Project, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Take the records back; the entry training of the stays follows what is left."""
    attendances.take_back([(one.row, one.before) for one in effects], actor=actor)


TEMPLATE = Template(
    code="T11", title=_("Training records"),
    purpose=_("Record who took part in safety education and other trainings, with the result."),
    sheet=training_sheet, take=take, early=early, dependants=dependants, undo=undo,
    place="TrainingView.list", listed=lambda row: row.training,
)  # fmt: skip
