"""Whom a payroll may pay: attendance, contract, card, what was paid (screens.md 10.6, step 1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.attendance.models import AttendanceDay
from app.core.columns import N_, Choice
from app.extensions import db
from app.roster.choices import WORKER, StayState
from app.roster.models import ProjectWorker
from app.wages.amounts import hours_of, suggested
from app.wages.choices import FAILED, HELD
from app.wages.models import Payroll, PayrollLine

A, L, P, W = AttendanceDay, PayrollLine, Payroll, ProjectWorker


class Which(Choice):
    """Whom step 1 offers."""

    UNPAID = N_("Attended and not on a payroll")
    LEAVERS = N_("Left and not settled")
    HELD = N_("Held back")
    FAILED = N_("Payment failed")
    ALL = N_("All on the roster of the month")


@dataclass(frozen=True)
class Candidate:
    """One stay with its month: days, hours, what the contract makes of them, card and flags."""

    worker: Any
    days: int
    hours: Decimal
    amount: Decimal | None
    lines: int

    @property
    def has_card(self) -> bool:
        """Tell whether a wage card is on record."""
        return bool(self.worker.bank_card_no_hash)


def bounds(month: str) -> tuple[date, date]:
    """Give the first and the last day of a month such as 2026-10."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _attended(project_id: int, month: str, team_id: int | None) -> Any:
    """Sum valid days and seconds by stay, of one team or of all."""
    first, last = bounds(month)
    query = select(
        A.worker_id, func.count().filter(A.valid).label("days"),
        func.sum(A.seconds).label("seconds"),
    ).where(A.project_id == project_id, A.work_on.between(first, last))  # fmt: skip
    if team_id:
        query = query.where(A.team_id == team_id)
    return query.group_by(A.worker_id).subquery("attended")


def _paid_lines(project_id: int, month: str, team_id: int | None) -> Any:
    """Count the lines of the month's payrolls by stay, and those held back or failed at all."""
    of_month = and_(P.wage_month == month, P.is_back_pay.is_(False))
    if team_id:
        of_month = and_(of_month, P.team_id == team_id)
    return (
        select(
            L.project_worker_id.label("worker_id"),
            func.count().filter(of_month).label("lines"),
            func.bool_or(L.pay_state == HELD).label("held"),
            func.bool_or(L.pay_state == FAILED).label("failed"),
        )
        .join(P, and_(P.project_id == L.project_id, P.id == L.payroll_id))
        .where(L.project_id == project_id, L.is_deleted.is_(False), P.is_deleted.is_(False))
        .group_by(L.project_worker_id)
        .subquery("on_payrolls")
    )


def candidates(
    project_id: int, unit_id: int, month: str, *, team_id: int | None = None,
    which: Which = Which.UNPAID, managers: bool = False, only: Iterable[int] | None = None,
) -> list[Candidate]:  # fmt: skip
    """Give the stays a payroll of a unit and month may pay, with what is known of each."""
    attended = _attended(project_id, month, team_id)
    lines = _paid_lines(project_id, month, team_id)
    days = func.coalesce(attended.c.days, 0)
    query = (
        select(W, days, func.coalesce(attended.c.seconds, 0), func.coalesce(lines.c.lines, 0))
        .outerjoin(attended, attended.c.worker_id == W.id)
        .outerjoin(lines, lines.c.worker_id == W.id)
        .where(W.project_id == project_id, W.unit_id == unit_id, W.is_deleted.is_(False))
        .order_by(W.name, W.id)
    )
    if only is not None:
        query = query.where(W.id.in_(list(only)))
    else:
        query = query.where(_offered(which, month, days, lines, attended))
        if team_id:
            query = query.where(or_(W.team_id == team_id, attended.c.worker_id.is_not(None)))
        if not managers:
            query = query.where(W.work_role == WORKER)
    return [_candidate(*row) for row in db.session.execute(query)]


def _candidate(worker: Any, days: int, seconds: int, lines: int) -> Candidate:
    hours = hours_of(int(seconds))
    amount = suggested(worker.pay_method, worker.pay_rate, days, hours)
    return Candidate(worker, days, hours, amount, lines)


def _offered(which: Which, month: str, days: Any, lines: Any, attended: Any) -> Any:
    none = func.coalesce(lines.c.lines, 0) == 0
    if which is Which.UNPAID:
        return and_(days > 0, none)
    if which is Which.LEAVERS:
        return and_(W.state == StayState.EXITED, days > 0, none)
    if which is Which.HELD:
        return lines.c.held.is_(True)
    if which is Which.FAILED:
        return lines.c.failed.is_(True)
    return or_(on_roster(month), attended.c.worker_id.is_not(None))


def on_roster(month: str) -> Any:
    """Tell of stays whether they were on the roster in a month (screens.md 10.6)."""
    first, last = bounds(month)
    began = or_(W.entry_on <= last, and_(W.entry_on.is_(None), W.state != StayState.DRAFT))
    return and_(began, or_(W.exit_on.is_(None), W.exit_on >= first))


def not_on_roster(payroll_id: int, project_id: int, month: str) -> Select[Any]:
    """Choose the names of a payroll's workers who were not on the roster in its month."""
    first, last = bounds(month)
    came = (
        select(A.id)
        .where(A.project_id == W.project_id, A.worker_id == W.id, A.work_on.between(first, last))
        .exists()
    )
    return (
        select(W.name)
        .join(L, and_(L.project_id == W.project_id, L.project_worker_id == W.id))
        .where(L.project_id == project_id, L.payroll_id == payroll_id, L.is_deleted.is_(False),
               ~on_roster(month), ~came)
        .order_by(W.name)
    )  # fmt: skip
