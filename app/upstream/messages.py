"""Values of our rows as a message above: codes counterparted, files read, and masked for the log.

What a field is, our own method declares; its schema writes the message as the method reads it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from app.core import checks, files, vault
from app.extensions import db
from app.openapi import codes
from app.openapi.schemas import columns_of
from app.openapi.wire import Field, File, Kind, Schema, write
from app.upstream.queries import Codes

PRIVATE = {"address", "urgentLinkMan", "leaderAddress"}
TELEPHONES = ("phone", "tel")
NUMBERS = re.compile(r"(?<![0-9a-z-])[1-9][0-9]{14,18}[0-9Xx]?(?![0-9a-z])")
MOST_REQUEST, MOST_ANSWER = 8000, 4000


def values_of(model: type, row: Any) -> dict[str, Any]:
    """Give a row's columns by their wire names: codes as the wire writes them, files by number."""
    found: dict[str, Any] = {}
    for name, spec in columns_of(model).items():
        value = getattr(row, spec.name)
        if value is not None and codes.is_code(spec.kind):
            value = codes.outward(spec.kind.table, value)  # type: ignore[attr-defined]
        found[name] = value
    return found


def prepared(schema: Schema, values: Mapping[str, Any], upper: Codes) -> dict[str, Any]:
    """Give the values of a schema's fields with the codes and files the message carries."""
    return {
        one.name: _prepared(one, values[one.name], upper)
        for one in schema
        if values.get(one.name) not in (None, "", [])
    }


def _prepared(one: Field, value: Any, upper: Codes) -> Any:
    if one.kind is Kind.LIST:
        listed = value if isinstance(value, list) else [value]
        return [
            prepared(one.items, item, upper) if isinstance(item, Mapping) else _attachment(item)
            for item in listed
        ]
    if one.kind in (Kind.IMAGE, Kind.FILE):
        return _content(value, one.max_bytes)
    if one.dictionary:
        return upper.get((codes.own_name(one.dictionary), str(value)), value)
    return value


def _attachment(number: int) -> dict[str, Any]:
    row = db.session.get_one(files.StoredFile, number)
    return {"name": row.original_name, "data": _content(number, None)}


def _content(number: int, most: int | None) -> File | None:
    """Read a file, or its small copy where it is too large; none where neither fits."""
    row = db.session.get(files.StoredFile, number)
    for key in (row.key, row.exchange_key) if row else ():
        if not key:
            continue
        try:
            with files.store().open(key) as stream:
                content = stream.read()
        except OSError:
            continue
        if most is None or len(content) <= most:
            return File(content)
    return None


def written(schema: Schema, values: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """Write the message, numbers of persons encrypted with the secret of the access."""
    return write(schema, values, secret=secret)


def digest(schema: Schema, values: Mapping[str, Any]) -> str:
    """Give what tells whether a record has changed since it was sent; it gives nothing away."""
    plain = json.dumps(_told(schema, values, whole=True), sort_keys=True, default=str)
    return vault.current().fingerprint(plain, "upstream")


def masked(schema: Schema, values: Mapping[str, Any]) -> str:
    """Give the message as the log keeps it: no number, picture or home of anybody."""
    told = _told(schema, values, whole=False)
    return json.dumps(told, ensure_ascii=False, indent=1, default=str)[:MOST_REQUEST]


def _told(schema: Schema, values: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in schema:
        value = values.get(one.name)
        if value is None:
            continue
        if one.kind is Kind.LIST:
            found[one.name] = [_told(one.items, item, whole=whole) for item in value]
        elif isinstance(value, File):
            found[one.name] = (
                vault.current().fingerprint(value.content.hex(), "upstream")
                if whole else f"({len(value.content)} bytes)"
            )  # fmt: skip
        elif whole:
            found[one.name] = value
        else:
            found[one.name] = _hidden(one, value)
    return found


def _hidden(one: Field, value: Any) -> Any:
    if one.kind is Kind.ID_NUMBER:
        return checks.mask_identity(str(value))
    if one.encrypted:
        return checks.mask_card(str(value))
    if one.name.lower().endswith(TELEPHONES):
        return checks.mask_mobile(str(value))
    if one.name in PRIVATE:
        return "******"
    return write((one,), {one.name: value}, secret="").get(one.name)


def without_numbers(text: str, secret: str = "") -> str:
    """Mask what may be the number of a person or a card in a text from above, and our secret."""
    clean = re.sub(re.escape(secret), "***", text, flags=re.IGNORECASE) if secret else text
    return NUMBERS.sub(lambda found: checks.mask_identity(found[0]), clean)[:MOST_ANSWER]
