"""The list of workers in the demonstration city: filters combined, kept and shared; papers."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from app.core.vault import Vault, install
from app.roster.services import passes
from tests.browser import hands
from tests.browser.seats import Person, seats

PASSWORD = "Jiangmen-2026"
SITE = "蓬江区滨江新城安置房一期工程"


@pytest.fixture(scope="module")
def seat(chromium: Any, demo: Any) -> Iterator[Any]:
    """Give a function that seats somebody at a new browser of the demonstration city."""
    with seats(chromium, demo) as seated:
        yield seated


def at_the_workers(seat: Any, who: str) -> tuple[Person, Page]:
    """Sign somebody in and lead him to the workers of the first project."""
    person = seat()
    page = person.sign_in(who, PASSWORD)
    person.menu("项目", "项目列表")
    page.locator("main").get_by_role("button", name=SITE).first.click()
    person.menu("项目", "工人")
    hands.says(page, "共 ")
    return person, page


def counted(page: Page) -> int:
    """Read the number of rows found above the list."""
    text = page.locator(".list-count").inner_text()
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))


def saved(page: Page) -> Any:
    """Open the panel of saved filters."""
    page.locator(".saved-filters > summary").click()
    return page.locator(".saved-filters .drop-panel")


def test_filters_are_combined_kept_and_shared_with_a_role(seat: Any) -> None:
    gc, page = at_the_workers(seat, "gc")
    everybody = counted(page)

    page.locator(".more-filters > summary").click()
    page.locator("#list-f-state").select_option(label="在场")
    page.locator(".more-filters > summary").click()
    page.get_by_label("无合同", exact=True).check()
    page.get_by_label("无工资卡", exact=True).check()
    hands.press(page, "查询")
    page.wait_for_url(re.compile("lacking=contract&lacking=card"))
    assert counted(page) < everybody

    panel = saved(page)
    panel.get_by_label("筛选名称").fill("缺合同和工资卡")
    panel.get_by_label("共享给").select_option(label="项目劳资专管员")
    hands.press(panel, "保存")
    page.locator(".tabs").get_by_role("link", name="缺合同和工资卡").wait_for()

    manager, other = at_the_workers(seat, "manager")
    other.locator(".tabs").get_by_role("link", name="缺合同和工资卡").click()
    other.wait_for_url(re.compile("lacking=contract&lacking=card"))
    panel = saved(other)
    hands.press(panel, "设为默认")
    manager.menu("项目", "工人")
    other.wait_for_url(re.compile("lacking=contract&lacking=card"))
    other.locator(".tabs").get_by_role("link", name="全部").click()
    other.wait_for_url(re.compile("all=1"))
    assert counted(other) > 0
    assert panel.get_by_text("改名").count() == 0  # it is another's

    panel = saved(page)
    panel.locator(".rename > summary").click()
    panel.get_by_label("筛选“缺合同和工资卡”的新名称").fill("待补签")
    panel.locator(".rename").get_by_role("button", name="保存").click()
    page.locator(".tabs").get_by_role("link", name="待补签").wait_for()
    panel = saved(page)
    hands.press(panel, "移除")
    hands.confirm(page)
    page.locator(".tabs").get_by_role("link", name="待补签").wait_for(state="detached")
    gc.check()
    manager.check()


def test_the_papers_of_the_list_are_files_and_a_card_opens_its_worker(seat: Any, demo: Any) -> None:
    gc, page = at_the_workers(seat, "gc")

    for word, ending in (("导出花名册（Excel）", ".xlsx"), ("打印花名册（PDF）", ".pdf")):
        gc.go("/workerview/list/?keyword=陈")
        page.locator("summary", has_text="花名册与工人卡").click()
        with page.expect_download() as sent:
            page.get_by_role("link", name=word).click()
        assert sent.value.suggested_filename == f"花名册{ending}"
    gc.menu("项目", "工人")
    page.get_by_role("checkbox", name="选择此行").first.check()
    with page.expect_download() as sent:
        hands.press(page, "打印工人卡（二维码）")
    assert sent.value.suggested_filename == "工人卡.pdf"

    name = page.locator("tbody td.primary a").first
    worker, number = name.inner_text(), re.search(r"\d+$", name.get_attribute("href") or "")
    assert number
    install(Vault.open(demo.var, demo.environ))
    card = f"/w/{passes.mark_of(int(number[0]))}"
    hands.says(gc.go(card), worker)
    stranger = seat()
    stranger.go(card)
    assert "/login/" in stranger.page.url
    gc.check()
