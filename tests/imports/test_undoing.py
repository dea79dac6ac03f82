"""An import is taken back whole, as long as nothing depends on it."""

from datetime import date

import pytest
from sqlalchemy import text

from app.core import clock, scope
from app.core.errors import IllegalMove, NotAllowed, Refusal
from app.core.states import RemarkMissing, history
from app.imports import services
from app.imports.choices import ImportState, Wanted
from app.imports.errors import Depended
from app.roster.choices import StayState
from app.roster.models import Movement, ProjectWorker
from tests.factories import attendance, enterprises, roster
from tests.imports.steps import imported, principal, taken

WHY = "表格用错了"


@pytest.fixture
def done(acting, site, good):
    """Give an import of three workers that is finished."""
    return imported(
        taken(site, [good(), good(), good(工资卡号="6222021234567890128")], acting), acting
    )


def live(work):
    return work.query(ProjectWorker).filter_by(is_deleted=False).count()


def test_what_was_imported_is_off_the_roster_again(acting, done, work):
    services.undo_import(done, WHY, actor=acting)

    assert done.state is ImportState.UNDONE
    assert live(work) == 0
    assert work.query(Movement).filter_by(is_deleted=False).count() == 0
    assert [(one.verb, one.remark) for one in history(done)][-1] == ("undo", WHY)


def test_the_same_workbook_can_be_imported_again(acting, site, good, work):
    row = good(
        工资卡号="6222021234567890128", 工资卡银行="中国工商银行", 账户类型="借记卡",
        开户支行="江门",
    )  # fmt: skip
    first = imported(taken(site, [row], acting), acting)
    services.undo_import(first, WHY, actor=acting)
    again = imported(taken(site, [row], acting), acting)

    assert (again.state, again.warned, live(work)) == (ImportState.DONE, 0, 1)


def test_it_is_taken_back_once(acting, done):
    services.undo_import(done, WHY, actor=acting)
    with pytest.raises(IllegalMove):
        services.undo_import(done, WHY, actor=acting)


def test_a_reason_is_asked_for(acting, done, work):
    with pytest.raises(RemarkMissing):
        services.undo_import(done, " ", actor=acting)
    assert live(work) == 3


def test_a_draft_completed_by_the_sheet_becomes_that_draft_again(acting, site, team, good, work):
    with scope.act_as(scope.SYSTEM):
        draft = roster.worker(team, state=StayState.DRAFT, entry_on=None, mobile="13700137000")
    row = good(姓名=draft.name, 证件号码=draft.id_number, 手机号码="13800138000", 住址="建设路1号")
    job = taken(site, [row], acting)
    assert services.findings_of(job)["updated"] == 1
    imported(job, acting)
    assert (draft.state, draft.mobile) == (StayState.ON_SITE, "13800138000")
    services.undo_import(job, WHY, actor=acting)

    assert (draft.state, draft.mobile, draft.address) == (StayState.DRAFT, "13700137000", None)
    assert (draft.entry_on, draft.is_deleted, draft.incomplete) == (None, False, False)


def test_a_team_is_led_again_by_whom_it_named_before(acting, site, team, good):
    with scope.act_as(scope.SYSTEM):
        draft = roster.worker(
            team, state=StayState.DRAFT, entry_on=None, is_team_leader=True, name=team.leader_name,
            id_number=team.leader_id_number,
        )  # fmt: skip
    before = team.leader_name
    job = imported(taken(site, [good(是否班组长="是")], acting), acting)
    assert team.leader_name != before
    services.undo_import(job, WHY, actor=acting)

    assert (team.leader_name, draft.is_team_leader) == (before, True)


def test_a_later_exit_holds_it_back_and_nothing_is_undone(acting, site, done, work):
    worker = work.query(ProjectWorker).order_by(ProjectWorker.id).first()
    work.add(
        Movement(project_id=site.id, worker_id=worker.id, unit_id=worker.unit_id,
                 team_id=worker.team_id, kind="EXIT", moved_on=clock.today())
    )  # fmt: skip
    work.flush()
    with pytest.raises(Depended) as refused:
        services.undo_import(done, WHY, actor=acting)

    assert refused.value.sentences == [f"第2行“{worker.name}”：进退场（1条）"]
    assert (done.state, live(work)) == (ImportState.DONE, 3)


def test_a_punch_holds_it_back(acting, site, done, work):
    worker = work.query(ProjectWorker).order_by(ProjectWorker.id.desc()).first()
    with scope.act_as(scope.SYSTEM):
        attendance.record(site, attendance.punch(worker, "in 07:00", date(2026, 11, 20)))
    with pytest.raises(Depended) as refused:
        services.undo_import(done, WHY, actor=acting)

    assert "打卡" in refused.value.sentences[0]
    assert live(work) == 3


def test_what_somebody_has_corrected_since_is_not_thrown_away(acting, done, work):
    worker = work.query(ProjectWorker).first()
    worker.address = "建设路2号"
    work.flush()
    with pytest.raises(Depended) as refused:
        services.undo_import(done, WHY, actor=acting)

    assert refused.value.sentences == [f"第2行“{worker.name}”：导入后已被修改"]


def test_a_colleague_without_the_right_is_refused(acting, done, work):
    from dataclasses import replace

    reader = replace(acting, permissions=frozenset({("read", "imports")}))
    with scope.act_as(reader), pytest.raises(NotAllowed):
        services.undo_import(done, WHY, actor=reader)
    assert live(work) == 3


def test_a_colleague_who_keeps_the_whole_project_may_take_it_back(acting, site, done, work):
    with scope.act_as(scope.SYSTEM):
        from app.enterprises.models import Enterprise

        colleague = principal(enterprises.admin(work.get(Enterprise, site.general_contractor_id)))
    with scope.act_as(colleague):
        services.undo_import(done, WHY, actor=colleague)
    assert (done.state, live(work)) == (ImportState.UNDONE, 0)


def test_part_of_a_workbook_is_taken_back_too(acting, site, good, work):
    job = imported(taken(site, [good(), good(手机号码="1")], acting), acting, Wanted.GOOD)
    services.undo_import(job, WHY, actor=acting)

    assert (job.state, live(work)) == (ImportState.UNDONE, 0)


def test_what_it_wrote_is_encrypted(acting, done, work):
    with scope.act_as(scope.SYSTEM):
        stored = work.execute(
            text("select effects from import_sheet where job_id = :id"), {"id": done.id}
        ).scalar_one()
    assert stored.startswith("v1:")


def test_an_import_that_wrote_nothing_cannot_be_taken_back(acting, site, good):
    job = taken(site, [good()], acting)
    with pytest.raises(Refusal):
        services.undo_import(job, WHY, actor=acting)
    assert job.state is ImportState.PREVIEWED
