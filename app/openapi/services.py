"""Writing clients of the interface: opening, changing, replacing the secret (screens.md 7.1)."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from werkzeug.security import check_password_hash

from app.core import clock, scope
from app.core.errors import NotAllowed, Refusal, refuse_all
from app.extensions import db
from app.identity import lockout
from app.openapi import passes, sandbox
from app.openapi.choices import ClientState, Environment
from app.openapi.models import ApiClient
from app.openapi.refusals import (
    LiveAccess,
    NoProjectNumber,
    NotPassed,
    NotTheGeneralContractor,
    PasswordLocked,
    PasswordNeeded,
    ReasonNeeded,
    VendorTaken,
)  # fmt: skip
from app.openapi.states import CLIENT_FLOW
from app.permissions import Area
from app.projects.choices import WORKING_STATES
from app.projects.models import Project
from app.projects.states import require

SETTINGS = (
    "enabled", "vendor_name", "vendor_credit_code", "vendor_contact", "vendor_mobile", "software",
    "software_version", "corp_key", "environment", "scopes", "ip_allow", "callback_url",
    "valid_to",
)  # fmt: skip
NAMED = ("vendor_name", "vendor_credit_code", "software")
AFTER_COMPLETION = timedelta(days=90)
UPPER_HALF = 16  # bytes of a secret or access number: 32 hex digits


class Opened(NamedTuple):
    """A client and its secret, which is shown this once."""

    client: ApiClient
    secret: str


def may_keep(project: Project, actor: scope.Principal) -> bool:
    """Tell whether the actor keeps the interface of a project."""
    if actor.audience is scope.Audience.SYSTEM:
        return True
    return actor.can("write", Area.INTERFACES) and (
        project.general_contractor_id in actor.enterprises
    )


def _require(project: Project, actor: scope.Principal) -> None:
    if not may_keep(project, actor):
        raise NotTheGeneralContractor


def open_client(project: Project, values: Mapping[str, Any], *, actor: scope.Principal) -> Opened:
    """Open an access for a vendor, in the trial environment unless it is said otherwise.

    The first live one of a project has the project number as appid.
    """
    _require(project, actor)
    require("interface", project)
    if not project.project_no:
        raise NoProjectNumber
    environment = values.get("environment") or Environment.TRIAL
    refuse_all([
        *_second(project, values["vendor_name"]), *past(values.get("valid_to")),
        *_unpassed(values, environment),
    ])  # fmt: skip
    secret = secrets.token_hex(UPPER_HALF)
    client = ApiClient(
        project_id=project.id,
        app_id=_access_number(project, environment),
        app_secret=secret,
        **{name: values[name] for name in SETTINGS if values.get(name) is not None},
    )
    db.session.add(client)
    db.session.flush()
    _furnish(client)
    settle_state(client, project, clock.today())
    return Opened(client, secret)


def past(last: date | None, kept: date | None = None) -> Iterator[Refusal]:
    """Give the refusal of a last day that is over already; the one an access has may stay."""
    if last and last < clock.today() and last != kept:
        yield Refusal(
            _("The access would have ended already: choose today or later, or leave it empty"),
            field="valid_to",
        )


def _unpassed(values: Mapping[str, Any], environment: Environment) -> Iterator[Refusal]:
    """Give the refusal of a live access whose software has not passed the self-test."""
    if environment is Environment.LIVE and not passes.has_passed(
        values.get("vendor_name"), values.get("software"), values.get("vendor_credit_code")
    ):
        yield NotPassed()


def _furnish(client: ApiClient) -> None:
    """Give a client of the trial environment its sandbox."""
    if client.environment is Environment.TRIAL and client.sandbox_id is None:
        sandbox.open_sandbox(client)


def _access_number(project: Project, environment: Environment) -> str:
    """Give an appid: the project number to its first live access, 32 hex digits to others."""
    if environment is Environment.TRIAL:
        return secrets.token_hex(UPPER_HALF)
    taken = db.session.scalar(
        select(func.count()).select_from(ApiClient).where(ApiClient.app_id == project.project_no)
    )
    return secrets.token_hex(UPPER_HALF) if taken else project.project_no


def _second(project: Project, vendor: str, besides: int | None = None) -> Iterator[Refusal]:
    same = db.session.scalars(
        select(ApiClient.id).where(
            ApiClient.project_id == project.id, ApiClient.vendor_name == vendor,
            ApiClient.state != ClientState.EXPIRED, ApiClient.is_deleted.is_(False),
        )
    )  # fmt: skip
    if any(number != besides for number in same):
        yield VendorTaken()


def change_client(
    client: ApiClient, values: Mapping[str, Any], *, actor: scope.Principal
) -> ApiClient:
    """Change the settings of an access; the secret stays, and the appid in its environment."""
    project = db.session.get_one(Project, client.project_id)
    _require(project, actor)
    require("interface", project)
    vendor = values.get("vendor_name")
    taken = _second(project, vendor, client.id) if vendor else ()
    before, environment = client.environment, values.get("environment") or client.environment
    named = {name: values.get(name, getattr(client, name)) for name in NAMED}
    refuse_all([
        *taken, *past(values.get("valid_to"), client.valid_to), *_unpassed(named, environment),
        *_slipping(client, environment),
    ])  # fmt: skip
    for name in SETTINGS:
        if name in values and not (name == "corp_key" and values[name] is None):
            setattr(client, name, values[name])
    if environment is not before:
        client.app_id = _access_number(project, environment)
    db.session.flush()
    _furnish(client)
    _follow_switch(client, project, actor)
    return client


def _slipping(client: ApiClient, environment: Environment) -> Iterator[Refusal]:
    if client.state is ClientState.LIVE and environment is Environment.TRIAL:
        yield LiveAccess()


def go_live(client: ApiClient, *, actor: scope.Principal) -> None:
    """Let an access whose software has passed work in the project itself, under a new appid."""
    change_client(client, {"environment": Environment.LIVE}, actor=actor)


def _follow_switch(client: ApiClient, project: Project, actor: scope.Principal) -> None:
    """Bring the state to where the switch 启用接口 has it."""
    if not client.enabled and client.state is ClientState.LIVE:
        CLIENT_FLOW.fire("disable", client, actor=actor)
    if client.enabled and client.state is ClientState.DISABLED:
        CLIENT_FLOW.fire("enable", client, actor=actor)
    settle_state(client, project, clock.today())


def replace_secret(client: ApiClient, *, password: str, reason: str, actor: scope.Principal) -> str:
    """Give an access a new secret, shown this once; the old one ends at once.

    Asks for the actor's own password and a reason, which stands in the audit. Wrong passwords
    count as failed sign-ins: who is refused is counted by ``count_wrong_password``.
    """
    _require(db.session.get_one(Project, client.project_id), actor)
    if actor.user is None:
        raise NotAllowed
    if lockout.is_locked(actor.username):
        raise PasswordLocked
    if not check_password_hash(actor.user.password or "", password):
        raise PasswordNeeded
    if not reason.strip():
        raise ReasonNeeded
    secret = secrets.token_hex(UPPER_HALF)
    with scope.system_scope(reason.strip()[:200]):  # the reason stands in the audit
        client.app_secret = secret
        db.session.flush()
    return secret


def count_wrong_password(*, actor: scope.Principal) -> None:
    """Count a wrong password of the actor as the sign-in does, after the refusal's rollback."""
    lockout.count(actor.username)


