from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from app.attendance.days import (
    DayPunch,
    DayTerms,
    compute_days,
    dates_around,
    hours_of,
    window_around,
)
from tests.factories.punches import D20, D21, REST_90, clock, days_of, instant, punches


@pytest.mark.parametrize(
    ("texts", "hours"),
    [
        pytest.param(
            ["in 06:50", "out 12:05", "in 12:50", "out 19:40"],
            "11:20",
            id="ATT-001 must: 45 of 90 minutes of rest are missing",
        ),
        pytest.param(["in 07:00", "out 19:31"], "11:01", id="ATT-001 must: a minute too long"),
        pytest.param(
            ["in 07:00", "out 12:00", "in 13:00", "out 19:00"],
            "10:30",
            id="ATT-001 must not and 9.1: half an hour of rest is missing",
        ),
        pytest.param(["in 07:00", "out 19:30"], "11:00", id="ATT-001 must not and 9.1: exactly 11"),
        pytest.param(["in 07:00", "out 18:00"], "9:30", id="9.1: no rest at all"),
        pytest.param(
            ["in 07:00", "out 11:30", "in 13:30", "out 18:00"], "9:00", id="9.1: rest enough"
        ),
        pytest.param(["in 07:00", "out 13:20"], "6:00", id="9.1: not reduced below six"),
        pytest.param(["in 07:00:00", "out 19:30:01"], "11:00:01", id="5: one second more than 11"),
        pytest.param(["in 07:00", "out 13:00"], "6:00", id="5: presence of 6 h 00"),
        pytest.param(["in 07:00", "out 13:01"], "6:00", id="5: presence of 6 h 01"),
        pytest.param(
            ["in 07:00", "out 10:00", "in 10:10", "out 13:00"],
            "5:50",
            id="presence of 6 h 00 with ten minutes of rest is not reduced",
        ),
        pytest.param(
            ["in 07:00", "out 10:00", "in 10:10", "out 13:01"],
            "5:51",
            id="presence of 6 h 01 with less than six hours inside is neither reduced nor filled",
        ),
        pytest.param(["in 07:00", "out 14:30"], "6:00", id="the whole rest is just above six"),
        pytest.param(["in 07:00", "out 14:31"], "6:01", id="the whole rest leaves a minute more"),
    ],
)
def test_hours_are_pairs_less_the_missing_rest(texts, hours):
    assert days_of(*texts)[D20].seconds == clock(hours)


def test_hours_of_an_office_without_noon_rest_are_the_pairs():
    day = days_of("in 07:00", "out 19:30", terms=DayTerms(rest_minutes=0))[D20]

    assert day.seconds == clock("12:30")
    assert day.deducted_seconds == 0


def test_a_day_tells_how_its_hours_came_about():
    day = days_of("in 06:50", "out 12:05", "in 12:50", "out 19:40")[D20]

    assert day.span_seconds == clock("12:05")
    assert day.presence_seconds == clock("12:50")
    assert day.rest_seconds == clock("0:45")
    assert day.rest_minutes == 90
    assert day.deducted_seconds == clock("0:45")


def test_whole_seconds_count_and_fractions_do_not():
    enter, leave = punches("in 07:00", "out 12:00")
    late = DayPunch(2, 1, leave.at + timedelta(milliseconds=999), inbound=False)

    assert compute_days([enter, late], lambda *_: REST_90)[D20].seconds == clock("5:00")


@pytest.mark.parametrize(
    ("seconds", "hours"),
    [
        (0, "0.0"),
        (359, "0.0"),
        (360, "0.1"),
        (clock("11:00:00"), "11.0"),
        (clock("11:05:59"), "11.0"),
        (clock("11:06:00"), "11.1"),
        (clock("11:20:00"), "11.3"),
    ],
)
def test_hours_are_shown_in_tenths_and_never_rounded_up(seconds, hours):
    assert hours_of(seconds) == Decimal(hours)
    assert str(hours_of(seconds)) == hours


def test_a_pair_longer_than_the_span_adds_nothing_and_is_flagged():
    days = days_of("in 07:00", "out +1 07:00")

    assert [(on, day.seconds) for on, day in days.items()] == [(D20, 0), (D21, 0)]
    assert days[D20].parts[0].unmatched_in_ids == (1,)
    assert days[D21].parts[0].unmatched_out_ids == (2,)
    assert not days[D20].pairs


def test_a_pair_of_exactly_the_span_counts():
    assert days_of("in 05:00", "out 23:00")[D20].seconds == clock("16:30")
    assert days_of("in 05:00:00", "out 23:00:01")[D20].seconds == 0


def test_the_span_is_a_parameter():
    assert days_of("in 07:00", "out 20:00", terms=DayTerms(max_span_hours=12))[D20].seconds == 0


