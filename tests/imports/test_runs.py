"""What stands about imports beside the wizard: their list, their file, the rows they wrote."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.core.audit import AuditEntry
from app.core.exports import Export
from app.core.jobs import run_now, runner
from app.core.unmasking import UnmaskRecord
from app.imports.jobs import AT_ONCE, WORK
from app.imports.models import ImportBook, ImportJob
from app.roster.models import ProjectWorker
from tests.factories import enterprises, projects, roster
from tests.factories.imports import line, workers

REASON = {"remark": "核对花名册原件"}


@pytest.fixture
def site(system):
    with system() as session:
        firm, sub, other = (enterprises.enterprise() for _n in range(3))
        project = projects.project(firm)
        unit, beside = projects.unit(project, sub), projects.unit(project, other)
        team = roster.team(unit)
        found = {
            "project": project.id, "name": project.name, "unit": unit, "team": team,
            "clerk": enterprises.admin(sub), "keeper": enterprises.admin(firm),
            "beside": enterprises.admin(other), "stranger": enterprises.admin(
                enterprises.enterprise()), "official": enterprises.official(),
            "elsewhere": enterprises.official(district="440783"), "other": roster.worker(team).id,
            "next": beside.id,
        }  # fmt: skip
        session.flush()
        for row in (unit, team):
            session.refresh(row)
        session.expunge_all()
    return found


@pytest.fixture
def at(site, signed_in):
    def sit(who):
        browser = signed_in(site[who])
        with browser.session_transaction() as session:
            session["project_id"] = site["project"]
        return browser

    return sit


def good(site, **cells):
    return line(site["unit"], site["team"], **cells)


def uploaded(browser, lines, name="十一月进场.xlsx"):
    with browser.application.app_context():
        content = workers(lines)
    answer = browser.post(
        "/imports/upload/T3", data={"file": (BytesIO(content), name)},
        content_type="multipart/form-data",
    )  # fmt: skip
    return answer.headers["Location"], content


def imported(browser, lines):
    address, content = uploaded(browser, lines)
    browser.post(f"{address}/confirm", data={"wanted": "ALL"})
    return address, content


def number_of(address):
    return int(address.rpartition("/")[2])


# --- the list -----------------------------------------------------------------------------------


def test_every_import_is_listed_with_who_uploaded_it_and_what_came_of_it(site, at):
    address, _content = imported(at("clerk"), [good(site), good(site)])

    page = at("keeper").get("/importrunview/list/").text
    row = page[page.index(f'href="{address}"') :]
    assert "十一月进场.xlsx" in row
    assert all(word in row for word in ("管理员", "T3 工人", "完成", site["name"]))
    assert address not in at("keeper").get("/importrunview/list/?project=999999").text
    assert address in at("keeper").get(f"/importrunview/list/?project={site['project']}").text
    assert address not in at("keeper").get("/importrunview/list/?mine=1").text


@pytest.mark.parametrize("who", ["stranger", "beside"])
def test_imports_of_others_are_not_listed(site, at, who):
    address, _content = imported(at("clerk"), [good(site)])

    page = at(who).get("/importrunview/list/").text
    assert address not in page
    assert "暂无导入记录" in page


def test_the_page_of_templates_names_who_uploaded(site, at):
    address, _content = imported(at("clerk"), [good(site)])

    page = at("clerk").get("/imports/").text
    assert "管理员" in page[page.index(f'href="{address}"') :][:600]
    assert 'href="/importrunview/list/"' in page


# --- thrown away ----------------------------------------------------------------------------------


def test_an_import_that_waits_is_thrown_away_with_its_file(site, at, system):
    clerk = at("clerk")
    address, _content = uploaded(clerk, [good(site)])
    assert f'action="{address}/discard"' in clerk.get(address).text
    clerk.post(f"{address}/discard")

    page = clerk.get(address).text
    assert "已放弃，未导入任何数据" in page
    assert 'name="wanted"' not in page
    assert address not in clerk.get("/imports/").text
    assert "已放弃" in clerk.get("/importrunview/list/").text
    assert "/original/" not in clerk.get("/importrunview/list/").text
    clerk.post(f"{address}/confirm", data={"wanted": "ALL"})
    with system() as session:
        job = session.query(ImportJob).one()
        assert (job.state.name, job.discarded) == ("FAILED", True)
        assert session.query(ImportBook).count() == 0
        assert session.query(ProjectWorker).filter(ProjectWorker.id != site["other"]).count() == 0


def test_one_that_wrote_something_is_not_thrown_away(site, at, system):
    clerk = at("clerk")
    address, _content = imported(clerk, [good(site)])
    clerk.post(f"{address}/discard")

    with system() as session:
        job = session.query(ImportJob).one()
        assert (job.state.name, job.discarded) == ("DONE", False)
        assert session.query(ImportBook).count() == 1
    assert at("keeper").post(f"{address}/discard").status_code == 404


# --- the file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["clerk", "keeper"])
def test_the_uploaded_file_is_opened_with_a_reason_and_the_look_is_recorded(site, at, system, who):
    address, content = imported(at("clerk"), [good(site)])
    page = at(who).get(address).text
    form = re.search(r'href="([^"]+)">下载原文件', page)[1]
    assert "予以记录" in at(who).get(form).text or "均予记录" in at(who).get(form).text
    answer = at(who).post(form, data=REASON)

    assert answer.data == content
    assert "attachment" in answer.headers["Content-Disposition"]
    with system() as session:
        look = session.query(UnmaskRecord).one()
        assert (look.table_name, look.row_id) == ("import_job", number_of(address))
        assert (look.user_id, look.reason) == (site[who], "核对花名册原件")
        assert look.project_id == site["project"]


def test_without_a_reason_the_file_stays_closed(site, at, system):
    address, _content = imported(at("clerk"), [good(site)])
    form = f"/importrunview/original/{number_of(address)}"
    answer = at("clerk").post(form, data={"remark": "看"}, follow_redirects=True)

    assert "不少于4个字" in answer.text
    with system() as session:
        assert session.query(UnmaskRecord).count() == 0


@pytest.mark.parametrize("who", ["stranger", "beside"])
def test_the_file_of_others_does_not_exist(site, at, who):
    address, _content = imported(at("clerk"), [good(site)])

    assert at(who).get(f"/importrunview/original/{number_of(address)}").status_code == 404
    assert (
        at(who).post(f"/importrunview/original/{number_of(address)}", data=REASON).status_code
        == 404
    )


def test_an_official_opens_it_from_the_audit_within_his_district(site, at, system):
    address, content = imported(at("clerk"), [good(site)])
    number = number_of(address)
    with system() as session:
        entry = (
            session.query(AuditEntry.id)
            .filter_by(table_name="project_worker", door="import", action="insert")
            .order_by(AuditEntry.id.desc())
            .limit(1)
            .scalar()
        )
    official = at("official")
    page = official.get(f"/auditview/show/{entry}").text
    assert f"第{number}号导入“十一月进场.xlsx”（管理员上传）" in page
    assert f'href="/importevidenceview/show/{number}"' in page
    shown = official.get(f"/importevidenceview/show/{number}").text
    assert "完成" in shown
    assert f"/importevidenceview/original/{number}" in shown
    sent = official.post(f"/importevidenceview/original/{number}", data=REASON)
    assert sent.data == content
    assert "核对花名册原件" in official.get("/lookview/list/").text

    other = at("elsewhere")
    assert other.get(f"/importevidenceview/show/{number}").status_code == 404
    assert other.post(f"/importevidenceview/original/{number}", data=REASON).status_code == 404


def test_the_changes_of_a_worker_name_the_import_he_came_by(site, at, system):
    address, _content = imported(at("clerk"), [good(site)])
    with system() as session:
        worker = session.query(ProjectWorker.id).filter(ProjectWorker.id != site["other"]).scalar()
    words = f"第{number_of(address)}号导入“十一月进场.xlsx”（管理员上传）"

    page = at("clerk").get(f"/workerview/show/{worker}?tab=changes").text
    assert f'<a href="{address}">{words}</a>' in page
    other = at("clerk").get(f"/workerview/show/{site['other']}?tab=changes").text
    assert words not in other


# --- the rows -----------------------------------------------------------------------------------


def test_the_imported_rows_are_those_of_the_import_alone(site, at):
    clerk, lines = at("clerk"), [good(site), good(site)]
    address, _content = imported(clerk, lines)
    number = number_of(address)
    assert f'href="/workerview/list/?run={number}"' in clerk.get(address).text

    page = clerk.get(f"/workerview/list/?run={number}").text
    assert all(one["姓名"] in page for one in lines)
    assert f"/workerview/show/{site['other']}" not in page
    assert "共 2 条" in page
    for who in ("stranger", "beside"):
        assert lines[0]["姓名"] not in at(who).get(f"/workerview/list/?run={number}").text
    assert "共 0 条" in clerk.get("/workerview/list/?run=abc").text


def test_each_row_of_the_result_leads_to_what_it_made(site, at, system):
    clerk, one = at("clerk"), good(site)
    address, _content = imported(clerk, [one])
    with system() as session:
        worker = session.query(ProjectWorker.id).filter(ProjectWorker.id != site["other"]).scalar()

    assert f'<a href="/workerview/show/{worker}">{one["姓名"]}</a>' in clerk.get(address).text
    clerk.post(f"{address}/undo", data={"remark": "传错了"})
    assert f"/workerview/show/{worker}" not in clerk.get(address).text


def test_a_name_that_differs_leads_to_the_correction_of_the_person(site, at, system):
    with system():
        away = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
        number = roster.worker(roster.team(away), name="张三锋").id_number
    clerk = at("clerk")
    address, _content = uploaded(clerk, [good(site, 姓名="李四", 证件号码=number)])
    page = clerk.get(f"{address}?kind=warning").text
    assert "张三锋" in page
    assert "导入后可在此申请人员信息更正" in page
    clerk.post(f"{address}/confirm", data={"wanted": "ALL"})
    with system() as session:
        worker = session.query(ProjectWorker.id).filter_by(name="李四").scalar()

    page = clerk.get(f"{address}?kind=warning").text
    link = f"/personcorrectionview/ask/{worker}"
    assert f'href="{link}"' in page
    assert clerk.get(link).status_code == 200


# --- the choice -----------------------------------------------------------------------------------


def buttons(page):
    return re.findall(r'name="wanted" value="(\w+)"( disabled)?', page)


@pytest.mark.parametrize(
    ("wrong", "right", "offered"),
    [
        pytest.param(0, 2, [("ALL", "")], id="all are right: one button"),
        pytest.param(1, 1, [("ALL", " disabled"), ("GOOD", "")], id="some are wrong: the choice"),
        pytest.param(2, 0, [], id="none is right: nothing to press"),
    ],
)
def test_only_buttons_that_do_something_are_offered(site, at, wrong, right, offered):
    clerk = at("clerk")
    rows = [good(site, 手机号码="1") for _n in range(wrong)] + [good(site) for _n in range(right)]
    address, _content = uploaded(clerk, rows)

    assert buttons(clerk.get(address).text) == offered


# --- long work ------------------------------------------------------------------------------------


def test_work_under_way_shows_its_end_by_itself_with_and_without_scripts(site, at, system):
    clerk = at("clerk")
    address, _content = uploaded(clerk, [good(site) for _n in range(AT_ONCE + 1)])
    page = clerk.get(address).text

    assert "data-progress-moves" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    with system():
        run_now(WORK, import_id=number_of(address), user_id=site["clerk"])
    page = clerk.get(address).text
    assert "refresh" not in page
    now = re.search(r'<li class="now" aria-current="step">(.*?)</li>', page, re.DOTALL)[1]
    assert "选择" in now


def test_the_marked_workbook_of_a_large_import_is_written_by_a_worker(site, at, system, app):
    clerk = at("clerk")
    rows = [good(site, 手机号码="1"), *[good(site) for _n in range(AT_ONCE)]]
    address, _content = uploaded(clerk, rows)
    with system():
        run_now(WORK, import_id=number_of(address), user_id=site["clerk"])
    page = clerk.get(f"{address}/wrong").headers["Location"]
    assert page.startswith("/exports/")
    assert "data-progress-moves" in clerk.get(page).text
    with system() as session:
        run = session.get(Export, number_of(page)).run_id
    runner.perform(app, run)
    ready = clerk.get(page).text
    assert "文件已生成" in ready
    assert not re.search(r"The file|Download the", ready)
    sheet = load_workbook(BytesIO(clerk.get(f"{page}/file").data)).worksheets[0]

    assert sheet["F2"].comment is not None
    assert sheet.max_row == AT_ONCE + 2
    assert at("keeper").get(f"{page}/file").status_code == 404
