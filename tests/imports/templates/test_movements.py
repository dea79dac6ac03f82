"""T5: entries and exits by workbook, and everything as before once they are taken back."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock, scope
from app.core.errors import Refusal
from app.extensions import db
from app.imports.choices import ImportState, Wanted
from app.imports.templates import Kind
from app.imports.templates.movements import movement_sheet
from app.roster import belonging, services
from app.roster.choices import MovementKind, StayState
from app.roster.models import Movement, ProjectWorker
from tests.factories import attendance, roster, wages
from tests.imports.templates.runs import imported, previewed, problems, said, taken
from tests.roster.conftest import build, principal_of

LISTED = [
    "姓名", "证件类型", "证件号码", "班组名称", "类型", "日期", "原因", "是否结清工资",
]  # fmt: skip
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def noon():
    """Stop the clock at noon of 2026-11-22."""
    with clock.frozen(datetime(2026, 11, 22, 12, tzinfo=clock.CHINA)):
        yield


@pytest.fixture
def site(work):
    return build()


@pytest.fixture
def gc(site):
    return principal_of(site.firm_user)


def line(worker, kind="退场", day="2026-11-20", **cells):
    return {
        "姓名": worker.name, "证件号码": worker.id_number, "班组名称": cells.pop("team", None)
        or worker.team.name, "类型": kind, "日期": day, **cells,
    }  # fmt: skip


def values(worker, kind=MovementKind.EXIT, day=date(2026, 11, 20), **more):
    return {"name": worker.name, "id_number": worker.id_number, "team": worker.team.name,
            "kind": kind, "moved_on": day, **more}  # fmt: skip


def enrolled(site, actor, **more):
    with scope.act_as(actor):
        [worker] = services.enrol_workers(
            site.project, [roster.whole_values(site.main_team, **more)], actor=actor
        )
    return worker


def stays_of(worker):
    db.session.expire_all()
    return db.session.scalars(
        select(ProjectWorker).where(
            ProjectWorker.project_id == worker.project_id,
            ProjectWorker.id_number_hash == worker.id_number_hash,
            ProjectWorker.is_deleted.is_(False),
        ).order_by(ProjectWorker.id)
    ).all()  # fmt: skip


def movements(worker):
    return [(m.kind, m.moved_on) for m in db.session.scalars(
        select(Movement).where(Movement.worker_id == worker.id, Movement.is_deleted.is_(False))
        .order_by(Movement.id)
    )]  # fmt: skip


def test_the_sheet_has_the_listed_columns_and_stars():
    columns = movement_sheet().columns

    assert [column.header for column in columns] == LISTED
    assert {column.header for column in columns if column.starred} == {
        "姓名", "证件号码", "班组名称", "类型", "日期",
    }  # fmt: skip


def test_exits_and_entries_are_recorded_by_document(site, gc):
    leaves, waits = enrolled(site, gc), roster.worker(site.main_team, state=StayState.DRAFT)
    comes_later = roster.worker(site.side_team, state=StayState.DRAFT, entry_on=None)
    lines = [
        line(leaves, 原因="辞工", 是否结清工资="是"),
        line(waits, "进场"),
        line(comes_later, "进场", "2026-12-07"),
    ]
    job = imported("T5", site.project, lines, gc)

    assert (job.state, job.imported) == (ImportState.DONE, 3), said(job)
    db.session.expire_all()
    assert (leaves.state, leaves.exit_reason) == (StayState.EXITED, "resigned")
    assert movements(leaves)[-1] == (MovementKind.EXIT, date(2026, 11, 20))
    assert (waits.state, waits.entry_on) == (StayState.ON_SITE, date(2026, 11, 20))
    assert (comes_later.state, comes_later.entry_on) == (StayState.EXPECTED, date(2026, 12, 7))


def test_who_left_enters_the_named_team_with_a_new_stay(site, gc):
    other = roster.team(site.main)
    left = roster.worker(site.main_team, state=StayState.EXITED, exit_on=date(2026, 10, 1))
    job = imported("T5", site.project, [line(left, "进场", team=other.name)], gc)

    assert job.state is ImportState.DONE, said(job)
    _former, stay = stays_of(left)
    assert (stay.state, stay.team_id, stay.entry_on) == (
        StayState.ON_SITE, other.id, date(2026, 11, 20),
    )  # fmt: skip


def test_what_is_wrong_is_named_by_row_and_column(site, gc):
    here, gone = roster.worker(site.main_team), roster.worker(site.main_team)
    stranger = roster.worker(site.far_team)
    unknown = {**line(here), "证件号码": "440703198504120003"}
    lines = [
        line(here, day="2026-11-23"),
        unknown,
        line(stranger, team=site.main_team.name),
        line(gone, team="没有这个班组"),
        line(gone, "进场", "2026-12-08"),
    ]
    job = previewed("T5", site.project, lines, gc)

    assert {(row, column) for row, column, _level in problems(job)} >= {
        (2, "日期"), (3, "证件号码"), (4, "证件号码"), (5, "班组名称"), (6, "日期"),
    }  # fmt: skip
    assert site.main_team.name in said(job)
    assert job.failed == 5


def test_good_rows_alone_are_recorded_where_the_user_says_so(site, gc):
    good, bad = roster.worker(site.main_team), roster.worker(site.main_team)
    lines = [line(good), line(bad, day="2026-11-23")]
    job = imported("T5", site.project, lines, gc, wanted=Wanted.GOOD)

    assert (job.imported, job.failed) == (1, 1)
    db.session.expire_all()
    assert (good.state, bad.state) == (StayState.EXITED, StayState.ON_SITE)


def test_another_name_is_a_data_conflict_and_the_row_is_taken(site, gc):
    worker = roster.worker(site.main_team)
    job = imported("T5", site.project, [{**line(worker), "姓名": "另有其人"}], gc)

    assert worker.name in said(job)
    db.session.expire_all()
    assert (worker.state, worker.conflict) == (
        StayState.EXITED, {"known": worker.name, "given": "另有其人"},
    )  # fmt: skip


def test_an_entry_on_record_changes_nothing(site, gc):
    worker = enrolled(site, gc)
    run = taken("T5", site.project, [values(worker, MovementKind.ENTRY, worker.entry_on)], gc)

    assert run.taken[0].kind is Kind.UNCHANGED
    assert len(movements(worker)) == 1


def test_an_exit_on_record_with_its_day_and_reason_changes_nothing(site, gc):
    worker, other = enrolled(site, gc), enrolled(site, gc)
    rows = [values(worker, reason="resigned"), values(other, reason="resigned")]
    taken("T5", site.project, rows[:1], gc)
    run = taken("T5", site.project, rows, gc)

    assert [one.kind for one in run.taken] == [Kind.UNCHANGED, Kind.CREATED]
    assert [kind for kind, _day in movements(worker)] == [MovementKind.ENTRY, MovementKind.EXIT]


@pytest.mark.parametrize("change", [{"reason": "other"}, {"moved_on": date(2026, 11, 19)}])
def test_an_exit_on_record_otherwise_is_named(site, gc, change):
    worker = enrolled(site, gc)
    row = values(worker, reason="resigned")
    taken("T5", site.project, [row], gc)

    with pytest.raises(Refusal) as refused:
        taken("T5", site.project, [{**row, **change}], gc)
    assert worker.name in str(refused.value)


def test_a_whole_workbook_of_exits_again_is_unchanged(site, gc):
    lines = [line(roster.worker(site.main_team)) for _n in range(2)]
    imported("T5", site.project, lines, gc)
    job = previewed("T5", site.project, lines, gc)

    assert (job.failed, job.unchanged) == (0, 2)


def test_an_expected_entry_of_the_same_day_changes_nothing_until_the_day_has_come(site, gc):
    coming = TODAY + timedelta(days=5)
    worker = roster.worker(site.main_team, state=StayState.EXPECTED, entry_on=coming)
    rows = [values(worker, MovementKind.ENTRY, coming)]

    assert taken("T5", site.project, rows, gc).taken[0].kind is Kind.UNCHANGED
    with clock.frozen(datetime(2026, 11, 27, 8, tzinfo=clock.CHINA)):
        assert taken("T5", site.project, rows, gc).taken[0].kind is Kind.CREATED
    assert worker.state is StayState.ON_SITE


def test_an_exit_taken_back_leaves_everything_as_it_was(site, gc):
    worker = enrolled(site, gc)
    before = (worker.incomplete, worker.complete_by, worker.entry_on)
    run = taken("T5", site.project, [values(worker, reason="resigned", settled=True)], gc)
    assert (worker.state, run.dependants()) == (StayState.EXITED, [])

    run.undo()
    db.session.expire_all()

    assert (worker.state, worker.exit_on, worker.exit_reason) == (StayState.ON_SITE, None, None)
    assert (worker.incomplete, worker.complete_by, worker.entry_on) == before
    assert movements(worker) == [(MovementKind.ENTRY, date(2026, 3, 1))]
    assert [(m.team_id, m.to_on) for m in belonging.memberships(worker)] == [
        (site.main_team.id, None)
    ]


@pytest.mark.parametrize(
    ("state", "day"),
    [
        pytest.param(StayState.DRAFT, date(2026, 11, 20), id="a draft that entered"),
        pytest.param(StayState.DRAFT, date(2026, 12, 1), id="a draft that was to come"),
        pytest.param(StayState.EXPECTED, date(2026, 11, 21), id="one who came earlier"),
    ],
)
def test_an_entry_taken_back_waits_as_before(site, gc, state, day):
    was = None if state is StayState.DRAFT else TODAY + timedelta(days=5)
    worker = roster.worker(site.main_team, state=state, entry_on=was)
    run = taken("T5", site.project, [values(worker, MovementKind.ENTRY, day)], gc)
    assert worker.state is not state or day > TODAY
    assert run.dependants() == []

    run.undo()
    db.session.expire_all()

    assert (worker.state, worker.entry_on) == (state, was)
    assert (movements(worker), belonging.memberships(worker)) == ([], [])


def test_a_return_taken_back_removes_the_new_stay_alone(site, gc):
    left = roster.worker(site.main_team, state=StayState.EXITED, exit_on=date(2026, 10, 1))
    back = values(left, MovementKind.ENTRY, reason="other")
    run = taken("T5", site.project, [back], gc)
    assert len(stays_of(left)) == 2
    assert run.dependants() == []

    run.undo()

    assert [(row.id, row.state) for row in stays_of(left)] == [(left.id, StayState.EXITED)]


def test_an_entry_with_punches_is_not_taken_back(site, gc):
    worker = roster.worker(site.main_team, state=StayState.DRAFT, entry_on=None)
    run = taken("T5", site.project, [values(worker, MovementKind.ENTRY)], gc)
    attendance.record(site.project, attendance.punch(worker, "in 07:00", TODAY))

    [sentence] = run.dependants()

    assert worker.name in sentence


def test_an_exit_with_a_new_stay_or_new_wages_is_not_taken_back(site, gc):
    back, settled = enrolled(site, gc), enrolled(site, gc)
    run = taken("T5", site.project, [values(back), values(settled)], gc)
    with clock.frozen(datetime(2026, 11, 22, 13, tzinfo=clock.CHINA)):
        step = {"worker": back, "kind": MovementKind.ENTRY, "moved_on": TODAY}
        with scope.act_as(principal_of(site.firm_user, scope.Door.API)) as door:
            services.record_movements(site.project, [step], actor=door)
        wages.payroll([settled], "2026-11")
        told = "；".join(run.dependants())

    assert back.name in told
    assert settled.name in told


@pytest.mark.parametrize("reason", ["resigned", "lost"])
def test_an_exit_on_record_from_before_a_return_changes_nothing(site, gc, reason):
    worker = enrolled(site, gc)
    left = values(worker, reason=reason, day=date(2026, 11, 18))
    taken("T5", site.project, [left], gc)
    other = roster.team(site.main)
    back = values(worker, MovementKind.ENTRY, date(2026, 11, 20)) | {"team": other.name}
    taken("T5", site.project, [back], gc)
    before = movements(worker)
    run = taken("T5", site.project, [left, values(roster.worker(site.main_team))], gc)

    assert [one.kind for one in run.taken] == [Kind.UNCHANGED, Kind.CREATED]
    assert run.taken[0].row.id == worker.id
    assert [stay.state for stay in stays_of(worker)] == [StayState.EXITED, StayState.ON_SITE]
    assert movements(worker) == before


def test_an_exit_after_a_return_is_that_of_the_new_stay(site, gc):
    worker = enrolled(site, gc)
    left = values(worker, reason="resigned", day=date(2026, 11, 18))
    taken("T5", site.project, [left], gc)
    other = roster.team(site.main)
    back = values(worker, MovementKind.ENTRY, date(2026, 11, 20)) | {"team": other.name}
    taken("T5", site.project, [back], gc)
    again = left | {"team": other.name, "moved_on": date(2026, 11, 21)}
    run = taken("T5", site.project, [again], gc)

    assert [one.kind for one in run.taken] == [Kind.CREATED]
    assert {stay.state for stay in stays_of(worker)} == {StayState.EXITED}
