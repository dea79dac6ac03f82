"""One signed call to the platform above (open-api.md 1 to 5)."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app
from flask_babel import gettext

from app.core import addresses, clock
from app.openapi import cipher, protocol
from app.upstream.errors import Unreachable

SECONDS = 30
MOST_BYTES = 4 * 1024 * 1024
TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Access:
    """Where and as whom we call."""

    address: str
    app_id: str
    secret: str = field(repr=False)
    corp_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Reply:
    """What came back."""

    code: str
    message: str
    data: Mapping[str, Any]
    text: str


def new_stamp() -> str:
    """Draw what tells one request from all others: its time and its nonce."""
    return f"{clock.now().astimezone(protocol.CHINA):%Y%m%d%H%M%S}{secrets.token_hex(16)}"


def signed(access: Access, method: str, data: Mapping[str, Any], stamp: str) -> dict[str, str]:
    """Give the parameters of a request; the same stamp and data give the same signature."""
    timestamp, nonce = stamp[:14], stamp[14:]
    found = {
        "appid": access.app_id, "format": "json", "method": method, "nonce": nonce,
        "timestamp": timestamp, "version": "1.0",
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    }  # fmt: skip
    if access.corp_key:
        found["corpsign"] = cipher.corpsign(access.corp_key, timestamp, access.secret)
    found["sign"] = protocol.sign(found, access.secret)
    return found


def call(access: Access, method: str, data: Mapping[str, Any], stamp: str = "") -> Reply:
    """Send one request and read its reply; raises Unreachable.

    Only an address of the public internet is spoken to, whatever its name leads to, but for
    those the deployment trusts. Redirects are not followed.
    """
    body = urlencode(signed(access, method, data, stamp or new_stamp())).encode()
    parts = urlsplit(access.address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    sent = False
    try:
        line.connect()
        _check_peer(access, line)
        sent = True
        line.request("POST", parts.path or "/", body=body, headers={"Content-Type": TYPE})
        answer = line.getresponse()
        return _reply(answer, answer.read(MOST_BYTES))
    except (OSError, HTTPException) as problem:
        raise Unreachable(
            gettext("The upper platform cannot be reached (%(kind)s)", kind=type(problem).__name__),
            sent=sent,
        ) from problem
    finally:
        line.close()


def _check_peer(access: Access, line: HTTPConnection) -> None:
    if access.address in current_app.config["UPSTREAM_TRUSTED"]:
        return
    if not access.address.startswith("https://") or not addresses.is_public_address(
        line.sock.getpeername()[0]
    ):
        raise Unreachable(
            gettext("The address of the upper platform leads into a private network"), sent=False
        )


def _reply(answer: HTTPResponse, content: bytes) -> Reply:
    text = content.decode("utf-8", "replace")
    try:
        found = json.loads(text)
        code, message = str(found["code"]), str(found.get("message") or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unreachable(
            gettext("The upper platform gave no readable answer (HTTP %(status)s)",
                    status=answer.status),
            sent=True,
        ) from None  # fmt: skip
    data = found.get("data")
    return Reply(code, message, data if isinstance(data, dict) else {}, text)
