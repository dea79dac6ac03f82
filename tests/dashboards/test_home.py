"""The first page of each role."""

from datetime import timedelta

import pytest

from app.core import clock, scope
from app.identity import services as identity
from tests.factories import enterprises, projects, roster, wages
from tests.factories.guides import article


def _account(who):
    if who == "contractor":
        return enterprises.admin(enterprises.enterprise())
    if who == "official":
        return enterprises.official()
    return identity.open_account(
        username="technician", name="系统管理员", audience=scope.Audience.LOGIN, role="sys_admin",
        password_hash=identity.hashed(enterprises.PASSWORD),
    )  # fmt: skip


@pytest.mark.parametrize("who", ["contractor", "official", "administrator"])
def test_home_opens_for_everybody(system, signed_in, who):
    with system():
        article(title="关于高温停工的通知")
        number = _account(who)
    page = signed_in(number).get("/")
    assert page.status_code == 200
    assert ("关于高温停工的通知" in page.text) is (who != "administrator")
    assert "%%" not in page.text


def test_the_home_of_a_contractor_shows_the_wages_due(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        worker = roster.worker(roster.team(projects.general_contractor_unit(
            projects.project(firm))))  # fmt: skip
        last = clock.today().replace(day=1) - timedelta(days=1)
        wages.payroll([worker], f"{last:%Y-%m}")
        user = enterprises.admin(firm)
    page = signed_in(user).get("/").text

    assert "本月应发" in page
    assert "6,000.00" in page


@pytest.mark.parametrize(("sites", "chosen"), [(1, True), (2, False)])
def test_an_only_project_need_not_be_chosen(system, signed_in, sites, chosen):
    with system():
        firm = enterprises.enterprise()
        names = [projects.project(firm).name for _one in range(sites)]
        browser = signed_in(enterprises.admin(firm))
    switch = browser.get("/").text.split('id="switch-project"')[1].split("</select>")[0]
    assert (names[0] in switch) is chosen

    browser.post("/sites/switch", data={"project_id": ""})
    browser.get("/")
    with browser.session_transaction() as session:
        assert session["project_id"] is None, "all projects stays what was chosen"


@pytest.mark.parametrize("sites", [1, 2])
def test_attendance_without_a_project_says_that_one_is_chosen_first(system, signed_in, sites):
    with system():
        firm = enterprises.enterprise()
        names = [projects.project(firm).name for _one in range(sites)]
        browser = signed_in(enterprises.admin(firm))
    page = browser.get("/attendance/", follow_redirects=True)

    assert ("请先选择项目" in page.text) is (sites == 2)
    assert page.request.path == ("/attendance/" if sites == 1 else "/sites/list/")
    assert names[0] in page.text
