"""The numbers of the home pages; every one of them is counted over the rows the user may see."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from app.alerts.choices import OPEN_STATES
from app.alerts.models import Alert
from app.alerts.queries import returned
from app.attendance.queries import presence
from app.attendance.queries import rate as rate_of
from app.core import scope
from app.enterprises.choices import ChangeState, EnterpriseState
from app.enterprises.models import Enterprise, EnterpriseChange
from app.extensions import db
from app.guides.models import Article
from app.guides.queries import ordered, readable
from app.projects.choices import (
    EDITABLE_STATES,
    GONE_UNITS,
    LIVE_STATES,
    ProjectState,
    UnitState,
)
from app.projects.models import Project, ProjectUnit
from app.projects.queries import completeness, sees_whole
from app.roster.choices import StayState
from app.roster.models import ProjectWorker, Team
from app.roster.queries import asked_to_leave
from app.wages.queries import due_this_month

LATEST_ARTICLES = 5
MOST_STEPS = 10
SITE_STEPS = ("teams", "workers")


@dataclass(frozen=True)
class Site:
    """Figures of the sites somebody sees (screens.md 18)."""

    projects: int
    on_site: int
    on_duty: int
    rate: str
    incomplete: int
    alerts: int


def _count(model: Any, *conditions: Any) -> int:
    query = select(func.count()).select_from(model).where(model.is_deleted.is_(False), *conditions)
    return db.session.scalar(query) or 0


def sites(today: date) -> Site:
    """Count what stands on the home page of everybody with sites."""
    there = list(presence(today).values())
    rate = rate_of(there)
    return Site(
        projects=_count(Project, Project.state.in_(LIVE_STATES)),
        # the list behind the number: who has left today counts in the rate alone
        on_site=_count(ProjectWorker, ProjectWorker.state == StayState.ON_SITE),
        on_duty=sum(one.on_duty for one in there),
        rate="—" if rate is None else f"{rate}%",
        incomplete=_count(ProjectWorker, ProjectWorker.incomplete.is_(True)),
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


@dataclass(frozen=True)
class Step:
    """What is to be done next on a project, and for an application what it still lacks."""

    project: Project
    verb: str
    lacking: list[str]


def next_steps(actor: scope.Principal) -> list[Step]:
    """Say what is to be done next, first for what was returned, then drafts, then sites."""
    teams = exists().where(Team.project_id == Project.id, Team.is_deleted.is_(False))
    workers = exists().where(
        ProjectWorker.project_id == Project.id, ProjectWorker.is_deleted.is_(False)
    )
    urgency = case(
        (Project.state == ProjectState.RETURNED, 0), (Project.state == ProjectState.DRAFT, 1),
        else_=2,
    )  # fmt: skip
    rows = db.session.execute(
        select(Project, teams, workers)
        .where(
            Project.is_deleted.is_(False),
            or_(
                Project.state.in_((*EDITABLE_STATES, ProjectState.APPROVED)),
                and_(Project.state.in_(LIVE_STATES), or_(not_(teams), not_(workers))),
            ),
        )
        .order_by(urgency, Project.id.desc())
        .limit(MOST_STEPS)
    ).all()  # fmt: skip
    found = [(project, _verb(project, *has)) for project, *has in rows]
    own = [p for p, _v in found if p.state in EDITABLE_STATES and sees_whole(p, actor)]
    dossiers = completeness.dossiers(own) if own else {}
    return [
        Step(project, verb, completeness.missing(dossiers[project.id]) if project in own else [])
        for project, verb in found
        if verb in SITE_STEPS or sees_whole(project, actor)
    ]


def _verb(project: Project, teams: bool, workers: bool) -> str:
    if project.state is ProjectState.RETURNED:
        return "correct"
    if project.state is ProjectState.DRAFT:
        return "complete"
    if project.state is ProjectState.APPROVED:
        return "start"
    if not teams:
        return "teams"
    return "workers" if not workers else ""


def returned_changes(enterprises: tuple[int, ...]) -> list[EnterpriseChange]:
    """Give the returned changes of an enterprise that no later request takes up, newest first."""
    rows = db.session.scalars(
        select(EnterpriseChange)
        .where(
            EnterpriseChange.enterprise_id.in_(enterprises),
            EnterpriseChange.is_deleted.is_(False), EnterpriseChange.direct.is_(False),
        )
        .order_by(EnterpriseChange.id.desc())
        .limit(MOST_STEPS)
    )  # fmt: skip
    found: list[EnterpriseChange] = []
    later: set[str] = set()
    for row in rows:
        if row.state is ChangeState.RETURNED and not later & set(row.changed_fields):
            found.append(row)
        if row.state is not ChangeState.WITHDRAWN:
            later |= set(row.changed_fields)
    return found


def declined_invitations(actor: scope.Principal) -> list[ProjectUnit]:
    """Give the units whose enterprise declined and whose inviter has not decided what follows.

    He changes the unit, lets it leave or invites again (screens.md 5.2).
    """
    again = aliased(ProjectUnit)
    return list(
        db.session.scalars(
            select(ProjectUnit)
            .join(Project, Project.id == ProjectUnit.project_id)
            .where(
                ProjectUnit.state == UnitState.DECLINED, ProjectUnit.is_deleted.is_(False),
                or_(
                    ProjectUnit.project_id.in_(actor.projects),
                    ProjectUnit.parent_id.in_(actor.units),
                ),
                ProjectUnit.enterprise_id.not_in(actor.enterprises),
                Project.state.in_((*EDITABLE_STATES, *LIVE_STATES)),
                not_(
                    exists().where(
                        again.project_id == ProjectUnit.project_id,
                        again.credit_code == ProjectUnit.credit_code,
                        again.state.not_in(GONE_UNITS), again.is_deleted.is_(False),
                    )
                ),
            )
            .order_by(ProjectUnit.id.desc())
            .limit(MOST_STEPS)
        )
    )  # fmt: skip


def returned_alerts() -> list[Alert]:
    """Give the warnings whose handling the bureau has returned, the most urgent first."""
    return returned(MOST_STEPS)


def workers_elsewhere(actor: scope.Principal) -> list[tuple[ProjectWorker, str]]:
    """Give the workers whose exit is asked for, as they have begun on another project.

    Each with the name of the project he is to leave.
    """
    rows = db.session.execute(
        select(ProjectWorker, Project.name)
        .join(Project, Project.id == ProjectWorker.project_id)
        .where(ProjectWorker.id.in_(asked_to_leave(actor)))
        .order_by(ProjectWorker.id)
        .limit(MOST_STEPS)
    )
    return [(row, name) for row, name in rows]


def open_invitations(enterprises: tuple[int, ...]) -> list[ProjectUnit]:
    """Give the invitations an enterprise has not answered, the newest first."""
    return list(
        db.session.scalars(
            select(ProjectUnit)
            .where(
                ProjectUnit.enterprise_id.in_(enterprises), ProjectUnit.is_deleted.is_(False),
                ProjectUnit.state == UnitState.INVITED,
            )
            .order_by(ProjectUnit.id.desc())
            .limit(MOST_STEPS)
        )
    )  # fmt: skip
