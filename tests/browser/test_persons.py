"""A person on several sites: correction, objection, conflict, release, by the Chinese words.

One demonstration city; the workers are made by the hands of its clerks on the screens.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.demo.people import PeopleGenerator
from app.demo.people import Person as Invented
from app.demo.plan import PASSWORD
from tests.browser import hands
from tests.browser.hands import confirm, field, fill, press, put, says
from tests.browser.seats import Person, seats

HERE, THERE = "蓬江区滨江新城安置房一期工程", "开平市潭江新区中学工程"
FIRM, OTHER = "江门蓬江云山建筑工程有限公司（演示）", "开平潭江建设集团有限公司（演示）"


@pytest.fixture(scope="module")
def desk(chromium: Browser, demo: Any) -> Iterator[dict[str, Person]]:
    """Seat both clerks, each in his project, and the reviewer of the first one's district."""
    with seats(chromium, demo) as seat:
        found = {}
        for who, site in (("gc", HERE), ("gc2", THERE), ("district", "")):
            found[who] = seat()
            page = found[who].sign_in(who, PASSWORD)
            if site:
                found[who].menu("项目", "项目列表")
                page.get_by_role("row", name=site).get_by_role("button", name="进入项目").click()
                says(page, "工人")
        yield found
        for someone in found.values():
            someone.check()


@pytest.fixture(scope="module")
def people() -> PeopleGenerator:
    """Invent people nobody in the city is."""
    return PeopleGenerator("persons")


def register(someone: Person, person: Invented, unit: str, team: str, name: str = "") -> Page:
    """Register a worker quickly; gives the page after saving."""
    page = someone.menu("项目", "工人")
    press(page, "快速登记")
    fill(page, {"所属公司": unit, "班组": team, "证件号码": person.id_number,
                "姓名": name or person.name, "手机号码": person.mobile,
                "进场日期": date.today().isoformat()})  # fmt: skip  # noqa: DTZ011 - as clerks do
    press(page, "保存")
    says(page, name or person.name)
    return page


def here(desk: dict[str, Person], person: Invented, name: str = "") -> Page:
    return register(desk["gc"], person, FIRM, "综合一班", name)


def there(desk: dict[str, Person], person: Invented, name: str = "") -> Page:
    return register(desk["gc2"], person, OTHER, "测量放线班", name)


def correct(page: Page, name: str) -> None:
    """Ask for another name on the worker's page, with a scan."""
    press(page, "人员信息更正")
    fill(page, {"更正项目": "姓名", "新姓名": name, "依据": "证件照片",
                "证件照片或变更证明": hands.scan("证件")})  # fmt: skip
    press(page, "保存")


def listed(someone: Person, keyword: str) -> Page:
    """Look a worker up in the list and open his page."""
    page = someone.menu("项目", "工人")
    page.goto(f"{someone.server.address}/workerview/list/?keyword={keyword}")
    page.locator("main tbody tr a").first.click()
    return page


def test_a_card_reader_fills_the_form(desk, people):
    person, someone = people.person(), desk["gc"]
    page = someone.menu("项目", "工人")
    press(page, "快速登记")
    page.get_by_role("button", name="读身份证").click()
    sex = "男" if person.sex == "0" else "女"
    page.get_by_label("读卡内容").fill(
        f"{person.name}|{sex}|汉|{person.birth_on:%Y%m%d}|{person.address}|{person.id_number}|"
        f"{person.id_issuer}|20200101-长期"
    )
    page.get_by_label("读卡器编号").fill("DKQ-1")
    page.get_by_role("button", name="填入表单").click()
    expect(field(page, "证件号码").locator("input")).to_have_value(person.id_number)
    expect(field(page, "姓名").locator("input")).to_have_value(person.name)
    fill(page, {"所属公司": FIRM, "班组": "综合一班", "手机号码": person.mobile})
    press(page, "保存")
    says(page, person.name)
    says(page, "DKQ-1")


