"""Workbooks of workers as a clerk fills them in."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from app.core import sheets
from app.imports.templates.workers import worker_sheet
from app.projects.models import ProjectUnit
from app.roster.models import Team
from tests.factories import people


def line(unit: ProjectUnit, team: Team, **cells: Any) -> dict[str, Any]:
    """Give one good row by header; ``cells`` are named by header too."""
    human = people.person()
    return {
        "所属单位统一社会信用代码": unit.credit_code, "班组名称": team.name, "姓名": human.name,
        "证件号码": human.id_number, "手机号码": human.mobile, "进场日期": "2026-11-01", **cells,
    }  # fmt: skip


def workers(lines: list[dict[str, Any]]) -> bytes:
    """Fill in the downloaded template."""
    book = load_workbook(BytesIO(sheets.template(worker_sheet())))
    page = book.worksheets[0]
    heads = [str(cell.value).lstrip("★") for cell in page[1]]
    for number, cells in enumerate(lines, start=2):
        for header, value in cells.items():
            page.cell(row=number, column=heads.index(header) + 1).value = value
    target = BytesIO()
    book.save(target)
    return target.getvalue()
