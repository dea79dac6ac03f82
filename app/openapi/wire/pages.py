"""Paging of list queries (分页), section 7."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.openapi.wire.fields import Field, Kind
from app.openapi.wire.reading import read

MAX_SIZE = 50

_SCHEMA = (
    Field("pageIndex", Kind.INTEGER, minimum=0),
    Field("pageSize", Kind.INTEGER, minimum=1),
)


@dataclass(frozen=True)
class Paging:
    """Which page of a list is asked for: its index from 0, and its size in rows."""

    index: int = 0
    size: int = MAX_SIZE

    @property
    def offset(self) -> int:
        """Count the rows before this page."""
        return self.index * self.size

    def reply(self, total: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Build the data of a list query's reply."""
        return {
            "pageIndex": self.index,
            "pageSize": self.size,
            "pageCount": -(-total // self.size),
            "totalCount": total,
            "rows": rows,
        }


def paging(data: Mapping[str, Any]) -> Paging:
    """Read the paging of a query; more than 50 rows are never given.

    Raises ParameterRefused naming a field that is no such number.
    """
    values = read(_SCHEMA, data, secret="", codes=frozenset).or_refuse()
    return Paging(values.get("pageIndex", 0), min(values.get("pageSize", MAX_SIZE), MAX_SIZE))
