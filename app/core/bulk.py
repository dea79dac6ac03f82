"""Inserts of volume: one parameter for all rows instead of one for each value.

A statement with a placeholder for every value costs more to split and bind than to run: 1,500
punches are 39,000 placeholders. Here the rows travel as one JSON document, and the database
reads the values into the columns' own types.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Column, Select, Table, Text, bindparam, cast, func, select
from sqlalchemy import column as named
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSON, Insert, insert

ROWS = "rows"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


@cache
def insert_of(table: Table, names: tuple[str, ...]) -> Insert:
    """Give ``insert into table (names) select ... from`` the rows that `parameters` makes.

    Defaults of the program do not apply: every value that is not the database's own is named.
    """
    columns = [table.c[name] for name in names]
    return insert(table).from_select(names, _source(columns), include_defaults=False)


def _source(columns: Sequence[Column[Any]]) -> Select[Any]:
    given = cast(bindparam(ROWS, type_=Text()), JSON)
    record = (
        func.json_to_recordset(given)
        .table_valued(*[_typed(column) for column in columns])
        .render_derived(name="given", with_types=True)
    )
    return select(*[record.c[column.name] for column in columns])


def _typed(column: Column[Any]) -> Any:
    return named(column.name, column.type)


def parameters(table: Table, rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Give the rows as the one parameter of a statement of `insert_of`."""
    names = list(rows[0])
    makers = [_maker(table.c[name]) for name in names]
    plain = [
        {name: _plain(make(row[name]) if make else row[name])
         for name, make in zip(names, makers, strict=True)}
        for row in rows
    ]  # fmt: skip
    return {ROWS: json.dumps(plain, ensure_ascii=False)}


@cache
def _maker(column: Column[Any]) -> Any:
    if isinstance(column.type, (postgresql.JSONB, JSON)):
        return None
    return column.type.bind_processor(_DIALECT)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "\\x" + bytes(value).hex()
    if isinstance(value, Decimal):
        return str(value)
    return value
