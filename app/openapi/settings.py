"""What the city may change about the interface (open-api.md 2, 4.1, 5)."""

from flask_babel import lazy_gettext as _

from app.core.settings import declare

CLOCK_HOURS = declare(
    "openapi.clock_hours", 12, label=_("Clock window of the interface (hours)"), low=1, high=24
)
CALLS_PER_MINUTE = declare(
    "openapi.calls_per_minute", 600, label=_("Calls of one client a minute"), low=10, high=100_000
)
PUNCHES_A_CALL = declare(
    "openapi.punches_a_call", 20, label=_("Punches in one call of the interface"), low=20, high=500
)
ACCEPT_PLAIN = declare(
    "openapi.accept_plain", default=False, label=_("Accept identity numbers in plain text")
)
