"""Taking punches in (screens.md 7.4)."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import ProgrammingError

from app.attendance import queries
from app.attendance.choices import OddKind, OddState, PunchState
from app.attendance.errors import NotYourProject
from app.attendance.events import punches_stored
from app.attendance.models import AttendanceDay, OddPunch, PersonDay, Punch, PunchMark
from app.attendance.services import decide_punches, lock_month, match_stays
from app.core import clock, raw, scope
from app.extensions import db
from app.roster.choices import StayState
from app.roster.models import ProjectWorker
from app.roster.states import STAY_FLOW
from tests.factories import attendance, projects, roster, states
from tests.factories.attendance import DAY, NOON, at, punch, record


@pytest.fixture
def site(work):
    with clock.frozen(NOON):
        yield attendance.site()


def days(project):
    rows = db.session.execute(
        select(AttendanceDay.__table__).where(AttendanceDay.project_id == project.id)
    )
    return {row.work_on: row for row in rows}


def test_a_pair_of_punches_makes_a_day_with_its_hours(site):
    outcomes = record(
        site.project, punch(site.own_worker, "in 07:00"), punch(site.own_worker, "out 18:00")
    )

    assert [(o.accepted, o.state, o.repeated) for o in outcomes] == [
        (True, PunchState.VALID, False)
    ] * 2
    day = days(site.project)[DAY]
    assert (day.seconds, day.punch_count, day.valid) == (int(9.5 * 3600), 2, True)
    assert (day.worker_id, day.unit_id) == (site.own_worker.id, site.own_unit.id)
    assert day.pairs[0][:2] == [at("07:00").isoformat(), at("18:00").isoformat()]
    person = db.session.execute(select(PersonDay.__table__)).one()
    assert (person.person_id, person.seconds) == (site.own_worker.person_id, day.seconds)


def test_the_stay_knows_its_first_and_last_punch(site):
    record(site.project, punch(site.own_worker, "out 18:00"))
    record(site.project, punch(site.own_worker, "in 07:00"))

    assert site.own_worker.first_punch_at == at("07:00")
    assert site.own_worker.last_punch_at == at("18:00")


def test_a_repeat_of_the_identity_succeeds_and_is_kept_once(site):
    first = record(site.project, punch(site.own_worker, "in 07:00", channel="东门"))
    again = record(site.project, punch(site.own_worker, "in 07:00", channel="西门"))

    assert again[0].accepted
    assert again[0].repeated
    assert again[0].punch_id == first[0].punch_id
    assert db.session.query(Punch).filter_by(project_id=site.project.id).count() == 1


def test_the_same_item_twice_in_one_batch_is_kept_once(site):
    outcomes = record(site.project, *[punch(site.own_worker, "in 07:00")] * 2)

    assert [o.repeated for o in outcomes] == [False, True]
    assert outcomes[0].punch_id == outcomes[1].punch_id


def test_a_punch_five_minutes_ahead_is_marked_and_a_later_one_is_refused_but_kept(site):
    ahead = punch(site.own_worker, "in 12:05", on=date(2026, 10, 21))
    beyond = punch(site.own_worker, "in 12:05:01", on=date(2026, 10, 21))

    outcomes = record(site.project, ahead, beyond)

    assert [o.state for o in outcomes] == [PunchState.DRIFTED, None]
    assert [o.accepted for o in outcomes] == [True, False]
    odd = db.session.query(OddPunch).filter_by(project_id=site.project.id).one()
    assert (odd.kind, odd.punched_at) == (OddKind.AHEAD, beyond.at)
    assert odd.id_number == site.own_worker.id_number


@pytest.mark.parametrize(
    ("back", "state"),
    [
        (timedelta(days=7), PunchState.VALID),
        (timedelta(days=7, seconds=1), PunchState.LATE),
        (timedelta(days=45), PunchState.LATE),
        (timedelta(days=45, seconds=1), PunchState.PENDING),
    ],
)
def test_old_punches_are_marked_and_very_old_ones_wait_for_approval(site, back, state):
    item = punch(site.own_worker, "in 07:00", on=DAY)
    item = type(item)(**{**item.__dict__, "at": NOON - back})

    outcome = record(site.project, item)[0]

    assert outcome.state is state
    assert bool(days(site.project)) is (state is not PunchState.PENDING)


def test_a_waiting_punch_counts_once_the_general_contractor_approves(site):
    old = date(2026, 8, 20)
    record(
        site.project,
        punch(site.own_worker, "in 07:00", on=old),
        punch(site.own_worker, "out 18:00", on=old),
    )
    rows = db.session.query(Punch).filter_by(project_id=site.project.id).all()

    changed = decide_punches(rows, count=True, actor=site.contractor())

    assert changed == 2
    assert days(site.project)[old].seconds == int(9.5 * 3600)


def test_a_subcontractor_may_not_approve_punches(site):
    record(site.project, punch(site.sub_worker, "in 07:00", on=date(2026, 8, 20)))
    rows = db.session.query(Punch).all()

    with pytest.raises(NotYourProject):
        decide_punches(rows, count=True, actor=site.subcontractor())


def test_a_punch_of_a_locked_month_waits_for_approval(site):
    lock_month(site.project, "2026-09", actor=site.contractor())

    outcome = record(site.project, punch(site.own_worker, "in 07:00", on=date(2026, 9, 30)))[0]

    assert outcome.state is PunchState.PENDING


def test_a_stranger_is_kept_unmatched_and_named(site):
    unknown = attendance.stranger()

    outcome = record(site.project, punch(unknown, "in 07:00", name=unknown.name))[0]

    assert outcome.accepted
    assert outcome.state is PunchState.UNMATCHED
    assert outcome.name == unknown.name
    assert outcome.message
    assert days(site.project) == {}
    assert db.session.query(OddPunch).one().kind is OddKind.UNMATCHED


@pytest.mark.parametrize("lock", ["", "2026-08"])
def test_an_old_punch_outside_any_stay_is_kept_unmatched_and_named_until_one_takes_it_in(
    site, lock
):
    old, unknown = date(2026, 8, 20), attendance.stranger()
    if lock:
        lock_month(site.project, lock, actor=site.contractor())

    outcome = record(site.project, punch(unknown, "in 07:00", on=old))[0]

    assert (outcome.state, bool(outcome.message)) == (PunchState.UNMATCHED, True)
    assert db.session.query(OddPunch).one().punch_id == outcome.punch_id
    worker = roster.worker(site.own_team, id_number=unknown.id_number, entry_on=old)
    assert match_stays([worker], actor=scope.SYSTEM) == 1
    state = queries.states_of([site.project.id], [outcome.punch_id])[outcome.punch_id][0]
    assert state is PunchState.PENDING


def test_a_later_stay_takes_in_unmatched_punches_it_covers(site):
    unknown = attendance.stranger()
    record(
        site.project, punch(unknown, "in 07:00", on=date(2026, 10, 19)),
        punch(unknown, "in 07:00"), punch(unknown, "out 18:00"),
    )  # fmt: skip
    worker = roster.worker(site.own_team, id_number=unknown.id_number, entry_on=DAY)

    assert match_stays([worker], actor=scope.SYSTEM) == 2

    assert list(days(site.project)) == [DAY]
    assert days(site.project)[DAY].seconds == int(9.5 * 3600)
    assert sorted(o.state.name for o in db.session.query(OddPunch)) == ["OPEN"] + ["SETTLED"] * 2
    assert worker.first_punch_at == at("07:00")


def test_a_long_list_that_joins_asks_the_same_few_statements(site):
    few, many = (
        [SimpleNamespace(project_id=site.project.id, id_number_hash=f"{n:064d}") for n in range(c)]
        for c in (1, 500)
    )

    def statements(workers):
        asked = []
        connection = db.session.connection()
        event.listen(connection, "before_cursor_execute", count := lambda *_a: asked.append(1))
        try:
            assert match_stays(workers, actor=scope.SYSTEM) == 0
        finally:
            event.remove(connection, "before_cursor_execute", count)
        return len(asked)

    assert statements(many) == statements(few) <= 4


def test_a_stay_that_arrives_takes_in_the_punches_that_waited_for_it(site):
    worker = site.own_worker
    worker.entry_on = DAY + timedelta(days=1)
    states.put(ProjectWorker, worker, StayState.EXPECTED)
    outcome = record(site.project, punch(worker, "in 07:00"))[0]
    assert outcome.state is PunchState.UNMATCHED

    worker.entry_on = DAY
    db.session.flush()
    STAY_FLOW.fire("arrive", worker, actor=scope.SYSTEM)

    assert queries.states_of([site.project.id], [outcome.punch_id])[outcome.punch_id][0] is (
        PunchState.VALID
    )


@pytest.mark.parametrize(
    ("registered_after", "lock", "state"),
    [
        pytest.param(timedelta(0), "", PunchState.VALID, id="at once"),
        pytest.param(timedelta(days=30), "", PunchState.VALID, id="within 45 days"),
        pytest.param(timedelta(days=46), "", PunchState.PENDING, id="after 45 days"),
        pytest.param(timedelta(days=15), "2026-10", PunchState.PENDING, id="of a locked month"),
    ],
)
def test_what_a_later_stay_takes_in_waits_for_approval_where_it_is_old_or_locked(
    site, registered_after, lock, state
):
    unknown = attendance.stranger()
    outcome = record(site.project, punch(unknown, "in 07:00"), punch(unknown, "out 18:00"))[0]
    with clock.frozen(NOON + registered_after):
        if lock:
            lock_month(site.project, lock, actor=site.contractor())
        worker = roster.worker(site.own_team, id_number=unknown.id_number, entry_on=DAY)
        assert match_stays([worker], actor=scope.SYSTEM) == 2

        waits = state is PunchState.PENDING
        found = queries.states_of([site.project.id], [outcome.punch_id])[outcome.punch_id][0]
        assert found is state
        assert bool(days(site.project)) is not waits
        assert (worker.first_punch_at is None) is waits
        assert {odd.state for odd in db.session.query(OddPunch)} == {OddState.SETTLED}
        if waits:
            rows = db.session.query(Punch).filter_by(project_id=site.project.id).all()
            decide_punches(rows, count=True, actor=site.contractor())
            assert days(site.project)[DAY].seconds == int(9.5 * 3600)


@pytest.fixture
def locks(monkeypatch):
    """Give the advisory locks taken from now on: of persons, or of the chain of a project."""
    taken, send = [], raw.execute

    def note(statement, *values):
        if "pg_advisory_xact_lock" in statement:
            taken.append("persons" if "unnest" in statement else "chain")
        return send(statement, *values)

    monkeypatch.setattr(raw, "execute", note)
    return taken


def two_who_wait(site):
    waiting = [roster.worker(site.own_team, entry_on=DAY + timedelta(days=1)) for _n in range(2)]
    for worker in waiting:
        states.put(ProjectWorker, worker, StayState.EXPECTED)
        record(site.project, punch(worker, "in 07:00"))
        worker.entry_on = DAY
    db.session.flush()
    return waiting


def test_stays_that_join_together_lock_all_their_persons_before_the_chain(site, locks):
    waiting = two_who_wait(site)
    del locks[:]

    assert match_stays(waiting, actor=scope.SYSTEM) == 2

    assert locks == ["persons", "chain"]


def test_stays_that_arrive_together_take_in_their_punches_together(site, locks):
    waiting = two_who_wait(site)
    del locks[:]

    STAY_FLOW.fire_many("arrive", waiting, actor=scope.SYSTEM)

    assert locks == ["persons", "chain"]
    assert days(site.project)[DAY] is not None


def test_punches_of_several_projects_are_decided_under_one_lock_of_their_persons(site, locks):
    other, old = attendance.site(), date(2026, 8, 20)
    for one in (site, other):
        record(one.project, punch(one.own_worker, "in 07:00", on=old))
    rows = db.session.query(Punch).filter(Punch.punched_at < at("00:00", date(2026, 9, 1))).all()
    del locks[:]

    assert decide_punches(rows, count=True, actor=scope.SYSTEM) == 2

    assert locks == ["persons", "chain", "chain"]


def test_a_punch_before_the_entry_or_after_the_exit_is_unmatched(site):
    roster.worker(site.own_team)
    site.own_worker.entry_on = DAY
    site.own_worker.exit_on = DAY
    db.session.flush()

    outcomes = record(
        site.project,
        punch(site.own_worker, "out 23:59", on=DAY - timedelta(days=1)),
        punch(site.own_worker, "in 00:30"),
        punch(site.own_worker, "out 03:59", on=DAY + timedelta(days=1)),
        punch(site.own_worker, "in 04:00", on=DAY + timedelta(days=1)),
    )

    assert [o.state for o in outcomes] == [
        PunchState.UNMATCHED, PunchState.VALID, PunchState.VALID, PunchState.UNMATCHED,
    ]  # fmt: skip


def test_a_draft_that_came_by_interface_enters_with_its_first_punch(site):
    draft = roster.worker(site.own_team, state=StayState.DRAFT, source="api", entry_on=None)

    outcome = record(site.project, punch(draft, "in 07:00"))[0]

    assert outcome.state is PunchState.VALID
    assert draft.state is StayState.ON_SITE
    assert draft.entry_on is None


def test_a_draft_typed_on_a_screen_does_not_cover_a_punch(site):
    draft = roster.worker(site.own_team, state=StayState.DRAFT, source="manual")

    assert record(site.project, punch(draft, "in 07:00"))[0].state is PunchState.UNMATCHED
    assert draft.state is StayState.DRAFT


def test_a_second_punch_within_a_minute_is_marked_as_a_repeat(site):
    outcomes = record(
        site.project, punch(site.own_worker, "in 07:00:00"), punch(site.own_worker, "in 07:00:40"),
        punch(site.own_worker, "out 18:00"),
    )  # fmt: skip

    marks = db.session.query(PunchMark).all()
    assert [(m.punch_id, m.state) for m in marks] == [(outcomes[1].punch_id, PunchState.DUPLICATE)]
    assert days(site.project)[DAY].punch_count == 2


def test_good_items_are_kept_when_others_fail(site):
    bad = punch(site.own_worker, "in 07:00", on=DAY + timedelta(days=5))
    nameless = type(bad)("01", "", at("07:00"), "01")
    strange = type(bad)("01", site.own_worker.id_number, at("07:00"), "03")

    outcomes = record(site.project, bad, nameless, punch(site.own_worker, "in 07:00"), strange)

    assert [o.accepted for o in outcomes] == [False, False, True, False]


def test_a_subcontractor_keeps_punches_of_its_own_workers_only(site):
    outcomes = record(
        site.project, punch(site.own_worker, "in 07:00"), punch(site.sub_worker, "in 07:00"),
        actor=site.subcontractor(),
    )  # fmt: skip

    assert [o.accepted for o in outcomes] == [False, True]
    assert [p.worker_id for p in db.session.query(Punch)] == [site.sub_worker.id]


def test_nobody_enters_punches_on_a_foreign_project(site):
    other = attendance.site()

    with pytest.raises(NotYourProject):
        record(other.project, punch(other.own_worker, "in 07:00"), actor=site.contractor())
    with pytest.raises(NotYourProject):
        record(
            site.project, punch(site.own_worker, "in 07:00"),
            actor=scope.Principal(scope.Audience.GOVERNMENT, 9, districts=("440703",)),
        )  # fmt: skip


def test_hours_of_two_projects_are_counted_once_for_the_person(site):
    other = attendance.site()
    twin = attendance.again(site.own_worker, other.own_team)
    record(site.project, punch(site.own_worker, "in 07:00"), punch(site.own_worker, "out 12:00"))
    record(other.project, punch(twin, "in 11:00"), punch(twin, "out 16:00"))

    person = db.session.execute(select(PersonDay.__table__)).one()

    assert person.span_seconds == 9 * 3600
    assert sorted(person.project_ids) == sorted([site.project.id, other.project.id])


def test_twenty_items_cost_no_more_statements_than_two(site, monkeypatch):
    workers = [roster.worker(site.own_team) for _n in range(10)]

    def count(chosen, on):
        seen, send = [], raw.execute
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        connection = db.session.connection()
        event.listen(connection, "before_cursor_execute", listener)
        monkeypatch.setattr(raw, "execute", lambda *args: seen.append(args[0]) or send(*args))
        record(site.project, *[punch(w, t, on) for w in chosen for t in ("in 07:00", "out 18:00")])
        monkeypatch.undo()
        event.remove(connection, "before_cursor_execute", listener)
        return len(seen)

    assert count(workers, DAY) <= count(workers[:1], DAY - timedelta(days=2)) + 2


def test_the_domains_above_hear_of_the_changed_days(site):
    heard = []
    receiver = lambda **facts: heard.append(facts)  # noqa: E731
    punches_stored.connect(receiver)
    try:
        record(site.project, punch(site.own_worker, "in 07:00"))
        record(site.project, punch(site.own_worker, "in 07:00"))
    finally:
        punches_stored.receivers.remove(receiver)

    assert heard == [{
        "project_id": site.project.id, "person_ids": {site.own_worker.person_id}, "dates": {DAY},
        "person_hashes": {site.own_worker.id_number_hash},
    }]  # fmt: skip


def test_a_void_pair_leaves_no_day_behind(site):
    record(site.project, punch(site.own_worker, "in 07:00"), punch(site.own_worker, "out 18:00"))
    rows = db.session.query(Punch).filter_by(project_id=site.project.id).all()

    decide_punches(rows, count=False, reason="替人打卡", actor=site.contractor())

    assert days(site.project) == {}
    assert db.session.execute(select(PersonDay.__table__)).all() == []


@pytest.mark.parametrize("role", ["app_system", "app_tenant", "app_government"])
@pytest.mark.parametrize("change", ["update punch set name = 'x'", "delete from punch"])
def test_no_role_of_the_program_changes_the_ledger(site, role, change):
    record(site.project, punch(site.own_worker, "in 07:00"))

    with pytest.raises(ProgrammingError), db.session.begin_nested():
        db.session.connection().exec_driver_sql(f"set local role {role}; {change}")
    db.session.execute(text("set local role app_system"))


def test_partitions_are_closed_to_everybody(site):
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text("select * from punch_202610"))


def test_tenants_and_officials_see_punches_of_their_scope_only(site):
    other = attendance.site(district="440781")
    record(site.project, punch(site.own_worker, "in 07:00"), punch(site.sub_worker, "in 07:00"))
    record(other.project, punch(other.own_worker, "in 07:00"))

    def seen(principal):
        with scope.act_as(principal):
            return sorted(p.worker_id for p in db.session.query(Punch))

    assert seen(site.contractor()) == sorted([site.own_worker.id, site.sub_worker.id])
    assert seen(site.subcontractor()) == [site.sub_worker.id]
    assert seen(
        scope.Principal(scope.Audience.GOVERNMENT, 9, districts=("440781",))
    ) == [other.own_worker.id]  # fmt: skip


def test_a_punch_outside_all_months_is_kept_too(site):
    outcome = record(site.project, punch(site.own_worker, "in 07:00", on=date(2021, 3, 1)))[0]

    assert outcome.state is PunchState.UNMATCHED  # before the stay
    assert db.session.scalar(
        select(Punch.punched_at).where(Punch.id == outcome.punch_id)
    ) == datetime(2021, 3, 1, 7, tzinfo=clock.CHINA)


MOMENTS = ["in 06:30", "out 11:45", "in 13:05", "out 17:50", "in 07:00", "out 18:20", "in 06:30:30"]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(MOMENTS), cut=st.integers(1, 6))
def test_the_order_and_grouping_of_arrival_do_not_matter(site, order, cut):
    one, two = roster.worker(site.own_team), roster.worker(site.own_team)
    record(site.project, *[punch(one, m) for m in MOMENTS])
    record(site.project, *[punch(two, m) for m in order[:cut]])
    record(site.project, *[punch(two, m) for m in order[cut:]])

    def book(worker):
        row = db.session.execute(
            select(AttendanceDay.__table__).where(AttendanceDay.worker_id == worker.id)
        ).one()
        return row.seconds, row.punch_count, row.missing_count, row.first_at, row.last_at

    assert book(one) == book(two)


def test_odd_punches_wait_open(site):
    record(site.project, punch(attendance.stranger(), "in 07:00"))

    assert db.session.query(OddPunch).one().state is OddState.OPEN


def test_a_punch_sent_for_a_team_is_shown_to_its_unit_when_nobody_matches(site):
    unknown = attendance.stranger()
    record(site.project, punch(unknown, "in 07:00", team=site.sub_team))

    with scope.act_as(site.subcontractor()):
        assert db.session.query(Punch).one().team_id == site.sub_team.id


def test_a_team_of_another_project_does_not_claim_a_punch(site):
    other = attendance.site()
    record(site.project, punch(attendance.stranger(), "in 07:00", team=other.sub_team))

    assert db.session.query(Punch).one().unit_id is None
    assert projects.general_contractor_unit(other.project) is not None
