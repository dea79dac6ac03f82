"""对接 in the demonstration city: access, self-test, document, going live, device (screens 7)."""

import re
from urllib.parse import urljoin, urlsplit

from tests.browser.hands import confirm, fill, press, says
from tests.browser.test_visitors import PASSWORD, picture
from tests.openapi.site_system import china_now
from tests.openapi.vendors import Vendor

VENDOR = "江门一卡通科技有限公司"
ACCESS = {
    "厂商名称": VENDOR, "技术联系人": "陈工", "联系电话": "13800000001", "软件名称": "工地通",
    "软件版本": "2.0",
}  # fmt: skip


def shown(page, label):
    """Read a fact of the page by its label."""
    return page.locator("dt", has_text=label).first.locator("xpath=../dd").inner_text().strip()


def opened(page, demo):
    """Set up an access in the trial environment; gives the vendor's program."""
    press(page, "设置接口")
    fill(page, {**ACCESS, "环境": "正式"})
    picture(page, page.shots, "docking-form")
    press(page, "保存")
    says(page, "尚未通过联调自测")
    fill(page, {"环境": "联调"})
    press(page, "保存")
    says(page, "接入密钥")
    port = urlsplit(demo.address).port
    talker = Vendor(
        port, page.locator("#app-id").inner_text(), page.locator("#app-secret").inner_text()
    )
    press(page, "已妥善记录")
    return talker


def test_a_vendor_is_set_up_tested_taken_live_and_its_device_registered(person, demo, shots):
    someone = person()
    someone.server = demo
    page = someone.sign_in("gc", PASSWORD)
    page.shots = shots
    says(page, "首页")
    page.goto(urljoin(page.url, "/sites/list/?state=ACTIVE"))
    page.get_by_role("button", name="进入项目").first.click()
    says(page, "工人")
    someone.go("/projects/list/")
    row = page.locator("tbody tr", has_text="在建").first
    number = re.search(r"/projects/show/(\d+)", row.inner_html())[1]
    someone.go(f"/projects/show/{number}?tab=interface")
    settings = f"/interface/{number}/"
    someone.go(settings)
    picture(page, shots, "docking-settings")
    talker = opened(page, demo)
    says(page, "请由厂商完成联调自测")
    card = page.locator(".head-card", has_text=VENDOR)
    card.get_by_role("link", name="联调自测").click()
    says(page, "厂商联调参数")
    picture(page, shots, "docking-selftest-empty")

    number = page.url.rsplit("/", 1)[-1]
    numbers = re.findall(r"<code>(100001\d{11}[\dX])</code>", page.content())
    code = page.locator("dt", has_text="corpCode").locator("xpath=../dd")
    talker.bind(
        int(number),
        {"projectCode": shown(page, "projectCode"), "corpCode": code.locator("code").inner_text(),
         "corpName": code.inner_text().split(" ", 1)[1]}, numbers,
    )  # fmt: skip
    talker.course()
    page.reload()
    says(page, "5 / 5")
    press(page, "结束并保存报告")
    says(page, "自测报告已保存")
    picture(page, shots, "docking-selftest")

    someone.go(settings)
    says(page, "联调自测已通过")
    card.get_by_role("button", name="转为正式").click()
    confirm(page)
    says(page, "正式")
    with page.expect_download() as kept:
        card.get_by_role("link", name="接口文档（HTML）").click()
    assert "开放数据接口文档" in kept.value.suggested_filename
    someone.go(settings)
    card.get_by_role("link", name="调用日志").click()
    says(page, "调用日志")
    picture(page, shots, "docking-calls")

    someone.go("/devices/list/")
    says(page, "暂无设备")
    picture(page, shots, "docking-devices-none")
    page.get_by_role("link", name="登记设备").first.click()
    fill(page, {
        "设备序列号": "SN-2026-0001", "设备名称": "北门人脸闸机", "厂商": "江门智能",
        "方向": "双向", "安装位置": "北门", "安装日期": "2026-10-01",
        "活体检测": "是",
    })  # fmt: skip
    press(page, "保存")
    says(page, "设备已登记")
    says(page, "离线")
    someone.go(settings)
    facts = card.locator("xpath=following-sibling::section[1]")
    talker.appid = facts.locator("dd").first.inner_text()
    reply = talker.call("Device.Heartbeat", {
        "deviceSn": "SN-2026-0001", "time": china_now().strftime("%Y-%m-%d %H:%M:%S"),
        "firmware": "V1.2", "faceCount": 120, "queueLength": 0,
    })  # fmt: skip
    assert reply["code"] == "0", reply
    someone.go("/devices/list/")
    says(page, "在线")
    picture(page, shots, "docking-devices")
    page.get_by_role("link", name="北门人脸闸机").first.click()
    says(page, "V1.2")
    picture(page, shots, "docking-device")
