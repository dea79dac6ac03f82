"""实名制 (manual 3.3): teams, workers, staff with a login for one project."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.acts.projects import PROJECT
from tests.browser.city import City
from tests.browser.hands import field, fill, press, put, says

TEAM = "钢筋一班"


def enter(city: City, who: str, name: str = PROJECT) -> Page:
    """Choose the project in 项目列表; the pages after it are about this project."""
    someone = city.at(city.firms[who].username)
    page = someone.menu("项目", "项目列表")
    if who == "gc" and name == PROJECT:
        city.shoot(page, "15-sites")
    page.get_by_role("row", name=name).get_by_role("button", name="进入项目").click()
    says(page, "工人")
    return page


def site(city: City, who: str, word: str) -> Page:
    """Open a page of the chosen project by the menu."""
    return city.at(city.firms[who].username).menu("项目", word)


def add_team(city: City, who: str, unit: str, name: str = TEAM) -> None:
    """Add a team with its leader."""
    page = site(city, who, "班组")
    press(page, "新增班组")
    leader = city.people.person()
    fill(page, {
        "所属单位": unit, "班组工种": "钢筋工", "班组名称": name, "班组长姓名": leader.name,
        "班组长证件号码": leader.id_number, "班组长联系电话": leader.mobile,
        "进场日期": "2026-02-20",
    })  # fmt: skip
    city.shoot(page, "16-team")
    press(page, "保存")
    says(page, name)


def wrong_digit(number: str) -> str:
    """Give the number with a check digit that does not fit."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def add_quickly(city: City, who: str, unit: str, person: Any, team: str = TEAM) -> None:
    """Register quickly; a wrong check digit is refused beside its field and nothing is lost."""
    page = site(city, who, "工人")
    press(page, "快速登记")
    fill(page, {"所属公司": unit, "班组": team})
    put(field(page, "证件号码"), wrong_digit(person.id_number))
    fill(page, {"姓名": person.name, "手机号码": person.mobile, "进场日期": "2026-03-02"})
    number = field(page, "证件号码")
    expect(number.locator(".answer")).to_contain_text("校验")
    press(page, "保存")
    expect(number.locator(".error")).to_contain_text("校验")
    expect(field(page, "姓名").locator("input")).to_have_value(person.name)
    expect(field(page, "班组").locator(".combo-input")).to_have_value(team)
    put(number, person.id_number)
    expect(number.locator(".answer")).to_contain_text("岁")
    press(page, "保存")
    says(page, person.name)
    says(page, "待补齐")


def add_fully(city: City, who: str, unit: str, person: Any, team: str = TEAM) -> None:
    """Fill in the whole form of 工人新增; sex and birth come from the number."""
    page = site(city, who, "工人")
    press(page, "新增工人")
    fill(page, {
        "所属公司": unit, "班组": team, "当前工种": "钢筋工", "证件号码": person.id_number,
        "姓名": person.name, "手机号码": person.mobile, "进场日期": "2026-03-02",
    })  # fmt: skip
    expect(field(page, "证件号码").locator(".answer")).to_contain_text("岁")
    expect(field(page, "出生日期").locator("input")).to_have_value(person.birth_on.isoformat())
    page.evaluate("scrollTo(0, 0)")
    city.shoot(page, "17-worker")
    fill(page, {
        "民族": "汉", "住址": person.address, "签发机关": person.id_issuer,
        "证件有效期起": "2020-01-01", "证件有效期止": "2040-01-01",
        "身份证头像": city.scan("头像"), "身份证正面": city.scan("正面"),
        "身份证反面": city.scan("反面"), "现场人脸照片": city.scan("人脸"),
        "文化程度": "高中", "政治面貌": "群众", "用工形式": "劳动合同",
        "合同编号": f"LD-{person.id_number[-4:]}", "合同期限类型": "固定期限合同",
        "合同签订日期": "2026-03-02", "合同开始日期": "2026-03-02", "合同结束日期": "2027-03-01",
        "计薪方式": "日薪", "计薪单价": "320", "约定发薪日": "15", "工伤保险": "是",
        "意外险": "否",
    })  # fmt: skip
    press(page, "保存")
    says(page, person.name)
    says(page, TEAM)


def complete_manager(city: City, unit: str, username: str) -> str:
    """Complete a unit's 劳资专管员 of the application with a login; give the first password."""
    page = site(city, "gc", "管理技术人员")
    named = page.get_by_role("row").filter(has_text="劳资专管员").filter(has_text=unit)
    named.get_by_role("link", name="编辑").click()
    fill(page, {"到岗日期": "2026-02-20", "开通登录账号": "是", "登录用户名": username})
    city.shoot(page, "18-manager")
    press(page, "保存")
    says(page, "账号可以使用了")
    return page.locator("code").last.inner_text().strip()


def as_manager(city: City, username: str, first: str, other: str) -> None:
    """Sign in as the project's manager: this project, no other, no application."""
    from tests.browser.acts.registration import choose_password

    choose_password(city, username, first)
    page = city.at(username).menu("项目", "项目列表")
    says(page, PROJECT)
    expect(page.locator("main")).not_to_contain_text(other)
    assert page.locator(".menu").get_by_role("link", name="企业信息").count() == 0
    city.at(username).menu("工程信息")
    expect(page.get_by_role("link", name="申请项目")).to_have_count(0)
    city.at(username).check()


def does_not_see(city: City, who: str, name: str) -> None:
    """See one's own people and nobody of another unit."""
    page = site(city, who, "工人")
    # its own worker, and the draft of its team's leader
    expect(page.locator("main tbody tr")).to_have_count(2)
    expect(page.get_by_role("link", name=name)).to_have_count(0)


def listed(city: City, who: str, people: list[Any]) -> None:
    """Find people in the list of workers."""
    page = site(city, who, "工人")
    for one in people:
        says(page, one.name)
