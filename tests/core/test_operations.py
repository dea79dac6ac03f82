"""Health, readiness, logs, and several processes that start at once."""

import json
import logging

from flask import g
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from app import create_app
from app.core import clock, operations, postgres
from app.core.operations import JsonLines

CLOCK = f"select pg_advisory_xact_lock({operations.CLOCK_LOCK})"
OLD = "update procrastinate_workers set last_heartbeat = now() - interval '5 minutes'"


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.get_json()


def test_health_needs_no_database_and_no_account(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_health_and_readiness_answer_a_signed_in_browser_while_the_database_is_away(tmp_path):
    nowhere = "postgresql+psycopg://app_login@127.0.0.1:1/nowhere"
    away = postgres.Addresses(nowhere, nowhere)
    browser = create_app(DATABASES=away, VAR=tmp_path).test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = "1"
        session["began"] = session["seen"] = int(clock.now().timestamp())
    assert browser.get("/healthz").status_code == 200
    code, body = ready(browser)
    assert (code, list(body["reasons"])) == (503, ["database"])


def test_starting_the_program_writes_nothing_and_makes_no_table(prepared_app):
    said = []
    event.listen(Engine, "before_cursor_execute", lambda _c, _k, text, *_rest: said.append(text))
    again = create_app(VAR=prepared_app.config["VAR"])
    assert [text for text in said if not text.lower().lstrip().startswith(("select", "set"))] == []
    assert (again.config["FAB_UPDATE_PERMS"], again.config["FAB_CREATE_DB"]) == (False, False)


def test_readiness_names_the_silent_worker(client, system):
    assert ready(client)[0] == 503
    with system() as session:
        session.execute(text("insert into procrastinate_workers default values"))
        session.execute(text(CLOCK))
    assert ready(client) == (200, {"status": "ok"})
    with system() as session:
        session.execute(text(OLD))
    code, body = ready(client)
    assert code == 503
    assert list(body["reasons"]) == ["worker"]


def test_readiness_names_a_clock_that_is_gone_or_silent(client, system, monkeypatch):
    with system() as session:
        session.execute(text("insert into procrastinate_workers default values"))
    code, body = ready(client)
    assert (code, list(body["reasons"])) == (503, ["clock"])
    with system() as session:
        session.execute(text(CLOCK))
    assert ready(client)[0] == 200
    monkeypatch.setattr(operations, "CLOCK_SILENCE_SECONDS", -1)
    assert "silent" in ready(client)[1]["reasons"]["clock"]


def test_readiness_names_a_database_behind_the_release(client, system, monkeypatch):
    from alembic.script import ScriptDirectory

    with system() as session:
        session.execute(text("insert into procrastinate_workers default values"))
    monkeypatch.setattr(ScriptDirectory, "get_heads", lambda _self: ["later"])
    code, body = ready(client)
    assert code == 503
    assert "later" in body["reasons"]["migrations"]


def test_a_domain_adds_its_own_check_and_a_failing_one_is_a_reason(client, monkeypatch):
    monkeypatch.setattr(operations, "_checks", {})
    assert ready(client)[0] == 200

    @operations.check("partitions")
    def few():
        return "one month ahead is missing"

    @operations.check("broken")
    def broken():
        operations.db.session.execute(text("select * from no_such_table"))

    code, body = ready(client)
    assert code == 503
    assert body["reasons"] == {
        "partitions": "one month ahead is missing",
        "broken": "ProgrammingError",
    }


def test_a_full_disk_is_a_reason(client, monkeypatch):
    monkeypatch.setattr(operations, "LEAST_DISK_BYTES", 10**18)
    assert "MB free" in ready(client)[1]["reasons"]["disk"]


# --- logs -----------------------------------------------------------------------------------


def record(message, *args, problem=None, fields=None):
    given = {"fields": fields} if fields else {}
    info = (type(problem), problem, problem.__traceback__) if problem else None
    made = logging.getLogger("somewhere").makeRecord(
        "somewhere", logging.WARNING, "file.py", 1, message, args, info, extra=given
    )
    return json.loads(JsonLines().format(made))


def test_a_log_line_carries_request_id_and_named_fields(app):
    with app.app_context():
        g.request_id = "abc"
        line = record("request", fields={"status": 200})
    assert (line["message"], line["request_id"], line["status"]) == ("request", "abc", 200)
    assert line["level"] == "warning"


def test_values_and_words_of_exceptions_stay_out_of_the_log_of_a_request(app):
    try:
        int("440703198504120002X")
    except ValueError as caught:
        problem = caught
    with app.app_context():
        line = record("no worker %s", "440703198504120002", problem=problem)

    assert "4407" not in json.dumps(line)
    assert line["problem"]["kind"] == "ValueError"
    assert "test_operations.py" in line["problem"]["places"][-1]


def test_at_the_start_an_error_is_told_in_full():
    line = record("cannot start: %s", "port taken", problem=RuntimeError("mend it so"))
    assert line["message"] == "cannot start: port taken"
    assert line["problem"]["words"] == "mend it so"


def test_the_web_server_writes_no_access_log_and_opens_no_control_socket():
    import runpy

    found = runpy.run_path("gunicorn.conf.py")
    assert found["accesslog"] is None
    assert found["control_socket_disable"] is True
    assert found["worker_class"] == "app.core.front.Worker"


# --- start ----------------------------------------------------------------------------------


def test_three_processes_that_prepare_an_empty_place_at_once_do_not_race(place):
    started = [place.start("prepare") for _n in range(3)]
    outcomes = [(child.communicate(timeout=180)[0], child.returncode) for child in started]

    assert [code for _out, code in outcomes] == [0, 0, 0], outcomes
    assert len(place.query("select version_num from alembic_version")) == 1
    twice = place.query(
        "select table_name, code from dictionary_entry group by 1, 2 having count(*) > 1"
    )
    assert twice == []
    assert "ready" in place.run("prepare")
