"""A sheet about workers who are in the team already: completed, changed, or left (14, 8.2)."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from app.core import clock, scope
from app.core.errors import Refusal, Refusals
from app.extensions import db
from app.roster import errors, queries, services
from app.roster.choices import MovementKind, StayState
from app.roster.models import Movement, ProjectWorker, TeamMembership
from app.roster.services.enrolment import check_workers
from tests.factories import roster
from tests.roster.conftest import principal_of

TODAY = date(2026, 11, 22)


@pytest.fixture
def clerk(gc, at):
    """The general contractor's administrator with a sheet."""
    return at(gc, scope.Door.SHEET)


@contextmanager
def counting():
    """Collect the statements of a block."""
    found = []
    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", count := lambda *_a: found.append(1))
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", count)


@pytest.fixture
def worker(site, clerk):
    """A worker on site since the first."""
    return send(site, clerk, line(site, address="旧地址"))


def line(site, worker=None, team=None, **values):
    """Give the seven columns of a row, about a worker who is there."""
    if worker is None:
        return roster.worker_values(team or site.main_team, **values)
    given = {name: getattr(worker, name) for name in
             ("name", "id_type", "id_number", "mobile", "entry_on")}  # fmt: skip
    team = team or site.main_team
    return given | {"unit_id": team.unit_id, "team_id": team.id} | values


def send(site, actor, row):
    return services.enrol_workers(site.project, [row], actor=actor)[0]


def judged(site, actor, row):
    (one,) = check_workers(site.project, [row], actor=actor)
    return one.new, one.changed


def refused(site, actor, row):
    with pytest.raises(Refusal) as raised:
        check_workers(site.project, [row], actor=actor)
    with pytest.raises(Refusal) as again:
        services.enrol_workers(site.project, [row], actor=actor)
    one, two = raised.value, again.value
    assert str(one) == str(two)
    return one.problems[0] if isinstance(one, Refusals) else one


def undo(worker, actor):
    services.take_back_renewals([(worker, worker.before)], actor=actor)


def test_the_same_row_again_changes_nothing(site, clerk, worker):
    row = line(site, worker)

    assert judged(site, clerk, row) == (False, False)
    version = worker.row_version
    again = send(site, clerk, row)
    assert (again.id, again.before, worker.row_version) == (worker.id, {}, version)
    assert db.session.query(ProjectWorker).count() == 1


def test_empty_cells_are_filled_and_no_cell_clears(site, clerk, worker):
    row = line(site, worker, nation="01", education="30", address=None, remark="")

    assert judged(site, clerk, row) == (False, True)
    send(site, clerk, row)
    assert (worker.nation, worker.education, worker.address) == ("01", "30", "旧地址")


def test_what_is_filled_otherwise_is_changed_and_an_undo_gives_it_back(site, clerk, worker):
    mobile, owes = worker.mobile, worker.complete_by
    send(site, clerk, line(site, worker, mobile="13900139123", address="新地址", nation="01"))
    assert (worker.mobile, worker.address) == ("13900139123", "新地址")
    assert worker.complete_by == owes

    undo(worker, clerk)
    db.session.expire_all()
    assert (worker.mobile, worker.address, worker.nation) == (mobile, "旧地址", None)
    assert (worker.state, worker.incomplete) == (StayState.ON_SITE, True)
    assert db.session.query(Movement).filter_by(is_deleted=False).count() == 1
    assert db.session.query(TeamMembership).filter_by(is_deleted=False).count() == 1


def test_a_wage_card_changes_hands_and_comes_back(site, clerk, worker):
    first, second = "6222021234567890128", "6217001234567890123"
    send(site, clerk, line(site, worker, bank_card_no=first))
    send(site, clerk, line(site, worker, bank_card_no=second))

    def owners():
        with scope.system_scope("test"):
            cards = {queries.card_fingerprint(one) for one in (first, second)}
            return set(queries.card_owners(cards))

    assert owners() == {queries.card_fingerprint(second)}
    undo(worker, clerk)
    assert owners() == {queries.card_fingerprint(first)}
    assert (worker.bank_card_no, worker.bank_account_name) == (first, worker.name)


def test_a_contract_in_the_row_stands_on_the_stay_and_goes_back(site, clerk, worker):
    send(site, clerk, line(site, worker, contract_no="HT-9", contract_signed_on=TODAY,
                           pay_rate=Decimal("350.00")))  # fmt: skip
    assert (worker.contract_no, worker.has_contract) == ("HT-9", True)
    assert judged(site, clerk, line(site, worker, pay_rate=Decimal(350))) == (False, False)

    undo(worker, clerk)
    assert (worker.contract_no, worker.has_contract) == (None, False)


def test_another_name_is_a_conflict_and_never_the_name(site, clerk, worker):
    row = line(site, worker, name="别人")
    assert judged(site, clerk, row) == (False, True)
    send(site, clerk, row)

    assert worker.name != "别人"
    assert (worker.conflicted, worker.conflict) == (True, {"known": worker.name, "given": "别人"})
    (said,) = [one for one in worker.notices if worker.name in one]
    assert (said.field, said.corrects) == ("name", worker.id)
    undo(worker, clerk)
    assert (worker.conflicted, worker.conflict) == (False, None)


