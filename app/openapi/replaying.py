"""重放: sending a call of the trial environment once more, signed anew (screens.md 7.3)."""

import secrets

from app.core import clock, scope
from app.extensions import db
from app.openapi import calls, cipher, errors, protocol, services
from app.openapi.choices import Environment
from app.openapi.models import ApiCall, ApiClient
from app.openapi.refusals import NotReplayable, NotTheGeneralContractor
from app.projects.models import Project


def may_replay(call: ApiCall) -> bool:
    """Tell whether a call can be sent again: one in trial, of which everything is kept."""
    return call.environment is Environment.TRIAL and bool(call.request)


def replay(call: ApiCall, *, actor: scope.Principal) -> str:
    """Send a call again with a new nonce, time and signature; gives the number of the new call.

    It is answered, logged and judged by the self-test like any other. The call commits itself.
    """
    client = db.session.get_one(ApiClient, call.client_id)
    if not services.may_keep(db.session.get_one(Project, call.project_id), actor):
        raise NotTheGeneralContractor
    if not may_replay(call) or client.environment is not Environment.TRIAL:
        raise NotReplayable
    record = calls.Record(f"replay-{secrets.token_hex(8)}", call.address or "")
    parameters = _parameters(call, client)
    try:
        reply = calls.answer(parameters, record)
    except errors.WireRefusal as refusal:
        db.session.rollback()
        reply = protocol.refused(refusal.code, refusal.message)
    calls.keep(record, reply)
    return record.request_id


def _parameters(call: ApiCall, client: ApiClient) -> dict[str, str]:
    stamp = clock.local(clock.now()).strftime("%Y%m%d%H%M%S")
    found = {
        "appid": client.app_id, "data": call.request, "format": "json", "method": call.path,
        "nonce": secrets.token_hex(16), "timestamp": stamp, "version": "1.0",
    }  # fmt: skip
    if client.corp_key:
        found["corpsign"] = cipher.corpsign(client.corp_key, stamp, client.app_secret)
    return {**found, "sign": protocol.sign(found, client.app_secret)}
