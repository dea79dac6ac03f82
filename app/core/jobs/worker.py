"""The worker: takes jobs from the queue, several at once, and carries the clock."""

import asyncio
import os

from flask import Flask

from app.core.jobs import queue, runner
from app.core.jobs.clock import STALL_SECONDS, Clock

POLL_SECONDS = 5.0


def work(app: Flask, *, wait: bool = True) -> None:
    """Serve the queue until a signal says stop; running jobs are finished first.

    With ``wait=False`` return once the queue is empty, without a clock. JOB_THREADS and
    JOB_STALL_SECONDS in the environment say how many jobs run at once and after how long a
    silent worker is taken for dead.
    """
    stall = float(os.environ.get("JOB_STALL_SECONDS", STALL_SECONDS))
    procrastinate = queue.application(app.config["SQLALCHEMY_DATABASE_URI"])

    @procrastinate.task(name=queue.TASK)
    def run(number: int) -> None:
        runner.perform(app, number)

    clock = Clock(app, stall_seconds=stall)
    if wait:
        clock.start()
    try:
        asyncio.run(_serve(procrastinate, stall=stall, wait=wait))
    finally:
        if wait:
            clock.stop()


async def _serve(procrastinate: queue.App, *, stall: float, wait: bool) -> None:
    async with procrastinate.open_async():
        await procrastinate.run_worker_async(
            wait=wait,
            concurrency=int(os.environ.get("JOB_THREADS", "2")),
            fetch_job_polling_interval=min(POLL_SECONDS, stall),
            update_heartbeat_interval=stall / 3,
            stalled_worker_timeout=stall,
        )
