"""Who sees which rows: database roles, the scope of a principal, the policies of a table.

Every transaction takes the database role of its principal and four settings that hold the
principal's scope; the row policies compare columns with them. Without a principal a
transaction stays ``app_login``, which sees no business row (architecture, decision D2).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import g, has_app_context, has_request_context, request
from psycopg import pq
from psycopg.sql import Literal
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction

from app.extensions import db


class Audience(StrEnum):
    """The database role a principal works under."""

    TENANT = "app_tenant"
    GOVERNMENT = "app_government"
    SYSTEM = "app_system"
    LOGIN = "app_login"


class Door(StrEnum):
    """The way data came in; stored with every row and every audit entry."""

    FORM = "manual"
    SHEET = "import"
    API = "api"
    DEVICE = "device"
    SYSTEM = "system"


@dataclass(frozen=True)
class Principal:
    """Who acts, and over which rows: loaded once a request, or made for a job or a client."""

    audience: Audience
    user_id: int | None = None
    username: str = ""
    name: str = ""
    roles: frozenset[str] = frozenset()
    permissions: frozenset[tuple[str, str]] = frozenset()
    enterprises: tuple[int, ...] = ()
    projects: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    districts: tuple[str, ...] = ()
    door: Door = Door.FORM
    user: Any = field(default=None, compare=False, repr=False)

    def can(self, permission: str, area: str) -> bool:
        """Tell whether the principal holds a permission in an area."""
        return (permission, area) in self.permissions


NOBODY = Principal(Audience.LOGIN)
SYSTEM = Principal(Audience.SYSTEM, username="system", name="system", door=Door.SYSTEM)


def current() -> Principal:
    """Give the principal of this request or job; nobody where none is set."""
    if not has_app_context():
        return NOBODY
    return g.get("principal", NOBODY)


def statement_for(principal: Principal, role: str | None = None) -> str:
    """Give the one string that puts a transaction under a principal."""
    parts = [f"set local role {role or principal.audience.value}"]
    lists = {
        "app.enterprises": principal.enterprises,
        "app.projects": principal.projects,
        "app.units": principal.units,
    }
    parts += [f"set local {name} = '{_integers(ids)}'" for name, ids in lists.items()]
    parts.append(f"set local app.districts = {_text('{' + ','.join(principal.districts) + '}')}")
    parts.append(f"set local app.actor = '{principal.user_id or ''}'")
    parts.append(f"set local app.door = {_text(principal.door.value)}")
    if has_request_context():
        parts.append(f"set local app.request_id = {_text(g.get('request_id', ''))}")
        parts.append(f"set local app.address = {_text(request.remote_addr or '')}")
    return "; ".join(parts)


def _integers(ids: tuple[int, ...]) -> str:
    return "{" + ",".join(str(int(i)) for i in ids) + "}"


def _text(value: str) -> str:
    return Literal(value).as_string(None)


def _on_begin(_session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested:  # a savepoint stays under the role it was opened in
        _send(connection, _whole())


def _whole() -> str:
    """Give the one string for the principal, and for the escape under way if there is one."""
    escape = g.get("escape") if has_app_context() else None
    if not escape:
        return statement_for(current())
    return f"{statement_for(current(), escape[0].value)}; {_escape(*escape)}"


def _send(connection: Connection, statement: str) -> None:
    raw: Any = connection.connection.driver_connection
    raw.execute(statement)


def install() -> None:
    """Put every transaction of the application's session under its principal."""
    if not event.contains(db.session, "after_begin", _on_begin):
        event.listen(db.session, "after_begin", _on_begin)


@contextmanager
def act_as(principal: Principal) -> Iterator[Principal]:
    """Work as another principal until the block ends, the running transaction included."""
    before, escape = current(), g.pop("escape", None)
    g.principal = principal
    _renew_running()
    try:
        yield principal
    finally:
        g.principal, g.escape = before, escape
        _renew_running()


def adopt(principal: Principal) -> None:
    """Make this the principal from now on, the running transaction included."""
    g.principal = principal
    _renew_running()


def _renew_running() -> None:
    session = db.session()
    if session.in_transaction() and session.is_active and not _failed(session.connection()):
        _send(session.connection(), _whole())


@contextmanager
def system_scope(reason: str) -> Iterator[Connection]:
    """Read or write facts of the whole city inside the running transaction.

    The only way out of a principal's scope. ``reason`` stands in the audit. Rows read here
    must not leave as mapped objects: read columns, return the answer.
    """
    with _role(Audience.SYSTEM, reason) as connection:
        yield connection


@contextmanager
def login_scope(reason: str) -> Iterator[Connection]:
    """Write accounts and passwords, which only the signing-in role may."""
    with _role(Audience.LOGIN, reason) as connection:
        yield connection


@contextmanager
def _role(role: Audience, reason: str) -> Iterator[Connection]:
    session = db.session()
    session.flush()  # what waits must be written under the rights of the principal
    before, running = g.get("escape"), session.in_transaction()
    if before and before[0] is role and running:  # the act that left the scope names the reason
        yield session.connection()
        session.flush()
        return
    g.escape = (role, reason)
    try:
        connection = session.connection()
        if running:  # a transaction that only begins is under the role from its beginning
            _send(connection, _escape(role, reason))
    except BaseException:
        g.escape = before
        raise
    try:
        yield connection
        session.flush()
    finally:
        g.escape = before
        if session.in_transaction() and not _failed(connection):
            _send(connection, _escape(*(before or (current().audience, ""))))


