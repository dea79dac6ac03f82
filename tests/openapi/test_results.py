"""Outcomes are kept long enough and not for ever."""

from datetime import timedelta

from app.core import clock
from app.extensions import db
from app.openapi import results
from app.openapi.methods import Caller
from app.openapi.models import AsyncResult
from app.openapi.protocol import Outcome
from tests.factories import enterprises, openapi, projects


def caller():
    project = projects.project(enterprises.enterprise())
    opened = openapi.client(project)
    return Caller(
        opened.client.id, project.id, project.project_no, project.project_no, opened.secret
    )


def test_a_signature_is_taken_in_once_for_a_client(work):
    one, other = caller(), caller()
    serial = results.take_in(one, "Team.Add", "A" * 64, clock.now())
    assert serial.startswith("team-add-")
    assert len(serial) <= 64
    assert results.take_in(one, "Team.Add", "a" * 64, clock.now()) is None
    assert results.known_serial(one, "a" * 64) == serial
    assert results.known_serial(other, "a" * 64) is None
    assert results.take_in(other, "Team.Add", "a" * 64, clock.now()) is not None


def test_outcomes_are_forgotten_after_a_month_and_not_after_a_week(work):
    who = caller()
    for days, sign in ((8, "b" * 64), (31, "c" * 64)):
        serial = results.take_in(who, "Team.Add", sign, clock.now())
        results.settle(who, serial, Outcome.SUCCEEDED, "")
        row = db.session.query(AsyncResult).filter_by(serial=serial).one()
        row.created_at = clock.now() - timedelta(days=days)
    db.session.flush()
    assert results.forget_old() == 1
    assert results.known_serial(who, "b" * 64)
    assert results.known_serial(who, "c" * 64) is None
