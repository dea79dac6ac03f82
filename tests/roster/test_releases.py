"""申请释放: the new stay holds at once, the old one is asked to close (screens.md 8.2, 19)."""

from datetime import date, datetime, timedelta

import pytest

from app.core import clock, scope
from app.extensions import db
from app.projects.choices import UnitState
from app.roster import services
from app.roster.choices import MovementKind, ReleaseState, StayState
from app.roster.errors import ReleaseRefused
from app.roster.models import Movement, ProjectWorker, StayRelease
from app.roster.queries import elsewhere
from tests.factories import alerts, enterprises, projects, roster
from tests.roster.conftest import NOON, principal_of

DUE = datetime(2026, 11, 26, tzinfo=clock.CHINA)  # 24:00 of the third day after the 22nd


@pytest.fixture
def stranger(site):
    """The administrator of the other enterprise."""
    return principal_of(site.stranger_user)


@pytest.fixture
def old(site):
    """A worker on site in the other enterprise's project."""
    return roster.worker(site.far_team, entry_on=date(2026, 3, 1))


def come(site, old, gc, **values):
    """Register the same person here."""
    row = roster.worker_values(
        site.main_team, id_number=old.id_number, name=old.name,
        **{"entry_on": date(2026, 11, 22), **values},
    )  # fmt: skip
    return services.enrol_workers(site.project, [row], actor=gc)[0]


def release_of(old):
    return db.session.query(StayRelease).filter_by(worker_id=old.id).one()


def test_the_new_stay_begins_at_once_and_the_old_site_is_asked_until_the_end_of_the_third_day(
    site, old, gc
):
    new = come(site, old, gc)

    asked = release_of(old)
    assert new.state is StayState.ON_SITE
    assert asked.state is ReleaseState.PENDING
    assert (asked.asked_at, asked.due_at) == (NOON, DUE)
    assert (asked.site_name, asked.new_site_name) == (site.elsewhere.name, site.project.name)
    assert any("3 days" in notice or "3日" in notice for notice in new.notices)


def test_sheet_and_interface_ask_for_the_release_as_well(site, old, gc, at):
    other = roster.worker(site.far_team)
    come(site, old, at(gc, scope.Door.SHEET))
    come(site, other, at(gc, scope.Door.API), work_type="020")

    assert release_of(old).state is ReleaseState.PENDING
    assert release_of(other).state is ReleaseState.PENDING


def test_an_expected_stay_asks_on_its_entry_day(site, old, gc):
    new = come(site, old, gc, entry_on=date(2026, 11, 24))
    assert db.session.query(StayRelease).count() == 0
    assert new.state is StayState.EXPECTED

    with clock.frozen(NOON + timedelta(days=2)):
        services.enter_due_stays(clock.today())
    assert new.state is StayState.ON_SITE
    assert release_of(old).new_entry_on == date(2026, 11, 24)


def test_management_staff_may_serve_several_sites(site, gc):
    engineer = roster.worker(site.far_team, work_role="10")
    come(site, engineer, gc)

    assert db.session.query(StayRelease).count() == 0


def test_both_sites_read_the_request_and_nobody_else(site, old, gc, stranger):
    come(site, old, gc)
    sub = principal_of(site.sub_user)

    seen = {}
    for name, who in (("new", gc), ("old", stranger), ("other unit", sub)):
        with scope.act_as(who):
            db.session.expire_all()
            seen[name] = db.session.query(StayRelease).count()
    assert seen == {"new": 1, "old": 1, "other unit": 0}


def test_an_exit_by_hand_ends_the_request_with_its_day(site, old, gc, stranger):
    come(site, old, gc)
    services.record_movements(
        site.elsewhere,
        [{"worker": old, "kind": MovementKind.EXIT, "moved_on": date(2026, 11, 21),
          "reason": "released", "settled": False}],
        actor=stranger,
    )  # fmt: skip

    asked = release_of(old)
    assert (asked.state, asked.left_on) == (ReleaseState.LEFT, date(2026, 11, 21))


def test_the_end_of_the_new_stay_makes_the_request_lapse(site, old, gc):
    new = come(site, old, gc)
    services.record_movements(
        site.project,
        [{"worker": new, "kind": MovementKind.EXIT, "moved_on": date(2026, 11, 22),
          "reason": "other", "settled": False}],
        actor=gc,
    )  # fmt: skip

    assert release_of(old).state is ReleaseState.LAPSED
    assert old.state is StayState.ON_SITE


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param((datetime(2026, 11, 19, 18, tzinfo=clock.CHINA), date(2026, 3, 1),
                      date(2026, 11, 19)), id="on the last punch date"),
        pytest.param((datetime(2026, 11, 19, 2, tzinfo=clock.CHINA), date(2026, 3, 1),
                      date(2026, 11, 18)), id="on the work date of a punch at night"),
        pytest.param((None, date(2026, 3, 1), date(2026, 11, 21)),
                     id="the day before the entry elsewhere without a punch"),
        pytest.param((None, date(2026, 11, 22), date(2026, 11, 22)),
                     id="never before its own entry"),
    ],
)  # fmt: skip
def test_a_stay_nobody_closed_closes_by_itself(site, old, gc, facts):
    punched, entered, left = facts
    old.last_punch_at, old.entry_on = punched, entered
    db.session.flush()
    come(site, old, gc)

    assert services.close_due_releases(DUE - timedelta(seconds=1)) == 0
    with clock.frozen(DUE):
        assert services.close_due_releases(DUE) == 1
        assert services.close_due_releases(DUE) == 0
    assert (old.state, old.exit_on, old.exit_reason) == (StayState.EXITED, left, "released")
    assert (release_of(old).state, release_of(old).left_on) == (ReleaseState.CLOSED, left)
    moved = db.session.query(Movement).filter_by(worker_id=old.id, kind=MovementKind.EXIT).one()
    assert (moved.moved_on, moved.settled) == (left, False)
    assert site.project.name in moved.remark


