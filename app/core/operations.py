"""What operators rely on: is it alive, is it ready, and what do the logs say.

``/healthz`` answers when the process lives. ``/readyz`` asks every check; a domain adds its
own with ``@check("partitions")``. Logs are one JSON object a line, with the request id and
without personal data: only fields named on purpose are written, never values of rows.
"""

import json
import logging
import shutil
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, current_app, g, has_app_context, jsonify
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core import scope
from app.extensions import REVISIONS, db

WORKER_SILENCE_SECONDS = 60
CLOCK_SILENCE_SECONDS = 60
CLOCK_LOCK = 7242040  # held by the one clock that runs, which speaks every few seconds
LEAST_DISK_BYTES = 500 * 1024 * 1024
READY_MILLISECONDS = 3000
MOST_PLACES = 12

Check = Callable[[], str | None]
_checks: dict[str, Check] = {}
log = logging.getLogger("app.operations")


def check(name: str) -> Callable[[Check], Check]:
    """Add a readiness check: a function that gives a reason against, or None.

    It runs in a transaction of the system's role and may read Core rows through
    ``db.session.execute``.
    """

    def add(function: Check) -> Check:
        _checks[name] = function
        return function

    return add


def reasons() -> dict[str, str]:
    """Run every check and give the reasons against serving, by check."""
    found: dict[str, str] = {}
    for name, function in _checks.items():
        reason = _ask(name, function)
        if reason:
            found[name] = reason
        if name == "database" and reason:
            break  # the others ask the database too
    return found


def _ask(name: str, function: Check) -> str | None:
    try:
        with scope.act_as(scope.SYSTEM):
            return function()
    except (DBAPIError, psycopg.Error, OSError) as problem:
        log.warning(
            "check failed", extra={"fields": {"check": name, "problem": str(type(problem))}}
        )
        return f"{type(problem).__name__}"
    finally:
        db.session.rollback()


@check("database")
def _database() -> str | None:
    db.session.execute(text(f"set local statement_timeout = {READY_MILLISECONDS}"))
    return None if db.session.scalar(text("select 1")) == 1 else "no answer"


@check("migrations")
def _migrations() -> str | None:
    """Compare the database with the newest revision this release knows."""
    from alembic.script import ScriptDirectory

    wanted = set(ScriptDirectory(str(REVISIONS)).get_heads())
    with scope.system_scope("which revision is the database at") as connection:
        found = set(connection.scalars(text("select version_num from alembic_version")))
    return None if found == wanted else f"database {sorted(found)}, release {sorted(wanted)}"


@check("worker")
def _worker() -> str | None:
    alive = db.session.scalar(
        text(
            "select count(*) from procrastinate_workers"
            " where last_heartbeat > now() - make_interval(secs => :seconds)"
        ),
        {"seconds": WORKER_SILENCE_SECONDS},
    )
    return None if alive else f"no worker has spoken for {WORKER_SILENCE_SECONDS} seconds"


@check("clock")
def _clock() -> str | None:
    """Ask when the holder of the clock's lock last spoke on the connection that holds it."""
    with scope.login_scope("when did the clock last speak") as connection:
        silence = connection.scalar(
            text(
                "select extract(epoch from clock_timestamp() - max(a.query_start))"
                " from pg_locks l join pg_stat_activity a using (pid)"
                " where l.locktype = 'advisory' and l.granted and l.classid = 0"
                " and l.objid = :lock and a.datname = current_database()"
            ),
            {"lock": CLOCK_LOCK},
        )
    if silence is None:
        return "no clock runs: nothing is done by schedule"
    if silence > CLOCK_SILENCE_SECONDS:
        return f"the clock has been silent for {int(silence)} seconds"
    return None


@check("disk")
def _disk() -> str | None:
    free = shutil.disk_usage(Path(current_app.config["VAR"])).free
    return None if free > LEAST_DISK_BYTES else f"{free // 1024 // 1024} MB free"


def _healthz() -> Any:
    return jsonify(status="ok")


def _readyz() -> Any:
    found = reasons()
    if found:
        return jsonify(status="not ready", reasons=found), 503
    return jsonify(status="ok")


# --- logs --------------------------------------------------------------------------------


class JsonLines(logging.Formatter):
    """One JSON object a record: time, level, logger, message, and the fields given.

    While a request or job is served, messages are written without their values and
    exceptions without their words: both may quote somebody's data.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as one line."""
        template = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
        private = has_app_context() or "request" in template
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name,
            "message": template if private else record.getMessage(),
        }  # fmt: skip
        if has_app_context() and g.get("request_id"):
            line["request_id"] = g.request_id
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["problem"] = _problem(record.exc_info[1], private=private)
        return json.dumps(line, ensure_ascii=False, default=str)


def _problem(problem: BaseException, *, private: bool) -> dict[str, Any]:
    """Name an exception and where it arose."""
    frames = traceback.extract_tb(problem.__traceback__)[-MOST_PLACES:]
    found: dict[str, Any] = {
        "kind": type(problem).__name__,
        "places": [f"{_short(f.filename)}:{f.lineno} {f.name}" for f in frames],
    }
    if isinstance(problem, DBAPIError):
        found["kind"] = type(problem.orig).__name__
        found["sqlstate"] = getattr(problem.orig, "sqlstate", None)
    if not private:
        found["words"] = str(problem)
    return found


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-3:])


def set_up_logs(level: str, *, testing: bool) -> None:
    """Write JSON lines of this level from now on; tests keep their own handlers."""
    # the framework complains about columns whose filters are our own
    logging.getLogger("flask_appbuilder.models.filters").setLevel("CRITICAL")
    if testing:
        return
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, JsonLines) for handler in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        root.handlers = [handler]
    root.setLevel("WARNING")
    logging.getLogger("app").setLevel(level)


def install(app: Flask) -> None:
    """Register the two addresses."""
    app.add_url_rule("/healthz", "healthz", _healthz)
    app.add_url_rule("/readyz", "readyz", _readyz)
