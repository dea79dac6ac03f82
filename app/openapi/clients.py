"""The client of a call and all that is asked of the database before it may speak."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.core import raw, scope, settings, vault
from app.openapi.choices import ClientState, Environment
from app.projects.choices import ProjectState

FACTS = 20  # of the client and its project; what follows is of the place it works in
LOOK_UP = """
    select c.id, c.project_id, c.app_id, c.vendor_name, c.vendor_credit_code,
      c.software, c.software_version, c.sandbox_id, c.enabled, c.state, c.scopes,
      c.ip_allow, c.valid_to, c.app_secret, c.corp_key, c.environment, p.project_no, p.actual_end,
      p.state, p.district_code, s.id, s.project_no, s.district_code, s.rest_minutes,
      s.first_in_last_out,
      (select r.serial from async_result r
       where r.project_id = s.id and r.client_id = c.id and r.sign = %s),
      (select json_object_agg(t.key, t.value) from setting t)
    from api_client c join project p on p.id = c.project_id
    left join project s on s.id = case c.environment when 'TRIAL' then c.sandbox_id else p.id end
    where c.app_id = %s and not c.is_deleted
"""


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of the project a client works in: in trial, its sandbox."""

    id: int
    project_no: str
    district_code: str
    rest_minutes: int | None
    first_in_last_out: bool | None


@dataclass(slots=True)
class Client:
    """A client as a call knows it; ``serial`` is that of a write with the same signature."""

    id: int
    project_id: int
    app_id: str
    vendor_name: str
    vendor_credit_code: str | None
    software: str | None
    software_version: str | None
    sandbox_id: int | None
    enabled: bool
    state: ClientState
    scopes: list[str]
    ip_allow: str | None
    valid_to: date | None
    app_secret: str = field(repr=False)
    corp_key: str | None = field(repr=False)
    environment: Environment
    project_no: str
    actual_end: date | None
    project_state: ProjectState
    district_code: str
    site: Site
    serial: str | None


def find(app_id: str, sign: str) -> Client | None:
    """Load a client, its project, the thresholds in force and whether the signature came before.

    One statement: a gate calls every few seconds, and each journey costs more than its answer.
    """
    with scope.system_scope("the client of a call"):
        row = raw.execute(LOOK_UP, sign.lower(), app_id).fetchone()
    if row is None:
        return None
    *facts, serial, stored = row
    (*who, state, scopes, allowed, valid_to, secret, key, environment, number, ended, standing,
     district) = facts[:FACTS]  # fmt: skip
    thresholds: Mapping[str, Any] = stored or {}
    settings.remember(thresholds)
    keys = vault.current()
    found = (
        *who, ClientState[state], scopes, allowed, valid_to, keys.decrypt(secret),
        keys.decrypt(key) if key else None, Environment[environment], number, ended,
        ProjectState[standing], district, Site(*facts[FACTS:]), serial,
    )  # fmt: skip
    return Client(*found)
