"""What a template explains: an example row that is right, and each column in words."""

import re
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.core import scope, sheets
from app.extensions import db
from app.imports import services
from app.imports.templates import TEMPLATES, examples
from app.roster.choices import StaffKind
from tests.factories import roster
from tests.imports.templates.runs import previewed
from tests.roster.conftest import build, principal_of

ON_ROSTER = ("T5", "T6", "T7", "T11", "T12")  # about people who are there already
LONGEST_FORMULA = 255  # characters older programs take in a drop-down


@pytest.fixture
def site(work):
    found = build()
    found.side.credit_code, found.side.name = examples.UNIT["unit_id"], examples.UNIT_NAME
    found.side_team.name = examples.UNIT["team_id"]
    db.session.flush()
    return found


@pytest.fixture
def gc(site):
    return principal_of(site.firm_user)


@pytest.fixture
def live(site, gc):
    """Give a function that makes the sheet of a template for the project."""

    def made(code):
        with scope.act_as(gc):
            return TEMPLATES[code].sheet(site.project)

    return made


@pytest.fixture
def chinese(app):
    with app.test_request_context("/"):
        yield


def explained(code, project=None):
    sheet = TEMPLATES[code].sheet(project)
    page = load_workbook(BytesIO(sheets.template(sheet)))["填写说明"]
    return sheet, [[cell.value for cell in row] for row in page.iter_rows()]


@pytest.mark.parametrize("code", TEMPLATES)
def test_the_example_row_of_a_template_passes_its_own_check(site, gc, live, code):
    if code == "T1":
        site.side.credit_code = None
        db.session.flush()
    if code in ON_ROSTER:
        roster.worker(
            site.side_team,
            name=examples.PERSON["name"],
            id_number=examples.PERSON["id_number"],
            entry_on=date(2026, 11, 1),
        )
    sheet = live(code)
    job = previewed(code, site.project, [sheets.example_row(sheet)], gc)

    assert services.findings_of(job)["problems"] == []
    assert (job.passed, job.failed) == (1, 0)


@pytest.mark.parametrize("code", TEMPLATES)
def test_the_sheet_says_of_every_column_how_it_is_filled_in(chinese, code):
    sheet, lines = explained(code)
    table = {line[0]: line[1:4] for line in lines[9:]}

    assert list(table) == [column.header for column in sheet.columns]
    for column in sheet.columns:
        required, note, example = table[column.header]
        assert note, column.header
        assert not re.search("[a-z]{3}", f"{required}{note}"), (column.header, note)
        assert example or column.header == "备注", column.header
        if required == "部分情况必填":
            assert "时必填" in note, (column.header, note)


@pytest.mark.parametrize("code", TEMPLATES)
def test_what_is_empty_is_asked_for_later_only_where_that_is_so(chinese, code):
    _sheet, lines = explained(code)

    asked = any(line[1] == "可后补" for line in lines[9:])
    assert ("之后补齐" in lines[1][0]) is asked
    assert asked is (code in ("T1", "T3", "T4"))


def offers(content):
    """Give the formula of each drop-down by the header of its column."""
    book = load_workbook(BytesIO(content))
    page = book.worksheets[0]
    heads = {cell.column_letter: str(cell.value).lstrip("★") for cell in page[1]}
    return book, {
        heads[re.match("[A-Z]+", str(one.sqref))[0]]: one.formula1
        for one in page.data_validations.dataValidation
    }


@pytest.mark.parametrize(
    ("header", "parent", "value", "words"),
    [
        ("T2 所属单位名称", "所属单位统一社会信用代码", examples.UNIT["unit_id"],
         [examples.UNIT_NAME]),
        ("T3 班组名称", "所属单位统一社会信用代码", examples.UNIT["unit_id"], ["钢筋一班"]),
        ("T3 计量单位", "计薪方式", "月薪", []),
        ("T4 岗位", "人员类别", "现场专业人员",
         ["施工员", "质量员", "安全员", "标准员", "材料员", "机械员", "劳务员", "资料员"]),
        ("T5 原因", "类型", "进场", []),
        ("T5 是否结清工资", "类型", "退场", ["是", "否"]),
        ("T6 计量单位", "计薪方式", "日薪", []),
        ("T12 特种作业类别", "证书类型", "岗位证", []),
    ],
)  # fmt: skip
def test_a_drop_down_follows_the_column_it_depends_on(live, header, parent, value, words):
    code, header = header.split()
    sheet = live(code)
    book, formulas = offers(sheets.template(sheet))

    assert list(sheet.dependents[header].offers()[value]) == words
    assert sheet.dependents[header].parent == parent
    assert "OFFSET" in formulas[header]
    assert book["_lists"].sheet_state == "hidden"


@pytest.mark.parametrize("code", TEMPLATES)
def test_no_drop_down_offers_a_word_twice_or_is_too_long_for_excel(live, code):
    sheet = live(code)
    _book, formulas = offers(sheets.template(sheet))

    assert all(len(formula) <= LONGEST_FORMULA for formula in formulas.values())
    for column in sheet.columns:
        words = sheet.offered(column)
        assert len(set(words)) == len(words), column.header
    for rule in sheet.dependents.values():
        assert all(len(set(words)) == len(words) for words in rule.offers().values())


def test_a_post_of_both_kinds_is_read_as_one_of_the_kind_beside_it(live):
    sheet = live("T4")
    lookup = next(column.lookup for column in sheet.columns if column.name == "post")
    both = set(sheet.dependents["岗位"].offers()["现场专业人员"]) & set(
        sheet.dependents["岗位"].offers()["管理技术人员"]
    )

    for word in sorted(both) or ["施工员"]:
        codes = {lookup(word, {"staff_kind": kind}) for kind in StaffKind}
        assert len(codes) == (2 if both else 1), word
