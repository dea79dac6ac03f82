"""首页 of officials, and what their urging brings onto that of contractors (11.2, 15)."""

import re
from datetime import date, timedelta

import pytest

from app.alerts.models import Alert
from app.alerts.states import ALERT_FLOW
from app.core import clock, scope
from app.incidents.choices import IncidentState, Severity, Verdict
from app.projects.models import ProjectUnit
from app.roster.choices import StayState
from tests.factories import enterprises, incidents, projects, roster
from tests.factories.alerts import again, day_of, only, scan

DAY, TODAY = date(2026, 10, 20), date(2026, 11, 22)


@pytest.fixture
def city(system):
    """A general contractor, a subcontractor of his, a firm of no concern, and officials."""
    with system():
        firm, sub = (
            enterprises.enterprise(),
            enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR),
        )
        site = projects.project(firm)
        unit = projects.unit(site, sub)
        worker = roster.worker(roster.team(unit))
        day_of(worker, DAY, 14)
        scan("ATT-001", DAY + timedelta(days=1))
        return {
            "unit": unit.id, "alert": only("ATT-001").id,
            "gc": enterprises.admin(firm), "sub": enterprises.admin(sub),
            "stranger": enterprises.admin(enterprises.enterprise()),
            "district": enterprises.official(), "far": enterprises.official(district="440781"),
            "inspector": enterprises.official("inspector"),
        }  # fmt: skip


def home(signed_in, number):
    return signed_in(number).get("/").text


def test_an_urging_stands_in_the_to_do_list_of_the_unit_and_the_general_contractor(city, signed_in):
    words = "住建部门督办：三日内书面说明"
    signed_in(city["district"]).post(
        f"/alertview/urge/{city['alert']}", data={"remark": "三日内书面说明"}
    )

    for role in ("gc", "sub"):
        page = home(signed_in, city[role])
        assert re.search(rf'<a href="/alertview/show/{city["alert"]}">{words}</a>', page), role
    assert words not in home(signed_in, city["stranger"])

    sub = signed_in(city["sub"])
    sub.post(f"/alertview/move/acknowledge/{city['alert']}")
    assert words in sub.get("/").text
    assert "已签收" in sub.get("/").text


def test_a_recorded_handling_is_a_next_step_of_the_bureau_of_the_district(city, signed_in, system):
    line = f'<a href="/alertview/show/{city["alert"]}">企业已提交处置情况，请核销或退回</a>'
    assert line not in home(signed_in, city["district"])
    with system() as session:
        row = session.get(Alert, city["alert"])
        for verb in ("acknowledge", "handle"):
            ALERT_FLOW.fire(verb, row, actor=scope.SYSTEM)
        row.handled_at = clock.now()

    page = home(signed_in, city["district"])
    assert line in page
    assert number_of(page, "待核销预警") == ("1", "/alertview/list/?state=TO_CLOSE")
    assert line not in home(signed_in, city["far"])
    assert line not in home(signed_in, city["gc"])


def number_of(page, label):
    """Give number and address of a card of the home page."""
    [card] = [one for one in re.findall(r'<a class="number-card .*?</a>', page, re.DOTALL)
              if label in one]  # fmt: skip
    number = re.search(r'class="number"[^>]*>\s*([\d,]+)', card)
    return number[1], re.search(r'href="([^"]+)"', card)[1]


def test_what_only_a_decision_ends_is_a_next_step_of_the_bureau(city, signed_in, system):
    with system() as session:
        unit = session.get(ProjectUnit, city["unit"])
        old = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
        gone = roster.worker(
            roster.team(old), state=StayState.EXITED, entry_on=date(2024, 3, 1),
            exit_on=date(2025, 2, 1),
        )  # fmt: skip
        incidents.person(incidents.incident(old), gone)
        again(gone, roster.team(unit), entry_on=TODAY)
        scan("EVT-001", TODAY)
        number = only("EVT-001").id

    page = home(signed_in, city["district"])
    assert f'<a href="/alertview/show/{number}">记录处理决定</a>' in page
    assert number_of(page, "待决定预警") == ("1", "/alertview/list/?state=TO_DECIDE")


def test_incidents_to_verify_stand_on_the_home_page_the_major_ones_first(city, signed_in, system):
    with system() as session:
        unit = session.get(ProjectUnit, city["unit"])
        waiting = {"confirmed": Verdict.WAITING, "occurred_at": clock.now() - timedelta(days=1)}
        common = incidents.incident(unit, **waiting)
        major = incidents.incident(
            unit, **{**waiting, "occurred_at": clock.now(), "severity": Severity.MAJOR}
        )
        incidents.incident(unit)  # verified
        incidents.incident(unit, **waiting, state=IncidentState.DRAFT)
        incidents.incident(unit, **waiting, state=IncidentState.CANCELLED)
        numbers = [major.id, common.id]

    for role in ("district", "inspector"):
        page = home(signed_in, city[role])
        found = re.findall(r'<a href="/incidentview/show/(\d+)">核实事件</a>', page)
        assert [int(number) for number in found] == numbers, role
        number, address = number_of(page, "待核实事件")
        rows = signed_in(city[role]).get(address).text
        assert (number, rows.count('data-label="事件编号"')) == ("2", 2)
    assert ">核实事件</a>" not in home(signed_in, city["far"])
    assert ">核实事件</a>" not in home(signed_in, city["gc"])
