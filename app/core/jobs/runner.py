"""Running a job: fresh context, as the system, one commit, a record of what came of it."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask_babel import gettext
from sqlalchemy import Connection, select, update

from app.core import clock, scope
from app.core.errors import Refusal
from app.core.jobs import queue
from app.core.jobs.models import JobRun, RunState
from app.core.jobs.registry import Job, find
from app.extensions import db

log = logging.getLogger("app.jobs")
FIRST_PAUSE = timedelta(seconds=30)
MOST_TEXT, MOST_ERROR, MOST_URL = 200, 2000, 300
MOST_ATTEMPTS = 10  # a run that ends its worker every time is given up


class GivenUp(Refusal):
    """The run has ended its worker too often."""


class Run:
    """What a job reports to: how far it is, how many rows, where its result can be seen.

    ``actor_id`` is the account that asked for it, None for the clock.
    """

    def __init__(self, number: int | None, actor_id: int | None = None) -> None:
        self.number = number
        self.actor_id = actor_id
        self.rows: int | None = None
        self.url = ""
        self._percent = -1

    def progress(self, done: int, total: int, text: Any = "") -> None:
        """Say that ``done`` of ``total`` parts are done; seen at once by who waits."""
        percent = 100 if total <= 0 else max(0, min(100, done * 100 // total))
        if percent == self._percent and not text:
            return
        self._percent = percent
        words = {"text": str(text)[:MOST_TEXT]} if text else {}
        _note(self.number, percent=percent, **words)


@contextmanager
def _aside() -> Iterator[Connection]:
    """Give a connection beside the job's own, so that its notes outlive its transaction."""
    bind = db.engine
    if isinstance(bind, Connection):  # the session belongs to one connection: stay on it
        with scope.system_scope("a run is noted") as connection:
            yield connection
        return
    with bind.begin() as connection:
        connection.exec_driver_sql("set local role app_system")
        yield connection


def _note(number: int | None, **values: Any) -> None:
    if number is not None:
        with _aside() as connection:
            connection.execute(update(JobRun).where(JobRun.id == number).values(**values))


def run_now(name: str, **args: Any) -> Any:
    """Run a job here and now in the running transaction; give what its function gives."""
    return _call(find(name), Run(None), args)


def _call(job: Job, run: Run, args: dict[str, Any]) -> Any:
    if args.get("day"):
        job.check_day(date.fromisoformat(args["day"]), clock.today())
    given = {"run": run, **args} if job.wants_run else args
    return job.function(**given)


def perform(app: Flask, number: int) -> bool:
    """Run a recorded job; tell whether it came to an end, well or badly.

    A failure is recorded, and tried again later while the job allows it.
    """
    with app.app_context():
        g.principal = scope.SYSTEM
        with _aside() as connection:
            row = _begun(connection, number)
        if row is None:
            return False
        if row.attempts >= MOST_ATTEMPTS:
            _failed(row, number, GivenUp(gettext("Given up after %(n)s attempts", n=row.attempts)))
            db.session.commit()
            return True
        db.session.commit()
        _attempt(row, number)
        return True


def _begun(connection: Connection, number: int) -> Any:
    """Mark a run as running and give it, None where it is done.

    Reading and marking are one step, so that nothing is added to it in between.
    """
    row = connection.execute(
        select(JobRun.name, JobRun.args, JobRun.state, JobRun.attempts, JobRun.created_by)
        .where(JobRun.id == number).with_for_update()
    ).one_or_none()  # fmt: skip
    if row is None or row.state is RunState.DONE:
        return None
    if row.attempts < MOST_ATTEMPTS:
        connection.execute(
            update(JobRun).where(JobRun.id == number).values(
                state=RunState.RUNNING, started_at=clock.now(), finished_at=None, percent=0,
                attempts=row.attempts + 1, error=None,
            )
        )  # fmt: skip
    return row


def _attempt(row: Any, number: int) -> None:
    run = Run(number, row.created_by)
    try:
        found = _call(find(row.name), run, row.args)
        db.session.commit()
    except Exception as problem:  # noqa: BLE001 - whatever a job does, its record says so
        db.session.rollback()
        _failed(row, number, problem)
    else:
        rows = run.rows if run.rows is not None else found if isinstance(found, int) else None
        _note(
            number, state=RunState.DONE, finished_at=clock.now(), percent=100, rows=rows,
            url=run.url[:MOST_URL] or None,
        )  # fmt: skip
        log.info("job done", extra={"fields": {"job": row.name, "run": number, "rows": rows}})
    finally:
        db.session.commit()
        db.session.remove()


def _failed(row: Any, number: int, problem: Exception) -> None:
    """Record a failure: a refusal as its sentence, anything else by its kind and place."""
    refused = isinstance(problem, Refusal)
    words = str(problem) if refused else _kind_and_place(problem)
    _note(
        number, state=RunState.FAILED, finished_at=clock.now(), error=words[:MOST_ERROR],
    )  # fmt: skip
    log.warning(
        "job failed",
        extra={"fields": {"job": row.name, "run": number, "problem": type(problem).__name__}},
        exc_info=None if refused else problem,
    )
    try:
        job = find(row.name)
    except Refusal:
        return
    if not refused and row.attempts < job.retries:
        pause = FIRST_PAUSE * 4**row.attempts
        with _aside() as connection:
            connection.execute(
                update(JobRun).where(JobRun.id == number).values(state=RunState.WAITING)
            )
            queue.enqueue(connection, job, number, at=clock.now() + pause)


def _kind_and_place(problem: Exception) -> str:
    """Name a failure without its values, which may be somebody's data."""
    place = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{type(problem).__name__} ({Path(place.filename).name}: {place.name})"


def progress_of(number: int) -> dict[str, Any] | None:
    """Give what a progress bar shows of a run the principal may see, None for others."""
    row = db.session.execute(
        select(JobRun.percent, JobRun.text, JobRun.state, JobRun.url, JobRun.error)
        .where(JobRun.id == number)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    return {
        "percent": row.percent,
        "text": row.text or row.state.label,
        "done": row.state in {RunState.DONE, RunState.FAILED},
        "url": row.url or "",
        "error": row.error or "",
    }
