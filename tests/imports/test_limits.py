"""What is no workbook of this template is refused with a way out, and leaves nothing behind."""

import zipfile
from io import BytesIO
from threading import Thread

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill

from app.core import scope
from app.core.sheets import SheetUnreadable, template
from app.core.sheets.template import VERSION
from app.extensions import db
from app.imports import services
from app.imports.choices import Wanted
from app.imports.errors import AnotherTemplate
from app.imports.models import ImportBook, ImportJob, ImportSheet
from app.imports.templates import TEMPLATES
from tests.factories import enterprises
from tests.factories.imports import workers
from tests.imports.steps import imported, principal, saved, sent


def with_part(content, name, part):
    """Put one more part into a workbook."""
    target = BytesIO(content)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return target.getvalue()


def plain():
    book = Workbook()
    book.active.append(["姓名", "证件号码"])
    return saved(book)


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REFUSED = [
    pytest.param(lambda: b"", "文件是空的", id="empty"),
    pytest.param(lambda: b"MZ\x90\x00 program renamed", "另存", id="renamed program"),
    pytest.param(lambda: with_part(plain(), "xl/vbaProject.bin", b"x"), "宏", id="macros"),
    pytest.param(
        lambda: with_part(plain(), "xl/media/x.bin", b"\0" * 300_000_000), "解压后", id="zip bomb"
    ),
    pytest.param(lambda: plain()[:-200], "损坏", id="torn"),
    pytest.param(plain, "缺少|没有", id="other header"),
]


@pytest.mark.parametrize(("content", "said"), REFUSED)
def test_what_is_no_workbook_of_ours_is_refused(acting, site, content, said):
    with pytest.raises(SheetUnreadable, match=said):
        sent(site, content(), acting)
    for model in (ImportJob, ImportSheet, ImportBook):
        assert db.session.query(model).count() == 0


def test_the_workbook_of_another_template_is_named(acting, site):
    other = template(TEMPLATES["T4"].sheet(None))
    with pytest.raises(AnotherTemplate, match="T4 现场专业人员"):
        sent(site, other, acting)
    assert db.session.query(ImportJob).count() == 0


def older(content, column=""):
    """Give a template of another version; ``column`` stood in it where the last one is now."""
    book = load_workbook(BytesIO(content))
    mark = book[VERSION]
    mark["B1"] = "0123456789ab"
    if column:
        mark.cell(2, mark.max_column).value = column
    return saved(book)


def test_a_workbook_of_an_older_template_names_what_differs_and_is_read(acting, site, good):
    job = sent(site, older(workers([good()]), "籍贯"), acting)

    (hint,) = [hint for hint in services.findings_of(job)["hints"] if "模板" in hint]
    assert "籍贯" in hint
    assert job.passed == 1


def test_an_older_template_with_the_same_columns_needs_no_word(acting, site, good):
    job = sent(site, older(workers([good()])), acting)

    assert services.findings_of(job)["hints"] == []


@pytest.fixture
def colleague(site):
    from app.enterprises.models import Enterprise

    with scope.act_as(scope.SYSTEM):
        firm = db.session.get(Enterprise, site.general_contractor_id)
        return principal(enterprises.admin(firm))


def test_who_uploads_what_another_is_importing_is_told(acting, site, good, colleague):
    content = workers([good()])
    first = sent(site, content, acting)
    assert services.findings_of(first)["hints"] == []
    with scope.act_as(colleague):
        looking = sent(site, content, colleague)
        assert services.findings_of(looking)["hints"] == [], "a mere preview is no import"
        services.discard_import(looking, actor=colleague)
    services.confirm_import(first, Wanted.ALL, actor=acting)
    with scope.act_as(colleague):
        second = sent(site, content, colleague)
        hint = services.findings_of(second)["hints"][0]

    assert "正由管理员导入" in hint
    assert "可继续" in hint


def test_who_uploads_what_was_imported_is_told_when_and_nothing_is_doubled(
    acting, site, good, colleague
):
    content = workers([good()])
    imported(sent(site, content, acting), acting)
    with scope.act_as(colleague):
        second = sent(site, content, colleague)
        hint = services.findings_of(second)["hints"][0]

    assert "已由管理员于" in hint
    assert "导入1行" in hint
    assert (second.passed, second.failed, second.unchanged) == (1, 0, 1)


def test_the_same_file_in_another_project_is_news_to_nobody(acting, site, good, work):
    from tests.factories import projects

    sent(site, workers([good()]), acting)
    with scope.act_as(scope.SYSTEM):
        assert (
            services.intake.same_file(projects.project(enterprises.enterprise()), None, "x") == []
        )


def test_two_who_upload_the_same_file_at_once_wait_for_each_other(prepared_app):
    """The second asks only when the first has committed, so that it cannot miss him."""
    order, digest = [], "f" * 64

    class Site:
        id = 4_000_000

    def upload(name, wait):
        with prepared_app.app_context(), scope.act_as(scope.SYSTEM):
            services.intake.same_file(Site, None, digest)
            order.append(f"{name} asks")
            if wait:
                wait.join(1)
            order.append(f"{name} ends")
            db.session.rollback()

    second = Thread(target=upload, args=("second", None))

    class Start:
        @staticmethod
        def join(seconds):
            second.start()
            second.join(seconds)

    upload("first", Start)
    second.join(30)
    assert order == ["first asks", "first ends", "second asks", "second ends"]


def far(book, *, value):
    """Give a workbook with a cell in the last corner of its sheet."""
    cell = book.worksheets[0].cell(1_048_576, 16_384)
    cell.value = value
    cell.fill = PatternFill("solid", fgColor="FF00B050")
    return saved(book)


def test_a_stray_cell_is_refused_before_the_marks_of_a_workbook_are_read(acting, site, good):
    job = imported(sent(site, workers([good(), good(手机号码="1")]), acting), acting, Wanted.GOOD)
    book = load_workbook(BytesIO(services.wrong_workbook(job)))

    with pytest.raises(SheetUnreadable, match="XFD"):
        sent(site, far(book, value="x"), acting)


def test_a_coloured_cell_far_away_holds_up_neither_the_reading_nor_the_marking(acting, site, good):
    book = load_workbook(BytesIO(workers([good(手机号码="1")])))
    job = sent(site, far(book, value=None), acting)
    page = load_workbook(BytesIO(services.wrong_workbook(job))).worksheets[0]

    assert page["F2"].comment is not None
    assert page.cell(1, page["F2"].column + 60).value is None


def test_a_merge_over_a_whole_sheet_does_not_hold_up_the_marking(acting, site, good):
    content = workers([good(手机号码="1")])
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A5:XFD1048576"/></mergeCells>'
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", merge)
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    job = sent(site, target.getvalue(), acting)
    page = load_workbook(BytesIO(services.wrong_workbook(job))).worksheets[0]

    assert page["F2"].comment is not None
