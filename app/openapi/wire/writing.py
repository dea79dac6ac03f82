"""Writing the fields of a reply."""

import base64
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.openapi import cipher
from app.openapi.protocol import CHINA
from app.openapi.wire.fields import Field, File, Kind, Schema


def write(schema: Schema, values: Mapping[str, Any], *, secret: str) -> dict[str, Any]:
    """Write values as the caller with this secret reads them.

    Absent fields are left out, yes and no become 1 and 0, encrypted fields are encrypted,
    instants are China's wall time.
    """
    written: dict[str, Any] = {}
    for one in schema:
        value = values.get(one.name)
        if value is None or value == "":
            continue
        if one.kind is Kind.LIST:
            written[one.name] = write_rows(one.items, value, secret=secret)
        elif one.sensitive:
            written[one.name] = cipher.encrypt(str(_plain(one, value)), secret)
        else:
            written[one.name] = _plain(one, value)
    return written


def write_rows(
    schema: Schema, rows: Iterable[Mapping[str, Any]], *, secret: str
) -> list[dict[str, Any]]:
    """Write every row of a list."""
    return [write(schema, row, secret=secret) for row in rows]


def _plain(one: Field, value: Any) -> Any:  # noqa: PLR0911 - one answer for each kind
    """Give a value the form it has on the wire."""
    if isinstance(value, bool):
        return int(value)
    if one.kind is Kind.MONTH and isinstance(value, date):
        return value.strftime("%Y-%m")
    if isinstance(value, datetime):
        here = value.astimezone(CHINA)
        return here.strftime("%Y-%m-%d" if one.kind is Kind.DATE else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return _json_number(value)
    if isinstance(value, File):
        return base64.b64encode(value.content).decode()
    return int(value) if one.numeric else value


def _json_number(value: Decimal) -> int | float:
    """Make a number for the JSON writer, which knows no decimals; 15 digits survive."""
    return int(value) if value == value.to_integral_value() else float(value)
