"""访客登记 in the demonstration city: registered, refused, seen off, made void (screens.md 8.6)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Page

from app.core import clock
from app.demo.people import PeopleGenerator
from tests.browser.hands import confirm, field, fill, press, put, says

PASSWORD = "Jiangmen-2026"
PEOPLE = PeopleGenerator("visitors")


def moment(days: int = 0, hours: int = 0) -> str:
    """Give a time as the field takes it."""
    return f"{clock.local(clock.now()) + timedelta(days=days, hours=hours):%Y-%m-%dT%H:%M}"


def picture(page: Page, shots: Any, name: str) -> None:
    """Take the page as a desk and as a telephone show it."""
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=shots / f"{name}-{width}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} wide on {width}"
    page.set_viewport_size({"width": 1366, "height": 768})


def test_a_visitor_is_registered_seen_off_and_another_made_void(person, demo, shots):
    someone = person()
    someone.server = demo
    page = someone.sign_in("gc", PASSWORD)
    says(page, "首页")
    page.goto(urljoin(page.url, "/sites/list/?state=ACTIVE"))
    page.get_by_role("button", name="进入项目").first.click()
    says(page, "工人")
    someone.go("/workerview/list/")
    more = page.locator("main details summary", has_text="更多").first
    if not page.get_by_role("link", name="访客登记").first.is_visible() and more.count():
        more.click()
    press(page, "访客登记")
    human = PEOPLE.person()
    press(page, "登记访客")
    offered = page.request.get(urljoin(page.url, "/visitors/lookup/host_id")).json()["results"]
    host = offered[0]["text"].split(" ")[0]
    fill(page, {
        "姓名": human.name, "手机号码": human.mobile, "来访单位": "江门电梯有限公司",
        "证件号码": human.id_number, "接待人": host, "事由": "电梯验收", "访客卡号": "FK-001",
        "来访开始时间": moment(hours=-1), "来访结束时间": moment(days=8),
    })  # fmt: skip
    picture(page, shots, "visitor-form")
    press(page, "保存")
    says(page, "访客登记最长7天")
    put(field(page, "来访结束时间"), moment(days=1))
    press(page, "保存")
    says(page, "访客已登记")
    says(page, "电梯验收")
    says(page, "有效")
    picture(page, shots, "visitor-pass")
    someone.go("/visitors/list/")
    picture(page, shots, "visitor-list")
    row = page.locator("tbody tr", has_text=human.name).first
    row.get_by_role("link", name=human.name).click()
    press(page, "离场")
    if page.locator("dialog[open]").count():
        confirm(page)
    says(page, "已离场")

    someone.go("/visitors/add")
    another = PEOPLE.person()
    fill(page, {"姓名": another.name, "手机号码": another.mobile, "接待人": host, "事由": "送货"})
    press(page, "保存")
    says(page, "访客已登记")
    press(page, "作废")
    says(page, "作废后视为从未登记")
    page.locator("main textarea").first.fill("登记错人")
    page.locator("main form").get_by_role("button", name="作废").last.click()
    says(page, "登记错人")
    someone.go("/visitors/list/?shown=often")
    says(page, "频繁来访")
    someone.go("/visitors/list/")
    picture(page, shots, "visitor-list-later")
    someone.check()
