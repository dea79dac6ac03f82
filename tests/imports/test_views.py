"""The import wizard as a clerk walks it."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.core import clock
from app.core.jobs import run_now
from app.enterprises.models import Enterprise
from app.imports.jobs import AT_ONCE, WORK
from app.imports.models import ImportJob
from app.imports.showing import alike
from app.imports.templates import TEMPLATES
from app.projects.models import Project
from app.roster.models import ProjectWorker
from tests.factories import attendance, enterprises, projects, roster
from tests.factories.imports import line, workers


@pytest.fixture
def site(system):
    with system() as session:
        firm = enterprises.enterprise()
        project = projects.project(firm)
        unit = projects.general_contractor_unit(project)
        team = roster.team(unit)
        found = {"project": project.id, "user": enterprises.admin(firm), "unit": unit,
                 "team": team, "firm": firm.id}  # fmt: skip
        session.flush()
        for row in (unit, team):
            session.refresh(row)
        session.expunge_all()
    return found


@pytest.fixture
def clerk(site, signed_in):
    browser = signed_in(site["user"])
    with browser.session_transaction() as session:
        session["project_id"] = site["project"]
    return browser


def upload(browser, content, name="花名册.xlsx"):
    if isinstance(content, list):
        with browser.application.app_context():
            content = workers(content)
    return browser.post(
        "/imports/upload/T3", data={"file": (BytesIO(content), name)},
        content_type="multipart/form-data",
    )  # fmt: skip


def good(site, **cells):
    return line(site["unit"], site["team"], **cells)


def test_the_page_has_a_card_for_each_template_and_leads_to_the_manual(clerk):
    page = clerk.get("/imports/").text

    for code in TEMPLATES:
        assert f'id="template-{code}"' in page
        assert f'href="/imports/template/{code}"' in page
    assert 'href="/imports/manual"' in page
    assert "下载《Excel导入说明书》" in page


def test_the_template_is_downloaded_with_the_teams_of_the_project(clerk, site):
    served = clerk.get("/imports/template/T3")

    book = load_workbook(BytesIO(served.data))
    words = [cell.value for line_ in book["_lists"].iter_rows() for cell in line_ if cell.value]
    assert site["team"].name in words
    assert clerk.get("/imports/template/T9").status_code == 404


def test_a_clerk_uploads_previews_confirms_and_sees_the_result(clerk, site, system):
    sent = upload(clerk, [good(site)])
    assert sent.status_code == 302
    address = sent.headers["Location"]
    assert 'name="wanted" value="ALL"' in clerk.get(address).text

    clerk.post(f"{address}/confirm", data={"wanted": "ALL"})
    assert 'name="wanted"' not in clerk.get(address).text
    with system() as session:
        assert session.query(ProjectWorker).count() == 1


def test_wrong_rows_stand_as_written_for_the_uploader_alone(clerk, site, system, signed_in):
    sent = upload(clerk, [good(site, 证件号码="440703198504120003"), good(site)])
    address = sent.headers["Location"]

    with system() as session:
        other = enterprises.admin(session.get(Enterprise, site["firm"]))
    page = clerk.get(address).text
    assert "440703198504120003" in page
    colleague = signed_in(other)
    assert "440703198504120003" not in colleague.get(address).text
    assert colleague.get(f"{address}/wrong").status_code == 404
    assert colleague.post(f"{address}/confirm", data={"wanted": "GOOD"}).status_code == 404
    assert 'value="GOOD">' in page
    assert 'value="ALL" disabled>' in page
    book = load_workbook(BytesIO(clerk.get(f"{address}/wrong").data))
    assert book.worksheets[0]["E2"].comment is not None


def test_the_workbook_mended_from_the_preview_brings_only_the_mended_rows(clerk, site, system):
    """Ten good and twelve wrong, taken at the preview, the good imported, two mended (14)."""
    lines = [good(site) for _n in range(10)] + [good(site, 手机号码="1") for _n in range(12)]
    address = upload(clerk, lines).location
    book = load_workbook(BytesIO(clerk.get(f"{address}/wrong").data))
    clerk.post(f"{address}/confirm", data={"wanted": "GOOD"})
    page = book.worksheets[0]
    place = next(cell.column for cell in page[1] if str(cell.value).endswith("手机号码"))
    for row in (12, 13):
        page.cell(row=row, column=place).value = "13800138000"
    target = BytesIO()
    book.save(target)
    again = upload(clerk, target.getvalue(), "改好.xlsx").location

    with system() as session:
        job = session.get(ImportJob, int(again.rsplit("/", 1)[1]))
        assert (job.total, job.passed, job.unchanged, job.failed) == (22, 12, 10, 10)
    clerk.post(f"{again}/confirm", data={"wanted": "GOOD"})
    with system() as session:
        job = session.get(ImportJob, int(again.rsplit("/", 1)[1]))
        assert (job.imported, job.unchanged, job.failed) == (2, 10, 10)
        assert session.query(ProjectWorker).count() == 12


def test_a_row_with_a_wrong_number_also_tells_that_its_entry_lies_too_far_ahead(clerk, site):
    ahead = (clock.today() + timedelta(days=40)).isoformat()
    sent = upload(clerk, [good(site, 证件号码="440703198504120003", 进场日期=ahead)])
    page = clerk.get(sent.headers["Location"]).text

    assert "校验" in page
    assert "进场日期最多可提前15天登记" in page


def test_the_result_leads_to_the_workers_and_to_the_repair_of_the_rest(clerk, site):
    sent = upload(clerk, [good(site, 手机号码="1"), good(site)])
    clerk.post(f"{sent.headers['Location']}/confirm", data={"wanted": "GOOD"})
    page = clerk.get(sent.headers["Location"]).text

    assert "/workerview/list/" in page.split("import-choice")[1]
    assert "上传修改后的表格" in page


def test_posting_all_although_rows_are_wrong_writes_nothing(clerk, site, system):
    sent = upload(clerk, [good(site, 手机号码="1"), good(site)])
    clerk.post(f"{sent.headers['Location']}/confirm", data={"wanted": "ALL"})

    with system() as session:
        assert session.query(ProjectWorker).count() == 0


@pytest.mark.parametrize("wanted", ["", "SOME", "all"])
def test_an_unknown_wish_is_refused(clerk, site, wanted):
    sent = upload(clerk, [good(site)])

    answer = clerk.post(f"{sent.headers['Location']}/confirm", data={"wanted": wanted})
    assert answer.status_code == 400


def test_what_is_no_workbook_is_refused_beside_the_field(clerk, system):
    page = upload(clerk, b"\x89PNG\r\n\x1a\n nothing")

    assert page.status_code == 200
    assert 'id="file-error"' in page.text
    with system() as session:
        assert session.query(ImportJob).count() == 0


def test_an_upload_without_a_file_is_refused_beside_the_field(clerk):
    assert 'id="file-error"' in clerk.post("/imports/upload/T3", data={}).text


def test_without_a_project_nothing_is_taken(site, signed_in):
    page = upload(signed_in(site["user"]), [good(site)])

    assert 'id="file-error"' in page.text


def test_a_foreign_project_in_the_session_takes_nothing(site, signed_in, system):
    with system():
        stranger = enterprises.admin(enterprises.enterprise())
    browser = signed_in(stranger)
    with browser.session_transaction() as session:
        session["project_id"] = site["project"]

    assert 'id="file-error"' in upload(browser, [good(site)]).text


@pytest.mark.parametrize(
    "path", ["", "/progress", "/wrong", "/confirm", "/discard", "/undo", "/once"]
)
def test_a_foreign_import_does_not_exist(clerk, site, signed_in, system, path):
    address = upload(clerk, [good(site, 手机号码="1")]).headers["Location"]
    with system():
        stranger = signed_in(enterprises.admin(enterprises.enterprise()))
    method = stranger.post if path in ("/confirm", "/discard", "/undo", "/once") else stranger.get

    answer = method(f"{address}{path}", data={"wanted": "ALL", "remark": "传错了"})
    assert answer.status_code == 404


def test_the_preview_lists_by_kind_what_becomes_of_the_rows(clerk, site):
    first = good(site)
    address = upload(clerk, [first, good(site, 手机号码="1")]).headers["Location"]

    page = clerk.get(address).text
    assert first["姓名"] not in page.split('id="rows"')[1].split("<tbody>")[1]
    page = clerk.get(f"{address}?kind=CREATED").text
    assert first["姓名"] in page.split("<tbody>")[1]
    assert clerk.get(f"{address}?kind=nothing&page=x").status_code == 200


def test_a_large_preview_is_shown_a_page_at_a_time(clerk, site):
    lines = [good(site, 手机号码="1") for _n in range(150)]
    address = upload(clerk, lines).headers["Location"]

    assert clerk.get(address).text.count("<tr>") == 101
    assert clerk.get(f"{address}?kind=error&page=2").text.count("<tr>") == 51


def test_mistakes_made_down_a_column_are_told_once_with_their_rows(clerk, site):
    wrong = [good(site, 手机号码="1") for _n in range(3)] + [good(site, 计薪单价="面议")]
    address = upload(clerk, wrong).headers["Location"]

    told = clerk.get(address).text.split('class="remark-sorts"')[1].split("</details>")[0]
    assert [told.count(word) for word in ("手机号码 ·", "计薪单价 ·")] == [1, 1]
    assert told.index("3 行") < told.index("1 行")
    chosen = re.search(r'href="([^"]*sort=1[^"]*)"', told).group(1).replace("&amp;", "&")
    table = clerk.get(chosen).text.split("<tbody>")[1]
    assert table.split("</tbody>")[0].count("<tr>") == 3
    assert "面议" not in table
    assert clerk.get(f"{address}?kind=error&sort=99&page=0").status_code == 200


def test_remarks_that_differ_in_quoted_words_and_numbers_alone_are_of_one_sort():
    said = [
        {"row": 2, "column": "班组名称", "message": "没有班组“一班”，最多3字"},
        {"row": 3, "column": "班组名称", "message": "请填写班组名称"},
        {"row": 4, "column": "班组名称", "message": "没有班组“二班”，最多30字"},
        {"row": 5, "column": "所属班组", "message": "没有班组“二班”，最多30字"},
    ]

    assert [[one["row"] for one in sort] for sort in alike(said)] == [[2, 4], [3], [5]]


def test_an_import_is_taken_back_from_its_page(clerk, site, system):
    address = upload(clerk, [good(site)]).headers["Location"]
    clerk.post(f"{address}/confirm", data={"wanted": "ALL"})
    assert "回滚导入" in clerk.get(address).text
    clerk.post(f"{address}/undo", data={"remark": "传错了"})
    page = clerk.get(address).text

    assert "已回滚" in page
    assert "回滚导入" not in page
    with system() as session:
        assert session.query(ProjectWorker).filter_by(is_deleted=False).count() == 0


def test_the_rows_that_hold_an_import_back_are_listed(clerk, site, system):
    row = good(site)
    address = upload(clerk, [row]).headers["Location"]
    clerk.post(f"{address}/confirm", data={"wanted": "ALL"})
    with system() as session:
        worker = session.query(ProjectWorker).one()
        attendance.record(
            session.get(Project, site["project"]),
            attendance.punch(worker, "in 07:00", date(2026, 11, 20)),
        )
    page = clerk.post(f"{address}/undo", data={"remark": "传错了"})

    assert page.status_code == 200
    assert f"第2行“{row['姓名']}”" in page.text
    assert "完成" in page.text


def test_a_large_import_is_taken_back_by_a_worker(clerk, site, system):
    lines = [good(site) for _n in range(AT_ONCE + 1)]
    address = upload(clerk, lines).headers["Location"]
    with system() as session:
        number = session.query(ImportJob.id).scalar()
        run_now(WORK, import_id=number, user_id=site["user"])
    clerk.post(f"{address}/confirm", data={"wanted": "ALL"})
    with system():
        run_now(WORK, import_id=number, user_id=site["user"])
    clerk.post(f"{address}/undo", data={"remark": "传错了"})
    assert "data-progress-url" in clerk.get(address).text
    with system() as session:
        run_now(WORK, import_id=number, user_id=site["user"], undo="传错了")
        assert session.query(ProjectWorker).filter_by(is_deleted=False).count() == 0


def test_a_second_click_on_import_changes_nothing(clerk, site, system):
    address = upload(clerk, [good(site)]).headers["Location"]
    for _click in range(2):
        clerk.post(f"{address}/confirm", data={"wanted": "ALL"})

    assert "完成" in clerk.get(address).text
    with system() as session:
        assert session.query(ProjectWorker).count() == 1


def test_a_reader_of_the_site_may_not_upload(site, signed_in, system):
    with system():
        official = enterprises.official()
    answer = upload(signed_in(official), [good(site)])

    assert answer.status_code in (302, 403)


def test_the_progress_bar_is_answered(clerk, site):
    address = upload(clerk, [good(site)]).headers["Location"]

    found = clerk.get(f"{address}/progress").json
    assert (found["percent"], found["done"], found["url"]) == (100, True, address)


def test_a_large_workbook_is_left_to_a_worker(clerk, site, system, app):
    lines = [good(site) for _n in range(AT_ONCE + 1)]
    address = upload(clerk, lines).headers["Location"]
    assert "data-progress-url" in clerk.get(address).text

    with system() as session:
        number = session.query(ImportJob.id).scalar()
        run_now(WORK, import_id=number, user_id=site["user"])
    assert re.search(rf">\s*{AT_ONCE + 1}\s*<", clerk.get(address).text)
    assert clerk.get(f"{address}/progress").json["done"] is True
