"""T4: posts by workbook, with their stays and logins; taken back while nobody needs them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core import clock, scope
from app.extensions import db
from app.identity.models import Account, SiteAccess
from app.imports.choices import ImportState, Wanted
from app.imports.templates import Kind
from app.imports.templates.staff import staff_sheet
from app.roster import services
from app.roster.choices import StaffKind, StaffState, StayState
from app.roster.models import ProjectWorker, StaffMember
from app.roster.receivers import draft_project_staff
from tests.factories import numbered, people, roster
from tests.imports.templates.runs import imported, previewed, problems, said, taken
from tests.roster.conftest import build, principal_of

LISTED = [
    "人员类别", "岗位", "所属单位统一社会信用代码", "姓名", "证件类型", "证件号码", "手机号码",
    "到岗日期", "国籍/地区", "性别", "出生日期", "民族", "住址", "证书类型", "岗位证书编号",
    "证书有效期至", "登录账号",
]  # fmt: skip


@pytest.fixture
def site(work):
    return build()


@pytest.fixture
def gc(site):
    return principal_of(site.firm_user)


def line(unit, kind="管理技术人员", post="项目技术负责人", **cells):
    human = people.person()
    return {
        "人员类别": kind, "岗位": post, "所属单位统一社会信用代码": unit.credit_code,
        "姓名": human.name, "证件号码": human.id_number, "手机号码": human.mobile,
        "到岗日期": "2026-11-01", **cells,
    }  # fmt: skip


def staff():
    return db.session.scalars(
        select(StaffMember).where(StaffMember.is_deleted.is_(False)).order_by(StaffMember.id)
    ).all()


def values(unit, post="1011", **more):
    return roster.staff_values(unit, post, staff_kind=StaffKind.MANAGER, **more)


def test_the_sheet_has_the_listed_columns_and_stars():
    columns = staff_sheet().columns

    assert [column.header for column in columns] == LISTED
    assert [column.header for column in columns if column.starred] == [
        "人员类别", "岗位", "所属单位统一社会信用代码", "姓名", "证件号码", "手机号码", "到岗日期",
    ]  # fmt: skip


def test_both_kinds_are_put_on_their_posts_with_their_stays(site, gc):
    first, second = line(site.main), line(site.side, "现场专业人员", "施工员")
    job = imported("T4", site.project, [first, second], gc)

    rows = staff()
    assert (job.state, job.imported) == (ImportState.DONE, 2)
    assert [(r.name, r.staff_kind, r.post, r.unit_id, r.state, r.source) for r in rows] == [
        (first["姓名"], StaffKind.MANAGER, "1011", site.main.id, StaffState.ON_SITE, "import"),
        (second["姓名"], StaffKind.SPECIALIST, "1", site.side.id, StaffState.ON_SITE, "import"),
    ]
    assert all(db.session.get(ProjectWorker, r.worker_id).work_role == "10" for r in rows)
    assert all(r.incomplete for r in rows)


def test_two_people_on_a_post_for_one_are_told_at_the_post(site, gc):
    rows = [line(site.main, post="项目经理"), line(site.main, post="项目经理")]
    job = previewed("T4", site.project, rows, gc)

    assert problems(job)[:1] == [(3, "岗位", "error")]
    assert "项目经理”只能有一名" in said(job)
    assert (job.passed, job.failed) == (1, 1)


def test_the_same_person_twice_on_a_post_is_told_at_the_number(site, gc):
    row = line(site.main)
    job = previewed("T4", site.project, [row, row], gc)

    assert problems(job) == [(3, "证件号码", "error")]


def test_a_row_in_error_does_not_hold_a_post(site, gc):
    rows = [line(site.main, "现场专业人员", "项目经理"), line(site.main, post="项目经理")]
    job = previewed("T4", site.project, rows, gc)

    assert problems(job) == [(2, "岗位", "error")]
    assert (job.passed, job.failed) == (1, 1)


def test_what_only_the_writing_of_a_row_finds_out_blocks_nobody_behind_it(site, gc):
    present = roster.worker(site.main_team)
    there = line(site.side, post="项目经理", 证件号码=present.id_number, 姓名=present.name)
    job = previewed("T4", site.project, [there, line(site.side, post="项目经理")], gc)

    assert [(row, level) for row, _column, level in problems(job)] == [(2, "error")]


def test_a_preview_writes_nothing(site, gc):
    job = previewed("T4", site.project, [line(site.main, 登录账号=numbered("tech"))], gc)

    assert (job.state, job.passed, staff()) == (ImportState.PREVIEWED, 1, [])
    assert db.session.query(SiteAccess).count() == 0


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        pytest.param({"人员类别": "现场专业人员"}, "岗位", id="a post of the other kind"),
        pytest.param({"岗位": "厨师"}, "岗位", id="no post"),
        pytest.param({"人员类别": "工人"}, "人员类别", id="no kind"),
        pytest.param({"人员类别": ""}, "人员类别", id="no kind at all"),
        pytest.param({"证件号码": "440703198504120003"}, "证件号码", id="check digit"),
        pytest.param({"手机号码": "1"}, "手机号码", id="mobile"),
        pytest.param({"登录账号": "1x"}, "登录账号", id="sign-in name"),
        pytest.param(
            {"所属单位统一社会信用代码": "91440700MA4UK0QX9E"}, "所属单位统一社会信用代码",
            id="unit",
        ),
        pytest.param({"到岗日期": "2027-05-01"}, "到岗日期", id="far ahead"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_and_the_other_row_passes(site, gc, cells, column):
    job = previewed("T4", site.project, [line(site.main, **cells), line(site.main)], gc)

    assert column in [c for row, c, level in problems(job) if (row, level) == (2, "error")]
    assert (job.passed, job.failed) == (1, 1)


def test_what_the_certificate_lacks_is_to_be_completed(site, gc):
    imported("T4", site.project, [line(site.main, post="项目经理")], gc)
    row = staff()[0]

    assert (row.state, row.incomplete) == (StaffState.ON_SITE, True)
    assert row.certificate_file is None


def test_a_second_manager_of_a_unit_is_refused_and_led_to_the_replacement(site, gc):
    lines = [line(site.main, post="项目经理"), line(site.main, post="项目经理")]
    job = previewed("T4", site.project, lines, gc)
    assert {row for row, _c, level in problems(job) if level == "error"} == {3}

    imported("T4", site.project, lines, gc, Wanted.GOOD)
    later = previewed("T4", site.project, [line(site.main, post="项目经理")], gc)
    assert "更换" in said(later)


def test_a_login_opens_with_its_first_password_given_once(site, gc):
    name = numbered("labour")
    run = taken("T4", site.project, [values(site.main, "labour_manager", username=name)], gc)
    once = run.taken[0].once

    assert once["登录用户名"] == name
    assert len(once["初始密码"]) == 12
    principal = principal_of(run.taken[0].row.user_id)
    assert principal.projects == (site.project.id,)
    assert ("write", "wages") in principal.permissions


def test_a_login_in_the_workbook_is_open_after_the_import(site, gc):
    name = numbered("labour")
    imported("T4", site.project, [line(site.main, post="劳资专管员", 登录账号=name)], gc)

    access = db.session.query(SiteAccess).filter_by(username=name).one()
    assert (access.project_id, access.active) == (site.project.id, True)


def test_the_same_workbook_twice_changes_nothing(site, gc):
    rows = [values(site.main), values(site.side, "1011", username=numbered("tech"))]
    taken("T4", site.project, rows, gc)
    again = taken("T4", site.project, rows, gc)

    assert [one.kind for one in again.taken] == [Kind.UNCHANGED, Kind.UNCHANGED]
    assert len(staff()) == 2


def test_a_known_person_gets_what_the_workbook_says_more(site, gc):
    first = values(site.main)
    taken("T4", site.project, [first], gc)
    run = taken("T4", site.project, [first | {"address": "建设路9号", "title_level": None}], gc)

    assert run.taken[0].kind is Kind.UPDATED
    assert run.taken[0].before["address"] is None
    assert staff()[0].address == "建设路9号"
    run.undo()
    assert (len(staff()), staff()[0].address, staff()[0].state) == (1, None, StaffState.ON_SITE)


def test_another_name_for_a_known_document_is_taken_and_marked(site, gc):
    present = roster.worker(site.main_team)
    job = imported(
        "T4", site.project,
        [line(site.main, 证件号码=present.id_number, 姓名="别的名字")], gc,
    )  # fmt: skip
    db.session.refresh(present)

    assert (job.imported, staff()[0].worker_id, present.conflicted) == (1, present.id, True)
    assert present.conflict["given"] == "别的名字"


def test_who_is_named_for_a_post_is_completed_and_becomes_a_draft_again(site, gc):
    draft_project_staff(project=site.project, actor=gc)
    draft = db.session.query(StaffMember).filter_by(post="labour_manager").one()
    row = values(
        site.main, "labour_manager", name=draft.name, id_number=draft.id_number,
        mobile=draft.mobile,
    )  # fmt: skip
    run = taken("T4", site.project, [row], gc)
    assert (run.taken[0].row.id, run.taken[0].kind, draft.state) == (
        draft.id, Kind.UPDATED, StaffState.ON_SITE,
    )  # fmt: skip
    worker = db.session.get(ProjectWorker, draft.worker_id)

    run.undo()
    assert (draft.state, draft.is_deleted, draft.worker_id) == (StaffState.DRAFT, False, None)
    assert worker.is_deleted is True


def test_an_undo_drops_posts_stays_and_the_project_of_their_logins(site, gc):
    run = taken(
        "T4", site.project,
        [values(site.main, username=numbered("tech")), values(site.side, "1011")], gc,
    )  # fmt: skip
    login = run.taken[0].row.user_id
    assert run.dependants() == []
    run.undo()

    assert staff() == []
    assert principal_of(login).projects == ()
    assert db.session.query(ProjectWorker).filter_by(is_deleted=False).count() == 0


def test_a_stay_that_was_there_before_outlives_the_undo(site, gc):
    worker = roster.worker(site.main_team)
    run = taken(
        "T4", site.project,
        [values(site.main, id_number=worker.id_number, name=worker.name)], gc,
    )  # fmt: skip
    run.undo()

    assert (worker.is_deleted, worker.state, staff()) == (False, StayState.ON_SITE, [])


def test_a_used_login_and_a_later_change_stand_against_the_undo(site, gc):
    used, changed, free = (
        values(site.main, username=numbered("tech")), values(site.side, "1011"), values(site.main),
    )  # fmt: skip
    run = taken("T4", site.project, [used, changed, free], gc)
    with scope.login_scope("test") as connection:
        connection.execute(
            update(Account).where(Account.id == run.taken[0].row.user_id).values(login_count=1)
        )
    with clock.frozen(clock.now() + timedelta(minutes=5)), scope.act_as(gc):
        services.edit_staff(run.taken[1].row, {"mobile": "13800138000"}, actor=gc)
    found = run.dependants()

    assert len(found) == 2
    assert used["name"] in "".join(found)
    assert changed["name"] in "".join(found)
    assert "登录账号已使用" in "".join(found)


def test_a_subcontractor_puts_people_on_posts_of_its_own_unit_only(site):
    sub = principal_of(site.sub_user)
    job = previewed("T4", site.project, [line(site.main), line(site.side)], sub)

    assert problems(job)[0] == (2, "所属单位统一社会信用代码", "error")
    assert job.passed == 1
