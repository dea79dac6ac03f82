"""Units and accounts named by rows: loaded through the principal's scope, never believed."""

from typing import Any

from sqlalchemy import select

from app.core import scope
from app.extensions import db
from app.projects.choices import GENERAL_CONTRACTOR, UnitState, WageMode
from app.projects.models import Project, ProjectUnit
from app.wages.choices import USABLE_ACCOUNTS
from app.wages.errors import NoAccount, NotYourUnit
from app.wages.models import WageAccount


def keeps(project_id: int, unit_id: Any, actor: scope.Principal) -> bool:
    """Tell whether a principal acts for a unit: its own, or any of his project."""
    if actor.audience is scope.Audience.SYSTEM:
        return True
    return project_id in actor.projects or unit_id in actor.units


def whole_project(project_id: int, actor: scope.Principal) -> bool:
    """Tell whether a principal acts for the general contractor of a project."""
    return actor.audience is scope.Audience.SYSTEM or project_id in actor.projects


def acts_as(unit: ProjectUnit | None, actor: scope.Principal) -> bool:
    """Tell whether a principal is the unit itself, not only whoever keeps the whole project.

    The general contractor acts for a unit that has not accepted its invitation (screens.md 5.2).
    """
    if unit is None:
        return False
    own = unit.id in actor.units or unit.enterprise_id in actor.enterprises
    stands_in = unit.unit_role == GENERAL_CONTRACTOR or unit.state is not UnitState.ACCEPTED
    return own or (stands_in and unit.project_id in actor.projects)


def unit_of(project: Project, number: Any, field: str = "unit_id") -> ProjectUnit:
    """Give a visible unit of a project, or refuse."""
    row = db.session.scalars(
        select(ProjectUnit).where(
            ProjectUnit.id == number, ProjectUnit.project_id == project.id,
            ProjectUnit.is_deleted.is_(False),
        )
    ).one_or_none() if isinstance(number, int) else None  # fmt: skip
    if row is None:
        raise NotYourUnit(field)
    return row


def own_unit(
    project: Project, number: Any, actor: scope.Principal, field: str = "unit_id"
) -> ProjectUnit:
    """Give a unit of a project this principal acts for, or refuse."""
    row = unit_of(project, number, field)
    if not keeps(project.id, row.id, actor):
        raise NotYourUnit(field)
    return row


def payer_of(unit: ProjectUnit) -> int:
    """Give the unit whose account pays a unit's wages: with 总包代发 the general contractor."""
    if unit.unit_role == GENERAL_CONTRACTOR or unit.wage_mode is WageMode.BY_SUBCONTRACTOR:
        return int(unit.id)
    with scope.system_scope("wages are paid by the general contractor on behalf") as connection:
        table = ProjectUnit.__table__.c
        found = connection.execute(
            select(table.id)
            .where(table.project_id == unit.project_id, table.unit_role == GENERAL_CONTRACTOR,
                   table.is_deleted.is_(False))
            .order_by(table.id).limit(1)
        ).scalar()  # fmt: skip
    return int(found or unit.id)


def account_facts(project_id: int, unit_id: int) -> dict[str, Any]:
    """Give number, name, bank and state of a unit's usable account; empty without one.

    Columns, not rows: a subcontractor does not see the general contractor's account (D2).
    """
    table = WageAccount.__table__.c
    names = ("id", "account_name", "bank_code", "state", "unit_id", "account_no")
    with scope.system_scope("wages are paid out of an account of another unit") as connection:
        row = connection.execute(
            select(*(table[name] for name in names))
            .where(table.project_id == project_id, table.unit_id == unit_id,
                   table.state.in_(USABLE_ACCOUNTS), table.is_deleted.is_(False))
            .order_by(table.id.desc()).limit(1)
        ).mappings().first()  # fmt: skip
    return dict(row) if row else {}


def paying_account(project_id: int, unit_id: int, field: str = "account_id") -> dict[str, Any]:
    """Give the account wages of a unit are paid out of, or refuse (screens.md 19)."""
    found = account_facts(project_id, unit_id)
    if not found:
        raise NoAccount(field)
    return found
