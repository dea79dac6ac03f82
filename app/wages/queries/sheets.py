"""What the wage sheets say: payable, paid, owed, unsettled; and what is evidence of them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, Select, case, func, select

from app.attendance.models import AttendanceDay
from app.core import chain
from app.core.money import FEN
from app.extensions import db
from app.wages.choices import PAID, SHEET_STATES
from app.wages.models import Payroll, PayrollLine, net_payable


def _due(today: date, *figures: Any) -> Select[Any]:
    """Choose from the wage sheets of the month before a day, whose pay day lies in its month.

    So 本月应发 and 实发 are the wages of the last month (screens.md 4.2).
    """
    month = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    return (
        select(*figures)
        .select_from(PayrollLine)
        .join(Payroll, (Payroll.project_id == PayrollLine.project_id)
              & (Payroll.id == PayrollLine.payroll_id))
        .where(
            Payroll.wage_month == month, Payroll.is_back_pay.is_(False),
            Payroll.state.in_(SHEET_STATES), Payroll.is_deleted.is_(False),
            PayrollLine.is_deleted.is_(False),
        )
    )  # fmt: skip


PAYABLE = func.sum(PayrollLine.payable)
PAID_OUT = func.sum(case((PayrollLine.pay_state == PAID, PayrollLine.paid), else_=0))


def lines_of(worker: Any, most: int) -> list[Any]:
    """Give the wages of a stay on record, the latest month first: (line, month, kind of batch)."""
    return list(
        db.session.execute(
            select(PayrollLine, func.coalesce(Payroll.back_pay_month, Payroll.wage_month),
                   Payroll.batch_kind)
            .join(Payroll, (Payroll.project_id == PayrollLine.project_id)
                  & (Payroll.id == PayrollLine.payroll_id))
            .where(
                PayrollLine.project_id == worker.project_id,
                PayrollLine.project_worker_id == worker.id, Payroll.state.in_(SHEET_STATES),
                PayrollLine.is_deleted.is_(False), Payroll.is_deleted.is_(False),
            )
            .order_by(Payroll.wage_month.desc(), PayrollLine.id.desc())
            .limit(most)
        )
    )  # fmt: skip


def due_this_month(project_ids: list[int], today: date) -> dict[int, tuple[Decimal, Decimal]]:
    """Give 本月应发 and 实发 in 元 of visible rows, by project; those without a sheet left out."""
    if not project_ids:
        return {}
    rows = db.session.execute(
        _due(today, PayrollLine.project_id, PAYABLE, PAID_OUT)
        .where(PayrollLine.project_id.in_(project_ids))
        .group_by(PayrollLine.project_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def due_together(projects: Select[Any], today: date) -> dict[str, Select[Any]]:
    """Choose 本月应发 and 实发 in 元 of visible rows, over the projects another SELECT finds."""
    within = PayrollLine.project_id.in_(projects)
    return {
        "payable": _due(today, PAYABLE).where(within),
        "paid": _due(today, PAID_OUT).where(within),
    }


def _owed(*conditions: Any) -> CTE:
    """Choose what the wage sheets leave unpaid, by stay and month of the wages, in 元.

    What a sheet of back pay holds is owed only as far as it goes beyond what the month's own
    sheet left short. Drafts and returned payrolls are no wage sheets.
    """
    month = func.coalesce(Payroll.back_pay_month, Payroll.wage_month)
    net, back = net_payable(), Payroll.is_back_pay
    paid_out = case((PayrollLine.pay_state == PAID, func.coalesce(PayrollLine.paid, net)), else_=0)
    short = func.coalesce(func.sum(net).filter(~back), 0) - func.sum(paid_out)
    waiting = func.sum(net).filter(back, PayrollLine.pay_state != PAID)
    return (
        select(
            PayrollLine.project_worker_id.label("worker_id"), month.label("month"),
            func.greatest(short, func.coalesce(waiting, 0), 0).label("amount"),
        )
        .select_from(PayrollLine)
        .join(Payroll, (Payroll.project_id == PayrollLine.project_id)
              & (Payroll.id == PayrollLine.payroll_id))
        .where(
            Payroll.state.in_(SHEET_STATES), Payroll.is_deleted.is_(False),
            PayrollLine.is_deleted.is_(False), *conditions,
        )
        .group_by(PayrollLine.project_worker_id, month)
        .cte("owed")
    )  # fmt: skip


def unpaid(project_id: int, unit_id: int) -> Decimal:
    """Give in 元 what the wage sheets of a unit say is payable and no payment covers yet."""
    owed = _owed(PayrollLine.project_id == project_id, Payroll.unit_id == unit_id)
    return Decimal(db.session.scalar(select(func.sum(owed.c.amount))) or 0).quantize(FEN)


def unpaid_of(worker_ids: list[int]) -> dict[int, list[tuple[str, Decimal]]]:
    """Give by stay the months whose wage sheets are not paid in full, with the rest in 元."""
    owed = _owed(PayrollLine.project_worker_id.in_(worker_ids))
    rows = db.session.execute(
        select(owed.c.worker_id, owed.c.month, owed.c.amount)
        .where(owed.c.amount >= FEN)
        .order_by(owed.c.worker_id, owed.c.month)
    )
    found: dict[int, list[tuple[str, Decimal]]] = {}
    for worker_id, month, amount in rows:
        found.setdefault(worker_id, []).append((month, amount.quantize(FEN)))
    return found


def unsettled_of(worker_ids: list[int]) -> dict[int, list[tuple[str, int]]]:
    """Give by stay the months with valid days and no line on a wage sheet, with the days."""
    month = func.to_char(AttendanceDay.work_on, "YYYY-MM")
    settled = (
        select(PayrollLine.id)
        .join(Payroll, (Payroll.project_id == PayrollLine.project_id)
              & (Payroll.id == PayrollLine.payroll_id))
        .where(
            PayrollLine.project_id == AttendanceDay.project_id,
            PayrollLine.project_worker_id == AttendanceDay.worker_id,
            PayrollLine.is_deleted.is_(False), Payroll.is_deleted.is_(False),
            Payroll.state.in_(SHEET_STATES), Payroll.wage_month == month,
            Payroll.is_back_pay.is_(False),
        )
        .exists()
    )  # fmt: skip
    rows = db.session.execute(
        select(AttendanceDay.worker_id, month.label("month"), func.count())
        .where(AttendanceDay.worker_id.in_(worker_ids), AttendanceDay.valid, ~settled)
        .group_by(AttendanceDay.worker_id, "month")
        .order_by(AttendanceDay.worker_id, "month")
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for worker_id, name, days in rows:
        found.setdefault(worker_id, []).append((name, days))
    return found


@chain.kind("payroll")
def _payrolls(project_id: int, ids: list[int]) -> dict[int, dict[str, Any]]:
    """Read what stays of a payroll once it is paid: whose, of which month, each worker's sums."""
    rows = db.session.execute(
        select(
            Payroll.id, Payroll.payroll_no, Payroll.unit_id, Payroll.team_id, Payroll.wage_month,
            Payroll.batch_kind, Payroll.batch_no, Payroll.is_back_pay,
        ).where(Payroll.project_id == project_id, Payroll.id.in_(ids))
    ).mappings()  # fmt: skip
    found: dict[int, dict[str, Any]] = {row["id"]: {**row, "lines": []} for row in rows}
    lines = db.session.execute(
        select(
            PayrollLine.payroll_id,
            PayrollLine.project_worker_id,
            PayrollLine.payable,
            PayrollLine.paid,
        )
        .where(PayrollLine.project_id == project_id, PayrollLine.payroll_id.in_(ids))
        .order_by(PayrollLine.payroll_id, PayrollLine.id)
    )
    for payroll_id, *sums in lines:
        found[payroll_id]["lines"].append(sums)
    return found
