"""One call from envelope to reply, in the order of checks of open-api.md section 5."""

import hashlib
import ipaddress
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from app.core import addresses, clock, guard, scope, settings
from app.core.errors import Refusal, Stale
from app.extensions import db
from app.openapi import (
    cipher,
    clients,
    conformance,
    errors,
    protocol,
    quota,
    results,
    sandbox,
    services,
    wire,
)  # fmt: skip
from app.openapi.choices import ClientState, Content, Environment, Outcome
from app.openapi.methods import METHODS, Caller, Done, Method, Task
from app.openapi.methods.base import told
from app.openapi.models import MOST_KEPT, ApiCall, ApiClient
from app.openapi.settings import ACCEPT_PLAIN, CLOCK_HOURS
from app.permissions import Area
from app.projects.choices import WORKING_STATES
from app.projects.models import Project

MINUTE = timedelta(minutes=1)
# how the call log tells calls that do not prove to be the client's
UNSIGNED = (errors.AddressRefused.sentence, errors.SignatureRefused.sentence)
RIGHTS = frozenset({
    *((verb, Area.ROSTER) for verb in ("read", "write", "enter", "exit")),
    *((verb, Area.ATTENDANCE) for verb in ("read", "write")),
    *((verb, Area.UNITS) for verb in ("read", "write", "invite")),
    *((verb, Area.WAGES) for verb in ("read", "write", "submit")),
    ("read", Area.ALERTS),
})  # fmt: skip


@dataclass
class Record:
    """What the call log keeps of a call; nothing in it names a person."""

    request_id: str
    address: str
    began: float = field(default_factory=time.perf_counter)
    at: datetime = field(default_factory=clock.now)
    client: Any = None
    signed: bool = False  # whether the call is the client's own; anybody may know the appid
    method: str = ""
    serial: str = ""
    items: int = 0
    accepted: int = 0
    failed: bool = False
    kept: bool = False  # whether the log has it already
    body_hash: str = ""
    trial: bool = False  # in the trial environment, whose calls the self-test looks at
    envelope: protocol.Envelope | None = field(default=None, repr=False)
    stray: bool = False  # the secret was sent along


def answer(parameters: Any, record: Record) -> dict[str, Any]:
    """Answer one request; raises WireRefusal for everything that is not carried out.

    The rows of the caller's project are all it can reach: it works as a principal of the
    database with whole-project scope, like a user of the general contractor.
    """
    envelope = protocol.read_envelope(parameters)
    record.body_hash = hashlib.sha256(envelope.data_text.encode("utf-8", "replace")).hexdigest()
    record.method = envelope.method[:40]
    client = clients.find(envelope.appid, envelope.sign)
    if client is None:
        raise errors.UnknownAppid
    record.client, record.envelope = client, envelope
    record.trial = client.environment is Environment.TRIAL
    record.stray = any(name.lower() == protocol.SECRET_NAME for name in parameters)
    _check_address(client, record.address)
    if not protocol.signature_matches(envelope, client.app_secret):
        raise errors.SignatureRefused
    record.signed = True
    with scope.act_as(_principal(client)) as actor:
        _check_clock(envelope, client, record.at)
        return _permitted(envelope, client, actor, record)


def _principal(client: Any) -> scope.Principal:
    return scope.Principal(
        scope.Audience.TENANT, username=client.app_id, name=client.vendor_name,
        permissions=RIGHTS, projects=(client.site.id,), door=scope.Door.API,
    )  # fmt: skip


def _check_address(client: Any, address: str) -> None:
    if not (client.ip_allow or "").strip():
        return
    try:
        caller: Any = ipaddress.ip_address(address)
    except ValueError:
        raise errors.AddressRefused from None
    caller = getattr(caller, "ipv4_mapped", None) or caller
    if not any(caller in network for network in addresses.ip_ranges(client.ip_allow)):
        raise errors.AddressRefused


def _check_clock(envelope: protocol.Envelope, client: Any, now: datetime) -> None:
    protocol.check_clock(envelope, now, timedelta(hours=settings.get(CLOCK_HOURS)))
    if client.corp_key:
        proof = envelope.corpsign or ""
        if not cipher.corpsign_matches(
            proof, client.corp_key, envelope.timestamp, client.app_secret
        ):
            raise errors.SignatureRefused("签名校验错误:corpsign无效!")


