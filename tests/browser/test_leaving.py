"""调班组, 批量退场, 班组退场 and 单位退场 in the demonstration city, by the words on the screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.demo.plan import PASSWORD
from app.roster.choices import MANAGEMENT_TEAM
from tests.browser.hands import field, press, put, says
from tests.browser.seats import Person


@pytest.fixture
def contractor(person: Any, demo: Any) -> Iterator[Person]:
    """The general contractor of the demonstration, on its first site."""
    someone = person()
    someone.server = demo
    someone.sign_in("gc", PASSWORD)
    page = someone.menu("项目", "项目列表")
    page.get_by_role("button", name="进入项目").first.click()
    page.wait_for_load_state()
    yield someone
    someone.check()


def tick(page: Page, number: int) -> list[str]:
    """Tick the first workers of the list and give their names."""
    rows = page.locator("tbody tr")
    names = []
    for place in range(number):
        rows.nth(place).locator("input[name=rowid]").check()
        names.append(rows.nth(place).locator("td.primary").inner_text().strip())
    return names


def teams(contractor: Person) -> Locator:
    """List the teams of workers on site, newest first."""
    page = contractor.menu("项目", "班组")
    return page.locator("tbody tr").filter(has_text="在场").filter(has_not_text=MANAGEMENT_TEAM)


def last_team(contractor: Person) -> tuple[Page, str]:
    """Open the newest team of workers that has not left; give its name."""
    row = teams(contractor).first
    name = row.locator("td.primary").inner_text().strip()
    row.get_by_role("link", name=name, exact=True).click()
    return contractor.page, name


def test_ticked_workers_change_their_team(contractor):
    newest = teams(contractor)
    team, wanted = (newest.nth(n).locator("td.primary").inner_text().strip() for n in range(2))
    link = newest.first.locator("td.primary a").get_attribute("href") or ""
    page = contractor.go(f"/workerview/list/?team_id={link.rsplit('/', 1)[1]}")
    names = tick(page, 2)
    press(page, "批量调班组")
    says(page, "以下工人将调班组")
    says(page, team)
    put(field(page, "调入班组"), wanted)
    put(field(page, "调动原因"), "工作面调整")
    press(page, "调班组")
    says(page, "已调班组")

    page.get_by_role("link", name=names[0], exact=True).first.click()
    press(page, "进退场")
    says(page, wanted)
    says(page, "工作面调整")


def test_several_workers_leave_after_their_wages_are_shown(contractor):
    page = contractor.menu("项目", "工人")
    expect(page.get_by_role("link", name="按筛选退场")).to_be_visible()
    names = tick(page, 2)
    press(page, "批量退场")
    says(page, "本次退场2人")
    says(page, "未发工资（元）")
    put(field(page, "原因"), "辞工")
    press(page, "确认退场")
    expect(page.locator(".error-summary")).to_contain_text("是否结清工资")
    put(field(page, "是否结清工资"), "否")
    press(page, "确认退场")
    says(page, "退场")

    page.get_by_role("link", name=names[0], exact=True).first.click()
    expect(page.locator(".head-card")).to_contain_text("退场")


def test_a_team_leaves_with_its_members(contractor):
    page, name = last_team(contractor)
    press(page, "退场")
    says(page, "班组成员")
    says(page, "未编工资表的考勤")
    put(field(page, "原因"), "完工")
    put(field(page, "是否结清工资"), "否")
    press(page, "确认退场")
    says(page, name)
    expect(page.locator(".head-card")).to_contain_text("退场")


def test_a_unit_leaves_after_its_teams_and_amounts_are_shown(contractor):
    page = contractor.menu("工程信息")
    page.get_by_role("link", name="滨江新城安置房一期").first.click()
    press(page, "参建单位")
    page.get_by_role("link", name="机电安装").first.click()
    press(page, "退场")
    says(page, "退场班组")
    says(page, "退场工人")
    put(field(page, "退场日期"), "2099-01-01")
    put(field(page, "退场原因"), "合同履行完毕")
    press(page, "退场")
    expect(page.locator(".error-summary")).to_be_visible()
