"""Jobs of attendance: the coming months of the punch ledger, and whether they are there."""

from flask_babel import lazy_gettext as _
from sqlalchemy import text

from app.core import clock, operations
from app.core.jobs import job
from app.extensions import db

MONTHS_KEPT_AHEAD = 12
MAKE = text("select make_coming_punch_partitions(:today, :months)")
AHEAD = text("select punch_months_ahead(:today)")


@job("attendance.partitions", cron="20 1 * * *", title=_("Coming months of the punch list"))
def make_partitions() -> int:
    """Make the months of the ledger that are missing up to a year ahead (D6)."""
    found = db.session.scalar(MAKE, {"today": clock.today(), "months": MONTHS_KEPT_AHEAD})
    return int(found or 0)


@operations.check("partitions")
def months_ahead() -> str | None:
    """Refuse to be ready with less than one month ahead."""
    ahead = db.session.scalar(AHEAD, {"today": clock.today()}) or 0
    return None if ahead >= 1 else f"{max(ahead, 0)} months of the punch ledger lie ahead"
