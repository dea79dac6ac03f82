"""Scheduled work of the interface."""

from flask_babel import lazy_gettext as _

from app.core.jobs import job
from app.openapi import results


@job("openapi.forget", cron="25 3 * * *", title=_("Forget old outcomes and calls of the interface"))
def forget() -> int:
    """Remove outcomes nobody asks for any more and calls of long ago; gives how many."""
    return results.forget_old()
