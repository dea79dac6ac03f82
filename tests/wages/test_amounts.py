"""The arithmetic of wages: the worked examples, and sums that hold for any amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wages.amounts import floor_of, hours_of, suggested, to_pay

MONEY = st.decimals(0, 100_000, places=2)


@pytest.mark.parametrize(("method", "rate", "worked", "amount"), [
    pytest.param("daily", "320", (22, "0", None), "7040.00", id="by the day"),
    pytest.param("monthly", "6500", (20, "0", None), "5977.01", id="twenty days of a month"),
    pytest.param("monthly", "6500", (23, "0", None), "6500.00", id="never more than the month"),
    pytest.param("hourly", "35.5", (0, "166.6", None), "5914.30", id="by the hour"),
    pytest.param("piece", "35.55", (0, "0", "10.5"), "373.28", id="half a fen goes up"),
])  # fmt: skip
def test_the_worked_examples(method, rate, worked, amount):
    days, hours, quantity = worked
    found = suggested(method, Decimal(rate), days, Decimal(hours), quantity and Decimal(quantity))
    assert found == Decimal(amount)


def test_without_a_rate_nothing_is_suggested():
    assert suggested("daily", None, 22, Decimal(0)) is None
    assert suggested(None, Decimal(1), 22, Decimal(0)) is None


def test_hours_are_cut_to_the_tenth():
    assert hours_of(166 * 3600 + 41 * 60 + 10) == Decimal("166.6")


def test_the_minimum_wage_is_that_of_the_month():
    assert floor_of("2026-10", 18) == Decimal("1688.28")
    assert floor_of("2026-08", 22) == 1850


@given(MONEY, MONEY, MONEY, MONEY)
def test_what_is_paid_and_what_is_taken_off_add_up_to_what_is_payable(payable, tax, off, advance):
    values = {"payable": payable, "tax_social": tax, "deduction": off, "advance": advance}
    assert to_pay(values) + tax + off + advance == payable


@given(st.decimals(1, 50_000, places=2), st.integers(0, 31))
def test_a_month_pays_at_most_its_rate_and_to_the_fen(rate, days):
    found = suggested("monthly", rate, days, Decimal(0))
    assert 0 <= found <= rate
    assert found == found.quantize(Decimal("0.01"))
