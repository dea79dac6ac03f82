"""考勤信息 (manual 3.3.3): 补录 and the month's report."""

from typing import Any

from tests.browser.acts.roster import TEAM, site
from tests.browser.city import City
from tests.browser.hands import fill, press, says

DAY = "2026-11-20"
HOURS = "9.5"  # 07:00 to 18:00 without the project's 90 minutes at noon


def correct(city: City, people: list[Any]) -> None:
    """Enter a day's times of one or several workers with 新增考勤."""
    page = site(city, "gc", "考勤管理")
    says(page, "考勤报表")
    press(page, "新增考勤")
    fill(page, {
        "班组": TEAM, "补录人员": [one.name for one in people], "补录日期": DAY,
        "上班时间": "07:00", "下班时间": "18:00", "补录原因": "设备故障",
        "情况说明": "门口闸机检修",
    })  # fmt: skip
    city.shoot(page, "20-correction")
    press(page, "提交审核")
    says(page, people[0].name)


def report_shows(city: City, people: list[Any]) -> None:
    """See the hours of each in the month's report, which is the landing page."""
    page = site(city, "gc", "考勤管理")
    for one in people:
        row = page.get_by_role("row", name=one.name)
        row.get_by_role("link", name=HOURS).first.wait_for()
    city.shoot(page, "19-attendance")
