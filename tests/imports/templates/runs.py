"""Workbooks of any template, filled in and sent through the import service."""

from io import BytesIO
from types import SimpleNamespace

from openpyxl import load_workbook

from app.core import clock, scope, sheets
from app.imports import services
from app.imports.choices import Wanted
from app.imports.templates import Effect, template_of


def book_of(sheet, lines):
    """Fill in the downloaded template; lines are keyed by header."""
    book = load_workbook(BytesIO(sheets.template(sheet)))
    page = book.worksheets[0]
    heads = [str(cell.value).lstrip("★") for cell in page[1]]
    for number, cells in enumerate(lines, start=2):
        for header, value in cells.items():
            page.cell(row=number, column=heads.index(header) + 1).value = value
    target = BytesIO()
    book.save(target)
    target.seek(0)
    return target


def previewed(code, project, lines, actor):
    """Upload and check a workbook; nothing of it is written."""
    with scope.act_as(actor):
        book = book_of(template_of(code).sheet(project), lines)
        job = services.start_import(code, project, book, f"{code}.xlsx", actor=actor)
        return services.check_import(job, actor=actor)


def imported(code, project, lines, actor, wanted=Wanted.ALL):
    """Upload, check and import a workbook."""
    job = previewed(code, project, lines, actor)
    with scope.act_as(actor):
        return services.run_import(services.confirm_import(job, wanted, actor=actor), actor=actor)


def problems(job):
    """Give row, column and level of everything found."""
    return [(p["row"], p["column"], p["level"]) for p in services.findings_of(job)["problems"]]


def said(job):
    """Give the sentences found, joined."""
    return "；".join(p["message"] for p in services.findings_of(job)["problems"])


def taken(code, project, rows, actor):
    """Let a template take rows as an import would; its undo and what stands against it."""
    from dataclasses import replace

    template = template_of(code)
    porter = replace(actor, door=scope.Door.SHEET)
    with scope.act_as(porter):
        found = template.take(project, rows, actor=porter)
        effects = [
            Effect(number, one.row, one.kind, one.before, clock.now())
            for number, one in enumerate(found, start=2)
        ]

    def undo():
        with scope.act_as(porter):
            template.undo(project, effects, actor=porter)

    def dependants():
        with scope.act_as(actor):
            return template.dependants(project, effects)

    return SimpleNamespace(taken=found, effects=effects, undo=undo, dependants=dependants)
