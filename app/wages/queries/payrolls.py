"""Reads of payrolls: totals, what stands against a submission, what is worth a warning (10.6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import and_, case, func, select

from app.core.money import FEN, yuan
from app.extensions import db
from app.roster.models import ProjectWorker
from app.wages.amounts import floor_of
from app.wages.choices import FAILED, HELD, MONTHLY, PAID, SHEET_STATES, ConfirmState
from app.wages.models import DEDUCTION_SHARE, Payroll, PayrollLine
from app.wages.queries.choosing import bounds, not_on_roster

L, P, W = PayrollLine, Payroll, ProjectWorker
MOST_NAMED = 5
MONTH_CAP, YEAR_CAP, HOURS_A_DAY = 50_000, 300_000, 11  # screens.md 10.6, WAGE-007


@dataclass(frozen=True)
class Totals:
    """The sums of a payroll's lines; never stored, so that they cannot differ."""

    heads: int = 0
    payable: Decimal = Decimal(0)
    to_pay: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    stuck: int = 0
    paid_heads: int = 0
    confirmed: int = 0
    objected: int = 0
    paid_on: Any = None


def totals(payroll_ids: Iterable[int]) -> dict[int, Totals]:
    """Sum the lines of payrolls, in one statement."""
    done = L.pay_state == PAID
    rows = db.session.execute(
        select(
            L.payroll_id, func.count(), func.sum(L.payable), func.sum(L.paid),
            func.sum(case((done, L.paid), else_=0)),
            func.count().filter(L.pay_state.in_((FAILED, HELD))), func.count().filter(done),
            func.count().filter(L.confirm_state == ConfirmState.CONFIRMED),
            func.count().filter(L.confirm_state == ConfirmState.OBJECTED), func.max(L.paid_on),
        )
        .where(L.payroll_id.in_(list(payroll_ids)), L.is_deleted.is_(False))
        .group_by(L.payroll_id)
    )  # fmt: skip
    return {row[0]: _totals(row) for row in rows}


def _totals(row: Any) -> Totals:
    payable, to_pay, paid = (Decimal(figure or 0).quantize(FEN) for figure in row[2:5])
    return Totals(row[1], payable, to_pay, paid, *row[5:])


def lines_in(payroll: Payroll) -> list[PayrollLine]:
    """Give the lines of a payroll in their order."""
    return list(
        db.session.scalars(
            select(L)
            .where(L.project_id == payroll.project_id, L.payroll_id == payroll.id,
                   L.is_deleted.is_(False))
            .order_by(L.id)
        )
    )  # fmt: skip


def strangers(payroll: Payroll) -> list[str]:
    """Name the workers of a payroll who were not on the roster in its month."""
    month = payroll.back_pay_month or payroll.wage_month
    return list(db.session.scalars(not_on_roster(payroll.id, payroll.project_id, month)))


def paid_monthly_elsewhere(payroll: Payroll) -> list[str]:
    """Name the workers with another 月结 line of the same month and team on a sheet that counts."""
    if payroll.batch_kind != MONTHLY:
        return []
    other_line, other = L.__table__.alias("other_line"), P.__table__.alias("other")
    twice = (
        select(other_line.c.id)
        .join(other, and_(other.c.project_id == other_line.c.project_id,
                          other.c.id == other_line.c.payroll_id))
        .where(
            other_line.c.project_id == L.project_id, other.c.id != payroll.id,
            other_line.c.project_worker_id == L.project_worker_id, ~other_line.c.is_deleted,
            ~other.c.is_deleted, other.c.wage_month == payroll.wage_month,
            other.c.team_id == payroll.team_id, other.c.batch_kind == MONTHLY,
            other.c.state.in_(SHEET_STATES),
        )
        .exists()
    )  # fmt: skip
    return list(
        db.session.scalars(
            select(W.name)
            .join(L, and_(L.project_id == W.project_id, L.project_worker_id == W.id))
            .where(L.payroll_id == payroll.id, L.project_id == payroll.project_id,
                   L.is_deleted.is_(False), twice)
            .order_by(W.name)
        )
    )  # fmt: skip


def warnings(payroll: Payroll) -> list[str]:
    """Say what is odd about a payroll and yet goes on (screens.md 10.6, Warned)."""
    first, last = bounds(payroll.wage_month)
    calendar_days = (last - first).days + 1
    found = [
        (gettext("more days than the month has"), L.days > calendar_days),
        (gettext("more than 11 hours for each day"), L.hours > L.days * HOURS_A_DAY),
        (gettext("a deduction above a fifth of the amount payable, of which the part above stays"
                 " owed"), L.deduction > L.payable * DEDUCTION_SHARE),
        (gettext("below the minimum wage for the days worked"), _below_floor(payroll)),
        (gettext("more than %(n)s yuan in the month", n=yuan(MONTH_CAP)),
         _sum_over(payroll, P.wage_month == payroll.wage_month, MONTH_CAP)),
        (gettext("more than %(n)s yuan in the year", n=yuan(YEAR_CAP)),
         _sum_over(payroll, P.wage_month.startswith(payroll.wage_month[:4]), YEAR_CAP)),
    ]  # fmt: skip
    columns = [func.array_agg(W.name).filter(condition) for _words, condition in found]
    row = db.session.execute(
        select(*columns)
        .select_from(L)
        .join(W, and_(W.project_id == L.project_id, W.id == L.project_worker_id))
        .where(L.payroll_id == payroll.id, L.project_id == payroll.project_id,
               L.is_deleted.is_(False))
    ).one()  # fmt: skip
    return [
        f"{named(names)}：{words}" for (words, _c), names in zip(found, row, strict=True) if names
    ]


def _below_floor(payroll: Payroll) -> Any:
    """Tell of lines of full months or days whether the pay is below the minimum (WAGE-005)."""
    full = floor_of(payroll.wage_month, 31)
    plain = L.payable - func.coalesce(L.overtime_pay, 0) - func.coalesce(L.allowance, 0)
    least = case((L.days >= 21, full), else_=full / Decimal("21.75") * L.days)
    return and_(L.days > 0, plain < least - 1, payroll.batch_kind == MONTHLY)


def _sum_over(payroll: Payroll, of_time: Any, cap: int) -> Any:
    """Tell of lines whether their worker's payable in this project exceeds a cap."""
    mine = L.__table__.alias("mine")
    total = (
        select(func.sum(mine.c.payable))
        .join(P, and_(P.project_id == mine.c.project_id, P.id == mine.c.payroll_id))
        .where(mine.c.project_id == payroll.project_id, ~mine.c.is_deleted, ~P.is_deleted, of_time,
               mine.c.project_worker_id == L.project_worker_id,
               (P.id == payroll.id) | P.state.in_(SHEET_STATES))
        .correlate(L).scalar_subquery()
    )  # fmt: skip
    return total > cap


def named(names: list[str]) -> str:
    """Name some people, and how many there are more."""
    text = "、".join(names[:MOST_NAMED])
    left = len(names) - MOST_NAMED
    return text + gettext("and %(n)s more", n=left) if left > 0 else text


def unsigned(payroll: Payroll) -> int:
    """Count the lines no worker has confirmed."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(L)
            .where(L.payroll_id == payroll.id, L.project_id == payroll.project_id,
                   L.is_deleted.is_(False), L.confirm_state != ConfirmState.CONFIRMED)
        )
        or 0
    )  # fmt: skip
