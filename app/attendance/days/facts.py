"""What goes into the computation of days and what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
MINUTE_SECONDS = 60
HOUR_SECONDS = 3600
TENTH_SECONDS = 360
DAY_STARTS_AT_HOUR = 4
UNREDUCED_SECONDS = 6 * HOUR_SECONDS
VALID_SECONDS = 4 * HOUR_SECONDS
VALID_PUNCHES = 2
REST_MINUTES = range(181)
MAX_SPAN_HOURS = range(12, 21)


@dataclass(frozen=True, slots=True)
class DayPunch:
    """One punch that counts: ``at`` is aware, ``inbound`` tells in from out.

    Raises ValueError for an instant without a zone.
    """

    id: int
    project_id: int
    at: datetime
    inbound: bool
    manual: bool = False

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("a punch needs an instant with a zone")


@dataclass(frozen=True, slots=True)
class DayTerms:
    """What a project lays down for its days: ``rest_minutes`` 0-180, ``max_span_hours`` 12-20.

    Raises ValueError outside these ranges (screens 4.2 B, ATT-001).
    """

    rest_minutes: int = 90
    first_in_last_out: bool = False
    max_span_hours: int = 18

    def __post_init__(self) -> None:
        if self.rest_minutes not in REST_MINUTES:
            raise ValueError("rest_minutes is a whole number from 0 to 180")
        if self.max_span_hours not in MAX_SPAN_HOURS:
            raise ValueError("max_span_hours is a whole number from 12 to 20")

    @property
    def max_span_seconds(self) -> int:
        return self.max_span_hours * HOUR_SECONDS


TermsOf = Callable[[int, date], DayTerms]
"""The terms of a project on a work date (a changed rest counts from a date on, screens 4.2 B)."""


@dataclass(frozen=True, slots=True)
class DayPair:
    """A counted in-punch and its out-punch, at whole seconds of Asia/Shanghai."""

    project_id: int
    in_id: int
    out_id: int
    in_at: datetime
    out_at: datetime

    @property
    def seconds(self) -> int:
        return (self.out_at - self.in_at) // SECOND


@dataclass(frozen=True, slots=True)
class ProjectPart:
    """One project's own part of a person's work date; the row of an ``AttendanceDay``.

    ``span_seconds`` is the sum of its pairs, ``seconds`` that sum less its share of the rest.
    ``first_at`` and ``last_at`` are its first and last punch, ``punch_count`` is without repeats.
    ``unmatched_in_ids`` lack an out-punch, ``unmatched_out_ids`` an in-punch;
    ``passed_over_ids`` lie between first in and last out where only these count (screens 4.9).
    """

    project_id: int
    seconds: int
    span_seconds: int
    first_at: datetime
    last_at: datetime
    punch_count: int
    pairs: tuple[DayPair, ...]
    unmatched_in_ids: tuple[int, ...]
    unmatched_out_ids: tuple[int, ...]
    passed_over_ids: tuple[int, ...]
    duplicate_ids: tuple[int, ...]
    manual: bool

    @property
    def hours(self) -> Decimal:
        return hours_of(self.seconds)

    @property
    def pair_count(self) -> int:
        return len(self.pairs)

    @property
    def missing_count(self) -> int:
        """How often a punch is missing 缺卡次数."""
        return len(self.unmatched_in_ids) + len(self.unmatched_out_ids)

    @property
    def valid(self) -> bool:
        """Whether this is a valid day 有效考勤日 of the project."""
        return _valid(self.punch_count, self.first_at, self.last_at)


@dataclass(frozen=True, slots=True)
class DayResult:
    """A person's work date over all projects; the row of a ``PersonDay``.

    ``span_seconds`` is the union of all pairs, ``presence_seconds`` runs from first in to last
    out, ``rest_minutes`` is the least rest applied, ``seconds`` are the hours of the day.
    """

    work_on: date
    seconds: int
    span_seconds: int
    presence_seconds: int
    rest_minutes: int
    parts: tuple[ProjectPart, ...]

    @property
    def hours(self) -> Decimal:
        return hours_of(self.seconds)

    @property
    def rest_seconds(self) -> int:
        """Time between an out and the next in of the day."""
        return self.presence_seconds - self.span_seconds

    @property
    def deducted_seconds(self) -> int:
        """How much was taken off for missing rest."""
        return self.span_seconds - self.seconds

    @property
    def pairs(self) -> tuple[DayPair, ...]:
        """The pairs of all projects in the order of their in-punches."""
        pairs = (pair for part in self.parts for pair in part.pairs)
        return tuple(sorted(pairs, key=lambda pair: (pair.in_at, pair.project_id)))

    @property
    def punch_count(self) -> int:
        return sum(part.punch_count for part in self.parts)

    @property
    def missing_count(self) -> int:
        return sum(part.missing_count for part in self.parts)

    @property
    def manual(self) -> bool:
        return any(part.manual for part in self.parts)

    @property
    def valid(self) -> bool:
        """Whether this is a valid day 有效考勤日 of the person."""
        first = min(part.first_at for part in self.parts)
        last = max(part.last_at for part in self.parts)
        return _valid(self.punch_count, first, last)


def _valid(punch_count: int, first_at: datetime, last_at: datetime) -> bool:
    return punch_count >= VALID_PUNCHES and (last_at - first_at) // SECOND >= VALID_SECONDS


def hours_of(seconds: int) -> Decimal:
    """Hours to be shown: tenths, never rounded up. Limits are compared in seconds, not in these."""
    return Decimal(seconds // TENTH_SECONDS).scaleb(-1)


def day_seconds(span_seconds: int, presence_seconds: int, rest_minutes: int) -> int:
    """Seconds that count of a union of pairs, after the rest that is missing is taken off."""
    rested = presence_seconds - rest_minutes * MINUTE_SECONDS
    return min(span_seconds, max(UNREDUCED_SECONDS, rested))
