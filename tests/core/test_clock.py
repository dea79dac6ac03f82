from datetime import UTC, date, datetime, timedelta

import pytest

from app.core import clock


def test_the_present_is_aware_and_in_utc():
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        pytest.param(datetime(2026, 11, 21, 15, 59, tzinfo=UTC), date(2026, 11, 21), id="evening"),
        pytest.param(datetime(2026, 11, 21, 16, 0, tzinfo=UTC), date(2026, 11, 22), id="midnight"),
    ],
)
def test_the_day_changes_at_midnight_in_china(instant, day):
    with clock.frozen(instant):
        assert clock.today() == day


def test_a_frozen_clock_stands_still_and_runs_again_afterwards():
    at = datetime(2020, 2, 29, 12, 0, tzinfo=clock.CHINA)

    with clock.frozen(at) as shown:
        assert clock.now() == shown == at
        with clock.frozen(at + timedelta(days=1)):
            assert clock.today() == date(2020, 3, 1)
        assert clock.today() == date(2020, 2, 29)

    assert clock.now().year > 2020


def test_the_clock_runs_again_after_a_failure_inside():
    with pytest.raises(RuntimeError), clock.frozen(datetime(2020, 1, 1, tzinfo=UTC)):
        raise RuntimeError

    assert clock.now().year > 2020


def test_local_time_is_eight_hours_ahead():
    assert clock.local(datetime(2026, 1, 1, tzinfo=UTC)).isoformat() == "2026-01-01T08:00:00+08:00"


@pytest.mark.parametrize("use", [clock.local, lambda at: clock.frozen(at).__enter__()])
def test_an_instant_without_a_zone_is_refused(use):
    with pytest.raises(ValueError, match="no time zone"):
        use(datetime(2026, 1, 1))  # noqa: DTZ001
