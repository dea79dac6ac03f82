"""What a screen shows when its view names no columns: all of them, as they are declared (D3)."""

from typing import Any

from app.core.columns.base import ColumnSpec, specs
from app.core.columns.codes import State
from app.core.columns.files import Document
from app.core.columns.texts import LongText

Sections = list[tuple[Any, list[str]]]


def form_sections(model: Any) -> Sections:
    """Give the columns people enter, by the sections they were declared in."""
    return _by_section(
        spec
        for spec in specs(model).values()
        if spec.kind.control and not spec.readonly and not isinstance(spec.kind, State)
    )


def show_sections(model: Any) -> Sections:
    """Give every column for reading, by section."""
    return _by_section(spec for spec in specs(model).values() if spec.kind.control)


def list_columns(model: Any) -> list[str]:
    """Give the columns that fit into a cell of a list."""
    return [
        name
        for name, spec in specs(model).items()
        if spec.kind.control not in {"", "richtext"}
        and not isinstance(spec.kind, (Document, LongText))
    ]


def filters(model: Any) -> list[str]:
    """Give the columns that can be filtered by."""
    return [name for name, spec in specs(model).items() if spec.kind.filter]


def _by_section(found: Any) -> Sections:
    sections: dict[str, tuple[Any, list[str]]] = {}
    spec: ColumnSpec
    for spec in found:
        sections.setdefault(str(spec.section), (spec.section, []))[1].append(spec.name)
    return list(sections.values())
