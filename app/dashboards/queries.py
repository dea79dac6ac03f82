"""The numbers of the home pages; every one of them is counted over the rows the user may see."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.alerts.choices import OPEN_STATES
from app.alerts.models import Alert
from app.attendance.models import AttendanceDay
from app.core import scope
from app.enterprises.choices import ChangeState, EnterpriseState
from app.enterprises.models import Enterprise, EnterpriseChange
from app.extensions import db
from app.guides.models import Article
from app.guides.queries import ordered, readable
from app.projects.choices import LIVE_STATES, ProjectState, UnitState
from app.projects.models import Project, ProjectUnit
from app.roster.choices import StayState
from app.roster.models import ProjectWorker, Team
from app.wages.queries import due_this_month

LATEST_ARTICLES = 5
PROJECTS_WITH_STEPS = 5


@dataclass(frozen=True)
class Site:
    """Figures of the sites somebody sees (screens.md 18)."""

    projects: int
    on_site: int
    on_duty: int
    incomplete: int
    alerts: int

    @property
    def rate(self) -> str:
        """考勤率: on duty ÷ on site, in per cent."""
        return f"{self.on_duty * 100 // self.on_site}%" if self.on_site else "—"


def _count(model: Any, *conditions: Any) -> int:
    query = select(func.count()).select_from(model).where(model.is_deleted.is_(False), *conditions)
    return db.session.scalar(query) or 0


def sites(today: date) -> Site:
    """Count what stands on the home page of everybody with sites."""
    on_site, incomplete = db.session.execute(
        select(
            func.count().filter(ProjectWorker.state == StayState.ON_SITE),
            func.count().filter(ProjectWorker.incomplete.is_(True)),
        ).where(ProjectWorker.is_deleted.is_(False))
    ).one()
    on_duty = db.session.scalar(
        select(func.count(func.distinct(AttendanceDay.person_id))).where(
            AttendanceDay.work_on == today
        )
    )
    return Site(
        projects=_count(Project, Project.state.in_(LIVE_STATES)),
        on_site=on_site, on_duty=on_duty or 0, incomplete=incomplete,
        alerts=_count(Alert, Alert.state.in_(OPEN_STATES)),
    )  # fmt: skip


def wages_due(today: date) -> tuple[Decimal, Decimal]:
    """Give 本月应发 and 实发 in 元 over the live projects somebody sees (screens.md 1)."""
    live = select(Project.id).where(Project.state.in_(LIVE_STATES), Project.is_deleted.is_(False))
    sums = due_this_month(list(db.session.scalars(live)), today).values()
    return sum((one[0] for one in sums), Decimal(0)), sum((one[1] for one in sums), Decimal(0))


def alerts_by_level() -> dict[Any, int]:
    """Count open warnings by their level, the gravest first."""
    rows = db.session.execute(
        select(Alert.level, func.count())
        .where(Alert.state.in_(OPEN_STATES), Alert.is_deleted.is_(False))
        .group_by(Alert.level)
    )
    return dict(sorted(map(tuple, rows), key=lambda pair: -pair[0].rank))


def waiting_invitations(enterprises: tuple[int, ...]) -> int:
    """Count invitations an enterprise has not answered."""
    return _count(
        ProjectUnit, ProjectUnit.enterprise_id.in_(enterprises),
        ProjectUnit.state == UnitState.INVITED,
    )  # fmt: skip


def waiting_reviews() -> dict[str, int]:
    """Count what waits for an official's review."""
    return {
        "registrations": _count(Enterprise, Enterprise.state == EnterpriseState.SUBMITTED),
        "changes": _count(EnterpriseChange, EnterpriseChange.state == ChangeState.SUBMITTED),
        "projects": _count(Project, Project.state == ProjectState.SUBMITTED),
    }


def latest_articles(actor: scope.Principal) -> list[Article]:
    """Give the newest articles the reader may see, the pinned first."""
    return list(db.session.scalars(ordered(readable(actor)).limit(LATEST_ARTICLES)))


def next_steps() -> list[tuple[Project, str]]:
    """Say for each of the newest live projects what is to be done next."""
    projects = db.session.scalars(
        select(Project)
        .where(Project.state.in_((ProjectState.DRAFT, ProjectState.RETURNED, *LIVE_STATES)))
        .order_by(Project.id.desc())
        .limit(PROJECTS_WITH_STEPS)
    ).all()
    numbers = [project.id for project in projects]
    with_teams = set(
        db.session.scalars(select(Team.project_id).where(Team.project_id.in_(numbers)).distinct())
    )
    with_workers = set(
        db.session.scalars(
            select(ProjectWorker.project_id).where(ProjectWorker.project_id.in_(numbers)).distinct()
        )
    )
    return [(project, _step(project, with_teams, with_workers)) for project in projects]


def _step(project: Project, with_teams: set[int], with_workers: set[int]) -> str:
    if project.state in (ProjectState.DRAFT, ProjectState.RETURNED):
        return "complete"
    if project.state is ProjectState.APPROVED:
        return "start"
    if project.id not in with_teams:
        return "teams"
    return "workers" if project.id not in with_workers else ""