def test_a_correction_nobody_else_is_concerned_by_holds_at_once(desk, people):
    person = people.person()
    page = here(desk, person)
    correct(page, "欧阳更正")
    says(page, "更正已生效")
    says(page, "已生效")

    page = listed(desk["gc"], person.name)  # found by the former name
    says(page, "欧阳更正")
    says(page, person.name)


def test_a_worker_on_site_elsewhere_is_released_and_both_sites_read_it(desk, people):
    person = people.person()
    there(desk, person)
    page = desk["gc"].menu("项目", "工人")
    press(page, "快速登记")
    put(field(page, "证件号码"), person.id_number)
    answer = field(page, "证件号码").locator(".answer")
    expect(answer).to_contain_text(f"该工人正在“{THERE}”在场")
    expect(answer.get_by_role("button", name="申请释放")).to_be_visible()
    desk["gc"].menu("首页")
    page = here(desk, person)
    says(page, "已请对方办理退场")
    says(page, "请对方办理退场")

    page = listed(desk["gc2"], person.name)
    says(page, f"在“{HERE}”进场")
    press(page, "说明仍在场")
    fill(page, {"情况说明": "今日仍在本项目打卡"})
    press(page, "保存")
    page = listed(desk["gc"], person.name)
    says(page, "今日仍在本项目打卡")
    page = desk["gc2"].menu("首页")
    says(page, f"{person.name}已到其他项目进场")


def test_another_site_objects_and_the_district_decides(desk, people):
    person = people.person()
    there(desk, person)
    page = here(desk, person)
    correct(page, "司徒异议")
    says(page, "公示")

    page = listed(desk["gc2"], person.name)
    page.get_by_role("link", name="查看", exact=True).last.click()
    says(page, "司徒异议")
    press(page, "提出异议")
    fill(page, {"异议理由": "我方留存证件姓名不同", "异议材料": hands.scan("异议")})
    press(page, "保存")
    says(page, "由区里裁定")

    page = desk["district"].menu("待我审核", "人员信息争议")
    page.get_by_role("link", name=person.name).first.click()
    says(page, "我方留存证件姓名不同")
    press(page, "通过")
    confirm(page)
    says(page, "已生效")
    page = listed(desk["gc2"], "司徒异议")
    says(page, person.name)


def test_a_conflict_of_names_is_settled_by_the_name_on_file(desk, people):
    person = people.person()
    there(desk, person)
    page = here(desk, person, "诸葛冲突")
    says(page, "数据冲突")
    press(page, "以登记为准")
    confirm(page)
    says(page, "已改为全市登记的姓名")
    says(page, person.name)


def test_a_number_of_another_is_handed_to_the_district_which_merges_the_two(
    desk: dict[str, Person], people: PeopleGenerator
) -> None:
    """The form refuses, says the way out, and the district makes one person of two."""
    wrong, right = people.person(), people.person()
    there(desk, right)
    page = here(desk, wrong)
    press(page, "人员信息更正")
    fill(page, {"更正项目": "证件号码", "新证件号码": right.id_number, "依据": "证件照片",
                "证件照片或变更证明": hands.scan("证件")})  # fmt: skip
    press(page, "保存")
    says(page, "由区里办理合并")
    fill(page, {"号码属于他人时，交由区里核对合并": "是",
                "证件照片或变更证明": hands.scan("证件")})  # fmt: skip
    press(page, "保存")
    says(page, "已转区里比对")

    office = desk["district"].menu("待我审核", "人员信息争议")
    office.get_by_role("row", name=wrong.name).get_by_role("link").first.click()
    press(office, "合并人员")
    says(office, right.name)
    says(office, "从业记录")
    fill(office, {"保留哪一人": "新号码登记的人员", "合并理由": "两份证件照片为同一人"})
    press(office, "合并人员")
    says(office, "两人已合并")
    expect(listed(desk["gc"], right.name).locator("h1")).to_contain_text(right.name)