def test_an_early_start_after_a_night_outside_belongs_to_its_own_date():
    days = days_of("in 07:00", "out 18:00", "in +1 03:30", "out +1 10:00")

    assert {on: day.seconds for on, day in days.items()} == {
        D20: clock("9:30"),
        D21: clock("6:00"),
    }


@pytest.mark.parametrize(
    ("out", "hours"),
    [
        pytest.param("20:00:00", {D20: "11:30", D21: "1:00"}, id="6 h 00 outside"),
        pytest.param("20:00:01", {D20: "14:00:01"}, id="a second less"),
        pytest.param("20:01:00", {D20: "14:01"}, id="5 h 59 outside"),
    ],
)
def test_before_four_the_hours_outside_decide_about_the_date(out, hours):
    days = days_of("in 07:00", f"out {out}", "in +1 02:00", "out +1 03:00")

    assert {on: day.seconds for on, day in days.items()} == {
        on: clock(text) for on, text in hours.items()
    }


def test_without_any_punch_before_the_night_belongs_to_its_calendar_date():
    assert list(days_of("in 00:30", "out 03:59")) == [D20]


def test_from_four_a_pair_belongs_to_its_calendar_date_however_short_the_break():
    assert list(days_of("in 22:00", "out +1 03:50", "in +1 04:00", "out +1 08:00")) == [D20, D21]


def test_a_night_shift_belongs_to_the_date_of_its_beginning():
    days = days_of(
        "in 19:00", "out +1 00:00", "in +1 01:00", "out +1 07:00",
        "in +1 19:00", "out +2 07:00",
    )  # fmt: skip

    assert {on: day.seconds for on, day in days.items()} == {
        D20: clock("10:30"),
        D21: clock("10:30"),
    }


def test_a_night_that_begins_after_midnight_keeps_its_date_after_a_short_break():
    days = days_of("in +1 00:30", "out +1 01:30", "in +1 02:00", "out +1 06:00")

    assert {on: day.seconds for on, day in days.items()} == {D21: clock("5:00")}


def test_a_punch_without_partner_less_than_six_hours_back_keeps_the_night_with_the_evening():
    days = days_of("in 21:00", "in +1 02:00", "out +1 05:00")

    assert list(days) == [D20]
    assert days[D20].seconds == clock("3:00")
    assert days[D20].missing_count == 1


def test_a_night_pair_inside_the_pair_of_another_project_stays_on_its_date():
    evening = punches("in 18:00", "out +1 04:30")
    night = punches("in +1 03:00", "out +1 05:00", project=2, start=3)
    days = compute_days(evening + night, lambda *_: DayTerms(rest_minutes=0))

    assert {on: day.seconds for on, day in days.items()} == {D20: clock("11:00")}


def test_a_work_date_never_reaches_back_over_a_whole_day():
    days = days_of(
        "in 21:00", "out 23:30", "in +1 03:00", "out +1 20:00", "in +2 01:00", "out +2 02:00"
    )

    assert list(days) == [D20, D21]


def test_a_later_out_may_draw_the_following_night_to_its_date():
    """The date of the moved out-punch gains what the date after it loses (six hours' rule)."""
    rest = ["in +1 02:00", "out +1 03:00", "in +1 09:00", "out +1 18:00"]
    before = days_of("in 14:00", "out 20:00", *rest)
    after = days_of("in 14:00", "out 20:01", *rest)

    assert (before[D20].seconds, before[D21].seconds) == (clock("6:00"), clock("10:00"))
    assert (after[D20].seconds, after[D21].seconds) == (clock("7:01"), clock("7:30"))


def test_no_punch_makes_no_day():
    assert compute_days([], lambda *_: REST_90) == {}


def test_an_instant_of_another_zone_is_the_same_instant():
    enter, leave = punches("in 07:00", "out 12:00")
    utc = DayPunch(1, 1, datetime.fromisoformat("2026-10-19T23:00:00+00:00"), inbound=True)

    assert utc.at == enter.at
    assert compute_days([utc, leave], lambda *_: REST_90)[D20].seconds == clock("5:00")


def test_an_instant_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        DayPunch(1, 1, datetime(2026, 10, 20, 7, 0), inbound=True)  # noqa: DTZ001


@pytest.mark.parametrize(
    "wrong", [{"rest_minutes": 181}, {"rest_minutes": -1}, {"max_span_hours": 21}]
)
def test_terms_outside_their_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DayTerms(**wrong)


def test_the_window_around_a_punch_holds_the_dates_it_may_alter():
    touched = [instant("12:00")]

    assert dates_around(touched) == (date(2026, 10, 19), D21)
    assert window_around(touched) == (instant("-2 00:00"), instant("+3 04:00"))


def test_the_window_holds_every_touched_instant():
    touched = [instant("+5 12:00"), instant("12:00")]

    assert dates_around(touched) == (date(2026, 10, 19), date(2026, 10, 26))
