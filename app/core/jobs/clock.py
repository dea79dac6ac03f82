"""The clock inside the worker: one process holds the lock, decides when, frees stalled jobs.

The lock is a PostgreSQL advisory lock on a connection of its own, so it is free the moment
its holder dies. Every few seconds the holder proves it still has it, reads the schedules
anew and puts back the jobs whose worker has died.
"""

import logging
import threading
from typing import Any

import psycopg
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, g

from app.core import clock, scope
from app.core.jobs import schedules
from app.core.operations import CLOCK_LOCK
from app.core.postgres import libpq
from app.extensions import db

log = logging.getLogger("app.jobs")
CHINA_TIME = "Asia/Shanghai"
KEEPALIVE: dict[str, Any] = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5}
LIVE = "select 1"
TAKE = "select pg_try_advisory_lock(%s)"
REQUEUE = """
    select job.id, procrastinate_retry_job_v2(job.id, now(), null, null, null)
    from procrastinate_jobs job
    left join procrastinate_workers worker on worker.id = job.worker_id
    where job.status = 'doing'
    and (worker.id is null or worker.last_heartbeat < now() - make_interval(secs => %s))
"""


class Clock(threading.Thread):
    """Tries for the lock until told to stop; while it holds it, the schedules run."""

    def __init__(self, app: Flask, *, stall_seconds: float) -> None:
        super().__init__(name="clock", daemon=True)
        self.app = app
        self.stall_seconds = stall_seconds
        self.pulse = min(stall_seconds / 3, 5.0)
        self.ended = threading.Event()
        self._known: dict[str, str] = {}

    def stop(self) -> None:
        """End the thread and free the lock."""
        self.ended.set()
        self.join(timeout=10)

    def run(self) -> None:
        """Take the lock whenever it is free; whatever breaks, try again at the next pulse."""
        while not self.ended.is_set():
            try:
                with self._connect() as connection:
                    if self._taken(connection):
                        self._lead(connection)
            except Exception as problem:  # a dead clock would go unnoticed for nights
                fields = {"problem": type(problem).__name__}
                log.exception("clock lost", extra={"fields": fields})
            self.ended.wait(self.pulse)

    def _connect(self) -> psycopg.Connection[Any]:
        address = libpq(self.app.config["SQLALCHEMY_DATABASE_URI"])
        return psycopg.connect(
            address, autocommit=True, options="-c role=app_system", **KEEPALIVE,
        )  # fmt: skip

    @staticmethod
    def _taken(connection: psycopg.Connection[Any]) -> bool:
        row = connection.execute(TAKE, (CLOCK_LOCK,)).fetchone()
        return bool(row and row[0])

    def _lead(self, connection: psycopg.Connection[Any]) -> None:
        log.info("clock held")
        scheduler = BackgroundScheduler(
            timezone=CHINA_TIME,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600},
        )
        self._known = {}
        self._catch_up()
        scheduler.start()
        try:
            while not self.ended.is_set():
                connection.execute(LIVE)  # raises when the lock's connection is gone
                freed = connection.execute(REQUEUE, (self.stall_seconds,)).fetchall()
                if freed:
                    log.warning("jobs put back", extra={"fields": {"jobs": len(freed)}})
                self._follow(scheduler)
                self.ended.wait(self.pulse)
        finally:
            scheduler.shutdown(wait=False)

    def _follow(self, scheduler: BackgroundScheduler) -> None:
        """Make the scheduler hold what the table holds now."""
        with self.app.app_context():
            wanted = self._in_scope(schedules.in_force)
        for name in set(self._known) - set(wanted):
            scheduler.remove_job(name)
        for name, cron in wanted.items():
            if self._known.get(name) != cron:
                scheduler.add_job(
                    self.tick, schedules.trigger(cron), id=name, args=[name], replace_existing=True
                )
        self._known = wanted

    def _catch_up(self) -> None:
        """Fire once what fell due while no worker lived."""
        with self.app.app_context():
            late = self._in_scope(schedules.overdue, clock.now())
        for name in late:
            self.tick(name)

    def tick(self, name: str) -> None:
        """Put the run of a tick into the queue, once however many clocks believe to hold."""
        with self.app.app_context():
            number = self._in_scope(schedules.fire, name, clock.now())
        log.info("tick", extra={"fields": {"job": name, "run": number}})

    @staticmethod
    def _in_scope(work: Any, *args: Any) -> Any:
        g.principal = scope.SYSTEM
        try:
            with scope.system_scope("the clock reads its schedules") as connection:
                found = work(connection, *args)
            db.session.commit()
        finally:
            db.session.remove()
        return found