def _permitted(
    envelope: protocol.Envelope, client: Any, actor: scope.Principal, record: Record
) -> dict[str, Any]:
    method = _method(envelope.method, client)
    record.method = method.name
    caller = Caller(
        client.id, client.site.id, client.site.project_no, client.app_id, client.app_secret,
        in_sandbox=record.trial, site=client.site,
    )  # fmt: skip
    if method.work and client.serial:
        record.serial = client.serial
        return _repeated(method, client.serial)
    data, broken = _data(envelope.data_text)
    _check_project(data, client)
    quota.check(client, lambda: _lately(client, record.at), UNSIGNED)
    if broken:
        raise broken
    if record.trial:
        sandbox.refuse_real_firms(method.name, data)
    task = Task(caller, actor, data, record.at, accept_plain=bool(settings.get(ACCEPT_PLAIN)))
    if method.answer:
        return protocol.accepted(method.answer(task))
    at_once = method.repeats and not record.trial  # the self-test looks at the log of each call
    write = _write_at_once if at_once else _write
    return write(method, task, envelope.sign, record)


def _method(name: str, client: Any) -> Method:
    """Find the method and see that the client may call it."""
    known = protocol.method_key(name)
    method = METHODS.get(known)
    if not client.enabled:
        raise errors.MethodForbidden(f"无API访问权限:接口{_STATES[ClientState.DISABLED]}!")
    if method is None:
        raise errors.MethodForbidden(f"无API访问权限:{known}暂未开放!")
    live = _state_in_force(client)
    trying = live in (ClientState.TRIAL, ClientState.TESTED)
    open_ = client.environment is Environment.TRIAL or not method.content
    if live is not ClientState.LIVE and not (trying and open_):
        raise errors.MethodForbidden(f"无API访问权限:接口{_STATES[live]}!")
    if method.content and method.content.name not in client.scopes:
        raise errors.MethodForbidden(f"无API访问权限:未开通{_CONTENTS[method.content]}对接!")
    return method


_STATES = {
    ClientState.TRIAL: "未通过联调自测", ClientState.TESTED: "待项目审核通过后生效",
    ClientState.DISABLED: "已停用", ClientState.EXPIRED: "已到期",
}  # fmt: skip
_CONTENTS = {
    Content.TEAM: "班组", Content.WORKER: "工人", Content.ATTENDANCE: "考勤", Content.WAGE: "工资",
}  # fmt: skip


def _state_in_force(client: Any) -> ClientState:
    """Give the state a client has today; a move that is due is made and kept."""
    ended = services.last_day(client, client.actual_end)
    due = (
        client.environment is Environment.LIVE
        and client.state in (ClientState.TRIAL, ClientState.TESTED)
        and client.project_state in WORKING_STATES
    ) or (client.state is ClientState.LIVE and ended and ended < clock.today())
    if not due:
        return client.state
    with scope.act_as(scope.SYSTEM):
        row = db.session.get_one(ApiClient, client.id)
        project = db.session.get_one(Project, client.project_id)
        services.settle_state(row, project, clock.today())
        state: ClientState = row.state
        db.session.commit()
    return state


def _repeated(method: Method, serial: str) -> dict[str, Any]:
    """Answer a request that came before: punches with their first serial, others refused."""
    if not method.repeats:
        raise errors.RequestRepeated
    return protocol.accepted({"requestSerialCode": serial}, "请求重复,返回首次受理的序列号")


def _data(text: str) -> tuple[dict[str, Any], errors.WireRefusal | None]:
    try:
        return wire.parse(text), None
    except errors.WireRefusal as broken:
        return {}, broken


def _check_project(data: dict[str, Any], client: Any) -> None:
    named = wire.Members(data).get("projectCode")
    if named is not None and str(named).strip() != client.site.project_no:
        raise errors.MethodForbidden("无API访问权限:projectCode不是该接入编号所属项目!")


def _lately(client: Any, now: datetime) -> Select[Any]:
    return (
        select(func.count())
        .select_from(ApiCall)
        .where(
            ApiCall.project_id == client.project_id, ApiCall.client_id == client.id,
            ApiCall.called_at > now - MINUTE,
        )
    )  # fmt: skip


