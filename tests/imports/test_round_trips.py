"""Whatever roster is written into the live template of workers comes through the wizard unchanged.

The template is the one a clerk downloads, with the units and teams of his project; the workbook is
uploaded, checked and imported, and the rows of the roster are compared with what was written.
"""

import re
import string
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from app.core import sheets
from app.core.columns.codes import ChoiceOf, Code, Codes
from app.core.columns.numbers import Flag
from app.extensions import db
from app.imports import services
from app.imports.choices import Wanted
from app.imports.templates.workers import worker_sheet
from app.roster.models import ProjectWorker
from tests.factories import roster
from tests.imports.steps import imported, sent

TODAY = date(2026, 11, 23)
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
DIGITS = st.characters(codec="ascii", categories=["Nd"])
NAMES = st.one_of(
    st.text(HAN, min_size=2, max_size=20),
    st.builds("{}·{}".format, st.text(HAN, min_size=1, max_size=9),
              st.text(HAN, min_size=1, max_size=9)),
    st.sampled_from(["JOHN O'NEIL", "José Álvarez-Núñez", "Nguyễn Văn An"]),
)  # fmt: skip
SIGNS = st.sampled_from(string.ascii_letters + string.digits + " =+-@'\"<>&;#/\\·、。")
# an apostrophe in front marks a text, and 1E5 is a number, whatever the column
MARKED = re.compile(r"'.*|[+-]?[0-9.]+[eE][+-]?[0-9]+")
WORDS = (
    st.text(st.one_of(HAN, SIGNS), min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda text: text and not MARKED.fullmatch(text))
)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
AGES = st.dates(date(1967, 1, 1), date(2005, 12, 31))
AFTER = st.integers(0, 2000).map(lambda days: TODAY + timedelta(days=days))


@st.composite
def identity_numbers(draw):
    head = draw(st.sampled_from(["440703", "110101", "650102", "522601"]))
    number = f"{head}{draw(AGES):%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return number + mod_11_2.calc_check_digit(number)


@st.composite
def cards(draw):
    head = "62" + draw(st.text(DIGITS, min_size=13, max_size=16))
    return head + luhn.calc_check_digit(head)


def before_today(years):
    return st.dates(TODAY - timedelta(days=365 * years), TODAY)


# by column: what people write; the others are words of their lists
WRITTEN = {
    "name": NAMES, "mobile": MOBILES, "entry_on": before_today(2), "address": WORDS,
    "id_issuer": WORDS, "id_valid_from": before_today(20), "id_valid_to": AFTER,
    "health_on": before_today(3), "emergency_name": WORDS,
    "emergency_mobile": st.sampled_from(["0750-3123456", "12345678", "0750-3123456-801"]),
    "bank_branch": WORDS, "bank_card_no": cards(), "contract_no": WORDS,
    "contract_signed_on": before_today(2), "contract_from": before_today(2),
    "contract_to": AFTER, "pay_rate": st.decimals(0, 10**9, places=2),
    "contract_pay_day": st.integers(1, 31), "remark": WORDS,
}  # fmt: skip
NOT_FREE = {"id_type", "sex", "birth_on", "is_team_leader", "work_permit_no", "unit_id", "team_id",
            "work_permit_valid_to", "id_number"}  # fmt: skip


def listed(kind):
    """Give what a choice may be: codes, members, lists of codes, yes and no."""
    if isinstance(kind, Flag):
        return st.booleans()
    if isinstance(kind, Codes):
        codes = [code for code, _label in kind.choices()]
        return st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True)
    if isinstance(kind, ChoiceOf):
        return st.sampled_from(list(kind.choice))
    return st.sampled_from([code for code, _label in kind.choices()])


def rosters(sheet):
    """Give lists of workers by column name; what is not required may be missing."""
    fields = {}
    for column in sheet.columns:
        if column.name in NOT_FREE:
            continue
        one = WRITTEN[column.name] if column.name in WRITTEN else listed(column.kind)
        fields[column.name] = one if column.starred else st.none() | one
    numbers = st.fixed_dictionaries({"id_number": identity_numbers(), **fields})
    return st.lists(numbers, min_size=1, max_size=5, unique_by=lambda row: row["id_number"])


def cell(kind, value):
    """Write a value as a clerk does."""
    if value is None:
        return ""
    if isinstance(kind, Codes):
        labels = dict(kind.choices())
        return ",".join(labels[code] for code in value)
    if isinstance(kind, (Code, ChoiceOf, Flag)):
        return str(kind.cell(value))
    return value.isoformat() if isinstance(value, date) else str(value)


@pytest.fixture
def on_site(site, unit, acting):
    """Give the project with a second team, so that the row says which."""
    roster.team(unit)
    return site


@settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.large_base_example, HealthCheck.data_too_large],
)  # fmt: skip
@given(data=st.data())
def test_a_roster_written_into_the_live_template_stands_in_the_database_unchanged(
    on_site, unit, team, acting, data
):
    sheet = worker_sheet(on_site)
    people = data.draw(rosters(sheet))
    columns = {column.name: column for column in sheet.columns}
    lines = [
        {"所属单位统一社会信用代码": unit.credit_code, "班组名称": team.name}
        | {columns[name].header: cell(columns[name].kind, value) for name, value in row.items()}
        for row in people
    ]  # fmt: skip

    savepoint = db.session.begin_nested()
    try:
        job = sent(on_site, sheets.template(sheet, lines), acting)
        problems = services.findings_of(job)["problems"]
        assert [one for one in problems if one["level"] == "error"] == []
        assert (job.total, job.passed) == (len(people), len(people))

        imported(job, acting, Wanted.ALL)
        stays = {row.id_number: row for row in db.session.query(ProjectWorker).all()}
        for row in people:
            stay = stays[row["id_number"]]
            said = {name: value for name, value in row.items() if value is not None}
            assert {name: getattr(stay, name) for name in said} == said
            assert (stay.unit_id, stay.team_id, stay.birth_on) == (
                unit.id, team.id, born(row["id_number"]),
            )  # fmt: skip
    finally:
        savepoint.rollback()
        db.session.expire_all()


def born(number):
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
