"""Outcomes of writes: taken in under their signature, told by their serial code."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import clock, raw, scope
from app.extensions import db
from app.openapi import protocol
from app.openapi.methods.base import Caller, Done
from app.openapi.models import ApiCall, AsyncResult

KEPT = timedelta(days=30)  # open-api.md 6: at least seven days
# network logs are kept for at least six months (网络安全法 第二十一条), and the call log no longer
CALLS_KEPT = timedelta(days=184)
SHARD, SHARD_AT_ONCE = 1, 2
SIGN_DIGITS = 12
CALL = ("project_id", "district_code", "client_id", "app_id", "request_id", "called_at", "address",
        "path", "items", "accepted", "rejected", "code", "outcome", "body_hash", "duration_ms",
        "source", "environment", "request")  # fmt: skip
KEEP = f"""
    with taken as (
      insert into async_result (project_id, client_id, district_code, sign, method, status, result,
        serial, source)
      values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
      on conflict (project_id, client_id, sign) do nothing
      returning serial)
    insert into api_call (serial, {", ".join(CALL)})
    select serial, {", ".join(["%s"] * len(CALL))} from taken
    returning serial
"""
KEEP_CALL = f"""
    insert into api_call (serial, sample, {", ".join(CALL)})
    values ({", ".join(["%s"] * (len(CALL) + 2))})
"""


def known_serial(caller: Caller, sign: str) -> str | None:
    """Give the serial code of a write that came with this signature before."""
    return db.session.scalar(
        select(AsyncResult.serial).where(
            AsyncResult.project_id == caller.project_id, AsyncResult.client_id == caller.id,
            AsyncResult.sign == sign.lower(),
        )
    )  # fmt: skip


def take_in(caller: Caller, method: str, sign: str, now: datetime) -> str | None:
    """Reserve the signature and draw a serial code; None when another request has it.

    The same request sent twice at once waits here for the first to end.
    """
    with scope.system_scope("a write of the interface is taken in") as connection:
        number = connection.execute(
            insert(AsyncResult)
            .values(
                project_id=caller.project_id, client_id=caller.id, sign=sign.lower(),
                method=method, status=int(protocol.Outcome.PENDING), is_deleted=False,
                source=scope.Door.API.value,
            )
            .on_conflict_do_nothing(
                index_elements=[
                    AsyncResult.project_id, AsyncResult.client_id, AsyncResult.sign,
                ]
            )
            .returning(AsyncResult.id)
        ).scalar()  # fmt: skip
        if number is None:
            return None
        serial = protocol.serial_code(method, now, SHARD, number)
        connection.execute(
            update(AsyncResult)
            .where(AsyncResult.project_id == caller.project_id, AsyncResult.id == number)
            .values(serial=serial)
        )
    return serial


def keep_with_call(
    caller: Caller, method: str, sign: str, done: Done, call: Mapping[str, Any]
) -> str | None:
    """Keep the outcome of a write and the log of its call at once; give the serial code.

    None when another request with this signature was quicker; nothing is kept then. The
    signature numbers the write: nothing has to be drawn. Works in system scope.
    """
    number = int(sign[:SIGN_DIGITS], 16)
    outcome = protocol.Outcome.SUCCEEDED if done.succeeded else protocol.Outcome.FAILED
    row = raw.execute(
            KEEP, caller.project_id, caller.id, call["district_code"], sign.lower(), method,
            int(outcome), done.result[:20_000],
            protocol.serial_code(method, call["called_at"], SHARD_AT_ONCE, number),
            call["source"],
            *[call[name] for name in CALL],
        ).fetchone()  # fmt: skip
    return row[0] if row else None


def keep_call(call: Mapping[str, Any]) -> None:
    """Write a call into the log; in system scope."""
    raw.execute(KEEP_CALL, *[call[name] for name in ("serial", "sample", *CALL)])


def settle(caller: Caller, serial: str, outcome: protocol.Outcome, text: str) -> None:
    """Keep the outcome of a write."""
    with scope.system_scope("the outcome of a write is kept") as connection:
        connection.execute(
            update(AsyncResult)
            .where(AsyncResult.project_id == caller.project_id, AsyncResult.serial == serial)
            .values(status=int(outcome), result=text[:20_000])
        )


def forget_old() -> int:
    """Remove outcomes nobody will ask for any more, and old calls; gives how many."""
    now = clock.now()
    with scope.system_scope("old outcomes are forgotten") as connection:
        outcomes = connection.execute(
            delete(AsyncResult).where(AsyncResult.created_at < now - KEPT)
        ).rowcount
        calls = connection.execute(
            delete(ApiCall).where(ApiCall.called_at < now - CALLS_KEPT)
        ).rowcount
    return outcomes + calls
