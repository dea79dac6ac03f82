"""The city's calendar as deployment loads it, run after run."""

from datetime import date

import pytest
from sqlalchemy import create_engine, insert, pool, select

from app.reference import services
from app.reference.models import CalendarDay

DAYS = CalendarDay.__table__
YEAR = range(2026, 2027)
NATIONAL_DAY, NO_HOLIDAY, CITY_DAY = date(2026, 10, 1), date(2026, 8, 3), date(2026, 10, 10)


@pytest.fixture
def deployment(prepared_app):
    """Give the connection of deployment with a year as known before it was published."""
    engine = create_engine(prepared_app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(DAYS.delete())
        day = {"kind": "holiday", "district": "", "name": "节假日未公布"}
        guess = {**day, "provisional": True, "source": "system"}
        connection.execute(insert(DAYS), [
            {**guess, "day": NATIONAL_DAY, "working": True},
            {**guess, "day": NO_HOLIDAY, "working": False},
            {**guess, "day": date(2040, 10, 1), "working": False},
            {**guess, "day": CITY_DAY, "working": False, "provisional": False, "source": "form"},
        ])  # fmt: skip
        yield connection
        connection.rollback()


def known(connection, day):
    wanted = select(DAYS.c.working, DAYS.c.name, DAYS.c.provisional).where(DAYS.c.day == day)
    return connection.execute(wanted).one_or_none()


def test_published_days_take_the_place_of_provisional_ones(deployment):
    services.load_calendar(deployment, YEAR)

    assert known(deployment, NATIONAL_DAY) == (False, "国庆节", False)
    assert known(deployment, date(2026, 2, 17)).provisional is False


def test_a_provisional_day_that_was_not_published_is_gone(deployment):
    services.load_calendar(deployment, YEAR)

    assert known(deployment, NO_HOLIDAY) is None


def test_days_of_the_city_and_of_years_not_published_stay(deployment):
    services.load_calendar(deployment, YEAR)

    assert known(deployment, CITY_DAY) == (False, "节假日未公布", False)
    assert known(deployment, date(2040, 10, 1)) == (False, "节假日未公布", True)
