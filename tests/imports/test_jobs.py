"""Imports beside the request: how far they are, how they end, what is forgotten of them."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import update

from app.core import clock, scope
from app.core.errors import Refusal
from app.core.jobs.models import JobRun
from app.core.jobs.registry import find
from app.core.jobs.upkeep import cleanup_due
from app.enterprises.models import Enterprise
from app.extensions import db
from app.imports import jobs, services
from app.imports.choices import ImportState
from app.imports.models import ImportJob, ImportSheet
from app.imports.preview import TOLD_EVERY
from app.imports.services import keeping
from tests.factories import enterprises, projects, roster
from tests.factories.imports import line, workers
from tests.imports.steps import principal


@pytest.fixture
def clerk(work):
    """Give a contractor's principal with a project, a unit and a team."""
    firm = enterprises.enterprise()
    project = projects.project(firm)
    unit = projects.general_contractor_unit(project)
    user = enterprises.admin(db.session.get(Enterprise, firm.id))
    return principal(user), project, unit, roster.team(unit)


def started(clerk, number=1, **cells):
    actor, project, unit, team = clerk
    book = workers([line(unit, team, **cells) for _n in range(number)])
    with scope.act_as(actor):
        row = services.start_import("T3", project, BytesIO(book), "花名册.xlsx", actor=actor)
        db.session.commit()
    return row


class Telling:
    """What a run is told, and how often it was tried."""

    def __init__(self, attempts=1):
        run = JobRun(name=jobs.WORK, args={}, attempts=attempts)
        db.session.add(run)
        db.session.commit()
        self.number, self.told, self.url = run.id, [], ""

    def progress(self, done, total, _text=""):
        self.told.append((done, total))


def broken(*_given, **_named):
    raise RuntimeError


def work_on(row, clerk, run):
    with scope.act_as(scope.SYSTEM):
        jobs.work(row.id, clerk[0].user_id, run=run)


def test_the_run_is_told_how_far_the_rows_are_read(clerk):
    run = Telling()
    row = started(clerk, TOLD_EVERY)
    work_on(row, clerk, run)

    assert run.told == [(TOLD_EVERY, 2 * TOLD_EVERY)]
    assert row.state is ImportState.PREVIEWED


def test_a_failure_that_is_no_refusal_is_tried_again_and_gives_up_at_the_last(clerk, monkeypatch):
    row, last = started(clerk), find(jobs.WORK).retries + 1
    monkeypatch.setattr(services, "check_import", broken)

    with pytest.raises(RuntimeError):
        work_on(row, clerk, Telling(attempts=last - 1))
    assert row.state is ImportState.CHECKING
    with pytest.raises(RuntimeError):
        work_on(row, clerk, Telling(attempts=last))
    assert row.state is ImportState.FAILED
    assert row.outcome


def test_a_refusal_gives_up_at_once_with_its_sentence(clerk, monkeypatch):
    row = started(clerk)

    def refuse(*_given, **_named):
        raise Refusal("Not on this project")

    monkeypatch.setattr(services, "check_import", refuse)
    work_on(row, clerk, Telling())

    assert (row.state, row.outcome) == (ImportState.FAILED, "Not on this project")


def test_the_page_tells_how_far_the_run_of_this_import_is(clerk):
    row = started(clerk)
    db.session.add(JobRun(name=jobs.WORK, args={"import_id": row.id}, percent=37))
    db.session.add(JobRun(name=jobs.WORK, args={"import_id": row.id + 1}, percent=80))
    db.session.commit()

    assert jobs.percent_of(row) == 37


def aged(row, days):
    with scope.act_as(scope.SYSTEM):
        db.session.execute(
            update(ImportJob).where(ImportJob.id == row.id)
            .values(changed_at=clock.now() - timedelta(days=days))
        )  # fmt: skip
        db.session.commit()


def cleaned(row):
    with scope.act_as(scope.SYSTEM):
        for receiver in cleanup_due.receivers:
            if receiver.__module__ == "app.imports.jobs":
                receiver()
        db.session.commit()
    db.session.expire_all()
    return row.state, db.session.query(ImportSheet).filter_by(job_id=row.id).one()


@pytest.mark.parametrize(
    ("days", "state", "gone"),
    [
        pytest.param(6, ImportState.PREVIEWED, False, id="six days are time to confirm"),
        pytest.param(8, ImportState.FAILED, True, id="eight days are too long"),
    ],
)
def test_the_persons_of_an_import_nobody_confirms_are_forgotten(clerk, days, state, gone):
    row = started(clerk)
    with scope.act_as(clerk[0]) as actor:
        services.check_import(row, actor=actor)
        db.session.commit()
    aged(row, days)
    found, sheet = cleaned(row)

    assert found is state
    assert (keeping.unpack_read(sheet.rows)["rows"] == []) is gone
    assert services.keeps_rows(row) is not gone


def test_the_persons_of_a_failed_import_are_forgotten_too(clerk):
    row = started(clerk)
    services.give_up(row, "broken", actor=scope.SYSTEM)
    db.session.commit()
    aged(row, 8)

    assert keeping.unpack_read(cleaned(row)[1].rows)["rows"] == []


def test_an_import_whose_worker_died_is_given_up_a_day_later(clerk):
    row = started(clerk)
    aged(row, 2)

    assert cleaned(row)[0] is ImportState.FAILED
