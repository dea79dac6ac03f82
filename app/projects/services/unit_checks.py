"""What is refused about the facts of a participating unit (screens.md 5.2)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import scope
from app.core.errors import Refusal, refuse_all
from app.projects import queries
from app.projects.choices import GENERAL_CONTRACTOR, GONE_UNITS
from app.projects.errors import AlreadyInvited, ContractTaken, OutOfOrder, OwnEnterprise
from app.projects.models import Project, ProjectUnit


def check_unit(project: Project, values: Mapping[str, Any], unit: ProjectUnit | None) -> None:
    """Refuse, all at once, what the facts of a unit break; ``unit`` is the row they change."""
    problems: list[Refusal] = []
    code = values.get("credit_code")
    own = unit.id if unit else None
    if code and _is_own(project, code):
        problems.append(OwnEnterprise())
    elif code and takes_part(project, code, own):
        problems.append(AlreadyInvited())
    number = values.get("contract_no")
    if number and _contract_twin(project, number, own):
        problems.append(ContractTaken())
    whole, labour = values.get("contract_amount"), values.get("labour_amount")
    if whole is not None and labour is not None and labour > whole:
        problems.append(
            OutOfOrder(
                gettext("The labour cost cannot exceed the contract amount"), field="labour_amount"
            )
        )
    entry, leave = values.get("entry_on"), values.get("planned_exit_on")
    if entry and leave and leave < entry:
        problems.append(
            OutOfOrder(
                gettext("The planned exit cannot lie before the entry"), field="planned_exit_on"
            )
        )
    refuse_all(problems)


def _is_own(project: Project, code: str) -> bool:
    found = queries.unit_of_role(project, GENERAL_CONTRACTOR)
    return found is not None and found.credit_code == code


def _twins(project: Project, unit_id: int | None) -> Any:
    rows = ProjectUnit.__table__.c
    query = select(rows.id).where(
        rows.project_id == project.id,
        rows.is_deleted.is_(False),
        rows.state.not_in(GONE_UNITS),
    )
    return query if unit_id is None else query.where(rows.id != unit_id)


def _exists(query: Any) -> bool:
    with scope.system_scope("a unit takes part in a project once") as connection:
        return connection.execute(query.limit(1)).first() is not None


def takes_part(project: Project, code: str, unit_id: int | None) -> bool:
    """Tell whether another live unit of the project has this code."""
    return _exists(_twins(project, unit_id).where(ProjectUnit.__table__.c.credit_code == code))


def _contract_twin(project: Project, number: str, unit_id: int | None) -> bool:
    return _exists(_twins(project, unit_id).where(ProjectUnit.__table__.c.contract_no == number))
