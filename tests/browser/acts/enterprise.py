"""企业信息, 办事指南 and 批量导入模板 (manual 4, 5, 6)."""

import io
from typing import Any

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.acts.projects import contractor
from tests.browser.city import City
from tests.browser.hands import confirm, fill, press, says

ARTICLE = "关于岁末年初工资支付检查的通知"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def change_address(city: City) -> None:
    """Ask for a new address (reviewed) and give a new postcode (in force at once)."""
    page = city.at(city.firms["gc"].username).menu("企业信息")
    city.shoot(page, "31-enterprise")
    press(page, "编辑")
    fill(page, {"企业营业地址": "蓬江区迎宾大道中77号", "邮政编码": "529000"})
    fill(page, {"变更原因": "迁址", "证明材料": city.scan("迁址证明")})
    page.evaluate("scrollTo(0, 0)")
    press(page, "提交审核")
    says(page, "已生效")
    says(page, "蓬江区迎宾大道中77号")
    says(page, "蓬江区东华二路18号")
    city.shoot(page, "32-change")


def pass_change(city: City) -> None:
    """Compare old and new side by side and pass the change."""
    page = city.at("qu").menu("待我审核", "企业变更")
    page.get_by_role("row", name=city.firms["gc"].name).get_by_role("link").first.click()
    row = page.get_by_role("row", name="企业营业地址")
    expect(row).to_contain_text("蓬江区东华二路18号")
    expect(row).to_contain_text("蓬江区迎宾大道中77号")
    press(page, "通过")
    confirm(page)
    says(page, "已通过")
    page = city.at(city.firms["gc"].username).menu("企业信息")
    expect(page.locator("main")).not_to_contain_text("蓬江区东华二路18号")
    says(page, "蓬江区迎宾大道中77号")


def write_article(city: City) -> None:
    """Write an article with a script in it, as the city."""
    page = city.at("shi").menu("系统管理", "内容管理")
    press(page, "新建文章")
    fill(page, {"类型": "通知公告", "标题": ARTICLE})
    editor = page.locator("[contenteditable=true]").first
    editor.click()
    page.keyboard.type("各施工单位须在12月20日前完成自查。")
    page.evaluate(
        """() => { for (const area of document.querySelectorAll("textarea"))
             if (area.name === "body") area.value += '<p>附注</p><script>window.ran = 1</' +
               'script><img src="x" onerror="window.ran = 1">'; }"""
    )
    press(page, "保存")
    says(page, ARTICLE)
    for word in ("提交审核", "发布"):
        press(page, word)
        if page.locator("dialog[open]").count():
            confirm(page)
    says(page, "已发布")


def read_article(city: City) -> None:
    """Search and read it as a contractor; nothing in it runs."""
    page = city.at(city.firms["labour"].username).menu("办事指南")
    city.shoot(page, "33-guides")
    page.get_by_role("searchbox").first.fill("岁末年初")
    press(page, "查询")
    page.get_by_role("link", name=ARTICLE).first.click()
    says(page, "各施工单位须在12月20日前完成自查")
    assert page.evaluate("window.ran") is None
    city.shoot(page, "34-article")


def import_workers(city: City, team: str, people: list[Any]) -> None:
    """Download T3, fill it in, upload it, read the preview, import."""
    page = contractor(city, "gc")
    city.at(city.firms["gc"].username).menu("批量导入模板")
    card = page.locator("section.template-card", has_text="T3 工人")
    with page.expect_download() as waiting:
        card.get_by_role("link", name="下载模板").click()
    book = load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    sheet = book.worksheets[0]
    heads = {str(cell.value).strip("★ "): cell.column for cell in sheet[1]}
    for at, one in enumerate(people):
        line = {
            "所属单位统一社会信用代码": city.firms["gc"].code, "班组名称": team,
            "证件类型": "居民身份证", "证件号码": one.id_number,
            "姓名": one.name, "手机号码": one.mobile, "进场日期": "2026-11-20",
        }  # fmt: skip
        for label, value in line.items():
            sheet.cell(2 + at, heads[label]).value = value
    data = io.BytesIO()
    book.save(data)
    card.locator('input[type="file"]').first.set_input_files(
        {"name": "工人.xlsx", "mimeType": SHEET, "buffer": data.getvalue()}
    )
    press(card, "上传并校验")
    says(page, f"导入全部 {len(people)} 行")
    city.shoot(page, "35-templates")
    press(page, f"导入全部 {len(people)} 行")
    says(page, "已导入")
