"""The envelope of a request, its signature and clock, and the form of replies.

Sections 1 to 3, 5 and 6 of the interface description; nothing here knows a business field.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import IntEnum
from typing import Any

from app.openapi import errors

CHINA = timezone(timedelta(hours=8), "CST")
DEFAULT_WINDOW = timedelta(hours=12)
MAX_NONCE = 64
SECRET_NAME = "appsecret"  # noqa: S105 - the name of a parameter
REQUIRED = ("appid", "data", "format", "method", "nonce", "timestamp", "version", "sign")

METHODS = (
    "Corp.Upload",
    "Corp.Query",
    "CorpCredential.Query",
    "CorpBadRecord.Query",
    "CorpGoodRecord.Query",
    "CorpBlackList.Query",
    "Project.Add",
    "Project.Update",
    "Project.PartUpdate",
    "Project.Query",
    "ProjectSubContractor.Add",
    "ProjectSubContractor.Update",
    "ProjectSubContractor.Query",
    "Team.Add",
    "Team.Update",
    "Team.Query",
    "ProjectWorker.Add",
    "ProjectWorker.Update",
    "ProjectWorker.Query",
    "WorkerEntryExit.Add",
    "WorkerEntryExit.Query",
    "WorkerContract.Add",
    "WorkerContract.Query",
    "WorkerAttendance.Add",
    "WorkerAttendance.Query",
    "Payroll.Add",
    "Payroll.Query",
    "ProjectTraining.Add",
    "ProjectTraining.Query",
    "Worker.Query",
    "WorkerCredential.Query",
    "WorkerBadRecord.Query",
    "WorkerGoodRecord.Query",
    "WorkerBlackList.Query",
    "AsyncHandleResult.Query",
    "CheckSign.Query",
    # what the city adds (screens.md 7.4)
    "WageAccount.Add",
    "WageAccount.Query",
    "WagePlan.Add",
    "WagePlan.Query",
    "LaborTransfer.Add",
    "LaborTransfer.Query",
    "BankReceipt.Add",
    "AccountTransaction.Add",
    "Device.Heartbeat",
    "Dict.Query",
    "Alert.Query",
)

_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_TIMESTAMP = re.compile(r"[0-9]{14}")
_VERSION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}")


class Outcome(IntEnum):
    """What became of an asynchronous write (async_status)."""

    PENDING = 0
    FAILED = 10
    SUCCEEDED = 20


@dataclass(frozen=True)
class Envelope:
    """The public parameters of one request, as received; names are lower-case.

    `parameters` holds every parameter but a stray appsecret, known or not; what could
    identify a person or let somebody sign stays out of the representation.
    """

    appid: str
    data_text: str = field(repr=False)
    format: str
    method: str
    nonce: str
    timestamp: str
    version: str
    sign: str = field(repr=False)
    corpsign: str | None = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)

    @property
    def sent_at(self) -> datetime:
        """The instant the client says it sent the request."""
        return read_timestamp(self.timestamp)


def read_envelope(parameters: Any) -> Envelope:
    """Read the public parameters out of a mapping, or a MultiDict, of form fields.

    Names may have any letter case; a stray appsecret is dropped. Raises ParameterRefused
    with every message when a parameter is missing, repeated or of the wrong shape.
    """
    received: dict[str, str] = {}
    problems = []
    for name, value in _pairs(parameters):
        key = name.lower()
        if key == SECRET_NAME:
            continue
        if key in received:
            problems.append(errors.at([key], "重复!"))
        received[key] = value
    problems += [errors.at([name], errors.MISSING) for name in REQUIRED if not received.get(name)]
    problems += _misshapen(received)
    if problems:
        raise errors.ParameterRefused(*problems)
    return Envelope(
        data_text=received["data"],
        corpsign=received.get("corpsign") or None,
        parameters=received,
        **{name: received[name] for name in REQUIRED if name != "data"},
    )


def _pairs(parameters: Any) -> Iterable[tuple[str, str]]:
    """Every name and value, those of a name that came twice included."""
    if hasattr(parameters, "getlist"):
        return parameters.items(multi=True)
    return parameters.items()


def _misshapen(received: Mapping[str, str]) -> list[str]:
    """Complain about parameters that are there but cannot be what they should."""
    wrong = []
    if received.get("format") and received["format"].lower() != "json":
        wrong.append("format")
    if len(received.get("nonce", "")) > MAX_NONCE:
        wrong.append("nonce")
    if received.get("timestamp"):
        try:
            read_timestamp(received["timestamp"])
        except errors.ParameterRefused:
            wrong.append("timestamp")
    if received.get("version") and not _VERSION.fullmatch(received["version"]):
        wrong.append("version")
    return [errors.at([name], errors.SHAPE) for name in wrong]


def read_timestamp(text: str) -> datetime:
    """Read `yyyyMMddHHmmss`, China time; raises ParameterRefused when it is no time."""
    if _TIMESTAMP.fullmatch(text):
        try:
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
        except ValueError:
            pass
    raise errors.ParameterRefused(errors.at(["timestamp"], errors.SHAPE))


def check_clock(envelope: Envelope, now: datetime, window: timedelta = DEFAULT_WINDOW) -> None:
    """Refuse a request whose time is further from `now` than the window, either way.

    Raises ClockRefused, or ParameterRefused when the time cannot be read. Both are
    compared as China's wall time, so that no invented year leaves the calendar.
    """
    sent = envelope.sent_at.replace(tzinfo=None)
    here = now.astimezone(CHINA).replace(tzinfo=None)
    if abs(here - sent) > window:
        raise errors.ClockRefused


def ascii_lower(text: str) -> str:
    """Lower the letters A to Z alone, as PHP does."""
    return text.translate(_ASCII_LOWER)


def signing_text(
    parameters: Mapping[str, str], secret: str, *, lower: Callable[[str], str] = str.lower
) -> str:
    """Build the text whose digest is the signature, in lower case, Unicode-wide by default.

    Every parameter takes part except `sign` and `appsecret`, with its value as received.
    """
    taken = sorted(
        (name.lower(), value)
        for name, value in parameters.items()
        if name.lower() not in {"sign", SECRET_NAME}
    )
    text = "&".join(f"{name}={value}" for name, value in [*taken, (SECRET_NAME, secret)])
    return lower(text)


def sign(
    parameters: Mapping[str, str], secret: str, *, lower: Callable[[str], str] = str.lower
) -> str:
    """Sign parameters with a secret: 64 hex digits."""
    text = signing_text(parameters, secret, lower=lower)
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def signature_matches(envelope: Envelope, secret: str) -> bool:
    """Tell whether the holder of the secret signed this request.

    A client that lowers ASCII letters only is recognised when `data` has others.
    """
    received = envelope.sign.lower().encode(errors="replace")
    if hmac.compare_digest(received, sign(envelope.parameters, secret).encode()):
        return True
    if envelope.data_text.isascii():
        return False
    fallback = sign(envelope.parameters, secret, lower=ascii_lower)
    return hmac.compare_digest(received, fallback.encode())


def method_key(name: str, known: Collection[str] = METHODS) -> str:
    """Spell a method name, given in any letter case, as listed; raises UnknownMethod."""
    for method in known:
        if method.lower() == name.lower():
            return method
    raise errors.UnknownMethod


def accepted(data: Any = None, message: str = "成功") -> dict[str, Any]:
    """Build the body of a reply to a request that was carried out or taken in."""
    body = {"code": "0", "message": message}
    return body if data is None else {**body, "data": data}


def refused(code: str | int, message: str) -> dict[str, Any]:
    """Build the body of a refusal; it has no data."""
    return {"code": str(code), "message": message}


def outcome(serial: str, status: Outcome, result: str = "") -> dict[str, Any]:
    """Build the data of AsyncHandleResult.Query; a pending write has no result to misread."""
    data = {"requestSerialCode": serial, "status": int(status)}
    return data if status is Outcome.PENDING or not result else {**data, "result": result}


def serial_code(method: str, at: datetime, shard: int, counter: int) -> str:
    """Name an asynchronous write, e.g. `projectworker-add-2024011508-1-0858` (China hour)."""
    hour = at.astimezone(CHINA).strftime("%Y%m%d%H")
    return f"{method.lower().replace('.', '-')}-{hour}-{shard}-{counter:04d}"


def redacted(text: str, secret: str) -> str:
    """Take a secret, which one client sends inside its data, out of what will be logged."""
    return re.sub(re.escape(secret), "***", text, flags=re.IGNORECASE)
