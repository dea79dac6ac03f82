"""The columns of a sheet, read from the declarations of a model."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.columns.base import ColumnSpec, Kind, specs
from app.core.columns.codes import ChoiceOf, ChoicesOf, Code, Codes
from app.core.columns.numbers import Flag

DOOR = "sheet"
STAR = "★"
STATUS = "导入状态"  # the column in which a workbook that went back says what became of each row


def sheet_columns(model: type) -> dict[str, ColumnSpec]:
    """Give the columns of a model that stand in sheets, by their header."""
    return {spec.sheet: spec for spec in specs(model).values() if spec.sheet}


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet: a declared column, and what only the sheet says about it.

    ``lookup`` turns the text of a cell into the value of a reference (a team's name into its
    number); it gets the text and the values read so far and raises ``Invalid`` or a refusal.
    ``empty_words`` are texts that mean nothing is to be entered, such as 长期.
    """

    spec: ColumnSpec
    example: str = ""
    note: Any = ""
    lookup: Callable[[str, Mapping[str, Any]], Any] | None = None
    empty_words: frozenset[str] = frozenset()
    kind_for_cell: Kind | None = None

    @property
    def name(self) -> str:
        """Give the name of the column in the model."""
        return self.spec.name

    @property
    def header(self) -> str:
        """Give the header without its star."""
        return self.spec.sheet

    @property
    def kind(self) -> Kind:
        """Give the type that reads the cell."""
        return self.kind_for_cell or self.spec.kind

    @property
    def starred(self) -> bool:
        """Tell whether every row must have a value."""
        return DOOR in self.spec.required_at and self.spec.when is None

    @property
    def conditional(self) -> bool:
        """Tell whether some rows must have a value."""
        return DOOR in self.spec.required_at and self.spec.when is not None

    @property
    def choices(self) -> list[str]:
        """Give the words of the drop-down; none for lists of several and free cells."""
        if isinstance(self.kind, Flag):
            return ["是", "否"]
        if isinstance(self.kind, (Code, ChoiceOf)) and not isinstance(
            self.kind, (Codes, ChoicesOf)
        ):
            return [str(label) for _code, label in self.kind.choices()]
        return []


@dataclass(frozen=True)
class Dependent:
    """A drop-down that offers other words by what another column of the row says.

    ``parent`` is the header of the other column, ``words`` what it offers by its value (or
    what gives that once the template is made), nothing
    where the value asks for none. A row whose other column is still empty is offered all of them.
    """

    parent: str
    words: Mapping[str, Sequence[str]] | Callable[[], Mapping[str, Sequence[str]]]

    def offers(self) -> Mapping[str, Sequence[str]]:
        """Give the words by the value of the other column."""
        return self.words() if callable(self.words) else self.words


@dataclass(frozen=True)
class SheetSpec:
    """A sheet people fill in: its code, its title, its columns in their order.

    ``apart`` are the columns the example row leaves empty, because they are for other rows.
    """

    code: str
    title: Any
    columns: tuple[SheetColumn, ...]
    purpose: Any = ""
    lists: Mapping[str, Iterable[str]] = field(default_factory=dict)
    dependents: Mapping[str, Dependent] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()

    @classmethod
    def of(cls, model: type, code: str, title: Any, **options: Any) -> "SheetSpec":
        """Give the sheet of a model's sheet columns, in the order of their declaration."""
        columns = tuple(SheetColumn(spec) for spec in sheet_columns(model).values())
        return cls(code, title, columns, **options)

    def offered(self, column: SheetColumn) -> list[str]:
        """Give the words of a column's drop-down, each once: those of its list, or its choices."""
        words = [str(word) for word in self.lists.get(column.header, ())] or column.choices
        return list(dict.fromkeys(words))

    @property
    def version(self) -> str:
        """Give a short fingerprint that changes when a column comes, goes or changes."""
        parts = [
            f"{c.header}|{c.starred}|{c.conditional}|{type(c.kind).__name__}" for c in self.columns
        ]
        return hashlib.sha256("\n".join([self.code, *parts]).encode()).hexdigest()[:12]
