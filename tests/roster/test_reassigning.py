"""调班组: a stay changes its team from a day on (screens.md 8.2)."""

from datetime import date, datetime, timedelta

import pytest

from app.attendance.models import AttendanceDay
from app.core import clock, scope, settings
from app.core.errors import Refusals
from app.extensions import db
from app.projects.choices import UnitState
from app.roster import belonging, errors, services
from app.roster.choices import MovementKind, StayState
from app.roster.models import TeamMembership
from app.roster.services.certificates import certificates_of
from app.roster.services.rules import TRADE_FOLLOWS_TEAM
from tests.factories import attendance, enterprises, projects, roster
from tests.roster.conftest import principal_of

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def reassign(site, actor, workers, team, from_on=TODAY, **values):
    number = team.id if team else None
    values = {"team_id": number, "from_on": from_on, "reason": "工作面调整", **values}
    with scope.act_as(actor):
        return services.reassign_workers(site.project, workers, values, actor=actor)


def refused(*args, **values):
    with pytest.raises(errors.Refusal) as caught:
        reassign(*args, **values)
    problem = caught.value
    found = problem.problems if isinstance(problem, Refusals) else [problem]
    return {single.field for single in found}, " ".join(map(str, found))


def places(worker):
    db.session.expire_all()
    return [(m.team_id, m.from_on, m.to_on) for m in belonging.memberships(worker)]


@pytest.fixture
def other(site):
    return roster.team(site.main, work_type="050")


def test_a_move_closes_the_old_membership_and_opens_the_next(site, gc, other):
    worker = roster.worker(site.main_team)
    reassign(site, gc, [worker], other, date(2026, 11, 20))

    assert (worker.team_id, worker.unit_id) == (other.id, site.main.id)
    assert worker.state is StayState.ON_SITE
    assert places(worker) == [
        (site.main_team.id, date(2026, 3, 1), date(2026, 11, 19)),
        (other.id, date(2026, 11, 20), None),
    ]
    assert belonging.memberships(worker)[1].reason == "工作面调整"


def test_every_entry_opens_a_membership_and_the_exit_closes_it(site, gc):
    with scope.act_as(gc):
        [worker] = services.enrol_workers(
            site.project, [roster.whole_values(site.main_team)], actor=gc
        )
    assert places(worker) == [(site.main_team.id, date(2026, 3, 1), None)]
    step = {"worker": worker, "kind": MovementKind.EXIT, "moved_on": TODAY, "reason": "resigned",
            "settled": False}  # fmt: skip
    with scope.act_as(gc):
        services.record_movements(site.project, [step], actor=gc)

    assert places(worker) == [(site.main_team.id, date(2026, 3, 1), TODAY)]


def test_who_waits_for_entry_begins_in_the_team_he_was_given_last(site, gc, other):
    worker = roster.worker(site.main_team, state=StayState.EXPECTED, entry_on=TODAY + DAY)
    reassign(site, gc, [worker], other, TODAY + DAY)
    assert places(worker) == []
    with clock.frozen(datetime(2026, 11, 23, 0, 5, tzinfo=clock.CHINA)):
        services.enter_due_stays(TODAY + DAY)

    assert places(worker) == [(other.id, TODAY + DAY, None)]


def test_a_corrected_entry_date_moves_the_first_membership(site, gc):
    with scope.act_as(gc):
        [worker] = services.enrol_workers(
            site.project, [roster.whole_values(site.main_team)], actor=gc
        )
        services.edit_worker(worker, {"entry_on": date(2026, 3, 5)}, actor=gc)

    assert places(worker) == [(site.main_team.id, date(2026, 3, 5), None)]


def test_a_move_on_the_day_of_the_entry_leaves_no_day_to_the_first_team(site, gc, other):
    worker = roster.worker(site.main_team, entry_on=TODAY)
    reassign(site, gc, [worker], other)

    assert places(worker) == [(site.main_team.id, TODAY, TODAY), (other.id, TODAY, None)]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        pytest.param({"reason": " "}, {"reason"}, id="a reason is demanded"),
        pytest.param({"from_on": None}, {"from_on"}, id="a day is demanded"),
        pytest.param({"from_on": TODAY + DAY}, {"from_on"}, id="tomorrow is too late"),
        pytest.param({"from_on": date(2026, 2, 28)}, {"from_on"}, id="nobody moves before entry"),
    ],
)
def test_what_the_form_asks_is_demanded(site, gc, other, values, fields):
    assert refused(site, gc, [roster.worker(site.main_team)], other, **values)[0] == fields


