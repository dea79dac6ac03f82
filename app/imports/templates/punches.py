"""T7 考勤补录: one row is a worker's in and out of one day (screens.md 9.3, 14)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.attendance import services as attendance
from app.attendance.models import Correction
from app.attendance.queries import locked_months, month_of
from app.core import scope
from app.core.columns import Text
from app.core.columns.base import ColumnSpec, specs
from app.core.sheets import SheetColumn, SheetSpec
from app.extensions import db
from app.imports.templates import examples, lookups
from app.imports.templates.base import Effect, Kind, Taken, Template
from app.imports.templates.since import written_since
from app.projects.models import Project
from app.roster.models import ProjectWorker
from app.wages.models import Payroll, PayrollLine

PERSON = ("name", "id_type", "id_number")
TIMES = ("work_on", "in_time", "out_time", "reason", "note")
EXAMPLES = {
    **examples.PERSON, "team_name": examples.UNIT["team_id"], "work_on": "2026-11-20",
    "in_time": "07:00", "out_time": "18:00", "reason": "设备故障", "note": "闸机停电",
}  # fmt: skip
NOTES = {
    "out_time": _("An end before the start lies on the following day"),
    "team_name": _("Empty: the team of the worker on that day"),
}


def punch_sheet(project: Project | None = None) -> SheetSpec:
    """Give T7: the person by his document, and the columns of a correction."""
    person, times = specs(ProjectWorker), specs(Correction)
    team = ColumnSpec(Text(100), _("Team"), sheet="班组名称")
    object.__setattr__(team, "name", "team_name")
    declared = [*[person[n] for n in PERSON], team, *[times[n] for n in TIMES]]
    columns = [
        SheetColumn(spec, example=EXAMPLES.get(spec.name, ""), note=NOTES.get(spec.name, ""))
        for spec in declared
    ]
    return SheetSpec(
        "T7", _("Attendance corrections"), tuple(columns),
        lists={team.sheet: lookups.Places(project).teams_named()} if project is not None else {},
        apart=frozenset({times["note"].sheet}),
    )  # fmt: skip


def take(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Enter the times; those on record already change nothing."""
    return [
        Taken(one.row, Kind.CREATED if one.new else Kind.UNCHANGED, {}, one.notices)
        for one in attendance.record_corrections(project, rows, actor=actor)
    ]


def dependants(project: Project, effects: Sequence[Effect]) -> list[str]:
    """Name the corrections decided since, of a month that is locked, or paid by by now."""
    locked = locked_months(project.id)
    found = written_since(_once_each(effects))
    for one in _once_each(effects):
        month = month_of(one.row.work_on)
        whats = [gettext("attendance of %(month)s is locked", month=month)] * (month in locked)
        if _paid(one.row, month):
            whats.append(gettext("a payroll of %(month)s counts it", month=month))
        if whats:
            found.append(
                gettext("Row %(number)s “%(row)s”: %(what)s", number=one.number, row=str(one.row),
                        what="、".join(whats))
            )  # fmt: skip
    return found


def _once_each(effects: Sequence[Effect]) -> list[Effect]:
    """Give each correction once: several rows of the workbook may be one."""
    return list({one.row.id: one for one in reversed(effects)}.values())[::-1]


def _paid(row: Correction, month: str) -> bool:
    query = (
        select(PayrollLine.id)
        .join(Payroll, Payroll.id == PayrollLine.payroll_id)
        .where(
            Payroll.project_id == row.project_id, Payroll.wage_month == month,
            Payroll.is_deleted.is_(False), PayrollLine.is_deleted.is_(False),
            PayrollLine.project_worker_id.in_(row.worker_ids or []),
        )
        .limit(1)
    )  # fmt: skip
    return db.session.scalar(query) is not None


def undo(_project: Project, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Make the punches of the corrections void; what they replaced counts again."""
    attendance.undo_corrections([one.row for one in _once_each(effects)], actor=actor)


TEMPLATE = Template(
    code="T7", title=_("Attendance corrections"),
    purpose=_(
        "Enter working times no gate has recorded: one row is a worker's start and end of one day."
        " Proofs are added on the page of the correction."
    ),
    sheet=punch_sheet, take=take, dependants=dependants, undo=undo, place="CorrectionView.list",
)  # fmt: skip
