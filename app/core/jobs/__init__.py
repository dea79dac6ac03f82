"""Jobs: work outside the request (D7). The clock decides when, the queue decides where.

A domain writes ``@job("alerts.scan", cron="0 2 * * *", title=_("Scan"))`` above a function in
its ``jobs.py``; ``defer("alerts.scan", project_id=7)`` puts one into the running transaction;
``run_now`` does it at once. A job runs as the system, in a fresh application context, and is
written to be repeated: after a crash it starts again from the beginning.
"""

from app.core.jobs.models import JobRun, RunState, Schedule
from app.core.jobs.queue import defer, defer_together
from app.core.jobs.registry import UnknownJob, find, job, jobs
from app.core.jobs.runner import Run, run_now

__all__ = [
    "JobRun", "Run", "RunState", "Schedule", "UnknownJob", "defer", "defer_together", "find",
    "job", "jobs", "run_now",
]  # fmt: skip
