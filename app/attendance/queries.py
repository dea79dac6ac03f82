"""Reads of attendance, across rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, and_, distinct, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from app.attendance import events
from app.attendance.choices import PunchState
from app.attendance.models import AttendanceDay, Punch, PunchMark
from app.core import chain, clock, raw, settings
from app.core.bulk import APART
from app.core.work_dates import work_date
from app.extensions import db
from app.projects.choices import ProjectState
from app.projects.models import Project
from app.reference.models import CalendarDay
from app.roster.choices import StayState
from app.roster.models import ProjectWorker, TeamMembership

DRIFT = settings.declare(
    "attendance.drift_minutes", 5, low=0, high=30,
    label=_("Minutes a device may be ahead of the server"),
)  # fmt: skip
MAX_SPAN = settings.declare(
    "attendance.max_span_hours", 18, low=12, high=20, label=_("Longest pair in hours")
)
LAWFUL_HOURS = 11  # 8 and at most 3 of overtime (劳动法 第三十六、四十一条)
HOLIDAY = "holiday"  # a kind of the calendar on which sites may build all the same
REVIEWED_AFTER = timedelta(days=45)
CHAINED = tuple(c for c in Punch.__table__.columns if c.name not in {"id", "id_number"})
CHAINED_MARK = tuple(c for c in PunchMark.__table__.columns if c.name not in {"id", "at"})


@dataclass(slots=True)
class Stay:
    """One stay of a person on a project, as punches are matched to it."""

    id: int
    project_id: int
    person_id: int
    unit_id: int
    team_id: int
    hash: str
    name: str
    entry_on: date | None
    exit_on: date | None
    source: str | None
    district_code: str
    state: StayState
    # (first day, unit, team) of each team the stay has belonged to, the last to begin first
    teams: tuple[tuple[str | None, int, int], ...] = ()
    renumbered: bool = False  # punches were sent under another number that was put right since

    @classmethod
    def of(cls, row: Any) -> "Stay":
        """Read a row of ``STAYS`` or of ``STAY_COLUMNS``."""
        *facts, state, teams, renumbered = row
        several = tuple(tuple(one) for one in teams or ())
        known = StayState[state] if isinstance(state, str) else state
        return cls(*(*facts, known, several, bool(renumbered)))

    def at(self, moment: datetime) -> "Stay":
        """Give the stay with unit and team of the work date a moment lies in."""
        return self.on(work_date(moment))

    def on(self, day: date) -> "Stay":
        """Give the stay with unit and team of a day; before the first they are the first's."""
        if len(self.teams) < 2:
            return self
        begun = (one for one in self.teams if one[0] is None or one[0] <= day.isoformat())
        _from, unit_id, team_id = next(begun, self.teams[-1])
        return replace(self, unit_id=unit_id, team_id=team_id)

    def covers(self, at: datetime) -> bool:
        """Tell whether the person is on site at a moment by this stay (screens.md 7.4).

        A draft covers only when it came by interface: it begins with the first punch. A night
        after the last day belongs to that day until 04:00.
        """
        if self.state is StayState.DRAFT and self.source not in ("api", "device"):
            return False
        local = clock.local(at)
        if self.entry_on is not None and local.date() < self.entry_on:
            return False
        return self.exit_on is None or work_date(at) <= self.exit_on

    def on_site(self, day: date) -> bool:
        """Tell whether a day lies within the stay."""
        return (
            self.state is not StayState.DRAFT
            and (self.entry_on is None or self.entry_on <= day)
            and (self.exit_on is None or day <= self.exit_on)
        )


