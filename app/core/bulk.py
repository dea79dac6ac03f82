"""Inserts of volume: one parameter for all rows instead of one for each value.

A statement with a placeholder for every value costs more to split and bind than to run: 1,500
punches are 39,000 placeholders. Here the rows travel as one JSON document, and the database
reads the values into the columns' own types. Long lists travel as one text a column, which is
read in a fourth of the time, and what is the same in all their rows travels once beside them.
Long lists of values to look for travel as one array likewise (`one_of`).
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
    literal_column,
    select,
)
from sqlalchemy import column as named
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSON, Insert, insert
from sqlalchemy.types import TypeEngine

ROWS = "rows"
MANY = 50  # rows from which on it pays to send once what is the same in all
SAME = "same_"
VALUES, NUMBER = "values_", "number_of_rows"
APART = "\x1f"  # separates the units of a text
NONE = "\x1e"  # stands for no value
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
    if len(rows) < MANY:
        return insert_of(table, names), parameters(table, rows, names)
    same = _same(rows)
    written = tuple(n for n in names if n not in same)
    if not written:
        written = (names[0],)
        same.pop(names[0])
    # an empty value is what a column is without a word, but where the database has a default
    same = {n: v for n, v in same.items() if v is not None or table.c[n].server_default is not None}
    apart = {SAME + n: v for n, v in same.items()}
    texts = _columns(table, rows, written)
    if texts is None:
        return insert_of(table, written, tuple(same)), parameters(table, rows, written) | apart
    return _insert_columns(table, written, tuple(same)), texts | apart


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
        *[_one(column) for column in same],
    )


@cache
def _insert_columns(table: Table, names: tuple[str, ...], same: tuple[str, ...]) -> Insert:
    """Give the same from one text for each column, all values in it."""
    columns = [table.c[name] for name in names]
    given = (
        func.unnest(*[_array(column) for column in columns])
        .table_valued(*[named(column.name, _read_as(column)) for column in columns])
        .render_derived(name="given")
    )
    source = select(
        *[_stored(given.c[column.name], column) for column in columns],
        *[_one(table.c[name]) for name in same],
    ).limit(bindparam(NUMBER, type_=Integer()))
    return insert(table).from_select((*names, *same), source, include_defaults=False)


def _array(column: Column[Any]) -> Any:
    whole = bindparam(VALUES + column.name, type_=Text())
    texts = func.string_to_array(whole, literal_column(f"E'{APART}'"), literal_column(f"E'{NONE}'"))
    return cast(texts, ARRAY(_read_as(column)))


def _read_as(column: Column[Any]) -> TypeEngine[Any]:
    """Give the type a value is read as: a text keeps its length, which the column judges."""
    written = _written(column)
    text = written.endswith("[]") or written.startswith(("VARCHAR", "TEXT", "CHAR"))
    return Text() if text else column.type


def _written(column: Column[Any]) -> str:
    return str(column.type.compile(_DIALECT))


def _stored(value: Any, column: Column[Any]) -> Any:
    return cast(value, column.type) if _written(column).endswith("[]") else value


def _columns(
    table: Table, rows: Sequence[dict[str, Any]], names: Sequence[str]
) -> dict[str, Any] | None:
    """Give each column's values as one text; None where a value holds what sets them apart.

    An empty value stands at the end of each, left out by the number of rows: a single empty text
    would be a list of none.
    """
    found: dict[str, Any] = {NUMBER: len(rows)}
    for name in names:
        values, write = [row[name] for row in rows], _writer(table.c[name])
        texts = [NONE if value is None else write(value) for value in values]
        whole = APART.join([*texts, NONE])
        if whole.count(APART) != len(rows) or texts.count(NONE) != values.count(None):
            return None
        found[VALUES + name] = whole
    return found


@cache
def _writer(column: Column[Any]) -> Any:
    """Give how a value of a column is written as text."""
    maker = _maker(column)
    if maker is not None:
        return lambda value: str(maker(value))
    if isinstance(column.type, JSON):
        return lambda value: json.dumps(value, ensure_ascii=False, default=_plain)
    if isinstance(column.type, ARRAY):
        return _as_list
    return str


def _as_list(values: Iterable[Any]) -> str:
    return "{" + ",".join("NULL" if v is None else _quoted(str(v)) for v in values) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one(column: Column[Any]) -> Any:
    """Give the value all rows have in a column."""
    return cast(bindparam(SAME + column.name, type_=column.type), column.type)


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