def test_a_conflict_told_before_is_no_change_but_is_said_again(site, clerk, worker):
    send(site, clerk, line(site, worker, name="别人"))
    again = send(site, clerk, line(site, worker, name="别人"))

    assert again.before == {}
    assert any(worker.name in one for one in again.notices)


def test_sex_and_birth_of_an_identity_card_stay_what_its_number_says(site, clerk, worker):
    other = "1" if worker.sex == "2" else "2"
    again = send(site, clerk, line(site, worker, sex=other, birth_on=date(1999, 1, 1)))

    assert again.before == {}
    assert worker.birth_on != date(1999, 1, 1)
    assert {one.field for one in again.notices} == {"sex", "birth_on"}


def test_the_entry_date_is_judged_as_the_form_judges_it(site, clerk, worker):
    worker.first_punch_at = datetime(2026, 11, 10, 8, tzinfo=clock.CHINA)
    db.session.flush()

    ahead = refused(site, clerk, line(site, worker, entry_on=TODAY + timedelta(days=3)))
    late = refused(site, clerk, line(site, worker, entry_on=date(2026, 11, 11)))
    assert isinstance(ahead, errors.DateRefused)
    assert (ahead.field, late.field) == ("entry_on", "entry_on")


def test_an_expected_stay_begins_by_the_row_and_waits_again_by_its_undo(site, clerk):
    worker = send(site, clerk, line(site, entry_on=TODAY + timedelta(days=5)))
    assert worker.state is StayState.EXPECTED
    send(site, clerk, line(site, worker, entry_on=TODAY))
    assert worker.state is StayState.ON_SITE
    assert services.begins_otherwise(worker.before)
    assert db.session.query(Movement).filter_by(kind=MovementKind.ENTRY).count() == 1

    undo(worker, clerk)
    assert (worker.state, worker.entry_on) == (StayState.EXPECTED, TODAY + timedelta(days=5))
    assert db.session.query(Movement).filter_by(is_deleted=False).count() == 0
    assert db.session.query(TeamMembership).filter_by(is_deleted=False).count() == 0


def test_another_team_is_refused_with_where_he_is_and_the_way_out(site, clerk, worker):
    other = roster.team(site.main)
    problem = refused(site, clerk, line(site, worker, other))

    assert isinstance(problem, errors.InAnotherTeam)
    assert problem.field == "team_id"
    assert site.main_team.name in str(problem)
    assert site.main.name in str(problem)


def test_a_unit_is_not_told_in_which_team_another_unit_has_a_worker(site, worker, at):
    sub = at(principal_of(site.sub_user), scope.Door.SHEET)
    with scope.act_as(sub):
        db.session.expunge_all()
        problem = refused(site, sub, line(site, worker, site.side_team))

    assert isinstance(problem, errors.WithAnotherUnit)
    assert site.main_team.name not in str(problem)


def test_somebody_who_left_comes_back_with_a_new_stay(site, clerk, worker):
    services.record_movements(
        site.project,
        [{"worker": worker, "kind": MovementKind.EXIT, "moved_on": TODAY, "reason": "other",
          "settled": False}],
        actor=clerk,
    )  # fmt: skip

    back = line(site, worker, roster.team(site.main), entry_on=TODAY)
    assert judged(site, clerk, back) == (True, False)


def test_a_leader_named_by_the_row_leads_and_a_second_one_is_refused(site, clerk, worker):
    send(site, clerk, line(site, worker, is_team_leader=True))
    assert worker.is_team_leader
    assert site.main_team.leader_name == worker.name
    other = send(site, clerk, line(site))

    assert isinstance(refused(site, clerk, line(site, other, is_team_leader=True)),
                      errors.LeaderTaken)  # fmt: skip


@pytest.mark.parametrize("door", [scope.Door.FORM, scope.Door.API])
def test_form_and_interface_refuse_a_repeat_as_before(site, gc, at, worker, door):
    actor = at(gc, door)
    problem = refused(site, actor, line(site, worker, work_type="020"))

    assert isinstance(problem, errors.AlreadyOnProject)
    assert "居民身份证" in str(problem) or "dentity" in str(problem)


def test_a_repeat_is_named_by_its_own_kind_of_document(site, gc):
    row = line(site, id_type="08", id_number="E12345678", sex="1", birth_on=date(1990, 1, 1))
    first = send(site, gc, row)
    problem = refused(site, gc, line(site, first, sex="1", birth_on=date(1990, 1, 1)))

    assert "身份证" not in str(problem)
    assert "护照" in str(problem) or "assport" in str(problem)


def test_a_whole_roster_again_asks_the_database_no_more_often_than_one_row(site, clerk):
    rows = [line(site) for _n in range(12)]
    workers = services.enrol_workers(site.project, rows, actor=clerk)
    again = [line(site, one, address="新地址") for one in workers]

    def asked(part):
        db.session.flush()
        db.session.expire_all()
        with counting() as found:
            check_workers(site.project, part, actor=clerk)
        return len(found)

    assert asked(again) == asked(again[:1])
