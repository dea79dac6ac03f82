"""项目: what the domains above answer about the sites of a page (screens.md 4.3, 18)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from app.attendance.queries import today_rates
from app.core import clock
from app.extensions import db
from app.projects.choices import ProjectState
from app.projects.queries import facts
from app.roster.choices import StayState
from app.wages.choices import PayrollState
from tests.factories import attendance, enterprises, roster, wages
from tests.factories import projects as make

MOST_STATEMENTS = 15


@pytest.fixture
def site(work):
    """A project with four workers on site of whom one punched today."""
    found = attendance.site()
    for _ in range(2):
        roster.worker(found.own_team)
    attendance.record(found.project, attendance.punch(found.own_worker, "in 00:01", clock.today()))
    return found


def last_month():
    return f"{clock.today().replace(day=1) - timedelta(days=1):%Y-%m}"


def test_the_rate_of_today_is_who_punched_of_who_is_on_site(site):
    assert today_rates([site.project.id], clock.today()) == {site.project.id: 25}
    assert facts.answered([site.project.id])[site.project.id]["attendance_rate"] == "25%"


def test_who_has_left_or_is_expected_does_not_count(site):
    day = clock.today()
    roster.worker(site.own_team, state=StayState.EXPECTED, entry_on=day + timedelta(days=2))
    roster.worker(site.own_team, state=StayState.EXITED, exit_on=day - timedelta(days=1))
    assert today_rates([site.project.id], day) == {site.project.id: 25}


@pytest.mark.parametrize("state", [ProjectState.APPROVED, ProjectState.SUSPENDED])
def test_a_day_without_construction_has_no_rate(work, state):
    found = attendance.site(state=state)
    assert today_rates([found.project.id], clock.today()) == {}


def test_wages_of_last_month_are_payable_this_month(site):
    workers = [site.own_worker, site.sub_worker]
    sheet = wages.payroll(workers, last_month())
    wages.pay(sheet, date(2026, 11, 15), share=1)
    wages.payroll(workers, last_month(), state=PayrollState.DRAFT)
    wages.payroll(workers, "2026-01")

    found = facts.answered([site.project.id])[site.project.id]

    assert (found["payable"], found["paid"]) == (Decimal(12000), Decimal(6000))


def test_a_project_without_sheets_answers_nothing(site):
    assert "payable" not in facts.answered([site.project.id])[site.project.id]


def test_the_page_shows_the_answers_in_few_statements(system, signed_in, app):
    with system():
        firm = enterprises.enterprise()
        for _ in range(6):
            project = make.project(firm)
            worker = roster.worker(roster.team(make.general_contractor_unit(project)))
            wages.pay(wages.payroll([worker], last_month()), date(2026, 11, 15))
        user = enterprises.admin(firm)
    browser = signed_in(user)
    browser.get("/sites/list/")
    asked = []

    def note(*facts):
        asked.append(facts[2])

    with app.app_context():
        connection = db.engine
    event.listen(connection, "before_cursor_execute", note)
    try:
        page = browser.get("/sites/list/").text
    finally:
        event.remove(connection, "before_cursor_execute", note)

    assert page.count("6,000.00") >= 12
    assert "0%" in page
    read = [s for s in asked if s.lstrip().lower().startswith(("select", "with"))]
    assert 3 < len(read) <= MOST_STATEMENTS
