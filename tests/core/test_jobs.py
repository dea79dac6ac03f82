"""Jobs: queue, clock, records of runs, and a worker killed in mid-job."""

import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.core import clock, scope
from app.core.errors import NotAllowed, Refusal
from app.core.events import Event
from app.core.jobs import (
    JobRun,
    Run,
    RunState,
    Schedule,
    UnknownJob,
    defer,
    job,
    registry,
    run_now,
    runner,
    schedules,
    upkeep,
)
from app.core.jobs.clock import Clock
from app.extensions import db

MORNING = datetime(2026, 11, 22, 18, 0, 30, tzinfo=UTC)  # 02:00:30 on the 23rd in China


@pytest.fixture
def declared(monkeypatch):
    """Let a test declare jobs that no other test sees."""
    monkeypatch.setattr(registry, "_jobs", dict(registry._jobs))


def wait_for(condition, seconds=300):
    """Wait until something holds; fail after a generous while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it never came to pass")


def waiting(session):
    return session.scalar(text("select count(*) from procrastinate_jobs where status = 'todo'"))


# --- the queue ----------------------------------------------------------------------------


def test_a_job_exists_only_if_its_transaction_commits(work, declared):
    job("tests.one")(lambda: 1)

    with db.session.begin_nested() as savepoint:
        defer("tests.one")
        assert waiting(work) == 1
        savepoint.rollback()

    assert waiting(work) == 0
    assert work.query(JobRun).count() == 0


def test_an_unknown_name_is_refused_before_anything_is_written(work):
    with pytest.raises(UnknownJob):
        defer("tests.nowhere")
    assert waiting(work) == 0


def test_a_run_is_recorded_with_its_rows_and_time(app, work, declared):
    job("tests.sum")(lambda first, second: int(first) + second)
    number = defer("tests.sum", first="3", second=4)

    runner.perform(app, number)

    row = work.get(JobRun, number)
    assert (row.state, row.rows, row.percent, row.attempts) == (RunState.DONE, 7, 100, 1)
    assert row.seconds >= 0


def test_a_date_reaches_the_job_as_text(app, work, declared):
    seen = []
    job("tests.day")(lambda day: seen.append(day) or 1)
    runner.perform(app, defer("tests.day", day=clock.today()))
    assert seen == [clock.today().isoformat()]


def test_a_refusal_is_told_and_not_tried_again(app, work, declared):
    def refuse():
        raise Refusal("第3行缺少姓名")

    job("tests.refuse")(refuse)
    number = defer("tests.refuse")
    work.execute(text("delete from procrastinate_jobs"))

    runner.perform(app, number)

    row = work.get(JobRun, number)
    assert (row.state, row.error) == (RunState.FAILED, "第3行缺少姓名")
    assert waiting(work) == 0


def test_a_failure_undoes_the_work_is_tried_again_and_tells_no_values(app, work, declared):
    def fail():
        db.session.add(Schedule(name="half done", cron="0 0 * * *", enabled=False))
        db.session.flush()
        raise ValueError("440703198504120002")

    job("tests.fail", retries=1)(fail)
    number = defer("tests.fail")
    work.commit()
    work.execute(text("delete from procrastinate_jobs"))
    work.commit()

    runner.perform(app, number)
    first = work.get(JobRun, number, populate_existing=True)
    assert first.state is RunState.WAITING
    assert "ValueError" in first.error
    assert "4407" not in first.error
    assert work.query(Schedule).filter_by(name="half done").count() == 0
    assert waiting(work) == 1

    runner.perform(app, number)
    assert work.get(JobRun, number, populate_existing=True).state is RunState.FAILED
    assert waiting(work) == 1, "the last attempt asks for no other"


def test_a_run_that_keeps_ending_its_worker_is_given_up(app, work, declared):
    job("tests.deadly")(lambda: 1)
    number = defer("tests.deadly")
    work.execute(text("update job_run set attempts = 10, state = 'RUNNING'"))

    runner.perform(app, number)

    row = work.get(JobRun, number, populate_existing=True)
    assert row.state is RunState.FAILED


def test_a_finished_run_is_not_run_twice(app, work, declared):
    calls = []
    job("tests.once")(lambda: calls.append(1))
    number = defer("tests.once")

    assert runner.perform(app, number) is True
    assert runner.perform(app, number) is False
    assert calls == [1]


def test_progress_is_seen_by_who_asked_and_by_nobody_else(app, work, declared):
    shown = []

    def step(run: Run):
        run.progress(1, 4, "第1步")
        shown.append(runner.progress_of(run.number))
        run.url = "/result"

    job("tests.steps")(step)
    owner = scope.Principal(scope.Audience.TENANT, user_id=7)
    with scope.act_as(owner):
        number = defer("tests.steps")
    runner.perform(app, number)

    assert (shown[0]["percent"], shown[0]["text"], shown[0]["done"]) == (25, "第1步", False)
    with scope.act_as(owner):
        assert runner.progress_of(number)["url"] == "/result"
    with scope.act_as(scope.Principal(scope.Audience.TENANT, user_id=8)):
        assert runner.progress_of(number) is None


def test_a_job_runs_as_the_system_and_knows_who_asked(app, work, declared):
    seen = []
    job("tests.who")(lambda run: seen.append((scope.current().audience, run.actor_id)))
    with scope.act_as(scope.Principal(scope.Audience.TENANT, user_id=9)):
        number = defer("tests.who")
    runner.perform(app, number)
    assert seen == [(scope.Audience.SYSTEM, 9)]


# --- schedules ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 2 * * *", "2026-11-23 02:00"),
        ("30 8 * * 1-5", "2026-11-23 08:30"),
        ("0 0 * * 0", "2026-11-29 00:00"),
        ("*/15 * * * *", "2026-11-23 00:15"),
        ("0 0 1 * 7", "2027-08-01 00:00"),
    ],
)
def test_a_cron_line_is_read_in_chinese_time_with_sunday_as_zero(cron, expected):
    midnight = datetime(2026, 11, 23, 0, 0, 1, tzinfo=clock.CHINA)
    found = schedules.trigger(cron).get_next_fire_time(None, midnight)
    assert found.strftime("%Y-%m-%d %H:%M") == expected


@pytest.mark.parametrize(
    ("weekday", "days"),
    [
        ("0-4", "日一二三四"),
        ("0-6", "日一二三四五六"),
        ("5-7", "日五六"),
        ("1,3,0", "日一三"),
        ("mon,sat", "一六"),
    ],
)
def test_weekdays_of_a_cron_line_are_days_counted_from_sunday(weekday, days):
    trigger, at = (
        schedules.trigger(f"0 8 * * {weekday}"),
        datetime(2026, 11, 22, tzinfo=clock.CHINA),
    )
    found = set()
    for _n in range(7):
        at = trigger.get_next_fire_time(None, at + timedelta(seconds=1))
        found.add("一二三四五六日"[at.weekday()])

    assert found == set(days)


@pytest.mark.parametrize("weekday", ["1-5/2", "*/2", "5-1", "8", "1-", "1,"])
def test_weekdays_that_would_be_misread_are_refused(weekday):
    with pytest.raises(schedules.BadWeekday):
        schedules.trigger(f"0 8 * * {weekday}")


@pytest.mark.parametrize("cron", ["0 2 30 2 *", "0 2 31 4,6 *"])
def test_a_cron_line_of_a_day_no_year_has_is_refused(cron):
    with pytest.raises(schedules.NeverRuns):
        schedules.trigger(cron)


@pytest.mark.parametrize("cron", ["", "0 2 * *", "61 * * * *", "0 2 * * x", "每天两点"])
def test_what_is_no_cron_line_is_refused(cron):
    with pytest.raises(schedules.BadSchedule):
        schedules.trigger(cron)


def schedule(name):
    db.session.add(Schedule(name=name, cron="0 2 * * *", enabled=True))
    db.session.flush()


def test_a_tick_is_fired_once_however_many_clocks_there_are(work, declared):
    job("tests.tick", cron="0 2 * * *")(lambda: 1)
    schedule("tests.tick")
    connection = work.connection()

    first = schedules.fire(connection, "tests.tick", MORNING)
    second = schedules.fire(connection, "tests.tick", MORNING.replace(second=40))

    assert first is not None
    assert second is None
    assert waiting(work) == 1


def test_what_fell_due_while_no_worker_lived_is_found(work, declared):
    job("tests.late", cron="0 2 * * *")(lambda: 1)
    schedule("tests.late")
    connection = work.connection()

    assert "tests.late" not in schedules.overdue(connection, MORNING), "first seen now"
    next_noon = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert "tests.late" in schedules.overdue(connection, next_noon)
    schedules.fire(connection, "tests.late", next_noon)
    assert "tests.late" not in schedules.overdue(connection, next_noon)


def test_a_tick_missed_by_seconds_is_found_and_fired_once(work, declared):
    job("tests.restart", cron="0 2 * * *")(lambda: 1)
    schedule("tests.restart")
    connection = work.connection()
    schedules.overdue(connection, MORNING - timedelta(hours=1))
    restarted = MORNING.replace(second=20)

    assert "tests.restart" in schedules.overdue(connection, restarted)
    assert schedules.fire(connection, "tests.restart", restarted) is not None
    assert "tests.restart" not in schedules.overdue(connection, restarted)


def test_a_schedule_switched_off_does_not_fire(work, declared):
    job("tests.off", cron="0 2 * * *")(lambda: 1)
    schedule("tests.off")
    work.execute(text("update schedule set enabled = false where name = 'tests.off'"))
    connection = work.connection()

    assert schedules.fire(connection, "tests.off", MORNING) is None
    assert "tests.off" not in schedules.in_force(connection)


def test_every_declared_cron_has_a_schedule_after_preparing(work):
    stored = set(work.scalars(select(Schedule.name)))
    assert {j.name for j in registry.jobs().values() if j.cron} <= stored


def test_only_who_may_changes_a_schedule(work, declared):
    job("tests.mine", cron="0 2 * * *")(lambda: 1)
    schedule("tests.mine")
    row = work.query(Schedule).filter_by(name="tests.mine").one()
    nobody = scope.Principal(scope.Audience.GOVERNMENT, user_id=3)
    keeper = scope.Principal(
        scope.Audience.GOVERNMENT, user_id=4, permissions=frozenset({("write", "jobs")})
    )

    with pytest.raises(NotAllowed):
        schedules.change(row, {"cron": "0 3 * * *", "enabled": True}, actor=nobody)
    with pytest.raises(NotAllowed):
        schedules.start_now(row, actor=nobody)
    with scope.act_as(keeper):
        schedules.change(row, {"cron": "0  3 * * *", "enabled": False}, actor=keeper)
        tomorrow = clock.today().replace(year=clock.today().year + 1)
        with pytest.raises(schedules.FutureDay):
            schedules.start_now(row, day=tomorrow, actor=keeper)
    assert (row.cron, row.enabled) == ("0 3 * * *", False)


# --- upkeep -------------------------------------------------------------------------------


def test_old_runs_go_and_one_bad_receiver_stops_no_other(work, declared, monkeypatch):
    job("tests.old")(lambda: 1)
    number = defer("tests.old")
    work.execute(text("update job_run set state = 'DONE', created_at = now() - interval '91 days'"))
    event = Event("tests.cleanup")
    monkeypatch.setattr(upkeep, "cleanup_due", event)

    @event.connect
    def bad():
        work.execute(text("select 1 / 0"))

    event.connect(lambda: 5)

    assert run_now("core.cleanup") == 6
    assert work.get(JobRun, number) is None


# --- real processes -------------------------------------------------------------------------


class Stumbling(Clock):
    """A clock whose database refuses the first time it leads."""

    def __init__(self, app):
        super().__init__(app, stall_seconds=0.3)
        self.tries, self.leads_again = 0, threading.Event()

    def _lead(self, _connection):
        self.tries += 1
        if self.tries == 1:
            raise OperationalError("select 1", {}, psycopg.OperationalError("gone"))
        self.leads_again.set()


def test_a_clock_that_stumbles_over_its_database_goes_on(prepared_app):
    clock_thread = Stumbling(prepared_app)
    clock_thread.start()
    try:
        assert clock_thread.leads_again.wait(60)
        assert clock_thread.is_alive()
    finally:
        clock_thread.stop()


SLOW = "tests.core.slow_worker"
PUT = (
    "with run as (insert into job_run (name, args) values ('tests.slow', '{\"key\": \"k\"}')"
    " returning id) select procrastinate_defer_jobs_v1(array[row('default', 'run', 0, null,"
    " null, jsonb_build_object('number', run.id), null)::procrastinate_job_to_defer_v1]) from run"
)


def started(place):
    mark = place.folder / "started"
    return mark.read_text().split() if mark.exists() else []


def test_a_worker_killed_in_mid_job_loses_nothing(place):
    place.run("prepare")
    first = place.start("worker", app=SLOW)
    place.query(PUT)
    wait_for(lambda: started(place))
    assert place.query("select state, percent from job_run") == [("RUNNING", 50)]

    os.kill(first.pid, signal.SIGKILL)
    first.wait(timeout=10)
    assert place.query("select state from job_run") == [("RUNNING",)]
    (place.folder / "go").touch()
    second = place.start("worker", app=SLOW)

    wait_for(lambda: place.query("select 1 from job_run where state = 'DONE'"))
    assert place.query("select state, attempts, rows, error from job_run") == [("DONE", 2, 1, None)]
    assert started(place) == [str(first.pid), str(second.pid)]
    assert place.query("select value::int from setting where key = 'k'") == [(second.pid,)]
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=30)
    assert second.returncode == 0
