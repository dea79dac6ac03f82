"""Scheduled work of the roster."""

from flask_babel import lazy_gettext as _

from app.core import clock
from app.core.jobs import job
from app.roster import services


@job("roster.enter", cron="1 0 * * *", title=_("Begin the stays whose entry date has come"))
def enter_due_stays() -> int:
    """Let expected workers stand on site from their day; gives how many."""
    return services.enter_due_stays(clock.today())


@job("roster.contracts", cron="2 0 * * *", title=_("Bring into force the contracts that begin"))
def begin_due_contracts() -> int:
    """Let contracts signed ahead stand on the stay from their first day; gives how many."""
    return services.begin_due_contracts(clock.today())


@job("roster.posts", cron="50 23 * * *", title=_("End the posts whose last day has come"))
def end_due_posts() -> int:
    """End posts at the end of the day given for it, with their logins; gives how many."""
    return services.end_due_posts(clock.today())


@job(
    "roster.corrections", cron="*/10 * * * *",
    title=_("Put corrections of persons into force that nobody objected to"),
)  # fmt: skip
def put_corrections_in_force() -> int:
    """Let undisputed corrections hold after their two days; gives how many."""
    return services.put_due_in_force(clock.now())


@job("roster.releases", cron="7 * * * *", title=_("Close stays whose release is due"))
def close_released_stays() -> int:
    """Close the stays nobody closed within three days of the request; gives how many."""
    return services.close_due_releases(clock.now())
