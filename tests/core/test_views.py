"""The project chosen at the top narrows lists; rows, forms and pickers keep their own."""

import re
from datetime import date
from io import BytesIO
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from openpyxl import load_workbook

from app.roster.choices import StaffKind, StayState
from app.roster.models import ProjectWorker, StaffMember, Team
from tests.factories import enterprises, projects, roster
from tests.house.test_references import posted


@pytest.fixture
def site(system):
    """Give two projects of one contractor, a team and a worker on each, and a rival."""
    with system() as session:
        firm, rival = enterprises.enterprise(), enterprises.enterprise()
        found = {"user": enterprises.admin(firm), "rival": enterprises.admin(rival)}
        for name in ("here", "there"):
            unit = projects.general_contractor_unit(projects.project(firm))
            team = roster.team(unit)
            worker = roster.worker(team, state=StayState.EXPECTED)
            post = StaffMember(
                project_id=unit.project_id, staff_kind=StaffKind.SPECIALIST, source="manual",
                **roster.staff_values(unit, "1"),
            )  # fmt: skip
            session.add(post)
            session.flush()
            found[name] = {
                "project": unit.project_id, "unit": unit.id, "unit_name": str(unit),
                "team": team.id, "team_name": team.name, "version": team.row_version,
                "worker": worker.id, "post": post.id, "form": posted(roster.team_values(unit)),
            }  # fmt: skip
        return found


def browser_of(signed_in, site, chosen="here", user="user"):
    browser = signed_in(site[user])
    choose(browser, site, chosen)
    return browser


def choose(browser, site, name):
    with browser.session_transaction() as session:
        session["project_id"] = site[name]["project"]


def text_of(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def proof_in(page):
    return re.search(r'name="for_project"[^>]*value="([^"]*)"', page).group(1)


def picker_in(page, column):
    select = re.search(rf'<select[^>]*name="{column}"[^>]*>', page).group(0)
    return re.search(r'data-url="([^"]+)"', select).group(1).replace("&amp;", "&")


def numbers_on(page):
    return re.findall(r'name="rowid" value="(\d+)"', page)


def offered(browser, url):
    return {item["id"] for item in browser.get(url).get_json()["results"]}


def test_a_row_of_another_own_project_is_shown_edited_and_moved(signed_in, site, system):
    browser, there = browser_of(signed_in, site), site["there"]
    assert there["team_name"] in text_of(browser, f"/teamview/show/{there['team']}")
    assert there["team_name"] in text_of(browser, f"/teamview/edit/{there['team']}")
    form = {**there["form"], "name": "改名班组", "row_version": there["version"]}
    saved = browser.post(f"/teamview/edit/{there['team']}", data=form)
    moved = browser.post(f"/workerview/move/withdraw/{there['worker']}")

    assert (saved.status_code, moved.status_code) == (302, 302)
    with system() as session:
        assert session.get(Team, there["team"]).name == "改名班组"
        assert session.get(ProjectWorker, there["worker"]).state is StayState.DRAFT


def test_ticked_rows_of_a_tab_opened_before_are_still_found(signed_in, site):
    browser = browser_of(signed_in, site)
    ticked = {"action": "exit", "rowid": site["there"]["worker"]}

    assert browser.post("/workerview/run", data=ticked).status_code == 302


def test_a_ticked_row_removed_meanwhile_is_not_acted_upon(signed_in, site, system):
    browser, number = browser_of(signed_in, site), site["here"]["worker"]
    with system() as session:
        session.get(ProjectWorker, number).is_deleted = True

    assert browser.post(
        "/workerview/run", data={"action": "exit", "rowid": number}
    ).status_code == (404)


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        pytest.param("/workerview/list/?order=name", "/workerview/list/?order=name", id="a page"),
        pytest.param("//evil.example", "/teamview/list/", id="another host"),
        pytest.param("/\\evil.example", "/teamview/list/", id="a backslash reads as a slash"),
        pytest.param("/\t/evil.example", "/teamview/list/", id="a tab is dropped by browsers"),
        pytest.param("/\n/evil.example", "/teamview/list/", id="so is a new line"),
        pytest.param("https://evil.example", "/teamview/list/", id="a whole address"),
    ],
)
def test_after_a_choice_nobody_is_led_away_from_the_site(signed_in, site, wanted, led_to):
    browser = browser_of(signed_in, site)

    answer = browser.post("/teamview/columns", data={"reset": "1", "next": wanted})

    assert answer.headers["Location"] == led_to


@pytest.mark.parametrize(
    ("order", "first"),
    [("entry_on", '["0001-01-01", 0]'), ("-entry_on", f"[null, {10**9}]")],
)
def test_pages_by_key_show_every_row_once_though_some_have_no_value(
    signed_in, site, system, order, first
):
    browser, here = browser_of(signed_in, site), site["here"]
    with system() as session:
        team = session.get(Team, here["team"])
        for day in (None, date(2026, 3, 1), None, date(2026, 3, 2), date(2026, 3, 1)):
            roster.worker(team, state=StayState.EXPECTED, entry_on=day)
    wanted = numbers_on(text_of(browser, f"/workerview/list/?order={order}&size=100"))

    address, seen = f"/workerview/list/?order={order}&size=2&after={quote(first)}", []
    while address and len(seen) <= len(wanted):
        page = text_of(browser, address)
        seen += numbers_on(page)
        following = re.search(r'<a href="([^"]+)" rel="next"', page)
        address = following and following.group(1).replace("&amp;", "&")

    assert len(wanted) == 6
    assert seen == wanted


