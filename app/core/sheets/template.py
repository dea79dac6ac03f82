"""Templates: what people download, fill in and send back (screens.md 14)."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from math import ceil
from typing import Any
from unicodedata import east_asian_width

from flask_babel import gettext
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from app.core.sheets.columns import STAR, SheetColumn, SheetSpec
from app.core.sheets.export import safe_cell
from app.core.sheets.notes import example_of, example_row, fill_in, note_of, required_word

HEADER_ROW = 1
LAST_ROW = 20_001
LISTS, VERSION, HELP = "_lists", "_version", "填写说明"
LINE = 15  # points
WIDEST = 24  # of a column, for the words of its example
HELP_WIDTHS = {"A": 28, "B": 16, "C": 64, "D": 28}
RED, GREY = "FFC00000", "FF666666"
HEAD_FILL = PatternFill("solid", fgColor="FFF2F4F7")
WRONG_FILL, DOUBT_FILL = (PatternFill("solid", fgColor=c) for c in ("FFFFC7CE", "FFFFEB9C"))


def template(sheet: SheetSpec, rows: Sequence[Mapping[str, Any]] = (), marks: Any = None) -> bytes:
    """Write the template of a sheet, with rows already filled in when they are given.

    ``marks`` maps (row index, header) to (level, message): the cell is coloured and the message
    stands in its comment, so that a wrong workbook can be repaired and sent again.
    """
    book = Workbook()
    page = book.active
    page.title = str(sheet.title)[:31]
    lists = book.create_sheet(LISTS)
    for position, column in enumerate(sheet.columns, start=1):
        _head(page, position, column)
        _offer(page, lists, position, column, sheet)
    for index, row in enumerate(rows):
        _fill(page, sheet, index, row, marks or {})
    page.freeze_panes = page.cell(row=HEADER_ROW + 1, column=1)
    _explain(book, sheet)
    lists.sheet_state = "hidden"
    version = book.create_sheet(VERSION)
    version.append([sheet.code, sheet.version, str(sheet.title)])
    version.append([column.header for column in sheet.columns])
    version.sheet_state = "veryHidden"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _head(page: Any, position: int, column: SheetColumn) -> None:
    cell = page.cell(row=HEADER_ROW, column=position)
    cell.value = f"{STAR}{column.header}" if column.starred else column.header
    cell.font = Font(bold=True, color=RED if column.starred else None)
    cell.fill = HEAD_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    dimension = page.column_dimensions[get_column_letter(position)]
    shown = _drawn(str(column.example or "")) + 3
    dimension.width = max(12, 2.2 * len(column.header) + 4, min(shown, WIDEST))
    dimension.number_format = "@"  # text: a number of 18 digits would lose its last three


def _offer(page: Any, lists: Any, position: int, column: SheetColumn, sheet: SheetSpec) -> None:
    words = sheet.offered(column)
    if not words:
        return
    letter = get_column_letter(position)
    for number, word in enumerate(words, start=1):
        lists.cell(row=number, column=position).value = safe_cell(word)
    whole = f"{LISTS}!${letter}$1:${letter}${len(words)}"
    offer = DataValidation(
        type="list",
        formula1=f"={_narrowed(lists, column, sheet, whole) or whole}",
        allow_blank=True,
        showErrorMessage=True,
        errorStyle="warning",
        error=gettext("Choose one of the words of the list"),
    )
    offer.add(f"{letter}{HEADER_ROW + 1}:{letter}{LAST_ROW}")
    page.add_data_validation(offer)


def _narrowed(lists: Any, column: SheetColumn, sheet: SheetSpec, whole: str) -> str:
    """Give the formula of a drop-down that follows another column; nothing when it follows none.

    A table beside the lists says where the words of each value begin and how many they are.
    OFFSET and VLOOKUP are read by Excel and WPS alike, and need no names, which may hold neither
    a digit in front nor brackets. Counting by COUNTIF would take codes of 18 digits for numbers.
    """
    rule = sheet.dependents.get(column.header)
    headers = [one.header for one in sheet.columns]
    offers = rule.offers() if rule is not None else {}
    if rule is None or rule.parent not in headers or not offers:
        return ""
    place = max(lists.max_column, len(headers)) + 2
    value, _start, many, word = (get_column_letter(place + n) for n in range(4))
    at = 1
    for number, (parent, words) in enumerate(offers.items(), start=1):
        for offset, text in enumerate((parent, at, len(words) or 1)):
            lists.cell(row=number, column=place + offset).value = safe_cell(text)
        for text in words or ("",):  # a cell left empty offers nothing
            lists.cell(row=at, column=place + 3).value = safe_cell(text) or None
            at += 1
    cell = f"${get_column_letter(headers.index(rule.parent) + 1)}{HEADER_ROW + 1}"
    table = f"{LISTS}!${value}$1:${many}${len(offers)}"
    first, count = (f"VLOOKUP({cell},{table},{n},FALSE)" for n in (2, 3))
    return f'IF({cell}="",{whole},OFFSET({LISTS}!${word}$1,{first}-1,0,{count},1))'


def _fill(page: Any, sheet: SheetSpec, index: int, row: Mapping[str, Any], marks: Any) -> None:
    number = HEADER_ROW + 1 + index
    for position, column in enumerate(sheet.columns, start=1):
        cell = page.cell(row=number, column=position)
        cell.value = safe_cell(row.get(column.header)) or None
        cell.number_format = "@"
        if (index, column.header) in marks:
            level, message = marks[index, column.header]
            cell.fill = WRONG_FILL if level == "error" else DOUBT_FILL
            cell.comment = Comment(str(message), "")


def _explain(book: Any, sheet: SheetSpec) -> None:
    page = book.create_sheet(HELP, 1)
    for sentence in fill_in(sheet):
        page.append([sentence])
    page.append([])
    page.append([gettext("Example")])
    page.append([column.header for column in sheet.columns])
    page.append([safe_cell(text) for text in example_row(sheet).values()])
    page.append([])
    page.append(
        [gettext("Column"), gettext("Required"), gettext("What to enter"), gettext("Example")]
    )
    _embolden(page)
    for column in sheet.columns:
        page.append(
            [
                column.header,
                required_word(column),
                note_of(column, sheet),
                safe_cell(example_of(column, sheet)),
            ]
        )
    _lay_out(page)


def _embolden(page: Any) -> None:
    for cell in (*page[6], *page[page.max_row]):
        cell.font = Font(bold=True)
    for number in (1, 2, 3, 5):
        page.cell(row=number, column=1).font = Font(color=GREY)


def _lay_out(page: Any) -> None:
    """Give the columns room; what is longer breaks into lines of its own cell."""
    for place in range(1, page.max_column + 1):
        letter = get_column_letter(place)
        page.column_dimensions[letter].width = HELP_WIDTHS.get(letter, 20)
    for row in page.iter_rows(min_row=6):
        lines = 1
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
            width = HELP_WIDTHS.get(cell.column_letter, 20)
            lines = max(lines, ceil(_drawn(str(cell.value or "")) / (width - 2)))
        page.row_dimensions[row[0].row].height = LINE * lines


def _drawn(text: str) -> int:
    """Give how wide a text is drawn, in narrow characters: a Chinese one takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
