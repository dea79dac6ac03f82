"""Reading workbooks as people send them: .xlsx and .xls, moved headers, numbers as numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
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
from app.core.figures import figure
from app.core.sheets.cells import broken, plain, shown
from app.core.sheets.columns import STAR, STATUS, SheetColumn, SheetSpec
from app.core.sheets.raw import Facts, SheetUnreadable, facts_of
from app.core.sheets.template import HELP, LISTS, VERSION

HEADER_WITHIN = 30  # rows above the header people leave for titles and notes
SPARE_CELLS = 60  # columns beside those of the template a sheet may be wide
TAIL = re.compile(r"[(（\[【〔].*$")
MOST_KNOWN = 4096  # different texts of a column worth remembering: cells repeat down a column
MOST_COVERED = 200_000  # cells of merged ranges worth remembering
NAMED = 8  # rows or columns a hint names

Places = list[tuple[SheetColumn, int]]


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


@dataclass
class Found:
    """The sheet of a workbook that has the header: which row it is, and where columns stand."""

    page: CalamineSheet
    at: int
    places: Places
    header: list[Any]
    facts: Facts


def read(sheet: SheetSpec, content: bytes, *, most: int) -> Reading:
    """Read a workbook against a sheet; SheetUnreadable when it is none, or another one.

    ``most`` is the largest number of rows taken.
    """
    book = _open(content)
    _refuse_other(sheet, book)
    found, others = _page_of(sheet, book, content, most)
    letters = {column.header: get_column_letter(place + 1) for column, place in found.places}
    rows: list[ReadRow] = []
    for row in _rows(found):
        rows.append(row)
        if len(rows) > most:
            raise SheetUnreadable(
                gettext(
                    "More than %(n)s rows: split the workbook and upload the parts", n=figure(most)
                )
            )
    if not rows:
        raise SheetUnreadable(gettext("The sheet has no filled row below the header"))
    hints = [
        *_version_hints(sheet, book), *_column_hints(found), *_hidden_hints(found, rows),
        *([gettext("Only the sheet “%(name)s” is read, not %(others)s", name=found.page.name,
                   others="、".join(f"“{name}”" for name in others))] if others else ()),
    ]  # fmt: skip
    return Reading(rows, letters, hints, found.page.name, found.at + 1)


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
    folded = re.sub(rf"[{STAR}☆*\s:]", "", checks.fold_text(str(text)))
    return TAIL.sub("", folded)


def _page_of(
    sheet: SheetSpec, book: CalamineWorkbook, content: bytes, most: int
) -> tuple[Found, list[str]]:
    """Give the sheet with the most columns of the header, filled ones first, and its rivals."""
    candidates: list[tuple[tuple[int, bool], Found]] = []
    for meta in book.sheets_metadata:
        usual = meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
        if usual and meta.name not in (HELP, LISTS, VERSION):
            found = _header_of(sheet, book, meta.name, content, most)
            filled = next(_rows(found), None) is not None
            candidates.append(((len(found.places), filled), found))
    candidates.sort(key=lambda one: one[0], reverse=True)
    if not candidates or len(candidates[0][1].places) < min(2, len(sheet.columns)):
        raise SheetUnreadable(
            gettext("No sheet has the header of “%(title)s”: use its template", title=sheet.title)
        )
    best = candidates[0][1]
    _refuse_missing(sheet, best.places)
    enough = len(best.places) / 2
    return best, [f.page.name for (n, filled), f in candidates[1:] if n > enough and filled]


def _header_of(
    sheet: SheetSpec, book: CalamineWorkbook, name: str, content: bytes, most: int
) -> Found:
    facts = facts_of(
        content, name, most=(most + HEADER_WITHIN) * (len(sheet.columns) + SPARE_CELLS)
    )
    try:
        page = book.get_sheet_by_name(name)
    except (CalamineError, XmlError, ZipError, ValueError):
        raise SheetUnreadable(
            gettext("The sheet “%(name)s” is damaged: save it as a new .xlsx", name=name[:31])
        ) from None
    best = Found(page, 0, [], [], facts)
    for at, line in enumerate(page.iter_rows()):
        if at >= HEADER_WITHIN or len(best.places) == len(sheet.columns):
            break
        places = _places(sheet, line, _left(page))
        if len(places) > len(best.places):
            best = Found(page, at, places, line, facts)
    return best


def _left(page: CalamineSheet) -> int:
    """Give how many empty columns stand left of what the reader gives."""
    return page.start[1] if page.start else 0


def _refuse_other(sheet: SheetSpec, book: CalamineWorkbook) -> None:
    mark = _mark_of(book)
    if mark and mark[0][0] != sheet.code:
        raise SheetUnreadable(
            gettext(
                "This workbook was made from the template “%(code)s %(other)s”, not from"
                " “%(title)s”: upload it on the card of its template",
                code=mark[0][0], other="".join(mark[0][2:3]), title=sheet.title,
            )
        )  # fmt: skip


def _places(sheet: SheetSpec, line: list[Any], left: int) -> Places:
    wanted = {plain_header(column.header): column for column in sheet.columns}
    found: Places = []
    for place, value in enumerate(line, start=left):
        column = wanted.pop(plain_header(value), None) if value != "" else None
        if column is not None:
            found.append((column, place))
    return found


def _refuse_missing(sheet: SheetSpec, places: Places) -> None:
    present = {column.header for column, _place in places}
    missing = [c.header for c in sheet.columns if c.starred and c.header not in present]
    if missing:
        raise SheetUnreadable(
            gettext(
                "These required columns are missing from the header: %(names)s",
                names="、".join(missing),
            )
        )


def _rows(found: Found) -> Iterator[ReadRow]:
    """Give the filled rows below the header, one at a time."""
    left, empty = _left(found.page), _empty_ones(found)
    columns = [(c.header, c.kind, place - left, place) for c, place in found.places]
    known: dict[str, dict[str, Any]] = {header: {} for header, _k, _p, _c in columns}
    for index, line in enumerate(found.page.iter_rows()):
        if index <= found.at:
            continue
        row = ReadRow(index + 1, {})
        for header, kind, place, column in columns:
            value = line[place]
            if value == "":
                row.cells[header] = ""
                if (index + 1, column + 1) in empty:
                    row.odd[header] = empty[index + 1, column + 1]
                continue
            if type(value) is str and value in known[header]:
                row.cells[header] = known[header][value]
                continue
            try:
                row.cells[header] = plain(value, kind)
                if type(value) is str and len(known[header]) < MOST_KNOWN:
                    known[header][value] = row.cells[header]
            except checks.Invalid as problem:
                row.cells[header] = shown(value)
                row.odd[header] = str(problem)
        if row.odd or any(value != "" for value in row.cells.values()):
            yield row


def _empty_ones(found: Found) -> dict[tuple[int, int], str]:
    """Say of cells that hold nothing, though they look filled, what is the matter with them."""
    merged = gettext("The cell is merged with another one: undo the merge and fill in every row")
    blind = gettext(
        "The formula of this cell has no result: open and save the workbook in Excel or WPS, or"
        " type the value itself"
    )
    return {
        **dict.fromkeys(_covered(found), merged),
        **dict.fromkeys(found.facts.blind, blind),
        **dict.fromkeys(found.facts.broken, broken()),
    }


def _covered(found: Found) -> set[tuple[int, int]]:
    """Give the cells a merge hides, among the columns that are read; counted from one."""
    columns = {place for _column, place in found.places}
    hidden: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in found.page.merged_cell_ranges or []:
        places = [place for place in columns if left <= place <= right]
        if len(hidden) > MOST_COVERED or not places:
            continue
        hidden |= {
            (row + 1, place + 1)
            for row in range(max(top, found.at + 1), min(bottom, top + 20_000) + 1)
            for place in places
            if (row, place) != (top, left)
        }
    return hidden


def _mark_of(book: CalamineWorkbook) -> list[list[str]]:
    """Give what a template noted about itself: code, version and title; then its headers."""
    if VERSION not in book.sheet_names:
        return []
    lines = book.get_sheet_by_name(VERSION).to_python(nrows=2)
    return [[str(cell) for cell in line if cell != ""] for line in lines if any(line)]


def _version_hints(sheet: SheetSpec, book: CalamineWorkbook) -> list[str]:
    mark = _mark_of(book)
    if not mark or mark[0][:2] == [sheet.code, sheet.version]:
        return []
    now, then = [column.header for column in sheet.columns], mark[1] if len(mark) > 1 else []
    came, went = [h for h in now if h not in then], [h for h in then if h not in now]
    if then and not came and not went:  # what a column asks for is told cell by cell
        return []
    said = [gettext("The workbook was made from an older template: download the present one")]
    if then and came:
        said.append(gettext("New columns since: %(names)s", names="、".join(came)))
    if went:
        said.append(gettext("Columns that are no more: %(names)s", names="、".join(went)))
    return ["；".join(said)]


def _column_hints(found: Found) -> list[str]:
    read = {plain_header(column.header) for column, _place in found.places}
    titles = [str(text)[:20] for text in found.header if str(text).strip()]
    spare = [t for t in titles if plain_header(t) not in {*read, STATUS}]
    known = [plain_header(t) for t in titles]
    twice = [c.header for c, _place in found.places if known.count(plain_header(c.header)) > 1]
    hints = []
    if spare:
        hints.append(gettext("These columns are not read: %(names)s", names="、".join(spare)))
    if twice:
        hints.append(
            gettext(
                "These columns stand there more than once, the first of them is read: %(names)s",
                names="、".join(twice),
            )
        )
    return hints


def _hidden_hints(found: Found, rows: list[ReadRow]) -> list[str]:
    hints = []
    numbers = {row.number for row in rows}
    hidden = [number for number in found.facts.hidden_rows if number in numbers]
    if hidden:
        hints.append(
            gettext(
                "%(n)s hidden or filtered rows are read too: %(rows)s",
                n=figure(len(hidden)), rows=_some([str(number) for number in hidden]),
            )
        )  # fmt: skip
    headers = [c.header for c, place in found.places if place + 1 in found.facts.hidden_columns]
    if headers:
        hints.append(gettext("Hidden columns are read too: %(names)s", names=_some(headers)))
    return hints


def _some(words: list[str]) -> str:
    return "、".join(words[:NAMED]) + ("…" if len(words) > NAMED else "")
