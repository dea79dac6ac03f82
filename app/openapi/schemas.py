"""Fields of the wire, read from the columns that carry an ``api`` name (decision D3).

What a column says (kind, length, dictionary) is not said again; what only the interface
knows (what it demands, sizes of pictures, numbers instead of texts) is given beside it.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from app.core.columns import (
    BankCard,
    Date,
    Document,
    DocumentNumber,
    Documents,
    Flag,
    Instant,
    Integer,
    Money,
    Month,
    Number,
    Picture,
    SecretText,
    Text,
)  # fmt: skip
from app.core.columns.base import ColumnSpec, specs
from app.openapi import codes, errors
from app.openapi.wire import Field, Kind, Latest, Schema

KILOBYTE = 1024
PICTURE_LIMIT, CARD_LIMIT, ATTACHMENT_LIMIT = 50 * KILOBYTE, 500 * KILOBYTE, 1024 * KILOBYTE
NUMERIC = {"workRole", "contractPeriodType", "unit", "type", "teamSysNo"}

# the narrowest type first: a picture is a document, a bank card a secret text
KINDS: tuple[tuple[type, Kind], ...] = (
    (Picture, Kind.IMAGE),
    (Document, Kind.FILE),
    (Flag, Kind.FLAG),
    (Date, Kind.DATE),
    (Instant, Kind.INSTANT),
    (Month, Kind.MONTH),
    (Money, Kind.MONEY),
    (DocumentNumber, Kind.ID_NUMBER),
    (Integer, Kind.INTEGER),
    (Number, Kind.NUMBER),
    (Text, Kind.TEXT),
    (SecretText, Kind.TEXT),
)


def field_of(spec: ColumnSpec, **extra: Any) -> Field:
    """Give the field of the wire that a declared column is."""
    if isinstance(spec.kind, Documents):
        return replace(attachments(spec.api, spec.kind.most), **extra)
    if codes.is_code(spec.kind):
        table = spec.kind.table  # type: ignore[attr-defined]
        facts: dict[str, Any] = {
            "kind": Kind.CODE,
            "dictionary": codes.wire_names().get(table, table),
        }
    else:
        facts = {"kind": next((w for own, w in KINDS if isinstance(spec.kind, own)), Kind.TEXT)}
    if isinstance(spec.kind, (Text, SecretText)):
        facts["max_length"] = spec.kind.length if isinstance(spec.kind, Text) else 30
    if isinstance(spec.kind, Number):
        facts["places"], facts["digits"] = spec.kind.scale, spec.kind.precision
    if isinstance(spec.kind, BankCard):
        facts["encrypted"] = True
    if facts["kind"] in (Kind.IMAGE, Kind.FILE):
        facts["max_bytes"] = PICTURE_LIMIT
    if getattr(spec.kind, "past", False):
        facts["latest"] = Latest(errors.NOT_AFTER_TODAY)
    facts["required"] = "api" in spec.required_at
    facts["numeric"] = spec.api in NUMERIC
    return Field(spec.api, **{**facts, **extra})


def fields_of(
    model: type, *, without: Collection[str] = (), **extra: dict[str, Any]
) -> tuple[Field, ...]:
    """Give the fields of every column of a model that has a name on the wire.

    ``without`` leaves out columns by name; ``extra`` adds to fields by their wire name.
    """
    return tuple(
        field_of(spec, **extra.get(spec.api, {}))
        for name, spec in specs(model).items()
        if spec.api and name not in without
    )


def columns_of(model: type) -> dict[str, ColumnSpec]:
    """Give the declared columns of a model by their name on the wire."""
    return {spec.api: spec for spec in specs(model).values() if spec.api}


def attachments(name: str, most: int) -> Field:
    """Give a list of {name, data}, one megabyte each (section 8)."""
    return Field(
        name,
        Kind.LIST,
        max_items=most,
        items=(
            Field("name", max_length=200, required=True),
            Field("data", Kind.FILE, required=True, max_bytes=ATTACHMENT_LIMIT),
        ),
    )


def told_files(schema: Schema) -> Schema:
    """Give the fields of a reply, in which files stand by name and address."""
    return tuple(
        Field(field.name, Kind.LIST, items=(Field("name"), Field("url")))
        if field.kind is Kind.LIST and any(one.kind is Kind.FILE for one in field.items)
        else Field(field.name) if field.kind in (Kind.IMAGE, Kind.FILE) else field
        for field in schema
    )  # fmt: skip


PAGING: Schema = (
    Field("pageIndex", Kind.INTEGER, minimum=0),
    Field("pageSize", Kind.INTEGER, minimum=1),
)
PROJECT: Schema = (Field("projectCode", max_length=32, required=True),)
COMPANY: Schema = (
    Field("corpCode", max_length=18, required=True),
    Field("corpName", max_length=200, required=True),
)
SOME_PROJECT: Schema = (Field("projectCode", max_length=32),)
SOME_COMPANY: Schema = (Field("corpCode", max_length=18), Field("corpName", max_length=200))
SOME_PERSON: Schema = (
    Field("idCardType", Kind.CODE, dictionary="id_card_type"),
    Field("idCardNumber", Kind.ID_NUMBER, max_length=30),
)
PERSON: Schema = tuple(replace(field, required=True) for field in SOME_PERSON)
TEAM: Schema = (Field("teamSysNo", Kind.INTEGER, required=True, minimum=1, numeric=True),)
SOME_TEAM: Schema = (Field("teamSysNo", Kind.INTEGER, minimum=1, numeric=True),)
# what a client whose key names the project may leave out (section 8)
EXCUSED = ("projectCode", "corpCode", "corpName", "teamName")