def _escape(role: Audience, reason: str) -> str:
    return f"set local role {role.value}; set local app.reason = {_text(reason)}"


def _failed(connection: Connection) -> bool:
    raw: Any = connection.connection.driver_connection
    return raw.info.transaction_status == pq.TransactionStatus.INERROR


# --- policies, declared beside the tables ------------------------------------------------

PROJECTS = "project_id = any (nullif(current_setting('app.projects', true), '')::bigint[])"
UNITS = "unit_id = any (nullif(current_setting('app.units', true), '')::bigint[])"
ENTERPRISES = "{} = any (nullif(current_setting('app.enterprises', true), '')::bigint[])"
DISTRICTS = "district_code = any (nullif(current_setting('app.districts', true), '')::text[])"
# system administrators work in the signing-in role; without an actor nobody has signed in
SIGNED_IN = "nullif(current_setting('app.actor', true), '') is not null"
EVERYBODY = ("app_tenant", "app_government", "app_system", "app_login")


@dataclass(frozen=True)
class Scope:
    """The policies of one table, as SQL conditions; None closes the door altogether.

    ``append_only`` rows are never changed; ``by_trigger`` ones are written by triggers alone,
    which work with the rights of the owner.
    """

    tenant_sees: str | None = None
    tenant_writes: str | None = None
    government_sees: str | None = None
    government_writes: str | None = None
    login_sees: str | None = None
    login_writes: str | None = None
    append_only: bool = False
    by_trigger: bool = False
    reason: str = ""

    def statements(self, table: str, owner: str = "current_user") -> list[str]:
        """Give the statements that put a table under these policies."""
        lines = [
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"create policy owner on {table} to {owner} using (true) with check (true)",
            f"create policy system on {table} to app_system using (true) with check (true)",
            f"grant {self._of_the_system()} on {table} to app_system",
        ]
        lines += self._audience(table, "tenant", self.tenant_sees, self.tenant_writes)
        lines += self._audience(table, "government", self.government_sees, self.government_writes)
        lines += self._audience(table, "login", self.login_sees, self.login_writes)
        return lines

    def _of_the_system(self) -> str:
        if self.by_trigger:
            return "select"
        return "select, insert" if self.append_only else "select, insert, update, delete"

    def _audience(self, table: str, name: str, sees: str | None, writes: str | None) -> list[str]:
        role = f"app_{name}"
        lines = []
        if sees:
            lines.append(
                f"create policy {name}_sees on {table} for select to {role} using ({sees})"
            )
            lines.append(f"grant select on {table} to {role}")
        if writes:
            lines.append(
                f"create policy {name}_adds on {table} for insert to {role} with check ({writes})"
            )
            lines.append(f"grant insert on {table} to {role}")
            if not self.append_only:
                lines += [
                    f"create policy {name}_changes on {table} for update to {role}"
                    f" using ({writes}) with check ({writes})",
                    f"create policy {name}_removes on {table} for delete to {role}"
                    f" using ({writes})",
                    f"grant update, delete on {table} to {role}",
                ]
        return lines


def by_project_unit(*, government_writes: bool = False, append_only: bool = False) -> Scope:
    """Rows of one unit on a project: its own unit and the whole-project principals."""
    mine = f"{PROJECTS} or {UNITS}"
    return Scope(
        mine, mine, DISTRICTS, DISTRICTS if government_writes else None, append_only=append_only
    )


def by_project(*, tenant_writes: bool = True, government_writes: bool = False) -> Scope:
    """Rows of a whole project: principals with whole-project scope only."""
    return Scope(
        PROJECTS,
        PROJECTS if tenant_writes else None,
        DISTRICTS,
        DISTRICTS if government_writes else None,
    )


def by_enterprise(
    column: str = "enterprise_id", *, tenant_writes: bool = True, government_writes: bool = False
) -> Scope:
    """Rows of one enterprise: its own users and the government of its district."""
    mine = ENTERPRISES.format(column)
    return Scope(
        mine,
        mine if tenant_writes else None,
        DISTRICTS,
        DISTRICTS if government_writes else None,
    )


def shared(
    reason: str, *, government_writes: bool = False, login_sees: str | None = "true"
) -> Scope:
    """Rows everybody may read (dictionaries, calendars); the reason is kept with them."""
    return Scope(
        "true",
        None,
        "true",
        "true" if government_writes else None,
        login_sees=login_sees,
        reason=reason,
    )


def system_only(reason: str) -> Scope:
    """Rows only services in system scope touch; the reason is kept with them."""
    return Scope(reason=reason)


def either(*conditions: str) -> str:
    """Join conditions of which one is enough."""
    return " or ".join(conditions)


OUTSIDE: dict[str, str] = {
    "alembic_version": "written by migrations as the owner",
}


def outside(table: str, reason: str) -> None:
    """State why a table stands outside the row policies."""
    OUTSIDE[table] = reason
