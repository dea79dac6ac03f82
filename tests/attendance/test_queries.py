"""The months of the ledger (D6), and who is on site and on duty (screens.md 18)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.attendance import jobs, queries
from app.core import clock, scope
from app.extensions import db
from app.projects.choices import ProjectState
from app.reference.models import CalendarDay
from app.roster.choices import StayState
from tests.factories import attendance, roster
from tests.factories.attendance import DAY, NOON, punch, record

LATER = datetime(2031, 5, 20, 4, tzinfo=UTC)


def months_ahead():
    return db.session.scalar(jobs.AHEAD, {"today": clock.today()})


def make_months(number):
    return db.session.scalar(jobs.MAKE, {"today": clock.today(), "months": number})


def test_a_year_of_months_lies_ahead_after_deployment(work):
    assert months_ahead() >= 12


def test_missing_months_are_seen_and_made(work):
    with clock.frozen(LATER):
        assert months_ahead() == -1
        assert make_months(2) == 3
        assert make_months(2) == 0
        assert months_ahead() == 2


def test_what_waited_in_the_default_month_moves_into_its_own(work):
    with clock.frozen(LATER):
        site = attendance.site()
        number = record(site.project, punch(site.own_worker, "in 07:00", on=date(2031, 5, 20)))[
            0
        ].punch_id
        home = text("select tableoid::regclass::text from punch where id = :id")
        assert db.session.scalar(home, {"id": number}) == "punch_default"

        make_months(0)

        assert db.session.scalar(home, {"id": number}) == "punch_203105"


def test_months_are_cut_at_midnight_in_china(work):
    with clock.frozen(NOON):
        site = attendance.site()
        outcomes = record(
            site.project, punch(site.own_worker, "in 23:59:59", on=date(2026, 9, 30)),
            punch(site.own_worker, "out 00:00:00", on=date(2026, 10, 1)),
        )  # fmt: skip
        rows = db.session.execute(
            text("select tableoid::regclass::text from punch where id = any(:ids) order by id"),
            {"ids": [o.punch_id for o in outcomes]},
        ).scalars()

        assert sorted(rows) == ["punch_202609", "punch_202610"]


def test_a_tenant_makes_no_months(work):
    tenant = scope.Principal(scope.Audience.TENANT, 1)

    with scope.act_as(tenant), pytest.raises(ProgrammingError), db.session.begin_nested():
        make_months(1)


@pytest.fixture
def manned(work):
    """A project with two on site, one of whom punched on the day."""
    with clock.frozen(NOON):
        site = attendance.site()
        record(site.project, punch(site.own_worker, "in 07:00"))
        yield site


def stop(**values):
    row = CalendarDay(**{"day": DAY, "kind": "stop", "working": False, "name": "停工", **values})
    db.session.add(row)
    db.session.flush()


def test_who_entered_by_a_punch_without_an_entry_date_is_on_site_and_on_duty(manned):
    draft = roster.worker(manned.own_team, state=StayState.DRAFT, source="api", entry_on=None)
    record(manned.project, punch(draft, "in 08:00"))

    found = queries.presence(DAY)[manned.project.id]

    assert found == queries.Presence(on_site=3, on_duty=2, construction=True)


@pytest.mark.parametrize(
    ("values", "rate"),
    [
        pytest.param({"district": ""}, {}, id="of the city"),
        pytest.param({"district": "440703"}, {}, id="of the district"),
        pytest.param({"district": "440781"}, 50, id="of another district"),
        pytest.param({"is_deleted": True}, 50, id="taken back"),
        pytest.param({"kind": "holiday"}, 50, id="a holiday on which sites may build"),
        pytest.param({"day": DAY + timedelta(days=1)}, 50, id="of another day"),
    ],
)
def test_a_city_stop_leaves_a_day_without_a_rate(manned, values, rate):
    stop(**values)

    assert queries.today_rates([manned.project.id], DAY) == (
        {manned.project.id: rate} if rate else {}
    )


def test_the_rate_of_several_sites_leaves_out_those_that_do_not_build(manned):
    resting = attendance.site(state=ProjectState.SUSPENDED)
    found = queries.presence(DAY)

    assert found[resting.project.id].on_site == 2
    assert not found[resting.project.id].construction
    assert queries.rate(found.values()) == 50
    assert queries.rate([found[resting.project.id]]) is None
