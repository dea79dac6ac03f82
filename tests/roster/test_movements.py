"""Entry, exit, and the day expected stays begin (screens.md 8.3, 20)."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock, scope
from app.core.errors import IllegalMove, Refusals, Stale
from app.extensions import db
from app.roster import errors, events, queries, services
from app.roster.choices import MovementKind, StayState
from app.roster.models import ProjectWorker
from app.roster.states import STAY_FLOW
from tests.factories import roster

TODAY = date(2026, 11, 22)
ENTRY, EXIT = MovementKind.ENTRY, MovementKind.EXIT
API = scope.Door.API


def move(site, actor, worker, kind, moved_on=TODAY, **values):
    row = {"worker": worker, "kind": kind, "moved_on": moved_on, **values}
    with scope.act_as(actor):
        return services.record_movements(site.project, [row], actor=actor)


def leave(site, actor, worker, moved_on=TODAY, **values):
    return move(
        site, actor, worker, EXIT, moved_on, **{"reason": "resigned", "settled": False, **values}
    )


def refused(work, *args, **values):
    with pytest.raises(errors.Refusal) as caught:
        work(*args, **values)
    problem = caught.value
    found = problem.problems if isinstance(problem, Refusals) else [problem]
    return {single.field for single in found}


@pytest.fixture
def heard():
    """What is told of those who leave: a list for each telling."""
    told = []
    listener = events.workers_left.connect(
        lambda workers, actor: told.append([w.id for w in workers])  # noqa: ARG005
    )
    yield told
    events.workers_left.receivers.remove(listener)


def test_those_who_leave_in_one_list_are_told_in_one_list(site, gc, heard):
    workers = [roster.worker(site.main_team) for _n in range(3)]
    steps = [
        {"worker": one, "kind": MovementKind.EXIT, "moved_on": TODAY, "reason": "resigned",
         "settled": False}
        for one in workers
    ]  # fmt: skip
    with scope.act_as(gc):
        services.record_movements(site.project, steps, actor=gc)
        services.record_movements(site.project, [], actor=gc)

    assert heard == [[one.id for one in workers]]


def test_an_exit_ends_the_stay_and_is_told(site, gc, heard):
    worker = roster.worker(site.main_team)
    leave(site, gc, worker)

    assert (worker.state, worker.exit_on, worker.exit_reason) == (
        StayState.EXITED, TODAY, "resigned",
    )  # fmt: skip
    assert heard == [[worker.id]]


@pytest.mark.parametrize(
    ("day", "field"),
    [
        pytest.param(TODAY, None, id="today is the last day possible"),
        pytest.param(TODAY + timedelta(days=1), "moved_on", id="tomorrow is the future"),
        pytest.param(date(2026, 3, 1), None, id="the day of entry is the first possible"),
        pytest.param(date(2026, 2, 28), "moved_on", id="nobody leaves before he came"),
    ],
)
def test_an_exit_lies_between_entry_and_today(site, gc, day, field):
    worker = roster.worker(site.main_team)
    if field:
        assert refused(leave, site, gc, worker, day) == {field}
    else:
        assert leave(site, gc, worker, day)


def test_the_form_asks_for_reason_settlement_and_its_statement(site, gc, at):
    worker = roster.worker(site.main_team)

    assert refused(move, site, gc, worker, EXIT) == {"reason", "settled"}
    assert refused(leave, site, gc, worker, settled=True) == {"settlement_file"}
    move(site, at(gc, API), worker, EXIT)
    assert worker.exit_reason == "other"


def test_who_left_without_notice_leaves_on_his_last_punch(site, gc):
    punched = datetime(2026, 11, 10, 18, tzinfo=clock.CHINA)
    worker = roster.worker(site.main_team, last_punch_at=punched)
    movement = move(site, gc, worker, EXIT, reason="lost_contact")[0]

    assert worker.exit_on == movement.moved_on == date(2026, 11, 10)
    assert movement.settled is False


def test_a_night_of_work_belongs_to_the_day_before_when_somebody_leaves(site, gc):
    punched = datetime(2026, 11, 5, 2, tzinfo=clock.CHINA)
    worker = roster.worker(site.main_team, last_punch_at=punched)
    move(site, gc, worker, EXIT, reason="lost_contact")

    assert worker.exit_on == date(2026, 11, 4)


def test_only_who_is_on_site_leaves(site, gc):
    for state in (StayState.DRAFT, StayState.EXPECTED, StayState.EXITED):
        assert refused(leave, site, gc, roster.worker(site.main_team, state=state)) == {"kind"}


def test_a_draft_enters_today_or_waits_for_its_day(site, gc):
    now = roster.worker(site.main_team, state=StayState.DRAFT, entry_on=None)
    later = roster.worker(site.main_team, state=StayState.DRAFT, entry_on=None)
    move(site, gc, now, ENTRY)
    move(site, gc, later, ENTRY, TODAY + timedelta(days=15))

    assert (now.state, now.entry_on) == (StayState.ON_SITE, TODAY)
    assert later.state is StayState.EXPECTED
    assert queries.movements(later) == []
    assert now.incomplete
    assert later.incomplete


def test_the_clock_of_an_entry_taken_back_stops(site, gc):
    worker = roster.worker(site.main_team, state=StayState.DRAFT, entry_on=None)
    move(site, gc, worker, ENTRY, TODAY + timedelta(days=3))
    with scope.act_as(gc):
        services.withdraw_entry(worker, actor=gc)

    assert (worker.state, worker.incomplete, worker.complete_by) == (StayState.DRAFT, False, None)


def test_an_entry_lies_at_most_fifteen_days_ahead(site, gc):
    worker = roster.worker(site.main_team, state=StayState.DRAFT, entry_on=None)

    assert refused(move, site, gc, worker, ENTRY, TODAY + timedelta(days=16)) == {"moved_on"}


def test_an_entry_sent_again_changes_nothing_and_another_day_is_refused(site, gc, at):
    worker = roster.worker(site.main_team)
    api = at(gc, API)

    assert move(site, api, worker, ENTRY, worker.entry_on) == []
    assert refused(move, site, api, worker, ENTRY, date(2026, 5, 1)) == {"kind"}


def test_a_stay_begun_by_punches_takes_its_entry_date(site, gc, at):
    worker = roster.worker(site.main_team, entry_on=None)
    move(site, at(gc, API), worker, ENTRY, date(2026, 5, 1))

    assert (worker.state, worker.entry_on) == (StayState.ON_SITE, date(2026, 5, 1))


def test_the_entry_of_who_has_left_begins_a_new_stay(site, gc, at):
    worker = roster.worker(site.main_team)
    leave(site, gc, worker, date(2026, 6, 1))
    move(site, at(gc, API), worker, ENTRY, date(2026, 7, 1))
    stays = db.session.scalars(
        select(ProjectWorker).filter_by(person_id=worker.person_id).order_by(ProjectWorker.id)
    ).all()

    assert [(row.state, row.entry_on) for row in stays] == [
        (StayState.EXITED, date(2026, 3, 1)), (StayState.ON_SITE, date(2026, 7, 1)),
    ]  # fmt: skip


def test_paper_and_remark_of_an_entry_stay_with_the_new_stay(site, gc, at):
    worker = roster.worker(site.main_team)
    leave(site, gc, worker, date(2026, 6, 1))
    with scope.act_as(gc), scope.system_scope("test"):
        paper = stored_file(gc)
    (made,) = move(
        site, at(gc, API), worker, ENTRY, date(2026, 7, 1), voucher=paper, remark="第二期"
    )

    assert (made.kind, made.voucher, made.remark) == (ENTRY, paper, "第二期")


@pytest.mark.parametrize("left", [True, False])
def test_paper_and_remark_of_an_entry_ahead_wait_for_its_day(site, gc, at, left):
    worker = roster.worker(site.main_team, state=StayState.DRAFT, entry_on=None)
    if left:
        worker = roster.worker(site.main_team)
        leave(site, gc, worker, date(2026, 6, 1))
    with scope.act_as(gc), scope.system_scope("test"):
        paper = stored_file(gc)
    day = TODAY + timedelta(days=3)
    move(site, at(gc, API), worker, ENTRY, day, voucher=paper, remark="第二期")
    stay = queries.live_stay(site.project, worker.id_type, worker.id_number)
    services.enter_due_stays(day)

    assert (stay.state, stay.entry_file) == (StayState.ON_SITE, paper)
    assert [m.remark for m in queries.movements(stay)] == ["第二期"]


@pytest.mark.parametrize("kind", [EXIT, ENTRY])
def test_a_worker_stands_once_in_a_list(site, gc, at, kind):
    worker = roster.worker(site.main_team)
    api = at(gc, API)
    rows = [{"worker": worker, "kind": EXIT, "moved_on": TODAY},
            {"worker": worker, "kind": kind, "moved_on": worker.entry_on}]  # fmt: skip
    with scope.act_as(api), pytest.raises(errors.Refusal) as caught:
        services.record_movements(site.project, rows, actor=api)
    found = getattr(caught.value, "problems", [caught.value])

    assert {(problem.row, problem.field) for problem in found} == {(1, "worker")}
    assert (worker.state, queries.movements(worker)) == (StayState.ON_SITE, [])


@pytest.mark.parametrize("door", [scope.Door.FORM, API])
def test_no_door_takes_an_entry_later_than_the_first_punch(site, gc, at, door):
    worker = roster.worker(
        site.main_team, entry_on=None, first_punch_at=datetime(2026, 5, 1, 7, tzinfo=clock.CHINA)
    )

    assert refused(move, site, at(gc, door), worker, ENTRY, date(2026, 5, 2)) == {"moved_on"}
    assert move(site, at(gc, door), worker, ENTRY, date(2026, 5, 1))


def test_history_is_never_passed_backwards(site, gc, at):
    worker = roster.worker(site.main_team)
    leave(site, gc, worker, date(2026, 6, 1))

    assert "moved_on" in refused(move, site, at(gc, API), worker, ENTRY, date(2026, 5, 31))


def test_one_bad_row_keeps_all_in(site, gc):
    good = roster.worker(site.main_team)
    bad = roster.worker(site.main_team, state=StayState.DRAFT)
    rows = [{"worker": row, "kind": EXIT, "moved_on": TODAY, "reason": "resigned",
             "settled": False} for row in (good, bad)]  # fmt: skip
    with scope.act_as(gc), pytest.raises(errors.MovementRefused) as caught:
        services.record_movements(site.project, rows, actor=gc)

    assert caught.value.row == 1
    assert good.state is StayState.ON_SITE


def test_a_worker_of_another_project_is_not_moved(site, gc):
    assert refused(leave, site, gc, roster.worker(site.far_team)) == {"worker"}


def test_expected_stays_begin_on_their_day_and_not_before(site, gc):
    values = {"state": StayState.EXPECTED, "entry_on": TODAY + timedelta(days=2)}
    worker = roster.worker(site.main_team, **values)

    assert services.enter_due_stays(TODAY + timedelta(days=1)) == 0
    assert services.enter_due_stays(TODAY + timedelta(days=2)) == 1
    assert services.enter_due_stays(TODAY + timedelta(days=2)) == 0
    assert worker.state is StayState.ON_SITE
    assert [m.moved_on for m in queries.movements(worker)] == [worker.entry_on]


def test_the_job_takes_more_than_one_batch(site):
    for _n in range(5):
        roster.worker(site.main_team, state=StayState.EXPECTED, entry_on=TODAY)

    assert services.enter_due_stays(TODAY, batch=2) == 5


def test_a_stay_that_cannot_begin_stops_no_other(site):
    rows = [roster.worker(site.main_team, state=StayState.EXPECTED, entry_on=TODAY)
            for _n in range(3)]  # fmt: skip

    def break_down(*, row, **_facts):
        if row is rows[1]:
            raise RuntimeError

    STAY_FLOW.moved.connect(break_down)
    try:
        assert services.enter_due_stays(TODAY, batch=2) == 2
    finally:
        STAY_FLOW.moved.receivers.remove(break_down)
    assert [row.state for row in rows] == [
        StayState.ON_SITE, StayState.EXPECTED, StayState.ON_SITE,
    ]  # fmt: skip
    assert [len(queries.movements(row)) for row in rows] == [1, 0, 1]


LEGAL = {
    ("enter", StayState.DRAFT), ("enter", StayState.EXPECTED), ("withdraw", StayState.EXPECTED),
    ("exit", StayState.ON_SITE), ("leave", StayState.ON_SITE), ("expect", StayState.DRAFT),
    ("arrive", StayState.DRAFT), ("arrive", StayState.EXPECTED),
    ("begin", StayState.DRAFT), ("come", StayState.DRAFT), ("come", StayState.EXPECTED),
}  # fmt: skip


@pytest.mark.parametrize("state", list(StayState))
@pytest.mark.parametrize(
    "verb", ["enter", "withdraw", "exit", "leave", "expect", "arrive", "begin", "come"]
)
def test_a_stay_moves_as_the_table_says_and_no_other_way(site, verb, state):
    worker = roster.worker(site.main_team, state=state)
    if (verb, state) in LEGAL:
        STAY_FLOW.fire(verb, worker, actor=scope.SYSTEM)
        assert worker.state is not state
    else:
        with pytest.raises(IllegalMove):
            STAY_FLOW.fire(verb, worker, actor=scope.SYSTEM)


# --- editing --------------------------------------------------------------------------------


def edit(actor, worker, **values):
    with scope.act_as(actor):
        return services.edit_worker(worker, values, actor=actor)


def test_editing_keeps_the_deadline_and_completing_clears_it(site, gc, at):
    sheet = at(gc, scope.Door.SHEET)
    with scope.act_as(sheet):
        worker = services.enrol_workers(
            site.project, [roster.worker_values(site.main_team)], actor=sheet
        )[0]
    first = worker.complete_by
    with clock.frozen(datetime(2026, 11, 24, 9, tzinfo=clock.CHINA)):
        edit(gc, worker, nation="01")
    assert worker.complete_by == first

    pictures = dict.fromkeys(("id_portrait", "id_front", "id_back", "face_photo"))
    with scope.system_scope("test"):
        for name in pictures:
            pictures[name] = stored_file(gc)
    edit(gc, worker, nation="01", address="建设路", id_issuer="公安局", education="02",
         politics="13", **pictures)  # fmt: skip
    assert (worker.incomplete, worker.complete_by) == (False, None)

    edit(gc, worker, address=None)
    assert worker.incomplete is True


def stored_file(owner):
    from app.core.files import StoredFile

    row = StoredFile(
        original_name="a.jpg", mime="image/jpeg", size=1, sha256="0" * 64, key="k",
        created_by=owner.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


@pytest.mark.parametrize(
    ("name", "value"), [("id_number", "X"), ("name", "别人"), ("id_type", "08"), ("team_id", 1)]
)
def test_identity_and_team_do_not_change_by_editing(site, gc, name, value):
    worker = roster.worker(site.main_team)

    assert name in refused(edit, gc, worker, **{name: value})


def test_a_stale_form_is_refused(site, gc):
    worker = roster.worker(site.main_team)
    with pytest.raises(Stale):
        edit(gc, worker, mobile="13800138000", row_version="77")


def test_a_contract_taken_off_the_record_is_no_contract(site, gc):
    worker = roster.worker(site.main_team)
    edit(gc, worker, contract_no="HT-1", contract_signed_on=date(2026, 3, 1))
    assert worker.has_contract is True
    edit(gc, worker, contract_no=None)
    assert worker.has_contract is True
    edit(gc, worker, contract_signed_on=None)
    assert worker.has_contract is False


def test_an_ended_stay_is_not_edited(site, gc):
    worker = roster.worker(site.main_team, state=StayState.EXITED)
    with pytest.raises(errors.NotEditable):
        edit(gc, worker, mobile="13800138000")


def test_giving_a_draft_its_entry_date_lets_it_enter(site, gc):
    worker = roster.worker(site.main_team, state=StayState.DRAFT, entry_on=None)
    edit(gc, worker, entry_on=TODAY)

    assert worker.state is StayState.ON_SITE
    assert len(queries.movements(worker)) == 1


def test_who_is_on_site_cannot_enter_in_the_future_or_after_his_first_punch(site, gc):
    worker = roster.worker(
        site.main_team, first_punch_at=datetime(2026, 5, 1, 7, tzinfo=clock.CHINA)
    )

    assert "entry_on" in refused(edit, gc, worker, entry_on=TODAY + timedelta(days=1))
    assert refused(edit, gc, worker, entry_on=date(2026, 5, 2)) == {"entry_on"}
    assert edit(gc, worker, entry_on=date(2026, 5, 1)).entry_on == date(2026, 5, 1)
