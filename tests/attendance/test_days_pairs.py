"""Which punches count on a day: missing, repeated and passed-over ones, several projects."""

from decimal import Decimal

import pytest

from app.attendance.days import DayTerms, compute_days
from tests.factories.punches import D20, D21, REST_90, clock, days_of, instant, punches

EXTREMES = DayTerms(first_in_last_out=True)


@pytest.mark.parametrize(
    ("texts", "seconds", "ins", "outs"),
    [
        pytest.param(["in 07:00"], "0:00", (1,), (), id="no out"),
        pytest.param(["out 18:00"], "0:00", (), (1,), id="no in"),
        pytest.param(["in 07:00", "out 12:00", "in 13:00"], "5:00", (3,), (), id="no last out"),
        pytest.param(["in 07:00", "in 13:00", "out 18:00"], "5:00", (1,), (), id="no noon out"),
        pytest.param(["in 07:00", "out 12:00", "out 18:00"], "5:00", (), (3,), id="no noon in"),
        pytest.param(["out 07:00", "in 07:00"], "0:00", (2,), (1,), id="out and in at a second"),
    ],
)
def test_a_missing_punch_is_flagged_and_never_guessed(texts, seconds, ins, outs):
    day = days_of(*texts)[D20]

    assert day.seconds == clock(seconds)
    assert day.parts[0].unmatched_in_ids == ins
    assert day.parts[0].unmatched_out_ids == outs
    assert day.missing_count == len(ins) + len(outs)


def test_an_out_without_in_before_four_belongs_to_the_evening_before():
    assert list(days_of("out +1 03:59")) == [D20]
    assert list(days_of("out +1 04:00")) == [D21]


def test_a_second_out_after_midnight_stays_with_the_shift_it_ends():
    days = days_of("in 19:00", "out +1 02:00", "out +1 07:00")

    assert days[D20].parts[0].unmatched_out_ids == (3,)
    assert list(days) == [D20]


@pytest.mark.parametrize(
    ("texts", "duplicates", "unmatched"),
    [
        pytest.param(["in 07:00", "in 07:01", "out 12:00"], (2,), (), id="in after 60 s"),
        pytest.param(["in 07:00", "out 12:00", "out 12:01"], (3,), (), id="out after 60 s"),
        pytest.param(["in 07:00", "out 12:00", "out 12:01:01"], (), (3,), id="out after 61 s"),
        pytest.param(
            ["in 07:00", "out 12:00", "out 12:00:50", "out 12:01:40"],
            (3,),
            (4,),
            id="the 60 s begin at the punch that counts",
        ),
    ],
)
def test_a_repeat_within_sixty_seconds_counts_once(texts, duplicates, unmatched):
    part = days_of(*texts)[D20].parts[0]

    assert part.seconds == clock("5:00")
    assert part.duplicate_ids == duplicates
    assert part.unmatched_in_ids + part.unmatched_out_ids == unmatched


def test_a_punch_of_the_other_direction_makes_a_return_no_repeat():
    day = days_of("in 07:00:00", "out 07:00:20", "in 07:00:40", "out 12:00:40")[D20]

    assert day.seconds == clock("5:00:20")
    assert day.missing_count == 0
    assert day.parts[0].duplicate_ids == ()


def test_the_same_second_in_two_projects_is_no_repeat():
    both = punches("in 07:00", "out 12:00") + punches("in 07:00", "out 12:00", project=2, start=3)
    day = compute_days(both, lambda *_: REST_90)[D20]

    assert [part.seconds for part in day.parts] == [clock("5:00"), clock("5:00")]
    assert day.seconds == clock("5:00")


@pytest.mark.parametrize(
    ("texts", "valid"),
    [
        pytest.param(["in 07:00", "out 11:00"], True, id="four hours"),
        pytest.param(["in 07:00:00", "out 10:59:59"], False, id="a second less"),
        pytest.param(["in 07:00"], False, id="a single punch"),
        pytest.param(["in 07:00", "in 13:00"], True, id="two punches without a pair"),
        pytest.param(["in 07:00", "in 07:00:30"], False, id="a repeat is no second punch"),
    ],
)
def test_a_valid_day_has_two_punches_four_hours_apart(texts, valid):
    day = days_of(*texts)[D20]

    assert day.valid is valid
    assert day.parts[0].valid is valid


def test_a_day_may_be_valid_for_the_person_but_for_no_project():
    both = punches("in 07:00", "out 09:00") + punches("in 10:00", "out 12:00", project=2, start=3)
    day = compute_days(both, lambda *_: REST_90)[D20]

    assert day.valid
    assert [part.valid for part in day.parts] == [False, False]


