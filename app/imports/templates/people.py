"""The columns that name a person who is on the roster already (screens.md 14)."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core.sheets import SheetColumn, sheet_columns
from app.imports.templates import examples
from app.imports.templates.base import Kind, Taken
from app.roster.models import ProjectWorker
from app.roster.services.keyed import Recorded

NAMED = ("name", "id_type", "id_number")
ENDLESS = frozenset({"长期", "长期有效", "永久", "—", "-", "/", "无"})


def columns() -> list[SheetColumn]:
    """Give 姓名, 证件类型 and 证件号码; the document decides, an empty type is an identity card."""
    declared = {spec.name: spec for spec in sheet_columns(ProjectWorker).values()}
    return [SheetColumn(declared[name], example=examples.PERSON[name]) for name in NAMED]


def about(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give rows as the services take them, the person's name apart from names of papers."""
    return [
        {**{name: value for name, value in row.items() if name != "name"},
         "person_name": row.get("name")}
        for row in rows
    ]  # fmt: skip


def taken(recorded: Iterable[Recorded]) -> list[Taken]:
    """Give what a service made of the rows as the import keeps it."""
    return [
        Taken(
            one.row,
            Kind.CREATED if one.new else Kind.UPDATED if one.changed else Kind.UNCHANGED,
            one.before, one.notices,
        )
        for one in recorded
    ]  # fmt: skip
