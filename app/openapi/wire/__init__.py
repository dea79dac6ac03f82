"""Business data on the wire: tolerant reading by a schema, and writing of replies."""

from app.openapi.wire.body import Members, load, parse
from app.openapi.wire.fields import Field, File, Kind, Latest, Schema
from app.openapi.wire.pages import Paging, paging
from app.openapi.wire.quick import read_items
from app.openapi.wire.reading import Reading, read
from app.openapi.wire.values import passes_id_check
from app.openapi.wire.writing import write, write_rows

__all__ = [
    "Field",
    "File",
    "Kind",
    "Latest",
    "Members",
    "Paging",
    "Reading",
    "Schema",
    "load",
    "paging",
    "parse",
    "passes_id_check",
    "read",
    "read_items",
    "write",
    "write_rows",
]
