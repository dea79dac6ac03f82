"""注册及登录 (manual 3.1): three enterprises register, two officials review."""

from playwright.sync_api import Page, expect

from tests.browser.city import PASSWORD, City, Firm
from tests.browser.hands import confirm, field, fill, press, put, says

KINDS = {"gc": "施工总承包单位", "prof": "专业分包单位", "labour": "劳务分包单位"}
NAMES = {
    "gc": "江门市侨都建设集团有限公司",
    "prof": "江门市银湖机电安装有限公司",
    "labour": "江门市潭江建筑劳务有限公司",
}
CAPTCHA = "ABCD"


def choose_password(city: City, who: str, first: str) -> None:
    """Change the first password, which the program asks for before anything else."""
    page = city.at(who, first).page
    says(page, "请先设置新密码")
    page.get_by_role("link", name="首页").count()
    fill(page, {"当前密码": first, "新密码": PASSWORD, "确认新密码": PASSWORD})
    press(page, "修改密码")
    expect(page).not_to_have_url(city.server.address + "/password/change")


def register(city: City, who: str) -> None:
    """Choose the type, fill in the form, submit, note the number."""
    someone = city.seat()
    page = someone.go("/")
    if who == "gc":
        city.shoot(page, "01-login")
    page.get_by_role("navigation", name="服务").get_by_role("link", name="注册", exact=True).click()
    page.get_by_label(KINDS[who]).check()
    if who == "gc":
        city.shoot(page, "02-type")
    press(page, "下一步")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"企业注册：{KINDS[who]}")
    firm = _fill_in(city, page, who)
    press(page, "提交审核")
    says(page, "申请编号")
    number = page.locator("dt", has_text="申请编号").locator("xpath=following-sibling::dd")
    firm.number = number.inner_text().strip()
    assert firm.number
    city.firms[who] = firm
    someone.check()


def _fill_in(city: City, page: Page, who: str) -> Firm:
    legal, agent = city.people.person(), city.people.person()
    firm = Firm(
        KINDS[who], NAMES[who], city.people.credit_code("440703"), f"jm_{who}", agent.mobile
    )
    fill(page, {
        "企业名称": firm.name, "统一社会信用代码": firm.code, "注册地区": "蓬江区",
        "企业营业地址": "蓬江区东华二路18号", "营业执照扫描件": city.scan("营业执照"),
        "法定代表人": legal.name, "法人电话": legal.mobile, "法人证件号码": legal.id_number,
        "经办人姓名": agent.name, "经办人手机号": agent.mobile, "经办人证件号码": agent.id_number,
        "授权委托书": city.scan("授权委托书"),
    })  # fmt: skip
    if who == "gc":
        page.evaluate("scrollTo(0, 0)")
        city.shoot(page, "03-registration")
    if who != "labour":
        fill(page, {
            "资质类别": "建筑业",
            "资质名称": "建筑工程施工总承包" if who == "gc" else "机电安装专业承包",
            "证书编号": f"D3440{len(city.firms)}1234", "资质等级": "二级(乙级)",
            "有效期至": "2029-06-30", "证书扫描件": city.scan("资质证书"),
            "安全生产许可证编号": f"(粤)JZ安许证字〔2025〕0{len(city.firms)}",
            "安全生产许可证有效期至": "2029-12-31",
            "安全生产许可证扫描件": city.scan("安全生产许可证"),
        })  # fmt: skip
    fill(page, {"登录用户名": firm.username, "登录密码": PASSWORD, "确认密码": PASSWORD})
    page.get_by_label("已阅读并同意承诺书").check()
    put(field(page, "验证码"), CAPTCHA)
    return firm


def look_up(city: City, who: str, state: str) -> Page:
    """Look up the progress with number and mobile, without an account."""
    firm = city.firms[who]
    page = city.seat().go("/")
    page.get_by_role("navigation", name="服务").get_by_role("link", name="注册进度查询").click()
    page.get_by_label("申请编号").fill(firm.number)
    page.get_by_label("经办人手机号").fill(firm.mobile)
    press(page, "查询")
    says(page, state)
    return page


def review(city: City, who: str, official: str = "qu") -> Page:
    """Open an application as the reviewer."""
    someone = city.at(official)
    page = someone.menu("待我审核", "企业注册")
    page.get_by_role("row", name=city.firms[who].name).get_by_role("link").first.click()
    says(page, city.firms[who].code)
    return page


def approve(city: City, who: str) -> None:
    """Pass an application; its account opens at once."""
    page = review(city, who)
    press(page, "通过")
    confirm(page)
    says(page, "通过")


def send_back(city: City, who: str) -> None:
    """Return an application with one marked field and a reason."""
    page = review(city, who)
    page.get_by_label("企业营业地址", exact=True).check()
    page.get_by_label("企业营业地址的退回原因").fill("请填写到门牌号")
    press(page, "退回修改")
    confirm(page)
    says(page, "退回")


def correct(city: City, who: str) -> None:
    """Find the reviewer's words beside the marked field, correct it, submit again."""
    page = look_up(city, who, "请填写到门牌号")
    press(page, "修改后重新提交")
    address = field(page, "企业营业地址")
    expect(address).to_contain_text("请填写到门牌号")
    put(address, "蓬江区东华二路18号之三")
    press(page, "提交审核")
    says(page, "申请编号")


def signed_in(city: City, who: str) -> None:
    """Sign in with the name and password chosen at registration."""
    page = city.at(city.firms[who].username).page
    expect(page.locator(".menu").get_by_role("link", name="工程信息", exact=True)).to_be_visible()


def cannot_apply(city: City, who: str) -> None:
    """Find neither the button nor the route of 申请项目."""
    someone = city.at(city.firms[who].username)
    page = someone.menu("工程信息")
    expect(page.get_by_role("link", name="申请项目")).to_have_count(0)
    with page.expect_response(lambda answer: "/projects/add" in answer.url) as answer:
        someone.go("/projects/add")
    assert answer.value.status == 403
    someone.go("/")
