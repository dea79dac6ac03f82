"""Statements of volume, handed to the driver as they stand: it prepares them once a connection.

They run in the session's own transaction, under the role and the policies of its principal like
any other. What they cost is the database's work, where the same through expressions costs as
much again. Lists travel as one text a column (`joined`), read by ``string_to_array``.
"""

from collections.abc import Iterable
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.core.bulk import APART, NONE
from app.extensions import db


def driver(connection: Connection | None = None) -> Any:
    """Give the driver's connection of the running transaction, begun if need be."""
    found: Any = connection if connection is not None else db.session().connection()
    return found.connection.driver_connection


def execute(statement: str, *values: Any) -> Any:
    """Run one statement with its parameters (``%s``); gives the driver's cursor.

    What the database refuses is raised as from any other statement.
    """
    try:
        return driver().execute(statement, values or None)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def joined(values: Iterable[Any]) -> str | None:
    """Give values as one text; None where one of them holds what sets them apart."""
    texts = [NONE if value is None else str(value) for value in values]
    whole = APART.join(texts)
    if whole.count(APART) != len(texts) - 1 or whole.count(NONE) != texts.count(NONE):
        return None
    return whole


def array(type_: str) -> str:
    """Give the SQL that reads a text of `joined` as an array of a type."""
    return f"string_to_array(%s, E'\\x1f', E'\\x1e')::{type_}[]"
