"""The computation of days; its rules stand in the docstring of the package."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from app.attendance.days.facts import (
    DAY_STARTS_AT_HOUR,
    HOUR_SECONDS,
    SECOND,
    SHANGHAI,
    DayPair,
    DayPunch,
    DayResult,
    DayTerms,
    ProjectPart,
    TermsOf,
    day_seconds,
)

REPEAT_SECONDS = 60
OUTSIDE_SECONDS = 6 * HOUR_SECONDS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(eq=False, slots=True)
class _Mark:
    """A punch at a whole second; ``repeats`` it when it counts only once with another."""

    punch: DayPunch
    second: int
    repeats: "_Mark | None" = None
    work_on: date = date.min

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.second, SHANGHAI)


@dataclass(eq=False, slots=True)
class _Run:
    """An in-punch, if there is one, and the out-punches of its project up to the next."""

    entry: _Mark | None
    exits: list[_Mark] = field(default_factory=list)

    def end(self, terms: DayTerms) -> int:
        """Tell until which second the person is certainly inside: without an out, not at all."""
        assert self.entry is not None  # noqa: S101 - only asked of a run that begins
        exits = self.exits if terms.first_in_last_out else self.exits[:1]
        limit = self.entry.second + terms.max_span_seconds
        within = (out.second for out in exits if out.second <= limit)
        return max(within, default=self.entry.second)


def compute_days(punches: Iterable[DayPunch], terms_of: TermsOf) -> dict[date, DayResult]:
    """Compute every work date of one person from punches in any order, dates ascending.

    A punch given twice (same project, second and direction) counts once.
    """
    marks = [_Mark(punch, (punch.at - _EPOCH) // SECOND) for punch in punches]
    # At one second the out-punch comes first, and an original before a correction.
    marks.sort(key=lambda m: (m.second, m.punch.inbound, m.punch.manual, m.punch.id))
    runs = _runs(marks)
    _date_entries(marks, runs, terms_of)
    _date_exits(runs, terms_of)
    grouped: dict[date, dict[int, list[_Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in marks:
        if mark.repeats is not None:
            mark.work_on = mark.repeats.work_on
        grouped[mark.work_on][mark.punch.project_id].append(mark)
    return {on: _day(on, grouped[on], terms_of) for on in sorted(grouped)}


def _runs(marks: list[_Mark]) -> list[_Run]:
    """Mark the repeats and cut what remains of each project into runs."""
    runs = []
    current: dict[int, _Run] = {}
    counted: dict[int, _Mark] = {}
    for mark in marks:
        project = mark.punch.project_id
        before = counted.get(project)
        if (
            before is not None
            and before.punch.inbound == mark.punch.inbound
            and mark.second - before.second <= REPEAT_SECONDS
        ):
            mark.repeats = before
            continue
        counted[project] = mark
        if mark.punch.inbound or project not in current:
            current[project] = _Run(mark if mark.punch.inbound else None)
            runs.append(current[project])
        if not mark.punch.inbound:
            current[project].exits.append(mark)
    return runs


def _date_entries(marks: list[_Mark], runs: list[_Run], terms_of: TermsOf) -> None:
    """Give every in-punch that is no repeat its work date."""
    run_of = {id(run.entry): run for run in runs if run.entry is not None}
    nights: dict[date, date] = {}
    last_second: int | None = None
    inside_until: int | None = None
    for mark in marks:
        if mark.punch.inbound and mark.repeats is None:
            at = mark.at
            mark.work_on = at.date()
            if at.hour < DAY_STARTS_AT_HOUR:
                outside = last_second is None or mark.second - last_second >= OUTSIDE_SECONDS
                inside = inside_until is not None and inside_until > mark.second
                began = at.date() if outside and not inside else at.date() - timedelta(days=1)
                mark.work_on = nights.setdefault(at.date(), began)
            end = run_of[id(mark)].end(terms_of(mark.punch.project_id, mark.work_on))
            inside_until = end if inside_until is None else max(inside_until, end)
        last_second = mark.second


def _date_exits(runs: list[_Run], terms_of: TermsOf) -> None:
    """Give every out-punch that is no repeat its work date."""
    for run in runs:
        for out in run.exits:
            out.work_on = (out.at - timedelta(hours=DAY_STARTS_AT_HOUR)).date()
            if run.entry is not None:
                terms = terms_of(run.entry.punch.project_id, run.entry.work_on)
                if out.second - run.entry.second <= terms.max_span_seconds:
                    out.work_on = run.entry.work_on


def _day(on: date, by_project: dict[int, list[_Mark]], terms_of: TermsOf) -> DayResult:
    pairs, terms = {}, {}
    for project, marks in by_project.items():
        terms[project] = terms_of(project, on)
        pairs[project] = _pairs([m for m in marks if m.repeats is None], terms[project])
    spans = sorted((i.second, o.second) for found in pairs.values() for i, o in found)
    union, presence = _measure(spans)
    paired = [project for project, found in pairs.items() if found]
    rest = min(terms[project].rest_minutes for project in paired or terms)
    seconds = day_seconds(union, presence, rest)
    total = sum(end - start for start, end in spans)
    parts = []
    for project in sorted(by_project):
        own = sum(o.second - i.second for i, o in pairs[project])
        share = (union - seconds) * own // total if total else 0
        parts.append(_part(by_project[project], pairs[project], own, own - share))
    return DayResult(on, seconds, union, presence, rest, tuple(parts))


def _pairs(marks: list[_Mark], terms: DayTerms) -> list[tuple[_Mark, _Mark]]:
    """Pair the counted punches of one project and work date, in order of time."""
    limit = terms.max_span_seconds
    if terms.first_in_last_out:
        first = next((m for m in marks if m.punch.inbound), None)
        if first is None:
            return []
        outs = [m for m in marks[marks.index(first) + 1 :] if not m.punch.inbound]
        last = [m for m in outs if m.second - first.second <= limit]
        return [(first, last[-1])] if last else []
    return [
        (entry, out)
        for entry, out in pairwise(marks)
        if entry.punch.inbound and not out.punch.inbound and out.second - entry.second <= limit
    ]


def _measure(spans: list[tuple[int, int]]) -> tuple[int, int]:
    """Seconds of the union of ascending spans, and from the first start to the last end."""
    if not spans:
        return 0, 0
    union, reached = 0, spans[0][0]
    for start, end in spans:
        union += max(0, end - max(start, reached))
        reached = max(reached, end)
    return union, reached - spans[0][0]


def _part(
    marks: list[_Mark], pairs: list[tuple[_Mark, _Mark]], span_seconds: int, seconds: int
) -> ProjectPart:
    counted = [m for m in marks if m.repeats is None]
    matched = {id(mark) for pair in pairs for mark in pair}
    loose = [m for m in counted if id(m) not in matched]
    # Only the pair of first in and last out can enclose a punch of its own project.
    passed = [m for m in loose if any(i.second < m.second < o.second for i, o in pairs)]
    unmatched = [m for m in loose if m not in passed]
    return ProjectPart(
        project_id=counted[0].punch.project_id,
        seconds=seconds,
        span_seconds=span_seconds,
        first_at=counted[0].at,
        last_at=counted[-1].at,
        punch_count=len(counted),
        pairs=tuple(
            DayPair(i.punch.project_id, i.punch.id, o.punch.id, i.at, o.at) for i, o in pairs
        ),
        unmatched_in_ids=tuple(m.punch.id for m in unmatched if m.punch.inbound),
        unmatched_out_ids=tuple(m.punch.id for m in unmatched if not m.punch.inbound),
        passed_over_ids=tuple(m.punch.id for m in passed),
        duplicate_ids=tuple(m.punch.id for m in marks if m.repeats is not None),
        manual=any(m.punch.manual for m in counted),
    )
