"""Workbooks as people send them: every oddity is read or named with its cell."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from app.core import sheets
from app.core.columns import (
    BankCard,
    Code,
    Date,
    DocumentNumber,
    Flag,
    Mobile,
    Money,
    Text,
    column,
)
from app.core.forms import loose
from app.core.sheets.template import HELP, LISTS, VERSION

NUMBER = "440703198504120002"
CARD = "6222021234567890123"


def spec(name, kind, header, **options):
    return sheets.SheetColumn(loose(name, column(kind, label=header, sheet=header, **options)))


@pytest.fixture
def sheet(work):
    return sheets.SheetSpec("T0", "试表", (
        spec("name", Text(50), "姓名", required_at=("sheet",), example="张三"),
        spec("id_number", DocumentNumber(), "证件号码", required_at=("sheet",)),
        spec("mobile", Mobile(), "手机号码"),
        spec("work_type", Code("work_type"), "工种"),
        spec("entry_on", Date(), "进场日期"),
        spec("pay_rate", Money(), "计薪单价"),
        spec("insured", Flag(), "工伤保险"),
        spec("card", BankCard(), "工资卡号"),
    ))  # fmt: skip


HEADERS = ["姓名", "证件号码", "手机号码", "工种", "进场日期", "计薪单价", "工伤保险", "工资卡号"]


def book(*lines, top=(), headers=HEADERS):
    made = Workbook()
    page = made.active
    for line in (*top, headers, *lines):
        page.append(list(line))
    return saved(made)


def saved(made):
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def values_of(sheet, content):
    reading = sheets.read(sheet, content, most=20_000)
    return [sheets.check_row(sheet, row) for row in reading.rows]


def one(sheet, *line):
    ((values, findings),) = values_of(sheet, book(line))
    return values, {finding.column: finding.message for finding in findings}


def test_a_template_has_chinese_headers_and_marks_the_required_ones_red(sheet):
    page = load_workbook(BytesIO(sheets.template(sheet))).worksheets[0]

    heads = [cell.value for cell in page[1]]
    assert heads[:3] == ["★姓名", "★证件号码", "手机号码"]
    assert [page["A1"].font.color.rgb, page["C1"].font.color] == ["FFC00000", None]


def test_a_template_offers_the_words_of_a_dictionary_in_a_drop_down(sheet):
    made = load_workbook(BytesIO(sheets.template(sheet)))

    offers = {str(v.sqref): v.formula1 for v in made.worksheets[0].data_validations.dataValidation}
    assert offers["D2:D20001"].startswith(f"={LISTS}!$D$1:$D$")
    assert made[LISTS].sheet_state == "hidden"
    assert "钢筋工" in [cell.value for cell in made[LISTS]["D"]]


UNITS = {"914401MA001": ["钢筋一班", "木工班"], "914402MA002": ["瓦工班"]}
ALL_TEAMS = [team for teams in UNITS.values() for team in teams]


@pytest.fixture
def teamed(sheet):
    return sheets.SheetSpec(
        "T0", "试表",
        (spec("unit", Text(18), "所属单位"), spec("team", Text(50), "班组"), *sheet.columns),
        lists={"所属单位": sorted(UNITS), "班组": sorted(ALL_TEAMS)},
        dependents={"班组": sheets.Dependent("所属单位", UNITS)},
    )  # fmt: skip


def test_a_drop_down_offers_what_belongs_to_another_cell_of_its_row(teamed):
    made = load_workbook(BytesIO(sheets.template(teamed)))

    offers = {str(v.sqref): v.formula1 for v in made.worksheets[0].data_validations.dataValidation}
    begin, many = (
        f"VLOOKUP($A2,{LISTS}!$L$1:$N$2,{place},FALSE)" for place in (2, 3)
    )  # fmt: skip
    assert offers["B2:B20001"] == (
        f'=IF($A2="",{LISTS}!$B$1:$B$3,OFFSET({LISTS}!$O$1,{begin}-1,0,{many},1))'
    )
    table = [[cell.value for cell in line] for line in made[LISTS]["L1:O3"]]
    assert table == [
        ["914401MA001", 1, 2, "钢筋一班"], ["914402MA002", 3, 1, "木工班"],
        [None, None, None, "瓦工班"],
    ]  # fmt: skip


def test_the_table_of_a_dependent_drop_down_leaves_the_other_lists_alone(teamed):
    made = load_workbook(BytesIO(sheets.template(teamed)))

    for place, words in ((1, sorted(UNITS)), (2, sorted(ALL_TEAMS))):
        assert [made[LISTS].cell(n + 1, place).value for n in range(len(words))] == words
    trades = [cell.value for cell in made[LISTS]["F"] if cell.value]
    assert "钢筋工" in trades
    assert not {"914401MA001", 1, 2} & set(trades)


def test_a_template_explains_itself_with_an_example_row(sheet):
    page = load_workbook(BytesIO(sheets.template(sheet)))[HELP]

    lines = [[cell.value for cell in line] for line in page.iter_rows()]
    assert lines[5][: len(HEADERS)] == HEADERS
    assert lines[6][0] == "张三"


def test_a_template_carries_the_version_of_its_columns_where_nobody_edits_it(sheet):
    made = load_workbook(BytesIO(sheets.template(sheet)))

    assert made[VERSION].sheet_state == "veryHidden"
    lines = [[cell.value for cell in line] for line in made[VERSION]]
    assert lines[0][:3] == ["T0", sheet.version, "试表"]
    assert lines[1] == HEADERS


def test_the_version_changes_with_the_columns(sheet):
    shorter = sheets.SheetSpec("T0", "试表", sheet.columns[:-1])

    assert shorter.version != sheet.version


def test_a_filled_template_is_read_without_a_hint(sheet):
    content = sheets.template(sheet, [{"姓名": "李四", "证件号码": NUMBER}])

    reading = sheets.read(sheet, content, most=10)
    assert (len(reading.rows), reading.rows[0].cells["姓名"], reading.hints) == (1, "李四", [])


def test_an_older_template_is_read_and_named(sheet):
    older = sheets.SheetSpec("T0", "试表", sheet.columns[:-1])

    reading = sheets.read(sheet, sheets.template(older, [{"姓名": "李四"}]), most=10)
    assert len(reading.hints) == 1


def test_the_header_is_found_below_a_title_and_in_another_order(sheet):
    content = book(
        (NUMBER, "张三"), top=(["某某项目工人花名册"], []), headers=["★ 证件号码（必填）", "姓名*"]
    )

    ((values, _findings),) = values_of(sheet, content)
    assert (values["name"], values["id_number"]) == ("张三", NUMBER)


def test_a_row_keeps_its_number_in_the_workbook(sheet):
    content = book(("张三", "1"), top=(["花名册"], []))

    assert [row.number for row in sheets.read(sheet, content, most=9).rows] == [4]


def test_columns_nobody_reads_are_named(sheet):
    content = book(("张三", NUMBER, "x"), headers=["姓名", "证件号码", "血型"])

    assert "血型" in sheets.read(sheet, content, most=9).hints[0]


def test_a_missing_required_column_refuses_the_workbook(sheet):
    with pytest.raises(sheets.SheetUnreadable, match="证件号码"):
        sheets.read(sheet, book(("张三", "13800138000"), headers=["姓名", "手机号码"]), most=9)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"no workbook at all"])
def test_what_is_no_workbook_is_refused(sheet, content):
    with pytest.raises(sheets.SheetUnreadable):
        sheets.read(sheet, content, most=9)


def test_a_workbook_of_another_kind_is_refused(sheet):
    with pytest.raises(sheets.SheetUnreadable):
        sheets.read(sheet, book(("a", 1), headers=["甲", "乙"]), most=9)


def test_an_empty_template_is_refused(sheet):
    with pytest.raises(sheets.SheetUnreadable):
        sheets.read(sheet, sheets.template(sheet), most=9)


def test_more_rows_than_allowed_are_refused(sheet):
    content = book(("甲", NUMBER), ("乙", NUMBER), ("丙", NUMBER))

    assert len(sheets.read(sheet, content, most=3).rows) == 3
    with pytest.raises(sheets.SheetUnreadable, match="2"):
        sheets.read(sheet, content, most=2)


def test_trailing_and_empty_rows_are_no_rows(sheet):
    content = book(("张三", NUMBER), (None, "  "), (), ("李四", NUMBER), ("　",), (None,) * 8)

    assert [row.number for row in sheets.read(sheet, content, most=9).rows] == [2, 5]


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(13800138000, id="a number"),
        pytest.param(13800138000.0, id="a number with a fraction of nothing"),
        pytest.param("13800138000", id="a text"),
        pytest.param("１３８００１３８０００", id="full width"),
        pytest.param(" 138 0013 8000\u200b", id="blanks and what cannot be seen"),
        pytest.param("1.3800138000E+10", id="scientific with every digit"),
    ],
)
def test_a_mobile_number_is_read_however_it_is_stored(sheet, cell):
    values, problems = one(sheet, "张三", NUMBER, cell)

    assert (values["mobile"], problems) == ("13800138000", {})


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(440703198504120002, id="eighteen digits stored as a number"),
        pytest.param("4.40703E+17", id="the text the spreadsheet showed"),
        pytest.param("4.40703198504120E+17", id="fifteen digits and no more"),
    ],
)
def test_an_identity_number_whose_digits_are_lost_is_named_not_guessed(sheet, cell):
    values, problems = one(sheet, "张三", cell)

    assert "id_number" not in values
    assert "15" in problems["证件号码"]


def test_a_document_number_is_folded(sheet):
    values, problems = one(sheet, "张三", "４４０７０３ 19850412 0002")

    assert (values["id_number"], problems) == (NUMBER, {})


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 11, 1), datetime.fromisoformat("2026-11-01"), 46327, "2026-11-01", "2026/11/1",
        "2026.11.01", "2026年11月1日", "20261101", 20261101, "２０２６-11-01",
        "2026-11-01 00:00:00",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(sheet, cell):
    values, problems = one(sheet, "张三", NUMBER, None, None, cell)

    assert (values["entry_on"], problems) == (date(2026, 11, 1), {})


@pytest.mark.parametrize("cell", ["2026-13-01", "明天", 0.5, "11/01/2026"])
def test_what_is_no_date_is_named(sheet, cell):
    _values, problems = one(sheet, "张三", NUMBER, None, None, cell)

    assert "2026-11-22" in problems["进场日期"]


@pytest.mark.parametrize("cell", [350.5, "350.50", "￥350.5"[1:], "350.5 "])
def test_money_is_read_to_the_fen(sheet, cell):
    values, _problems = one(sheet, "张三", NUMBER, None, None, None, cell)

    assert values["pay_rate"] == Decimal("350.50")


@pytest.mark.parametrize(("cell", "flag"), [(True, True), ("是", True), ("否", False), (1, True)])
def test_yes_and_no_are_read(sheet, cell, flag):
    values, _problems = one(sheet, "张三", NUMBER, None, None, None, None, cell)

    assert values["insured"] is flag


@pytest.mark.parametrize("cell", ["钢筋工", "020", "　钢筋工 "])
def test_a_word_of_a_dictionary_becomes_its_code(sheet, cell):
    values, problems = one(sheet, "张三", NUMBER, None, cell)

    assert (values["work_type"], problems) == ("020", {})


def test_a_formula_is_read_by_its_value(sheet, tmp_path):
    made = load_workbook(BytesIO(book(("张三", NUMBER))))
    page = made.active
    page["A2"] = '="张"&"三"'
    content = with_cached_value(saved(made), "张三")

    reading = sheets.read(sheet, content, most=9)
    assert reading.rows[0].cells["姓名"] == "张三"


def with_cached_value(content, value):
    """Write the result of the one formula beside it, as a spreadsheet program does."""
    import re
    import zipfile

    source, target = zipfile.ZipFile(BytesIO(content)), BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sheet1.xml"):
                text = part.decode()
                text = re.sub(
                    r'<c r="A2"([^>]*)><f>(.*?)</f><v ?/?>(</v>)?</c>',
                    rf'<c r="A2" t="str"><f>\2</f><v>{value}</v></c>',
                    text,
                )
                assert f"<v>{value}</v>" in text
                part = text.encode()
            made.writestr(name, part)
    return target.getvalue()


def test_a_broken_formula_is_named(sheet):
    _values, problems = one(sheet, "#N/A", NUMBER)

    assert "姓名" in problems


def test_merged_cells_are_named_in_every_row_they_cover(sheet):
    made = load_workbook(BytesIO(book(("张三", NUMBER), (None, NUMBER))))
    made.active.merge_cells("A2:A3")

    rows = values_of(sheet, saved(made))
    assert [[f.column for f in findings] for _values, findings in rows] == [[], ["姓名"]]


def test_a_missing_required_cell_is_named(sheet):
    _values, problems = one(sheet, None, NUMBER)

    assert "姓名" in problems


def test_a_finding_shows_secrets_masked(sheet):
    ((_values, findings),) = values_of(sheet, book(("张三", "440703198504120003")))

    assert [(f.row, f.column, f.value) for f in findings] == [(2, "证件号码", "440703********0003")]


def test_a_card_that_fails_luhn_is_a_warning_and_is_read(sheet):
    ((values, findings),) = values_of(
        sheet, book(("张三", NUMBER, None, None, None, None, None, CARD))
    )

    assert values["card"] == CARD
    assert [finding.level for finding in findings] == ["warning"]


def test_an_old_workbook_is_read(sheet):
    from pathlib import Path

    content = (Path(__file__).parent / "data" / "workers.xls").read_bytes()

    reading = sheets.read(sheet, content, most=9)
    assert reading.rows[0].cells["姓名"] == "张三"
    assert reading.rows[0].cells["进场日期"] == date(2026, 11, 1)


def test_a_marked_template_colours_the_cell_and_says_why(sheet):
    content = sheets.template(sheet, [{"姓名": "张三"}], {(0, "证件号码"): ("error", "缺少")})

    cell = load_workbook(BytesIO(content)).worksheets[0]["B2"]
    assert (cell.fill.fgColor.rgb, cell.comment.text) == ("FFFFC7CE", "缺少")


def test_a_text_that_would_run_as_a_formula_is_written_as_text_and_read_back(sheet):
    content = sheets.template(sheet, [{"姓名": '=HYPERLINK("http://x")'}])

    assert load_workbook(BytesIO(content)).worksheets[0]["A2"].value.startswith("'=")
    assert sheets.read(sheet, content, most=9).rows[0].cells["姓名"] == '=HYPERLINK("http://x")'


def test_a_number_copied_from_a_masked_list_is_refused_in_its_cell(sheet):
    found = sheets.read(sheet, book(["张三", NUMBER, "138****5678"]), most=9)
    _values, problems = sheets.check_row(sheet, found.rows[0])

    assert [(one.column, "****" in one.value) for one in problems] == [("手机号码", True)]
    assert "星号" in problems[0].message
