"""Punches of one person around 2026-10-20, written as ``in 07:00`` and ``out +1 03:30``."""

from datetime import date, datetime, timedelta
from itertools import count

from app.attendance.days import SHANGHAI, DayPunch, DayTerms, compute_days

D20, D21 = date(2026, 10, 20), date(2026, 10, 21)
REST_90 = DayTerms()


def instant(text, on=D20):
    """Read ``07:00``, ``07:00:30`` or, on the following date, ``+1 07:00``."""
    days, _, clock = text.rpartition(" ")
    parts = [int(part) for part in clock.split(":")]
    at = datetime(on.year, on.month, on.day, *parts, tzinfo=SHANGHAI)
    return at + timedelta(days=int(days or 0))


def punches(*texts, project=1, start=1, manual=False):
    """Make punches of texts like ``in 07:00`` and ``out +1 03:30``, numbered from ``start``."""
    ids = count(start)
    return [
        DayPunch(
            id=next(ids),
            project_id=project,
            at=instant(text.split(" ", 1)[1]),
            inbound=text.startswith("in "),
            manual=manual,
        )
        for text in texts
    ]


def days_of(*texts, terms=REST_90):
    return compute_days(punches(*texts), lambda *_: terms)


def clock(text):
    """Read ``11:20`` or ``11:00:01`` as a number of seconds."""
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + sum(seconds)
