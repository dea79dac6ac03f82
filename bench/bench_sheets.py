"""Workbooks: a template with its dictionaries, and a roster of 20,000 rows exported."""

from functools import cache
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from app.core import sheets
from app.core.acting import acting
from app.imports.templates import template_of
from bench import benchmark, importing
from bench.registry import Measured
from bench.served import served

ROWS = 20_000
HERE = "/workerview/export/"


def made_template(_context: Any) -> bytes:
    """Make the template of workers, drop-downs of its dictionaries included."""
    with served().app.test_request_context("/imports/"), acting(served().city.tenant):
        return sheets.template(template_of("T3").sheet(None))


@cache
def cells_of_template() -> list[list[list[Any]]]:
    """Give the cells of the template, sheet by sheet."""
    book = load_workbook(BytesIO(made_template(None)))
    return [[list(row) for row in page.iter_rows(values_only=True)] for page in book.worksheets]


def bare_template(_context: Any) -> None:
    """Write the same cells with openpyxl, and nothing else."""
    _bare(cells_of_template())


def _bare(pages: list[list[list[Any]]], *, lean: bool = False) -> None:
    book = Workbook(write_only=lean)
    for rows in pages:
        page = book.create_sheet()
        for row in rows:
            page.append(row)
    book.save(BytesIO())


def _view() -> Any:
    views = served().app.extensions["appbuilder"].baseviews
    return next(view for view in views if type(view).__name__ == "WorkerView")


def exported(_context: Any) -> bytes:
    """Export 20,000 workers as an official does: read, masked, written."""
    with served().app.test_request_context(HERE), acting(served().city.official):
        view = _view()
        keys = view.export_keys(ROWS)
        return sheets.workbook(view.export_title(), view.export_head(), view.export_rows(keys))


@cache
def rows_of_export() -> list[list[Any]]:
    """Give the cells of that export."""
    with served().app.test_request_context(HERE), acting(served().city.official):
        view = _view()
        return list(view.export_rows(view.export_keys(ROWS)))


def bare_export(_context: Any) -> None:
    """Write the same cells with openpyxl in its write-only mode, read from nowhere."""
    _bare([rows_of_export()], lean=True)


benchmark(
    "template of workers with its dictionaries", floor=bare_template,
    floor_name="openpyxl, the same cells bare", at_most=2.5, prepare=cells_of_template,
    note="(500 ms)",
)(made_template)  # fmt: skip
benchmark(
    "roster export of 20,000 workers", floor=bare_export,
    floor_name="openpyxl write-only, the same cells", at_most=1, prepare=rows_of_export,
    note="(4 s)",
)(exported)  # fmt: skip


@cache
def exporting() -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what a worker process takes with no work, and for that export."""
    served()
    return importing.step("idle"), importing.step("export")


benchmark(
    "roster export of 20,000 workers: peak memory of the worker, MiB for ms", once=True,
    prepare=exporting, floor=lambda found: Measured(found[0]["mib"]),
    floor_name="a worker with no work", at_most=1.0, note="(150 MiB in all)",
)(lambda found: Measured(found[1]["mib"]))  # fmt: skip
