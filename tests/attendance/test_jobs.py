"""The coming months of the punch ledger."""

from datetime import UTC, datetime

from sqlalchemy import text

from app.attendance import jobs
from app.core import clock
from app.core.jobs import run_now

LATER = datetime(2040, 3, 15, tzinfo=UTC)


def test_the_months_of_a_year_ahead_are_made_once(work):
    with clock.frozen(LATER):
        assert run_now("attendance.partitions") == 13
        assert run_now("attendance.partitions") == 0
    assert work.scalar(text("select to_regclass('punch_204103') is not null"))


def test_readiness_fails_with_less_than_a_month_ahead(work):
    assert jobs.months_ahead() is None
    with clock.frozen(LATER):
        assert "0 months" in jobs.months_ahead()
        run_now("attendance.partitions")
        assert jobs.months_ahead() is None
