"""Days of somebody who only works by day, computed without looking beyond them.

Where a person punches on one project, never between 00:00 and 04:00, and begins every date with
an in-punch, each calendar date is a work date of its own: no pair reaches over midnight, no later
punch can move to another date. Nearly every batch of a gate is of this kind. What differs in
anything gives None here and is computed by `compute_days`, with the same result.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from app.attendance.days.compute import REPEAT_SECONDS
from app.attendance.days.facts import (
    DAY_STARTS_AT_HOUR,
    HOUR_SECONDS,
    SHANGHAI,
    VALID_PUNCHES,
    VALID_SECONDS,
    DayTerms,
    day_seconds,
)

DAY_SECONDS = 24 * HOUR_SECONDS
EAST = 8 * HOUR_SECONDS  # China has had no summer time since 1991
EPOCH = date(1970, 1, 1).toordinal()


class Passage(NamedTuple):
    """One punch that counts; the order is that of the computation."""

    second: int
    inbound: bool
    manual: bool
    id: int
    source: str
    repeated: bool


class UsualDay(NamedTuple):
    """One date, on the project and over all projects alike."""

    work_on: date
    seconds: int
    span_seconds: int
    presence_seconds: int
    first: int
    last: int
    pairs: tuple[tuple[Passage, Passage], ...]
    loose: tuple[Passage, ...]
    counted: tuple[Passage, ...]

    @property
    def valid(self) -> bool:
        """Whether this is a valid day 有效考勤日."""
        return len(self.counted) >= VALID_PUNCHES and self.last - self.first >= VALID_SECONDS


def usual_days(
    passages: Sequence[Passage], fresh: Collection[int], terms: DayTerms
) -> list[UsualDay] | None:
    """Compute the dates the fresh passages belong to, None where they may alter others.

    ``passages`` are all of the person from 00:00 of the first of these dates to 24:00 of the day
    after the last, ``fresh`` the seconds of those just added. None also where a repeat is found.
    """
    if terms.first_in_last_out:
        return None
    by_day: dict[int, list[Passage]] = {}
    for one in sorted(passages):
        day, second = divmod(one.second + EAST, DAY_SECONDS)
        if second < DAY_STARTS_AT_HOUR * HOUR_SECONDS:
            return None
        by_day.setdefault(day, []).append(one)
    for found in by_day.values():
        older = next((one for one in found if one.second not in fresh), None)
        if not found[0].inbound or (older and not older.inbound):
            return None
    days = sorted({(second + EAST) // DAY_SECONDS for second in fresh})
    if any(day not in by_day for day in days) or any(map(_repeats, by_day.values())):
        return None
    return [_day(day, by_day[day], terms) for day in days]


def _repeats(found: list[Passage]) -> bool:
    """Tell whether a passage counts only once with another, or was thought to."""
    before = found[0]
    if before.repeated:
        return True
    for one in found[1:]:
        near = one.second - before.second <= REPEAT_SECONDS
        if one.repeated or (near and one.inbound == before.inbound):
            return True
        before = one
    return False


def _day(day: int, counted: list[Passage], terms: DayTerms) -> UsualDay:
    pairs, loose, limit = [], [], terms.max_span_seconds
    span, before = 0, None
    for one in counted:
        if one.inbound:
            if before is not None:
                loose.append(before)
            before = one
        elif before is not None and one.second - before.second <= limit:
            pairs.append((before, one))
            span += one.second - before.second
            before = None
        else:
            if before is not None:
                loose.append(before)
            loose.append(one)
            before = None
    if before is not None:
        loose.append(before)
    presence = pairs[-1][1].second - pairs[0][0].second if pairs else 0
    return UsualDay(
        date.fromordinal(EPOCH + day), day_seconds(span, presence, terms.rest_minutes), span,
        presence, counted[0].second, counted[-1].second, tuple(pairs), tuple(loose),
        tuple(counted),
    )  # fmt: skip


def text_of(second: int) -> str:
    """Give an instant as the day book writes it, in China's time."""
    return datetime.fromtimestamp(second, SHANGHAI).isoformat()
