"""Pages as a telephone of 390 pixels shows them, in a real browser."""

import pytest

from tests.chromium import HOME, launched, serve
from tests.factories import enterprises, projects, roster

PHONE = {"width": 390, "height": 844}
FINGER = 40


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture
def site(system):
    with system():
        firm = enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        worker = roster.worker(roster.team(unit))
        return {
            "user": enterprises.admin(firm), "project": unit.project_id, "worker": worker.id,
        }  # fmt: skip


@pytest.fixture
def phone(chromium, site, signed_in):
    """Give a function that opens an address on the contractor's telephone."""
    context = chromium.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="zh-CN")
    client = signed_in(site["user"])
    with client.session_transaction() as session:
        session["project_id"] = site["project"]
    page = context.new_page()
    serve(page, client)

    def opened(path):
        page.goto(HOME + path)
        return page

    yield opened
    context.close()


def box(locator):
    found = locator.bounding_box()
    assert found, locator
    return found


def test_the_chosen_tab_stands_in_sight(phone, site):
    page = phone(f"/projects/show/{site['project']}?tab=incidents")
    chosen = box(page.locator(".tabs [aria-current]").first)

    assert page.locator(".tabs").first.evaluate("one => one.scrollWidth > one.clientWidth")
    assert chosen["x"] >= 0
    assert chosen["x"] + chosen["width"] <= PHONE["width"]


def test_the_sections_of_a_long_form_are_reached_by_a_strip_that_stays(phone):
    page = phone("/workerview/add")
    sections = page.locator(".anchors a")
    one = sections.nth(sections.count() // 2)
    one.tap()
    heading = page.locator(one.get_attribute("href")).locator("summary")

    assert box(page.locator(".anchors"))["height"] < 70
    assert box(one)["height"] >= FINGER
    page.wait_for_function("() => document.querySelector('.anchors').scrollLeft > 0")
    assert box(heading)["y"] >= box(page.locator(".anchors"))["y"] + box(one)["height"] - 1
    assert box(heading)["y"] < PHONE["height"] / 2


def test_a_row_leads_up_to_its_list(phone, site):
    page = phone(f"/workerview/show/{site['worker']}")
    up = page.locator(".crumbs a:visible")

    assert up.count() == 1
    assert box(up)["height"] >= FINGER
    up.tap()
    page.wait_for_url("**/workerview/list/")
    assert page.locator(".crumbs a:visible").count() == 0, "a list of the menu has the menu"


def test_the_shell_has_names_and_stands_in_landmarks(phone):
    page = phone("/workerview/list/")

    assert page.locator(".account summary").get_attribute("aria-label").startswith("账户")
    assert page.locator("header #drawer").count() == 1
    assert page.locator("form.project-switch[aria-label]").count() == 1
    page.locator(".drawer-button").tap()
    page.wait_for_function("() => document.querySelector('.side').getBoundingClientRect().x >= 0")


def test_a_finger_hits_ticks_and_the_buttons_below_opened_filters(phone):
    page = phone("/workerview/list/")
    tick = page.locator("td.tick label").first
    assert min(box(tick)["width"], box(tick)["height"]) >= FINGER
    tick.tap()
    assert page.locator("tr.ticked").count() == 1

    search = page.locator(".filter-bar .btn.primary:visible")
    assert search.count() == 1
    page.locator(".more-filters summary").tap()
    last = page.locator(".more-filters .filter").last
    assert search.count() == 1
    assert box(search)["y"] > box(last)["y"]
