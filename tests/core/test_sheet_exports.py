"""Exported lists: what stands in their cells, around them and on their printed pages."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.core import clock, sheets
from app.core.sheets import Marked

NOON = datetime.fromisoformat("2026-11-22T12:00:00+08:00")


def page(*body, head=("列",), title="清单", **options):
    content = sheets.workbook(title, list(head), list(body), **options)
    return load_workbook(BytesIO(content)).worksheets[0]


def cells(made):
    """Give the cells between the heads and the mark."""
    wide = sum(cell.value is not None for cell in made[2])
    return [[cell.value for cell in row[:wide]] for row in made.iter_rows(min_row=3)][:-1]


@pytest.fixture(params=[False, True], ids=["streamed", "marked"])
def marks(request):
    return request.param


def test_a_list_has_its_title_its_heads_its_rows_and_who_exported_it_when(work, marks):
    with clock.frozen(NOON):
        made = page(["甲", 1], ["乙", 2], head=["姓名", "天数"], title="工人名单", marks=marks)

    lines = [[cell.value for cell in row] for row in made.iter_rows()]
    assert lines[0][0] == "工人名单"
    assert lines[1:4] == [["姓名", "天数"], ["甲", 1], ["乙", 2]]
    assert "2026-11-22 12:00" in lines[4][0]
    assert len(lines) == 5
    assert (made.title, made.freeze_panes) == ("工人名单", "B3")


def test_each_printed_page_repeats_the_heads_and_says_who_printed_it_when(work, marks):
    with clock.frozen(NOON):
        made = page(["甲"], marks=marks)

    assert made.print_title_rows.replace("$", "") == "1:2"
    assert "2026-11-22 12:00" in made.oddFooter.left.text
    assert made.oddFooter.right.text == "第 &P 页 / 共 &N 页"
    assert (made.page_setup.orientation, made.page_setup.paperSize) == ("landscape", 9)


def test_a_sentence_below_the_rows_stands_before_the_mark(work, marks):
    made = page(["甲"], last="仅前 1 行", marks=marks)

    assert [row[0].value for row in made.iter_rows(min_row=3)][:2] == ["甲", "仅前 1 行"]


def test_an_empty_list_is_a_workbook_of_its_heads(work, marks):
    made = page(head=["姓名", "工种"], marks=marks)

    assert [cell.value for cell in made[2]] == ["姓名", "工种"]
    assert cells(made) == []


def test_amounts_have_their_thousands_days_their_shape_and_both_stay_numbers(work):
    made = page(
        [Decimal("1234.50"), date(2026, 11, 1), datetime(2026, 11, 1, 7, 30), 12],  # noqa: DTZ001
        ["", "", "", ""],
        [Decimal("8.00"), date(2026, 11, 2), None, 7],
        head=["金额", "日期", "时间", "天数"],
    )

    first = made[3]
    assert [cell.value for cell in first] == [
        1234.5, datetime(2026, 11, 1), datetime(2026, 11, 1, 7, 30), 12,  # noqa: DTZ001
    ]  # fmt: skip
    assert [cell.number_format for cell in first][:3] == [
        "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm",
    ]  # fmt: skip
    assert cells(made)[1] == [None] * 4


def test_a_marked_number_shows_its_mark_and_stays_a_number(work):
    made = page([Marked(Decimal("8.5"), "*")], marks=True)

    assert (made["A3"].value, made["A3"].number_format) == (8.5, '#,##0.0"*"')


def test_a_text_no_workbook_can_hold_is_written_without_what_it_cannot(work, marks):
    made = page(["甲\x00\x0b乙\n丙\x1f\ud800\uffff"], ["\x01=1+1"], ["长" * 40_000], marks=marks)

    (first,), (second,), (third,) = cells(made)
    assert (first, second) == ("甲乙\n丙", "'=1+1")
    assert len(third) < 32_767


def test_a_number_longer_than_a_spreadsheet_keeps_is_written_as_a_text(work):
    assert cells(page([123456789012345678], [10**15 - 1])) == [["123456789012345678"], [10**15 - 1]]


def test_columns_of_one_name_are_both_there(work, marks):
    made = page(["甲", "乙"], head=["姓名", "姓名"], marks=marks)

    assert [cell.value.strip() for cell in made[2]] == ["姓名", "姓名"]
    assert cells(made) == [["甲", "乙"]]


def test_a_title_no_sheet_may_have_is_still_the_title(work, marks):
    made = page(["甲"], title="一/二:三?[四]*" + "长" * 40, marks=marks)

    assert made["A1"].value.startswith("一/二:三?[四]*")
    assert len(made.title) <= 31


def test_a_column_is_as_wide_as_its_words(work):
    made = page(["江门某某建设工程有限公司"], ["甲"], head=["所属单位"])

    assert 24 <= made.column_dimensions["A"].width <= 32
