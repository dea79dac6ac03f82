"""在线调试: signing a request and reading its data as the interface would.

The secret comes with the form, is used, and is forgotten: it stands in no row, log or session.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask_babel import gettext

from app.core import clock
from app.openapi import cipher, codes, errors, protocol, wire
from app.openapi.methods import METHODS, Method

FIELDS = ("app_id", "method", "data", "secret", "plain")


@dataclass
class Signed:
    """What a vendor compares with its own work."""

    text: str = ""
    sign: str = ""
    body: str = ""
    cipher_text: str = ""
    problems: list[str] = field(default_factory=list)


def methods() -> list[str]:
    """Give the methods that can be tried."""
    return list(METHODS)


def sign(typed: Mapping[str, str]) -> Signed:
    """Sign what was typed, encrypt the plain text, and check the data by the schema."""
    shown = Signed()
    secret = typed["secret"].strip()
    if len(secret) != cipher.SECRET_LENGTH or not secret.isascii():
        shown.problems.append(gettext("The access secret has 32 ASCII characters"))
        return shown
    method = typed["method"] if typed["method"] in METHODS else next(iter(METHODS))
    parameters = {
        "appid": typed["app_id"].strip(), "data": typed["data"].strip() or "{}",
        "format": "json", "method": method, "nonce": secrets.token_hex(16),
        "timestamp": clock.local(clock.now()).strftime("%Y%m%d%H%M%S"), "version": "1.0",
    }  # fmt: skip
    shown.text = protocol.signing_text(parameters, "*" * 32)
    shown.sign = protocol.sign(parameters, secret)
    shown.body = urlencode({**parameters, "sign": shown.sign})
    if typed["plain"]:
        shown.cipher_text = cipher.encrypt(typed["plain"], secret)
    shown.problems += _problems(METHODS[method], parameters["data"], secret)
    return shown


def _problems(method: Method, text: str, secret: str) -> list[str]:
    try:
        data = wire.parse(text)
    except errors.WireRefusal as refusal:
        return list(refusal.messages)
    reading = wire.read(
        method.schema, data, secret=secret, codes=codes.codes, titles=codes.title,
        now=clock.now(), excused=method.excused, assumed={"idCardType": "01"},
    )  # fmt: skip
    return list(reading.problems)
