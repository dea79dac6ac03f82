"""Reads of who belongs to which team on which day, and which team takes whom (screens.md 8.2)."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select
from sqlalchemy.orm import selectinload

from app.core import scope
from app.extensions import db
from app.projects.choices import GENERAL_CONTRACTOR, UnitState
from app.projects.models import ProjectUnit
from app.roster import queries
from app.roster.models import ProjectWorker, Team, TeamMembership


def kept_units(project_id: int, actor: scope.Principal) -> Select[Any]:
    """Give the units whose people a whole-project principal keeps himself (screens.md 5.2).

    His own, and those that have not accepted or need no acceptance.
    """
    whole = actor.audience is scope.Audience.SYSTEM or project_id in actor.projects
    return queries.employing_units(project_id, actor).where(
        literal(whole),
        or_(ProjectUnit.unit_role == GENERAL_CONTRACTOR, ProjectUnit.state != UnitState.ACCEPTED),
    )


def teams_to_join(project_id: int | None, unit_id: int, actor: scope.Principal) -> Select[Any]:
    """Give the teams a worker of a unit may change to: its own, and those its keeper has."""
    query = queries.open_teams(project_id, None)
    kept = kept_units(project_id or 0, actor).with_only_columns(ProjectUnit.id)
    both = and_(literal(unit_id).in_(kept), Team.unit_id.in_(kept))
    return query.where(or_(Team.unit_id == unit_id, both))


def in_team(team_id: int, first: date, last: date) -> ColumnElement[bool]:
    """Tell of a stay whether it belonged to a team on a day between two days."""
    within = (
        TeamMembership.project_id == ProjectWorker.project_id,
        TeamMembership.worker_id == ProjectWorker.id, TeamMembership.is_deleted.is_(False),
    )  # fmt: skip
    then = exists().where(
        *within, TeamMembership.team_id == team_id,
        or_(TeamMembership.from_on.is_(None), TeamMembership.from_on <= last),
        or_(TeamMembership.to_on.is_(None), TeamMembership.to_on >= first),
    )  # fmt: skip
    return or_(then, and_(ProjectWorker.team_id == team_id, ~exists().where(*within)))


def memberships(worker: ProjectWorker) -> list[TeamMembership]:
    """Give the teams a stay has belonged to, oldest first."""
    return list(
        db.session.scalars(
            select(TeamMembership)
            .where(TeamMembership.worker_id == worker.id, TeamMembership.is_deleted.is_(False))
            .options(selectinload(TeamMembership.team))
            .order_by(TeamMembership.id)
            .limit(queries.MOST_STAYS)
        )
    )
