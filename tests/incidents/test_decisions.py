"""Alerts that only a decision of the bureau ends, as it and contractors see them (11, rule 4)."""

from datetime import date

import pytest

from app.alerts.choices import AlertState
from app.alerts.models import Alert
from app.roster.choices import StayState
from tests.factories import enterprises, incidents, projects, roster
from tests.factories.alerts import again, only, scan

TODAY = date(2026, 11, 22)


@pytest.fixture
def joined(system):
    """Somebody of a verified blockade who joined a second project, its firm, and an official."""
    with system():
        old = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
        li = roster.worker(
            roster.team(old), state=StayState.EXITED, entry_on=date(2024, 3, 1),
            exit_on=date(2025, 2, 1),
        )  # fmt: skip
        incidents.person(incidents.incident(old), li)
        firm = enterprises.enterprise()
        team = roster.team(projects.general_contractor_unit(projects.project(firm)))
        again(li, team, entry_on=TODAY)
        scan("EVT-001", TODAY)
        return {
            "alert": only("EVT-001").id, "firm": enterprises.admin(firm),
            "bureau": enterprises.official(),
        }  # fmt: skip


def state_of(system, number):
    with system() as session:
        return session.get(Alert, number).state


def test_the_decision_is_chosen_and_told_beside_its_words(joined, signed_in, system):
    bureau, number = signed_in(joined["bureau"]), joined["alert"]
    url = f"/alertview/decide/{number}"

    assert f'href="{url}"' in bureau.get(f"/alertview/show/{number}").text
    asked = bureau.get(url).text
    assert [word in asked for word in ("记录备查", "重点关注", "无需关注")] == [True] * 3
    refused = bureau.post(url, data={"decision": "", "remark": "已约谈本人"}).text
    assert "请选择处理决定" in refused
    assert "已约谈本人</textarea>" in refused
    assert state_of(system, number) is AlertState.OPEN

    bureau.post(url, data={"decision": "WATCH", "remark": "已约谈本人"})
    assert state_of(system, number) is AlertState.CLOSED
    assert "重点关注；已约谈本人" in signed_in(joined["firm"]).get(f"/alertview/show/{number}").text


def test_what_waits_for_a_decision_has_a_tab_of_the_bureau(joined, signed_in):
    bureau, firm = signed_in(joined["bureau"]), signed_in(joined["firm"])
    here = f"/alertview/show/{joined['alert']}"

    assert "?state=TO_DECIDE" in bureau.get("/alertview/list/").text
    assert here in bureau.get("/alertview/list/?state=TO_DECIDE").text
    assert here not in bureau.get("/alertview/list/?state=TO_CLOSE").text
    assert "?state=TO_DECIDE" not in firm.get("/alertview/list/").text


def test_a_contractor_decides_nothing(joined, signed_in, system):
    answer = signed_in(joined["firm"]).post(
        f"/alertview/decide/{joined['alert']}", data={"decision": "NOTE", "remark": "x"}
    )

    assert answer.status_code in (302, 403)
    assert state_of(system, joined["alert"]) is AlertState.OPEN
