"""Signed words in addresses that are open to the public.

The proof that somebody may see one application is short-lived and good for nothing else. An
invitation to register names an enterprise and a type, and opens nothing but the empty form.
"""

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer

from app.core import clock

SECONDS = 3600  # for looking
TYPING_SECONDS = 24 * 3600  # for a form that is open: as long as what it has uploaded is kept


class _Signer(TimestampSigner):
    """Signs with the time of the application's own clock."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        str(current_app.secret_key), salt="enterprise-application", signer=_Signer
    )


def issue(application_id: int) -> str:
    """Give the proof for one application, good for an hour; in an open form, for a day."""
    return str(_serializer().dumps(application_id))


def read(token: str, *, typing: bool = False) -> int | None:
    """Give the application of a proof, None when it is forged or too old.

    ``typing`` takes the proof of a form that was opened in time and is sent only now.
    """
    try:
        number = _serializer().loads(token, max_age=TYPING_SECONDS if typing else SECONDS)
    except BadSignature:
        return None
    return number if isinstance(number, int) else None


def _inviting() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="enterprise-invitation")


def invite(credit_code: str, name: str, kind: str) -> str:
    """Give what an invited enterprise's registration starts with (screens.md 2.2, 5.2)."""
    return str(_inviting().dumps([credit_code, name, kind]))


def invited(token: str) -> dict[str, str] | None:
    """Give credit_code, name and kind of an invitation to register, None when it is forged."""
    try:
        found = _inviting().loads(token)
    except BadSignature:
        return None
    return dict(zip(("credit_code", "name", "kind"), found, strict=True))
