from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reference.workdays import (
    CalendarDay,
    default_calendar,
    is_provisional,
    is_working_day,
    last_working_day_on_or_before,
    wage_due_on,
    working_days_after,
)

CALENDAR = default_calendar(2025) | default_calendar(2026) | default_calendar(2027)
SOME_DAY = st.dates(date(2025, 1, 20), date(2027, 12, 1))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        pytest.param(date(2026, 11, 13), True, id="a Friday"),
        pytest.param(date(2026, 11, 15), False, id="a Sunday"),
        pytest.param(date(2026, 2, 17), False, id="the Spring Festival on a Tuesday"),
        pytest.param(date(2026, 10, 1), False, id="the National Day"),
        pytest.param(date(2026, 10, 10), True, id="a Saturday worked in its place"),
    ],
)
def test_published_holidays_and_make_up_days_overrule_the_week(day, working):
    assert is_working_day(day, CALENDAR) is working


def test_a_holiday_carries_its_chinese_name():
    assert default_calendar(2026)[date(2026, 10, 1)] == CalendarDay(
        date(2026, 10, 1), working=False, name="国庆节"
    )


def test_a_published_year_holds_that_year_alone_and_is_not_provisional():
    year = default_calendar(2026)

    assert {day.year for day in year} == {2026}
    assert not any(entry.provisional for entry in year.values())
    assert not is_provisional(date(2026, 7, 1), year)


def test_an_unpublished_year_counts_the_week_without_the_fixed_holidays():
    year = default_calendar(2040)

    assert [(day.month, day.day) for day in year] == [
        (1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3),
    ]  # fmt: skip
    assert all(entry.provisional and not entry.working for entry in year.values())
    assert is_working_day(date(2040, 2, 13), year)
    assert not is_working_day(date(2040, 10, 1), year)


def test_every_date_of_an_unpublished_or_unknown_year_is_provisional():
    assert is_provisional(date(2040, 7, 2), default_calendar(2040))
    assert is_provisional(date(2041, 7, 2), default_calendar(2040))


def test_one_day_entered_by_the_city_does_not_publish_a_year():
    city = CalendarDay(date(2040, 2, 13), working=False, name="春节")

    assert is_provisional(date(2040, 7, 2), default_calendar(2040) | {city.day: city})


def test_the_city_overrules_the_published_calendar():
    city = CalendarDay(date(2026, 11, 13), working=False, name="停工日")

    assert wage_due_on(date(2026, 10, 1), 15, CALENDAR | {city.day: city}) == date(2026, 11, 12)


@pytest.mark.parametrize(
    ("wage_month", "pay_day", "due_on"),
    [
        pytest.param(date(2026, 8, 1), 15, date(2026, 9, 15), id="WAGE-001 August"),
        pytest.param(date(2026, 9, 1), 15, date(2026, 10, 15), id="WAGE-001 September"),
        pytest.param(date(2026, 10, 1), 15, date(2026, 11, 13), id="WAGE-001 October, a Sunday"),
        pytest.param(date(2026, 10, 31), 15, date(2026, 11, 13), id="any date of the month"),
        pytest.param(date(2026, 5, 1), 31, date(2026, 6, 30), id="June lacks the 31st"),
        pytest.param(date(2026, 1, 1), 30, date(2026, 2, 28), id="make-up Saturday in February"),
        pytest.param(date(2026, 8, 1), 27, date(2026, 9, 24), id="over Mid-Autumn and its weekend"),
        pytest.param(date(2025, 12, 1), 2, date(2025, 12, 31), id="back over the turn of the year"),
        pytest.param(date(2025, 12, 1), 15, date(2026, 1, 15), id="December is due in January"),
    ],
)
def test_wages_are_due_on_the_pay_day_or_the_last_working_day_before(wage_month, pay_day, due_on):
    assert wage_due_on(wage_month, pay_day, CALENDAR) == due_on


@pytest.mark.parametrize("pay_day", [0, 32])
def test_a_pay_day_outside_the_month_is_refused(pay_day):
    with pytest.raises(ValueError, match="pay_day"):
        wage_due_on(date(2026, 8, 1), pay_day, CALENDAR)


@pytest.mark.parametrize(
    ("day", "n", "result"),
    [
        pytest.param(date(2026, 10, 12), 20, date(2026, 11, 9), id="ACCT-005 twenty after permit"),
        pytest.param(date(2026, 10, 13), 2, date(2026, 10, 15), id="INTF-002 two after sending"),
        pytest.param(date(2026, 9, 30), 1, date(2026, 10, 8), id="over the National Day"),
        pytest.param(date(2026, 10, 9), 1, date(2026, 10, 10), id="to a make-up Saturday"),
        pytest.param(date(2026, 11, 15), 0, date(2026, 11, 15), id="none is the day itself"),
    ],
)
def test_working_days_are_counted_after_a_date(day, n, result):
    assert working_days_after(day, n, CALENDAR) == result


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        working_days_after(date(2026, 11, 15), -1, CALENDAR)


@given(SOME_DAY, st.integers(1, 15))
def test_exactly_n_working_days_lie_after_a_date_up_to_the_nth(day, n):
    end = working_days_after(day, n, CALENDAR)
    between = [day + timedelta(days=i) for i in range(1, (end - day).days + 1)]

    assert is_working_day(end, CALENDAR)
    assert sum(is_working_day(each, CALENDAR) for each in between) == n


@given(SOME_DAY)
def test_no_working_day_lies_between_a_date_and_the_last_one_before(day):
    last = last_working_day_on_or_before(day, CALENDAR)

    assert is_working_day(last, CALENDAR)
    skipped = [last + timedelta(days=i) for i in range(1, (day - last).days + 1)]
    assert not any(is_working_day(each, CALENDAR) for each in skipped)
