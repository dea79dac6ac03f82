"""What of the roster leaves with a unit (screens.md 5.4)."""

from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select

from app.core import scope
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.projects.queries.facts import ExitLine
from app.roster.choices import MovementKind, StaffState, StayState, TeamState
from app.roster.models import ProjectWorker, StaffMember, Team
from app.roster.services.leaving import exit_staff
from app.roster.services.movements import OTHER, record_movements
from app.roster.services.replacements import lapse
from app.roster.states import STAY_FLOW, TEAM_FLOW


def exit_lines(unit: ProjectUnit) -> list[ExitLine]:
    """Count the teams, workers and posts that leave with a unit."""
    teams = _count(Team, unit, TeamState.ON_SITE)
    on_site = _count(ProjectWorker, unit, StayState.ON_SITE)
    expected = _count(ProjectWorker, unit, StayState.EXPECTED)
    staff = _count(StaffMember, unit, StaffState.ON_SITE)
    return [
        ExitLine(gettext("Teams on site"), str(teams)),
        ExitLine(gettext("Workers on site"), str(on_site)),
        ExitLine(gettext("Workers expected"), str(expected)),
        ExitLine(gettext("Staff on posts"), str(staff)),
    ]


def who_leaves(unit: ProjectUnit) -> tuple[list[Team], list[ProjectWorker]]:
    """Give the teams and workers on site who leave with a unit."""
    return _rows(Team, unit, TeamState.ON_SITE), _rows(ProjectWorker, unit, StayState.ON_SITE)


def exit_people(unit: ProjectUnit, *, actor: scope.Principal) -> None:
    """Let everybody of a unit leave on its exit date; drafts and expected stays are dropped.

    One who entered later, or has a movement later than that day, is a refusal that names him.
    The stays count as settled where the unit left a settlement statement.
    """
    project = db.session.get_one(Project, unit.project_id)
    words = unit.exit_reason or ""
    exit_values = {"moved_on": unit.exit_on, "remark": words, "reason": OTHER,
                   "settled": bool(unit.settlement_file)}  # fmt: skip
    lapse(unit)
    for post in _rows(StaffMember, unit, StaffState.DRAFT):
        post.is_deleted = True
    for post in _rows(StaffMember, unit, StaffState.ON_SITE):
        exit_staff(post, exit_values, actor=actor)
    expected = _rows(ProjectWorker, unit, StayState.EXPECTED)
    STAY_FLOW.fire_many("withdraw", expected, actor=actor, remark=words)
    for stay in _rows(ProjectWorker, unit, StayState.DRAFT):
        stay.is_deleted = True
    record_movements(
        project,
        [{**exit_values, "worker": stay, "kind": MovementKind.EXIT}
         for stay in _rows(ProjectWorker, unit, StayState.ON_SITE)],
        actor=actor,
    )  # fmt: skip
    teams = _rows(Team, unit, TeamState.ON_SITE)
    for team in teams:
        team.exit_on = max(unit.exit_on, team.entry_on or unit.exit_on)
    TEAM_FLOW.fire_many("exit", teams, actor=actor, remark=words)
    for team in _rows(Team, unit, TeamState.DRAFT):
        team.is_deleted = True
    db.session.flush()


def _of(model: Any, unit: ProjectUnit, state: Any) -> tuple[Any, ...]:
    return (
        model.project_id == unit.project_id, model.unit_id == unit.id, model.state == state,
        model.is_deleted.is_(False),
    )  # fmt: skip


def _count(model: Any, unit: ProjectUnit, state: Any) -> int:
    query = select(func.count()).select_from(model).where(*_of(model, unit, state))
    return db.session.scalar(query) or 0


def _rows(model: Any, unit: ProjectUnit, state: Any) -> list[Any]:
    return list(db.session.scalars(select(model).where(*_of(model, unit, state))))
