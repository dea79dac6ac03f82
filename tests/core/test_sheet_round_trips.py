"""Whatever a roster holds, written to a template and read back it is the same."""

import string
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from app.core import sheets
from app.core.columns import (
    BankCard,
    Code,
    Date,
    DocumentNumber,
    Flag,
    Integer,
    Mobile,
    Money,
    Number,
    Text,
    column,
)
from app.core.columns.times import Month, TimeOfDay
from app.core.forms import loose

DIGITS = st.characters(codec="ascii", categories=["Nd"])
NAMES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=20)
# what people write into remarks; a text is trimmed, and full width is folded, at every door
REMARKS = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        st.sampled_from(string.ascii_letters + string.digits + " =+-@'\"<>&;#/\\·、，。\n"),
    ),
    max_size=60,
).map(str.strip)
KEPT = 15  # digits a spreadsheet keeps
DAYS = st.dates(date(1930, 1, 1), date(2099, 12, 31))


@st.composite
def identity_numbers(draw):
    head = draw(st.sampled_from(["440703", "110101", "810000", "650102"]))
    born = draw(st.dates(date(1940, 1, 1), date(2007, 12, 31)))
    number = f"{head}{born:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return number + mod_11_2.calc_check_digit(number)


@st.composite
def cards(draw):
    head = draw(st.text(DIGITS, min_size=13, max_size=16))
    return f"62{head}{luhn.calc_check_digit('62' + head)}"


COLUMNS = {
    "姓名": ("name", Text(50), NAMES),
    "证件号码": ("id_number", DocumentNumber(), identity_numbers()),
    "手机号码": ("mobile", Mobile(), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)),
    "工种": ("work_type", Code("work_type"), st.sampled_from(["010", "020", "130", "1000"])),
    "进场日期": ("entry_on", Date(), DAYS),
    "上班时间": ("start_at", TimeOfDay(), st.builds(time, st.integers(0, 23), st.integers(0, 59))),
    "所属月份": ("month", Month(), DAYS.map(lambda day: f"{day:%Y-%m}")),
    "计薪单价": ("pay_rate", Money(), st.decimals(0, 10**12, places=2)),
    "工程量": ("quantity", Number(14, 4), st.decimals(0, 10**9, places=4)),
    "约定发薪日": ("pay_day", Integer(1, 31), st.integers(1, 31)),
    "工伤保险": ("insured", Flag(), st.booleans()),
    "工资卡号": ("card", BankCard(), cards()),
    "备注": ("remark", Text(200), REMARKS),
}
ROWS = st.lists(
    st.fixed_dictionaries({
        header: strategy if header in ("姓名", "证件号码") else st.none() | strategy
        for header, (_name, _kind, strategy) in COLUMNS.items()
    }),
    min_size=1, max_size=6,
)  # fmt: skip


@pytest.fixture(scope="module")
def sheet():
    return sheets.SheetSpec("T0", "花名册", tuple(
        sheets.SheetColumn(loose(name, column(kind, label=header, sheet=header)))
        for header, (name, kind, _strategy) in COLUMNS.items()
    ))  # fmt: skip


def written(header, value):
    """Give a value as a form shows it, which is how a template is filled in."""
    if value is None:
        return ""
    kind = COLUMNS[header][1]
    return str(kind.show(value)) if isinstance(kind, (Code, Flag)) else kind.text(value)


def expected(value):
    return None if value == "" else value


@given(rows=ROWS)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_texts_numbers_and_days_come_back_from_a_template_as_they_were(work, sheet, rows):
    filled = [{header: written(header, value) for header, value in row.items()} for row in rows]

    reading = sheets.read(sheet, sheets.template(sheet, filled), most=20)

    assert reading.hints == []
    for row, kept in zip(reading.rows, rows, strict=True):
        values, findings = sheets.check_row(sheet, row)
        assert findings == []
        assert values == {COLUMNS[header][0]: expected(value) for header, value in kept.items()}


@given(rows=ROWS)
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_a_list_exports_is_read_back_from_its_own_cells(work, sheet, rows):
    """Days as days and amounts as numbers of the spreadsheet, the way exported lists hold them."""
    body = [
        [as_exported(header, row[header]) for header in COLUMNS]
        for row in rows
    ]  # fmt: skip
    content = sheets.workbook("花名册", list(COLUMNS), body)

    reading = sheets.read(sheet, content, most=20)
    for row, kept in zip(reading.rows, rows, strict=False):
        values, findings = sheets.check_row(sheet, row)
        assert findings == []
        assert values == {COLUMNS[header][0]: expected(value) for header, value in kept.items()}


def as_exported(header, value):
    """Give a day, or a number of which a spreadsheet keeps every digit, as itself."""
    kept = isinstance(value, Decimal) and len(value.as_tuple().digits) <= KEPT
    return value if kept or isinstance(value, date) else written(header, value)
