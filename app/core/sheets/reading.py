"""Reading workbooks as people send them: .xlsx and .xls, moved headers, numbers as numbers."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask_babel import gettext
from openpyxl.utils import get_column_letter
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)  # fmt: skip

from app.core import checks
from app.core.columns.base import Kind
from app.core.columns.numbers import Flag, Integer, Number
from app.core.columns.times import Date, Instant
from app.core.errors import Refusal
from app.core.figures import figure
from app.core.sheets.columns import STAR, STATUS, SheetColumn, SheetSpec
from app.core.sheets.template import VERSION

HEADER_WITHIN = 30  # rows above the header people leave for titles and notes
EXACT_DIGITS = 15  # a spreadsheet keeps no more digits of a number
FIRST_SERIAL, LAST_SERIAL = 1, 110_000  # 1900-01-01 to 2201, as spreadsheets count days
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone
SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+")
BROKEN = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|GETTING_DATA)")
TAIL = re.compile(r"[(（\[【].*$")
QUOTED = re.compile(r"^'(?=[=+\-@])")


class SheetUnreadable(Refusal):
    """The workbook as a whole cannot be read; the sentence says how to mend it."""

    def __init__(self, message: Any) -> None:
        super().__init__(message, field="file")


@dataclass
class ReadRow:
    """One filled row: its number in the workbook, its cells as text by header, what is odd."""

    number: int
    cells: dict[str, Any]
    odd: dict[str, str] = field(default_factory=dict)


@dataclass
class Reading:
    """What a workbook holds: rows, where each column stands, hints; and on which sheet it is."""

    rows: list[ReadRow]
    letters: dict[str, str]
    hints: list[str]
    page: str = ""
    header_row: int = 1


def read(sheet: SheetSpec, content: bytes, *, most: int) -> Reading:
    """Read a workbook against a sheet; SheetUnreadable when it is none, or another one.

    ``most`` is the largest number of rows taken.
    """
    book = _open(content)
    page, at, places = _page_of(sheet, book)
    letters = {column.header: get_column_letter(place + 1) for column, place in places}
    merged = _merged(page)
    rows: list[ReadRow] = []
    for index, line in enumerate(page.to_python(skip_empty_area=False)):
        if index <= at:
            continue
        row = _row(index, line, places, merged)
        if any(value != "" for value in row.cells.values()):
            rows.append(row)
        if len(rows) > most:
            raise SheetUnreadable(
                gettext(
                    "More than %(n)s rows: split the workbook and upload the parts", n=figure(most)
                )
            )
    if not rows:
        raise SheetUnreadable(gettext("The sheet has no filled row below the header"))
    return Reading(rows, letters, _hints(sheet, book, page, at, letters), page.name, at + 1)


def _open(content: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except PasswordError:
        raise SheetUnreadable(
            gettext("The workbook is protected by a password: save it without one")
        ) from None
    except (CalamineError, XmlError, ZipError, OSError, ValueError):
        raise SheetUnreadable(
            gettext("This is no workbook: save the sheet as .xlsx and upload it again")
        ) from None


def plain_header(text: Any) -> str:
    """Give a header without star, blanks, line breaks and what stands in brackets."""
    folded = re.sub(rf"[{STAR}*\s]", "", checks.fold_text(str(text)))
    return TAIL.sub("", folded)


def _page_of(sheet: SheetSpec, book: CalamineWorkbook) -> Any:
    best: Any = None
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet or meta.visible != SheetVisibleEnum.Visible:
            continue
        page = book.get_sheet_by_name(meta.name)
        for at, line in enumerate(page.to_python(skip_empty_area=False, nrows=HEADER_WITHIN)):
            places = _places(sheet, line)
            if best is None or len(places) > len(best[2]):
                best = (page, at, places)
        if best and len(best[2]) == len(sheet.columns):
            break
    if best is None or len(best[2]) < min(2, len(sheet.columns)):
        raise SheetUnreadable(
            gettext("No sheet has the header of “%(title)s”: use its template", title=sheet.title)
        )
    _refuse_missing(sheet, best[2])
    return best


def _places(sheet: SheetSpec, line: list[Any]) -> list[tuple[SheetColumn, int]]:
    wanted = {plain_header(column.header): column for column in sheet.columns}
    found: list[tuple[SheetColumn, int]] = []
    for place, value in enumerate(line):
        column = wanted.pop(plain_header(value), None)
        if column is not None:
            found.append((column, place))
    return found


def _refuse_missing(sheet: SheetSpec, places: list[tuple[SheetColumn, int]]) -> None:
    present = {column.header for column, _place in places}
    missing = [c.header for c in sheet.columns if c.starred and c.header not in present]
    if missing:
        raise SheetUnreadable(
            gettext(
                "These required columns are missing from the header: %(names)s",
                names="、".join(missing),
            )
        )


def _merged(page: CalamineSheet) -> set[tuple[int, int]]:
    hidden: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in page.merged_cell_ranges or []:
        hidden |= {
            (row, place)
            for row in range(top, min(bottom, top + 1000) + 1)
            for place in range(left, min(right, left + 200) + 1)
            if (row, place) != (top, left)
        }
    return hidden


def _row(index: int, line: list[Any], places: Any, merged: set[tuple[int, int]]) -> ReadRow:
    row = ReadRow(index + 1, {})
    for column, place in places:
        value = line[place] if place < len(line) else ""
        try:
            row.cells[column.header] = plain(value, column.kind)
        except checks.Invalid as problem:
            row.cells[column.header] = _shown(value)
            row.odd[column.header] = str(problem)
        if value == "" and (index, place) in merged:
            row.odd[column.header] = gettext(
                "The cell is merged with another one: undo the merge and fill in every row"
            )
    return row


def _shown(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def plain(value: Any, kind: Kind) -> Any:
    """Turn a cell into what the column's own type reads: a text, or a date for date columns.

    Invalid where the spreadsheet has lost what was typed.
    """
    if isinstance(kind, (Date, Instant)):
        return _moment(value, kind)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (datetime, date, time, timedelta)):
        return _written(value)
    exact = isinstance(kind, (Number, Integer, Flag))
    if isinstance(value, (int, float)):
        return _digits(value, exact=exact)
    return _words(str(value), exact=exact)


def _written(value: Any) -> str:
    """Write what the spreadsheet took for a date or a time where a text was meant."""
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    midnight = isinstance(value, datetime) and value.time() == time()
    return value.date().isoformat() if midnight else str(value)


def _digits(value: float, *, exact: bool) -> str:
    if value != int(value):
        return format(value, ".15g")
    if abs(value) >= 10**EXACT_DIGITS and not exact:
        raise checks.Invalid(lost_digits())
    return str(int(value))


def _words(text: str, *, exact: bool) -> str:
    folded = QUOTED.sub("", checks.fold_text(text))
    if BROKEN.fullmatch(folded):
        raise checks.Invalid(
            gettext("The formula of this cell has no result: type the value itself")
        )
    if SCIENTIFIC.fullmatch(folded):
        number = Decimal(folded)
        typed = len(re.sub(r"[eE].*|\D", "", folded))
        whole = number == number.to_integral_value()
        if not exact and whole and len(str(abs(int(number)))) > typed:
            raise checks.Invalid(lost_digits())
        return f"{number:f}"
    return folded


def lost_digits() -> Any:
    """Say that a spreadsheet has turned a long number into one of fifteen digits."""
    return gettext(
        "The spreadsheet keeps only 15 digits of a number: format the cell as text and type the"
        " whole number again"
    )


def _moment(value: Any, kind: Kind) -> Any:
    if isinstance(value, (bool, time, timedelta)):
        return str(value)
    if isinstance(value, (int, float)):
        if FIRST_SERIAL <= value <= LAST_SERIAL:
            found = EPOCH + timedelta(days=float(value))
            return found.date() if isinstance(kind, Date) else found.replace(microsecond=0)
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, datetime):
        return value.date() if isinstance(kind, Date) else value
    if isinstance(value, date):
        return value
    text = _words(str(value), exact=True)
    return re.sub(r"[T\s]0{1,2}:00(:00)?$", "", text) if isinstance(kind, Date) else text


def _hints(
    sheet: SheetSpec, book: CalamineWorkbook, page: CalamineSheet, at: int, letters: dict[str, str]
) -> list[str]:
    hints = []
    if VERSION in book.sheet_names:
        mark = book.get_sheet_by_name(VERSION).to_python()
        if mark and list(map(str, mark[0]))[:2] != [sheet.code, sheet.version]:
            hints.append(
                gettext("The workbook was made from an older template: download the present one")
            )
    known = {*letters, STATUS}
    header = page.to_python(skip_empty_area=False, nrows=at + 1)[at]
    spare = [
        str(text)[:20]
        for text in header
        if str(text).strip() and plain_header(text) not in {plain_header(name) for name in known}
    ]
    if spare:
        hints.append(gettext("These columns are not read: %(names)s", names="、".join(spare)))
    return hints
