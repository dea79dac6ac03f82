"""Checking the rows of a sheet with the columns' own types."""

from dataclasses import dataclass
from html import unescape
from typing import Any

from flask_babel import gettext

from app.core import checks
from app.core.columns.base import required_message
from app.core.columns.secrets import BankCard
from app.core.errors import Refusal
from app.core.sheets.columns import DOOR, SheetColumn, SheetSpec
from app.core.sheets.reading import ReadRow

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """One wrong or doubtful cell: row of the workbook, header, the value masked, a sentence."""

    row: int
    column: str
    value: str
    message: str
    level: str = ERROR


def check_row(sheet: SheetSpec, row: ReadRow) -> tuple[dict[str, Any], list[Finding]]:
    """Read one row into values by column name, and say what is wrong with which cell."""
    values: dict[str, Any] = {}
    found: list[Finding] = []
    for column in sheet.columns:
        raw = row.cells.get(column.header, "")
        if column.header in row.odd:
            found.append(_finding(row, column, row.odd[column.header]))
            continue
        try:
            values[column.name] = _value(column, raw, values)
        except (checks.Invalid, Refusal) as problem:
            found.append(_finding(row, column, str(problem)))
    wrong = {finding.column for finding in found}
    for column in sheet.columns:
        if column.header not in wrong:
            found += _judge(row, column, values)
    return values, found


def _value(column: SheetColumn, raw: Any, values: dict[str, Any]) -> Any:
    if raw == "" or (isinstance(raw, str) and raw in column.empty_words):
        return None
    if column.lookup is not None:
        return column.lookup(str(raw), values)
    return column.kind.read(raw)


def _judge(row: ReadRow, column: SheetColumn, values: dict[str, Any]) -> list[Finding]:
    value = values.get(column.name)
    if value in (None, "", []):
        if column.spec.required(DOOR, values):
            return [_finding(row, column, required_message(column.spec))]
        return []
    try:
        column.kind.check(value, values)
    except (checks.Invalid, Refusal) as problem:
        return [_finding(row, column, str(problem))]
    if isinstance(column.kind, BankCard) and not checks.bank_card(value)[1]:
        sentence = gettext("The card number fails its check digit: compare it with the card")
        return [_finding(row, column, sentence, WARNING)]
    return []


def _finding(row: ReadRow, column: SheetColumn, message: str, level: str = ERROR) -> Finding:
    raw = str(row.cells.get(column.header, ""))
    shown = unescape(str(column.kind.mask(raw))) if raw and column.kind.sensitive else raw[:60]
    return Finding(row.number, column.header, shown, message, level)
