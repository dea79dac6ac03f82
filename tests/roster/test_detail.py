"""The detail page of a worker: every field of screens.md 8.2, in words."""

import re
from datetime import date, datetime
from decimal import Decimal
from html import unescape

import pytest

from app.core import clock, dictionaries
from app.core.columns import ChoiceOf, Code, Date, Document, Flag, Instant, Money
from app.core.columns import Integer as Whole
from app.core.columns.base import specs
from app.core.columns.codes import Codes, State
from app.core.columns.links import Ref
from app.roster.models import Certificate, ProjectWorker, StaffMember
from tests.factories import projects, roster
from tests.roster.conftest import build

PAIR = re.compile(r"<dt>(.*?)</dt><dd>(.*?)</dd>", re.DOTALL)
CODE = re.compile(r"^(?:None|True|False|[A-Z]+(?:_[A-Z]+)+|[a-z]+(?:_[a-z]+)+|0\d+)$")
TAG, IMAGE = re.compile(r"<.*?>"), re.compile(r"<img ")
TABS = ("", "contract", "training")
# kept beside the shown ones: the mark and clock of 待补齐, the conflict, and the list's columns
ELSEWHERE = {"state", "incomplete", "complete_by", "conflicted", "number_permit"}


def value_of(spec, known):
    """Give a value of a column's kind, one whose stored form differs from its words."""
    kind = spec.kind
    if isinstance(kind, Codes):
        return [dictionaries.options(kind.table)[0][0]]
    if isinstance(kind, Code):
        offered = [c for c, _label in dictionaries.options(kind.table)
                   if not kind.only or c in kind.only]  # fmt: skip
        return offered[0]
    if isinstance(kind, ChoiceOf):
        return list(kind.choice)[-1]
    if isinstance(kind, Document):
        return [known["file"]()] if kind.many else known["file"]()
    values = {
        Flag: True, Date: date(2026, 3, 4), Money: Decimal(12), Whole: 15,
        Instant: datetime(2026, 3, 4, 5, 6, tzinfo=clock.CHINA),
    }  # fmt: skip
    for own, value in values.items():
        if isinstance(kind, own):
            return value
    return "13" if kind.numeric else "甲"


@pytest.fixture
def whole(system, signed_in):
    """A browser on a worker who has every value there is."""
    with system() as session:
        city = build()
        human = roster.worker(city.main_team, work_type="010")
        known = {"file": projects.stored_file}
        for name, spec in specs(ProjectWorker).items():
            if getattr(human, name) is None and not isinstance(spec.kind, (Ref, State)):
                setattr(human, name, value_of(spec, known))
        human.read_by_chip, human.bank_card_no = True, "6222021001116245702"
        session.add(Certificate(
            project_id=human.project_id, unit_id=human.unit_id, worker_id=human.id, kind="1",
            special_type=dictionaries.options("special_cert_type")[0][0], name="操作证",
            number="T-9", issuer="应急局", issued_on=date(2024, 1, 1), valid_to=date(2028, 1, 1),
            file=projects.stored_file(),
        ))  # fmt: skip
        session.flush()
        number, user, project = human.id, city.firm_user, city.project.id
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = project
    return browser, number


def shown(browser, number, view="workerview", tabs=TABS):
    pages = [browser.get(f"/{view}/show/{number}?tab={tab}") for tab in tabs]
    assert {page.status_code for page in pages} == {200}
    return {
        unescape(label).strip(): TAG.sub("", unescape(IMAGE.sub("picture", value))).strip()
        for page in pages for label, value in PAIR.findall(page.text)
    }  # fmt: skip


def test_every_field_stands_on_the_page_in_words(whole, app):
    found = shown(*whole)
    with app.test_request_context():
        labels = {
            str(spec.label) for name, spec in specs(ProjectWorker).items() if name not in ELSEWHERE
        }

    assert labels - found.keys() == set()
    assert {label: value for label, value in found.items() if CODE.match(value)} == {}
    assert [label for label in labels if found[label] in ("", "—")] == []


def test_sex_and_birth_read_from_the_number_stand_on_the_page(system, signed_in, app):
    with system():
        city = build()
        human = roster.worker(city.main_team)
        number, user, project, birth = human.id, city.firm_user, city.project.id, human.birth_on
        sex = dictionaries.label("gender", human.sex)
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = project

    found = shown(browser, number)
    assert (found["性别"], found["出生日期"]) == (sex, birth.isoformat())
    assert "人证核验状态" not in found  # nobody verified anything
    assert [label for label, value in found.items() if value == "None"] == []


def test_the_detail_of_a_manager_shows_sex_and_birth_too(system, signed_in):
    with system():
        city = build()
        row = StaffMember(
            project_id=city.project.id, staff_kind="MANAGER", post="1011", unit_id=city.main.id,
            name="陈大文", id_type="01", id_number="440703198504120002", sex="0",
            birth_on=date(1985, 4, 12), mobile="13800138000",
        )  # fmt: skip
        from app.extensions import db

        db.session.add(row)
        db.session.flush()
        number, user, project = row.id, city.firm_user, city.project.id
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = project

    found = shown(browser, number, "managerview", tabs=("",))
    assert (found["性别"], found["出生日期"]) == ("男", "1985-04-12")
