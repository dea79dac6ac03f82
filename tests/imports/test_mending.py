"""Wrong rows come back as the user's own workbook, and only the mended ones are taken again."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from app.core import scope
from app.core.sheets.columns import STATUS
from app.imports import marks, services
from app.imports.choices import ImportState, Wanted
from app.roster.models import ProjectWorker
from tests.factories import enterprises, projects, roster
from tests.imports.steps import imported, opened, saved, sent

GREEN = PatternFill("solid", fgColor="FF00B050")
HEADS = ["序号", "姓名", "手机号码", "证件号码", "进场日期", "班组名称", "所属单位统一社会信用代码",
         "宿舍"]  # fmt: skip


def own_book(lines):
    """Give a clerk's own workbook: a title, his order of columns, columns of his own."""
    book = Workbook()
    page = book.active
    page.title = "十一月进场"
    page["A1"] = "某某项目部进场人员"
    page["A1"].font = Font(size=20)
    page.append(HEADS)
    for number, cells in enumerate(lines, start=1):
        page.append([number, *(cells.get(head, "") for head in HEADS[1:-1]), f"{number}号楼"])
    page["H3"].fill = GREEN
    page["H3"].comment = Comment("上铺", "李工")
    page.column_dimensions["B"].width = 33
    book.create_sheet("备查")["A1"] = "=1+1"
    return book


def marked(job):
    return load_workbook(BytesIO(services.wrong_workbook(job)))


def test_the_clerks_own_workbook_comes_back_with_marked_cells(acting, site, good):
    job = sent(site, saved(own_book([good(), good(手机号码="1")])), acting)
    book = marked(job)
    page = book["十一月进场"]

    assert book.sheetnames == ["十一月进场", "备查", marks.SHEET]
    assert book[marks.SHEET].sheet_state == "veryHidden"
    assert page["A1"].value == "某某项目部进场人员"
    assert page["A1"].font.size == 20
    assert page.column_dimensions["B"].width == 33
    assert [cell.value for cell in page[2]] == [*HEADS, STATUS]
    assert page["H3"].fill.fgColor.rgb == "FF00B050"
    assert page["H3"].comment.text == "上铺"
    assert book["备查"]["A1"].value == "=1+1"
    assert page["C4"].fill.fgColor.rgb == "FFFFC7CE"
    assert "手机号码" in page["C4"].comment.text
    assert page["C3"].comment is None
    assert (page["I3"].value, page["I4"].value) == (f"通过 ({job.id}-3)", "待修改：1处")


def test_only_the_mended_rows_are_taken_wherever_they_stand_by_then(acting, site, good, work):
    job = imported(
        sent(site, saved(own_book([good(), good(手机号码="1"), good()])), acting),
        acting,
        Wanted.GOOD,
    )
    book = marked(job)
    page = book["十一月进场"]
    assert [page[f"I{n}"].value for n in (3, 4, 5)] == [
        f"已导入 ({job.id}-3)", "待修改：1处", f"已导入 ({job.id}-5)"
    ]  # fmt: skip
    page["C4"] = "13800138000"
    page.insert_rows(3)
    again = sent(site, saved(book), acting)

    assert (again.total, again.unchanged, again.failed) == (3, 2, 0)
    assert services.findings_of(again)["hints"][:1] != ["导入状态"]
    assert not any(STATUS in hint for hint in services.findings_of(again)["hints"])
    imported(again, acting)
    assert (again.state, again.imported) == (ImportState.DONE, 1)
    assert work.query(ProjectWorker).count() == 3


def test_a_workbook_taken_from_the_preview_is_known_once_its_good_rows_are_imported(
    acting, site, good, work
):
    lines = [good() for _n in range(3)] + [good(手机号码="1"), good(手机号码="2")]
    job = sent(site, saved(own_book(lines)), acting)
    book = marked(job)
    imported(job, acting, Wanted.GOOD)
    book["十一月进场"]["C6"] = "13800138000"
    book["十一月进场"]["C3"] = "13900139000"  # imported before: left alone
    again = imported(sent(site, saved(book), acting), acting, Wanted.GOOD)

    assert (again.total, again.unchanged, again.imported, again.failed) == (5, 3, 1, 1)
    assert work.query(ProjectWorker).count() == 4
    page = marked(again)["十一月进场"]
    assert page["I3"].value == f"已导入 ({job.id}-3)"
    assert [page[f"I{n}"].value for n in (6, 7)] == [f"已导入 ({again.id}-6)", "待修改：1处"]
    page["C7"] = "13800138000"
    last = imported(sent(site, saved(page.parent), acting), acting)
    assert (last.unchanged, last.imported) == (4, 1)


