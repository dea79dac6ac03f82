"""Dictionaries as the wire names them, and codes as it writes them.

The wire calls a list by the name of the data standard and writes some codes differently: an
ethnic group travels by its name, the state of a project by the standard's number.
"""

import csv
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import select

from app.core.columns import Code, Codes
from app.extensions import db
from app.reference.models import DictionaryEntry, DictionaryTable
from app.reference.services import DATA

FRESH_SECONDS = 30.0


@cache
def wire_names() -> dict[str, str]:
    """Give the wire's name of every list the program brings, by our name."""
    with (DATA / "index.csv").open(encoding="utf-8") as handle:
        return {
            row["table"]: row["wire_name"].split()[0]
            for row in csv.DictReader(handle)
            if row["wire_name"]
        }


@cache
def own_name(wire_name: str) -> str:
    """Give our name of a list of the wire; the name itself when no list has it."""
    # several lists may be parts of one of the wire: the last is the whole (district, region)
    return next(
        (own for own, name in reversed(wire_names().items()) if name == wire_name), wire_name
    )


@dataclass
class _Codes:
    """The codes of one list: by our code, and by the wire's."""

    title: str = ""
    outward: dict[str, str] = field(default_factory=dict)
    inward: dict[str, str] = field(default_factory=dict)


_cache: dict[str, tuple[float, _Codes]] = {}


def _codes(table: str) -> _Codes:
    read_at, found = _cache.get(table, (float("-inf"), _Codes()))
    if time.monotonic() - read_at > FRESH_SECONDS:
        found = _read(table)
        if found.outward:
            _cache[table] = (time.monotonic(), found)
    return found


def _read(table: str) -> _Codes:
    title = db.session.scalar(
        select(DictionaryTable.name_zh).where(DictionaryTable.table_name == table)
    )
    rows = db.session.execute(
        select(DictionaryEntry.code, DictionaryEntry.wire)
        .where(DictionaryEntry.table_name == table, DictionaryEntry.is_deleted.is_(False))
        .order_by(DictionaryEntry.position.desc())
    )
    found = _Codes(title or table)
    for code, wire in rows:
        found.outward[code] = wire or code
        found.inward[wire or code] = code
    return found


def codes(wire_name: str) -> Collection[str]:
    """Give the codes of a list as the wire writes them."""
    return _codes(own_name(wire_name)).inward


def pairs(wire_name: str) -> list[tuple[str, str]]:
    """Give the codes of a list as the wire writes them, each beside ours, in the list's order."""
    return list(reversed(_codes(own_name(wire_name)).inward.items()))


def title(wire_name: str) -> str:
    """Give the Chinese name of a list of the wire."""
    return _codes(own_name(wire_name)).title


def inward(kind: Any, value: str) -> str:
    """Give our code for one of the wire."""
    return _codes(kind.table).inward.get(value, value)


def outward(table: str, value: str) -> str:
    """Give the wire's code for one of ours."""
    return _codes(table).outward.get(value, value)


def is_code(kind: Any) -> bool:
    """Tell whether a column holds one code of a dictionary."""
    return isinstance(kind, Code) and not isinstance(kind, Codes)