@pytest.mark.parametrize(
    ("texts", "hours", "passed", "unmatched"),
    [
        pytest.param(
            ["in 07:00", "out 12:00", "in 13:00", "out 19:00"], "10:30", (2, 3), (), id="noon"
        ),
        pytest.param(["in 07:00", "out 12:00", "out 18:00"], "9:30", (2,), (), id="noon in lost"),
        pytest.param(["in 07:00", "in 13:00", "out 18:00"], "9:30", (2,), (), id="noon out lost"),
        pytest.param(["in 07:00", "out 12:00", "in 13:00"], "5:00", (), (3,), id="last out lost"),
        pytest.param(["out 06:00", "in 07:00", "out 12:00"], "5:00", (), (1,), id="early out"),
        pytest.param(["in 07:00"], "0:00", (), (1,), id="no out at all"),
        pytest.param(
            ["in 19:00", "out +1 00:00", "in +1 01:00", "out +1 06:00"],
            "9:30",
            (2, 3),
            (),
            id="night shift",
        ),
        pytest.param(
            ["in 05:00", "out 12:00", "in 20:00", "out +1 01:00"],
            "6:00",
            (),
            (3, 4),
            id="an out-punch more than 18 h after the first in-punch is not the last one",
        ),
    ],
)
def test_first_in_last_out_makes_one_pair_of_the_day(texts, hours, passed, unmatched):
    days = days_of(*texts, terms=EXTREMES)
    part = days[D20].parts[0]

    assert list(days) == [D20]
    assert part.seconds == clock(hours)
    assert part.passed_over_ids == passed
    assert part.unmatched_in_ids + part.unmatched_out_ids == unmatched
    assert part.pair_count == (0 if hours == "0:00" else 1)


def test_a_lost_in_punch_the_next_day_does_not_lengthen_first_in_last_out():
    days = days_of("in 07:00", "out 18:00", "out +1 18:00", terms=EXTREMES)

    assert {on: day.seconds for on, day in days.items()} == {D20: clock("9:30"), D21: 0}
    assert days[D21].missing_count == 1


def test_terms_are_those_of_the_work_date():
    def terms(_project, on):
        return REST_90 if on <= D20 else DayTerms(rest_minutes=60)

    days = compute_days(punches("in 07:00", "out 18:00", "in +1 07:00", "out +1 18:00"), terms)

    assert [day.hours for day in days.values()] == [Decimal("9.5"), Decimal("10.0")]


def test_overlapping_projects_count_once_and_the_smallest_rest_applies():
    rests = {1: DayTerms(rest_minutes=90), 2: DayTerms(rest_minutes=60)}
    both = punches("in 07:00", "out 13:00") + punches("in 12:00", "out 18:00", project=2, start=3)
    day = compute_days(both, lambda project, _on: rests[project])[D20]

    assert day.span_seconds == clock("11:00")
    assert day.rest_minutes == 60
    assert day.seconds == clock("10:00")
    assert [part.span_seconds for part in day.parts] == [clock("6:00"), clock("6:00")]
    assert [part.seconds for part in day.parts] == [clock("5:30"), clock("5:30")]


def test_a_project_without_a_pair_does_not_lower_the_rest():
    rests = {1: DayTerms(rest_minutes=90), 2: DayTerms(rest_minutes=0)}
    both = punches("in 07:00", "out 18:00") + punches("in 12:00", project=2, start=3)
    day = compute_days(both, lambda project, _on: rests[project])[D20]

    assert day.seconds == clock("9:30")
    assert [part.missing_count for part in day.parts] == [0, 1]


def test_rest_on_the_way_between_two_projects_is_rest():
    both = punches("in 07:00", "out 12:00") + punches("in 13:30", "out 18:00", project=2, start=3)
    day = compute_days(both, lambda *_: REST_90)[D20]

    assert day.seconds == clock("9:30")
    assert [part.seconds for part in day.parts] == [clock("5:00"), clock("4:30")]


def test_pairs_and_corrections_are_named():
    corrected = punches("in 07:00") + punches("out 12:00", start=2, manual=True)
    day = compute_days(corrected, lambda *_: REST_90)[D20]
    (pair,) = day.pairs

    assert (pair.project_id, pair.in_id, pair.out_id) == (1, 1, 2)
    assert (pair.in_at, pair.out_at) == (instant("07:00"), instant("12:00"))
    assert day.manual
    assert day.parts[0].manual
    assert (day.parts[0].first_at, day.parts[0].last_at) == (pair.in_at, pair.out_at)
    assert not days_of("in 07:00", "out 12:00")[D20].manual


def test_an_original_goes_before_a_correction_of_the_same_second():
    twice = punches("in 07:00", manual=True) + punches("in 07:00", "out 12:00", start=2)
    day = compute_days(twice, lambda *_: REST_90)[D20]

    assert day.parts[0].duplicate_ids == (1,)
    assert not day.manual
