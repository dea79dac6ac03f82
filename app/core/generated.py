"""What a screen shows beyond what its view names: every declared column, unasked (D3)."""

from collections.abc import Callable, Collection
from typing import Any

from flask_babel import lazy_gettext as _

from app.core.columns.base import ColumnSpec, specs
from app.core.columns.codes import State
from app.core.columns.files import Document
from app.core.columns.texts import LongText

Sections = list[tuple[Any, list[str]]]
Wanted = Callable[[ColumnSpec], bool]
OTHER = _("Other")  # where a column stands that declares no section


def readable(spec: ColumnSpec) -> bool:
    """Tell whether a column stands on the detail page; the state stands in its head."""
    return bool(spec.kind.control) and not isinstance(spec.kind, State)


def enterable(spec: ColumnSpec) -> bool:
    """Tell whether people enter a column in a form."""
    return readable(spec) and not spec.readonly


def listable(spec: ColumnSpec) -> bool:
    """Tell whether a column fits into a cell of a list."""
    wide = spec.kind.control == "richtext" or isinstance(spec.kind, (Document, LongText))
    return bool(spec.kind.control) and not wide


def filterable(spec: ColumnSpec) -> bool:
    """Tell whether a list can be filtered by a column."""
    return bool(spec.kind.filter)


def named(sections: Sections) -> set[str]:
    """Give the names that stand in sections."""
    return {name for _title, names in sections for name in names}


def unnamed(model: Any, wanted: Wanted, names: Collection[str] = ()) -> list[str]:
    """Give the wanted columns of a model that are not among the names."""
    return [n for n, spec in specs(model).items() if n not in names and wanted(spec)]


def completed(sections: Sections, model: Any, wanted: Wanted, names: Collection[str]) -> Sections:
    """Give the sections and in them every wanted column that is not among the names.

    A column stands at the end of the section it declares; where that is missing it is added.
    """
    found = [(title, [*own]) for title, own in sections]
    for name in unnamed(model, wanted, names):
        title = specs(model)[name].section or (OTHER if sections else "")
        own = next((own for other, own in found if str(other) == str(title)), None)
        if own is None:
            found.append((title, [name]))
        else:
            own.append(name)
    return found
