"""Inserts of volume: one parameter for all rows instead of one for each value.

A statement with a placeholder for every value costs more to split and bind than to run: 1,500
punches are 39,000 placeholders. Here the rows travel as one JSON document, and the database
reads the values into the columns' own types. What is the same in all rows of a long list travels
once beside it. Long lists of values to look for travel as one array likewise (`one_of`).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Numeric,
    Select,
    String,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy import column as named
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSON, Insert, insert

ROWS = "rows"
MANY = 50  # rows from which on it pays to send once what is the same in all
SAME = "same_"
APART = "\x1f"  # separates the units of a text
# types whose values JSON and `_plain` write; all others have a processor of their own
WRITTEN = {
    postgresql.JSONB,
    JSON,
    String,
    Numeric,
    Date,
    DateTime,
    Boolean,
    Integer,
    BigInteger,
    ARRAY,
}
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def one_of(attribute: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """Give the condition that a column is one of some values, of which there may be thousands."""
    given = list(values)
    if any(not isinstance(value, str) or APART in value for value in given):
        return attribute == any_(bindparam(None, given, type_=ARRAY(attribute.type), unique=True))
    # texts as one text: an array of ten thousand is slow to write
    joined = bindparam(None, APART.join(given), type_=Text(), unique=True)
    return attribute == any_(func.string_to_array(joined, APART))


def insert_rows(table: Table, rows: Sequence[dict[str, Any]]) -> tuple[Insert, dict[str, Any]]:
    """Give the statement that inserts rows keyed alike, and its parameters.

    Defaults of the program do not apply: every value that is not the database's own is named.
    """
    names = tuple(rows[0])
    same = _same(rows) if len(rows) >= MANY else {}
    written = tuple(n for n in names if n not in same)
    if not written:
        written = (names[0],)
        same.pop(names[0])
    # an empty value is what a column is without a word, but where the database has a default
    same = {n: v for n, v in same.items() if v is not None or table.c[n].server_default is not None}
    statement = insert_of(table, written, tuple(same))
    return statement, parameters(table, rows, written) | {SAME + n: v for n, v in same.items()}


def _same(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    number = len(rows)
    return {
        name: value for name, value in rows[0].items()
        if rows[-1][name] == value and [row[name] for row in rows].count(value) == number
    }  # fmt: skip


@cache
def insert_of(table: Table, names: tuple[str, ...], same: tuple[str, ...] = ()) -> Insert:
    """Give ``insert into table (names) select ... from`` the rows that `parameters` makes.

    ``same`` are columns with one value for all rows, a parameter of its own each. Defaults of the
    program do not apply: every value that is not the database's own is named.
    """
    source = _source([table.c[name] for name in names], [table.c[name] for name in same])
    return insert(table).from_select((*names, *same), source, include_defaults=False)


def _source(columns: Sequence[Column[Any]], same: Sequence[Column[Any]]) -> Select[Any]:
    given = cast(bindparam(ROWS, type_=Text()), JSON)
    record = (
        func.json_to_recordset(given)
        .table_valued(*[_typed(column) for column in columns])
        .render_derived(name="given", with_types=True)
    )
    return select(
        *[record.c[column.name] for column in columns],
        *[cast(bindparam(SAME + column.name, type_=column.type), column.type) for column in same],
    )


def _typed(column: Column[Any]) -> Any:
    return named(column.name, column.type)


def parameters(
    table: Table, rows: Sequence[dict[str, Any]], names: Sequence[str] = ()
) -> dict[str, str]:
    """Give the rows as the one parameter of a statement of `insert_of`."""
    names = names or list(rows[0])
    made = {name: maker for name in names if (maker := _maker(table.c[name])) is not None}
    plain = []
    for row in rows:
        values = {name: row[name] for name in names}
        for name, maker in made.items():
            values[name] = maker(values[name])
        plain.append(values)
    return {ROWS: json.dumps(plain, ensure_ascii=False, default=_plain)}


@cache
def _maker(column: Column[Any]) -> Any:
    if type(column.type) in WRITTEN:
        return None
    return column.type.bind_processor(_DIALECT)


def _plain(value: Any) -> Any:
    """Write what JSON has no word for."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "\\x" + bytes(value).hex()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
