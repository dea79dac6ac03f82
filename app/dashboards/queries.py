"""The numbers of the home pages; every one of them is counted over the rows the user may see.

``districts`` name those rows where the row policies do not: an official's figures are counted
in the system's role, because policies are asked for every row and there are all of a city's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, not_, or_, select

from app.alerts.choices import OPEN_STATES
from app.alerts.models import Alert
from app.alerts.queries import to_close, to_decide
from app.attendance.queries import Presence
from app.attendance.queries import rate as rate_of
from app.core import scope
from app.enterprises.choices import ChangeState, EnterpriseState
from app.enterprises.models import Enterprise, EnterpriseChange
from app.extensions import db
from app.incidents.models import Incident
from app.incidents.queries import to_verify
from app.projects.choices import (
    EDITABLE_STATES,
    LIVE_STATES,
    ProjectState,
    UnitState,
)
from app.projects.models import Project, ProjectUnit
from app.projects.queries import completeness, sees_whole
from app.roster.choices import StayState
from app.roster.models import ProjectWorker, Team
from app.wages.queries import due_together

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


Figures = dict[str, Select[Any]]
Districts = tuple[str, ...] | None


def _number(model: Any, *conditions: Any, districts: Districts = None) -> Select[Any]:
    query = select(func.count(model.id)).where(model.is_deleted.is_(False), *conditions)
    return query if districts is None else query.where(model.district_code.in_(districts))


def site_figures(districts: Districts = None) -> Figures:
    """Choose what is counted of everybody's sites."""
    number = partial(_number, districts=districts)
    return {
        "projects": number(Project, Project.state == ProjectState.ACTIVE),
        # the list behind the number: who has left today counts in the rate alone
        "on_site": number(ProjectWorker, ProjectWorker.state == StayState.ON_SITE),
        "incomplete": number(ProjectWorker, ProjectWorker.incomplete.is_(True)),
        "alerts": number(Alert, Alert.state.in_(OPEN_STATES)),
    }


def sites(figures: Mapping[str, Any], presences: Iterable[Presence]) -> Site:
    """Give what stands on the home page of everybody with sites, its figures being read."""
    there = list(presences)
    rate = rate_of(there)
    return Site(
        projects=figures["projects"], on_site=figures["on_site"],
        on_duty=sum(one.on_duty for one in there),
        rate="—" if rate is None else f"{rate}%",
        incomplete=figures["incomplete"], alerts=figures["alerts"],
    )  # fmt: skip


def wages_due(today: date) -> Figures:
    """Choose 本月应发 and 实发 in 元 over the live projects somebody sees (screens.md 1)."""
    live = select(Project.id).where(Project.state.in_(LIVE_STATES), Project.is_deleted.is_(False))
    return due_together(live, today)


def alerts_by_level() -> dict[Any, int]:
    """Count open warnings by their level, the gravest first."""
    rows = db.session.execute(
        select(Alert.level, func.count())
        .where(Alert.state.in_(OPEN_STATES), Alert.is_deleted.is_(False))
        .group_by(Alert.level)
    )
    return dict(sorted(map(tuple, rows), key=lambda pair: -pair[0].rank))


def waiting_invitations(enterprises: tuple[int, ...]) -> Figures:
    """Choose how many invitations an enterprise has not answered."""
    return {
        "invitations": _number(
            ProjectUnit, ProjectUnit.enterprise_id.in_(enterprises),
            ProjectUnit.state == UnitState.INVITED,
        )
    }  # fmt: skip


def waiting_reviews(districts: Districts) -> Figures:
    """Choose how much waits for an official's review."""
    number = partial(_number, districts=districts)
    return {
        "registrations": number(Enterprise, Enterprise.state == EnterpriseState.SUBMITTED),
        "changes": number(EnterpriseChange, EnterpriseChange.state == ChangeState.SUBMITTED),
        "reviews": number(Project, Project.state == ProjectState.SUBMITTED),
    }


def waiting_alerts() -> Figures:
    """Choose how many warnings wait for an official: to decide, and to write off."""
    return {
        "decisions": select(func.count(Alert.id)).where(*to_decide()),
        "handled": select(func.count(Alert.id)).where(*to_close()),
    }


def waiting_incidents() -> Figures:
    """Choose how many incidents an official has still to verify."""
    return {"incidents": select(func.count(Incident.id)).where(*to_verify())}


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
