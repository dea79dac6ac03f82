"""T7: working times by workbook; taken back by writing 无效 about their punches."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from app.attendance import queries, services
from app.attendance.choices import CorrectionState, PunchState
from app.attendance.models import AttendanceDay, Correction, MonthLock, Punch
from app.core import clock, scope
from app.extensions import db
from app.imports.choices import ImportState
from app.imports.templates import Kind
from app.imports.templates.punches import punch_sheet
from app.roster.models import ProjectWorker
from tests.factories import attendance, projects, roster, wages
from tests.imports.templates.runs import imported, previewed, problems, said, taken
from tests.roster.conftest import NOON, build, principal_of

DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def site(work):
    found = build()
    found.worker = roster.worker(found.main_team)
    return found


@pytest.fixture
def gc(site):
    return principal_of(site.firm_user)


def line(worker, **cells):
    return {
        "姓名": worker.name, "证件号码": worker.id_number, "日期": "2026-11-20",
        "上班时间": "07:00", "下班时间": "18:00", "补录原因": "漏打卡", **cells,
    }  # fmt: skip


def values(worker, **more):
    return {
        "name": worker.name, "id_type": "01", "id_number": worker.id_number, "work_on": DAY,
        "in_time": time(7), "out_time": time(18), "reason": "missed_punch", **more,
    }  # fmt: skip


def corrections():
    return db.session.scalars(select(Correction).order_by(Correction.id)).all()


def day_of(worker, day=DAY):
    db.session.expire_all()
    return db.session.query(AttendanceDay).filter_by(worker_id=worker.id, work_on=day).one_or_none()


def states():
    rows = db.session.execute(select(Punch.id, Punch.project_id)).all()
    marks = queries.states_of({r.project_id for r in rows}, [r.id for r in rows])
    return [marks.get(r.id, (PunchState.VALID, ""))[0] for r in sorted(rows)]


def test_the_sheet_has_the_listed_columns_and_stars():
    columns = punch_sheet().columns

    assert [column.header for column in columns] == [
        "姓名", "证件类型", "证件号码", "班组名称", "日期", "上班时间", "下班时间", "补录原因",
        "说明",
    ]  # fmt: skip
    assert [column.header for column in columns if column.starred] == [
        "姓名", "证件号码", "日期", "上班时间", "下班时间", "补录原因",
    ]  # fmt: skip


def test_one_row_is_an_in_and_an_out_punch(site, gc):
    job = imported("T7", site.project, [line(site.worker)], gc)

    assert (job.state, job.imported) == (ImportState.DONE, 1)
    assert day_of(site.worker).seconds == int(9.5 * 3600)
    assert [p.direction for p in db.session.query(Punch).order_by(Punch.punched_at)] == ["01", "02"]
    assert {p.source for p in db.session.query(Punch)} == {"import"}


def test_rows_of_one_day_and_time_become_one_correction(site, gc):
    second, other = roster.worker(site.main_team), roster.worker(site.side_team)
    lines = [line(site.worker), line(second), line(other), line(second, 日期="2026-11-19")]
    imported("T7", site.project, lines, gc)

    assert [(row.worker_count, row.unit_id, row.work_on) for row in corrections()] == [
        (2, site.main.id, DAY), (1, site.side.id, DAY), (1, site.main.id, date(2026, 11, 19)),
    ]  # fmt: skip


def test_an_end_before_the_start_is_of_the_following_day(site, gc):
    imported("T7", site.project, [line(site.worker, 上班时间="19:00", 下班时间="05:00")], gc)

    assert corrections()[0].out_next_day is True
    assert day_of(site.worker).seconds > 0


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        pytest.param({"日期": "2026-11-23"}, "日期", id="tomorrow"),
        pytest.param({"日期": "2026-11-22"}, "下班时间", id="an end that is still to come"),
        pytest.param({"日期": "2026-02-01"}, "日期", id="before the entry"),
        pytest.param({"上班时间": "06:00", "下班时间": "05:30"}, "下班时间", id="over 18 hours"),
        pytest.param({"上班时间": "早上"}, "上班时间", id="no time"),
        pytest.param({"补录原因": "其他"}, "说明", id="other without words"),
        pytest.param({"补录原因": "睡过头"}, "补录原因", id="no reason"),
        pytest.param({"证件号码": "440703198504120002"}, "证件号码", id="nobody here"),
        pytest.param({"班组名称": "木工班"}, "班组名称", id="another team"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_and_the_other_row_passes(site, gc, cells, column):
    second = roster.worker(site.main_team)
    job = previewed("T7", site.project, [line(site.worker, **cells), line(second)], gc)

    assert (2, column, "error") in problems(job)
    assert (job.passed, job.failed, corrections()) == (1, 1, [])


def test_a_locked_month_is_refused_as_the_form_does(site, gc):
    db.session.add(MonthLock(project_id=site.project.id, month="2026-10"))
    db.session.flush()
    job = previewed("T7", site.project, [line(site.worker, 日期="2026-10-20")], gc)

    assert problems(job)[0] == (2, "日期", "error")
    assert "已锁定" in said(job)


def test_times_that_overlap_others_or_each_other_are_refused(site, gc):
    second = roster.worker(site.main_team)
    imported("T7", site.project, [line(second)], gc)
    job = previewed(
        "T7", site.project,
        [line(second, 上班时间="08:00", 下班时间="17:00"), line(site.worker),
         line(site.worker, 上班时间="12:00", 下班时间="19:00")], gc,
    )  # fmt: skip

    assert {row for row, _c, level in problems(job) if level == "error"} == {2, 4}


def test_the_same_workbook_twice_changes_nothing(site, gc):
    imported("T7", site.project, [line(site.worker)], gc)
    run = taken("T7", site.project, [values(site.worker)], gc)

    assert run.taken[0].kind is Kind.UNCHANGED
    assert len(corrections()) == 1


def test_another_name_is_taken_and_marked(site, gc):
    job = imported("T7", site.project, [line(site.worker, 姓名="别的名字")], gc)
    db.session.expire_all()

    assert job.imported == 1
    assert db.session.get(ProjectWorker, site.worker.id).conflicted is True


def test_a_proof_no_sheet_can_bring_is_made_up_for_later(site, gc):
    imported("T7", site.project, [line(site.worker, 日期="2026-11-10")], gc)
    row = corrections()[0]
    assert (row.state, row.incomplete) == (CorrectionState.APPROVED, True)
    assert clock.local(row.complete_by).date() == date(2026, 11, 26)

    with scope.act_as(gc):
        services.add_proof(row, {"proof": [projects.stored_file(gc.user_id)]}, actor=gc)
    assert (row.incomplete, row.complete_by, len(row.proof)) == (False, None, 1)


def test_what_a_subcontractor_enters_waits_for_the_general_contractor(site):
    sub = principal_of(site.sub_user)
    own = roster.worker(site.side_team)
    job = previewed("T7", site.project, [line(site.worker), line(own)], sub)
    assert {row for row, _c, level in problems(job) if level == "error"} == {2}

    imported("T7", site.project, [line(own)], sub)
    assert [row.state for row in corrections()] == [CorrectionState.PENDING]
    assert day_of(own) is None


def test_more_than_thirty_days_back_waits_for_the_district(site, gc):
    imported("T7", site.project, [line(site.worker, 日期="2026-10-01")], gc)

    assert corrections()[0].state is CorrectionState.DISTRICT


# --- taken back -----------------------------------------------------------------------------------


def test_an_undo_writes_void_and_the_hours_are_gone(site, gc):
    run = taken("T7", site.project, [values(site.worker)], gc)
    assert run.dependants() == []
    run.undo()

    assert corrections()[0].state is CorrectionState.UNDONE
    assert states() == [PunchState.VOID, PunchState.VOID]
    assert day_of(site.worker) is None
    assert db.session.query(Punch).count() == 2


def test_a_lone_punch_the_correction_replaced_counts_again(site, gc):
    attendance.record(site.project, attendance.punch(site.worker, "in 07:05", DAY))
    assert day_of(site.worker).missing_count == 1
    run = taken("T7", site.project, [values(site.worker)], gc)
    assert day_of(site.worker).missing_count == 0
    run.undo()

    day = day_of(site.worker)
    assert (day.missing_count, day.seconds) == (1, 0)
    assert sorted(state.name for state in states()) == ["VALID", "VOID", "VOID"]


def test_after_an_undo_the_same_workbook_counts_again(site, gc):
    run = taken("T7", site.project, [values(site.worker)], gc)
    run.undo()
    taken("T7", site.project, [values(site.worker)], gc)

    assert day_of(site.worker).seconds == int(9.5 * 3600)


def test_a_waiting_correction_is_taken_back_too(site):
    sub = principal_of(site.sub_user)
    own = roster.worker(site.side_team)
    run = taken("T7", site.project, [values(own)], sub)
    run.undo()

    assert corrections()[0].state is CorrectionState.UNDONE
    assert db.session.query(Punch).count() == 0


def test_a_locked_month_a_payroll_and_a_decision_stand_against_the_undo(site, gc):
    sub = principal_of(site.sub_user)
    own, paid = roster.worker(site.side_team), roster.worker(site.main_team)
    run = taken("T7", site.project, [values(own)], sub)
    with clock.frozen(NOON + timedelta(minutes=5)), scope.act_as(gc):
        services.decide_correction(corrections()[0], "approve", actor=gc)
    assert len(run.dependants()) == 1

    october = taken("T7", site.project, [values(paid, work_on=date(2026, 10, 30))], gc)
    assert october.dependants() == []
    wages.payroll([paid], "2026-10")
    assert "2026-10已编制工资单" in october.dependants()[0]
    db.session.add(MonthLock(project_id=site.project.id, month="2026-10"))
    db.session.flush()
    assert "2026-10考勤已锁定" in october.dependants()[0]


def test_rows_of_one_correction_are_named_once(site, gc):
    second = roster.worker(site.main_team)
    run = taken("T7", site.project, [values(site.worker), values(second)], gc)
    db.session.add(MonthLock(project_id=site.project.id, month="2026-11"))
    db.session.flush()

    assert len(run.dependants()) == 1
