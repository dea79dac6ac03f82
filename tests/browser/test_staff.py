"""Posts in the demonstration city: replaced, reviewed, with a login, and by workbook."""

from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from app.demo.people import PeopleGenerator
from tests.browser.hands import confirm, field, fill, press, says, scan

PASSWORD = "Jiangmen-2026"
FIRM, LOGIN = "江门蓬江云山建筑工程有限公司（演示）", "lz_browser"
PEOPLE = PeopleGenerator("posts")


@pytest.fixture(scope="module")
def notes() -> dict[str, Any]:
    """Keep what one step finds out for the next."""
    return {}


@pytest.fixture
def sit(person: Any, demo: Any) -> Any:
    """Give a function that seats an account of the demonstration."""

    def seated(name: str) -> Page:
        someone = person()
        someone.server = demo
        page: Page = someone.sign_in(name, PASSWORD)
        says(page, "首页")
        return page

    return seated


def enter(page: Page) -> None:
    """Work in the first project under construction, on the list of its management staff."""
    page.goto(urljoin(page.url, "/sites/list/?state=ACTIVE"))
    page.get_by_role("button", name="进入项目").first.click()
    says(page, "工人")
    menu(page, "管理技术人员")


def menu(page: Page, word: str, of: str = "项目") -> None:
    """Open a line of a group of the menu."""
    group = page.locator(".menu details", has=page.locator("summary", has_text=of)).first
    if group.get_attribute("open") is None:
        group.locator("summary").click()
    page.locator(".menu").get_by_role("link", name=word, exact=True).click()


def on_post(page: Page, word: str) -> str:
    """Open who is on a post of the first unit; give his name."""
    menu(page, "管理技术人员")
    row = page.get_by_role("row").filter(has_text=word).filter(has_text="在岗").first
    name = row.get_by_role("link").first.inner_text().strip()
    row.get_by_role("link").first.click()
    return name


def successor(page: Page, person: Any, **more: Any) -> None:
    """Fill in who follows, with reason and file."""
    fill(page, {
        "更换原因": "调任其他项目", "更换证明材料": scan("调令"), "证件号码": person.id_number,
        "姓名": person.name, "手机号码": person.mobile, **more,
    })  # fmt: skip


def certificate() -> dict[str, Any]:
    """Give the certificate a project manager is asked for."""
    return {"岗位证书编号": "粤1442026000001", "岗位证书有效期至": "2028-12-31",
            "岗位证书附件": scan("证书"), "开通登录账号": "否"}  # fmt: skip


def put_on_post(page: Page, post: str, **more: Any) -> str:
    """Add somebody to a post of the general contractor, unless one is there; give his name."""
    there = page.get_by_role("row").filter(has_text=post).filter(has_text="在岗")
    if there.count():
        return there.first.get_by_role("link").first.inner_text().strip()
    press(page, "新增管理技术人员")
    human = PEOPLE.person()
    fill(page, {
        "岗位": post, "所属单位": FIRM, "到岗日期": "2026-11-01", "证件号码": human.id_number,
        "姓名": human.name, "手机号码": human.mobile, **more,
    })  # fmt: skip
    press(page, "保存")
    says(page, "在岗")
    return human.name


def test_a_project_manager_is_put_on_his_post_and_his_replacement_asked_for(sit, notes):
    page = sit("gc")
    enter(page)
    put_on_post(page, "项目经理", **certificate())
    notes["former"] = on_post(page, "项目经理")
    press(page, "更换")
    press(page, "提交审核")
    expect(field(page, "更换原因").locator(".error")).to_contain_text("更换原因")
    notes["person"] = PEOPLE.person()
    successor(page, notes["person"], **certificate())
    press(page, "提交审核")
    says(page, "已提交审核")
    says(page, notes["person"].name)
    on_post(page, "项目经理")
    expect(page.locator("main")).to_contain_text(notes["former"])


def test_the_district_reads_the_request_and_approves_it(sit, notes):
    page = sit("city")
    menu(page, "岗位更换审核", "待我审核")
    page.get_by_role("link", name=notes["person"].name).first.click()
    says(page, "调任其他项目")
    says(page, "粤1442026000001")
    press(page, "通过")
    confirm(page)
    says(page, "已生效")


def test_the_successor_is_on_the_post_and_the_former_has_left(sit, notes):
    page = sit("gc")
    enter(page)
    assert on_post(page, "项目经理") == notes["person"].name
    menu(page, "管理技术人员")
    gone = page.get_by_role("row").filter(has_text=notes["former"]).first
    expect(gone).to_contain_text("已离岗")


def test_a_labour_manager_changes_at_once_and_his_password_is_shown_once(sit):
    page = sit("gc")
    enter(page)
    put_on_post(page, "劳资专管员")
    on_post(page, "劳资专管员")
    press(page, "更换")
    successor(page, PEOPLE.person(), 交接日期="2026-11-20", 开通登录账号="是", 登录用户名=LOGIN)
    press(page, "更换")
    says(page, "账号可以使用了")
    first = page.locator("code").last.inner_text().strip()
    assert len(first) == 12


def test_people_come_onto_posts_by_workbook(sit, tmp_path: Path):
    page = sit("gc")
    enter(page)
    page.locator(".menu").get_by_role("link", name="批量导入模板", exact=True).click()
    card = (
        page.locator("section, article, .card").filter(has_text="现场专业人员和管理技术人员").last
    )
    with page.expect_download() as waiting:
        card.get_by_role("link", name="下载模板").click()
    book = load_workbook(BytesIO(Path(waiting.value.path()).read_bytes()))
    sheet, human = book.worksheets[0], PEOPLE.person()
    heads = [str(cell.value).lstrip("★") for cell in sheet[1]]
    code = next(cell.value for row in book["_lists"].iter_rows() for cell in row
                if cell.value and str(cell.value).startswith("9"))  # fmt: skip
    for header, value in {
        "人员类别": "现场专业人员", "岗位": "资料员", "所属单位统一社会信用代码": code,
        "姓名": human.name, "证件号码": human.id_number, "手机号码": human.mobile,
        "到岗日期": "2026-11-01",
    }.items():  # fmt: skip
        sheet.cell(row=2, column=heads.index(header) + 1).value = value
    path = tmp_path / "专业人员.xlsx"
    book.save(path)
    card.locator('input[type="file"]').first.set_input_files(path)
    if card.get_by_role("button", name="上传").count():
        card.get_by_role("button", name="上传").first.click()
    says(page, human.name)
    page.locator('button[value="ALL"]').click()
    menu(page, "现场专业人员")
    says(page, human.name)
