"""What lists and tabs show of a certificate: whether it still holds, and what its check found."""

from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from app.core import clock
from app.core.columns.base import EMPTY
from app.core.columns.codes import badge
from app.roster.choices import CertCheck
from app.roster.models import Certificate

TONES = {
    CertCheck.UNCHECKED: "grey", CertCheck.GENUINE: "green", CertCheck.NOT_FOUND: "red",
    CertCheck.OTHER_PERSON: "red",
}  # fmt: skip
SOON_DAYS = 90  # CERT-001 warn_days


def validity(row: Certificate) -> Any:
    """Say whether a certificate has expired or soon will."""
    if row.valid_to is None:
        return EMPTY
    left = (row.valid_to - clock.today()).days
    if left < 0:
        return badge(gettext("Expired"), "red")
    if left <= SOON_DAYS:
        return badge(gettext("%(n)s days left", n=left), "amber")
    return badge(gettext("Valid"), "green")


def checked(row: Certificate) -> Any:
    """Say what the check found."""
    state = row.verify_state or CertCheck.UNCHECKED
    return badge(state.label, TONES[state])


def missing_mark(names: list[str]) -> Any:
    """Mark somebody without the certificate his trade or duty asks for."""
    if not names:
        return ""
    return Markup('<span title="{}">{}</span>').format(
        "、".join(names), badge(gettext("Special certificate missing"), "red")
    )
