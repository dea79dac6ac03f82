"""What an import has written, kept encrypted beside it for its undo (screens.md 14)."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import select

from app.core.errors import NotFound
from app.core.models import mapped
from app.extensions import db
from app.imports.choices import Kind
from app.imports.templates.base import Effect, Taken

MARK = "$"
# how a value is written and read; an instant is a date too, so it comes first
KINDS: dict[type, tuple[str, Any, Any]] = {
    datetime: ("datetime", datetime.isoformat, datetime.fromisoformat),
    date: ("date", date.isoformat, date.fromisoformat),
    Decimal: ("decimal", str, Decimal),
    Enum: ("enum", lambda word: word.name, None),
}
READ_AT_ONCE = 5000  # rows of one statement


def packed(taken: Mapping[int, Taken], at: datetime) -> str:
    """Write down what became of each row, by its number in the workbook."""
    rows = [
        {"number": number, "table": one.row.__tablename__, "id": one.row.id,
         "kind": one.kind.name, "before": {k: _plain(v) for k, v in one.before.items()}}
        for number, one in taken.items() if one.kind is not Kind.UNCHANGED
    ]  # fmt: skip
    return json.dumps(
        {"at": at.isoformat(), "numbers": sorted(taken), "rows": rows}, ensure_ascii=False
    )


def read(text: str) -> list[Effect]:
    """Read them back with their rows; NotFound when one is no longer there for this user."""
    kept = json.loads(text)
    rows = _rows(kept["rows"])
    at = datetime.fromisoformat(kept["at"])
    return [
        Effect(
            one["number"], rows[one["table"], one["id"]], Kind[one["kind"]],
            {name: _real(rows[one["table"], one["id"]], name, value)
             for name, value in one["before"].items()},
            at,
        )
        for one in kept["rows"]
    ]  # fmt: skip


def _rows(kept: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], Any]:
    wanted: dict[str, list[int]] = {}
    for one in kept:
        wanted.setdefault(one["table"], []).append(one["id"])
    found: dict[tuple[str, int], Any] = {}
    for table, numbers in wanted.items():
        model = next(m for m in mapped() if m.__tablename__ == table)
        for start in range(0, len(numbers), READ_AT_ONCE):
            part = numbers[start : start + READ_AT_ONCE]
            for row in db.session.scalars(select(model).where(model.id.in_(part))):
                found[table, row.id] = row
        if any((table, number) not in found for number in numbers):
            raise NotFound
    return found


def _plain(value: Any) -> Any:
    """Write a value so that JSON keeps what it was."""
    for kind, (name, write, _read) in KINDS.items():
        if isinstance(value, kind):
            return {MARK: name, "is": write(value)}
    if isinstance(value, Mapping):
        return {MARK: "map", "is": {k: _plain(v) for k, v in value.items()}}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _real(row: Any, name: str, value: Any) -> Any:
    """Read it back; a word of a closed list by the column it belongs to.

    The keys of a map name columns too.
    """
    if isinstance(value, list):
        return [_real(row, name, one) for one in value]
    if not isinstance(value, dict):
        return value
    what, held = value[MARK], value["is"]
    if what == "enum":
        return type(row).__table__.c[name].type.enum_class[held]
    if what == "map":
        return {k: _real(row, k, v) for k, v in held.items()}
    return next(read(held) for known, _write, read in KINDS.values() if known == what)
