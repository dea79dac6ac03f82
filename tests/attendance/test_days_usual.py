"""The short way to a day book: the same days as the long one, or none."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.attendance.days import DayPunch, DayTerms, compute_days
from app.attendance.days.usual import Passage, text_of, usual_days

MIDNIGHT = datetime(2026, 10, 20, tzinfo=UTC) - timedelta(hours=8)  # in China
TERMS = DayTerms()
BY_DAY = st.integers(4 * 60, 24 * 60 - 1)  # minutes of a day, none of the night
ANY_TIME = st.integers(0, 24 * 60 - 1)


def passages(minutes):
    """Give punches at (day, minute, inbound), one for each second and direction."""
    found = {}
    for day, minute, inbound in minutes:
        second = int((MIDNIGHT + timedelta(days=day, minutes=minute)).timestamp())
        found[second, inbound] = Passage(second, inbound, False, len(found) + 1, "api", False)
    return list(found.values())


def the_long_way(found):
    punches = [
        DayPunch(one.id, 1, datetime.fromtimestamp(one.second, UTC), one.inbound) for one in found
    ]
    return compute_days(punches, lambda *_: TERMS)


def facts(day):
    part = day.parts[0]
    return (
        day.work_on, part.seconds, part.span_seconds, day.presence_seconds,
        part.first_at.isoformat(), part.last_at.isoformat(), part.punch_count,
        [(pair.in_id, pair.out_id) for pair in part.pairs],
        sorted([*part.unmatched_in_ids, *part.unmatched_out_ids]), part.valid,
    )  # fmt: skip


def usual_facts(day):
    return (
        day.work_on, day.seconds, day.span_seconds, day.presence_seconds, text_of(day.first),
        text_of(day.last), len(day.counted), [(i.id, o.id) for i, o in day.pairs],
        sorted(one.id for one in day.loose), day.valid,
    )  # fmt: skip


def punched(minute):
    return st.lists(st.tuples(st.integers(0, 1), minute, st.booleans()), min_size=1, max_size=5)


@given(
    new=punched(BY_DAY), old=punched(BY_DAY | ANY_TIME),
    around=st.lists(st.tuples(st.sampled_from([-1, 2]), ANY_TIME, st.booleans()), max_size=3),
)  # fmt: skip
def test_the_short_way_gives_the_days_of_the_long_one_and_alters_no_other(new, old, around):
    all_of_them = passages([*new, *old, *around])
    fresh = {one.second for one in passages(new)}
    first = min(fresh)
    begin = first - (first + 8 * 3600) % 86400
    last = max(fresh)
    end = last - (last + 8 * 3600) % 86400 + 2 * 86400
    near = [one for one in all_of_them if begin <= one.second < end]

    days = usual_days(near, fresh, TERMS)

    if days is None:
        return
    whole = the_long_way(all_of_them)
    before = the_long_way([one for one in all_of_them if one.second not in fresh])
    assert [usual_facts(day) for day in days] == [facts(whole[day.work_on]) for day in days]
    done = {day.work_on for day in days}
    assert {on: facts(day) for on, day in whole.items() if on not in done} == {
        on: facts(day) for on, day in before.items() if on not in done
    }


def test_a_day_of_two_pairs_goes_the_short_way():
    found = passages([(0, 7 * 60, True), (0, 12 * 60, False), (0, 13 * 60, True),
                      (0, 18 * 60, False)])  # fmt: skip
    (day,) = usual_days(found, {found[-1].second}, TERMS)

    assert usual_facts(day) == facts(the_long_way(found)[day.work_on])
    assert (day.seconds, len(day.pairs), day.valid) == (int(9.5 * 3600), 2, True)


def test_a_night_a_repeat_and_a_date_that_begins_with_an_out_go_the_long_way():
    for minutes in (
        [(0, 60, True)],
        [(0, 7 * 60, True), (0, 7 * 60 + 1, True)],
        [(0, 7 * 60, False)],
    ):
        found = passages(minutes)
        assert usual_days(found, {one.second for one in found}, TERMS) is None
