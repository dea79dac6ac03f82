"""Checking the rows of a sheet with the columns' own types."""

from dataclasses import dataclass
from html import unescape
from typing import Any

from flask_babel import gettext

from app.core import checks
from app.core.columns.base import Kind, required_message
from app.core.columns.secrets import BankCard
from app.core.errors import Refusal
from app.core.sheets.columns import DOOR, SheetColumn, SheetSpec
from app.core.sheets.reading import ReadRow

ERROR, WARNING = "error", "warning"
MOST_KEPT = 4096  # different texts of a column worth remembering


@dataclass(frozen=True)
class Finding:
    """One wrong or doubtful cell: row of the workbook, header, the value masked, a sentence.

    ``corrects`` is what a notice says of it (``core.notices``): the stay 人员信息更正 is asked for.
    """

    row: int
    column: str
    value: str
    message: str
    level: str = ERROR
    corrects: int | None = None


def check_row(sheet: SheetSpec, row: ReadRow) -> tuple[dict[str, Any], list[Finding]]:
    """Read one row into values by column name, and say what is wrong with which cell."""
    return RowCheck(sheet).check(row)


class RowCheck:
    """Reads the rows of one sheet, one after another.

    Cells repeat down a column, so what a column made of a text is remembered for its next row.
    """

    def __init__(self, sheet: SheetSpec) -> None:
        self._cells = [_Cells(column) for column in sheet.columns]
        self._judged = [cells for cells in self._cells if cells.judges]

    def check(self, row: ReadRow) -> tuple[dict[str, Any], list[Finding]]:
        """Give the values of a row by column name, and what is wrong with which cell."""
        values: dict[str, Any] = {}
        found: list[Finding] = []
        given, odd = row.cells, row.odd
        for cells in self._cells:
            raw = given.get(cells.header, "")
            if cells.header in odd:
                found.append(_finding(row, cells.column, odd[cells.header]))
                continue
            try:
                values[cells.name] = cells.known[raw] if raw in cells.known else (
                    cells.read(raw, values)
                )  # fmt: skip
            except (checks.Invalid, Refusal) as problem:
                found.append(_finding(row, cells.column, str(problem)))
        wrong = {finding.column for finding in found}
        for cells in self._judged:
            if cells.header not in wrong:
                found += cells.judge(row, values)
        return values, found


class _Cells:
    """The cells of one column: how they are read, and what was made of them so far."""

    def __init__(self, column: SheetColumn) -> None:
        self.column, self.header, self.name = column, column.header, column.name
        self.kind, self.lookup = column.kind, column.lookup
        self.known: dict[Any, Any] = {"": None, **dict.fromkeys(column.empty_words)}
        self._refused: dict[Any, checks.Invalid | Refusal] = {}
        own = (type(self.kind).check, type(self.kind).vet)
        self._checks = own != (Kind.check, Kind.vet)
        self._card = isinstance(self.kind, BankCard)
        self._required = DOOR in column.spec.required_at
        self.judges = self._checks or self._card or self._required

    def read(self, raw: Any, values: dict[str, Any]) -> Any:
        """Read a text that is not known yet; raises Invalid or a refusal."""
        if self.lookup is not None:
            return self.lookup(str(raw), values)
        if raw in self._refused:
            raise self._refused[raw].with_traceback(None)
        try:
            value = self.kind.read(raw)
        except (checks.Invalid, Refusal) as problem:
            if len(self._refused) < MOST_KEPT:
                self._refused[raw] = problem.with_traceback(None)
            raise
        if len(self.known) < MOST_KEPT and not isinstance(value, list):
            self.known[raw] = value
        return value

    def judge(self, row: ReadRow, values: dict[str, Any]) -> list[Finding]:
        """Judge a value that was read beside those of its row."""
        value, column = values.get(self.name), self.column
        if value in (None, "", []):
            if self._required and column.spec.required(DOOR, values):
                return [_finding(row, column, required_message(column.spec, DOOR))]
            return []
        try:
            if self._checks:
                self.kind.vet(value, values)
        except (checks.Invalid, Refusal) as problem:
            return [_finding(row, column, str(problem))]
        if self._card and not checks.bank_card(value)[1]:
            sentence = gettext("The card number fails its check digit: compare it with the card")
            return [_finding(row, column, sentence, WARNING)]
        return []


def _finding(row: ReadRow, column: SheetColumn, message: str, level: str = ERROR) -> Finding:
    raw = str(row.cells.get(column.header, ""))
    shown = unescape(str(column.kind.mask(raw))) if raw and column.kind.sensitive else raw[:60]
    return Finding(row.number, column.header, shown, message, level)
