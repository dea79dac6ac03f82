"""The tabs and numbers of a project's page that come from the domains above (4.3)."""

import re

import pytest

from app.core import clock
from app.enterprises.models import Enterprise
from app.projects.choices import ProjectState
from tests.factories import attendance, enterprises, incidents
from tests.factories import projects as make

SITE_TABS = ["Teams and workers", "Attendance on the project", "Warnings on the project",
             "Incidents on the project"]  # fmt: skip


@pytest.fixture
def site(system):
    """A project of two units whose own worker has punched today; one incident of the sub."""
    with system() as session:
        found = attendance.site()
        day = clock.today()
        attendance.record(found.project, attendance.punch(found.own_worker, "in 00:01", day))
        incidents.incident(found.sub_unit, place="西门")
        firm = session.get(Enterprise, found.project.general_contractor_id)
        return {
            "project": found.project.id, "gc": enterprises.admin(firm),
            "sub": enterprises.admin(session.get(Enterprise, found.sub_unit.enterprise_id)),
            "office": enterprises.official(), "team": found.own_team.name,
            "other": found.sub_team.name,
        }  # fmt: skip


def tabs_of(page):
    line = re.search(r'<nav class="tabs".*?</nav>', page, re.DOTALL)[0]
    return [text.strip() for text in re.findall(r"<a [^>]*>([^<]+)", line)]


def open_tab(browser, site, tab):
    answer = browser.get(f"/projects/show/{site['project']}?tab={tab}")
    assert answer.status_code == 200
    return answer.text.split("<main")[1]


def test_the_tabs_stand_in_the_order_of_4_3(site, signed_in):
    gc = tabs_of(signed_in(site["gc"]).get(f"/projects/show/{site['project']}").text)
    office = tabs_of(signed_in(site["office"]).get(f"/projects/show/{site['project']}").text)

    assert gc == ["Basics", "Participating units", "Construction permits", "Interface settings",
                  *SITE_TABS, "Review record"]  # fmt: skip
    assert office == [*gc, "Log of changes"]


def test_each_tab_shows_what_its_reader_may_see_and_enters_the_project(site, signed_in):
    gc, sub = signed_in(site["gc"]), signed_in(site["sub"])

    people = open_tab(gc, site, "people")
    assert site["team"] in people
    assert site["other"] in people
    assert "2 teams and 2 workers on site" in people
    assert site["team"] not in open_tab(sub, site, "people")
    assert f"{clock.today():%Y-%m-%d}" in open_tab(gc, site, "attendance")
    assert "Attendance rate today: 50%" in open_tab(gc, site, "attendance")
    assert "0 open warnings" in open_tab(gc, site, "alerts")
    assert "1 incidents" in open_tab(gc, site, "incidents")

    entered = gc.post(f"/sites/enter/{site['project']}?to=attendance")

    assert entered.headers["Location"] == "/attendance/"
    with gc.session_transaction() as kept:
        assert kept["project_id"] == site["project"]


def test_a_place_nobody_knows_leads_to_the_roster(site, signed_in):
    gc = signed_in(site["gc"])

    entered = gc.post(f"/sites/enter/{site['project']}?to=SignInView.logout")

    assert entered.headers["Location"] == "/workerview/list/"


def test_the_numbers_of_the_head_lead_to_their_tabs(site, signed_in):
    page = signed_in(site["gc"]).get(f"/projects/show/{site['project']}").text
    numbers = re.search(r'<dl class="head-numbers">.*?</dl>', page, re.DOTALL)[0]

    assert re.findall(r'href="[^"]*tab=(\w+)"', numbers) == ["people", "people", "alerts"]


def test_the_log_of_changes_names_who_changed_what(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        row = make.project(firm, state=ProjectState.APPROVED, planned_start=clock.today())
        site = {"project": row.id}
        gc, office = enterprises.admin(firm), enterprises.official()
    begun = {"actual_start": f"{clock.today()}"}
    assert signed_in(gc).post(f"/projects/begin/{site['project']}", data=begun).status_code == 302

    page = open_tab(signed_in(office), site, "log")

    assert "Actual start" in page
    assert "管理员" in page


def test_before_the_approval_there_is_no_site_to_show(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        number = make.project(firm, state=ProjectState.DRAFT).id
        user = enterprises.admin(firm)

    page = signed_in(user).get(f"/projects/show/{number}").text

    assert not set(SITE_TABS) & set(tabs_of(page))


def test_an_approved_project_says_what_is_missing_and_who_takes_changes(site, signed_in):
    gc = signed_in(site["gc"]).get(f"/projects/show/{site['project']}").text
    office = signed_in(site["office"]).get(f"/projects/show/{site['project']}").text

    assert "Still missing" in gc
    assert "Report a change of it" in gc
    assert "Report a change of it" not in office
