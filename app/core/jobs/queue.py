"""The queue: a job is written in the running transaction, and exists only if that commits."""

import json
from datetime import datetime, timedelta
from typing import Any

from procrastinate import App, PsycopgConnector
from sqlalchemy import Connection, insert, text, update

from app.core import clock, raw, scope
from app.core.jobs.models import JobRun, RunState
from app.core.jobs.registry import Job, find
from app.core.postgres import libpq

TASK = "run"
QUEUE = "default"
for _table in ("jobs", "workers", "events", "periodic_defers"):
    scope.outside(
        f"procrastinate_{_table}",
        "the queue's own table, numbers of runs only: granted to the system's role alone",
    )
PUT = text("""
    select procrastinate_defer_jobs_v1(array[row(
      :queue, :task, :priority, :lock, null, cast(:args as jsonb), :at
    )::procrastinate_job_to_defer_v1])
""")
# the newest run that waits for company, and what it was given unless it has all of these texts
WAITING = """
    select id, case when (args::jsonb -> %s) ?& %s::text[] then null else args end
    from job_run
    where name = %s and state = %s and created_at >= %s and args::jsonb @> %s::jsonb
    order by id desc limit 1 for update skip locked
"""


def defer(name: str, *, at: datetime | None = None, priority: int = 0, **args: Any) -> int:
    """Ask for a run of a job in the running transaction; give the number of the run.

    ``args`` are kept as JSON: dates become text. ``at`` is the earliest instant to start;
    a higher ``priority`` goes first. Refuses a name that is not declared.
    """
    job = find(name)
    with scope.system_scope("a job is put into the queue") as connection:
        return write(connection, job, args, scope.current().user_id, at=at, priority=priority)


def defer_together(name: str, *, within: timedelta, join: str, **args: Any) -> int:
    """Ask for a run that waits for others who ask for the same; give the number of the run.

    Whoever asks with the same ``args`` while it waits adds his texts of the list ``join`` to
    it, and it does not start before he has committed. Nobody waits for anybody: where another
    is just adding, a run of one's own is written.
    """
    job, table = find(name), JobRun.__table__
    same = {key: value for key, value in args.items() if key != join}
    with scope.system_scope("a job is put into the queue") as connection:
        waiting = raw.execute(
            WAITING, join, args[join], job.name, RunState.WAITING.name, clock.now() - within,
            json.dumps(same),
        ).fetchone()  # fmt: skip
        if waiting is None:
            at = clock.now() + within
            return write(connection, job, args, scope.current().user_id, at=at)
        number, others = waiting
        if others is not None:  # not all of them are among those it has
            joined = sorted({*others[join], *args[join]})
            connection.execute(
                update(table).where(table.c.id == number).values(args={**others, join: joined})
            )
        return int(number)


def write(
    connection: Connection, job: Job, args: dict[str, Any], actor: int | None, *,
    at: datetime | None = None, priority: int = 0,
) -> int:  # fmt: skip
    """Write the record of a run and its place in the queue; give the number of the run."""
    number = connection.execute(
        insert(JobRun)
        .values(
            name=job.name, args=json.loads(json.dumps(args, default=str)), created_by=actor,
            source=scope.current().door.value, created_at=clock.now(), is_deleted=False,
        )
        .returning(JobRun.id)
    ).scalar_one()  # fmt: skip
    enqueue(connection, job, number, at=at, priority=priority)
    return int(number)


def enqueue(
    connection: Connection, job: Job, number: int, *, at: datetime | None = None,
    priority: int = 0,
) -> None:  # fmt: skip
    """Put a recorded run into the queue, for the first time or again."""
    connection.execute(
        PUT,
        {
            "queue": QUEUE, "task": TASK, "priority": priority, "at": at,
            "lock": job.name if job.alone else None, "args": json.dumps({"number": number}),
        },
    )  # fmt: skip


def application(address: str) -> App:
    """Give the queue's own object on a database address, working as the system's role."""
    connector = PsycopgConnector(
        conninfo=libpq(address), kwargs={"options": "-c role=app_system"}, min_size=1, max_size=4
    )
    return App(connector=connector)
