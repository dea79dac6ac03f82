"""The form of a returned application in a real browser."""

import re

import pytest

from app.enterprises.models import Enterprise
from tests.chromium import HOME, launched, serve
from tests.enterprises.test_public_views import returned


@pytest.fixture(scope="module")
def chromium():
    with launched() as browser:
        yield browser


@pytest.fixture
def correction(chromium, client, system):
    """Give a function that opens the returned application as its applicant does."""
    number, token, _data = returned(client, system, address="请写门牌号")
    page = chromium.new_page()
    serve(page, client)

    def opened(**facts):
        with system() as session:
            session.query(Enterprise).filter_by(id=number).update(facts)
        page.goto(f"{HOME}/register/continue/{token}")
        return page

    yield opened
    page.close()


def of(page, title):
    """Give (filled, demanded) as the progress says beside the title of a section."""
    words = page.locator(".anchors a", has_text=title).locator("small").inner_text()
    return tuple(int(number) for number in re.findall(r"\d+", words))


def test_a_number_kept_from_the_first_submission_counts_as_filled(correction):
    page = correction()

    assert page.locator("#legal_person_id_number").input_value() == ""
    for title in ("法定代表人", "经办人"):
        filled, demanded = of(page, title)
        assert filled == demanded > 0


def test_a_number_that_is_not_on_file_counts_as_missing(correction):
    page = correction(legal_person_id_number=None)

    filled, demanded = of(page, "法定代表人")
    assert filled == demanded - 1


def test_what_is_wrong_with_a_sign_in_name_is_said_once_beside_it(chromium, client, system):
    page = chromium.new_page()
    serve(page, client)
    page.goto(f"{HOME}/register/form/labour_subcontractor")
    page.locator("#username").fill("1a")
    with page.expect_response("**/register/username"):
        page.locator("[data-primary]").click()
    field = page.locator(".field", has=page.locator("#username"))
    words = page.locator("#username-error").inner_text()

    assert field.inner_text().count(words) == 1
    page.close()