def test_a_stay_that_ended_otherwise_is_not_closed_again(site, old, gc):
    new = come(site, old, gc)
    new.is_deleted = True  # an import taken back
    db.session.flush()

    with clock.frozen(DUE):
        assert services.close_due_releases(DUE) == 0
    assert old.state is StayState.ON_SITE
    assert release_of(old).state is ReleaseState.LAPSED


def test_the_old_site_may_answer_and_nobody_else(site, old, gc, stranger):
    come(site, old, gc)
    asked = release_of(old)

    with pytest.raises(ReleaseRefused):
        services.answer_release(asked, {"answer": "不是我"}, actor=gc)
    with pytest.raises(ReleaseRefused) as refused:
        services.answer_release(asked, {"answer": " "}, actor=stranger)
    assert refused.value.field == "answer"
    services.answer_release(asked, {"answer": "仍在本项目打卡"}, actor=stranger)
    assert (asked.answer, asked.answered_at) == ("仍在本项目打卡", NOON)


def test_a_release_is_asked_anew_by_the_button_only_where_there_is_something_to_ask(site, old, gc):
    new = alerts.again(old, site.main_team)  # written without asking
    assert elsewhere.others_on_site(new)

    services.ask_release(new, actor=gc)
    assert release_of(old).state is ReleaseState.PENDING
    assert not elsewhere.others_on_site(new)
    with pytest.raises(ReleaseRefused):
        services.ask_release(new, actor=gc)


def test_a_stay_of_another_site_cannot_ask(site, old, gc):
    other = db.session.get(ProjectWorker, old.id)
    with pytest.raises(ReleaseRefused):
        services.ask_release(other, actor=gc)


def end(site, worker, actor, day=date(2026, 11, 22)):
    """Record an exit by sheet, as T5 does, and give what its undo needs."""
    (one,) = services.record_movement_rows(
        db.session.get(type(site.project), worker.project_id),
        [{"id_type": "01", "id_number": worker.id_number, "person_name": worker.name,
          "team": worker.team.name, "kind": MovementKind.EXIT, "moved_on": day,
          "reason": "other", "settled": False}],
        actor=actor,
    )  # fmt: skip
    return one


def asked_of(actor):
    return [row.state for row in db.session.scalars(elsewhere.asked_to_leave(actor))]


def test_a_stay_taken_back_lets_its_request_lapse_and_the_other_site_reads_nothing_more(
    site, old, gc, stranger
):
    new = come(site, old, gc)
    assert asked_of(stranger) == [ReleaseState.PENDING]
    services.take_back_workers([(new, None)], actor=gc)

    assert release_of(old).state is ReleaseState.LAPSED
    assert asked_of(stranger) == []
    assert elsewhere.releases_about(old)[0].left_on is None


def test_a_stay_that_waits_for_its_entry_again_lets_its_request_lapse(site, old, gc, stranger):
    draft = come(site, old, gc, entry_on=date(2026, 11, 24))
    services.edit_worker(draft, {"entry_on": date(2026, 11, 22)}, actor=gc)
    assert asked_of(stranger) == [ReleaseState.PENDING]
    services.take_back_workers([(draft, {})], actor=gc)

    assert draft.state is StayState.DRAFT
    assert asked_of(stranger) == []


def test_an_exit_taken_back_brings_the_request_back(site, old, gc, stranger, at):
    new = come(site, old, gc)
    porter = at(gc, scope.Door.SHEET)
    left = end(site, new, porter)
    assert asked_of(stranger) == []
    services.take_back_movements([(left.row, left.before)], actor=porter)

    assert new.state is StayState.ON_SITE
    assert asked_of(stranger) == [ReleaseState.PENDING]


def test_an_exit_of_the_old_stay_taken_back_asks_for_it_anew(site, old, gc, stranger, at):
    new = come(site, old, gc)
    porter = at(stranger, scope.Door.SHEET)
    left = end(site, old, porter, date(2026, 11, 21))
    services.take_back_movements([(left.row, left.before)], actor=porter)

    pending = db.session.query(StayRelease).filter_by(state=ReleaseState.PENDING).one()
    assert (pending.worker_id, pending.new_worker_id) == (old.id, new.id)


@pytest.mark.parametrize("new_moves", [False, True])
def test_a_request_follows_a_stay_that_goes_over_to_another_unit(
    site, old, gc, stranger, new_moves
):
    new = come(site, old, gc)
    moved, actor = (new, gc) if new_moves else (old, stranger)
    project = site.project if new_moves else site.elsewhere
    unit = projects.unit(project, enterprises.enterprise(), state=UnitState.INVITED)
    services.reassign_workers(
        project, [moved],
        {"team_id": roster.team(unit).id, "from_on": date(2026, 11, 22), "reason": "换单位"},
        actor=actor,
    )  # fmt: skip

    asked = release_of(old)
    assert (asked.unit_id, asked.new_unit_id) == (old.unit_id, new.unit_id)
    assert unit.id in (asked.unit_id, asked.new_unit_id)
