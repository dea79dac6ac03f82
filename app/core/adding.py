"""Rows of volume as mapped rows: a few statements write them, whatever their number.

The mapper writes each row through its events, its history and a placeholder for each of its
values; ten thousand rows with a hundred columns are seconds of that. Here their values go in as
they are, under the same policies and triggers, and come back as rows of the session.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import manager_of_class

from app.core import bulk, files
from app.core.columns.base import specs
from app.core.columns.files import Document
from app.core.columns.secrets import Hashed
from app.extensions import db

AT_ONCE = 2000  # rows of one statement: what a list costs in memory does not grow with it


def add_rows(model: Any, rows: Iterable[Mapping[str, Any]], *, key: str) -> list[Any]:
    """Insert rows by few statements and give them as rows of the session, in their order.

    ``rows`` hold values by column name; what a row does not name has its default, and hashes of
    encrypted numbers and what `__follows__` says are added. ``key`` is a column with a value of
    its own in each row. Rows claim their files, as with the mapper.
    """
    db.session.flush()
    waiting, found = iter(rows), []
    while part := list(islice(waiting, AT_ONCE)):
        found += _add(model, part, key)
    return found


def _add(model: Any, rows: Sequence[Mapping[str, Any]], key: str) -> list[Any]:
    whole, table = _completed(model, rows), model.__table__
    statement, given = bulk.insert_rows(table, whole)
    names = (key, *_by_database(model))
    answered = db.session.connection().execute(
        statement.returning(*[table.c[name] for name in names]), given
    )
    told = {row[0]: dict(zip(names, row, strict=True)) for row in answered}
    found = [_as_row(model, values | told[values[key]]) for values in whole]
    db.session.add_all(found)
    _claim_files(model, found)
    return found


def _as_row(model: Any, values: Mapping[str, Any]) -> Any:
    """Give a row of the table, all of whose values are known, as one that was read.

    Reading it back would mark each of its values as still to be read, which is slower and larger
    than the values.
    """
    row = manager_of_class(model).new_instance()
    row.__dict__.update(values)
    make_transient_to_detached(row)
    return row


def write_rows(model: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows without files by few statements; nobody asks for them as rows of the session."""
    db.session.flush()
    waiting = iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        whole = _completed(model, part)
        db.session.connection().execute(*bulk.insert_rows(model.__table__, whole))


@cache
def _by_database(model: Any) -> tuple[str, ...]:
    """Give the columns the database fills in: the number of a row and what has a default there."""
    columns = {name: model.__table__.c[name] for name in _names(model)}
    return tuple(
        name
        for name, column in columns.items()
        if name == "id" or (column.server_default is not None and column.default is None)
    )


@cache
def _names(model: Any) -> tuple[str, ...]:
    return tuple(attribute.key for attribute in inspect(model).column_attrs)


def _completed(model: Any, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give every row the same columns: its own values, the defaults, and what follows from them."""
    table, left = model.__table__, set(_by_database(model))
    names = [n for n in _names(model) if n not in left or any(n in row for row in rows)]
    defaults = {name: _default(table.c[name]) for name in names}
    hashed = [(n, f"{n}_hash", s.kind) for n, s in specs(model).items()
              if isinstance(s.kind, Hashed)]  # fmt: skip
    found = []
    for row in rows:
        values = defaults | row  # type: ignore[operator]
        for name, companion, kind in hashed:
            if values[companion] is None and values[name]:
                values[companion] = kind.fingerprint(values[name])
        if model.__follows__ is not None:
            values |= model.__follows__(values.get)
        found.append(values)
    return found


def _default(column: Any) -> Any:
    default = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def _claim_files(model: Any, rows: Sequence[Any]) -> None:
    names = [name for name, spec in specs(model).items() if isinstance(spec.kind, Document)]
    for row in rows:
        if any(map(row.__dict__.get, names)):
            files.claim(row)
