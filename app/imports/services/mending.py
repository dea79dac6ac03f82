"""Wrong rows go back as the user's own workbook: cells coloured, the sentence in a comment (14)."""

import warnings
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask_babel import gettext
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter

from app.core.sheets import template
from app.core.sheets.columns import STATUS
from app.core.sheets.merged import merged_cells
from app.core.sheets.rows import ERROR
from app.core.sheets.template import DOUBT_FILL, WRONG_FILL
from app.imports import marks
from app.imports.models import ImportJob
from app.imports.services import keeping

AUTHOR = "批量导入"
NO_FILL = PatternFill()
OURS = {WRONG_FILL.fgColor.rgb, DOUBT_FILL.fgColor.rgb}
WIDTH, HEIGHT = 260, 90  # of a comment, in points
MOST_MERGED = 200_000


@dataclass
class Remark:
    """What is said beside one cell."""

    level: str
    words: str


def wrong_workbook(job: ImportJob) -> bytes:
    """Give the workbook to be mended: the uploaded one, else our template with its wrong rows.

    Every row stays where it is; those that were imported say so in a column of their own and
    are left alone when the workbook comes back.
    """
    remarks = _remarks(job)
    content = keeping.book_of(job)
    if content is not None and content.startswith(b"PK"):
        marked = _own(job, content, remarks)
        if marked is not None:
            return marked
    return _ours(job, remarks)


def _remarks(job: ImportJob) -> dict[tuple[int, str], Remark]:
    """Give what is said about each cell, by row and header; about a row by its first cell.

    Notices are marked too, of rows that pass as well.
    """
    found = keeping.findings_of(job)["problems"]
    first = keeping.sheet_of(job).columns[0].header
    remarks: dict[tuple[int, str], Remark] = {}
    for one in found:
        key = (one["row"], one["column"] or first)
        before = remarks.get(key)
        words = f"{before.words}；{one['message']}" if before else one["message"]
        level = ERROR if before and before.level == ERROR else one["level"]
        remarks[key] = Remark(level, words)
    return remarks


def _wrong_rows(remarks: Mapping[tuple[int, str], Remark]) -> dict[int, int]:
    """Count the wrong cells of each row that has one."""
    wrong: dict[int, int] = {}
    for (row, _header), one in remarks.items():
        if one.level == ERROR:
            wrong[row] = wrong.get(row, 0) + 1
    return wrong


def _ours(job: ImportJob, remarks: Mapping[tuple[int, str], Remark]) -> bytes:
    """Write the wrong rows into our template, where the user's file cannot be written again."""
    wrong = _wrong_rows(remarks)
    rows = [row for row in keeping.kept(job)["rows"] if row["number"] in wrong]
    places = {row["number"]: index for index, row in enumerate(rows)}
    said = {
        (places[row], header): (one.level, one.words)
        for (row, header), one in remarks.items() if row in places
    }  # fmt: skip
    return template(keeping.sheet_of(job), [row["cells"] for row in rows], said)


def _own(job: ImportJob, content: bytes, remarks: Mapping[tuple[int, str], Remark]) -> bytes | None:
    """Mark the user's own workbook; None when it cannot be read and written without loss."""
    read = keeping.kept(job)
    try:
        with warnings.catch_warnings():  # what the library drops, such as newer validations
            warnings.simplefilter("ignore")
            if merged_cells(content) > MOST_MERGED:  # each becomes a cell of its own
                return None
            book = load_workbook(BytesIO(content))
            page = book[read["page"]]
            _wipe(page)
            _mark_cells(page, remarks, read["letters"], int(read["header_row"]))
            _say_states(page, job, remarks, int(read["header_row"]))
            _hide_mark(book, job)
            target = BytesIO()
            book.save(target)
    except Exception:  # noqa: BLE001 - whatever is odd about a foreign file, our template helps
        return None
    return target.getvalue()


def _written(page: Any) -> list[Any]:
    """Give the cells the file holds; the rectangle they span may be a thousand times as large."""
    return list(page._cells.values())


def _wipe(page: Any) -> None:
    """Take away the colours and comments of an earlier round."""
    for cell in _written(page):
        comment = getattr(cell, "comment", None)
        if comment is not None and comment.author == AUTHOR:
            cell.comment = None
            if cell.fill.fgColor.rgb in OURS:
                cell.fill = copy(NO_FILL)


def _mark_cells(
    page: Any, remarks: Mapping[tuple[int, str], Remark], letters: Mapping[str, str], head: int
) -> None:
    for (row, header), one in remarks.items():
        letter = letters.get(header) or next(iter(letters.values()), "A")
        cell = _writable(page, row, column_index_from_string(letter))
        cell.fill = WRONG_FILL if one.level == ERROR else DOUBT_FILL
        before = cell.comment.text + "\n" if cell.comment else ""
        cell.comment = Comment(before + one.words, AUTHOR, height=HEIGHT, width=WIDTH)
    page.sheet_view.topLeftCell = None
    for pane in page.sheet_view.selection:
        pane.activeCell = pane.sqref = f"A{head}"


def _writable(page: Any, row: int, place: int) -> Any:
    """Give a cell, of a merged one the cell that shows its value."""
    cell = page.cell(row=row, column=place)
    if not isinstance(cell, MergedCell):
        return cell
    for merged in page.merged_cells.ranges:
        if cell.coordinate in merged:
            return page.cell(row=merged.min_row, column=merged.min_col)
    return cell


def _say_states(
    page: Any, job: ImportJob, remarks: Mapping[tuple[int, str], Remark], head: int
) -> None:
    """Say in a column behind the others which rows are imported and which are to be mended.

    A row that passes a preview is known again too: the workbook may be taken before the import.
    """
    heads = [cell for cell in _written(page) if cell.row == head and cell.value is not None]
    place = next((cell.column for cell in heads if str(cell.value).strip() == STATUS), None)
    if place is None:
        place = max(cell.column for cell in heads) + 1
    title = page.cell(row=head, column=place, value=STATUS)
    title.font = Font(bold=True)
    page.column_dimensions[get_column_letter(place)].width = 22
    for row, number in _wrong_rows(remarks).items():
        _writable(page, row, place).value = gettext("%(n)s to be corrected", n=number)
    for rows, words in (
        (keeping.numbers_to_write(job), gettext("Passed")),
        (keeping.numbers_written(job), gettext("Imported")),
    ):
        for row in rows:
            _writable(page, row, place).value = f"{words} {marks.token(job.id, row)}"
    for row in keeping.kept(job).get("done", ()):
        cell = _writable(page, row, place)
        if known := marks.TOKEN.search(str(cell.value or "").strip()):
            cell.value = f"{gettext('Imported')} {known[0]}"


def _hide_mark(book: Any, job: ImportJob) -> None:
    if marks.SHEET in book.sheetnames:
        del book[marks.SHEET]
    sheet = book.create_sheet(marks.SHEET)
    sheet["A1"] = str(job.id)
    sheet.sheet_state = "veryHidden"
