"""What every semantic type can do, and the declaration of a column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext, lazy_gettext
from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, String, inspect
from sqlalchemy.orm import MappedColumn, mapped_column
from sqlalchemy.types import TypeEngine

from app.core import checks

EMPTY = "—"
STARS = frozenset("*＊")


class Kind:
    """A semantic type. Subclasses override what differs from plain text."""

    control = "text"  # the form control: text, textarea, select, remote, date, file ...
    filter = ""  # the filter control: text, select, remote, daterange, number, month, or none
    numeric = False  # stands right-aligned in tabular figures
    sensitive = False  # shown masked; the whole value needs a right and a reason
    starred = True  # a sensitive value never holds an asterisk of its own
    identity = False  # a picture a whole number can be read from
    hashed = False  # encrypted, found through a keyed hash in a companion column
    unit = ""

    def sql(self) -> TypeEngine[Any]:
        """Give the database type."""
        return String(200)

    def clean(self, raw: Any) -> Any:
        """Turn what came through a door into a value; None when empty; raises Invalid."""
        text = str(raw).strip()
        return text or None

    def read(self, raw: Any) -> Any:
        """Clean what a door received; raises Invalid for a whole number typed over its mask."""
        if self.sensitive and self.starred and STARS & set(str(raw)):
            raise checks.Invalid(
                lazy_gettext("The asterisks stand for hidden digits: type the whole number again")
            )
        return self.clean(raw)

    def check(self, value: Any, values: Mapping[str, Any]) -> None:
        """Check a clean value against its neighbours; raises Invalid."""

    def vet(self, value: Any, values: Mapping[str, Any]) -> None:
        """Check a clean value where people type it, in forms and sheets; raises Invalid."""
        self.check(value, values)

    def text(self, value: Any) -> str:
        """Give the value as it stands in a form control."""
        return "" if value is None else str(value)

    def show(self, value: Any) -> str | Markup:
        """Give the value as people read it."""
        return EMPTY if value in (None, "") else escape(str(value))

    def mask(self, value: Any) -> str | Markup:
        """Give the value as it stands on lists, exports and in logs."""
        return self.show(value)

    def cell(self, value: Any) -> Any:
        """Give the value as it stands in a sheet cell."""
        return "" if value is None else str(self.mask(value)).replace(EMPTY, "")

    def wire(self, value: Any) -> Any:
        """Give the value as it travels on the open interface."""
        return value

    def where(self, attribute: Any, raw: str) -> ColumnElement[bool] | None:
        """Give the condition of a filter, None when the raw filter value says nothing."""
        return attribute == self.clean(raw)

    def choices(self) -> list[tuple[str, str]]:
        """Give the codes and labels of a closed list, in order."""
        return []

    def sought(self) -> list[tuple[str, str]]:
        """Give the codes and labels a filter offers: all that rows may have."""
        return self.choices()

    def attributes(self) -> dict[str, Any]:
        """Give HTML attributes of the form control."""
        return {}

    def hint(self) -> str:
        """Say how a value is written, for templates and their manual."""
        return ""


class Case:
    """When a column is asked for: a test of the values of a row, and words for such rows."""

    def __init__(self, test: Callable[[Mapping[str, Any]], bool], words: Any) -> None:
        self.test, self.words = test, words

    def __call__(self, values: Mapping[str, Any]) -> bool:
        return self.test(values)


def case(words: Any) -> Callable[[Callable[[Mapping[str, Any]], bool]], Case]:
    """Give the decorator that says in words for which rows a condition is true."""
    return lambda test: Case(test, words)


@dataclass(frozen=True, eq=False)
class ColumnSpec:
    """The one declaration of a column."""

    kind: Kind
    label: Any
    help: Any = ""
    section: Any = ""
    required_at: frozenset[str] = frozenset()
    later: bool = False
    when: Callable[[Mapping[str, Any]], bool] | None = None
    sheet: str = ""
    api: str = ""
    sheet_note: Any = ""
    example: str = ""
    readonly: bool = False
    wide: bool = False
    default: Any = None
    name: str = field(default="", init=False)

    @property
    def case(self) -> str:
        """Give in words the rows the column is asked of; empty when it is asked of all."""
        return str(getattr(self.when, "words", ""))

    def demanded(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the column applies to a row with these values."""
        return self.when is None or bool(self.when(values))

    def required(self, door: str, values: Mapping[str, Any]) -> bool:
        """Tell whether a door refuses a row without this value."""
        return door in self.required_at and self.demanded(values)

    def due(self, values: Mapping[str, Any]) -> bool:
        """Tell whether a missing value must be made up for later (待补齐)."""
        return (self.later or bool(self.required_at)) and self.demanded(values)

    def value(self, row: Any) -> Any:
        """Read the column from a row."""
        return getattr(row, self.name)

    def shown(self, row: Any) -> str | Markup:
        """Give the whole value of a row for reading."""
        return self.kind.show(self.value(row))

    def masked(self, row: Any) -> str | Markup:
        """Give the value of a row as lists, exports and logs show it."""
        return self.kind.mask(self.value(row))


