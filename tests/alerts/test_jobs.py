"""Jobs, events and the command: what runs the rules, and over what."""

import json
from datetime import date, timedelta

import pytest

from app.alerts import jobs, runs
from app.alerts.models import Alert
from app.attendance.events import punches_stored
from app.core import clock, rules
from app.core.jobs import JobRun, find
from app.extensions import db
from app.roster.events import workers_joined
from app.wages.events import payments_stored
from tests.factories import enterprises, projects, roster
from tests.factories.alerts import day_of

D20 = date(2026, 10, 20)


@pytest.fixture
def worker(work):
    site = projects.project(enterprises.enterprise())
    return roster.worker(roster.team(projects.general_contractor_unit(site)))


def asked():
    return [
        (run.args["rules"], run.args.get("project_id"), run.args.get("person_hashes"))
        for run in db.session.query(JobRun).filter_by(name="alerts.rescan").order_by(JobRun.id)
    ]


def test_the_scan_runs_every_night_at_two():
    assert find("alerts.scan").cron == "0 2 * * *"


def test_stored_punches_ask_for_the_rules_they_can_affect(worker):
    punches_stored.send(project_id=worker.project_id, person_ids=[worker.person_id], dates={D20})

    assert asked() == [
        (["ATT-001"], None, [worker.id_number_hash]),
        (["PERS-001", "WAGE-001"], worker.project_id, None),
    ]


def test_workers_added_together_ask_once_for_their_project(worker):
    second = roster.worker(db.session.get(type(worker.team), worker.team_id))
    for one in (worker, second):
        workers_joined.send(workers=[one], actor=None)

    assert asked() == [(["PERS-001"], worker.project_id, None)]


def test_payments_ask_for_the_rule_about_wages(worker):
    payments_stored.send(project_id=worker.project_id)

    assert asked() == [(["WAGE-001"], worker.project_id, None)]


def test_the_job_runs_the_named_rules_over_the_named_persons(worker):
    day_of(worker, clock.today() - timedelta(days=1), 12)

    done = jobs.scan_changed(["ATT-001"], person_hashes=[worker.id_number_hash])

    assert (done, db.session.query(Alert).count()) == (1, 1)


def test_a_rule_that_fails_stops_no_other_and_is_named(worker, monkeypatch):
    day_of(worker, D20, 12)
    known = dict(rules._rules)

    def fail(_limits, _reach):
        raise RuntimeError("broken")

    monkeypatch.setitem(
        rules._rules, "PERS-001", rules.Rule(**{**vars(known["PERS-001"]), "select": fail})
    )
    done = runs.scan_and_commit(day=D20 + timedelta(days=1))

    assert done["PERS-001"]["error"] == "RuntimeError"
    assert done["ATT-001"]["opened"] == 1


def test_the_command_prints_json_by_rule(system, app):
    with system():
        site = projects.project(enterprises.enterprise())
        worker = roster.worker(roster.team(projects.general_contractor_unit(site)))
        day_of(worker, D20, 12)
        number = site.project_no

    answer = app.test_cli_runner().invoke(
        args=["alerts", "scan", "--date", "2026-10-21", "--rule", "ATT-001", "--project", number,
              "--json"]
    )  # fmt: skip

    assert answer.exit_code == 0, answer.output
    done = json.loads(answer.output)
    assert done["ATT-001"] | {"seconds": 0} == {
        "opened": 1, "refreshed": 0, "closed": 0, "seconds": 0,
    }  # fmt: skip


@pytest.mark.parametrize("args", [["--rule", "NO-1"], ["--project", "1"]])
def test_the_command_refuses_what_it_does_not_know(app, args):
    assert app.test_cli_runner().invoke(args=["alerts", "scan", *args]).exit_code == 2
