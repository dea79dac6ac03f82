"""Scheduled work of the interface."""

from flask_babel import lazy_gettext as _

from app.core.jobs import job
from app.openapi import results


@job("openapi.forget", cron="25 3 * * *", title=_("Forget old outcomes of the interface"))
def forget() -> int:
    """Remove outcomes of writes nobody asks for any more; gives how many."""
    return results.forget_old()
