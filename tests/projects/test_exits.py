"""A unit leaves with its teams, workers, posts and logins, or not at all (screens.md 5.4)."""

import re
from datetime import date, timedelta

import pytest

from app.core import clock, scope
from app.enterprises.choices import EnterpriseType
from app.extensions import db
from app.identity import services as identity
from app.identity.models import SiteAccess
from app.projects import services
from app.projects.choices import LABOUR, PROFESSIONAL, UnitState
from app.projects.errors import OutOfOrder, StatementMissing, UnitsBelow
from app.projects.models import ProjectUnit
from app.roster import services as roster_services
from app.roster.choices import StaffKind, StaffState, StayState, TeamState
from app.roster.errors import DateRefused
from app.roster.models import Movement, ProjectWorker, StaffMember, Team
from tests.factories import enterprises, numbered, people, roster, wages
from tests.factories import projects as make

LEFT = date(2026, 11, 20)


@pytest.fixture
def site(builder):
    """A project of the general contractor."""
    return make.project(builder)


@pytest.fixture
def inviter(site, builder, principal):
    """The general contractor's administrator, with the project in scope."""
    return principal(enterprises.admin(builder))


@pytest.fixture
def unit(site, crew):
    """An accepted labour unit."""
    return make.unit(site, crew)


@pytest.fixture
def team(unit):
    """A team of the unit with somebody on site, somebody expected and a draft."""
    row = roster.team(unit)
    roster.worker(row)
    roster.worker(row, state=StayState.EXPECTED, entry_on=clock.today() + timedelta(days=3))
    roster.worker(row, state=StayState.DRAFT, entry_on=None)
    return row


def leave(unit, actor, **values):
    with scope.act_as(actor):
        services.exit_unit(
            unit, {"exit_on": LEFT, "exit_reason": "合同解除", **values}, actor=actor
        )


def states(model, unit):
    db.session.expire_all()
    rows = db.session.query(model).filter_by(unit_id=unit.id, is_deleted=False)
    return {row.state for row in rows}


def login(unit):
    """A clerk of the unit, with a second site elsewhere."""
    human = people.person()
    number, _password = identity.open_site_login(
        project_id=unit.project_id, unit_id=unit.id, whole_project=False,
        username=numbered("clerk"), name=human.name, mobile=human.mobile, role="clerk",
        can_write=None, actor=scope.SYSTEM,
    )  # fmt: skip
    return number


def test_everything_of_the_unit_ends_on_the_same_day(site, unit, team, inviter, principal):
    other = roster.team(make.general_contractor_unit(site))
    stays = roster.worker(other)
    clerk = login(unit)
    assert principal(clerk).units == (unit.id,)

    leave(unit, inviter)

    assert unit.state is UnitState.EXITED
    assert (unit.exit_on, unit.exit_reason) == (LEFT, "合同解除")
    assert states(Team, unit) == {TeamState.EXITED}
    assert states(ProjectWorker, unit) == {StayState.EXITED}
    [worker] = db.session.query(ProjectWorker).filter_by(unit_id=unit.id, is_deleted=False)
    assert (worker.exit_on, team.exit_on) == (LEFT, LEFT)
    [movement] = db.session.query(Movement).filter_by(worker_id=worker.id)
    assert (movement.moved_on, movement.remark) == (LEFT, "合同解除")
    assert (stays.state, other.state) == (StayState.ON_SITE, TeamState.ON_SITE)
    assert principal(clerk).units == ()
    assert not db.session.query(SiteAccess).filter_by(unit_id=unit.id, active=True).count()


def test_posts_of_the_unit_end_with_their_logins(site, unit, inviter):
    kept = roster.staff_values(unit, "1007", has_account=False)
    with scope.act_as(inviter):
        post = roster_services.add_staff(
            site, StaffKind.MANAGER, {**kept, "post": "labour_manager"}, actor=scope.SYSTEM
        )
    draft = roster_services.draft_staff(
        site.id, StaffKind.MANAGER, {"name": "赵六", "post": "labour_manager", "unit_id": unit.id},
        origin="unit:draft",
    )  # fmt: skip

    leave(unit, inviter)

    assert post.state is StaffState.EXITED
    assert draft.is_deleted
    assert states(StaffMember, unit) == {StaffState.EXITED}
    assert states(ProjectWorker, unit) == {StayState.EXITED}


def test_unpaid_wages_ask_for_a_settlement_statement(unit, team, inviter):
    [worker] = db.session.query(ProjectWorker).filter_by(team_id=team.id, state=StayState.ON_SITE)
    sheet = wages.payroll([worker], "2026-10")
    with pytest.raises(StatementMissing) as refusal:
        leave(unit, inviter)
    assert refusal.value.field == "settlement_file"
    assert unit.state is UnitState.ACCEPTED

    leave(unit, inviter, settlement_file=make.stored_file(inviter.user_id))

    assert unit.state is UnitState.EXITED
    [movement] = db.session.query(Movement).filter_by(worker_id=worker.id)
    assert movement.settled
    assert sheet.id


