"""Showing a whole number asks for its reason in the product's own dialog."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.factories import enterprises, projects, roster

APP = Path(__file__).resolve().parents[2] / "app"
HOME = "http://numbers.test"


@pytest.fixture
def page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page(viewport={"width": 390, "height": 844})
        browser.close()


def serve(page, client):
    def answer(route):
        path = route.request.url.removeprefix(HOME)
        if path.startswith("/static/"):
            route.fulfill(path=APP / path.split("?")[0].lstrip("/"))
            return
        posted = route.request.method == "POST"
        kind = "application/x-www-form-urlencoded"
        found = (
            client.post(path, data=route.request.post_data, content_type=kind)
            if posted
            else client.get(path)
        )
        route.fulfill(status=found.status_code, body=found.data, headers=dict(found.headers))

    page.route("**/*", answer)


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
