"""Nasty workbooks come through the door of every upload and are read as people meant them."""

import subprocess
import sys
from datetime import date, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.core import sheets, uploads
from app.core.columns import Code, Date, DocumentNumber, Flag, Mobile, Money, Text, column
from app.core.columns.times import TimeOfDay
from app.core.forms import loose
from tests.core.nasty.cells import NAMED, READ
from tests.core.nasty.making import NUMBER, saved
from tests.core.nasty.readable import READABLE
from tests.core.nasty.refused import REFUSED

DATA = Path(__file__).parent / "data"
MEANT = {
    "name": "张三", "id_number": NUMBER, "mobile": "13800138000", "work_type": "020",
    "entry_on": date(2026, 11, 1), "pay_rate": Decimal("350.50"), "insured": True,
    "start_at": time(7, 30),
}  # fmt: skip


def spec(name, kind, header, **options):
    return sheets.SheetColumn(loose(name, column(kind, label=header, sheet=header, **options)))


@pytest.fixture
def sheet(work):
    return sheets.SheetSpec("T0", "花名册", (
        spec("name", Text(50), "姓名", required_at=("sheet",)),
        spec("id_number", DocumentNumber(), "证件号码", required_at=("sheet",)),
        spec("mobile", Mobile(), "手机号码"),
        spec("work_type", Code("work_type"), "工种"),
        spec("entry_on", Date(), "进场日期"),
        spec("pay_rate", Money(), "计薪单价"),
        spec("insured", Flag(), "工伤保险"),
        spec("start_at", TimeOfDay(), "上班时间"),
    ))  # fmt: skip


def received(sheet, content):
    """Take a file as an upload does, and read it."""
    clean = uploads.inspect(BytesIO(content), "花名册.xlsx", uploads.SHEET)
    return sheets.read(sheet, clean.content, most=20_000)


def first_row(sheet, content):
    values, findings = sheets.check_row(sheet, received(sheet, content).rows[0])
    return values, {one.column: one.message for one in findings}


@pytest.mark.parametrize("name", READABLE)
def test_it_is_read_and_what_is_odd_about_it_is_told(sheet, name):
    make, rows, hints = READABLE[name]

    reading = received(sheet, make())
    values, findings = sheets.check_row(sheet, reading.rows[0])
    assert (len(reading.rows), values, findings) == (rows, MEANT, [])
    assert len(reading.hints) == len(hints), reading.hints
    for said, words in zip(reading.hints, hints, strict=True):
        assert all(word in said for word in words), said


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_words_that_say_why_and_what_to_do(sheet, name):
    make, words = REFUSED[name]

    with pytest.raises((uploads.UploadError, sheets.SheetUnreadable)) as refusal:
        received(sheet, make())
    assert words in str(refusal.value)


@pytest.mark.parametrize("name", READ)
def test_a_cell_is_read_as_it_was_meant(sheet, name):
    make, column_name, meant = READ[name]

    values, problems = first_row(sheet, make())
    assert (values[column_name], problems) == (meant, {})
    assert {**values, column_name: None} == {**MEANT, column_name: None}


@pytest.mark.parametrize("name", NAMED)
def test_a_cell_that_cannot_be_read_is_named_with_the_way_out(sheet, name):
    make, header, words = NAMED[name]
    reading = received(sheet, make())
    told = [
        {one.column: one.message for one in sheets.check_row(sheet, row)[1]} for row in reading.rows
    ]

    found = next(problems for problems in told if header in problems)
    assert words in found[header]


@pytest.mark.parametrize("name", ["libreoffice.xls", "libreoffice.xlsx", "wps_like.xlsx"])
def test_what_office_programs_write_is_read_formulas_by_their_values(sheet, name):
    """The last one has the parts, styles and marks WPS writes, but no WPS has written it."""
    reading = received(sheet, (DATA / name).read_bytes())

    rows = [sheets.check_row(sheet, row) for row in reading.rows]
    assert rows == [(MEANT, []), (MEANT, [])]
    assert [row.number for row in reading.rows] == [4, 5]
    assert (reading.header_row, reading.letters["上班时间"]) == (3, "H")


@pytest.mark.parametrize(
    ("name", "words"),
    [("libreoffice.ods", "ODS"), ("libreoffice.fods", "XML"), ("libreoffice_html.xls", "网页")],
)
def test_what_libreoffice_writes_in_other_shapes_is_refused_by_its_name(sheet, name, words):
    with pytest.raises(uploads.UploadError, match=words):
        received(sheet, (DATA / name).read_bytes())


def test_an_old_workbook_with_a_password_is_refused(sheet):
    content = bytearray((DATA / "libreoffice.xls").read_bytes())
    after_first_record = content.find(b"\x09\x08\x10\x00") + 20
    content[after_first_record : after_first_record + 2] = b"\x2f\x00"  # FILEPASS

    with pytest.raises((uploads.UploadError, sheets.SheetUnreadable), match="密码"):
        received(sheet, bytes(content))


def test_an_older_template_says_which_columns_came_and_which_went(sheet):
    then = sheets.SheetSpec("T0", "花名册", (*sheet.columns[:-1], spec("x", Text(9), "血型")))
    content = sheets.template(then, [{"姓名": "张三", "证件号码": NUMBER}])

    (hint, *_others) = received(sheet, content).hints
    assert all(word in hint for word in ("旧版模板", "新增列：上班时间", "已取消的列：血型"))


def test_a_header_alone_found_in_the_explanations_is_no_list(sheet):
    content = sheets.template(sheet, [{"姓名": "张三", "证件号码": NUMBER}])
    made = load_workbook(BytesIO(content))
    made.worksheets[0].delete_cols(3, 5)

    reading = received(sheet, saved(made))
    assert (reading.page, len(reading.rows)) == ("花名册", 1)


def test_reading_a_sheet_of_the_largest_size_stays_within_bounds(sheet):
    """20,000 rows of 45 columns: one process, what it takes above what it held before."""
    script = """
import resource, sys, time
from io import BytesIO
from app import create_app
from app.core import sheets
from app.core.columns import Text, column
from app.core.forms import loose
from rustpy_xlsxwriter import write_worksheet
heads = [f"列{n}" for n in range(45)]
made = BytesIO()
write_worksheet(({h: f"值{n}-{i}" for i, h in enumerate(heads)} for n in range(20_000)), made)
spec = sheets.SheetSpec("T0", "大表", tuple(
    sheets.SheetColumn(loose(h, column(Text(50), label=h, sheet=h))) for h in heads))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
reading = sheets.read(spec, made.getvalue(), most=20_000)
assert len(reading.rows) == 20_000
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 400