def test_paid_wages_ask_for_nothing(unit, team, inviter):
    [worker] = db.session.query(ProjectWorker).filter_by(team_id=team.id, state=StayState.ON_SITE)
    wages.pay(wages.payroll([worker], "2026-10"), date(2026, 11, 10))

    leave(unit, inviter)

    assert unit.state is UnitState.EXITED


def test_who_entered_later_keeps_the_whole_unit_on_site(unit, team, inviter):
    late = roster.worker(team, entry_on=LEFT + timedelta(days=1))
    with pytest.raises(DateRefused) as refusal, db.session.begin_nested():
        leave(unit, inviter)
    assert late.name in str(refusal.value)
    assert states(Team, unit) == {TeamState.ON_SITE}
    assert unit.state is UnitState.ACCEPTED


def test_labour_units_below_leave_first_and_their_parent_lets_them(site, principal):
    lead = enterprises.enterprise(EnterpriseType.PROFESSIONAL_SUBCONTRACTOR)
    above = make.unit(site, lead, role=PROFESSIONAL)
    below = make.unit(site, enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR),
                      role=LABOUR, parent_id=above.id)  # fmt: skip
    crew = roster.team(below)
    roster.worker(crew)
    general = principal(enterprises.admin(db.session.get(type(lead), site.general_contractor_id)))
    with pytest.raises(UnitsBelow):
        leave(above, general)

    parent = principal(enterprises.admin(lead))
    leave(below, parent)
    leave(above, general)

    assert states(ProjectWorker, below) == {StayState.EXITED}
    assert {above.state, below.state} == {UnitState.EXITED}
    assert site.id not in parent.projects


def test_the_form_shows_what_leaves_before_it_does(system, signed_in):
    with system():
        firm, crew = enterprises.enterprise(), enterprises.enterprise()
        unit = make.unit(make.project(firm), crew)
        rows = [roster.worker(roster.team(unit)) for _ in range(2)]
        wages.payroll(rows, "2026-10")
        number, user = unit.id, enterprises.admin(firm)
    browser = signed_in(user)

    page = browser.get(f"/units/leave/{number}").text
    for words in ("Teams on site：2", "Workers on site：2", "Unpaid wages：12,000.00"):
        assert words in page
    data = {"exit_on": "2026-11-20", "exit_reason": "完工"}
    refused = browser.post(f"/units/leave/{number}", data=data).text
    assert "attach the settlement statement" in refused
    assert 'href="#settlement_file"' in refused
    with system():
        assert db.session.get(ProjectUnit, number).state is UnitState.ACCEPTED


def test_a_unit_nobody_has_entered_may_leave_before_its_entry_date(site, crew, inviter):
    coming = make.unit(site, crew, entry_on=clock.today() + timedelta(days=20))
    team = roster.team(coming, entry_on=clock.today() + timedelta(days=20))

    leave(coming, inviter, exit_on=clock.today())

    assert (coming.state, coming.exit_on) == (UnitState.EXITED, clock.today())
    assert team.state is TeamState.EXITED
    assert team.exit_on >= team.entry_on


def test_a_unit_whose_people_entered_leaves_not_before_its_entry_date(site, crew, inviter):
    unit = make.unit(site, crew, entry_on=date(2026, 11, 10))
    roster.worker(roster.team(unit), entry_on=date(2026, 11, 10))

    with pytest.raises(OutOfOrder) as refusal:
        leave(unit, inviter, exit_on=date(2026, 11, 9))

    assert "2026-11-10" in str(refusal.value)
    assert unit.state is UnitState.ACCEPTED


def test_who_is_expected_is_not_counted_on_site_of_a_unit(system, signed_in):
    with system():
        firm, crew = enterprises.enterprise(), enterprises.enterprise()
        project = make.project(firm)
        team = roster.team(make.unit(project, crew))
        roster.worker(team)
        for _one in range(6):
            roster.worker(team, state=StayState.EXPECTED, entry_on=clock.today())
        number, user = project.id, enterprises.admin(firm)
        shown = {u.name: u.id for u in db.session.query(ProjectUnit).filter_by(project_id=number)}
        row = shown[crew.name]

    page = signed_in(user).get(f"/projects/show/{number}?tab=units").text

    [own] = [part for part in page.split("<tr")[1:] if f"/units/show/{row}" in part]
    assert re.search(r'data-label="On site"[^>]*>(?:<[^>]+>)?\s*1\s*<', own), own
