"""The database as deployment sees it: roles, security of tables, lock, partitions."""

from typing import Any

from sqlalchemy import Connection, text

from app.core import audit, scope
from app.core.columns.base import specs
from app.core.columns.codes import State
from app.core.models import ProjectRow, mapped

MIGRATION_LOCK = 7242020
IDENTITY_TABLES = (
    "ab_permission", "ab_permission_view", "ab_permission_view_role", "ab_view_menu", "ab_role",
    "ab_user", "ab_user_role", "ab_group", "ab_user_group", "ab_group_role", "ab_register_user",
    "ab_api_key",
)  # fmt: skip
# who may sign in, in which role, and what a role may do: acts that leave a trace (D8)
AUDITED_IDENTITY = ("ab_user", "ab_user_role", "ab_permission_view_role")
PUBLIC_IDENTITY = "id, username, first_name, last_name, active"

for _name in IDENTITY_TABLES:
    scope.outside(_name, "identity: only the signing-in role reads and writes it")


def lock(connection: Connection) -> None:
    """Wait for the other processes that migrate or write permissions."""
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()


def unlock(connection: Connection) -> None:
    """Let the next process migrate."""
    connection.execute(text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()


def security_of(table: str) -> list[str]:
    """Give policies, grants and triggers of a table as statements."""
    if table in IDENTITY_TABLES:
        return _identity(table)
    model = _model(table)
    if model is None:
        return []
    lines = model.__scope__.statements(table)
    lines += audit.triggers(
        table,
        audited=getattr(model, "__audited__", True),
        stateful=any(isinstance(spec.kind, State) for spec in specs(model).values()),
        in_project=issubclass(model, ProjectRow) or getattr(model, "__in_project__", False),
    )
    return lines


def _identity(table: str) -> list[str]:
    lines = [
        f"grant select, insert, update, delete on {table} to app_login",
        f"grant usage on sequence {table}_id_seq to app_login",
    ]
    if table == "ab_user":
        lines.append(
            f"grant select ({PUBLIC_IDENTITY}) on ab_user to app_tenant, app_government, app_system"
        )
    if table in AUDITED_IDENTITY:
        lines += audit.triggers(table, audited=True, stateful=False, in_project=False)
    return lines


def _model(table: str) -> Any:
    for model in mapped():
        if model.__tablename__ == table and hasattr(model, "__scope__"):
            return model
    return None


def scoped_models() -> list[type[Any]]:
    """Give every mapped class with declared policies."""
    found = [model for model in mapped() if hasattr(model, "__scope__")]
    return sorted(found, key=lambda model: model.__tablename__)


def upkeep() -> list[str]:
    """Give statements that run at every deployment, such as making the coming partitions."""
    return list(_upkeep)


_upkeep: list[str] = []


def at_deployment(statement: str) -> None:
    """Register a statement that runs at every deployment, as the owner."""
    _upkeep.append(statement)
