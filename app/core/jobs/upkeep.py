"""Jobs of the platform itself: what is no longer needed is forgotten."""

import logging
from datetime import timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, text

from app.core import clock, drafts, files, scope
from app.core.events import Event
from app.core.jobs.models import JobRun, RunState
from app.core.jobs.registry import job
from app.extensions import db

log = logging.getLogger("app.jobs")
RUN_DAYS, QUEUE_DAYS = 90, 7
OLD_IN_QUEUE = text("""
    delete from procrastinate_jobs job
    where status in ('succeeded', 'failed', 'cancelled', 'aborted') and not exists (
      select from procrastinate_events event
      where event.job_id = job.id and event.at > :limit)
""")

# sent each night: receivers remove what they need no longer and give how many rows went
cleanup_due = Event("core.cleanup_due")


@job("core.drafts", cron="30 3 * * *", title=_("Remove drafts nobody continued"))
def expire_drafts() -> int:
    """Remove drafts after their time; their files are forgotten with the next clearing."""
    gone = drafts.expire()
    db.session.commit()
    return gone


@job("core.files", cron="40 3 * * *", title=_("Forget uploads without a record"))
def forget_files() -> int:
    """Remove the files that never found their row, and then what no other row names."""
    gone = files.forget_unclaimed()
    db.session.commit()
    files.drop_content([key for keys in gone for key in keys])
    return len(gone)


@job("core.cleanup", cron="50 3 * * *", title=_("Remove what is no longer needed"))
def cleanup() -> int:
    """Remove old runs and ask every domain to remove what it keeps too long."""
    limit = clock.now() - timedelta(days=RUN_DAYS)
    with scope.system_scope("old runs are removed") as connection:
        gone = connection.execute(
            delete(JobRun).where(
                JobRun.created_at < limit, JobRun.state.in_([RunState.DONE, RunState.FAILED])
            )
        ).rowcount
        connection.execute(OLD_IN_QUEUE, {"limit": clock.now() - timedelta(days=QUEUE_DAYS)})
    for receiver in cleanup_due.receivers:
        try:
            with db.session.begin_nested():
                gone += receiver() or 0
        except Exception:  # one bad receiver stops no other
            log.exception("cleanup failed", extra={"fields": {"receiver": receiver.__name__}})
    return int(gone)
