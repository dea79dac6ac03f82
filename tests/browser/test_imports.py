"""A clerk imports workers by the words on the screen, in the demonstration city."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from app.core.sheets import MIME
from app.core.sheets.columns import STATUS
from app.demo.people import PeopleGenerator
from app.roster.choices import MANAGEMENT_TEAM
from tests.browser.hands import confirm, press, says, scan
from tests.browser.seats import PHONE, WIDE, Person, seats

PASSWORD = "Jiangmen-2026"
CODE = re.compile("91[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
EXAMPLE_CODE = "91440700MA9999996T"


@pytest.fixture
def clerk(chromium: Any, demo: Any) -> Iterator[Person]:
    """Give the clerk of a labour subcontractor in one of its projects."""
    with seats(chromium, demo) as seat:
        someone = seat()
        someone.sign_in("labour", PASSWORD)
        someone.menu("项目", "项目列表")
        press(someone.page, "进入项目")
        someone.page.wait_for_load_state()
        yield someone
        someone.check()


def card(page: Page) -> Any:
    """Give the card of the template of workers."""
    return page.locator("section.template-card", has_text="T3 工人")


def downloaded(page: Page, where: Any, word: str) -> Any:
    """Press a word that downloads a workbook, and open it."""
    with page.expect_download() as waiting:
        press(where, word)
    return load_workbook(io.BytesIO(waiting.value.path().read_bytes()))


def filled(book: Any, lines: list[dict[str, str]]) -> dict[str, Any]:
    """Give a workbook with these rows as it is uploaded."""
    return as_upload(filled_book(book, lines))


def filled_book(book: Any, lines: list[dict[str, str]]) -> Any:
    """Write rows below the header, with a column of the clerk's own."""
    sheet = book.worksheets[0]
    heads = {str(cell.value).strip("★ "): cell.column for cell in sheet[1]}
    own = sheet.max_column + 1
    sheet.cell(1, own).value = "宿舍"
    for at, line in enumerate(lines, start=2):
        sheet.cell(at, own).value = f"{at}号楼"
        for head, value in line.items():
            sheet.cell(at, heads[head]).value = value
    return book


def as_upload(book: Any, name: str = "十一月进场.xlsx") -> dict[str, Any]:
    """Give a workbook as a browser uploads it."""
    data = io.BytesIO()
    book.save(data)
    return {"name": name, "mimeType": MIME, "buffer": data.getvalue()}


def upload(
    page: Page, file: dict[str, Any], word: str = "上传并校验", label: str = "填好的工作簿"
) -> None:
    """Choose a file on the card and press its button."""
    card(page).get_by_label(label).set_input_files(file)
    press(card(page), word)


def team_of(clerk: Person) -> str:
    """Give the name of a team of workers of the clerk's unit, as the list shows it."""
    page = clerk.menu("项目", "班组")
    heads = page.locator("main table thead th").all_inner_texts()
    place = next(at for at, head in enumerate(heads) if "名称" in head)
    rows = page.locator("main table tbody tr", has_text="在场")
    row = rows.filter(has_not_text=MANAGEMENT_TEAM).first
    return str(row.locator("td").nth(place).inner_text()).strip()


def lines_for(book: Any, team: str, people: list[Any]) -> list[dict[str, str]]:
    """Give a row for each person, for the unit the template offers to this clerk."""
    words = [str(cell) for sheet in book for row in sheet.values for cell in row if cell]
    code = next(word for word in words if CODE.fullmatch(word) and word != EXAMPLE_CODE)
    return [
        {"所属单位统一社会信用代码": code, "班组名称": team, "姓名": one.name,
         "证件号码": one.id_number, "手机号码": one.mobile, "进场日期": "2026-11-20"}
        for one in people
    ]  # fmt: skip


def shoot(page: Page, shots: Any, name: str) -> None:
    """Keep a picture of the screen, wide and narrow."""
    for size, mark in ((PHONE, "-phone"), (WIDE, "")):
        page.set_viewport_size(size)
        page.wait_for_load_state()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"], name
        page.screenshot(path=shots / f"{name}{mark}.png")


def test_a_clerk_imports_mends_and_takes_back(clerk, shots):
    page, generator = clerk.page, PeopleGenerator("clerk")
    people, team = [generator.person() for _one in range(3)], team_of(clerk)
    clerk.menu("批量导入模板")
    shoot(page, shots, "import-cards")
    book = downloaded(page, card(page), "下载模板")
    lines = lines_for(book, team, people)
    upload(page, filled(book, [*lines[:2], {**lines[2], "手机号码": "123"}]))

    says(page, "手机号码格式不正确")
    shoot(page, shots, "import-preview")
    press(page, "导入正确行（2 行）")
    says(page, "部分完成")
    own = downloaded(page, page, "下载已标出错误的原表格")
    sheet = own.worksheets[0]
    heads = {str(cell.value).strip("★ "): cell.column for cell in sheet[1]}
    wrong = sheet.cell(4, heads["手机号码"])
    assert "手机号码" in wrong.comment.text
    assert sheet.cell(2, heads["宿舍"]).value == "2号楼"
    assert sheet.cell(2, heads[STATUS]).value.startswith("已导入")
    wrong.value = people[2].mobile

    press(page, "上传修改后的表格")
    upload(page, as_upload(own))
    says(page, "不变")
    press(page, "导入全部 1 行")
    says(page, "完成")
    shoot(page, shots, "import-result")
    press(page, "查看导入的数据")
    says(page, people[2].name)
    expect(page.locator("main", has_text=people[0].name)).to_have_count(0)
    take_back(clerk, people[2])


