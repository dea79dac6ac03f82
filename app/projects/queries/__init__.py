"""Reads of the project domain, for itself and for the domains above it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import case, func, or_, select

from app.core import scope
from app.extensions import db
from app.projects.choices import (
    GENERAL_CONTRACTOR,
    GONE_UNITS,
    ON_SITE_UNITS,
    WAGE_ROLES,
    WORKING_STATES,
    ProjectState,
    UnitState,
)
from app.projects.models import Permit, Project, ProjectUnit


def project(number: int | None) -> Project | None:
    """Give a project the principal may see; None where there is none."""
    if number is None:
        return None
    return db.session.scalars(
        select(Project).where(Project.id == number, Project.is_deleted.is_(False))
    ).one_or_none()


def only_site() -> int | None:
    """Give the project the principal works in where there is just one; None otherwise."""
    numbers = list(
        db.session.scalars(
            select(Project.id)
            .where(Project.is_deleted.is_(False), Project.state.in_(WORKING_STATES))
            .limit(2)
        )
    )
    return numbers[0] if len(numbers) == 1 else None


def units(
    of: Project, roles: Collection[str] = (), *, most: int | None = None
) -> list[ProjectUnit]:
    """Give the units of a project the principal may see, of some roles or of every one.

    The general contractor goes first; ``most`` leaves out those beyond it.
    """
    first = case((ProjectUnit.unit_role == GENERAL_CONTRACTOR, 0), else_=1)
    query = select(ProjectUnit).where(
        ProjectUnit.project_id == of.id, ProjectUnit.is_deleted.is_(False)
    )
    if roles:
        query = query.where(ProjectUnit.unit_role.in_(roles))
    ordered = query.order_by(first, ProjectUnit.unit_role, ProjectUnit.id)
    return list(db.session.scalars(ordered.limit(most)))


def unit_count(of: Project) -> int:
    """Count the units of a project the principal may see."""
    query = select(func.count(ProjectUnit.id)).where(
        ProjectUnit.project_id == of.id, ProjectUnit.is_deleted.is_(False)
    )
    return db.session.scalar(query) or 0


def unit_of_role(of: Project, role: str) -> ProjectUnit | None:
    """Give the one unit of a role only one unit has: general contractor, owner and such."""
    return db.session.scalars(
        select(ProjectUnit)
        .where(
            ProjectUnit.project_id == of.id,
            ProjectUnit.unit_role == role,
            ProjectUnit.is_deleted.is_(False),
            ProjectUnit.state.not_in(GONE_UNITS),
        )
        .order_by(ProjectUnit.id)
        .limit(1)
    ).one_or_none()


def wage_units(of: Project) -> list[ProjectUnit]:
    """Give the units whose people earn wages here, those that have left included."""
    wanted = {*ON_SITE_UNITS, UnitState.EXITED}
    return [row for row in units(of) if row.unit_role in WAGE_ROLES and row.state in wanted]


def permits(of: Project) -> list[Permit]:
    """Give the permits of a project, newest first."""
    return list(
        db.session.scalars(
            select(Permit)
            .where(Permit.project_id == of.id, Permit.is_deleted.is_(False))
            .order_by(Permit.issued_on.desc(), Permit.id)
        )
    )


def district_of(project_id: int) -> str | None:
    """Give the district that supervises a project."""
    return db.session.scalar(select(Project.district_code).where(Project.id == project_id))


def state_of(project_id: int) -> ProjectState | None:
    """Give the state of a project, to those too who are only invited to it."""
    return states_of([project_id]).get(project_id)


def states_of(project_ids: Collection[int]) -> dict[int, ProjectState]:
    """Give the states of projects by number, to those too who are only invited to them."""
    if not project_ids:
        return {}
    rows = Project.__table__.c
    query = select(rows.id, rows.state).where(rows.id.in_(project_ids))
    with scope.system_scope("has the project of an invitation passed its review") as connection:
        return {number: state for number, state in connection.execute(query)}  # noqa: C416


def sees_whole(of: Project, actor: scope.Principal) -> bool:
    """Tell whether a principal sees the whole project, not only its own unit."""
    return actor.audience is not scope.Audience.TENANT or of.id in actor.projects


def own_roles(project_ids: list[int], actor: scope.Principal) -> dict[int, list[ProjectUnit]]:
    """Give the principal's own units on projects, by project."""
    found: dict[int, list[ProjectUnit]] = {}
    if actor.audience is not scope.Audience.TENANT or not project_ids:
        return found
    mine = [ProjectUnit.id.in_(actor.units)]
    if actor.enterprises:
        mine.append(ProjectUnit.enterprise_id.in_(actor.enterprises))
    rows = db.session.scalars(
        select(ProjectUnit).where(
            ProjectUnit.project_id.in_(project_ids), or_(*mine), ProjectUnit.is_deleted.is_(False)
        )
    )
    for row in rows:
        found.setdefault(row.project_id, []).append(row)
    return found


def subcontract_sum(of: Project, without: int | None = None) -> Any:
    """Give the sum of the live subcontracts of a project in 万元, one unit left out."""
    query = select(func.coalesce(func.sum(ProjectUnit.contract_amount), 0)).where(
        ProjectUnit.project_id == of.id,
        ProjectUnit.is_deleted.is_(False),
        ProjectUnit.state.not_in(GONE_UNITS),
        ProjectUnit.unit_role != GENERAL_CONTRACTOR,
    )
    if without is not None:
        query = query.where(ProjectUnit.id != without)
    return db.session.scalar(query)
