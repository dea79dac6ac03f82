"""How a sheet is filled in: the words its template, its manual and its refusals share."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext

from app.core.columns.numbers import Flag
from app.core.sheets.columns import SheetColumn, SheetSpec


def fill_in(sheet: SheetSpec) -> Iterator[str]:
    """Give what is said about a sheet as a whole."""
    yield gettext(
        "Fill in the first sheet, one row for each record; leave the first line as it is."
    )
    if any(_later(column) for column in sheet.columns):
        yield gettext(
            "Columns with a red ★ must be filled in; what other columns lack is asked later."
        )
    else:
        yield gettext(
            "Columns with a red ★ must be filled in; the others where the table below says so."
        )
    yield gettext("Write document and card numbers as text, dates as 2026-11-01.")


def required_word(column: SheetColumn) -> str:
    """Say whether a column must be filled in."""
    if column.starred:
        return gettext("Required")
    if column.conditional:
        return gettext("Required for some rows")
    return gettext("Complete later") if _later(column) else gettext("May stay empty")


def _later(column: SheetColumn) -> bool:
    """Tell whether what a row leaves empty in a column is asked for afterwards (待补齐)."""
    spec = column.spec
    if column.starred or column.conditional or spec.default is not None:
        return False
    return spec.later or bool(spec.required_at)


def note_of(column: SheetColumn, sheet: SheetSpec, *, listed: bool = True) -> str:
    """Say how a column is filled in: for which rows, in which shape, what an empty cell means.

    ``listed`` tells whether the words of a choice of several are written out.
    """
    spec = column.spec
    parts = [_case(column), column.note or spec.sheet_note, spec.help]
    parts += _shape(column, sheet, listed=listed)
    if spec.default is not None and not column.starred:
        parts.append(gettext("Empty: %(value)s", value=str(spec.kind.show(spec.default))))
    if column.empty_words and not spec.help:
        parts.append(gettext("Without end: 长期, or leave it empty"))
    return "；".join(dict.fromkeys(str(part) for part in parts if part))


def _case(column: SheetColumn) -> str:
    spec = column.spec
    if not spec.case or column.starred:
        return ""
    if column.conditional:
        return gettext("Required when %(case)s", case=spec.case)
    return gettext("Asked for when %(case)s", case=spec.case) if _later(column) else ""


def _shape(column: SheetColumn, sheet: SheetSpec, *, listed: bool) -> Iterator[Any]:
    kind = column.kind
    if isinstance(kind, Flag):
        yield "是 / 否"
    elif sheet.offered(column):
        parent = sheet.dependents.get(column.header)
        yield (
            gettext("Choose from the drop-down list")
            if parent is None
            else gettext(
                "Choose from the drop-down list, which follows “%(column)s”", column=parent.parent
            )
        )
    elif kind.choices():
        words = "、".join(str(label) for _code, label in kind.choices())
        yield (
            gettext("Several, separated by commas: %(words)s", words=words) if listed
            else gettext("Several, separated by commas")
        )  # fmt: skip
    else:
        yield kind.hint()


def example_of(column: SheetColumn, sheet: SheetSpec) -> str:
    """Give an example of a cell: the declared one, or a word of its list."""
    declared = column.example or column.spec.example
    return declared or next(iter(sheet.offered(column)), "")


def example_row(sheet: SheetSpec) -> dict[str, str]:
    """Give one whole row that could be imported, by header."""
    return {
        column.header: "" if column.header in sheet.apart else example_of(column, sheet)
        for column in sheet.columns
    }
