"""Teams (screens.md 8.1)."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core import scope
from app.core.errors import Refusals, Stale
from app.extensions import db
from app.projects.choices import UnitState
from app.roster import errors, events, queries, services
from app.roster.choices import MovementKind, StaffKind, StayState, TeamState
from app.roster.models import ProjectWorker
from app.roster.views.answers import about_team
from tests.factories import people, projects, roster
from tests.roster.conftest import principal_of

SHEET, API = scope.Door.SHEET, scope.Door.API


def add(site, actor, **values):
    with scope.act_as(actor):
        return services.add_teams(
            site.project, [roster.team_values(site.main, **values)], actor=actor
        )[0]


def refused(site, actor, **values):
    with pytest.raises(errors.Refusal) as caught:
        add(site, actor, **values)
    problem = caught.value
    found = problem.problems if isinstance(problem, Refusals) else [problem]
    return {single.field for single in found}


def test_team_numbers_have_ten_digits_and_run_through_the_city(site, gc):
    first, second = add(site, gc), add(site, gc)
    stranger = principal_of(site.stranger_user)
    with scope.act_as(stranger):
        far = services.add_teams(site.elsewhere, [roster.team_values(site.far)], actor=stranger)[0]

    assert first.team_no == 1_500_000_001
    assert (second.team_no, far.team_no) == (first.team_no + 1, first.team_no + 2)


def test_saving_a_team_puts_its_leader_on_the_roster_as_a_draft(site, gc):
    team = add(site, gc)
    draft = db.session.scalars(select(ProjectWorker).filter_by(team_id=team.id)).one()

    assert (draft.state, draft.is_team_leader) == (StayState.DRAFT, True)
    assert (draft.name, draft.id_number) == (team.leader_name, team.leader_id_number)
    assert (draft.incomplete, draft.complete_by) == (False, None)  # 待补齐 is no mark of drafts


def test_the_leader_joins_once_and_completing_his_draft_is_no_second_join(site, gc):
    heard = []
    listener = events.workers_joined.connect(
        lambda workers, actor: heard.extend(w.id for w in workers)  # noqa: ARG005
    )
    try:
        team = add(site, gc)
        row = roster.worker_values(
            team, id_number=team.leader_id_number, name=team.leader_name, is_team_leader=True
        )
        with scope.act_as(gc):
            worker = services.enrol_workers(site.project, [row], actor=gc)[0]
    finally:
        events.workers_joined.receivers.remove(listener)

    assert heard == [worker.id]
    assert worker.state is StayState.ON_SITE
    assert len(queries.movements(worker)) == 1
    assert worker.incomplete is True


def test_a_leader_completed_without_a_word_about_leading_stays_the_leader(site, gc):
    team = add(site, gc)
    row = roster.worker_values(team, id_number=team.leader_id_number, name=team.leader_name)
    with scope.act_as(gc):
        worker = services.enrol_workers(site.project, [row], actor=gc)[0]

    assert worker.is_team_leader is True
    assert queries.leader_stays([team.id])[team.id].id == worker.id


def test_a_leaders_draft_completed_in_another_team_leads_none(site, gc):
    team = add(site, gc)
    row = roster.worker_values(
        site.main_team, id_number=team.leader_id_number, name=team.leader_name
    )
    with scope.act_as(gc):
        worker = services.enrol_workers(site.project, [row], actor=gc)[0]

    assert worker.is_team_leader is False


def test_a_leader_who_is_on_the_project_already_gets_no_second_stay(site, gc):
    known = roster.worker(site.side_team)
    team = add(site, gc, leader_id_number=known.id_number, leader_name=known.name)

    assert queries.members(team) == []


def test_another_leader_takes_the_place_of_a_draft_and_the_team_names_him(site, gc):
    team = add(site, gc)
    former, row = team.leader_name, roster.worker_values(team, is_team_leader=True)
    with scope.act_as(gc):
        worker = services.enrol_workers(site.project, [row], actor=gc)[0]

    assert queries.leader_stays([team.id])[team.id].id == worker.id
    assert team.leader_name == worker.name
    assert any(former in notice and worker.name in notice for notice in worker.notices)


def test_who_leads_a_team_is_answered_to_whoever_is_to_lead_it(site, gc):
    team = add(site, gc)

    def answered(name, *, leads=True):
        with scope.act_as(gc):
            return [line["level"] for line in
                    about_team(team.id, "020", leads=leads, name=name)["lines"]]  # fmt: skip

    assert answered("新班长") == ["info", "warn"]
    assert answered("新班长", leads=False) == answered(team.leader_name) == ["info"]
    row = roster.worker_values(
        team, id_number=team.leader_id_number, name=team.leader_name, is_team_leader=True
    )
    with scope.act_as(gc):
        services.enrol_workers(site.project, [row], actor=gc)
    assert answered("新班长") == ["info", "error"]


def test_a_name_is_unique_in_its_unit_only(site, gc):
    team = add(site, gc, name="钢筋一班")
    with pytest.raises(errors.TeamNameTaken) as caught:
        add(site, gc, name="钢筋一班")
    with scope.act_as(gc):
        other = services.add_teams(
            site.project, [roster.team_values(site.side, name="钢筋一班")], actor=gc
        )

    assert caught.value.team_no == team.team_no
    assert other[0].name == "钢筋一班"


def test_one_name_twice_in_a_list_names_the_second_row(site, gc):
    rows = [roster.team_values(site.main, name="木工一班") for _n in range(2)]
    with scope.act_as(gc), pytest.raises(errors.TeamNameTaken) as caught:
        services.add_teams(site.project, rows, actor=gc)

    assert caught.value.row == 1


def test_the_name_of_the_management_team_is_reserved(site, gc):
    assert refused(site, gc, name="项目管理部") == {"name"}
    assert add(site, gc, name="项目管理部二").id


def test_a_team_does_not_enter_before_its_unit(site, gc):
    assert refused(site, gc, entry_on=date(2026, 1, 31)) == {"entry_on"}
    assert add(site, gc, entry_on=site.main.entry_on).id


@pytest.mark.parametrize("door", [scope.Door.FORM, SHEET, API])
def test_a_team_is_registered_at_most_fifteen_days_ahead_whatever_the_door(site, gc, at, door):
    assert refused(site, at(gc, door), entry_on=date(2026, 12, 8)) == {"entry_on"}
    team = add(site, at(gc, door), entry_on=date(2026, 12, 7))
    with scope.act_as(gc), pytest.raises(errors.DateRefused):
        services.edit_team(team, {"entry_on": date(2030, 1, 1)}, actor=at(gc, door))


@pytest.mark.parametrize("name", ["work_type", "leader_name", "leader_id_number", "leader_mobile"])
def test_trade_and_leader_are_due_by_form_and_sheet_but_not_by_interface(site, gc, at, name):
    assert refused(site, gc, **{name: None}) == {name}
    assert refused(site, at(gc, SHEET), **{name: None}) == {name}
    team = add(site, at(gc, API), **{name: None})

    assert name in {spec.name for spec in services.due.still_due(team)}


def test_a_bare_team_by_interface_takes_trade_and_leader_from_its_workers(site, gc, at):
    api = at(gc, API)
    bare = dict.fromkeys(
        ("work_type", "leader_name", "leader_id_number", "leader_mobile", "entry_on")
    )
    team = add(site, api, **bare)
    rows = [
        roster.worker_values(team, work_type="030"),
        roster.worker_values(team, work_type="020", is_team_leader=True),
    ]
    with scope.act_as(api):
        _first, leader = services.enrol_workers(site.project, rows, actor=api)

    assert team.work_type == "030"
    assert (team.leader_name, team.leader_id_number) == (leader.name, leader.id_number)


def test_a_wrong_number_of_the_leader_names_his_field(site, gc):
    assert refused(site, gc, leader_id_number="440703198504120001") == {"leader_id_number"}


def test_a_unit_of_another_enterprise_is_refused(site, gc):
    sub = principal_of(site.sub_user)

    assert refused(site, gc, unit_id=site.far.id) == {"unit_id"}
    assert refused(site, sub) == {"unit_id"}
    assert add(site, sub, unit_id=site.side.id).unit_id == site.side.id


def test_a_unit_that_declined_takes_no_teams(site, gc):
    gone = projects.unit(site.project, site.stranger, state=UnitState.DECLINED)

    assert refused(site, gc, unit_id=gone.id) == {"unit_id"}


def test_editing_refuses_a_stale_form_a_taken_name_and_another_unit(site, gc):
    team, other = add(site, gc), add(site, gc)
    with scope.act_as(gc):
        with pytest.raises(Stale):
            services.edit_team(team, {"name": "x", "row_version": "99"}, actor=gc)
        with pytest.raises(errors.TeamNameTaken):
            services.edit_team(team, {"name": other.name}, actor=gc)
        with pytest.raises(errors.NotEditable):
            services.edit_team(team, {"unit_id": site.side.id}, actor=gc)
        services.edit_team(team, {"name": "新班", "work_type": "030"}, actor=gc)

    assert (team.name, team.work_type) == ("新班", "030")


def test_a_new_leader_comes_as_a_draft_and_the_old_draft_goes(site, gc):
    team = add(site, gc)
    human = people.person()
    with scope.act_as(gc):
        services.edit_team(
            team,
            {"leader_name": human.name, "leader_id_number": human.id_number,
             "leader_mobile": human.mobile},
            actor=gc,
        )  # fmt: skip

    assert [member.name for member in queries.members(team)] == [human.name]


def test_a_leader_who_works_in_the_team_already_simply_leads(site, gc):
    team = add(site, gc)
    member = roster.worker(team)
    with scope.act_as(gc):
        services.edit_team(
            team, {"leader_name": member.name, "leader_id_number": member.id_number}, actor=gc
        )

    assert member.is_team_leader is True


def test_a_team_leaves_with_all_its_members(site, gc):
    team = add(site, gc)
    members = [roster.worker(team) for _n in range(3)]
    with scope.act_as(gc):
        services.exit_team(
            team, {"moved_on": date(2026, 11, 20), "reason": "completed", "settled": False},
            actor=gc,
        )  # fmt: skip

    assert team.state is TeamState.EXITED
    assert {row.state for row in members} == {StayState.EXITED}
    assert queries.members(team) == []


def test_a_team_with_expected_members_does_not_leave(site, gc):
    team = add(site, gc)
    roster.worker(team, state=StayState.EXPECTED, entry_on=date(2026, 11, 25))
    with scope.act_as(gc), pytest.raises(errors.MovementRefused):
        services.exit_team(
            team, {"moved_on": date(2026, 11, 20), "reason": "completed", "settled": False},
            actor=gc,
        )  # fmt: skip

    assert team.state is TeamState.ON_SITE


def test_a_child_as_team_leader_is_told_at_saving_and_his_draft_shows_his_birth(site, gc):
    number = people.identity_number(date(2014, 2, 3), "0", "440703")
    team = add(site, gc, leader_id_number=number)
    draft = db.session.scalars(select(ProjectWorker).filter_by(team_id=team.id)).one()

    assert "未满16周岁" in team.notices[0]
    assert (draft.sex, draft.birth_on) == ("0", date(2014, 2, 3))


NO_EMPLOYERS = ["007", "008", "010", "011"]


@pytest.mark.parametrize("role", NO_EMPLOYERS)
def test_owner_supervisor_surveyor_and_designer_have_no_teams_and_workers(site, gc, at, role):
    unit = projects.unit(site.project, None, role=role, state=UnitState.REGISTERED)
    assert refused(site, gc, unit_id=unit.id) == {"unit_id"}
    assert refused(site, at(gc, SHEET), unit_id=unit.id) == {"unit_id"}

    team = roster.team(unit)
    for door in (scope.Door.FORM, SHEET, API):
        actor = at(gc, door)
        rows = [roster.worker_values(team, work_type="020", work_role="20")]
        with scope.act_as(actor), pytest.raises(errors.UnitWithoutWorkers) as caught:
            services.enrol_workers(site.project, rows, actor=actor)
        assert caught.value.field == "unit_id"


@pytest.mark.parametrize("role", NO_EMPLOYERS)
def test_their_staff_stands_on_posts_and_comes_by_interface_as_managers(site, gc, at, role):
    unit = projects.unit(site.project, None, role=role, state=UnitState.REGISTERED)
    with scope.act_as(gc):
        values = roster.staff_values(unit, "1011")
        row = services.add_staff(site.project, StaffKind.MANAGER, values, actor=gc)
    assert row.unit_id == unit.id

    team = add(site, at(gc, API), unit_id=unit.id)
    rows = [roster.worker_values(team, work_type="900", work_role="10", entry_on=None)]
    with scope.act_as(at(gc, API)):
        (stay,) = services.enrol_workers(site.project, rows, actor=at(gc, API))
    assert (stay.unit_id, stay.work_role) == (unit.id, "10")


@pytest.mark.parametrize("role", ["001", "002", "003", "004", "005", "006", "012"])
def test_every_other_unit_may_have_teams(site, gc, role):
    unit = projects.unit(site.project, None, role=role, state=UnitState.REGISTERED)

    assert add(site, gc, unit_id=unit.id).unit_id == unit.id


def enter(actor, project, team, **values):
    rows = [roster.worker_values(team, **values)]
    with scope.act_as(actor):
        return services.enrol_workers(project, rows, actor=actor)[0]


def test_nobody_enters_a_team_before_it_came_and_the_day_is_told(site, gc):
    team = add(site, gc, entry_on=date(2026, 6, 1))

    with pytest.raises(errors.DateRefused, match="2026-06-01") as caught:
        enter(gc, site.project, team, entry_on=date(2026, 5, 31))
    assert caught.value.field == "entry_on"
    waiting = enter(gc, site.project, team, entry_on=date(2026, 11, 30))
    step = {"worker": waiting, "kind": MovementKind.ENTRY, "moved_on": date(2026, 5, 31)}
    with scope.act_as(gc), pytest.raises(errors.Refusal, match="2026-06-01"):
        services.record_movements(site.project, [step], actor=gc)
    with scope.act_as(gc), pytest.raises(errors.DateRefused, match="2026-06-01"):
        services.edit_worker(waiting, {"entry_on": date(2026, 5, 31)}, actor=gc)


@pytest.mark.parametrize("door", [SHEET, API])
def test_what_sheet_and_interface_bring_about_entries_comes_in_any_order(site, gc, at, door):
    team = add(site, gc, entry_on=date(2026, 6, 1))
    worker = enter(at(gc, door), site.project, team, entry_on=date(2026, 5, 31), work_type="020")

    assert worker.state is StayState.ON_SITE


@pytest.mark.parametrize(
    ("entry_on", "exit_on", "told"),
    [
        pytest.param(date(2026, 6, 1), date(2026, 5, 31), "2026-06-01", id="before it came"),
        pytest.param(date(2026, 6, 1), date(2026, 11, 23), "今天", id="tomorrow"),
    ],
)
def test_a_team_leaves_neither_before_it_came_nor_tomorrow(site, gc, entry_on, exit_on, told):
    team = add(site, gc, entry_on=entry_on)
    with scope.act_as(gc), pytest.raises(errors.DateRefused, match=told) as caught:
        services.exit_team(team, {"moved_on": exit_on}, actor=gc)

    assert caught.value.field == "moved_on"
    assert team.state is TeamState.ON_SITE


def test_a_leader_who_leads_another_team_stays_there_and_it_is_said(site, gc):
    first = add(site, gc)
    values = {"leader_id_number": first.leader_id_number, "leader_name": first.leader_name}
    second = add(site, gc, **values)

    assert [first.name in notice and "班组长" in notice for notice in second.notices] == [True]
    assert queries.members(second) == []
    assert queries.leader_stays([first.id])[first.id].id_number == first.leader_id_number
    assert list(first.notices) == []

    third = add(site, gc)
    with scope.act_as(gc):
        services.edit_team(third, values, actor=gc)
    assert [first.name in notice for notice in third.notices] == [True]
