"""Runs migrations as the owner of the tables, never as the program's own role.

When a revision is generated, each new table receives its row policies, grants and triggers
as literal statements, so that a table without a policy cannot come into being by accident.
"""

from collections.abc import Iterator
from typing import Any

from alembic import context
from alembic.operations import ops
from flask import current_app
from sqlalchemy import create_engine, pool
from sqlalchemy.types import TypeDecorator

from app.core import database
from app.extensions import db

config = context.config
target = db.metadata


def ours(_item: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Leave partitions, the queue's tables and their indexes to those who make them."""
    if kind == "table" and reflected and compared is None:
        return False
    return not (kind == "index" and reflected and compared is None and name is None)


def secure(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Append policies, grants and triggers to the tables a revision creates."""
    for script in directives:
        script.upgrade_ops.ops.extend(list(_security(script.upgrade_ops.ops)))


def _security(operations: list[Any]) -> Iterator[ops.ExecuteSQLOp]:
    for operation in operations:
        if isinstance(operation, ops.CreateTableOp):
            for statement in database.security_of(operation.table_name):
                yield ops.ExecuteSQLOp(statement)


def plain(kind: str, item: Any, _context: Any) -> str | bool:
    """Write the program's own types as what they are in the database."""
    return "sa.Text()" if kind == "type" and isinstance(item, TypeDecorator) else False


def run() -> None:
    """Migrate; several processes that start at once wait for each other."""
    engine = create_engine(current_app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        database.lock(connection)
        context.configure(
            connection=connection,
            target_metadata=target,
            include_object=ours,
            process_revision_directives=secure,
            render_item=plain,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
