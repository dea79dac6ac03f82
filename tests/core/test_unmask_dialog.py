"""Showing a whole number asks for its reason in the product's own dialog."""

import pytest

from tests.chromium import HOME, launched, serve
from tests.factories import enterprises, projects, roster


@pytest.fixture
def page():
    with launched() as browser:
        yield browser.new_page(viewport={"width": 390, "height": 844})


def test_the_number_is_shown_once_a_reason_is_typed(system, signed_in, page):
    with system():
        firm = enterprises.enterprise()
        worker = roster.worker(
            roster.team(projects.general_contractor_unit(projects.project(firm)))
        )
        number, whole, user_id = worker.id, worker.id_number, enterprises.admin(firm)
    serve(page, signed_in(user_id))
    page.goto(f"{HOME}/workerview/show/{number}")
    assert whole not in page.content()

    page.locator("[data-unmask$='id_number']").first.click()
    dialog = page.get_by_role("dialog", name="显示完整号码")
    dialog.get_by_label("原因").fill("核对劳动合同")
    dialog.get_by_role("button", name="确定").click()

    page.get_by_text(whole).wait_for()
    assert not dialog.is_visible()
