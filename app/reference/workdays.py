"""Working days and pay days, over the city's calendar of exceptions 日历.

Source: alert-rules 1 (*due(m)*: 724 art 14), screens 4.2 B ``pay_day``, screens 15, architecture
D12. A calendar is a mapping from a date to what is special about it: a holiday, a make-up day or
a day of the city's own. A date it does not hold works from Monday to Friday. Nothing here reads a
clock or a database.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chinese_calendar.constants import Holiday, holidays, workdays

ONE_DAY = timedelta(days=1)
SATURDAY = 5
PAY_DAYS = range(1, 32)
# 全国年节及纪念日放假办法 (2025): the holidays that have the same date every year; those of the
# lunar calendar wait for the State Council's notice.
FIXED_HOLIDAYS = {
    (1, 1): Holiday.new_years_day,
    (5, 1): Holiday.labour_day,
    (5, 2): Holiday.labour_day,
    (10, 1): Holiday.national_day,
    (10, 2): Holiday.national_day,
    (10, 3): Holiday.national_day,
}


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A date that differs from the week: ``name`` is the holiday it belongs to, in Chinese.

    ``provisional`` marks a year whose holidays are not published yet 节假日未公布.
    """

    day: date
    working: bool
    name: str
    provisional: bool = False


Calendar = Mapping[date, CalendarDay]


def default_calendar(year: int) -> dict[date, CalendarDay]:
    """Return the published holidays and make-up days of a year, else the fixed holidays.

    The entries of a year without published holidays are all provisional.
    """
    published = [
        CalendarDay(day, working, Holiday(name).chinese)
        for days, working in ((holidays, False), (workdays, True))
        for day, name in days.items()
        if day.year == year
    ]
    fixed = [
        CalendarDay(date(year, month, day), working=False, name=holiday.chinese, provisional=True)
        for (month, day), holiday in FIXED_HOLIDAYS.items()
    ]
    return {entry.day: entry for entry in sorted(published or fixed, key=lambda each: each.day)}


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Tell whether people work on a date as a rule: the calendar's word, else Monday to Friday."""
    entry = calendar.get(day)
    return day.weekday() < SATURDAY if entry is None else entry.working


def is_provisional(day: date, calendar: Calendar) -> bool:
    """Tell whether the holidays of the date's year are unknown, so that a result needs the mark.

    That is so while an entry of the year is provisional, or none of the year exists.
    """
    marks = [entry.provisional for entry in calendar.values() if entry.day.year == day.year]
    return not marks or any(marks)


def last_working_day_on_or_before(day: date, calendar: Calendar) -> date:
    """Return the date itself if it is a working day, else the last working day before it."""
    while not is_working_day(day, calendar):
        day -= ONE_DAY
    return day


def working_days_after(day: date, n: int, calendar: Calendar) -> date:
    """Return the n-th working day after a date, the date itself for 0.

    Raises ValueError for a negative number.
    """
    if n < 0:
        raise ValueError("working days are counted forwards")
    while n:
        day += ONE_DAY
        n -= is_working_day(day, calendar)
    return day


def wage_due_on(wage_month: date, pay_day: int, calendar: Calendar) -> date:
    """Return the date by which the wages of a month are due 应发日.

    ``wage_month`` is any date of the month worked, ``pay_day`` a day from 1 to 31 of the month
    after it; a day which that month lacks is its last day, a rest day moves back to the last
    working day. The calendar should hold the year of the month after and, for an early pay day,
    the year before it. Raises ValueError for another ``pay_day``.
    """
    if pay_day not in PAY_DAYS:
        raise ValueError("pay_day is a day of the month from 1 to 31")
    year, month = wage_month.year + wage_month.month // 12, wage_month.month % 12 + 1
    due_on = date(year, month, min(pay_day, monthrange(year, month)[1]))
    return last_working_day_on_or_before(due_on, calendar)
