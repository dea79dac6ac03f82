"""The beginning of a list, inside a tab of another row's page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.core.columns.base import ColumnSpec, specs
from app.core.columns.links import Ref, linked


@dataclass(frozen=True)
class Column:
    """A column of such a list: its head, and what it shows of a row."""

    label: Any
    value: Callable[[Any], Any]
    numeric: bool = False

    @classmethod
    def of(cls, model: type, name: str) -> "Column":
        """Show a declared column masked, as lists do."""
        spec = specs(model)[name]
        return cls(spec.label, lambda row: _shown(spec, row), spec.kind.numeric)


def _shown(spec: ColumnSpec, row: Any) -> Any:
    return linked(spec, row) if isinstance(spec.kind, Ref) else spec.masked(row)


def excerpt(
    rows: Iterable[Any], columns: list[Column], *, url: Callable[[Any], str | None], **more: Any
) -> dict[str, Any]:
    """Give what the list template reads; the first column leads to the row.

    ``more`` are further names of the template: ``toolbar``, ``count_text``, ``empty``.
    """
    return {"rows": [_row(row, columns, url(row)) for row in rows], **more}


def _row(row: Any, columns: list[Column], url: str | None) -> dict[str, Any]:
    cells = [
        {"name": f"c{place}", "label": column.label, "html": column.value(row),
         "numeric": column.numeric, "primary": place == 0, "url": None if place else url}
        for place, column in enumerate(columns)
    ]  # fmt: skip
    return {"cells": cells, "actions": [], "selectable": False}