STAY_COLUMNS = (
    ProjectWorker.id, ProjectWorker.project_id, ProjectWorker.person_id, ProjectWorker.unit_id,
    ProjectWorker.team_id, ProjectWorker.id_number_hash, ProjectWorker.name,
    ProjectWorker.entry_on, ProjectWorker.exit_on, ProjectWorker.source,
    ProjectWorker.district_code, ProjectWorker.state,
    select(
        func.json_agg(aggregate_order_by(
            func.json_build_array(
                TeamMembership.from_on, TeamMembership.unit_id, TeamMembership.team_id
            ),
            TeamMembership.id.desc(),
        ))
    )
    .where(
        TeamMembership.project_id == ProjectWorker.project_id,
        TeamMembership.worker_id == ProjectWorker.id, TeamMembership.is_deleted.is_(False),
    )
    .correlate(ProjectWorker)
    .scalar_subquery(),
    func.cardinality(ProjectWorker.former_hashes) > 0,
)  # fmt: skip
# the same for the documents of a batch, as one statement the driver prepares
STAYS = f"""
    select w.id, w.project_id, w.person_id, w.unit_id, w.team_id, w.id_number_hash, w.name,
      w.entry_on, w.exit_on, w.source, w.district_code, w.state, t.teams,
      cardinality(w.former_hashes) > 0
    from project_worker w
    cross join lateral (
      select case when count(*) > 1 then
        json_agg(json_build_array(m.from_on, m.unit_id, m.team_id) order by m.id desc) end as teams
      from team_membership m
      where m.project_id = w.project_id and m.worker_id = w.id and not m.is_deleted
    ) t
    where w.id_number_hash = any({raw.array("text")}) and not w.is_deleted
    order by w.entry_on desc nulls first, w.id desc
"""


def stays(hashes: Iterable[str], project_id: int | None = None) -> dict[str, list[Stay]]:
    """Give the stays of persons by document hash, newest first; call it in system scope."""
    found: dict[str, list[Stay]] = {}
    for row in raw.execute(STAYS, APART.join(sorted(set(hashes)))):
        stay = Stay.of(row)
        if project_id in (None, stay.project_id):
            found.setdefault(stay.hash, []).append(stay)
    return found


LOCKED = "select month from month_lock where project_id = %s and not is_deleted"


def locked_months(project_id: int) -> set[str]:
    """Give the locked months of a project, such as 2026-10."""
    return {row[0] for row in raw.execute(LOCKED, project_id)}


@dataclass(frozen=True)
class Presence:
    """在场人数 and 在岗人数 of a project on a day, and whether it is a construction day there."""

    on_site: int
    on_duty: int
    construction: bool


def presence(
    day: date, project_ids: Iterable[int] | None = None, districts: Iterable[str] | None = None
) -> dict[int, Presence]:
    """Count who is on site and on duty on a day over visible rows, by project (screens.md 18).

    On duty are persons on site with a punch that counts. Projects without people on site are
    left out. A stay by interface has no entry date yet: it is on site from its first punch.
    """
    there = and_(
        AttendanceDay.project_id == ProjectWorker.project_id,
        AttendanceDay.person_id == ProjectWorker.person_id,
        AttendanceDay.work_on == day, AttendanceDay.punch_count > 0,
    )  # fmt: skip
    building = func.coalesce(construction_day(day), false()).label("construction")
    query = (
        select(
            ProjectWorker.project_id, func.count(ProjectWorker.id),
            func.count(distinct(AttendanceDay.person_id)), building,
        )
        .join(Project, Project.id == ProjectWorker.project_id)
        .outerjoin(AttendanceDay, there)
        .where(
            ProjectWorker.is_deleted.is_(False), Project.is_deleted.is_(False),
            ProjectWorker.state.in_((StayState.ON_SITE, StayState.EXITED)),
            or_(ProjectWorker.entry_on.is_(None), ProjectWorker.entry_on <= day),
            or_(ProjectWorker.state == StayState.ON_SITE, ProjectWorker.exit_on >= day),
        )
        .group_by(ProjectWorker.project_id, "construction")
    )  # fmt: skip
    if project_ids is not None:
        query = query.where(ProjectWorker.project_id.in_(list(project_ids)))
    if districts is not None:
        query = query.where(Project.district_code.in_(list(districts)))
    return {row[0]: Presence(*row[1:]) for row in db.session.execute(query)}


