"""What workers who leave are still owed (screens.md 5.4, 8.1, 8.3)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.core import scope
from app.roster.owed import owed_to
from app.wages import queries
from app.wages.choices import PayrollState
from tests.factories import attendance, wages

READER = scope.Principal(scope.Audience.SYSTEM, permissions=frozenset({("read", "wages")}))


@pytest.fixture
def site(work):
    return attendance.site()


def owed(*workers):
    with scope.act_as(READER):
        return owed_to(workers)


def months(worker):
    found = owed(worker).get(worker.id)
    return dict(found.months) if found else {}


def attend(site, worker, *days):
    for day in days:
        attendance.record(
            site.project, attendance.punch(worker, "in 07:00", day),
            attendance.punch(worker, "out 18:00", day),
        )  # fmt: skip


def test_what_a_sheet_holds_and_nobody_paid_is_owed_by_month(site):
    worker, other = site.own_worker, site.sub_worker
    wages.payroll([worker], "2026-09")
    wages.pay(wages.payroll([worker], "2026-08"), date(2026, 9, 15))
    wages.payroll([worker], "2026-10", line={"payable": Decimal("5123.45"), "tax_social": 23})

    assert months(worker) == {"2026-09": Decimal("6000.00"), "2026-10": Decimal("5100.45")}
    assert owed(worker)[worker.id].amount == Decimal("11100.45")
    assert other.id not in owed(worker, other)


def test_what_was_paid_short_is_owed_to_the_fen_until_back_pay_covers_it(site):
    worker = site.own_worker
    wages.pay(wages.payroll([worker], "2026-09", line={"paid": Decimal("4999.99")}),
              date(2026, 10, 15))  # fmt: skip
    assert months(worker) == {"2026-09": Decimal("1000.01")}

    rest = {"payable": Decimal("1000.01"), "paid": Decimal("1000.01")}
    late = wages.payroll([worker], "2026-11", batch_kind="back_pay", is_back_pay=True,
                         back_pay_month="2026-09", line=rest)  # fmt: skip
    assert months(worker) == {"2026-09": Decimal("1000.01")}

    wages.pay(late, date(2026, 11, 20))

    assert months(worker) == {}


@pytest.mark.parametrize("state", [PayrollState.DRAFT, PayrollState.RETURNED])
def test_what_is_no_wage_sheet_yet_owes_nothing(site, state):
    wages.payroll([site.own_worker], "2026-10", state=state)

    assert months(site.own_worker) == {}


def test_attendance_no_sheet_holds_is_told_with_its_days(site):
    worker = site.own_worker
    attend(site, worker, date(2026, 9, 28), date(2026, 10, 19), date(2026, 10, 20))
    wages.payroll([worker], "2026-09")

    assert owed(worker)[worker.id].unsettled == (("2026-10", 2),)


def test_a_unit_owes_what_its_workers_are_owed(site):
    worker = site.own_worker
    wages.payroll([worker], "2026-10")
    short = wages.payroll([worker], "2026-09", line={"paid": Decimal(5500)})
    wages.pay(short, date(2026, 10, 15))

    assert queries.unpaid(site.project.id, site.own_unit.id) == Decimal("6500.00")
    assert queries.unpaid(site.project.id, site.sub_unit.id) == 0


def test_who_may_not_read_wages_is_told_nothing(site):
    wages.payroll([site.own_worker], "2026-10")
    with scope.act_as(replace(READER, permissions=frozenset())):
        assert owed_to([site.own_worker]) is None
