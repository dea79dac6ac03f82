"""The months of the ledger (D6)."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.attendance import queries
from app.core import clock, scope
from app.extensions import db
from tests.factories import attendance
from tests.factories.attendance import NOON, punch, record

LATER = datetime(2031, 5, 20, 4, tzinfo=UTC)


def test_a_year_of_months_lies_ahead_after_deployment(work):
    assert queries.months_ahead() >= 12


def test_missing_months_are_seen_and_made(work):
    with clock.frozen(LATER):
        assert queries.months_ahead() == -1
        assert queries.make_coming_partitions(2) == 3
        assert queries.make_coming_partitions(2) == 0
        assert queries.months_ahead() == 2


def test_what_waited_in_the_default_month_moves_into_its_own(work):
    with clock.frozen(LATER):
        site = attendance.site()
        number = record(site.project, punch(site.own_worker, "in 07:00", on=date(2031, 5, 20)))[
            0
        ].punch_id
        home = text("select tableoid::regclass::text from punch where id = :id")
        assert db.session.scalar(home, {"id": number}) == "punch_default"

        queries.make_coming_partitions(0)

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
        queries.make_coming_partitions(1)
