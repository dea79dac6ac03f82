"""What holds for any punches (alert-rules 5): later, repeated, reordered and windowed punches."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.attendance.days import (
    SHANGHAI,
    DayPunch,
    DayTerms,
    compute_days,
    dates_around,
    window_around,
)

FIRST = datetime(2026, 10, 12, tzinfo=SHANGHAI)
HOUR, MINUTE = 3600, 60
TERMS = st.builds(
    DayTerms,
    rest_minutes=st.sampled_from([0, 30, 60, 90, 180]),
    first_in_last_out=st.booleans(),
    max_span_hours=st.sampled_from([12, 18, 20]),
)
PLACES = st.fixed_dictionaries({1: TERMS, 2: TERMS, 3: TERMS})
# Steps around every limit: repeats, the rest, six hours, the longest spans, days off.
STEP = st.one_of(
    st.sampled_from([0, 1, 30, 59, 60, 61, 6 * HOUR - 1, 6 * HOUR, 18 * HOUR, 20 * HOUR]),
    st.integers(1, 90 * MINUTE),
    st.integers(1, 7 * HOUR).map(lambda s: s // MINUTE * MINUTE),
    st.integers(1, 30 * HOUR).map(lambda s: s // HOUR * HOUR),
)


@st.composite
def stories(draw, longest=24):
    """Punches of one person in order of time; mostly in and out in turn, in one of 3 projects."""
    at, inside, story = FIRST + timedelta(seconds=draw(st.integers(0, 86_400))), {}, []
    for number in range(draw(st.integers(1, longest))):
        project = draw(st.sampled_from([1, 1, 1, 2, 2, 3]))
        astray = draw(st.integers(0, 5)) == 0
        inbound = inside.get(project, False) if astray else not inside.get(project, False)
        inside[project] = inbound
        story.append(DayPunch(number, project, at, inbound))
        at += timedelta(seconds=draw(STEP))
    return story


def terms_of(places):
    return lambda project, _on: places[project]


def counted(days):
    """What of the days does not name the repeats."""
    return {
        on: replace(day, parts=tuple(replace(part, duplicate_ids=()) for part in day.parts))
        for on, day in days.items()
    }


def within(days, first, last):
    return {on: day for on, day in days.items() if first <= on <= last}


@settings(max_examples=600)
@given(stories(), PLACES, st.data())
def test_a_later_out_never_lowers_the_hours_of_its_date(story, places, data):
    before = compute_days(story, terms_of(places))
    pairs = [(on, pair) for on, day in before.items() for pair in day.pairs]
    assume(pairs)
    on, pair = data.draw(st.sampled_from(pairs))
    limit = pair.in_at + timedelta(hours=places[pair.project_id].max_span_hours)
    following = [
        p.at for p in story
        if p.inbound and p.project_id == pair.project_id and p.at >= pair.out_at
    ]  # fmt: skip
    room = (min([limit, *following]) - pair.out_at) // timedelta(seconds=1)
    later = pair.out_at + timedelta(
        seconds=data.draw(st.one_of(st.integers(0, room), st.just(room)))
    )
    moved = [replace(p, at=later) if p.id == pair.out_id else p for p in story]

    after = compute_days(moved, terms_of(places))

    assert after[on].seconds >= before[on].seconds
    own = {part.project_id: part.seconds for part in before[on].parts}
    grown = {part.project_id: part.seconds for part in after[on].parts}
    assert len(after[on].parts) > len(own) or grown[pair.project_id] >= own[pair.project_id]


@given(stories(), PLACES, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(story, places, random):
    shuffled = random.sample(story, len(story))

    assert compute_days(shuffled, terms_of(places)) == compute_days(story, terms_of(places))


@settings(max_examples=300)
@given(stories(), PLACES, st.data())
def test_a_repeat_changes_nothing(story, places, data):
    before = compute_days(story, terms_of(places))
    repeats = {i for day in before.values() for part in day.parts for i in part.duplicate_ids}
    original = data.draw(st.sampled_from([p for p in story if p.id not in repeats]))
    # A punch of the other direction in between would make it a movement of its own; at one second
    # the out-punch stands first.
    following = [
        (p.at - original.at) // timedelta(seconds=1)
        for p in story
        if p.project_id == original.project_id
        and p.inbound != original.inbound
        and (p.at > original.at or (p.at == original.at and p.inbound))
    ]
    room = max(0, min([60, *(gap - 1 for gap in following)]))
    delay = timedelta(seconds=data.draw(st.integers(0, room)))
    # It is seen at the gate all the same: a night in-punch then is less than six hours outside.
    six = timedelta(hours=6)
    assume(not any(six <= p.at - original.at < six + delay for p in story if p.inbound))
    repeat = replace(original, id=1000, at=original.at + delay)

    after = compute_days([*story, repeat], terms_of(places))

    assert counted(after) == counted(before)
    named = {i for day in after.values() for part in day.parts for i in part.duplicate_ids}
    assert named == repeats | {1000}


@given(stories(), PLACES)
def test_the_day_lies_between_its_longest_part_and_the_sum_of_its_parts(story, places):
    for day in compute_days(story, terms_of(places)).values():
        parts = [part.seconds for part in day.parts]
        assert day.seconds <= sum(parts)
        assert 0 <= max(parts) <= day.span_seconds
        assert day.seconds <= day.span_seconds <= day.presence_seconds
        if len([part for part in day.parts if part.pairs]) <= 1:
            assert day.seconds == sum(parts)


@given(stories(), PLACES)
def test_the_rest_taken_off_is_the_missing_rest_and_leaves_six_hours(story, places):
    for day in compute_days(story, terms_of(places)).values():
        missing = max(0, day.rest_minutes * 60 - day.rest_seconds)
        reduced = max(day.span_seconds - missing, min(day.span_seconds, 6 * HOUR))
        long = day.presence_seconds > 6 * HOUR
        assert day.seconds == (reduced if long else day.span_seconds)


@given(stories(), PLACES)
def test_every_punch_is_told_of_exactly_once(story, places):
    told = []
    for day in compute_days(story, terms_of(places)).values():
        for part in day.parts:
            told += [i for pair in part.pairs for i in (pair.in_id, pair.out_id)]
            told += part.unmatched_in_ids + part.unmatched_out_ids
            told += part.passed_over_ids + part.duplicate_ids
    assert sorted(told) == [p.id for p in story]


@given(stories(), PLACES)
def test_a_pair_begins_on_its_work_date_or_in_the_night_after_it(story, places):
    for on, day in compute_days(story, terms_of(places)).items():
        for pair in day.pairs:
            at = pair.in_at
            assert on in (at.date(), (at - timedelta(hours=4)).date())


@settings(max_examples=300)
@given(stories(longest=40), PLACES, st.data())
def test_a_window_gives_the_same_days_as_everything(story, places, data):
    touched = data.draw(st.lists(st.sampled_from(story), min_size=1, max_size=2))
    instants = [p.at.astimezone(UTC) for p in touched]
    start, end = window_around(instants)
    span = dates_around(instants)

    part = compute_days([p for p in story if start <= p.at < end], terms_of(places))

    everything = compute_days(story, terms_of(places))
    assert within(part, *span) == within(everything, *span)


@settings(max_examples=300)
@given(stories(longest=40), PLACES, st.data())
def test_a_punch_alters_no_date_outside_its_window(story, places, data):
    arrived = data.draw(st.sampled_from(story))
    first, last = dates_around([arrived.at])

    without = compute_days([p for p in story if p is not arrived], terms_of(places))

    for on, day in compute_days(story, terms_of(places)).items():
        assert first <= on <= last or without[on] == day
    assert all(first <= on <= last or on in compute_days(story, terms_of(places)) for on in without)


@given(stories(), PLACES)
def test_loading_day_by_day_ends_as_loading_in_one_batch(story, places):
    stored = {}
    for number, arrived in enumerate(story, start=1):
        first, last = dates_around([arrived.at])
        start, end = window_around([arrived.at])
        known = [p for p in story[:number] if start <= p.at < end]
        days = within(compute_days(known, terms_of(places)), first, last)
        stored = {on: day for on, day in stored.items() if not first <= on <= last} | days

    assert stored == compute_days(story, terms_of(places))
