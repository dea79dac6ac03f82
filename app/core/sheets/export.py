"""Exported lists: masked, marked with user and time, safe to open."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, NamedTuple

from flask_babel import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from app.core import clock, scope

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# what XML knows no way to write: control characters, halves of pairs, two that are none
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMATS = {0: "#,##0", -1: "#,##0.0", -2: "#,##0.00"}  # by the places a number has
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Marked(NamedTuple):
    """A number that shows a mark behind it, such as 8.5*; the cell keeps the bare number."""

    number: Decimal
    mark: str


def safe_cell(value: Any) -> Any:
    """Keep a text from being read as a formula, and without what no workbook can hold."""
    if value is None or isinstance(value, (int, Decimal, date, datetime, Marked)):
        return value
    text = UNWRITABLE.sub("", str(value))
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def workbook(title: str, head: list[str], body: Iterable[list[Any]], *, last: str = "") -> bytes:
    """Write a list as a workbook, marked with the user and the time of the export.

    ``last`` is a sentence below the rows, such as that there are more.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31].replace("/", " "))
    mark = gettext(
        "Exported by %(name)s at %(at)s", name=scope.current().name,
        at=clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"),
    )  # fmt: skip
    sheet.append([mark])
    sheet.append([_bold(sheet, text) for text in head])
    for row in body:
        sheet.append([_drawn(sheet, safe_cell(value)) for value in row])
    if last:
        sheet.append([_bold(sheet, last)])
    sheet.freeze_panes = "B3"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _drawn(sheet: Any, value: Any) -> Any:
    """Set the thousands of an amount or of hours apart; the cell keeps the bare number."""
    number, mark = value if isinstance(value, Marked) else (value, "")
    if not isinstance(number, Decimal):
        return number
    cell = WriteOnlyCell(sheet, value=number)
    shape = FORMATS.get(int(number.as_tuple().exponent), "#,##0.00##")
    cell.number_format = f'{shape}"{mark}"' if mark else shape
    return cell


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell
