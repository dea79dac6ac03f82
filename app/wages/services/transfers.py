"""拨付: entered with the bank's receipt, confirmed or disputed by the payee (10.4, 10.5)."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import clock, scope, settings
from app.core.errors import NotAllowed, Refusal, refuse_all
from app.extensions import db
from app.projects.choices import OWNER
from app.projects.models import Project, ProjectUnit
from app.projects.services.numbers import (
    claim_city_key,
    draw_number,
    hold_lock,
    release_city_key,
)
from app.roster.services.doors import door_of, missing, open_columns
from app.wages.choices import AccountState, EnteredFor, MoneyKind, TransferState
from app.wages.errors import WageRefusal
from app.wages.models import AllocationPlan, Transfer, WageAccount
from app.wages.services.places import acts_as, keeps
from app.wages.services.plans import OPEN, carry_out_allocation, parties
from app.wages.states import TRANSFER_FLOW

CITY_KEY = "transfer_txn"
CONFIRM_DAYS = 3
ALLOWED_OVER = Decimal("1.1")
FORBID = "forbid"
SUB_ACCOUNT_MODE = settings.declare(
    "wages.sub_account_mode",
    "notice",
    options=("allow", "notice", FORBID),
    label=_("Wage money to accounts of subcontractors"),
)
PREFIX = {MoneyKind.SPLIT: "FB", MoneyKind.WAGE: "GB"}
Values = Mapping[str, Any]


class TransactionTaken(WageRefusal):
    """A transaction number stands once a bank (screens.md 10.4)."""

    def __init__(self) -> None:
        super().__init__(
            gettext("This transaction no. of the bank is on record already: check the receipt"),
            field="txn_no",
        )


def transfer_split(project: Project, values: Values, *, actor: scope.Principal) -> Transfer:
    """Enter a transfer of 分账款; of the owner the bank receipt is the confirmation."""
    return _enter(project, MoneyKind.SPLIT, values, actor)


def transfer_wages(project: Project, values: Values, *, actor: scope.Principal) -> Transfer:
    """Enter a transfer of 工资款, where the city lets subcontractors have accounts."""
    if settings.get(SUB_ACCOUNT_MODE) == FORBID:
        raise WageRefusal(
            gettext("The city allows no wage money to accounts of subcontractors: the general"
                    " contractor pays the workers itself")
        )  # fmt: skip
    return _enter(project, MoneyKind.WAGE, values, actor)


def confirm_transfer(row: Transfer, *, actor: scope.Principal) -> Transfer:
    """Confirm money received, as the unit that receives it; it counts for its plan from now on."""
    _as_payee(row, actor)
    row.confirmed_at = clock.now()
    TRANSFER_FLOW.fire("confirm_receipt", row, actor=actor)
    _carry_out(row)
    return row


def contest_transfer(row: Transfer, reason: str, *, actor: scope.Principal) -> Transfer:
    """Say, as the payee, that the money did not come or not so."""
    _as_payee(row, actor)
    TRANSFER_FLOW.fire("contest", row, actor=actor, remark=reason)
    row.dispute_reason = reason[:500]
    db.session.flush()
    return row


def void_transfer(row: Transfer, reason: str, *, actor: scope.Principal) -> Transfer:
    """Make a transfer void that nobody has confirmed; its number is free again."""
    if not keeps(row.project_id, row.payer_unit_id, actor):
        raise NotAllowed
    TRANSFER_FLOW.fire("void", row, actor=actor, remark=reason)
    release_city_key(CITY_KEY, row.project_id, row.id)
    return row


def over_plan(row: Transfer) -> bool:
    """Tell whether a transfer goes more than a tenth beyond its plan, all others counted."""
    plan = db.session.get(AllocationPlan, row.plan_id) if row.plan_id else None
    if plan is None:
        return False
    counted = plan.executed_amount + (0 if row.confirmed_at else row.amount)
    return bool(counted > plan.amount * ALLOWED_OVER)


def _enter(project: Project, kind: MoneyKind, values: Values, actor: scope.Principal) -> Transfer:
    kept = {name: values.get(name) or None for name in open_columns(Transfer)}
    if number := kept["plan_id"]:
        _plan_of(project, kind, kept, number)
    found = parties(project, kind, kept, actor)
    out_of = found.get("payer_account_id")
    if out_of is not None:  # what was typed beside the account gives way to it
        kept |= {"payer_bank": out_of.bank_code, "payer_account_name": out_of.account_name,
                 "payer_account_no": out_of.account_no}  # fmt: skip
    problems: list[Refusal] = [*missing(Transfer, {**kept, "kind": kind}, door_of(actor))]
    if kept["txn_on"] and kept["txn_on"] > clock.today():
        problems.append(
            WageRefusal(gettext("The transaction date is not in the future"), field="txn_on")
        )
    refuse_all(problems)
    _number_is_free(project, kept)
    into = found["payee_account_id"]
    by_owner = found["payer_unit_id"].unit_role == OWNER
    number = draw_number(f"transfer {project.id} {kept['txn_on']:%Y-%m}")
    row = Transfer(
        project_id=project.id, kind=kind,
        transfer_no=f"{PREFIX[kind]}{kept['txn_on']:%Y%m}{number:04d}",
        entered_for=EnteredFor.PAYEE if by_owner else EnteredFor.PAYER,
        payee_account_name=into.account_name,
        payee_bank=into.bank_code,
        account_under_review=_under_review(into, out_of),
        confirm_by=None if by_owner else clock.today() + timedelta(days=CONFIRM_DAYS), **kept,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    claim_city_key(
        CITY_KEY, f"{row.payer_bank or ''} {row.txn_no}", project.id, row.id,
        refusal=TransactionTaken,
    )  # fmt: skip
    if by_owner and row.receipt:
        row.confirmed_at = clock.now()
        TRANSFER_FLOW.fire("prove", row, actor=scope.SYSTEM)
        _carry_out(row)
    return row


def _number_is_free(project: Project, kept: Values) -> None:
    """Refuse a transaction number the project has already; the claim sees the whole city."""
    hold_lock(f"transfer {kept['payer_bank']} {kept['txn_no']}")
    found = db.session.scalar(
        select(Transfer.id).where(
            Transfer.project_id == project.id, Transfer.payer_bank == kept["payer_bank"],
            Transfer.txn_no == kept["txn_no"], Transfer.state != TransferState.VOID,
            Transfer.is_deleted.is_(False),
        )
    )  # fmt: skip
    if found is not None:
        raise TransactionTaken


def _under_review(*accounts: WageAccount | None) -> bool:
    return any(one is not None and one.state is AccountState.SUBMITTED for one in accounts)


def _plan_of(project: Project, kind: MoneyKind, kept: Values, number: Any) -> None:
    found = db.session.scalar(
        select(AllocationPlan.id).where(
            AllocationPlan.id == number, AllocationPlan.project_id == project.id,
            AllocationPlan.kind == kind, AllocationPlan.state.in_(OPEN),
            AllocationPlan.payer_unit_id == kept["payer_unit_id"],
            AllocationPlan.payee_unit_id == kept["payee_unit_id"],
            AllocationPlan.is_deleted.is_(False),
        )
    )  # fmt: skip
    if found is None:
        raise WageRefusal(
            gettext("Choose a confirmed plan between the same two units"), field="plan_id"
        )


def _carry_out(row: Transfer) -> None:
    db.session.flush()
    plan = db.session.get(AllocationPlan, row.plan_id) if row.plan_id else None
    if plan is not None:
        db.session.refresh(plan, with_for_update=True)
        carry_out_allocation(plan)


def _as_payee(row: Transfer, actor: scope.Principal) -> None:
    """Refuse who does not receive the money, and the payer who would confirm his own entry."""
    if not acts_as(db.session.get(ProjectUnit, row.payee_unit_id), actor):
        raise NotAllowed(gettext("The unit that receives the money confirms or disputes it"))
