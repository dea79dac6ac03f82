"""Scheduled work of reporting upwards."""

from flask_babel import lazy_gettext as _

from app.core.jobs import job
from app.upstream import sending


@job("upstream.report", cron="*/15 * * * *", title=_("Report to the upper platform"))
def report() -> int:
    """Report what is new or due; gives how many records were sent."""
    return sending.run()
