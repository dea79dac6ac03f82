"""A workbook on its way onto the roster: refused, previewed, imported, repaired."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from app.core import scope, settings
from app.core.errors import IllegalMove
from app.core.sheets import SheetUnreadable, read
from app.enterprises.models import Enterprise
from app.extensions import db
from app.imports import services
from app.imports.choices import ImportState, Wanted
from app.imports.errors import Depended, NotAllPass, NothingPasses
from app.imports.models import ImportBook, ImportJob, ImportSheet
from app.imports.templates.workers import worker_sheet
from app.roster import queries
from app.roster.models import ProjectWorker
from app.roster.services import edit_worker
from tests.factories import enterprises, people, projects, roster
from tests.factories.imports import line, workers
from tests.imports.steps import imported, principal, taken


def problems(job):
    return [(p["row"], p["column"], p["level"]) for p in services.findings_of(job)["problems"]]


def on_roster():
    return db.session.query(ProjectWorker).count()


def test_a_good_workbook_is_previewed_and_nothing_is_written(acting, site, good):
    job = taken(site, [good(), good()], acting)

    assert (job.state, job.total, job.passed, job.failed) == (ImportState.PREVIEWED, 2, 2, 0)
    assert services.findings_of(job)["created"] == 2
    assert on_roster() == 0


def test_a_confirmed_workbook_stands_on_the_roster(acting, site, unit, team, good):
    row = good(工种="钢筋工", 计薪单价=350.5, 工伤保险="是", 证件有效期止="长期")
    job = taken(site, [row], acting)

    services.run_import(services.confirm_import(job, Wanted.ALL, actor=acting), actor=acting)

    worker = db.session.query(ProjectWorker).one()
    assert (job.state, job.imported) == (ImportState.DONE, 1)
    assert (worker.name, worker.id_number) == (row["姓名"], row["证件号码"])
    assert (worker.team_id, worker.unit_id, worker.source) == (team.id, unit.id, "import")
    assert (worker.entry_on, worker.work_type) == (date(2026, 11, 1), "020")


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        pytest.param({"证件号码": "440703198504120003"}, "证件号码", id="check digit"),
        pytest.param({"证件号码": ""}, "证件号码", id="missing"),
        pytest.param({"手机号码": "123"}, "手机号码", id="mobile"),
        pytest.param({"进场日期": "2027-06-01"}, "进场日期", id="far ahead"),
        pytest.param({"进场日期": "昨天"}, "进场日期", id="no date"),
        pytest.param({"工种": "厨师"}, "工种", id="no trade"),
        pytest.param({"班组名称": "没有的班"}, "班组名称", id="no team"),
        pytest.param({"所属单位统一社会信用代码": "1"}, "所属单位统一社会信用代码", id="no code"),
        pytest.param({"计薪单价": "很多"}, "计薪单价", id="no amount"),
        pytest.param({"证件类型": "护照", "证件号码": "E12345678"}, "性别", id="a passport's sex"),
        pytest.param(
            {"合同开始日期": "2026-05-01", "合同结束日期": "2026-04-01"}, "合同结束日期", id="order"
        ),
    ],
)
def test_a_wrong_cell_is_named_and_the_other_row_passes(acting, site, cells, column, good):
    job = taken(site, [good(**cells), good()], acting)

    assert (2, column, "error") in problems(job)
    assert (job.passed, job.failed) == (1, 1)


def test_the_same_number_twice_in_one_workbook_is_named(acting, site, good):
    first = good()
    job = taken(site, [first, good(证件号码=first["证件号码"]), good()], acting)

    assert [one for one in problems(job) if one[2] == "error"] == [(3, "证件号码", "error")]


def test_a_roster_uploaded_again_is_unchanged_completed_or_elsewhere(acting, site, unit, good):
    with scope.act_as(scope.SYSTEM):
        other = line(unit, roster.team(unit))
    rows = [good(), good(), good(), other]
    imported(taken(site, rows, acting), acting)
    same, filled, renamed, moved = rows
    filled |= {"民族": "汉", "手机号码": "13912345678"}
    moved |= {"班组名称": same["班组名称"]}
    renamed["姓名"] = "另一人"
    job = taken(site, [same, filled, renamed, moved, good()], acting)

    found = services.findings_of(job)
    assert [one[:2] for one in found["plan"]] == [
        [2, "UNCHANGED"], [3, "UPDATED"], [4, "UPDATED"], [6, "CREATED"]
    ]  # fmt: skip
    assert [one for one in problems(job) if one[2] == "error"] == [(5, "班组名称", "error")]
    assert (4, "姓名", "warning") in problems(job)
    imported(job, acting, Wanted.GOOD)
    assert (job.state, job.imported, job.unchanged) == (ImportState.PARTLY, 3, 1)
    worker = queries.live_stay(site, "01", filled["证件号码"])
    assert (worker.nation, worker.mobile, worker.name) == ("01", "13912345678", filled["姓名"])
    assert "更新 2 行" in job.outcome


def test_an_update_is_taken_back_whole_and_refused_once_somebody_changed_the_row(
    acting, site, good
):
    row = good()
    imported(taken(site, [row], acting), acting)
    worker = queries.live_stay(site, "01", row["证件号码"])
    before = (worker.mobile, worker.address, worker.bank_card_no, worker.contract_no)
    more = row | {"手机号码": "13912345678", "住址": "新址1号", "工资卡号": "6222021234567890128",
                  "合同编号": "HT-7", "签订日期": "2026-11-01"}  # fmt: skip
    services.undo_import(imported(taken(site, [more], acting), acting), "传错了", actor=acting)
    assert (worker.mobile, worker.address, worker.bank_card_no, worker.contract_no) == before
    assert not worker.is_deleted

    job = imported(taken(site, [more], acting), acting)
    edit_worker(worker, {"remark": "改过"}, actor=acting)
    with pytest.raises(Depended) as refused:
        services.undo_import(job, "传错了", actor=acting)
    assert row["姓名"] in refused.value.sentences[0]


def test_a_team_of_another_enterprise_is_no_team_of_the_unit(acting, site, unit, team):
    with scope.act_as(scope.SYSTEM):
        other = projects.project(enterprises.enterprise())
        foreign = roster.team(projects.general_contractor_unit(other), name="他人班组")

    job = taken(site, [line(unit, foreign)], acting)
    assert problems(job)[0] == (2, "班组名称", "error")


def test_a_subcontractor_imports_into_its_own_unit_only(site, unit, team, good):
    sub = enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
    own = projects.unit(site, sub)
    own_team = roster.team(own)
    actor = principal(enterprises.admin(sub))
    with scope.act_as(actor):
        job = taken(site, [good(), line(own, own_team)], actor)

        assert problems(job)[0] == (2, "所属单位统一社会信用代码", "error")
        assert (job.passed, job.unit_id) == (1, own.id)


def test_all_or_nothing_refuses_while_a_row_is_wrong(acting, site, good):
    job = taken(site, [good(), good(手机号码="1")], acting)

    with pytest.raises(NotAllPass):
        services.confirm_import(job, Wanted.ALL, actor=acting)
    assert on_roster() == 0


def test_the_good_rows_alone_are_imported_and_the_wrong_ones_kept(acting, site, good):
    bad = good(手机号码="1")
    job = taken(site, [good(), bad], acting)
    services.run_import(services.confirm_import(job, Wanted.GOOD, actor=acting), actor=acting)

    assert (job.state, job.imported, job.failed) == (ImportState.PARTLY, 1, 1)
    assert on_roster() == 1
    page = load_workbook(BytesIO(services.wrong_workbook(job))).worksheets[0]
    assert page.max_row == 3
    assert page["E3"].value == bad["证件号码"]
    assert page["F3"].fill.fgColor.rgb == "FFFFC7CE"
    assert page["F3"].comment is not None


def test_the_repaired_workbook_is_read_again_and_only_its_rows_count(acting, site, good):
    job = taken(site, [good(), good(手机号码="1")], acting)
    services.run_import(services.confirm_import(job, Wanted.GOOD, actor=acting), actor=acting)
    book = load_workbook(BytesIO(services.wrong_workbook(job)))
    book.worksheets[0]["F3"].value = "13800138000"
    target = BytesIO()
    book.save(target)
    target.seek(0)

    again = services.start_import("T3", site, target, "修改.xlsx", actor=acting)
    services.check_import(again, actor=acting)
    assert (again.total, again.passed, again.unchanged, again.failed) == (2, 2, 1, 0)
    assert [p[1] for p in services.findings_of(again)["plan"]] == ["UNCHANGED", "CREATED"]
    services.run_import(services.confirm_import(again, Wanted.ALL, actor=acting), actor=acting)
    assert (again.state, again.imported, on_roster()) == (ImportState.DONE, 1, 2)


def test_what_changed_since_the_preview_is_checked_again(acting, site, unit, good):
    row = good()
    job = taken(site, [row, good()], acting)
    with scope.act_as(scope.SYSTEM):
        roster.worker(roster.team(unit), id_number=row["证件号码"])
    before = on_roster()
    services.run_import(services.confirm_import(job, Wanted.ALL, actor=acting), actor=acting)

    assert (job.state, job.imported, on_roster()) == (ImportState.FAILED, 0, before)


def test_a_workbook_of_wrong_rows_cannot_be_confirmed(acting, site, good):
    job = taken(site, [good(手机号码="1")], acting)

    with pytest.raises(NothingPasses):
        services.confirm_import(job, Wanted.GOOD, actor=acting)


def test_an_import_is_confirmed_once(acting, site, good):
    job = taken(site, [good()], acting)
    services.run_import(services.confirm_import(job, Wanted.ALL, actor=acting), actor=acting)

    with pytest.raises(IllegalMove):
        services.confirm_import(job, Wanted.ALL, actor=acting)


def test_a_luhn_failure_is_a_warning_that_passes(acting, site, good):
    job = taken(site, [good(工资卡号="6222021234567890123")], acting)

    assert (job.passed, job.warned, job.failed) == (1, 1, 0)


def test_a_name_that_differs_from_the_known_one_is_taken_with_a_warning(acting, site, team, good):
    known = people.person()
    with scope.act_as(scope.SYSTEM):
        elsewhere = projects.project(enterprises.enterprise())
        roster.worker(
            roster.team(projects.general_contractor_unit(elsewhere)),
            name="王小明", id_number=known.id_number,
        )  # fmt: skip
    job = taken(site, [good(姓名="李大力", 证件号码=known.id_number)], acting)

    assert (job.passed, job.warned, job.failed) == (1, 1, 0)


@pytest.mark.parametrize(("key", "value"), [("imports.max_rows", 1), ("imports.max_megabytes", 1)])
def test_the_limits_are_settings(acting, site, key, value, good):
    with scope.act_as(scope.SYSTEM):
        settings.change(key, value)
    content = workers([good(), good()])
    if key.endswith("megabytes"):
        content += b"\0" * 1024 * 1024

    with pytest.raises(SheetUnreadable):
        services.start_import("T3", site, BytesIO(content), "x.xlsx", actor=acting)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"MZ\x90", b"name,id\n1,2\n"])
def test_what_is_no_workbook_leaves_no_import(acting, site, content):
    with pytest.raises(SheetUnreadable):
        services.start_import("T3", site, BytesIO(content), "x.xlsx", actor=acting)
    assert db.session.query(ImportJob).count() == 0


def test_the_rows_are_encrypted_in_the_database_and_out_of_the_audit(acting, site, good):
    row = good()
    job = taken(site, [row], acting)

    with scope.act_as(scope.SYSTEM):
        stored = db.session.execute(
            text("select rows || coalesce(findings, '') from import_sheet where job_id = :id"),
            {"id": job.id},
        ).scalar_one()
        audited = db.session.scalar(
            text("select count(*) from audit_entry where coalesce(before::text, '')"
                 " || coalesce(after::text, '') like :part"),
            {"part": f"%{row['证件号码']}%"},
        )  # fmt: skip
    assert row["证件号码"] not in stored
    assert row["姓名"] not in stored
    assert audited == 0


def test_imported_persons_are_forgotten_by_the_import(acting, site, good):
    job = taken(site, [good()], acting)
    services.run_import(services.confirm_import(job, Wanted.ALL, actor=acting), actor=acting)

    assert services.kept(job)["rows"] == []


def test_a_colleague_who_keeps_the_project_sees_the_import_but_not_its_rows(acting, site, good):
    job = taken(site, [good()], acting)
    firm = db.session.get(Enterprise, site.general_contractor_id)
    with scope.act_as(scope.SYSTEM):
        colleague = principal(enterprises.admin(firm))

    with scope.act_as(colleague):
        db.session.expunge_all()
        assert db.session.get(ImportJob, job.id) is not None
        for model in (ImportSheet, ImportBook):
            assert db.session.query(model).filter_by(job_id=job.id).count() == 0


def test_an_import_of_one_unit_is_none_of_another_units_business(acting, site, good):
    job = taken(site, [good()], acting)
    with scope.act_as(scope.SYSTEM):
        sub = enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
        projects.unit(site, sub)
        stranger = principal(enterprises.admin(sub))

    with scope.act_as(stranger):
        db.session.expunge_all()
        assert db.session.get(ImportJob, job.id) is None


def test_the_template_offers_the_teams_of_the_project(acting, site, unit, team):
    offered = worker_sheet(site).lists

    assert offered["班组名称"] == [team.name]
    assert offered["所属单位统一社会信用代码"] == [unit.credit_code]


def test_a_thousand_rows_are_read_in_one_go(acting, site, good):
    content = workers([good() for _n in range(1000)])

    assert len(read(worker_sheet(site), content, most=1000).rows) == 1000