def disable(client: ApiClient, *, actor: scope.Principal) -> None:
    """Close an access until it is enabled again."""
    project = db.session.get_one(Project, client.project_id)
    _require(project, actor)
    client.enabled = False
    _follow_switch(client, project, actor)


def enable(client: ApiClient, *, actor: scope.Principal) -> None:
    """Open a closed access again; it is live at once where the project is."""
    project = db.session.get_one(Project, client.project_id)
    _require(project, actor)
    require("interface", project)
    client.enabled = True
    _follow_switch(client, project, actor)


def last_day(client: Any, actual_end: date | None) -> date | None:
    """Give the last day of an access: as set, else 90 days after completion, else none."""
    if client.valid_to:
        return client.valid_to
    return actual_end + AFTER_COMPLETION if actual_end else None


def standing(client: ApiClient, project: Project, today: date) -> ClientState:
    """Give the state as users meet it; past its last day an access has ended, called or not."""
    ended = last_day(client, project.actual_end)
    if client.standing is ClientState.LIVE and ended and ended < today:
        return ClientState.EXPIRED
    return client.standing


def settle_state(client: ApiClient, project: Project, today: date) -> None:
    """Bring an access to where self-test, project and calendar have it: live, or expired.

    One that is switched off does not go live before it is switched on again.
    """
    state = client.state
    if (
        client.enabled
        and state is ClientState.TRIAL
        and passes.has_passed(client.vendor_name, client.software, client.vendor_credit_code)
    ):
        CLIENT_FLOW.fire("pass", client, actor=scope.SYSTEM)
    chosen = client.enabled and client.environment is Environment.LIVE
    if chosen and client.state is ClientState.TESTED and project.state in WORKING_STATES:
        CLIENT_FLOW.fire("go_live", client, actor=scope.SYSTEM)
    ended = last_day(client, project.actual_end)
    if client.state is ClientState.LIVE and ended and ended < today:
        CLIENT_FLOW.fire("expire", client, actor=scope.SYSTEM)
