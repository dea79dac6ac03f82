"""Jobs of the project domain."""

from datetime import date

from flask_babel import lazy_gettext as _

from app.core import clock, scope
from app.core.jobs import job
from app.projects import services


@job("projects.expire_invitations", cron="30 0 * * *", title=_("Expiry of invitations"))
def expire_invitations(day: str = "") -> int:
    """End invitations whose fifteen days are over (screens.md 5.2); may be repeated."""
    today = date.fromisoformat(day) if day else clock.today()
    return services.expire_invitations(today, actor=scope.SYSTEM)
