"""事件记录 and 预警信息 (manual 3.3.4, 3.3.5): an incident, its verification, the warning."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.acts.roster import site
from tests.browser.city import City
from tests.browser.hands import confirm, field, fill, press, put, says


def record_incident(city: City, unit: str, person: Any) -> None:
    """Record an incident with the worker it is about."""
    page = site(city, "gc", "事件记录")
    press(page, "新增事件")
    fill(page, {
        "所属单位": unit, "事件类型": "闹事", "事件等级": "较大",
        "发生时间": "2026-11-18T09:30", "知悉时间": "2026-11-18T10:00",
        "发生地点": "一号门岗亭", "涉及人数": "1", "事件经过": "在门口聚集，堵塞车辆进出约两小时。",
    })  # fmt: skip
    press(page, "新增一行")
    row = page.locator("[data-row]").last
    fill(row, {"证件号码": person.id_number, "姓名": person.name, "涉事角色": "组织者"})
    page.evaluate("scrollTo(0, 0)")
    city.shoot(page, "29-incident")
    press(page, "保存")
    says(page, "SJ2026")
    press(page, "上报")
    confirm(page)
    says(page, "已上报")
    site(city, "gc", "事件记录")
    says(page, "闹事")
    city.shoot(page, "28-incidents")


def verify_incident(city: City) -> None:
    """Confirm the incident as the official."""
    page = city.at("qu").menu("项目", "事件记录")
    page.get_by_role("row", name="闹事").get_by_role("link").first.click()
    press(page, "核实")
    fill(page, {"住建部门核实": "已核实"})
    press(page, "核实")
    says(page, "已核实")


def add_again(city: City, unit: str, person: Any, team: str) -> None:
    """Add the same person elsewhere: the panel speaks while typing, the warning comes at once."""
    page = site(city, "gc", "工人")
    press(page, "快速登记")
    fill(page, {"所属公司": unit, "班组": team, "证件号码": person.id_number})
    answer = field(page, "证件号码").locator(".answer")
    expect(answer).to_contain_text("闹事")
    fill(page, {"姓名": person.name, "手机号码": person.mobile, "进场日期": "2026-11-21"})
    city.shoot(page, "30-hit")
    reason = field(page, "继续添加原因")
    if reason.count():
        put(reason, "已约谈并作出书面承诺")
    press(page, "保存")
    says(page, person.name)


def alert_seen(city: City, who: str, name: str) -> Page:
    """See EVT-001 in 预警信息 and open it."""
    someone = city.at(who)
    page = someone.menu("项目", "预警信息")
    if who != "qu":
        city.shoot(page, "27-alerts")
    row = page.get_by_role("row", name=name).filter(has_text="涉事")
    row.get_by_role("link").first.click()
    says(page, "EVT-001")
    return page
