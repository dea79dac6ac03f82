"""Payrolls and their lines."""

from datetime import date
from typing import Any

from app.extensions import db
from app.roster.models import ProjectWorker
from app.wages.choices import PayrollState
from app.wages.models import Payroll, PayrollLine
from tests.factories import numbered


def payroll(workers: list[ProjectWorker], month: str, **values: Any) -> Payroll:
    """Make a submitted payroll of a month with one unpaid line of 6000 for every worker."""
    first, line = workers[0], values.pop("line", {})
    row = Payroll(**{
        "project_id": first.project_id, "unit_id": first.unit_id, "team_id": first.team_id,
        "payroll_no": numbered("GZ"), "wage_month": month, "batch_kind": "monthly",
        "state": PayrollState.SUBMITTED, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for worker in workers:
        db.session.add(PayrollLine(**{
            "project_id": row.project_id, "payroll_id": row.id, "unit_id": row.unit_id,
            "project_worker_id": worker.id, "payable": 6000, "paid": 6000, "pay_state": "0",
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
