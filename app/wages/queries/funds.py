"""The balance line of a project, and what came in and went out of accounts (10, 10.7)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from app.core.money import FEN
from app.extensions import db
from app.projects.models import Project
from app.wages.choices import (
    PAID,
    RECEIVED,
    SHEET_STATES,
    AccountState,
    AllocationState,
    Direction,
    MoneyKind,
    TransactionState,
)
from app.wages.models import (
    AccountTransaction,
    AllocationPlan,
    Payroll,
    PayrollLine,
    Transfer,
    WageAccount,
    net_payable,
)
from app.wages.queries.sheets import PAID_OUT

WAN = 10_000
PLANNED = (AllocationState.CONFIRMED, AllocationState.RUNNING, AllocationState.DONE)
NOUGHT = Decimal(0)


def _of_month(column: Any, month: str) -> ColumnElement[bool]:
    return column == month if month else column.is_not(None)


def _lines(project_id: int, month: str, figure: Any, *conditions: Any) -> Any:
    return (
        select(func.coalesce(func.sum(figure), 0))
        .select_from(PayrollLine)
        .join(Payroll, and_(Payroll.project_id == PayrollLine.project_id,
                            Payroll.id == PayrollLine.payroll_id))
        .where(PayrollLine.project_id == project_id, PayrollLine.is_deleted.is_(False),
               Payroll.is_deleted.is_(False), Payroll.state.in_(SHEET_STATES),
               _of_month(Payroll.wage_month, month), *conditions)
        .scalar_subquery()
    )  # fmt: skip


def balance_line(project_id: int, month: str) -> dict[str, Decimal]:
    """Give the figures on top of the seven tabs, of one month or of all, in one statement.

    ``gap`` is what the wage sheets still owe beyond what the accounts hold.
    """
    split = AllocationPlan.kind == MoneyKind.SPLIT
    planned = select(func.coalesce(func.sum(AllocationPlan.amount), 0)).where(
        AllocationPlan.project_id == project_id, split, AllocationPlan.is_deleted.is_(False),
        AllocationPlan.state.in_(PLANNED), _of_month(AllocationPlan.plan_month, month),
    )  # fmt: skip
    moved = select(func.coalesce(func.sum(Transfer.amount), 0)).where(
        Transfer.project_id == project_id, Transfer.kind == MoneyKind.SPLIT,
        Transfer.is_deleted.is_(False), Transfer.state.in_(RECEIVED),
        in_month(Transfer.txn_on, month) if month else Transfer.txn_on.is_not(None),
    )  # fmt: skip
    held = select(func.coalesce(func.sum(WageAccount.balance), 0)).where(
        WageAccount.project_id == project_id, WageAccount.is_deleted.is_(False),
        WageAccount.state != AccountState.CLOSED,
    )  # fmt: skip
    labour = select(Project.labour_cost * WAN).where(Project.id == project_id)
    unpaid = case((PayrollLine.pay_state == PAID, 0), else_=net_payable())
    row = db.session.execute(
        select(
            labour.scalar_subquery(), planned.scalar_subquery(), moved.scalar_subquery(),
            _lines(project_id, month, case((PayrollLine.pay_state == PAID, PayrollLine.paid),
                                           else_=0)),
            held.scalar_subquery(), _lines(project_id, "", unpaid),
        )
    ).one()  # fmt: skip
    names = ("labour_cost", "planned", "moved", "paid", "balance", "open")
    figures = zip(names, row, strict=True)
    found = {name: Decimal(value or 0).quantize(FEN) for name, value in figures}
    found["gap"] = max(found.pop("open") - found["balance"], NOUGHT)
    return found


def in_month(column: Any, month: str) -> ColumnElement[bool]:
    """Tell whether a date lies in a month."""
    found: ColumnElement[bool] = func.to_char(column, "YYYY-MM") == month
    return found


def moved_on(account_ids: Iterable[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """Give 累计到账 and 累计发放 of accounts.

    What came in: the statement's credits, or received transfers where no statement is kept.
    """
    numbers = list(account_ids)
    booked = db.session.execute(
        select(
            AccountTransaction.account_id,
            func.sum(AccountTransaction.amount).filter(
                AccountTransaction.in_out == Direction.IN),
        ).where(AccountTransaction.account_id.in_(numbers),
                AccountTransaction.state == TransactionState.BOOKED,
                AccountTransaction.is_deleted.is_(False))
        .group_by(AccountTransaction.account_id)
    )  # fmt: skip
    credited = {row[0]: row[1] for row in booked if row[1]}
    received = db.session.execute(
        select(Transfer.payee_account_id, func.sum(Transfer.amount))
        .where(Transfer.payee_account_id.in_(numbers), Transfer.state.in_(RECEIVED),
               Transfer.is_deleted.is_(False))
        .group_by(Transfer.payee_account_id)
    )  # fmt: skip
    came = {row[0]: row[1] for row in received} | credited
    paid = db.session.execute(
        select(Payroll.account_id, PAID_OUT)
        .select_from(PayrollLine)
        .join(Payroll, and_(Payroll.project_id == PayrollLine.project_id,
                            Payroll.id == PayrollLine.payroll_id))
        .where(Payroll.account_id.in_(numbers), Payroll.state.in_(SHEET_STATES),
               Payroll.is_deleted.is_(False), PayrollLine.is_deleted.is_(False))
        .group_by(Payroll.account_id)
    )  # fmt: skip
    went = {row[0]: row[1] for row in paid}
    return {
        number: (Decimal(came.get(number) or 0).quantize(FEN),
                 Decimal(went.get(number) or 0).quantize(FEN))
        for number in numbers
    }  # fmt: skip


def owed_out_of(account: WageAccount) -> Decimal:
    """Give in 元 what the wage sheets paid out of an account leave open."""
    unpaid = or_(PayrollLine.pay_state != PAID, PayrollLine.pay_state.is_(None))
    total = db.session.scalar(
        select(func.sum(net_payable()))
        .select_from(PayrollLine)
        .join(Payroll, and_(Payroll.project_id == PayrollLine.project_id,
                            Payroll.id == PayrollLine.payroll_id))
        .where(Payroll.account_id == account.id, Payroll.project_id == account.project_id,
               Payroll.state.in_(SHEET_STATES), Payroll.is_deleted.is_(False),
               PayrollLine.is_deleted.is_(False), unpaid)
    )  # fmt: skip
    return Decimal(total or 0).quantize(FEN)