def test_a_workbook_taken_from_a_preview_nobody_confirmed_is_taken_whole(acting, site, good):
    job = sent(site, saved(own_book([good(), good(手机号码="1")])), acting)
    book = marked(job)
    book["十一月进场"]["C4"] = "13800138000"
    again = sent(site, saved(book), acting)

    assert (again.passed, again.unchanged) == (2, 0)


def test_a_row_still_wrong_is_marked_anew_and_old_marks_go(acting, site, good):
    job = sent(site, saved(own_book([good(手机号码="1"), good(手机号码="2")])), acting)
    book = marked(job)
    book["十一月进场"]["C3"] = "13800138000"
    again = sent(site, saved(book), acting)
    page = marked(again)["十一月进场"]

    assert page["C3"].comment is None
    assert page["C3"].fill.fgColor.rgb != "FFFFC7CE"
    assert page["C4"].comment.text.count("手机号码") == 1


def test_rows_of_an_import_taken_back_are_taken_again(acting, site, good):
    job = imported(
        sent(site, saved(own_book([good(), good(手机号码="1")])), acting), acting, Wanted.GOOD
    )
    content = services.wrong_workbook(job)
    services.undo_import(job, "传错了", actor=acting)
    again = sent(site, content, acting)

    assert (again.unchanged, again.passed, again.failed) == (0, 1, 1)


def test_a_forged_mark_leaves_out_no_row(acting, site, good):
    book = own_book([good(), good()])
    page = book["十一月进场"]
    page["I2"], page["I3"] = STATUS, "已导入 (999999-3)"
    book.create_sheet(marks.SHEET)["A1"] = "999999"
    job = sent(site, saved(book), acting)

    assert (job.passed, job.unchanged) == (2, 0)


def test_a_merged_cell_is_marked_where_it_shows_its_value(acting, site, good):
    book = own_book([good(), good()])
    book["十一月进场"].merge_cells("C3:C4")
    job = sent(site, saved(book), acting)

    assert job.failed == 1
    assert opened(services.wrong_workbook(job))["C3"].comment is not None


def test_a_file_that_cannot_be_written_again_comes_back_in_the_template(
    acting, site, good, monkeypatch
):
    job = sent(site, saved(own_book([good(), good(手机号码="1")])), acting)

    def broken(_stream):
        raise ValueError

    monkeypatch.setattr("app.imports.services.mending.load_workbook", broken)
    page = opened(services.wrong_workbook(job))

    assert page.max_row == 2
    assert page["F2"].comment is not None


@pytest.mark.parametrize("secret", ["证件号码", "姓名"])
def test_the_kept_file_cannot_be_read_in_the_database(acting, site, good, work, secret):
    from sqlalchemy import text

    content = saved(own_book([good()]))
    job = sent(site, content, acting)
    with scope.act_as(scope.SYSTEM):
        stored = work.execute(
            text("select content from import_book where job_id = :id"), {"id": job.id}
        ).scalar_one()
    assert stored.startswith("v1:")
    assert secret not in stored


def test_what_is_only_doubtful_is_marked_lighter_and_passes(acting, site, good):
    with scope.act_as(scope.SYSTEM):
        other = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
        known = roster.worker(roster.team(other), name="张三锋")
    row = good(姓名="李四", 证件号码=known.id_number)
    job = sent(site, saved(own_book([row, good(手机号码="1")])), acting)
    (doubt,) = [
        one
        for one in services.findings_of(job)["problems"]
        if one["row"] == 3 and "张三锋" in one["message"]
    ]
    assert (doubt["level"], doubt["cell"], doubt["value"]) == ("warning", "B3", "李四")
    page = marked(job)["十一月进场"]

    assert page["B3"].fill.fgColor.rgb == "FFFFEB9C"
    assert "张三锋" in page["B3"].comment.text
    assert (page["I3"].value, page["I4"].value) == (f"通过 ({job.id}-3)", "待修改：1处")
