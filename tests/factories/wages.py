"""Special accounts, plans, transfers, transactions; payrolls and their lines."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.roster.models import ProjectWorker
from app.wages.choices import (
    AccountState,
    AllocationState,
    Direction,
    MoneyKind,
    PayrollPlanState,
    PayrollState,
)
from app.wages.models import (
    AccountTransaction,
    AllocationPlan,
    Payroll,
    PayrollLine,
    PayrollPlan,
    Transfer,
    WageAccount,
)
from tests.factories import numbered


def payroll(workers: list[ProjectWorker], month: str, **values: Any) -> Payroll:
    """Make a submitted payroll of a month with one unpaid line of 6000 for every worker."""
    first, line = workers[0], values.pop("line", {})
    kind = values.get("batch_kind", "monthly")
    before = db.session.scalar(select(func.count(Payroll.id)).where(
        Payroll.project_id == first.project_id, Payroll.team_id == first.team_id,
        Payroll.wage_month == month, Payroll.batch_kind == kind,
    ))  # fmt: skip
    row = Payroll(**{
        "batch_no": (before or 0) + 1,
        "project_id": first.project_id, "unit_id": first.unit_id, "team_id": first.team_id,
        "payroll_no": numbered("GZ"), "wage_month": month, "batch_kind": "monthly",
        "state": PayrollState.SUBMITTED, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for worker in workers:
        db.session.add(PayrollLine(**{
            "project_id": row.project_id, "payroll_id": row.id, "unit_id": row.unit_id,
            "project_worker_id": worker.id, "payable": 6000,
            "paid": line.get("payable", 6000), "pay_state": "0",
            "pay_channel": "account", **line,
        }))  # fmt: skip
    db.session.flush()
    return row


def pay(of: Payroll, on: date, *, share: int | None = None) -> None:
    """Pay the lines of a payroll, or the first ``share`` of them."""
    lines = db.session.query(PayrollLine).filter_by(payroll_id=of.id).order_by(PayrollLine.id)
    for row in lines.limit(share) if share is not None else lines:
        row.pay_state, row.paid_on, row.txn_no = "20", on, numbered("T")
    db.session.flush()


def account(unit: Any, **values: Any) -> WageAccount:
    """Make the special account of a unit, in use since the first of January."""
    number = numbered("6222000000")
    row = WageAccount(**{
        "project_id": unit.project_id, "unit_id": unit.id,
        "account_name": f"{unit.name}工程农民工工资专用账户", "bank_code": "102",
        "bank_branch": "江门分行营业部", "account_no": number,
        "opened_on": date(2026, 1, 5), "contact_name": "陈财务", "contact_mobile": "13800138000",
        "state": AccountState.ACTIVE, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def plan(payer: Any, payee: Any, month: str = "2026-10", **values: Any) -> AllocationPlan:
    """Make a confirmed plan of 100,000 of split money from one unit to another."""
    row = AllocationPlan(**{
        "project_id": payee.project_id, "kind": MoneyKind.SPLIT, "plan_no": numbered("BF"),
        "plan_month": month, "payer_unit_id": payer.id, "payee_unit_id": payee.id,
        "amount": 100_000, "due_on": date(2026, 10, 25), "state": AllocationState.CONFIRMED,
        **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def payroll_plan(unit: Any, month: str = "2026-10", **values: Any) -> PayrollPlan:
    """Make a confirmed payroll plan of 60,000 of a unit that pays itself."""
    row = PayrollPlan(**{
        "project_id": unit.project_id, "unit_id": unit.id, "payer_unit_id": unit.id,
        "plan_no": numbered("FF"), "wage_month": month, "amount": 60_000, "head_count": 10,
        "due_on": date(2026, 11, 13), "state": PayrollPlanState.CONFIRMED, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def transfer(payer: Any, into: WageAccount, **values: Any) -> Transfer:
    """Make a transfer of 100,000 into an account that waits for the payee's word."""
    payee_id = into.unit_id
    row = Transfer(**{
        "project_id": into.project_id, "kind": MoneyKind.SPLIT, "transfer_no": numbered("BK"),
        "payer_unit_id": payer.id, "payee_unit_id": payee_id, "payee_account_id": into.id,
        "payer_bank": "102", "no_plan_reason": "补充拨付", "txn_no": numbered("TX"),
        "txn_on": date(2026, 10, 26), "amount": 100_000, "purpose": "分账款", **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def transaction(on: WageAccount, **values: Any) -> AccountTransaction:
    """Make a credit of 100,000 on an account."""
    row = AccountTransaction(**{
        "project_id": on.project_id, "account_id": on.id, "unit_id": on.unit_id,
        "txn_at": datetime(2026, 10, 26, 3, tzinfo=UTC), "in_out": Direction.IN,
        "amount": 100_000, "txn_no": numbered("LS"), "counterparty": "建设单位",
        "txn_class": "split_in", **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