def construction_day(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Tell in SQL whether a day is a 施工日 of ``project`` (alert-rules.md section 1).

    The project is 在建 and begun, and no 停工日 of the city or of its district lies on the day.
    """
    stopped = exists().where(
        CalendarDay.day == day, CalendarDay.kind != HOLIDAY, CalendarDay.working.is_(False),
        CalendarDay.is_deleted.is_(False),
        or_(CalendarDay.district == "", CalendarDay.district == Project.district_code),
    )  # fmt: skip
    return and_(Project.state == ProjectState.ACTIVE, Project.actual_start <= day, ~stopped)


def rate(found: Iterable[Presence]) -> int | None:
    """Give 考勤率 of projects in whole per cent, over those with a construction day."""
    counted = [one for one in found if one.construction]
    on_site = sum(one.on_site for one in counted)
    return sum(one.on_duty for one in counted) * 100 // on_site if on_site else None


def today_rates(project_ids: Iterable[int], day: date) -> dict[int, int]:
    """Give 考勤率 of a day in whole per cent over visible rows, by project (screens.md 18).

    Projects without people on site, and those for which the day is no construction day, are
    left out.
    """
    rates = {number: rate([one]) for number, one in presence(day, project_ids).items()}
    return {number: found for number, found in rates.items() if found is not None}


def hours_limit(project: Project) -> float:
    """Give the most hours of a work date on a project before they are told: 11, or fewer."""
    return float(min(events.hours_limit_asked.send(project=project), default=LAWFUL_HOURS))


def days_of_month(worker: ProjectWorker, today: date) -> list[Any]:
    """Give the work dates of a stay in the month of a day, newest first."""
    table = AttendanceDay.__table__
    return list(
        db.session.execute(
            select(table)
            .where(
                table.c.project_id == worker.project_id, table.c.worker_id == worker.id,
                table.c.work_on >= today.replace(day=1), table.c.work_on <= today,
            )
            .order_by(table.c.work_on.desc())
        )
    )  # fmt: skip


def month_of(at: datetime | date) -> str:
    """Give the month an instant or a work date belongs to."""
    day = work_date(at) if isinstance(at, datetime) else at
    return f"{day:%Y-%m}"


def states_of(project_ids: Iterable[int], punch_ids: Iterable[int]) -> dict[int, Any]:
    """Give the last mark of punches by id: (state, reason); punches without one are valid."""
    rows = db.session.execute(
        select(PunchMark.punch_id, PunchMark.state, PunchMark.reason)
        .ext(distinct_on(PunchMark.punch_id))
        .where(
            PunchMark.project_id.in_(sorted(set(project_ids))),
            PunchMark.punch_id.in_(list(punch_ids)),
        )
        .order_by(PunchMark.punch_id, PunchMark.id.desc())
    )
    return {row.punch_id: (row.state, row.reason) for row in rows}


def taken_in(punches: Iterable[Any]) -> dict[int, int]:
    """Give by punch the later stay that took it in; punches nobody took in are left out."""
    rows = list(punches)
    if not rows:
        return {}
    query: Any = (
        select(PunchMark.punch_id, PunchMark.worker_id)
        .where(
            PunchMark.project_id.in_({row.project_id for row in rows}),
            PunchMark.punch_id.in_([row.id for row in rows]),
            PunchMark.worker_id.is_not(None),
        )
        .order_by(PunchMark.id)
    )
    return dict(db.session.execute(query).all())


def needs_approval(punched_at: datetime, at: datetime, locked: set[str]) -> bool:
    """Tell whether a punch that would count from an instant on waits for approval first.

    What is older than 45 days or of a locked month does (screens.md 7.4).
    """
    return at - punched_at > REVIEWED_AFTER or month_of(punched_at) in locked


def first_thought(punched_at: datetime, received_at: datetime) -> PunchState:
    """Give what is thought of a punch that counts, from its clock alone (screens.md 7.4)."""
    if punched_at > received_at:
        return PunchState.DRIFTED
    if received_at - punched_at > timedelta(days=7):
        return PunchState.LATE
    return PunchState.VALID


@chain.kind("punch")
def _punches(project_id: int, ids: list[int]) -> dict[int, Any]:
    table = Punch.__table__
    return _facts(select(table.c.id, *CHAINED).where(
        table.c.project_id == project_id, table.c.id.in_(ids)
    ))  # fmt: skip


@chain.kind("punch_state")
def _marks(project_id: int, ids: list[int]) -> dict[int, Any]:
    table = PunchMark.__table__
    return _facts(select(table.c.id, *CHAINED_MARK).where(
        table.c.project_id == project_id, table.c.id.in_(ids)
    ))  # fmt: skip


def _facts(query: Any) -> dict[int, Any]:
    return facts_of(db.session.execute(query).mappings())


def facts_of(rows: Iterable[Any]) -> dict[int, dict[str, Any]]:
    """Give what the chain holds of stored rows, by id."""
    return {row["id"]: {k: v for k, v in row.items() if k != "id"} for row in rows}
