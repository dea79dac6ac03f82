"""The worker: takes jobs from the queue, several at once, and carries the clock."""

import asyncio
import ctypes
import gc

from flask import Flask

from app.core.jobs import queue, runner
from app.core.jobs.clock import Clock

POLL_SECONDS = 5.0
MMAP_THRESHOLD, LARGE = -3, 256 * 1024  # glibc's name of the setting; bytes


def work(app: Flask, *, wait: bool = True) -> None:
    """Serve the queue until a signal says stop; running jobs are finished first.

    With ``wait=False`` return once the queue is empty, without a clock. JOB_THREADS and
    JOB_STALL_SECONDS of the configuration say how many jobs run at once and after how long a
    silent worker is taken for dead.
    """
    threads, stall = app.config["JOB_THREADS"], app.config["JOB_STALL_SECONDS"]
    procrastinate = queue.application(app.config["SQLALCHEMY_DATABASE_URI"])

    @procrastinate.task(name=queue.TASK)
    def run(number: int) -> None:
        runner.perform(app, number)

    settle()
    clock = Clock(app, stall_seconds=stall)
    if wait:
        clock.start()
    try:
        asyncio.run(_serve(procrastinate, threads=threads, stall=stall, wait=wait))
    finally:
        if wait:
            clock.stop()


def settle() -> None:
    """Count what the program itself consists of as lasting, and give back what jobs let go of.

    A million objects of mappers and views stay until the end; looking through them again whenever
    a job has made some thousands of its own took a quarter of a large import. Texts of megabytes,
    such as a whole workbook, are asked of the system one by one: once a large one was freed, glibc
    would carve the next out of its heap, which then stays as large.
    """
    gc.collect()
    gc.freeze()
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(MMAP_THRESHOLD, LARGE)


async def _serve(procrastinate: queue.App, *, threads: int, stall: float, wait: bool) -> None:
    async with procrastinate.open_async():
        await procrastinate.run_worker_async(
            wait=wait,
            concurrency=threads,
            fetch_job_polling_interval=min(POLL_SECONDS, stall),
            update_heartbeat_interval=stall / 3,
            stalled_worker_timeout=stall,
        )