def _write(method: Method, task: Task, sign: str, record: Record) -> dict[str, Any]:
    """Carry out a write within the request and keep its outcome under a serial code."""
    checked = method.check(task)  # type: ignore[misc]
    serial = results.take_in(task.caller, method.name, sign, task.now)
    if serial is None:
        record.serial = results.known_serial(task.caller, sign) or ""
        return _repeated(method, record.serial)
    with db.session.begin_nested() as savepoint:
        done = _carried_out(method, task, checked, savepoint)
    status = protocol.Outcome.SUCCEEDED if done.succeeded else protocol.Outcome.FAILED
    results.settle(task.caller, serial, status, done.result)
    db.session.commit()
    record.serial, record.failed = serial, not done.succeeded
    record.items, record.accepted = done.items, done.accepted
    return protocol.accepted({"requestSerialCode": serial})


def _write_at_once(method: Method, task: Task, sign: str, record: Record) -> dict[str, Any]:
    """Carry out a write that may come twice: work, outcome and log in one transaction.

    Where another request with the same signature was quicker, the work is undone, and the
    answer is the serial code of the other.
    """
    checked = method.check(task)  # type: ignore[misc]
    with scope.system_scope("a batch, its outcome and its call are kept"):
        done = _carried_out(method, task, checked, db.session)
        record.failed, record.items, record.accepted = not done.succeeded, done.items, done.accepted
        row = _row(record, protocol.accepted())
        serial = results.keep_with_call(task.caller, method.name, sign, done, row)
        if serial is not None:
            db.session.commit()
            record.serial, record.kept = serial, True
            return protocol.accepted({"requestSerialCode": serial})
        db.session.rollback()
    record.failed, record.items, record.accepted = False, 0, 0
    record.serial = results.known_serial(task.caller, sign) or ""
    return _repeated(method, record.serial)


def _carried_out(method: Method, task: Task, checked: Any, undoable: Any) -> Done:
    """Do the work; what is refused is undone and becomes the outcome."""
    try:
        done: Done = method.work(task, checked)  # type: ignore[misc]
        db.session.flush()
    except Refusal as problem:
        refusal: Refusal = problem
    except StaleDataError:
        refusal = Stale()
    except DBAPIError as error:
        refusal = guard.translated(error)
    else:
        return done
    undoable.rollback()
    count = len(checked) if isinstance(checked, list) else 1
    return Done(told(refusal, {}), succeeded=False, items=count, accepted=0)


def keep(record: Record, reply: dict[str, Any]) -> None:
    """Write the call log, in a transaction of its own, for calls of known clients.

    Of calls that do not prove to be the client's, one a minute and reason is kept: the appid is
    a public number, and nobody may fill the log with it.
    """
    if record.client is None or record.kept:
        return
    with scope.act_as(scope.SYSTEM):
        if not record.signed and _kept_already(record, reply):
            return
        results.keep_call(_row(record, reply))
        if record.trial:
            conformance.observe(record, reply)
        db.session.commit()


def _row(record: Record, reply: dict[str, Any]) -> dict[str, Any]:
    """Give a call as its log keeps it."""
    client = record.client
    return {
        "project_id": client.project_id, "district_code": client.district_code,
        "client_id": client.id, "app_id": client.app_id, "request_id": record.request_id,
        "called_at": record.at, "address": record.address[:45], "path": record.method,
        "serial": record.serial or None, "items": record.items, "accepted": record.accepted,
        "rejected": record.items - record.accepted, "code": reply["code"],
        "outcome": _outcome(record, reply).name, "body_hash": record.body_hash,
        "duration_ms": round((time.perf_counter() - record.began) * 1000),
        "sample": None if reply["code"] == "0" else reply["message"][:500],
        "source": scope.Door.API.value, "environment": client.environment.name,
        "request": _request(record),
    }  # fmt: skip


def _request(record: Record) -> str | None:
    """Give what was sent, to be sent again; in the trial environment only (screens.md 7.3)."""
    if not (record.trial and record.signed and record.envelope):
        return None
    text = record.envelope.data_text
    return protocol.redacted(text, record.client.app_secret) if len(text) <= MOST_KEPT else None


def _kept_already(record: Record, reply: dict[str, Any]) -> bool:
    same = _lately(record.client, record.at).where(ApiCall.sample == reply["message"][:500])
    found = db.session.scalar(same)
    db.session.rollback()
    return bool(found)


def _outcome(record: Record, reply: dict[str, Any]) -> Outcome:
    if reply["code"] != "0":
        return Outcome.REFUSED
    if not record.failed:
        return Outcome.ACCEPTED
    return Outcome.PARTLY if record.accepted else Outcome.FAILED
