"""Looking at the calls of a client in the trial environment, one by one."""

import copy
import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.extensions import db
from app.openapi import errors, passes, services, wire
from app.openapi.conformance.cases import CASES
from app.openapi.conformance.runs import current_run
from app.openapi.conformance.seeing import Seen
from app.openapi.methods import METHODS
from app.openapi.models import ApiClient, AsyncResult
from app.projects.models import Project

log = logging.getLogger("app.openapi")
MOST_SAID = 300


def observe(record: Any, reply: Mapping[str, Any]) -> None:
    """Let every case judge a call; the vendor's software passes once the necessary ones are seen.

    Works in a savepoint: whatever goes wrong here, the caller has its answer.
    """
    try:
        with db.session.begin_nested():
            _observe(record, reply)
    except Exception as problem:  # noqa: BLE001 - the call itself was answered
        log.error(  # noqa: TRY400 - the traceback would name what was sent
            "self-test not updated",
            extra={"fields": {"request_id": record.request_id, "error": type(problem).__name__}},
        )


def _observe(record: Any, reply: Mapping[str, Any]) -> None:
    client = record.client
    run = current_run(client)
    seen = _seen(record, reply, copy.deepcopy(run.memory))
    results = copy.deepcopy(run.results)
    for case in CASES:
        verdict = case.judge(seen)
        if verdict is None:
            continue
        kept = results.setdefault(case.code, {"good": 0, "bad": 0})
        kept["good" if verdict else "bad"] += 1
        if not verdict:
            kept.update(said=seen.text[:MOST_SAID], request=record.request_id, method=record.method)
    run.results, run.memory, run.calls = results, seen.memory, run.calls + 1
    if not run.passed and _necessary(results):
        run.passed = True
        _pass(client)
    db.session.flush()


def _necessary(results: Mapping[str, Any]) -> bool:
    return all(results.get(case.code, {}).get("good") for case in CASES if case.necessary)


def _pass(client: Any) -> None:
    passes.record(
        client.vendor_name, client.software, client.software_version, client.vendor_credit_code
    )
    row = db.session.get_one(ApiClient, client.id)
    project = db.session.get_one(Project, client.project_id)
    services.settle_state(row, project, clock.today())


def _seen(record: Any, reply: Mapping[str, Any], memory: dict[str, Any]) -> Seen:
    client, envelope = record.client, record.envelope
    status, result = _outcome(client, record.serial)
    text = str(reply["message"]) if reply["code"] != "0" or not result else result
    return Seen(
        code=str(reply["code"]), text=text, now=record.at, signed=record.signed,
        envelope=envelope, method=METHODS.get(record.method), data=_data(envelope),
        data_hash=record.body_hash, serial=record.serial, status=status, stray=record.stray,
        proved=bool(client.corp_key), narrowed=bool((client.ip_allow or "").strip()),
        memory=memory,
    )  # fmt: skip


def _outcome(client: Any, serial: str) -> tuple[int | None, str]:
    if not serial:
        return None, ""
    found = db.session.execute(
        select(AsyncResult.status, AsyncResult.result).where(
            AsyncResult.project_id == client.sandbox_id, AsyncResult.serial == serial
        )
    ).first()
    return (found.status, found.result or "") if found else (None, "")


def _data(envelope: Any) -> dict[str, Any]:
    try:
        return wire.parse(envelope.data_text)
    except errors.WireRefusal:
        return {}
