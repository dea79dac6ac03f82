"""The pages of 工资发放: step 1, step 2, the payroll with its moves and papers (10.6)."""

import re
from datetime import date

import pytest

from app.extensions import db
from app.projects.models import Project
from app.roster.models import Team
from app.wages.choices import PayrollState
from app.wages.models import Payroll, PayrollLine
from tests.factories import attendance, enterprises, roster
from tests.wages.test_payrolls import CARD

MONTH = "2026-10"


@pytest.fixture
def people(city, system):
    """Two workers of the main team with a valid day in October."""
    with system():
        found = []
        for _number in range(2):
            row = roster.worker(
                db.session.get(Team, city.main_team), entry_on=date(2026, 9, 1),
                pay_method="daily", pay_rate=320, **CARD,
            )  # fmt: skip
            on = date(2026, 10, 12)
            punches = (attendance.punch(row, text, on) for text in ("in 07:00", "out 16:00"))
            attendance.record(db.session.get(Project, city.project), *punches)
            found.append(row.id)
        return found


@pytest.fixture
def made(city, browse, people):
    """The browser of the general contractor and the number of a draft it made."""
    browser = browse(city.firm_user, city.project)
    answer = browser.post("/payrolls/choose", data={
        "month": MONTH, "team": city.main_team, "which": "UNPAID", "rowid": people,
        "batch_kind": "monthly", "entry_way": "REVIEWED_FIRST",
    })  # fmt: skip
    return browser, int(re.search(r"/payrolls/lines/(\d+)", answer.headers["Location"])[1])


def lines_of(system, number):
    with system():
        return [
            (row.id, row.payable, row.paid)
            for row in db.session.query(PayrollLine).filter_by(payroll_id=number).order_by("id")
        ]


def test_step_one_shows_days_rate_and_suggestion(city, browse, people):
    browser = browse(city.firm_user, city.project)
    page = browser.get(f"/payrolls/choose?month={MONTH}&team={city.main_team}").text
    assert page.count('name="rowid"') == 2
    assert "320.00" in page
    assert "建议金额" in page
    empty = browser.get(f"/payrolls/choose?month={MONTH}&team={city.side_team}").text
    assert "没有可选择的工人" in empty


def test_nothing_ticked_is_told_and_makes_nothing(city, browse, people, system):
    browser = browse(city.firm_user, city.project)
    answer = browser.post("/payrolls/choose", data={"month": MONTH, "team": city.main_team})
    assert "至少勾选一名工人" in answer.text
    with system():
        assert db.session.query(Payroll).count() == 0


def test_lines_are_typed_over_and_a_wrong_one_is_told_beside_its_place(made, system):
    browser, number = made
    (first, *_sums), (second, *_rest) = lines_of(system, number)
    url = f"/payrolls/lines/{number}"
    wrong = browser.post(url, data={f"l{first}-payable": "abc", f"l{second}-payable": "500"})
    assert f'href="#l{first}-payable"' in wrong.text
    assert 'value="abc"' in wrong.text
    assert lines_of(system, number)[1][1] == 320
    done = browser.post(url, data={f"l{first}-payable": "1000", f"l{first}-advance": "100",
                                   f"l{second}-payable": "500"})  # fmt: skip
    assert done.status_code == 302
    assert [row[1:] for row in lines_of(system, number)] == [(1000, 900), (500, 500)]


def test_the_page_leads_through_the_moves_to_the_payment(made, system):
    browser, number = made
    browser.post(f"/payrolls/move/ask_workers/{number}")
    browser.post(f"/payrolls/sign/{number}", data={
        "signed_file": enterprises.upload("签字表.png"), "row_version": version(system, number),
    })  # fmt: skip
    browser.post(f"/payrolls/move/submit/{number}")
    browser.post(f"/payrolls/move/review/{number}")
    assert state(system, number) is PayrollState.REVIEWED
    answer = browser.post(f"/payrolls/answers/{number}", data={
        "paid_on": "2026-11-13", "txn_no": "B001", "row_version": version(system, number),
    })  # fmt: skip
    assert answer.status_code == 302
    assert state(system, number) is PayrollState.PAID
    assert browser.get(f"/payrolls/sheet/{number}").data.startswith(b"%PDF")
    page = browser.get(f"/payrolls/show/{number}").text
    assert "B001" in page
    assert CARD["bank_card_no"] not in page


def test_a_stranger_finds_nothing(city, browse, made):
    number = made[1]
    stranger = browse(city.stranger_user)
    for page in ("show", "lines", "sign", "answers", "sheet", "edit"):
        assert stranger.get(f"/payrolls/{page}/{number}").status_code == 404, page
    assert stranger.post(f"/payrolls/remove/{number}").status_code == 404
    assert stranger.post(f"/payrolls/again/{number}").status_code == 404


def version(system, number):
    with system():
        return str(db.session.get(Payroll, number).row_version)


def state(system, number):
    with system():
        return db.session.get(Payroll, number).state
