"""What a workbook says about itself: its template, and which of its rows were imported before."""

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from app.core.sheets.columns import STATUS
from app.core.sheets.raw import facts_of
from app.core.sheets.reading import HEADER_WITHIN
from app.core.sheets.template import VERSION

SHEET = "_import"  # hidden in a workbook that went back to be mended
TOKEN = re.compile(r"[(（](\d{1,15})-(\d{1,7})[)）]$")
MOST_COLUMNS = 1000
MOST_CELLS = 200  # of a row, on the average, up to which a sheet is opened at all


@dataclass
class Marks:
    """The template a workbook was made from, and (import, row) of its rows, by row."""

    template: str = ""
    rows: dict[int, tuple[int, int]] = field(default_factory=dict)


def token(job_id: int, number: int) -> str:
    """Give what a row that was imported is known by in the workbook."""
    return f"({job_id}-{number})"


def read(content: bytes, *, most: int) -> Marks:
    """Read the marks of a workbook; one that cannot be opened carries none.

    A sheet is looked through before it is opened: SheetUnreadable when it reaches too far for one
    of ``most`` rows. The reader would fill the whole rectangle up to its farthest cell.
    """
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        names = set(book.sheet_names)
        if VERSION in names:
            facts_of(content, VERSION, most=most * MOST_CELLS)
        found = Marks(_template(book) if VERSION in names else "")
        if SHEET in names:
            for meta in book.sheets_metadata:
                if meta.visible == SheetVisibleEnum.Visible:
                    facts_of(content, meta.name, most=most * MOST_CELLS)
                    found.rows |= _rows(book.get_sheet_by_name(meta.name))
    except (CalamineError, OSError, ValueError, IndexError):
        return Marks()
    return found


def _template(book: CalamineWorkbook) -> str:
    lines = book.get_sheet_by_name(VERSION).to_python(nrows=1)
    return str(lines[0][0])[:10] if lines and lines[0] else ""


def _rows(page: Any) -> dict[int, tuple[int, int]]:
    lines = page.to_python(skip_empty_area=False)
    place = next(
        (line[:MOST_COLUMNS].index(STATUS) for line in lines[:HEADER_WITHIN]
         if STATUS in line[:MOST_COLUMNS]), None,
    )  # fmt: skip
    if place is None:
        return {}
    return {
        number: (int(said[1]), int(said[2]))
        for number, line in enumerate(lines, start=1)
        if place < len(line) and (said := TOKEN.search(str(line[place]).strip()))
    }
