"""Scheduled work of the guides."""

from flask_babel import lazy_gettext as _

from app.core.jobs import job
from app.guides import services


@job("guides.expire", cron="5 * * * *", title=_("Close articles whose time is over"))
def expire() -> int:
    """Close published articles past their end; gives how many."""
    return services.expire_articles()
