"""工程信息管理 (manual 3.2): applying, units, permits, interface, confirming, review, start."""

from playwright.sync_api import Page, expect

from tests.browser.city import City
from tests.browser.hands import confirm, field, fill, press, says

PROJECT = "江门市蓬江区侨都花园一期工程"
SECOND = "江门市蓬江区侨都花园二期工程"
OTHERS = {
    "建设单位": "江门市侨都置业有限公司", "监理单位": "江门市正方工程监理有限公司",
    "勘察单位": "江门市地质勘察院有限公司", "设计单位": "江门市规划设计院有限公司",
}  # fmt: skip


def contractor(city: City, who: str) -> Page:
    """Give the browser of a contractor's administrator."""
    return city.at(city.firms[who].username).page


def apply(city: City, name: str = PROJECT) -> None:
    """Fill in the whole form of 申请项目; the first try lacks the contract and keeps the rest."""
    page = contractor(city, "gc")
    city.at(city.firms["gc"].username).menu("工程信息")
    if name == PROJECT:
        city.shoot(page, "04-projects")
    press(page, "申请项目")
    fill(page, _basics(name))
    if name == PROJECT:
        page.evaluate("scrollTo(0, 0)")
        city.shoot(page, "05-apply")
    fill(page, {**_participants(city), **_staff(city), **_guarantee(city)})
    if name == PROJECT:
        press(page, "保存")
        says(page, "请上传合同关键页")
        expect(field(page, "项目名称").locator("input")).to_have_value(name)
    else:
        fill(page, _without_permit(city))
    fill(page, {"合同关键页": city.scan("施工合同")})
    press(page, "保存")
    says(page, "草稿")
    city.notes[name] = page.url.split("?")[0]


def _basics(name: str) -> dict[str, str]:
    return {
        "项目名称": name, "工程类别": "房屋建筑工程", "工程用途": "居住建筑", "建设性质": "新建",
        "建设规模": "中型", "所在区（县市）": "蓬江区", "镇（街）": "环市街道",
        "详细地址": "蓬江区建设二路66号", "坐标": "113.08, 22.59", "行业主管部门": "住建",
        "投资性质": "民间投资", "立项文号": "江发改投〔2026〕18号", "立项级别": "区县级",
        "总投资": "12600", "建筑面积": "38600", "安监备案号": "440703-2026-018",
        "项目简介": "四栋十八层住宅及地下室。", "施工合同编号": "SG-2026-018",
        "合同签订日期": "2026-01-05", "合同金额": "8000", "人工费总额": "1600",
        "人工费拨付周期": "按月", "计划开工日期": "2026-02-01", "计划竣工日期": "2027-12-31",
        "每月发薪日": "15", "上班时间": "07:00", "下班时间": "18:00", "中午休息": "90",
        "日标准工时": "8",
    }  # fmt: skip


def _participants(city: City) -> dict[str, str]:
    found = {}
    for role, name in OTHERS.items():
        leader = city.people.person()
        found |= {
            f"{role}名称": name, f"{role}统一社会信用代码": city.people.credit_code("440703"),
            f"{role}负责人": leader.name, f"{role}负责人手机号": leader.mobile,
        }  # fmt: skip
    return found | {"监理单位注册证号": "44012345"}


def _staff(city: City) -> dict[str, str]:
    manager, labour, safety = (city.people.person() for _one in range(3))
    return {
        "项目经理姓名": manager.name, "项目经理证件号码": manager.id_number,
        "项目经理手机号": manager.mobile, "项目经理注册证号": "粤1442016201612345",
        "劳资专管员姓名": labour.name, "劳资专管员证件号码": labour.id_number,
        "劳资专管员手机号": labour.mobile, "安全负责人姓名": safety.name,
        "安全负责人手机号": safety.mobile,
    }  # fmt: skip


def _guarantee(city: City) -> dict[str, object]:
    return {
        "保证金方式": "银行保函", "保证金金额": "1200000", "存储（出函）日期": "2026-01-10",
        "保证金有效期至": "2028-01-10", "保证金凭证": city.scan("保函"), "项目工伤保险": "是",
        "保险开始日期": "2026-01-15", "保险结束日期": "2028-01-15", "意外险": "否",
        "保单附件": city.scan("保单"),
    }  # fmt: skip


def _without_permit(city: City) -> dict[str, object]:
    return {
        "免办施工许可理由": "限额以下", "免办施工许可证明": city.scan("免办证明"),
        "采用手工录入": "是", "采用手工录入的原因": "工期短，人数少",
    }  # fmt: skip


def open_project(city: City, who: str, name: str = PROJECT, tab: str = "") -> Page:
    """Find a project in 工程信息 and open its detail page."""
    city.at(city.firms[who].username).menu("工程信息")
    page = contractor(city, who)
    page.get_by_role("link", name=name, exact=True).click()
    says(page, name)
    if tab:
        page.locator(".tabs").get_by_role("link", name=tab).click()
    return page