def take_back(clerk: Person, last: Any) -> None:
    """Take the second import back and find its worker gone."""
    page = clerk.page
    clerk.menu("批量导入模板")
    card(page).get_by_role("link", name="十一月进场.xlsx").first.click()
    page.locator("summary", has_text="回滚导入").click()
    page.locator(".undo-import textarea").fill("表格用错了")
    press(page.locator(".undo-import"), "回滚导入")
    confirm(page)
    says(page, "已回滚")
    clerk.menu("项目", "工人")
    expect(page.locator("main", has_text=last.name)).to_have_count(0)


def test_pictures_in_a_zip_find_their_workers(clerk, shots):
    page, one, team = clerk.page, PeopleGenerator("pictures").person(), team_of(clerk)
    clerk.menu("批量导入模板")
    book = downloaded(page, card(page), "下载模板")
    upload(page, filled(book, lines_for(book, team, [one])))
    press(page, "导入全部 1 行")
    says(page, "完成")
    clerk.menu("批量导入模板")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for word in ("头像", "正面", "反面", "人脸"):
            archive.writestr(f"照片/{one.id_number}_{word}.png", scan(word)["buffer"])
        archive.writestr("440703198504120002_头像.png", scan("x")["buffer"])
    packed = {"name": "照片.zip", "mimeType": "application/zip", "buffer": data.getvalue()}
    upload(page, packed, "上传图片", "图片压缩包")

    says(page, "没有证件号码为440703********0002的人员")
    page.locator(".kind-chip", has_text="新增").click()
    says(page, f"{one.name} · 身份证头像")
    shoot(page, shots, "import-pictures")
    press(page, "导入正确文件（4 个）")
    says(page, "部分完成")
    press(page, "查看导入的数据")
    page.locator("main").get_by_role("link", name=one.name).first.click()
    page.locator("main .file-link, main .file-thumb").first.wait_for()


def test_a_large_workbook_shows_its_preview_by_itself_and_is_thrown_away(clerk, shots):
    page, generator, team = clerk.page, PeopleGenerator("large"), team_of(clerk)
    clerk.menu("批量导入模板")
    book = downloaded(page, card(page), "下载模板")
    people = [generator.person() for _one in range(301)]
    lines = [{**one, "手机号码": "123"} for one in lines_for(book, team, people)]
    upload(page, as_upload(filled_book(book, lines), "三百人.xlsx"))

    says(page, "手机号码格式不正确")
    expect(page.locator(".steps .now")).to_contain_text("选择")
    press(page, "下载已标出错误的原表格")
    says(page, "下载文件")
    shoot(page, shots, "import-marked")
    marked = downloaded(page, page, "下载文件").worksheets[0]
    assert sum(1 for row in marked.iter_rows() for cell in row if cell.comment) == len(people)
    clerk.menu("批量导入模板")
    card(page).get_by_role("link", name="三百人.xlsx").first.click()
    press(page, "放弃")
    confirm(page)
    says(page, "已放弃本次导入")
    press(page, "全部导入记录")
    says(page, "已放弃")
    shoot(page, shots, "import-runs")


def test_the_uploaded_file_is_opened_with_a_reason(clerk, shots):
    page, one, team = clerk.page, PeopleGenerator("original").person(), team_of(clerk)
    clerk.menu("批量导入模板")
    book = downloaded(page, card(page), "下载模板")
    upload(page, filled(book, lines_for(book, team, [one])))
    press(page, "导入全部 1 行")
    says(page, "完成")
    shoot(page, shots, "import-done")
    press(page, "下载原文件")
    says(page, "完整证件号码")
    shoot(page, shots, "import-original")
    page.locator("textarea").fill("核对花名册原件")
    sheet = downloaded(page, page.locator("form.form"), "下载原文件").worksheets[0]

    assert one.name in {cell.value for row in sheet.iter_rows() for cell in row}
    clerk.menu("批量导入模板")
    card(page).get_by_role("link", name="十一月进场.xlsx").first.click()
    page.locator("#rows").get_by_role("link", name=one.name).click()
    page.get_by_role("link", name="变更记录").first.click()
    says(page, "导入“十一月进场.xlsx”")
    shoot(page, shots, "import-changes")
