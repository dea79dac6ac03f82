"""What a workbook says beside its values: hidden rows, formulas without a result, its reach.

The reader of values gives none of this, and fills the whole rectangle up to the farthest cell:
one stray cell in the last corner would take more memory than there is. So the sheet is looked
through before it is read, row by row, in little memory. An old .xls has no such text; there
``facts_of`` knows nothing.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import IO, Any
from xml.etree import ElementTree as ET

from flask_babel import gettext
from openpyxl.utils import column_index_from_string, get_column_letter

from app.core.errors import Refusal
from app.core.figures import figure

CHUNK = 1 << 20
LONGEST_ROW = 8 << 20  # bytes
SPARE = 200  # columns of one hidden range worth knowing
MOST_PART = 1 << 20  # of the parts that only name others
_NAME = rb"<(?:\w+:)?"
_ROW = re.compile(_NAME + rb"row\b[^>]*>")
_NUMBER = re.compile(rb"""\br=["'](\d+)["']""")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_COLUMN = re.compile(_NAME + rb"col\b[^>]*>")
_MIN, _MAX = (re.compile(rb"\b" + name + rb"""=["'](\d+)["']""") for name in (b"min", b"max"))
_FILLED = re.compile(_NAME + rb"""c\b[^>]*?\br=["']([A-Z]{2,3})\d+["'][^>]*(?<!/)>""")
_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})(\d+)["']""")
_ERROR = re.compile(_NAME + rb"""c\b[^>]*?\bt=["']e["'][^>]*>""")
_BLIND = re.compile(
    rb"(" + _NAME + rb"c\b[^>]*(?<!/)>)\s*"
    + _NAME + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    + rb"(" + _NAME + rb"v\b(?:[^>]*/>|[^>]*>\s*</(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)  # fmt: skip
_EMPTY_TEXT = re.compile(rb"""\bt=["']str["']""")


class SheetUnreadable(Refusal):
    """The workbook as a whole cannot be read; the sentence says how to mend it."""

    def __init__(self, message: Any) -> None:
        super().__init__(message, field="file")


@dataclass
class Facts:
    """What stands beside the values of one sheet; rows and columns are counted from one."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    blind: set[tuple[int, int]] = field(default_factory=set)  # formulas without a result
    broken: set[tuple[int, int]] = field(default_factory=set)  # #N/A and the like
    last_row: int = 0
    last_column: int = 0


def facts_of(content: bytes, name: str, *, most: int) -> Facts:
    """Look one sheet through; SheetUnreadable when its farthest cell lies too far away.

    ``most`` is the largest number of cells the rectangle up to that cell may have.
    """
    facts = Facts()
    if not content.startswith(b"PK"):
        return facts
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            part = _parts(archive).get(name)
            if part is not None:
                with archive.open(part) as stream:
                    _look_through(stream, facts, most)
    except (zipfile.BadZipFile, ET.ParseError, KeyError, OSError, ValueError):
        return facts  # the reader of values says what is wrong with it
    return facts


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Give the part of each sheet by its name, however the addresses are written."""
    book = next(
        (target for kind, target in _relations(archive, "").values()
         if kind.endswith("/officeDocument")), "xl/workbook.xml",
    )  # fmt: skip
    targets = {number: target for number, (_kind, target) in _relations(archive, book).items()}
    found = {}
    for element in _xml(archive, book).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            number = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            if number in targets:
                found[element.get("name", "")] = targets[number]
    return found


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    folder = dirname(part)
    listed = join(folder, "_rels", f"{part.rpartition('/')[2]}.rels")
    return {
        one.get("Id", ""): (
            one.get("Type", ""),
            normpath(join("/", folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in _xml(archive, listed)
    }


def _xml(archive: zipfile.ZipFile, part: str) -> ET.Element:
    if archive.getinfo(part).file_size > MOST_PART:
        raise ValueError(part)
    content = archive.read(part)
    if b"<!" in content.replace(b"<!--", b""):  # entities have no place in a workbook
        raise ValueError(part)
    return ET.fromstring(content)  # noqa: S314 - without declarations, see above


def _look_through(stream: IO[bytes], facts: Facts, most: int) -> None:
    letters: set[bytes] = set()
    for piece in _pieces(stream):
        if b"hidden" in piece:
            _note_hidden(piece, facts)
        if b"<f" in piece or b":f" in piece:
            facts.blind |= _cells(_blind(piece))
        if b't="e"' in piece or b"t='e'" in piece:
            tags = (_CELL.search(tag) for tag in _ERROR.findall(piece))
            facts.broken |= _cells(tag.groups() for tag in tags if tag)
        new = set(_FILLED.findall(piece)) - letters
        letters |= new
        reached = [column_index_from_string(one.decode()) for one in new]
        facts.last_column = max([facts.last_column, *reached])
        facts.last_row = max(facts.last_row, _last_filled(piece))
        # without a cell beyond Z a row has at most 26
        if facts.last_row * max(26, facts.last_column) > most:
            raise SheetUnreadable(
                gettext(
                    "The sheet reaches down to row %(row)s and column %(column)s: delete what"
                    " stands far below or beside the list, save and upload it again",
                    row=figure(facts.last_row),
                    column=get_column_letter(max(26, facts.last_column)),
                )
            )


def _blind(piece: bytes) -> Iterator[Sequence[bytes]]:
    """Give the cells of formulas nobody has calculated; an empty text is a result."""
    for tag, value in _BLIND.findall(piece):
        place = _CELL.search(tag)
        if place and not (value and _EMPTY_TEXT.search(tag)):
            yield place.groups()


def _cells(found: Iterable[Sequence[bytes]]) -> set[tuple[int, int]]:
    return {(int(row), column_index_from_string(column.decode())) for column, row in found}


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Give the text of a sheet in pieces that end with a row."""
    rest = b""
    while piece := stream.read(CHUNK):
        rest += piece
        cut = rest.rfind(b"row>") + 4
        if cut > 4:
            yield rest[:cut]
            rest = rest[cut:]
        if len(rest) > LONGEST_ROW:
            raise ValueError(len(rest))
    yield rest


def _note_hidden(piece: bytes, facts: Facts) -> None:
    for row in _ROW.findall(piece):
        number = _NUMBER.search(row)
        if number and _HIDDEN.search(row) and not row.endswith(b"/>"):
            facts.hidden_rows.append(int(number[1]))
    for column in _COLUMN.findall(piece):
        low, high = _MIN.search(column), _MAX.search(column)
        if low and high and _HIDDEN.search(column):
            facts.hidden_columns |= set(
                range(int(low[1]), min(int(high[1]), int(low[1]) + 200) + 1)
            )


def _last_filled(piece: bytes) -> int:
    """Give the number of the last row of a piece that holds a value; 0 without one."""
    value = max(piece.rfind(b"v>"), piece.rfind(b"is>"))
    if value < 0:
        return 0
    begin = max(piece.rfind(b"<row", 0, value), piece.rfind(b":row", 0, value))
    number = _NUMBER.search(piece, begin, begin + 200) if begin >= 0 else None
    return int(number[1]) if number else 0