def participants(city: City) -> None:
    """Read owner, supervisor, surveyor and designer on the project's page."""
    page = open_project(city, "gc")
    city.shoot(page, "06-project")
    for name in OTHERS.values():
        says(page, name)
    page.locator(".tabs").get_by_role("link", name="参建单位").click()
    says(page, "江门市正方工程监理有限公司")
    city.shoot(page, "07-units")
    for role, picture in (("监理单位", "08-supervisor"), ("勘察单位", "09-surveyor")):
        page.get_by_role("link", name=OTHERS[role], exact=True).click()
        says(page, "统一社会信用代码")
        city.shoot(page, picture)
        page.go_back()


def invite(city: City, who: str, role: str) -> None:
    """Fill in the invitation of a registered enterprise; its name comes with its code."""
    page = open_project(city, "gc")
    press(page, f"新增{role}")
    firm, leader, labour = city.firms[who], city.people.person(), city.people.person()
    fill(page, {"统一社会信用代码": firm.code})
    says(page, firm.name)
    fill(page, {
        "联系人": leader.name, "联系电话": leader.mobile,
        "分包合同编号": f"FB-2026-{firm.code[-3:]}", "分包合同签订日期": "2026-01-20",
        "分包内容": f"一至四栋{role[:2]}", "分包合同金额": "900", "其中人工费": "600",
        "工资支付方式": "总包代发", "委托代发协议": city.scan("委托代发协议"),
        "进场日期": "2026-02-10", "计划退场日期": "2027-06-30",
        "分包合同扫描件": city.scan("分包合同"), "负责人": leader.name,
        "负责人证件号码": leader.id_number, "负责人手机号": leader.mobile,
        "劳资专管员姓名": labour.name, "劳资专管员证件号码": labour.id_number,
        "劳资专管员手机号": labour.mobile,
    })  # fmt: skip
    page.evaluate("scrollTo(0, 0)")
    city.shoot(page, "10-invite-professional" if who == "prof" else "11-invite-labour")
    press(page, "保存")
    says(page, f"已邀请{firm.name}")


def answer_invitation(city: City, who: str, word: str) -> None:
    """Read the invitation in 我的邀请 and accept or decline it."""
    page = city.at(city.firms[who].username).menu("我的邀请")
    page.get_by_role("row", name=PROJECT).get_by_role("link").first.click()
    says(page, PROJECT)
    press(page, word)
    if word == "拒绝":
        fill(page, {"原因": "档期已满"})
        press(page, "拒绝")
    else:
        confirm(page)
    says(page, f"已{word}")


def add_permit(city: City, number: str) -> None:
    """Add a permit with the picture of the permit and of the contract."""
    page = open_project(city, "gc", tab="施工许可证")
    press(page, "新增施工许可证")
    fill(page, {
        "施工许可证编号": number, "工程名称": PROJECT, "发证机关": "蓬江区住房和城乡建设局",
        "发证日期": "2026-01-25", "许可证图片": city.scan("施工许可证"),
        "合同图片": city.scan("合同"),
    })  # fmt: skip
    city.shoot(page, "12-permit")
    press(page, "保存")
    says(page, number)


def set_up_interface(city: City) -> None:
    """Give the vendor's facts; number and secret are shown once and never again."""
    page = open_project(city, "gc")
    press(page, "设置接口")
    press(page, "设置接口")
    vendor = city.people.person()
    fill(page, {
        "厂商名称": "江门市智工科技有限公司", "技术联系人": vendor.name,
        "联系电话": vendor.mobile, "软件名称": "智工实名制", "软件版本": "3.2",
    })  # fmt: skip
    press(page, "保存")
    says(page, "接入密钥")
    city.shoot(page, "13-interface")
    secret = page.locator("code").last.inner_text().strip()
    assert len(secret) > 15
    press(page, "已妥善记录")
    says(page, "接入密钥")
    assert secret not in page.content()


def lacks(city: City, *things: str) -> None:
    """See 确认 disabled, with what is missing named beside it."""
    page = open_project(city, "gc")
    expect(page.get_by_role("button", name="确认", exact=True)).to_be_disabled()
    for thing in things:
        says(page, thing)


def confirm_project(city: City, name: str = PROJECT) -> None:
    """Hand a project in for review: the first on its own page, another one in 工程信息."""
    if name == PROJECT:
        page = open_project(city, "gc", name)
        city.shoot(page, "14-confirm")
        press(page, "确认")
    else:
        city.at(city.firms["gc"].username).menu("工程信息")
        page = contractor(city, "gc")
        page.get_by_role("row", name=name).get_by_role("button", name="确认").click()
    confirm(page)
    says(page, "待审核")


def pass_project(city: City, name: str = PROJECT) -> None:
    """Review and pass the project as the district's reviewer."""
    page = city.at("qu").menu("待我审核", "项目审核")
    page.get_by_role("row", name=name).get_by_role("link").first.click()
    says(page, "蓬江区建设二路66号")
    press(page, "通过")
    confirm(page)
    says(page, "已通过")


def start(city: City, name: str = PROJECT) -> None:
    """Report the start of works."""
    page = open_project(city, "gc", name)
    press(page, "开工")
    fill(page, {"实际开工": "2026-02-08", "开工报告": city.scan("开工报告")})
    press(page, "上报")
    says(page, "在建")
