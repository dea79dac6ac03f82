"""Workbooks: exported lists, templates with drop-downs, and reading what comes back.

A sheet is a list of declared columns (``SheetSpec``); its header, its drop-down, its star and
its checks are read from the same ``ColumnSpec`` the form and the interface read (D3).
"""

from app.core.sheets.columns import Dependent, SheetColumn, SheetSpec, sheet_columns
from app.core.sheets.export import FORMULA_STARTS, MIME, Marked, safe_cell, workbook
from app.core.sheets.notes import example_of, example_row, note_of, required_word
from app.core.sheets.raw import SheetUnreadable
from app.core.sheets.reading import ReadRow, read
from app.core.sheets.rows import Finding, RowCheck, check_row
from app.core.sheets.template import template

__all__ = [
    "FORMULA_STARTS",
    "MIME",
    "Dependent",
    "Finding",
    "Marked",
    "ReadRow",
    "RowCheck",
    "SheetColumn",
    "SheetSpec",
    "SheetUnreadable",
    "check_row",
    "example_of",
    "example_row",
    "note_of",
    "read",
    "required_word",
    "safe_cell",
    "sheet_columns",
    "template",
    "workbook",
]
