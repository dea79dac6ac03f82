"""Outcomes are kept long enough and not for ever."""

from datetime import timedelta

from app.core import clock
from app.extensions import db
from app.openapi import queries, results
from app.openapi.choices import Outcome as Outcomes
from app.openapi.methods import Caller
from app.openapi.models import ApiCall, AsyncResult
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


def test_calls_are_forgotten_after_half_a_year(work):
    who = caller()
    for days in (180, 190):
        db.session.add(ApiCall(
            project_id=who.project_id, client_id=who.id, called_at=clock.now() - timedelta(days)
        ))  # fmt: skip
    db.session.flush()

    assert results.forget_old() == 1
    kept = db.session.query(ApiCall).filter_by(client_id=who.id).one()
    assert clock.now() - kept.called_at < timedelta(days=181)


def test_the_traffic_of_a_project_looks_back_a_month(work):
    who = caller()
    for days, outcome in ((40, Outcomes.ACCEPTED), (2, Outcomes.ACCEPTED), (0, Outcomes.REFUSED)):
        db.session.add(ApiCall(
            project_id=who.project_id, client_id=who.id, outcome=outcome,
            called_at=clock.now() - timedelta(days=days),
        ))  # fmt: skip
    db.session.flush()
    found = queries.traffic(who.project_id)[who.id]

    assert (found.ok_today, found.failed_today) == (0, 1)
    db.session.query(ApiCall).filter(ApiCall.called_at > clock.now() - timedelta(days=30)).delete()
    assert queries.traffic(who.project_id) == {}


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
