"""Pages of projects in a browser: a review stands whole, a unit shows its state."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.projects.choices import ProjectState
from app.projects.models import Permit, Project
from tests.chromium import HOME, launched, serve
from tests.factories import enterprises, states
from tests.factories import projects as make


@pytest.fixture
def page():
    with launched() as browser:
        yield browser.new_page(viewport={"width": 1366, "height": 768})


@pytest.fixture
def review(system, signed_in, page):
    """Give a function that opens the page of a waiting registration or project."""
    with system():
        waiting = make.project(enterprises.enterprise())
        make.unit(waiting, enterprises.enterprise())
        db.session.add(Permit(**make.permit_values(contract_amount=18600), project_id=waiting.id))
        states.put(Project, waiting, ProjectState.SUBMITTED)
        addresses = {
            "registration": f"/registrations/show/{enterprises.application().id}",
            "project": f"/project-reviews/show/{waiting.id}",
            "units": f"/project-reviews/show/{waiting.id}?tab=units",
        }
        client = signed_in(enterprises.official())

    serve(page, client)

    def visit(kind):
        page.goto(HOME + addresses[kind])
        return page

    return visit


@pytest.mark.parametrize("kind", ["registration", "project"])
def test_every_field_of_a_section_stands_on_the_page(review, kind):
    page = review(kind)
    hidden = page.eval_on_selector_all(
        "form .table-scroll",
        "boxes => boxes.filter(b => b.scrollHeight > b.clientHeight + 1).length",
    )

    assert page.locator("form .table-scroll").count() > 2
    assert hidden == 0


@pytest.mark.parametrize("kind", ["registration", "project"])
def test_the_return_is_asked_about_once_every_mark_has_its_reason(review, kind):
    page = review(kind)
    dialog = page.locator("#confirm-dialog")
    page.locator("#mark-address").check()

    page.locator('.action-bar [data-ask-when="marks"]').click()

    expect(page.locator(".error-summary")).to_be_visible()  # the server said what is missing
    expect(dialog).not_to_be_visible()
    expect(page.locator("#mark-address")).to_be_checked()
    page.locator("[name=reason-address]").fill("与许可证不一致")
    page.locator('.action-bar [data-ask-when="marks"]').click()
    expect(dialog).to_be_visible()


def test_the_price_on_a_permit_names_its_unit(review):
    expect(review("project").get_by_text("18,600 万元")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1366])
def test_the_state_of_a_unit_is_seen_without_scrolling(review, page, width):
    page.set_viewport_size({"width": width, "height": 768})
    shown = review("units").locator("td[data-label='State']").first

    box = shown.bounding_box()
    assert box is not None
    assert box["width"] > 0
    right = box["x"] + box["width"]
    if width == 390:
        assert right <= width
    else:
        assert right <= page.locator("td.acts").first.bounding_box()["x"]


@pytest.mark.parametrize("kind", ["registration", "project"])
def test_a_telephone_shows_each_field_as_a_card_whose_reason_is_asked_with_its_mark(
    review, page, kind
):
    page.set_viewport_size({"width": 390, "height": 844})
    review(kind)
    tick, reason = page.locator("#mark-address"), page.locator("[name=reason-address]")
    name = page.locator("label[for=mark-address]")

    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    assert tick.bounding_box()["width"] >= 24
    assert name.bounding_box()["height"] >= 40
    expect(reason).not_to_be_visible()
    name.click()
    expect(tick).to_be_checked()
    assert reason.bounding_box()["width"] > 300
