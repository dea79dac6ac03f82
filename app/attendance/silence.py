"""Teams half of whose workers have not punched for some construction days (8.3, PERS-006 c)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Integer, Interval, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.attendance.queries import construction_day
from app.core.work_dates import work_date_of
from app.extensions import db
from app.projects.models import Project
from app.roster.choices import StayState
from app.roster.models import ProjectWorker, Team

TEAM_DAYS, TEAM_LEAST = 3, 3  # team_days and team_min of PERS-006
SHARE = 50  # team_share of PERS-006, in per cent
LOOK_BACK = 120  # days


@dataclass(frozen=True)
class SilentTeam:
    """A team with many workers who have not punched: whom it has, and who is silent."""

    team: Any
    members: int
    silent: tuple[int, ...]
    last_punch_at: datetime | None

    @property
    def share(self) -> int:
        """Give the silent share in whole per cent, never rounded up."""
        return len(self.silent) * 100 // self.members


def construction_days(project: Project, today: date, number: int) -> list[date]:
    """Give the last construction days of a project that are over, the latest first."""
    day = timedelta(days=1)
    series = select(
        cast(
            func.generate_series(today - LOOK_BACK * day, today - day, literal(day, Interval)), Date
        ).label("day")
    ).subquery()
    return list(
        db.session.scalars(
            select(series.c.day)
            .join(Project, Project.id == project.id)
            .where(construction_day(series.c.day))
            .order_by(series.c.day.desc())
            .limit(number)
        )
    )


def silent_teams(project: Project, since: date) -> list[SilentTeam]:
    """Give the visible teams with at least three workers, half of them silent since a day.

    The work date of the last punch counts, or else the entry; the most silent stand first.
    """
    stay = ProjectWorker
    silent = func.coalesce(work_date_of(stay.last_punch_at), stay.entry_on) < since
    count, quiet = func.count(), func.count().filter(silent)
    share = cast(quiet * 100 / count, Integer)
    query = (
        select(
            Team, count, func.array_agg(aggregate_order_by(stay.id, stay.id)).filter(silent),
            func.max(stay.last_punch_at),
        )
        .join(stay, and_(stay.project_id == Team.project_id, stay.team_id == Team.id))
        .where(
            Team.project_id == project.id, Team.is_management.is_(False),
            Team.is_deleted.is_(False), stay.state == StayState.ON_SITE, stay.is_deleted.is_(False),
        )
        .group_by(Team.project_id, Team.id)
        .having(and_(count >= TEAM_LEAST, quiet * 100 >= count * SHARE))
        .order_by(share.desc(), Team.id)
    )  # fmt: skip
    return [
        SilentTeam(team, members, tuple(ids), last)
        for team, members, ids, last in db.session.execute(query.limit(200))
    ]
