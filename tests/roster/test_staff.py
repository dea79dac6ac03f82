"""Specialists and managers on posts (screens.md 8.4)."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.errors import Refusals, Stale
from app.extensions import db
from app.identity.models import SiteAccess
from app.projects import services as invitations
from app.roster import errors, services
from app.roster.choices import (
    MANAGEMENT_TEAM,
    SAFETY_LEADER,
    TECHNICAL_LEADER,
    MovementKind,
    StaffKind,
    StaffState,
    StayState,
)
from app.roster.models import ProjectWorker, StaffMember, Team
from app.roster.receivers import draft_project_staff, draft_unit_staff
from app.roster.services import due
from app.roster.services.replacements import replaceable
from tests.factories import enterprises, incidents, numbered, people, projects, roster
from tests.roster.conftest import principal_of

SPECIALIST, MANAGER = StaffKind.SPECIALIST, StaffKind.MANAGER
SITE_ENGINEER, LABOUR, TECHNICAL_LEAD = "1", "labour_manager", "1011"


def add(site, actor, kind=MANAGER, post=TECHNICAL_LEAD, **values):
    with scope.act_as(actor):
        return services.add_staff(
            site.project, kind, roster.staff_values(site.main, post, **values), actor=actor
        )


def refused(*args, **values):
    with pytest.raises(errors.Refusal) as caught:
        add(*args, **values)
    problem = caught.value
    found = problem.problems if isinstance(problem, Refusals) else [problem]
    return {single.field for single in found}


def test_a_post_makes_the_stay_in_the_management_team(site, gc):
    first, second = add(site, gc), add(site, gc, SPECIALIST, SITE_ENGINEER)
    stays = [db.session.get(ProjectWorker, row.worker_id) for row in (first, second)]
    team = db.session.get(Team, stays[0].team_id)

    assert (first.state, team.name, team.is_management) == (
        StaffState.ON_SITE, MANAGEMENT_TEAM, True,
    )  # fmt: skip
    assert {stay.team_id for stay in stays} == {team.id}
    assert {(stay.work_role, stay.work_type) for stay in stays} == {("10", "900")}
    assert first.incomplete is True


def test_a_child_on_a_post_is_told_at_saving(site, gc):
    number = people.identity_number(date(2014, 2, 3), "0", "440703")

    assert "未满16周岁" in add(site, gc, id_number=number).notices[0]
    assert add(site, gc).notices == ()


def test_each_kind_has_posts_of_its_own(site, gc):
    assert refused(site, gc, MANAGER, SITE_ENGINEER) == {"post"}
    assert refused(site, gc, SPECIALIST, TECHNICAL_LEAD) == {"post"}


def test_one_labour_manager_at_a_time_in_a_unit(site, gc):
    first = add(site, gc, post=LABOUR)
    assert refused(site, gc, post=LABOUR) == {"post"}
    assert add(site, gc, post=LABOUR, unit_id=site.side.id).id

    with scope.act_as(gc):
        with pytest.raises(errors.Missing):
            services.exit_staff(first, {"moved_on": date(2026, 11, 20)}, actor=gc)
        services.exit_staff(
            first,
            {"moved_on": date(2026, 11, 20), "remark": "调岗", "reason": "transferred",
             "settled": False},
            actor=gc,
        )  # fmt: skip
    assert db.session.get(ProjectWorker, first.worker_id).state is StayState.EXITED

    # another person follows by 更换, with reason and file; the same one comes back freely (8.4)
    with pytest.raises(errors.SuccessionAsked) as caught:
        add(site, gc, post=LABOUR)
    assert (caught.value.field, "更换" in str(caught.value)) == ("post", True)
    again = add(site, gc, post=LABOUR, id_number=first.id_number, name=first.name)
    assert again.state is StaffState.ON_SITE


def test_who_stands_in_an_incident_takes_a_post_with_a_reason(site, gc):
    known = roster.worker(site.far_team, state=StayState.EXITED)
    incidents.person(incidents.incident(site.far), known)

    values = {"name": known.name, "id_number": known.id_number}
    assert refused(site, gc, **values) == {"join_reason"}
    taken = add(site, gc, **values, join_reason="已核实，与本人无关")
    stay = db.session.get(ProjectWorker, taken.worker_id)
    assert (taken.state, stay.join_reason) == (StaffState.ON_SITE, "已核实，与本人无关")


@pytest.mark.parametrize("name", ["id_portrait", "id_front", "id_back", "face_photo"])
def test_pictures_of_a_post_are_kept_as_small_copies_too(name):
    assert specs(StaffMember)[name].kind.rule.exchanged is True


@pytest.mark.parametrize(
    ("post", "kind", "needed"),
    [
        ("1009", MANAGER, True), ("3", SPECIALIST, True), ("1001", MANAGER, True),
        ("1", SPECIALIST, False), ("1011", MANAGER, False),
    ],
)  # fmt: skip
def test_certificates_are_asked_for_where_the_post_needs_one(site, gc, post, kind, needed):
    if needed:
        assert refused(site, gc, kind, post) == {
            "certificate_no", "certificate_valid_to", "certificate_file",
        }  # fmt: skip
    else:
        assert add(site, gc, kind, post).id


def test_a_login_comes_with_the_post_and_its_password_is_told_once(site, gc):
    name = numbered("site_user")
    row = add(site, gc, post=LABOUR, has_account=True, username=name)
    access = db.session.scalars(select(SiteAccess).filter_by(user_id=row.user_id)).one()

    assert row.initial_password
    assert (access.project_id, access.whole_project, access.active) == (
        site.project.id, True, True,
    )  # fmt: skip
    principal = principal_of(row.user_id)
    assert principal.projects == (site.project.id,)
    assert ("write", "roster") in principal.permissions


def test_leaving_the_post_closes_the_login_on_this_site(site, gc):
    row = add(site, gc, post=LABOUR, has_account=True, username=numbered("site_user"))
    with scope.act_as(gc):
        services.exit_staff(
            row, {"moved_on": date(2026, 11, 20), "remark": "调岗", "reason": "other",
                  "settled": False}, actor=gc,
        )  # fmt: skip

    assert principal_of(row.user_id).projects == ()


def test_a_login_needs_a_well_formed_name(site, gc):
    assert refused(site, gc, has_account=True) == {"username"}
    assert refused(site, gc, has_account=True, username="1x") == {"username"}


def test_a_unit_of_another_enterprise_is_refused(site, gc):
    sub = principal_of(site.sub_user)

    assert refused(site, gc, unit_id=site.far.id) == {"unit_id"}
    assert refused(site, sub) == {"unit_id"}


def test_a_worker_of_another_unit_cannot_hold_a_post_here(site, gc):
    known = roster.worker(site.side_team)

    assert refused(site, gc, id_number=known.id_number, name=known.name) == {"id_number"}


def test_a_worker_of_the_unit_keeps_his_one_stay(site, gc):
    known = roster.worker(site.main_team)
    row = add(site, gc, SPECIALIST, SITE_ENGINEER, id_number=known.id_number, name=known.name)

    assert row.worker_id == known.id


def test_saving_a_draft_of_the_project_form_puts_the_person_on_the_post(site, gc):
    draft_project_staff(project=site.project, actor=gc)
    draft_project_staff(project=site.project, actor=gc)
    drafts = db.session.scalars(
        select(StaffMember).filter_by(project_id=site.project.id).order_by(StaffMember.post)
    ).all()
    assert [(row.post, row.state) for row in drafts] == [
        ("1009", StaffState.DRAFT), (SAFETY_LEADER, StaffState.DRAFT), (LABOUR, StaffState.DRAFT),
    ]  # fmt: skip

    with scope.act_as(gc):
        row = services.edit_staff(drafts[2], {"on_post_from": date(2026, 3, 1)}, actor=gc)
    assert row.state is StaffState.ON_SITE
    assert row.name == site.project.labour_manager_name


def test_the_technical_and_the_safety_leader_of_the_form_are_drafted_with_what_was_typed(site, gc):
    named, safety = people.person(), people.person()
    site.project.technical_leader_name = named.name
    site.project.technical_leader_mobile = named.mobile
    site.project.safety_leader_name = safety.name
    site.project.safety_leader_mobile = safety.mobile
    draft_project_staff(project=site.project, actor=gc)

    assert leaders(site) == {
        TECHNICAL_LEADER: (named.name, named.mobile, None),
        SAFETY_LEADER: (safety.name, safety.mobile, None),
    }
    draft = db.session.scalars(select(StaffMember).filter_by(post=SAFETY_LEADER)).one()
    with scope.act_as(gc):
        row = services.edit_staff(
            draft, {"id_number": safety.id_number, "on_post_from": date(2026, 3, 1)}, actor=gc
        )
    assert (row.state, row.name) == (StaffState.ON_SITE, safety.name)


def test_a_leader_the_form_no_longer_names_is_no_draft_any_more(site, gc):
    site.project.technical_leader_name = "陈工"
    draft_project_staff(project=site.project, actor=gc)
    site.project.technical_leader_name = None
    draft_project_staff(project=site.project, actor=gc)

    assert set(leaders(site)) == {SAFETY_LEADER}


def leaders(site):
    rows = db.session.scalars(
        select(StaffMember).where(
            StaffMember.project_id == site.project.id, StaffMember.is_deleted.is_(False),
            StaffMember.post.in_((TECHNICAL_LEADER, SAFETY_LEADER)),
        )
    )  # fmt: skip
    return {row.post: (row.name, row.mobile, row.id_number) for row in rows}


def test_whom_the_application_names_for_a_post_is_completed_and_nobody_is_put_beside_him(site, gc):
    draft_project_staff(project=site.project, actor=gc)
    certificate = {
        "certificate_no": "粤144",
        "certificate_valid_to": date(2028, 1, 1),
        "certificate_file": 1,
    }
    for post in ("1009", LABOUR):
        with pytest.raises(errors.PostDrafted) as caught:
            add(site, gc, post=post, **(certificate if post == "1009" else {}))
        assert caught.value.field == "post"
        assert "草稿" in str(caught.value)
    draft = db.session.scalars(select(StaffMember).filter_by(post=LABOUR)).one()
    assert replaceable(draft) is False
    other = people.person()
    with scope.act_as(gc):
        row = services.edit_staff(
            draft,
            {"on_post_from": date(2026, 3, 1), "name": other.name, "id_number": other.id_number},
            actor=gc,
        )

    assert (row.state, row.name) == (StaffState.ON_SITE, other.name)


def test_an_invitation_drafts_leader_and_labour_manager_of_the_unit(site, gc):
    for prefix in ("leader", "labour_manager"):
        human = people.person()
        setattr(site.side, f"{prefix}_name", human.name)
        setattr(site.side, f"{prefix}_id_number", human.id_number)
        setattr(site.side, f"{prefix}_mobile", human.mobile)
    draft_unit_staff(unit=site.side, actor=gc)

    posts = db.session.scalars(select(StaffMember.post).filter_by(unit_id=site.side.id)).all()
    assert sorted(posts) == ["1009", LABOUR]


@pytest.mark.parametrize("end", ["withdraw", "decline", "expire"])
def test_the_drafts_of_an_invitation_go_with_it_and_come_back_with_the_next(site, gc, end):
    firm = enterprises.enterprise()
    values = projects.subcontract(firm.credit_code, gc.user_id)
    with scope.act_as(gc):
        unit = invitations.invite_unit(site.project, values, actor=gc)
    assert drafts_of(unit) == ["1009", LABOUR]
    later = clock.now() + timedelta(days=20)
    if end == "expire":
        invitations.expire_invitations(clock.local(later).date(), actor=scope.SYSTEM)
    else:
        actor = gc if end == "withdraw" else principal_of(enterprises.admin(firm))
        verb = getattr(invitations, f"{end}_invitation")
        with scope.act_as(actor):
            verb(unit, actor=actor, remark="工期冲突")

    assert drafts_of(unit) == []
    if end != "withdraw":
        with scope.act_as(gc):
            invitations.invite_again(unit, actor=gc)
        assert drafts_of(unit) == ["1009", LABOUR]


def drafts_of(unit):
    rows = select(StaffMember.post).where(
        StaffMember.unit_id == unit.id, StaffMember.is_deleted.is_(False)
    )
    return sorted(db.session.scalars(rows))


def test_a_stale_form_and_a_changed_identity_are_refused(site, gc):
    row = add(site, gc)
    with scope.act_as(gc):
        with pytest.raises(Stale):
            services.edit_staff(row, {"row_version": "99"}, actor=gc)
        with pytest.raises(errors.NotEditable, match="人员信息更正"):
            services.edit_staff(row, {"name": "别人"}, actor=gc)
        services.edit_staff(row, {"mobile": "13800138000"}, actor=gc)

    assert row.mobile == "13800138000"
    assert SimpleNamespace(kind=row.staff_kind).kind is MANAGER


@pytest.mark.parametrize(("post", "wanted"), [(LABOUR, "1031"), ("1031", LABOUR), ("1031", "1009")])
def test_a_post_of_one_person_is_neither_left_nor_taken_by_a_change_of_the_form(
    site, gc, post, wanted
):
    row = add(site, gc, post=post)
    certified = {"certificate_no": "粤144", "certificate_valid_to": date(2028, 1, 1),
                 "certificate_file": projects.stored_file(gc.user_id)}  # fmt: skip
    with scope.act_as(gc), pytest.raises(errors.NotEditable) as caught:
        services.edit_staff(row, {"post": wanted, **certified}, actor=gc)

    assert (caught.value.field, row.post) == ("post", post)
    assert "更换" in str(caught.value)


def logged_in(site, gc, post="1022", **values):
    return add(site, gc, post=post, has_account=True, username=numbered("site_user"), **values)


def edit(row, actor, **values):
    with scope.act_as(actor):
        return services.edit_staff(row, values, actor=actor)


def test_the_limits_of_a_login_are_those_of_the_post_and_change_at_once(site, gc):
    row = logged_in(site, gc)
    assert set(row.can_write) == {"roster", "attendance"}
    assert ("write", "attendance") in principal_of(row.user_id).permissions

    edit(row, gc, can_write=["roster"])
    may = principal_of(row.user_id).permissions
    assert ("write", "roster") in may
    assert ("write", "attendance") not in may

    edit(row, gc, can_write=None)
    assert ("write", "attendance") in principal_of(row.user_id).permissions


def test_a_login_is_switched_off_and_on_again_by_editing(site, gc):
    row = logged_in(site, gc)
    login = row.user_id
    edit(row, gc, has_account=False)
    assert principal_of(login).projects == ()

    edit(row, gc, has_account=True, username=row.username)
    assert (row.user_id, principal_of(login).projects) == (login, (site.project.id,))
    assert not row.initial_password


def test_a_login_keeps_its_name(site, gc):
    row = logged_in(site, gc)
    with pytest.raises(errors.NotEditable) as caught:
        edit(row, gc, username="another_name")

    assert caught.value.field == "username"


def test_one_login_a_person_for_all_sites_whatever_name_is_typed(site, gc):
    first = logged_in(site, gc)
    other = projects.project(site.firm)
    unit = projects.general_contractor_unit(other)
    actor = principal_of(site.firm_user)
    with scope.act_as(actor):
        second = services.add_staff(
            other, MANAGER,
            roster.staff_values(
                unit, TECHNICAL_LEAD, has_account=True, username=numbered("second"),
                mobile="13800138000", **{n: getattr(first, n) for n in ("id_number", "name")},
            ),
            actor=actor,
        )  # fmt: skip

    assert (second.user_id, second.username) == (first.user_id, first.username)
    assert not second.initial_password
    assert first.username in second.notices[-1]
    assert set(principal_of(first.user_id).projects) == {site.project.id, other.id}


def test_a_login_stays_while_its_person_is_on_another_post_of_the_project(site, gc):
    first = logged_in(site, gc)
    second = add(site, gc, post=TECHNICAL_LEAD, has_account=True, username=first.username,
                 **{n: getattr(first, n) for n in ("id_number", "name", "mobile")})  # fmt: skip
    with scope.act_as(gc):
        services.exit_staff(first, {"moved_on": date(2026, 11, 20)}, actor=gc)

    assert principal_of(second.user_id).projects == (site.project.id,)
    assert ("write", "attendance") not in principal_of(second.user_id).permissions
    assert db.session.get(ProjectWorker, first.worker_id).state is StayState.ON_SITE


def test_a_post_ends_on_the_day_given_for_it(site, gc):
    today = clock.today()
    row = logged_in(site, gc, on_post_to=today + timedelta(days=3))
    assert services.end_due_posts(today) == 0

    with clock.frozen(clock.now() + timedelta(days=3)):
        assert services.end_due_posts(clock.today()) == 1
        assert services.end_due_posts(clock.today()) == 0
    assert (row.state, row.on_post_to) == (StaffState.EXITED, today + timedelta(days=3))
    assert principal_of(row.user_id).projects == ()
    assert db.session.get(ProjectWorker, row.worker_id).state is StayState.EXITED


def test_a_last_day_that_is_over_is_refused(site, gc):
    assert refused(site, gc, on_post_to=date(2026, 11, 1)) == {"on_post_to"}


def test_who_leaves_the_site_is_on_no_post_any_more(site, gc):
    row = logged_in(site, gc)
    worker = db.session.get(ProjectWorker, row.worker_id)
    with scope.act_as(gc):
        services.record_movements(
            site.project,
            [{"worker": worker, "kind": MovementKind.EXIT, "moved_on": date(2026, 11, 21),
              "reason": "resigned", "settled": False}],
            actor=gc,
        )  # fmt: skip

    assert (row.state, row.on_post_to) == (StaffState.EXITED, date(2026, 11, 21))
    assert principal_of(row.user_id).projects == ()


def test_what_the_form_leaves_empty_is_due_within_three_days(site, gc):
    row = add(site, gc)
    missing = {spec.name for spec in due.still_due(row)}

    assert {"nation", "address", "id_issuer", "id_portrait", "id_front", "id_back",
            "face_photo"} <= missing  # fmt: skip
    assert clock.local(row.complete_by).date() == clock.today() + timedelta(days=4)


def test_a_day_the_stay_refuses_is_named_beside_the_field_of_the_post(site, gc):
    site.project.contract_signed_on = date(2026, 6, 26)

    assert refused(site, gc, on_post_from=date(2026, 3, 1)) == {"on_post_from"}


def test_who_left_a_post_may_take_one_again(site, gc):
    first = add(site, gc)
    with scope.act_as(gc):
        services.exit_staff(
            first, {"moved_on": date(2026, 11, 20), "reason": "other", "settled": False}, actor=gc
        )
    again = add(site, gc, id_number=first.id_number, name=first.name)

    assert again.state is StaffState.ON_SITE
    assert again.worker_id != first.worker_id
