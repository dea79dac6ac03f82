"""How far a changed punch reaches: the dates to compute again and the punches to load."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from app.attendance.days.facts import DAY_STARTS_AT_HOUR, MAX_SPAN_HOURS, SHANGHAI

REACH = timedelta(hours=MAX_SPAN_HOURS[-1] + 1)


def dates_around(instants: Iterable[datetime]) -> tuple[date, date]:
    """First and last work date that punches added, removed or changed at ``instants`` can alter.

    A punch makes or breaks pairs that begin or end up to ``max_span`` (at most 20 h) away, hence
    moves the night between two dates; one hour more covers chains of repeats.
    Raises ValueError without instants.
    """
    local = [instant.astimezone(SHANGHAI) for instant in instants]
    first = min(local) - REACH - timedelta(hours=DAY_STARTS_AT_HOUR)
    return first.date(), (max(local) + REACH).date()


def window_around(instants: Iterable[datetime]) -> tuple[datetime, datetime]:
    """Start (included) and end (excluded) of the punches to load to compute ``dates_around``.

    A date needs the whole day before it (who was inside, and when the last punch was) and the
    out-punches up to ``max_span`` after its end. Dates outside ``dates_around`` are incomplete in
    what is computed from these punches and must be left as they are.
    """
    first, last = dates_around(instants)
    start = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI) - timedelta(days=1)
    end = datetime(last.year, last.month, last.day, tzinfo=SHANGHAI) + timedelta(days=2)
    return start, end + timedelta(hours=DAY_STARTS_AT_HOUR)
