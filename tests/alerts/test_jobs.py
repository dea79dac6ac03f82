"""Jobs, events and the command: what runs the rules, and over what."""

import json
from datetime import date, timedelta

import pytest

from app.alerts import jobs, runs, services
from app.alerts.models import Alert
from app.attendance.events import punches_stored
from app.core import clock, rules, scope
from app.core.jobs import JobRun, RunState, find
from app.core.jobs.registry import FarDay
from app.core.jobs.runner import run_now
from app.extensions import db
from app.roster.events import workers_joined
from app.roster.services import edit_worker
from app.wages.events import payments_stored
from tests.factories import enterprises, projects, roster
from tests.factories.alerts import alerts, day_of, noon

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


def test_hours_are_judged_when_the_work_date_of_yesterday_has_ended(worker):
    day_of(worker, clock.today() - timedelta(days=1), 12)

    assert find("alerts.hours").cron == "0 6 * * *"
    jobs.scan_hours()

    assert len(alerts("ATT-001")) == 1
    assert alerts("PERS-001") == []


def test_a_run_for_a_past_day_finds_what_stands_now_and_moves_no_clock_back(worker):
    joined = clock.today() - timedelta(days=1)
    worker.entry_on = joined
    day_of(worker, joined, 12)
    jobs.scan_all()
    [before] = alerts("ATT-001")
    seen, due = before.last_seen_at, before.due_at

    run_now("alerts.scan", day=(clock.today() - timedelta(days=20)).isoformat())

    assert alerts("PERS-001") == []
    [after] = alerts("ATT-001")
    assert after.last_seen_at >= seen
    assert after.due_at == due


def test_a_run_that_stands_for_an_earlier_day_moves_nothing_back(worker):
    day_of(worker, D20, 12)
    services.scan("ATT-001", day=D20 + timedelta(days=9))
    [before] = alerts("ATT-001")
    seen, due, level = before.last_seen_at, before.due_at, before.level
    day_of(colleague(worker), D20, 12)

    services.scan("ATT-001", day=D20 + timedelta(days=2))

    [after, _other] = alerts("ATT-001")
    assert (after.last_seen_at, after.due_at, after.level) == (seen, due, level)


@pytest.mark.parametrize("day", ["1800-01-01", "2020-01-01", "2026-08-01"])
def test_a_day_the_rules_no_longer_look_back_to_is_refused_with_the_first_that_is(worker, day):
    with clock.frozen(noon(date(2026, 11, 22))), pytest.raises(FarDay) as refused:
        run_now("alerts.scan", day=day)

    assert "2026-10-23" in str(refused.value)
    assert alerts("PERS-001") == []


def gathered():
    runs_ = db.session.query(JobRun).filter_by(name="alerts.after_punches").order_by(JobRun.id)
    return [(run.args["project_id"], run.args["person_hashes"]) for run in runs_]


def colleague(worker):
    return roster.worker(db.session.get(type(worker.team), worker.team_id))


def store_day(worker):
    punches_stored.send(project_id=worker.project_id, person_ids=[worker.person_id], dates={D20})


def test_batches_of_punches_ask_for_one_run_a_project_and_minute(worker):
    second = colleague(worker)
    with clock.frozen(noon(D20)):
        for one in (worker, second, worker):
            store_day(one)

    hashes = sorted([worker.id_number_hash, second.id_number_hash])
    assert gathered() == [(worker.project_id, hashes)]


def test_the_punches_of_a_later_minute_and_of_another_project_ask_again(worker):
    other = projects.project(enterprises.enterprise())
    stranger = roster.worker(roster.team(projects.general_contractor_unit(other)))
    with clock.frozen(noon(D20)):
        store_day(worker)
        store_day(stranger)
    with clock.frozen(noon(D20) + timedelta(seconds=61)):
        store_day(worker)

    assert [number for number, _hashes in gathered()] == [
        worker.project_id, stranger.project_id, worker.project_id,
    ]  # fmt: skip


def test_nothing_is_added_to_a_run_that_has_begun(worker):
    store_day(worker)
    run = db.session.query(JobRun).filter_by(name="alerts.after_punches").one()
    run.state = RunState.RUNNING
    db.session.flush()
    store_day(colleague(worker))

    assert len(gathered()) == 2


def test_a_run_after_punches_looks_at_these_persons_data_alone(worker):
    second = colleague(worker)
    for one in (worker, second):
        one.mobile = "12345678901"
    day_of(worker, clock.today() - timedelta(days=1), 12)
    db.session.flush()

    jobs.scan_days(worker.project_id, [worker.id_number_hash])

    assert [row.person_hash for row in alerts("PERS-001")] == [worker.id_number_hash]
    assert len(alerts("ATT-001")) == 1


def test_workers_added_together_ask_once_for_their_project(worker):
    second = roster.worker(db.session.get(type(worker.team), worker.team_id))
    for one in (worker, second):
        workers_joined.send(workers=[one], actor=None)

    assert asked() == [(["PERS-001"], worker.project_id, None)]


def test_a_corrected_worker_is_looked_at_again(worker):
    edit_worker(worker, {"mobile": "13800138000"}, actor=scope.SYSTEM)

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
