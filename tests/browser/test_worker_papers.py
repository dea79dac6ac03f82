"""Contracts, trainings and certificates of a worker in the demonstration city, by their words."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.hands import confirm, field, fill, press, put, says, scan
from tests.browser.seats import Person

PASSWORD = "Jiangmen-2026"
TEAM = "混凝土班"
RENEWED = {
    "合同编号": "XQ-2026-1", "合同签订日期": "2026-10-20", "合同期限类型": "固定期限合同",
    "合同开始日期": "2026-11-01", "合同结束日期": "2027-10-31", "计薪方式": "计件",
    "计薪单价": "88",
}  # fmt: skip


@pytest.fixture
def clerk(person: Any, demo: Any) -> Iterator[Person]:
    """Give the general contractor's browser, in the first project; nothing may break."""
    someone = person()
    someone.server = demo
    someone.sign_in("gc", PASSWORD)
    someone.page.wait_for_load_state()
    someone.go("/sites/list/")
    someone.page.get_by_role("button", name="进入项目").first.click()
    yield someone
    someone.check()


def crew(clerk: Person) -> Page:
    """List the workers of one team, all with their papers, whatever other tests do elsewhere."""
    page = clerk.go("/teamview/list/")
    link = page.locator("tbody td.primary a", has_text=TEAM).first.get_attribute("href") or ""
    number = link.split("?")[0].rstrip("/").rsplit("/", 1)[1]
    return clerk.go(f"/workerview/list/?team_id={number}&order=worker_no")


def worker(clerk: Person, place: int) -> Page:
    """Open a worker of the team."""
    page = crew(clerk)
    page.locator("tbody tr td.primary a").nth(place).click()
    return page


def tab(page: Page, word: str) -> None:
    page.locator(".tabs").get_by_role("link", name=word, exact=True).click()


def table(page: Page, word: str) -> Any:
    """Give the row of a table that holds a word."""
    return page.locator("main tbody tr", has_text=word).first


def test_a_contract_is_renewed_and_the_former_one_stays(clerk, shots):
    page = worker(clerk, 3)
    tab(page, "合同")
    says(page, "现行合同")
    says(page, "没有其他合同")
    press(page, "续签合同")
    fill(page, RENEWED)
    press(page, "保存")
    says(page, "计量单位")
    assert field(page, "计量单位").locator(".error, [id$=-error]").first.inner_text().strip()
    put(field(page, "计量单位"), "平方米")
    put(field(page, "合同扫描件"), scan("合同"))
    press(page, "保存")
    says(page, "合同已登记")
    says(page, "XQ-2026-1")
    says(page, "已被接续")
    press(page, "续签合同")
    fill(page, RENEWED | {"合同编号": "XQ-2027-1", "合同签订日期": "2026-11-01",
                          "合同开始日期": "2027-11-01", "合同结束日期": "2028-10-31"})  # fmt: skip
    put(field(page, "计量单位"), "平方米")
    press(page, "保存")
    says(page, "待生效")
    assert table(page, "XQ-2027-1").inner_text().count("待生效") == 1


def test_ticked_workers_are_trained_and_one_does_not_pass(clerk):
    page = crew(clerk)
    ticks = page.locator('tbody input[name="rowid"]')
    for place in range(2):
        ticks.nth(place).check()
    press(page, "登记培训")
    says(page, "新增培训")
    chosen = [one.strip() for one in field(page, "参加人员").locator(".chip").all_inner_texts()]
    assert len(chosen) == 2
    first = re.sub(r"\W", "", chosen[0])
    fill(page, {"培训名称": "高处作业专项教育", "培训日期": "2026-11-20", "培训学时": "2.5",
                "培训讲师": "王工"})  # fmt: skip
    put(field(page, "不合格人员"), first)
    press(page, "保存")
    says(page, "高处作业专项教育")
    assert "不合格" in table(page, first).inner_text()
    table(page, first).get_by_role("link", name="结果", exact=True).click()
    fill(page, {"结果": "合格", "成绩": "92.5"})
    press(page, "保存")
    says(page, "92.5")
    page.locator("main").get_by_role("link", name=first).first.click()
    tab(page, "培训与证书")
    says(page, "高处作业专项教育")
    page.get_by_role("link", name="高处作业专项教育").click()
    press(page, "移除")
    confirm(page)
    says(page, "培训已移除")


def test_a_certificate_is_added_checked_and_removed(clerk):
    page = worker(clerk, 5)
    tab(page, "培训与证书")
    press(page, "新增证书")
    fill(
        page, {"证书类型": "特种作业操作资格证", "证书编号": "粤A2024-77", "有效期至": "2028-04-30"}
    )
    put(field(page, "特种作业类别"), "建筑架子工")
    press(page, "保存")
    says(page, "证书已登记")
    row = table(page, "粤A2024-77")
    assert "未核验" in row.inner_text()
    row.get_by_role("link", name="核验", exact=True).click()
    fill(page, {"证书核验": "查无此证"})
    press(page, "保存")
    says(page, "请填写在哪里查询的")
    fill(page, {"核验依据": "住建部网站"})
    press(page, "保存")
    says(page, "查无此证")
    row = table(page, "粤A2024-77")
    row.get_by_role("button", name="移除", exact=True).click()
    confirm(page)
    says(page, "证书已移除")


def test_a_refusal_is_gone_once_its_field_is_answered(clerk):
    page = clerk.go("/workerview/quick")
    press(page, "保存")
    says(page, "请检查填写的内容")
    name = field(page, "姓名")
    assert name.locator(".error").is_visible()
    put(name, "李建国")
    put(field(page, "证件号码"), "123")
    page.keyboard.press("Tab")

    assert name.locator(".error").is_hidden()
    assert page.locator(".error-summary li.changed").count() == 2
    assert field(page, "手机号码").locator(".error").is_visible()
