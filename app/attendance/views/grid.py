"""The month of a project's people, read for 考勤报表 (screens.md 9.1)."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import Date, Select, Time, and_, cast, func, or_, select

from app.attendance.days import hours_of
from app.attendance.models import AttendanceDay
from app.attendance.queries import hours_limit
from app.core import clock
from app.core.columns.base import specs
from app.extensions import db
from app.projects.models import Project
from app.roster.belonging import in_team
from app.roster.choices import StayState
from app.roster.models import ProjectWorker, Team

HOUR = 3600
TONES = {"over": "red", "missing": "orange", "manual": "blue", "short": "amber", "normal": "green"}


@dataclass(frozen=True)
class Month:
    """A calendar month and its days."""

    year: int
    number: int

    @property
    def name(self) -> str:
        """Give it as 2026-10."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> date:
        """Give its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Give its last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def days(self) -> list[date]:
        """Give its days in order."""
        return [self.first + timedelta(days=n) for n in range(self.last.day)]

    @classmethod
    def read(cls, text: str) -> "Month":
        """Read 2026-10; anything else is the present month."""
        try:
            day = datetime.strptime(text, "%Y-%m").replace(tzinfo=clock.CHINA).date()
        except ValueError:
            day = clock.today()
        return cls(day.year, day.month)


@dataclass(frozen=True)
class Measure:
    """What a day of a project is measured by: its standard hours and the limit in force."""

    project: Project
    limit: float

    @property
    def standard_seconds(self) -> int:
        """Give the length of a standard day."""
        return int((self.project.standard_hours or 8) * HOUR)

    @property
    def long_seconds(self) -> int:
        """Give what a day must exceed to be too long."""
        return int(self.limit * HOUR)

    def kind_of(self, day: Any) -> str:
        """Give the one word a day is coloured by, the gravest first."""
        if day.seconds > self.long_seconds:
            return "over"
        if day.missing_count:
            return "missing"
        if day.manual:
            return "manual"
        return "short" if day.seconds < self.standard_seconds else "normal"

    def words(self) -> dict[str, str]:
        """Give the legend of the colours and marks."""
        return {
            "normal": gettext("Normal"),
            "short": gettext("Shorter than the standard day"),
            "over": gettext("More than %(n)s hours", n=f"{self.limit:g}"),
            "missing": gettext("! punch missing"),
            "manual": gettext("* entered by hand"),
            "away": gettext("Not on site"),
        }


def measure_of(project: Project) -> Measure:
    """Give what the days of a project are measured by now."""
    return Measure(project, hours_limit(project))


def people(measure: Measure, month: Month, filters: Mapping[str, Any]) -> Select[Any]:
    """Give the stays that reach into a month, filtered, in no order."""
    query = select(ProjectWorker).where(
        ProjectWorker.project_id == measure.project.id,
        ProjectWorker.is_deleted.is_(False),
        ProjectWorker.state.in_((StayState.ON_SITE, StayState.EXITED)),
        or_(ProjectWorker.entry_on.is_(None), ProjectWorker.entry_on <= month.last),
        or_(ProjectWorker.exit_on.is_(None), ProjectWorker.exit_on >= month.first),
    )
    for name in ("unit_id", "work_type", "work_role"):
        if filters.get(name):
            query = query.where(getattr(ProjectWorker, name) == filters[name])
    if filters.get("team_id"):
        query = query.where(in_team(filters["team_id"], month.first, month.last))
    if keyword := filters.get("keyword"):
        kind: Any = specs(ProjectWorker)["id_number"].kind
        query = query.where(or_(
            ProjectWorker.name.contains(keyword, autoescape=True),
            ProjectWorker.worker_no == keyword,
            ProjectWorker.id_number_hash == kind.fingerprint(kind.normal(keyword)),
        ))  # fmt: skip
    if filters.get("odd"):
        query = query.where(_odd_days(measure, month))
    return query


def _odd_days(measure: Measure, month: Month) -> Any:
    return (
        select(AttendanceDay.work_on)
        .where(
            _inside(measure.project.id, month),
            AttendanceDay.worker_id == ProjectWorker.id,
            or_(AttendanceDay.missing_count > 0, AttendanceDay.seconds > measure.long_seconds),
        )
        .exists()
    )


def _inside(project_id: int, month: Month, team_id: int = 0) -> Any:
    return and_(
        AttendanceDay.project_id == project_id,
        AttendanceDay.work_on >= month.first,
        AttendanceDay.work_on <= month.last,
        *([AttendanceDay.team_id == team_id] if team_id else []),
    )


def days_of(
    project_id: int, month: Month, worker_ids: Iterable[int], team_id: int = 0
) -> dict[int, dict[date, Any]]:
    """Give the days of some stays in a month, of one team where a team is asked for."""
    table = AttendanceDay.__table__
    rows = db.session.execute(
        select(
            table.c.worker_id, table.c.work_on, table.c.seconds, table.c.missing_count,
            table.c.manual, table.c.valid, table.c.first_at, table.c.last_at, table.c.team_id,
        ).where(_inside(project_id, month, team_id), table.c.worker_id.in_(list(worker_ids)))
    )  # fmt: skip
    found: dict[int, dict[date, Any]] = {}
    for row in rows:
        found.setdefault(row.worker_id, {})[row.work_on] = row
    return found


def teams_of(workers: Iterable[Any], days: Mapping[int, Mapping[date, Any]]) -> dict[int, str]:
    """Give by worker the names of the teams he worked in on these days, else of his own."""
    wanted = {
        worker.id: list(dict.fromkeys(
            day.team_id for _on, day in sorted(days.get(worker.id, {}).items())
        )) or [worker.team_id]
        for worker in workers
    }  # fmt: skip
    ids = {number for numbers in wanted.values() for number in numbers}
    query = select(Team.id, Team.name).where(Team.id.in_(ids))
    names: dict[int, str] = dict(db.session.execute(query).all()) if ids else {}  # type: ignore[arg-type]
    return {
        number: "、".join(names[one] for one in teams if one in names)
        for number, teams in wanted.items()
    }


@dataclass(frozen=True)
class Totals:
    """What stands at the end of a row, or at the foot."""

    days: int = 0
    seconds: int = 0
    missing: int = 0
    manual: int = 0
    late: int = 0
    early: int = 0

    @property
    def hours(self) -> Decimal:
        """Give the hours in tenths, never rounded up."""
        return hours_of(self.seconds)

    def cells(self) -> list[str]:
        """Give the totals as they stand in the grid."""
        return [str(self.days), f"{self.hours}", str(self.missing), str(self.manual),
                f"{self.late}/{self.early}"]  # fmt: skip


def totals_of(rows: Iterable[Any], project: Project) -> Totals:
    """Add up the days of one stay."""
    days = list(rows)
    return Totals(
        days=sum(1 for day in days if day.valid),
        seconds=sum(day.seconds for day in days),
        missing=sum(day.missing_count for day in days),
        manual=sum(1 for day in days if day.manual),
        late=sum(1 for day in days if _late(day, project)),
        early=sum(1 for day in days if _early(day, project)),
    )


def _late(day: Any, project: Project) -> bool:
    begins = project.shift_start
    return bool(day.seconds and begins and clock.local(day.first_at).time() > begins)


def _early(day: Any, project: Project) -> bool:
    ends, last = project.shift_end, clock.local(day.last_at)
    return bool(day.seconds and ends and last.date() == day.work_on and last.time() < ends)


def foot(
    project: Project, month: Month, query: Select[Any], team_id: int = 0
) -> tuple[int, Totals]:
    """Give how many people the filters leave, and the totals over all of them.

    Where a team is asked for, the days they worked in it alone.
    """
    stays = query.with_only_columns(ProjectWorker.id).order_by(None).subquery()
    table, present = AttendanceDay.__table__, AttendanceDay.seconds > 0
    zone = "Asia/Shanghai"
    begins = cast(func.timezone(zone, table.c.first_at), Time)
    ends = func.timezone(zone, table.c.last_at)
    row = db.session.execute(
        select(
            func.count().filter(table.c.valid), func.sum(table.c.seconds),
            func.sum(table.c.missing_count), func.count().filter(table.c.manual),
            func.count().filter(and_(present, begins > project.shift_start)),
            func.count().filter(and_(
                present, cast(ends, Date) == table.c.work_on,
                cast(ends, Time) < project.shift_end,
            )),
        ).where(_inside(project.id, month, team_id), table.c.worker_id.in_(select(stays.c.id)))
    ).one()  # fmt: skip
    count = db.session.scalar(select(func.count()).select_from(stays)) or 0
    return count, Totals(*[int(value or 0) for value in row])


def mark_of(day: Any) -> str:
    """Give the marks of a day: a punch missing, entered by hand."""
    return ("!" if day.missing_count else "") + ("*" if day.manual else "")


def text_of(day: Any) -> str:
    """Give the hours of a day with its marks."""
    return f"{hours_of(day.seconds)}{mark_of(day)}"