def test_lists_and_exports_hold_the_chosen_project_only(signed_in, site):
    browser = browser_of(signed_in, site)
    shown = text_of(browser, "/teamview/list/")
    book = load_workbook(BytesIO(browser.get("/teamview/export/").data)).active
    exported = str(list(book.iter_rows(values_only=True)))

    for words in (shown, exported):
        assert site["here"]["team_name"] in words
        assert site["there"]["team_name"] not in words


def test_a_row_of_another_enterprise_does_not_exist(signed_in, site):
    rival = browser_of(signed_in, site, chosen="there", user="rival")
    number, worker = site["there"]["team"], site["there"]["worker"]
    for answer in (
        rival.get(f"/teamview/show/{number}"),
        rival.get(f"/teamview/edit/{number}"),
        rival.post(f"/teamview/edit/{number}", data=site["there"]["form"]),
        rival.post(f"/workerview/move/withdraw/{worker}"),
    ):
        assert answer.status_code == 404


def test_the_pickers_of_an_edit_form_offer_the_project_of_its_row(signed_in, site):
    browser = browser_of(signed_in, site)
    page = text_of(browser, f"/specialistview/edit/{site['there']['post']}")

    assert offered(browser, picker_in(page, "unit_id")) == {site["there"]["unit"]}


def test_an_empty_form_stays_in_the_project_it_was_opened_for(signed_in, site, system):
    browser = browser_of(signed_in, site, chosen="there")
    page = text_of(browser, "/teamview/add")
    choose(browser, site, "here")
    form = {**site["there"]["form"], "for_project": proof_in(page)}
    again = browser.post("/teamview/add", data={**form, "leader_mobile": "1"})
    saved = browser.post("/teamview/add", data=form)

    assert offered(browser, picker_in(page, "unit_id")) == {site["there"]["unit"]}
    assert proof_in(again.get_data(as_text=True)) == proof_in(page)
    assert saved.status_code == 302, saved.get_data(as_text=True)
    with system() as session:
        [row] = session.query(Team).filter_by(name=form["name"])
        assert row.project_id == site["there"]["project"]


@pytest.mark.parametrize("proof", ["", "1", "forged.proof", "WzEsMV0.xxx"])
def test_a_forged_proof_of_a_project_counts_for_nothing(signed_in, site, system, proof):
    browser = browser_of(signed_in, site)
    form = {**site["here"]["form"], "for_project": proof}

    assert browser.post("/teamview/add", data=form).status_code == 302
    with system() as session:
        [row] = session.query(Team).filter_by(name=form["name"])
        assert row.project_id == site["here"]["project"]


def test_the_proof_of_another_user_counts_for_nothing(signed_in, site):
    page = text_of(browser_of(signed_in, site, chosen="there"), "/teamview/add")
    rival = signed_in(site["rival"])
    query = parse_qs(urlsplit(picker_in(page, "unit_id")).query)

    assert query["for_project"]
    assert offered(rival, picker_in(page, "unit_id")) == set()


def test_a_system_administrator_is_offered_no_choice_of_projects(signed_in, site, system):
    with system():
        user = enterprises.system_administrator()

    assert "switch-project" not in text_of(signed_in(user), "/jobview/list/")
    assert "switch-project" in text_of(browser_of(signed_in, site), "/teamview/list/")


FOLDED = re.compile(r'<details class="more-filters"(?P<open> open)?>')


@pytest.mark.parametrize(
    ("address", "unfolded"),
    [
        pytest.param("/registrations/list/", False, id="nothing is asked for"),
        pytest.param(
            "/registrations/list/?state=RETURNED",
            False,
            id="a tab of the list is no filter of its own",
        ),
        pytest.param(
            "/registrations/list/?keyword=1", False, id="a filter always visible is none of them"
        ),
        pytest.param("/projects/list/?planned_start__from=2026-01-01", True, id="one is set"),
    ],
)
def test_more_filters_stay_folded_until_one_of_them_is_set(system, signed_in, address, unfolded):
    with system():
        office = enterprises.official(district="440703")

    page = text_of(signed_in(office), address)

    assert bool(FOLDED.search(page)["open"]) is unfolded


@pytest.mark.parametrize("asked", ["keyword=nobody", "entry_on__from=2099-01-01", "state=EXITED"])
def test_a_filter_that_leaves_nothing_says_so_and_offers_to_reset_it(signed_in, site, asked):
    browser = browser_of(signed_in, site)

    page = text_of(browser, f"/workerview/list/?{asked}")

    assert "中没有符合条件的记录" in page
    assert re.search(r'class="btn primary" href="/workerview/list/">重置', page)
    assert "暂无工人" not in page


def test_an_empty_list_tells_only_who_may_add_to_add(signed_in, site, system):
    with system():
        firm = enterprises.enterprise()
        empty = projects.project(firm)
        projects.general_contractor_unit(empty)
        owner = enterprises.admin(firm)
        official, number = enterprises.official(district=empty.district_code), empty.id
    pages = {}
    for name, user in (("owner", owner), ("official", official)):
        browser = signed_in(user)
        with browser.session_transaction() as session:
            session["project_id"] = number
        pages[name] = text_of(browser, "/workerview/list/")

    assert "请新增第一名工人" in pages["owner"]
    assert "暂无工人" in pages["official"]
    assert "请新增" not in pages["official"]
    assert "责任单位尚未登记" in pages["official"]
