"""数据权限: a login changes only what is ticked for it, on each of its sites (screens.md 8.4)."""

import re

import pytest

from app.core import scope
from app.identity import services
from app.roster.models import Team
from tests.factories import enterprises as make
from tests.factories import numbered, projects, roster
from tests.house.test_references import posted

ALL = ("roster", "attendance", "wages", "alerts", "incidents")
DOORS = {
    "roster": ["/workerview/quick", "/teamview/add", "/managerview/add"],
    "attendance": ["/corrections/add"],
    "incidents": ["/incidentview/add"],
}


@pytest.fixture
def firm(system, signed_in):
    """Two sites of one enterprise, and a way to give one login areas on each."""
    with system():
        owner = make.enterprise()
        sites = [projects.project(owner), projects.project(owner)]
        units = [projects.general_contractor_unit(site) for site in sites]
        teams = [roster.team(unit) for unit in units]
        numbers = [(unit.id, site.id) for unit, site in zip(units, sites, strict=True)]
        found = {"teams": [(t.id, t.row_version) for t in teams],
                 "forms": [posted(roster.team_values(unit)) for unit in units]}  # fmt: skip

    def login(*grants):
        name = numbered("site_")
        with system():
            for (unit, site), (role, areas) in zip(numbers, grants, strict=False):
                user, _password = services.open_site_login(
                    project_id=site, unit_id=unit, whole_project=True, username=name, name="张三",
                    mobile="13800138000", role=role, can_write=areas, actor=scope.SYSTEM,
                )  # fmt: skip
            services.set_password(user, make.PASSWORD)
        return signed_in(user)

    def enter(browser, place):
        with browser.session_transaction() as session:
            session["project_id"] = None if place is None else numbers[place][1]
        return browser

    found["login"], found["enter"] = login, enter
    return found


@pytest.mark.parametrize("area", ALL)
def test_a_login_opens_the_forms_of_its_area_and_no_others(firm, area):
    browser = firm["enter"](firm["login"](("labour_manager", [area])), 0)
    for other, urls in DOORS.items():
        for url in urls:
            assert (browser.get(url).status_code == 200) == (other == area), (area, url)
    may_import = 'type="file"' in browser.get("/imports/").text
    assert may_import == (area == "roster")


@pytest.mark.parametrize("area", ALL)
def test_moves_and_whole_numbers_outside_the_area_are_refused(firm, system, area):
    browser = firm["enter"](firm["login"](("labour_manager", [area])), 0)
    number = firm["teams"][0][0]
    allowed = area == "roster"
    answer = browser.post(f"/teamview/unmask/{number}/leader_id_number",
                          data={"reason": "核对身份"})  # fmt: skip
    assert (answer.status_code == 200) == allowed
    assert (browser.get(f"/teamview/exit/{number}").status_code == 200) == allowed


def test_nothing_ticked_leaves_reading(firm):
    browser = firm["enter"](firm["login"](("labour_manager", [])), 0)
    assert browser.get("/teamview/list/").status_code == 200
    assert browser.get("/incidentview/list/").status_code == 200
    for urls in DOORS.values():
        for url in urls:
            assert browser.get(url).status_code in {403, 302}, url


def test_one_login_has_on_each_site_the_rights_of_that_site(firm, system):
    browser = firm["login"](("labour_manager", ["roster"]), ("project_staff", ["incidents"]))
    assert firm["enter"](browser, 0).get("/teamview/add").status_code == 200
    assert firm["enter"](browser, 1).get("/teamview/add").status_code == 403
    assert firm["enter"](browser, None).get("/teamview/add").status_code in {302, 403}
    for place, changed in ((0, True), (1, False)):
        team, version = firm["teams"][place]
        data = {**firm["forms"][place], "row_version": version, "name": numbered("改名")}
        # a row of the second site is out of reach even while the first one is chosen
        firm["enter"](browser, 0).post(f"/teamview/edit/{team}", data=data)
        with system() as session:
            assert (session.get(Team, team).name == data["name"]) is changed


def test_a_later_site_gives_the_role_of_that_site(firm):
    browser = firm["login"](("project_staff", []), ("labour_manager", [*ALL]))
    assert firm["enter"](browser, 0).get("/workerview/quick").status_code == 403
    assert firm["enter"](browser, 1).get("/workerview/quick").status_code == 200
    assert firm["enter"](browser, 1).get("/incidentview/add").status_code == 200


def test_the_chosen_site_can_be_left_for_one_with_fewer_rights(firm):
    browser = firm["enter"](firm["login"](("labour_manager", [*ALL]), ("clerk", ["roster"])), 0)
    team, _version = firm["teams"][1]
    assert browser.get(f"/teamview/show/{team}").status_code == 200
    with browser.session_transaction() as session:
        first = session["project_id"]
    shown = browser.get("/sites/list/").text
    numbers = {int(n) for n in re.findall(r"/sites/enter/(\d+)", shown)}
    [second] = numbers - {first}
    browser.post("/sites/switch", data={"project_id": str(second)})
    with browser.session_transaction() as session:
        assert session["project_id"] == second
