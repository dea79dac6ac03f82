"""Worker entry and warnings on a telephone, 390 pixels wide, in the demonstration city."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.demo.people import PeopleGenerator
from tests.browser.hands import field, fill, press, says
from tests.browser.seats import PHONE, Person

PASSWORD = "Jiangmen-2026"


@pytest.fixture
def phone(person: Any, demo: Any) -> Iterator[Person]:
    """Give the general contractor's telephone; nothing may leave the site or break."""
    someone = person(PHONE, touch=True)
    someone.server = demo
    someone.sign_in("gc", PASSWORD)
    someone.page.wait_for_load_state()
    yield someone
    someone.check()


# what a finger presses: fields, buttons, words behind a row; a combo is pressed by its box
TARGETS = """() => [...document.querySelectorAll(
  "main .btn, main .word, main .input:not(.hidden), main .combo-box, main summary," +
  ".tabs a, .top summary"
)].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width > 1 && box.height > 1 && box.height < 43.5;
}).map(one => one.outerHTML.slice(0, 120))"""


def fits(page: Page) -> None:
    """The page itself does not scroll sideways and a finger hits what it aims at."""
    page.wait_for_load_state()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], page.url
    assert page.evaluate(TARGETS) == [], page.url


def menu(page: Page, group: str, word: str) -> None:
    """Open the drawer, then the group, then the page."""
    expect(page.locator(".side")).not_to_be_in_viewport()
    page.locator(".drawer-button").click()
    expect(page.locator(".side")).to_be_in_viewport()
    details = page.locator(".menu details", has=page.locator("summary", has_text=group)).first
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    page.locator(".menu").get_by_role("link", name=word, exact=True).click()
    expect(page.locator(".top-title")).to_contain_text(word)


def test_a_worker_is_registered_quickly_on_a_telephone(phone, shots):
    page = phone.page
    fits(page)
    menu(page, "项目", "项目列表")
    fits(page)
    press(page, "进入项目")
    expect(page.locator(".top-title")).to_contain_text("工人")
    fits(page)
    press(page, "快速登记")
    fits(page)
    person = PeopleGenerator("telephone").person()
    unit = field(page, "所属公司").locator(".combo-input")
    unit.click()
    field(page, "所属公司").locator(".combo-list li[data-at]").first.click()
    team = field(page, "班组").locator(".combo-input")
    team.click()
    field(page, "班组").locator(".combo-list li[data-at]").first.click()
    fill(page, {
        "证件号码": person.id_number, "姓名": person.name, "手机号码": person.mobile,
        "进场日期": "2026-11-21",
    })  # fmt: skip
    expect(field(page, "证件号码").locator(".answer")).to_contain_text("岁")
    fits(page)
    press(page, "保存")
    says(page, person.name)
    fits(page)


def test_a_warning_is_read_and_taken_note_of_on_a_telephone(phone):
    page = phone.page
    menu(page, "项目", "预警信息")
    expect(page.locator(".tabs [aria-current]")).to_contain_text("待处理")
    expect(page.locator("main").get_by_role("link", name="YJ").first).to_be_in_viewport()
    fits(page)
    page.locator("main").get_by_role("link", name="YJ").first.click()
    says(page, "签收")
    fits(page)
    press(page, "签收")
    if page.locator("dialog[open]").count():
        page.locator("dialog[open]").get_by_role("button").last.click()
    says(page, "已签收")
    fits(page)
