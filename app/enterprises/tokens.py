"""The proof that somebody may see one application: signed, short-lived, for nothing else."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

SECONDS = 3600


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="enterprise-application")


def issue(application_id: int) -> str:
    """Give the proof for one application, good for an hour."""
    return str(_serializer().dumps(application_id))


def read(token: str) -> int | None:
    """Give the application of a proof, None when it is forged or too old."""
    try:
        number = _serializer().loads(token, max_age=SECONDS)
    except BadSignature:
        return None
    return number if isinstance(number, int) else None