def column(
    kind: Kind | type[Kind],
    *,
    label: Any,
    required_at: tuple[str, ...] | str = (),
    help: Any = "",
    section: Any = "",
    later: bool = False,
    when: Callable[[Mapping[str, Any]], bool] | None = None,
    sheet: str = "",
    api: str = "",
    sheet_note: Any = "",
    example: str = "",
    readonly: bool = False,
    wide: bool = False,
    nullable: bool = True,
    **options: Any,
) -> MappedColumn[Any]:
    """Declare a column once, for every door.

    ``required_at`` names the doors that refuse a row without it (form, sheet, api); ``later``
    puts a missing value on the list 待补齐 instead; ``when`` limits both to rows it is true
    for; ``sheet`` is the header in templates, ``api`` the field name on the wire. The table
    allows NULL unless told otherwise, because another door may not demand the value.
    """
    kind = kind if isinstance(kind, Kind) else kind()
    doors = (required_at,) if isinstance(required_at, str) else required_at
    spec = ColumnSpec(
        kind, label, help, section, frozenset(doors), later, when, sheet, api, sheet_note,
        example, readonly, wide, options.get("default"),
    )  # fmt: skip
    return mapped_column(kind.sql(), nullable=nullable, info={"spec": spec}, **options)


_known: dict[Any, dict[str, ColumnSpec]] = {}


def specs(model: Any) -> dict[str, ColumnSpec]:
    """Give the declared columns of a model, in the order of their declaration."""
    if model in _known:
        return _known[model]
    found: dict[str, ColumnSpec] = {}
    for attribute in inspect(model).column_attrs:
        spec = attribute.columns[0].info.get("spec")
        if spec is not None:
            object.__setattr__(spec, "name", attribute.key)
            found[attribute.key] = spec
    _known[model] = found
    return found


def spec_of(model: type, name: str) -> ColumnSpec:
    """Give the declaration of one column; KeyError names what is not declared."""
    return specs(model)[name]


def due_columns(row: Any) -> list[ColumnSpec]:
    """Give the columns of a row that are demanded and still empty (待补齐)."""
    values = {name: getattr(row, name) for name in specs(type(row))}
    return [
        spec
        for name, spec in specs(type(row)).items()
        if values[name] in (None, "", []) and spec.due(values)
    ]


def required_message(spec: ColumnSpec, door: str = "") -> str:
    """Say that a value is missing, naming its field as the door does."""
    if spec.kind.control == "file":
        return gettext("Upload %(label)s", label=spec.label)
    label = (door == "sheet" and spec.sheet) or spec.label
    if door == "sheet" and spec.case:
        return gettext("%(label)s is required when %(case)s", label=label, case=spec.case)
    return gettext("%(label)s is required", label=label)
