"""指认人员: saying whose an unmatched punch is (screens.md 9.2)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.attendance import queries
from app.attendance.choices import OddState, PunchState
from app.attendance.errors import NobodyChosen, NotOnSite, NotYourProject
from app.attendance.models import AttendanceDay, OddPunch, Punch
from app.attendance.services import lock_month, name_person
from app.core import chain, clock
from app.core.errors import Closed, IllegalMove, NotAllowed
from app.core.states import StateLog
from app.extensions import db
from tests.factories import attendance, roster
from tests.factories.attendance import DAY, NOON, at, punch, record


@pytest.fixture
def site(work):
    with clock.frozen(NOON):
        yield attendance.site()


@pytest.fixture
def odd(site):
    """Give the odd punches of a stranger's day: in at 07:00, out at 18:00."""
    unknown = attendance.stranger()
    record(site.project, punch(unknown, "in 07:00", device_sn="D1"), punch(unknown, "out 18:00"))
    return db.session.query(OddPunch).order_by(OddPunch.punched_at).all()


def state_of(project, punch_id):
    return queries.states_of([project.id], [punch_id])[punch_id]


def days(worker):
    rows = db.session.execute(
        select(AttendanceDay.__table__).where(AttendanceDay.person_id == worker.person_id)
    )
    return {row.work_on: row for row in rows}


def test_a_named_punch_counts_for_the_worker_and_the_sent_one_stays_beside_it(site, odd):
    worker = site.own_worker

    name_person(odd[0], {"worker_id": worker.id, "others": True}, actor=site.contractor())

    assert days(worker)[DAY].seconds == int(9.5 * 3600)
    assert days(worker)[DAY].manual
    assert worker.first_punch_at == at("07:00")
    made = db.session.query(Punch).filter_by(worker_id=worker.id).order_by(Punch.punched_at).all()
    assert [one.replaces for one in made] == [[row.punch_id] for row in odd]
    assert (made[0].source, made[0].device_sn) == ("manual", "D1")
    for row in odd:
        assert state_of(site.project, row.punch_id)[0] is PunchState.VOID
        assert worker.name in state_of(site.project, row.punch_id)[1]
        assert row.state is OddState.SETTLED
    moves = db.session.query(StateLog).filter_by(table_name="odd_punch", verb="name").all()
    assert [move.remark for move in moves] == [f"{worker.name} {worker.worker_no}"] * 2
    assert chain.verify(site.project.id) is None


def test_only_the_chosen_punch_is_named_unless_the_others_are_asked_for(site, odd):
    name_person(odd[0], {"worker_id": site.own_worker.id}, actor=site.contractor())

    assert [row.state for row in odd] == [OddState.SETTLED, OddState.OPEN]
    assert days(site.own_worker)[DAY].punch_count == 1


def test_others_outside_the_stay_wait_on(site, odd):
    worker = roster.worker(site.own_team, entry_on=DAY)
    yesterday = DAY - timedelta(days=1)
    document = type("Person", (), {"id_type": odd[0].id_type, "id_number": odd[0].id_number})
    record(site.project, punch(document, "in 07:00", on=yesterday))

    name_person(odd[1], {"worker_id": worker.id, "others": True}, actor=site.contractor())

    left = db.session.query(OddPunch).filter_by(state=OddState.OPEN).one()
    assert left.punched_at == at("07:00", yesterday)


@pytest.mark.parametrize(("day", "lock"), [(date(2026, 8, 20), ""), (date(2026, 9, 30), "2026-09")])
def test_an_old_or_locked_punch_waits_for_approval_though_it_is_named(site, day, lock):
    if lock:
        lock_month(site.project, lock, actor=site.contractor())
    record(site.project, punch(attendance.stranger(), "in 07:00", on=day))
    row = db.session.query(OddPunch).one()

    name_person(row, {"worker_id": site.own_worker.id}, actor=site.contractor())

    made = db.session.query(Punch).filter_by(worker_id=site.own_worker.id).one()
    assert state_of(site.project, made.id)[0] is PunchState.PENDING
    assert days(site.own_worker) == {}


def test_nobody_is_named_who_was_not_on_site_or_is_of_another_project(site, odd):
    late = roster.worker(site.own_team, entry_on=DAY + timedelta(days=1))
    other = attendance.site()
    with pytest.raises(NotOnSite) as caught:
        name_person(odd[0], {"worker_id": late.id}, actor=site.contractor())
    assert caught.value.field == "worker_id"
    for wrong in (other.own_worker.id, None):
        with pytest.raises(NobodyChosen):
            name_person(odd[0], {"worker_id": wrong}, actor=site.contractor())


def test_a_punch_that_is_dealt_with_is_named_no_more(site, odd):
    values = {"worker_id": site.own_worker.id}
    name_person(odd[0], values, actor=site.contractor())
    with pytest.raises((Closed, IllegalMove)):
        name_person(odd[0], values, actor=site.contractor())
    assert db.session.query(Punch).filter_by(worker_id=site.own_worker.id).count() == 1


def test_a_subcontractor_and_whoever_may_not_approve_name_nobody(site, odd):
    values = {"worker_id": site.own_worker.id}
    with pytest.raises(NotYourProject):
        name_person(odd[0], values, actor=site.subcontractor())
    actor = site.contractor()
    reader = type(actor)(
        actor.audience, 1, projects=actor.projects,
        permissions=frozenset({("read", "attendance"), ("write", "attendance")}),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        name_person(odd[0], values, actor=reader)
