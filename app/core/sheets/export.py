"""Exported lists: masked, marked with user and time, safe to open."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import chain, islice
from typing import Any, NamedTuple
from unicodedata import east_asian_width

from flask_babel import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from rustpy_xlsxwriter import Format, write_worksheet

from app.core import clock, scope

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# what XML knows no way to write: control characters, halves of pairs, two that are none
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMATS = {0: "#,##0", -1: "#,##0.0", -2: "#,##0.00"}  # by the places a number has
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# a text with none of these is written as it is
DOUBTFUL = re.compile(rf"^[=+\-@\t\r]|{UNWRITABLE.pattern}")
LONGEST_TEXT = 32_767  # characters a cell holds
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
LOOKED_AT = 500  # rows the widths and formats of the columns are read from
NARROWEST, WIDEST = 6, 40
A4 = 9


class Marked(NamedTuple):
    """A number that shows a mark behind it, such as 8.5*; the cell keeps the bare number."""

    number: Decimal
    mark: str


def safe_cell(value: Any) -> Any:
    """Keep a text from being read as a formula, and without what no workbook can hold."""
    if value is None or isinstance(value, (int, Decimal, date, datetime, Marked)):
        return value
    text = UNWRITABLE.sub("", str(value))[: LONGEST_TEXT - 1]
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def workbook(
    title: str, head: Sequence[str], body: Iterable[Sequence[Any]], *, last: str = "",
    marks: bool = False,
) -> bytes:  # fmt: skip
    """Write a list as a workbook: its title, its heads, its rows, who exported it and when.

    ``last`` is a sentence below the rows, such as that there are more. ``marks`` says that cells
    may be ``Marked``: only the slower writer knows a format for a single cell.
    """
    write = _marked if marks else _streamed
    ending = [line for line in (last, _mark()) if line]
    return write(title, [str(safe_cell(text)) for text in head], body, ending)


def _mark() -> str:
    return gettext(
        "Exported by %(name)s at %(at)s", name=scope.current().name,
        at=clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"),
    )  # fmt: skip


def _page_footer() -> str:
    pages = gettext("Page %(page)s of %(pages)s", page="\1P", pages="\1N")
    return f"&L{_mark()[:180].replace('&', '&&')}&R{pages}".replace("\1", "&")


def _streamed(
    title: str, head: list[str], body: Iterable[Sequence[Any]], ending: list[str]
) -> bytes:
    """Write row by row, in little memory."""
    rows = iter(body)
    first = list(islice(rows, LOOKED_AT))
    keys = _distinct(head)
    target = BytesIO()
    write_worksheet(
        _records(keys, chain(first, rows), ending), target, sheet_name=_sheet_name(title),
        header_row=1, freeze_row=2, freeze_col=1, datetime_format=MOMENT,
        header_format=Format().set_bold().set_background_color("#EEF2F7").set_border("thin")
        .set_border_color("#B8C0CC"),
        column_formats=_formats(keys, first), column_widths=_widths(keys, first),
        merge_ranges=[(0, 0, 0, max(1, len(keys) - 1), safe_cell(title),
                       Format().set_bold().set_font_size(14))],
        page_setup={
            "landscape": True, "paper_size": A4, "repeat_rows": (0, 1), "fit_to_pages": (1, 0),
            "footer": _page_footer(),
        },
    )  # fmt: skip
    return target.getvalue()


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", UNWRITABLE.sub("", title)).strip()[:31] or "Sheet"


def _distinct(head: list[str]) -> list[str]:
    """Give each column a name of its own: the writer knows columns by their heads."""
    found: list[str] = []
    for text in head:
        while text in found:
            text += " "  # noqa: PLW2901 - blanks nobody sees
        found.append(text)
    return found


def _records(
    keys: list[str], rows: Iterable[Sequence[Any]], ending: list[str]
) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield dict(zip(keys, map(_plain, row), strict=True))
    for line in ending:
        yield {**dict.fromkeys(keys), keys[0]: safe_cell(line)}


def _plain(value: Any) -> Any:
    """Give what the streaming writer takes: a number of a spreadsheet, a day, a text."""
    if type(value) is str:
        plain = len(value) < LONGEST_TEXT and not DOUBTFUL.search(value)
        return value if plain else safe_cell(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int):
        return value if abs(value) < EXACT else str(value)
    return safe_cell(value)


def _formats(keys: list[str], rows: list[Sequence[Any]]) -> dict[str, Format]:
    """Give columns of amounts their places and their thousands, columns of days their shape."""
    found: dict[str, Format] = {}
    for place, key in enumerate(keys):
        values = [row[place] for row in rows if row[place] not in (None, "")]
        numbers = [v for v in values if isinstance(v, Decimal)]
        if numbers:
            places = min(int(v.as_tuple().exponent) for v in numbers)
            found[key] = Format().set_num_format(FORMATS.get(places, "#,##0.00##"))
        elif values and all(isinstance(v, date) and not isinstance(v, datetime) for v in values):
            found[key] = Format().set_num_format(DAY)
    return found


def _widths(keys: list[str], rows: list[Sequence[Any]]) -> dict[str, float]:
    """Give each column the width its words need, within bounds."""
    return {
        key: min(WIDEST, max(NARROWEST, _wide(key), *(_wide(row[place]) for row in rows)) + 2)
        for place, key in enumerate(keys)
    }


def _wide(value: Any) -> int:
    if isinstance(value, datetime):
        return len(MOMENT)
    text = "" if value is None else str(value)
    return len(text) + sum(east_asian_width(one) in "WF" for one in text)


def _marked(title: str, head: list[str], body: Iterable[Sequence[Any]], ending: list[str]) -> bytes:
    """Write cells one by one, each with a format of its own."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "B3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.print_title_rows = "1:2"
    left, _, right = _page_footer().removeprefix("&L").rpartition("&R")
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = left, right
    sheet.append([_bold(sheet, str(safe_cell(title)))])
    sheet.append([_bold(sheet, text) for text in head])
    for row in body:
        sheet.append([_drawn(sheet, safe_cell(value)) for value in row])
    for line in ending:
        sheet.append([safe_cell(line)])
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
