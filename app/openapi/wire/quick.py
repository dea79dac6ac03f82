"""Reading many items that are written plainly, as nearly every client writes them.

An item whose names stand as in the description and whose values need no mending is read at a
fraction of the cost. Whatever looks different in the least makes the whole list be read by
`reading`, which knows every habit and names every fault; what both give is the same.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.openapi import cipher, errors
from app.openapi.protocol import CHINA
from app.openapi.wire.fields import Field, Kind, Schema
from app.openapi.wire.values import FIRST_YEAR_OF_INSTANTS, READERS, WrongValue

WRITTEN = len("2026-01-01 07:00:00")


class _Odd(Exception):
    """Something that is not written plainly."""


def read_items(
    schema: Schema, items: Any, *, secret: str, codes: Callable[[str], Collection[str]],
    assumed: Mapping[str, Any],
) -> list[dict[str, Any]] | None:  # fmt: skip
    """Read a list of objects; None where anything about it asks for the whole reading."""
    if not isinstance(items, list) or not items:
        return None
    try:
        reading = _Reading(schema, codes, assumed)
        found = [reading.item(item) for item in items]
        reading.decrypt(found, secret)
    except (_Odd, WrongValue, errors.CipherTextRefused):
        return None
    return found


Facts = tuple[dict[str, Field], frozenset[str], tuple[str, ...]]
_kept: dict[int, tuple[Schema, Facts]] = {}  # by identity: a schema is long to compare


def _fields(schema: Schema) -> Facts:
    """Give the fields by name, their names in small letters, and which must be there."""
    if id(schema) not in _kept:
        _kept[id(schema)] = (schema, _facts(schema))
    return _kept[id(schema)][1]


def _facts(schema: Schema) -> Facts:
    plain = all(
        not callable(one.required) and one.latest is None and one.kind is not Kind.LIST
        and (not one.sensitive or one.kind is Kind.ID_NUMBER) for one in schema
    )  # fmt: skip
    if not plain:
        raise _Odd
    return (
        {one.name: one for one in schema},
        frozenset(one.name.lower() for one in schema),
        tuple(one.name for one in schema if one.required),
    )


class _Reading:
    """One list under way: values that come again are read once."""

    def __init__(
        self, schema: Schema, codes: Callable[[str], Collection[str]], assumed: Mapping[str, Any]
    ) -> None:
        self.fields, self.folded, self.required = _fields(schema)
        self.codes, self.assumed = codes, assumed
        self.known: dict[tuple[str, str], Any] = {}

    def item(self, given: Any) -> dict[str, Any]:
        if type(given) is not dict:
            raise _Odd
        values: dict[str, Any] = {}
        for name, raw in given.items():
            one = self.fields.get(name)
            if one is None:
                if name.lower() in self.folded:
                    raise _Odd
            elif raw is not None and not (type(raw) is str and not raw.strip()):
                values[name] = self.value(one, raw)
        for name, raw in self.assumed.items():
            if name in self.fields and name not in values:
                values[name] = self.value(self.fields[name], raw)
        if any(name not in values for name in self.required):
            raise _Odd
        return values

    def value(self, one: Field, raw: Any) -> Any:
        if one.kind is Kind.INSTANT:
            return _instant(raw, one)
        if one.kind is Kind.ID_NUMBER:
            return raw  # decrypted with the others
        if type(raw) is not str:
            return self.checked(one, raw)
        key = (one.name, raw)
        if key not in self.known:
            self.known[key] = self.checked(one, raw)
        return self.known[key]

    def checked(self, one: Field, raw: Any) -> Any:
        value = READERS[one.kind](raw, one)
        listed = one.dictionary is not None and not isinstance(value, bool)
        if listed and str(value) not in self.codes(one.dictionary or ""):
            raise _Odd
        return value

    def decrypt(self, found: Sequence[dict[str, Any]], secret: str) -> None:
        for name, one in self.fields.items():
            if one.kind is not Kind.ID_NUMBER:
                continue
            there = [item for item in found if name in item]
            if any(type(item[name]) is not str for item in there):
                raise _Odd
            plain = (
                cipher.decrypt_all([item[name] for item in there], secret)
                if one.sensitive else [item[name] for item in there]
            )  # fmt: skip
            for item, text in zip(there, plain, strict=True):
                if not text.strip():
                    raise _Odd
                item[name] = READERS[one.kind](text, one)


def _instant(raw: Any, one: Field) -> Any:
    """Read yyyy-MM-dd HH:mm:ss; any other way of writing it is left to the usual reader."""
    if (
        type(raw) is not str or len(raw) != WRITTEN or not raw.isascii()
        or raw[4] + raw[7] + raw[10] + raw[13] + raw[16] != "-- ::"
    ):  # fmt: skip
        return READERS[one.kind](raw, one)
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        raise _Odd from None
    if moment.year < FIRST_YEAR_OF_INSTANTS:
        raise _Odd
    return moment.replace(tzinfo=CHINA).astimezone(UTC)
