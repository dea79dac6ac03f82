"""拨付计划: made, submitted, confirmed by the payee, changed (screens.md 10.1, 10.2)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select

from app.core import scope
from app.core.errors import NotAllowed, Refusal, refuse_all
from app.extensions import db
from app.projects.choices import GENERAL_CONTRACTOR, LABOUR, OWNER, PROFESSIONAL
from app.projects.models import Project, ProjectUnit
from app.projects.services.numbers import draw_number, hold_lock
from app.roster.services.doors import door_of, missing, open_columns
from app.wages.choices import (
    RECEIVED,
    USABLE_ACCOUNTS,
    AllocationState,
    MoneyKind,
)
from app.wages.errors import NotNow, NotYourUnit, WageRefusal
from app.wages.models import AllocationPlan, Transfer, WageAccount
from app.wages.queries.choosing import bounds
from app.wages.services.payments import follow
from app.wages.services.places import acts_as, keeps, unit_of
from app.wages.states import ALLOCATION_FLOW

PAYERS = {MoneyKind.SPLIT: (OWNER, GENERAL_CONTRACTOR),
          MoneyKind.WAGE: (GENERAL_CONTRACTOR, PROFESSIONAL)}  # fmt: skip
PAYEES = {MoneyKind.SPLIT: (GENERAL_CONTRACTOR, PROFESSIONAL, LABOUR),
          MoneyKind.WAGE: (PROFESSIONAL, LABOUR)}  # fmt: skip
PREFIX = {MoneyKind.SPLIT: "FZ", MoneyKind.WAGE: "GK"}
CHANGED = ("amount", "due_on", "progress_desc", "progress_amount", "labour_ratio", "remark",
           "attachments", "basis_contract_no", "head_count")  # fmt: skip
OPEN = (AllocationState.CONFIRMED, AllocationState.RUNNING, AllocationState.DONE)
Values = Mapping[str, Any]


def plan_split(project: Project, values: Values, *, actor: scope.Principal) -> AllocationPlan:
    """Plan 分账款 from the owner or general contractor to a special account."""
    return _plan(project, MoneyKind.SPLIT, values, actor)


def plan_wages(project: Project, values: Values, *, actor: scope.Principal) -> AllocationPlan:
    """Plan 工资款 from a contractor to a subcontractor below it."""
    return _plan(project, MoneyKind.WAGE, values, actor)


def edit_plan(row: AllocationPlan, values: Values, *, actor: scope.Principal) -> AllocationPlan:
    """Change a draft."""
    if row.state is not AllocationState.DRAFT or not _enters(row, actor):
        raise NotNow(gettext("Only a draft is changed; a confirmed plan by “%(verb)s”",
                             verb=gettext("Change the plan")))  # fmt: skip
    project = db.session.get_one(Project, row.project_id)
    own = {name: getattr(row, name) for name in open_columns(AllocationPlan)}
    kept = _checked(project, row.kind, {**own, **values}, actor, but=row.id)
    for name, value in kept.items():
        setattr(row, name, value)
    db.session.flush()
    return row


def submit_plan(row: AllocationPlan, *, actor: scope.Principal) -> AllocationPlan:
    """Hand a plan in to whoever receives the money."""
    if not _enters(row, actor):
        raise NotAllowed
    ALLOCATION_FLOW.fire("submit", row, actor=actor)
    return row


def confirm_plan(row: AllocationPlan, *, actor: scope.Principal) -> AllocationPlan:
    """Confirm a submitted plan, as the unit that receives the money."""
    if not acts_as(db.session.get(ProjectUnit, row.payee_unit_id), actor):
        raise NotAllowed(gettext("The unit that receives the money confirms the plan"))
    ALLOCATION_FLOW.fire("confirm_plan", row, actor=actor)
    return row


def void_plan(row: AllocationPlan, reason: str, *, actor: scope.Principal) -> AllocationPlan:
    """Make a plan void that is not being carried out, with the reason."""
    if not _enters(row, actor):
        raise NotAllowed
    ALLOCATION_FLOW.fire("void", row, actor=actor, remark=reason)
    return row


def change_plan(
    row: AllocationPlan, values: Values, reason: str | None, *, actor: scope.Principal
) -> AllocationPlan:
    """变更: give a confirmed plan another amount or day, as its next version, with the reason."""
    if row.state not in OPEN or not _enters(row, actor):
        raise NotNow(gettext("Only a confirmed plan is changed this way"))
    problems: list[Refusal] = []
    if not reason:
        problems.append(WageRefusal(gettext("Give the reason of the change"), field="reason"))
    merged = {**{name: getattr(row, name) for name in open_columns(AllocationPlan)},
              **{name: values[name] for name in CHANGED if name in values}}  # fmt: skip
    problems += _of_dates(merged)
    refuse_all(problems)
    for name in CHANGED:
        setattr(row, name, merged[name])
    row.version, row.change_reason = row.version + 1, reason
    carry_out_allocation(row)
    return row


def carry_out_allocation(row: AllocationPlan) -> None:
    """Sum the received transfers of a plan and let its state follow."""
    row.executed_amount = db.session.scalar(
        select(func.coalesce(func.sum(Transfer.amount), 0)).where(
            Transfer.project_id == row.project_id, Transfer.plan_id == row.id,
            Transfer.state.in_(RECEIVED), Transfer.is_deleted.is_(False),
        )
    ) or Decimal(0)  # fmt: skip
    follow(ALLOCATION_FLOW, row, AllocationState)


def may_edit_plan(row: AllocationPlan, actor: scope.Principal) -> bool:
    """Tell whether a principal changes the form of a plan."""
    return row.state is AllocationState.DRAFT and _enters(row, actor)


def may_change_plan(row: AllocationPlan, actor: scope.Principal) -> bool:
    """Tell whether a principal makes the next version of a plan."""
    return row.state in OPEN and _enters(row, actor)


def parties(
    project: Project, kind: MoneyKind, values: Values, actor: scope.Principal
) -> dict[str, Any]:
    """Give units and accounts of money that may move, by field; refuse what does not fit.

    Every field is looked at, so that each wrong one is told beside itself.
    """
    found: dict[str, Any] = {}
    problems: list[Refusal] = []
    for side in ("payer", "payee"):
        unit, account = f"{side}_unit_id", f"{side}_account_id"
        try:
            found[unit] = unit_of(project, values.get(unit), unit)
        except Refusal as problem:
            problems.append(problem)
        if number := values.get(account):
            holder = found[unit].id if unit in found else 0
            try:
                found[account] = account_of(project.id, holder, number, account)
            except Refusal as problem:
                problems.append(problem)
    payer, payee = found.get("payer_unit_id"), found.get("payee_unit_id")
    if payer is not None:
        problems += _of_payer(project, kind, payer, actor)
    if payer is not None and payee is not None:
        problems += _of_payee(kind, payer, payee)
    refuse_all(problems)
    return found


def _of_payer(
    project: Project, kind: MoneyKind, payer: ProjectUnit, actor: scope.Principal
) -> Iterator[Refusal]:
    if not keeps(project.id, payer.id, actor):
        yield NotYourUnit("payer_unit_id")
    elif payer.unit_role not in PAYERS[kind]:
        yield WageRefusal(
            gettext("“%(unit)s” does not pay this kind of money", unit=payer.name),
            field="payer_unit_id",
        )


def _of_payee(kind: MoneyKind, payer: ProjectUnit, payee: ProjectUnit) -> Iterator[Refusal]:
    above = payer.unit_role in (OWNER, GENERAL_CONTRACTOR) or payee.parent_id == payer.id
    if payer.id == payee.id:
        yield WageRefusal(gettext("Payer and payee are two units"), field="payee_unit_id")
    elif payee.unit_role not in PAYEES[kind] or not above:
        yield WageRefusal(
            gettext("“%(unit)s” does not receive this money from the payer", unit=payee.name),
            field="payee_unit_id",
        )


def account_of(project_id: int, unit_id: int, number: Any, field: str) -> WageAccount:
    """Give the usable special account of a unit that was chosen, or refuse at the field."""
    row = db.session.scalars(
        select(WageAccount).where(
            WageAccount.id == number, WageAccount.project_id == project_id,
            WageAccount.unit_id == unit_id, WageAccount.state.in_(USABLE_ACCOUNTS),
            WageAccount.is_deleted.is_(False),
        )
    ).one_or_none() if isinstance(number, int) else None  # fmt: skip
    if row is None:
        raise WageRefusal(
            gettext("Choose a special account of this unit that is in use or under review"),
            field=field,
        )
    return row


def _plan(
    project: Project, kind: MoneyKind, values: Values, actor: scope.Principal
) -> AllocationPlan:
    hold_lock(f"allocation plan {project.id}")
    kept = _checked(project, kind, values, actor)
    number = draw_number(f"allocation plan {project.id} {kept['plan_month']}")
    row = AllocationPlan(
        project_id=project.id, kind=kind,
        plan_no=f"{PREFIX[kind]}{kept['plan_month'].replace('-', '')}{number:04d}", **kept,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _checked(
    project: Project, kind: MoneyKind, values: Values, actor: scope.Principal, *, but: int = 0
) -> dict[str, Any]:
    kept = {name: values.get(name) or None for name in open_columns(AllocationPlan)}
    if number := kept["linked_split_plan_id"]:
        _linked(project, number)
    parties(project, kind, kept, actor)
    problems: list[Refusal] = [
        *missing(AllocationPlan, {**kept, "kind": kind}, door_of(actor)), *_of_dates(kept),
    ]  # fmt: skip
    if _there(project.id, kind, kept, but):
        problems.append(
            WageRefusal(
                gettext("There is a plan of this month between these two units: change that one"),
                field="plan_month",
            )
        )
    refuse_all(problems)
    return kept


def _linked(project: Project, number: int) -> None:
    found = db.session.scalar(
        select(AllocationPlan.id).where(
            AllocationPlan.id == number, AllocationPlan.project_id == project.id,
            AllocationPlan.kind == MoneyKind.SPLIT, AllocationPlan.is_deleted.is_(False),
        )
    )  # fmt: skip
    if found is None:
        raise WageRefusal(
            gettext("Choose a plan of split money of this project"), field="linked_split_plan_id"
        )


def _of_dates(values: Values) -> Iterator[Refusal]:
    month, due = values.get("plan_month"), values.get("due_on")
    if not month or not due:
        return
    first, latest = bounds(month)[0], bounds(_next(month))[1]
    if not first <= due <= latest:
        yield WageRefusal(
            gettext("The planned date lies in the month of the plan or the next"), field="due_on"
        )


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def _there(project_id: int, kind: MoneyKind, values: Values, but: int) -> bool:
    found = db.session.scalar(
        select(AllocationPlan.id).where(
            AllocationPlan.project_id == project_id, AllocationPlan.kind == kind,
            AllocationPlan.plan_month == values["plan_month"],
            AllocationPlan.payer_unit_id == values["payer_unit_id"],
            AllocationPlan.payee_unit_id == values["payee_unit_id"],
            AllocationPlan.state != AllocationState.VOID, AllocationPlan.is_deleted.is_(False),
            AllocationPlan.id != but,
        ).limit(1)
    )  # fmt: skip
    return found is not None


def _enters(row: AllocationPlan, actor: scope.Principal) -> bool:
    return keeps(row.project_id, row.payer_unit_id, actor)