def test_no_punch_of_the_old_team_lies_after_the_move(site, gc, other):
    punched = datetime(2026, 11, 21, 18, tzinfo=clock.CHINA)
    worker = roster.worker(site.main_team, last_punch_at=punched)
    fields, words = refused(site, gc, [worker], other, date(2026, 11, 20))
    assert fields == {"from_on"}
    assert "2026-11-21" in words

    reassign(site, gc, [worker], other, date(2026, 11, 21))

    assert worker.team_id == other.id


def test_nobody_moves_to_his_own_team_a_foreign_one_or_the_management(site, gc, other):
    worker = roster.worker(site.main_team)
    own = refused(site, gc, [worker], site.main_team)
    management = services.management_team(site.project, site.main)

    assert own[0] == {"team_id"}
    assert refused(site, gc, [worker], management)[0] == {"team_id"}
    assert refused(site, gc, [worker], site.far_team)[0] == {"team_id"}
    assert refused(site, gc, [worker], None)[0] == {"team_id"}
    assert worker.team_id == site.main_team.id


def test_only_who_is_here_or_awaited_moves(site, gc, other):
    for state in (StayState.DRAFT, StayState.EXITED):
        _fields, words = refused(site, gc, [roster.worker(site.main_team, state=state)], other)
        assert str(state.label) in words


def test_one_of_another_company_leaves_and_enters_instead(site, gc, other):
    worker = roster.worker(site.main_team)
    fields, words = refused(site, gc, [worker], site.side_team)

    assert fields == {"team_id"}
    assert worker.name in words


def test_the_general_contractor_moves_people_between_companies_it_keeps(site, gc):
    waiting = projects.unit(site.project, enterprises.enterprise(), state=UnitState.INVITED)
    team = roster.team(waiting)
    worker = roster.worker(site.main_team)
    with scope.act_as(gc):
        services.replace_certificates(worker, [
            {"kind": "6", "number": "C-1", "valid_to": date(2027, 1, 1)}
        ])  # fmt: skip
    [moved] = reassign(site, gc, [worker], team)

    assert (moved.unit_id, moved.team_id) == (waiting.id, team.id)
    assert any(waiting.name in line for line in moved.notices)
    assert [row.unit_id for row in certificates_of(moved)] == [waiting.id]


def test_all_move_or_none(site, gc, other):
    good, bad = roster.worker(site.main_team), roster.worker(site.main_team, state=StayState.EXITED)
    with pytest.raises(errors.Refusal) as caught:
        reassign(site, gc, [good, bad], other)

    assert caught.value.row == 1
    db.session.expire_all()
    assert good.team_id == site.main_team.id
    assert not db.session.query(TeamMembership).filter_by(team_id=other.id).count()


def test_the_trade_follows_the_team_only_where_the_city_says_so(site, gc, other):
    free, bound = roster.worker(site.main_team), roster.worker(site.main_team)
    reassign(site, gc, [free], other)
    settings.change(TRADE_FOLLOWS_TEAM, value=True)
    reassign(site, gc, [bound], other)

    assert (free.work_type, bound.work_type) == ("020", "050")


def test_a_leader_leads_no_more_and_the_answer_says_so(site, gc, other):
    worker = roster.worker(site.main_team, is_team_leader=True)
    [moved] = reassign(site, gc, [worker], other)

    assert moved.is_team_leader is False
    assert site.main_team.name in moved.notices[0]


def test_days_before_the_move_stay_with_the_old_team(site, gc, other):
    worker = roster.worker(site.main_team)
    for day in (date(2026, 11, 20), date(2026, 11, 21)):
        attendance.record(
            site.project, attendance.punch(worker, "in 07:00", day),
            attendance.punch(worker, "out 18:00", day),
        )  # fmt: skip
    db.session.expire_all()
    reassign(site, gc, [worker], other, date(2026, 11, 21))
    # punches that come later, of days before and after
    late = date(2026, 11, 19)
    attendance.record(
        site.project, attendance.punch(worker, "in 07:00", late),
        attendance.punch(worker, "out 18:00", late), attendance.punch(worker, "in 06:30", TODAY),
    )  # fmt: skip

    found = db.session.query(AttendanceDay.work_on, AttendanceDay.team_id).filter_by(
        worker_id=worker.id
    )
    assert dict(found.all()) == {
        date(2026, 11, 19): site.main_team.id, date(2026, 11, 20): site.main_team.id,
        date(2026, 11, 21): other.id, TODAY: other.id,
    }  # fmt: skip


def test_a_subcontractor_moves_its_own_people_and_nobody_elses(site, gc):
    sub = principal_of(site.sub_user)
    mine = roster.worker(site.side_team)
    next_team = roster.team(site.side)
    reassign(site, sub, [mine], next_team)

    assert mine.team_id == next_team.id
    assert refused(site, sub, [roster.worker(site.side_team)], site.main_team)[0] == {"team_id"}
