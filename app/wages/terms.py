"""When wages are due and how long a bank may take, reckoned in working days."""

from datetime import date, timedelta
from typing import Any

from app.reference import services as reference
from app.reference import workdays

MONTHS = 12


def terms_before(day: date) -> list[dict[str, Any]]:
    """Give month, pay day and due date of the last twelve months, for every pay day."""
    calendar = reference.working_calendar()
    found, first = [], day.replace(day=1)
    for _number in range(MONTHS):
        following, first = first, (first - timedelta(days=1)).replace(day=1)
        for pay_day in range(1, 32):
            due_on = workdays.wage_due_on(first, pay_day, calendar)
            found.append({
                "month": f"{first:%Y-%m}", "pay_day": pay_day, "due_on": due_on.isoformat(),
                "first_on": first.isoformat(), "next_on": following.isoformat(),
                "provisional": workdays.is_provisional(due_on, calendar),
                "number": first.year * 12 + first.month,
            })  # fmt: skip
    return found


def waiting_since(day: date, working_days: int) -> date:
    """Give the earliest date of sending from which receipts are still awaited on a day."""
    calendar, sent = reference.working_calendar(), day
    while workdays.working_days_after(sent - timedelta(days=1), working_days, calendar) >= day:
        sent -= timedelta(days=1)
    return sent
