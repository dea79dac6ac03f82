"""更换项目经理 and 劳资专管员: request, review, what takes effect (screens.md 8.4)."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from app.core import scope
from app.core.errors import IllegalMove, NotAllowed, Refusals
from app.extensions import db
from app.identity.models import SiteAccess
from app.projects import services as units
from app.roster import errors, services
from app.roster.choices import ReplacementState, StaffKind, StaffState, StayState
from app.roster.models import PostReplacement, ProjectWorker, StaffMember
from app.roster.receivers import draft_project_staff
from tests.factories import enterprises, numbered, people, projects, roster
from tests.roster.conftest import principal_of

MANAGER, LABOUR = "1009", "labour_manager"
TODAY, FRIDAY = date(2026, 11, 22), date(2026, 11, 20)


def scan():
    return projects.stored_file()


def holder(site, actor, post=MANAGER, **values):
    with scope.act_as(actor):
        return services.add_staff(
            site.project, StaffKind.MANAGER,
            roster.staff_values(
                site.main, post, certificate_no="粤144", certificate_valid_to=date(2028, 1, 1),
                certificate_file=scan_of(actor), **values,
            ),
            actor=actor,
        )  # fmt: skip


def scan_of(actor):
    return projects.stored_file(actor.user_id)


def request_values(actor, **values):
    human = people.person()
    return {
        "reason": "调任其他项目", "proof": [scan_of(actor)], "id_type": "01",
        "id_number": human.id_number, "name": human.name, "mobile": human.mobile,
        "certificate_no": "粤145", "certificate_valid_to": date(2028, 1, 1),
        "certificate_file": scan_of(actor), "has_account": False, **values,
    }  # fmt: skip


def ask(row, actor, **values):
    with scope.act_as(actor):
        return services.request_replacement(row, request_values(actor, **values), actor=actor)


def refused(row, actor, **values):
    with pytest.raises(errors.Refusal) as caught:
        ask(row, actor, **values)
    found = caught.value.problems if isinstance(caught.value, Refusals) else [caught.value]
    return {single.field for single in found}


@pytest.fixture
def reviewer(work):
    return principal_of(enterprises.official())


def decide(row, verb, actor, remark=""):
    with scope.act_as(actor):
        return services.decide_replacement(row, verb, remark, actor=actor)


def test_a_manager_stays_until_the_review_and_loses_the_project_with_it(site, gc, reviewer):
    old = holder(site, gc, has_account=True, username=numbered("manager"))
    row = ask(old, gc, has_account=True, username=numbered("manager"))
    new = row.successor
    assert (row.state, old.state, new.state) == (
        ReplacementState.SUBMITTED, StaffState.ON_SITE, StaffState.DRAFT,
    )  # fmt: skip
    assert principal_of(old.user_id).projects == (site.project.id,)

    decide(row, "approve", reviewer)

    assert (row.state, old.state, new.state) == (
        ReplacementState.IN_FORCE, StaffState.EXITED, StaffState.ON_SITE,
    )  # fmt: skip
    assert (old.on_post_to, new.on_post_from, row.handover_on) == (TODAY, TODAY, TODAY)
    assert principal_of(old.user_id).projects == ()
    assert principal_of(new.user_id).projects == (site.project.id,)
    assert not new.initial_password
    assert db.session.get(ProjectWorker, old.worker_id).state is StayState.EXITED
    assert db.session.get(ProjectWorker, new.worker_id).state is StayState.ON_SITE
    assert (site.project.manager_name, site.project.manager_id_number) == (
        new.name, new.id_number,
    )  # fmt: skip
    assert site.project.manager_certificate_no == "粤145"


def test_a_labour_manager_changes_at_once_with_the_first_password_of_his_login(site, gc):
    old = holder(site, gc, LABOUR, has_account=True, username=numbered("labour"))
    row = ask(old, gc, handover_on=FRIDAY, has_account=True, username=numbered("labour"))

    assert (row.state, old.state, row.successor.state) == (
        ReplacementState.IN_FORCE, StaffState.EXITED, StaffState.ON_SITE,
    )  # fmt: skip
    assert (old.on_post_to, row.successor.on_post_from) == (FRIDAY, FRIDAY)
    assert row.successor.initial_password
    assert principal_of(old.user_id).projects == ()
    assert ("write", "wages") in principal_of(row.successor.user_id).permissions
    assert site.project.labour_manager_name == row.successor.name


def test_the_former_keeps_his_login_for_his_other_sites(site, gc):
    other = projects.project(site.firm)
    unit = projects.general_contractor_unit(other)
    actor = principal_of(site.firm_user)
    name = numbered("labour")
    old = holder(site, actor, LABOUR, has_account=True, username=name)
    with scope.act_as(actor):
        services.add_staff(
            other, StaffKind.MANAGER,
            roster.staff_values(
                unit, LABOUR, has_account=True, username="anything",
                **{n: getattr(old, n) for n in ("id_number", "name", "mobile")},
            ),
            actor=actor,
        )  # fmt: skip
    ask(old, actor, handover_on=FRIDAY)

    assert principal_of(old.user_id).projects == (other.id,)


def test_reason_file_and_day_are_asked_for_where_they_apply(site, gc):
    labour, manager = holder(site, gc, LABOUR), holder(site, gc)

    assert refused(labour, gc, reason="", proof=[]) == {"reason", "proof", "handover_on"}
    assert refused(manager, gc, reason="", proof=None) == {"reason", "proof"}
    assert refused(manager, gc, certificate_no="", mobile="") == {"certificate_no", "mobile"}
    assert refused(labour, gc, handover_on=date(2026, 11, 23)) == {"handover_on"}
    assert refused(labour, gc, handover_on=date(2026, 2, 1)) == {"handover_on"}
    assert refused(labour, gc, handover_on=FRIDAY, id_number=labour.id_number) == {"id_number"}
    assert refused(labour, gc, handover_on=FRIDAY, has_account=True) == {"username"}
    assert db.session.query(PostReplacement).count() == 0


def test_a_second_request_and_the_replacement_of_a_common_post_are_refused(site, gc):
    manager, common = holder(site, gc), holder(site, gc, "1011")
    ask(manager, gc)
    with pytest.raises(errors.ReplacementPending):
        ask(manager, gc)
    with pytest.raises(errors.NotReplaceable):
        ask(common, gc)


def test_a_returned_request_is_mended_and_submitted_again(site, gc, reviewer):
    old = holder(site, gc)
    row = ask(old, gc)
    decide(row, "return", reviewer, "证书编号不清楚")
    assert (row.state, row.opinion) == (ReplacementState.RETURNED, "证书编号不清楚")
    with pytest.raises(errors.NotEditable), scope.act_as(gc):
        services.edit_staff(row.successor, {"on_post_from": FRIDAY}, actor=gc)

    values = request_values(gc, certificate_no="粤999", id_number=row.successor.id_number)
    with scope.act_as(gc):
        services.change_replacement(row, values, actor=gc)
    decide(row, "approve", reviewer)

    assert (row.successor.certificate_no, row.state) == ("粤999", ReplacementState.IN_FORCE)
    with pytest.raises(errors.NotReplaceable), scope.act_as(gc):
        services.change_replacement(row, values, actor=gc)


@pytest.mark.parametrize("end", ["reject", "withdraw"])
def test_a_refused_or_withdrawn_request_leaves_the_holder_on_his_post(site, gc, reviewer, end):
    old = holder(site, gc)
    row = ask(old, gc)
    if end == "reject":
        decide(row, "reject", reviewer, "证书已过期")
    else:
        with scope.act_as(gc):
            services.withdraw_replacement(row, actor=gc)

    assert (old.state, row.successor.is_deleted) == (StaffState.ON_SITE, True)
    assert ask(old, gc).state is ReplacementState.SUBMITTED


def test_nobody_but_the_government_decides_and_words_are_asked_for(site, gc, reviewer):
    row = ask(holder(site, gc), gc)
    with pytest.raises(NotAllowed):
        decide(row, "approve", gc)
    with pytest.raises(errors.Refusal.__mro__[1]):
        decide(row, "return", reviewer, " ")
    decide(row, "approve", reviewer)
    with pytest.raises(IllegalMove):
        decide(row, "approve", reviewer)


def test_a_sign_in_name_taken_meanwhile_stops_no_approval(site, gc, reviewer):
    from app.identity import services as identity

    name = numbered("manager")
    row = ask(holder(site, gc), gc, has_account=True, username=name)
    identity.open_account(
        username=name, name="别人", audience=scope.Audience.GOVERNMENT, role="inspector",
        district_code="440703",
    )  # fmt: skip
    told = decide(row, "approve", reviewer)

    assert (row.successor.state, row.successor.user_id) == (StaffState.ON_SITE, None)
    assert name in told[0]
    with scope.act_as(gc):
        services.edit_staff(row.successor, {"username": numbered("other")}, actor=gc)
    assert row.successor.user_id


def test_a_sign_in_name_of_somebody_else_is_refused_in_the_request(site, gc):
    taken = numbered("labour")
    holder(site, gc, LABOUR, has_account=True, username=taken)

    assert refused(holder(site, gc), gc, has_account=True, username=taken) == {"username"}


def test_who_follows_a_manager_that_left_is_reviewed_too(site, gc, reviewer):
    old = holder(site, gc)
    with scope.act_as(gc):
        services.exit_staff(
            old, {"moved_on": FRIDAY, "remark": "辞职", "reason": "resigned", "settled": False},
            actor=gc,
        )  # fmt: skip
    with pytest.raises(errors.SuccessionAsked) as caught:
        holder(site, gc)
    assert caught.value.field == "post"
    assert "更换" in str(caught.value)

    row = ask(old, gc)
    decide(row, "approve", reviewer)
    assert (row.successor.state, old.on_post_to) == (StaffState.ON_SITE, FRIDAY)


def test_somebody_else_than_the_named_manager_is_reviewed_before_he_takes_the_post(
    site, gc, reviewer
):
    named = people.person()
    site.project.manager_name, site.project.manager_id_number = named.name, named.id_number
    site.project.manager_mobile = named.mobile
    draft_project_staff(project=site.project, actor=gc)
    draft = db.session.scalars(select(StaffMember).filter_by(post=MANAGER)).one()
    other = people.person()
    values = {
        "on_post_from": FRIDAY, "certificate_no": "粤144", "certificate_file": scan_of(gc),
        "certificate_valid_to": date(2028, 1, 1),
    }  # fmt: skip
    for more, field in (
        ({"name": other.name, "id_number": other.id_number}, "id_number"),
        ({"post": "1011"}, "post"),
    ):
        with scope.act_as(gc), pytest.raises(errors.AnotherThanNamed) as caught:
            services.edit_staff(draft, {**values, **more}, actor=gc)
        assert caught.value.field == field
        assert "更换" in str(caught.value)

    row = ask(draft, gc)
    assert (row.state, draft.is_deleted) == (ReplacementState.SUBMITTED, False)
    decide(row, "approve", reviewer)
    assert (row.successor.state, draft.is_deleted) == (StaffState.ON_SITE, True)
    assert site.project.manager_name == row.successor.name
    draft_project_staff(project=site.project, actor=gc)  # the project is saved again
    assert db.session.scalars(
        select(StaffMember.id).filter_by(post=MANAGER, is_deleted=False)
    ).all() == [row.successor_id]


def test_the_named_manager_himself_takes_the_post_without_another_review(site, gc):
    named = people.person()
    site.project.manager_name, site.project.manager_id_number = named.name, named.id_number
    site.project.manager_mobile = named.mobile
    draft_project_staff(project=site.project, actor=gc)
    draft = db.session.scalars(select(StaffMember).filter_by(post=MANAGER)).one()
    with scope.act_as(gc):
        row = services.edit_staff(
            draft,
            {"on_post_from": FRIDAY, "certificate_no": "粤144", "certificate_file": scan_of(gc),
             "certificate_valid_to": date(2028, 1, 1)},
            actor=gc,
        )  # fmt: skip
    assert row.state is StaffState.ON_SITE


def test_who_follows_a_labour_manager_that_left_comes_by_replacement(site, gc):
    old = holder(site, gc, LABOUR)
    with scope.act_as(gc):
        services.exit_staff(
            old, {"moved_on": FRIDAY, "remark": "辞职", "reason": "resigned", "settled": False},
            actor=gc,
        )  # fmt: skip
    with pytest.raises(errors.SuccessionAsked):
        holder(site, gc, LABOUR)

    row = ask(old, gc, handover_on=TODAY)
    assert (row.state, row.successor.state) == (ReplacementState.IN_FORCE, StaffState.ON_SITE)


def test_requests_end_with_the_unit(site, gc):
    side = holder(site, gc, MANAGER, unit_id=site.side.id)
    row = ask(side, gc)
    with scope.act_as(gc):
        units.exit_unit(site.side, {"exit_on": TODAY, "exit_reason": "完工"}, actor=gc)

    assert (row.state, row.successor.is_deleted) == (ReplacementState.WITHDRAWN, True)
    assert side.state is StaffState.EXITED


def test_the_leader_of_a_unit_is_named_by_the_unit(site, gc, reviewer):
    row = ask(holder(site, gc, MANAGER, unit_id=site.side.id), gc)
    decide(row, "approve", reviewer)

    assert site.side.leader_name == row.successor.name
    assert site.project.manager_name != row.successor.name


# --- through the screens ------------------------------------------------------------------------


@pytest.fixture
def screens(system, signed_in):
    from types import SimpleNamespace

    with system():
        from tests.roster.conftest import build

        site = build()
        gc = principal_of(site.firm_user)
        row = holder(site, gc, has_account=True, username=numbered("manager"))
        found = SimpleNamespace(
            holder=row.id, project=site.project.id, user=site.firm_user, name=row.name,
            sub=site.sub_user, stranger=site.stranger_user, reviewer=enterprises.official(),
            far=enterprises.official(district="440704"),
        )  # fmt: skip
    browser = signed_in(found.user)
    with browser.session_transaction() as session:
        session["project_id"] = found.project
    found.browser = browser
    return found


def posted():
    human = people.person()
    return {
        "reason": "调任其他项目", "proof": enterprises.upload("调令.png"), "id_type": "01",
        "nationality": "CN", "id_number": human.id_number, "name": human.name,
        "mobile": human.mobile, "certificate_no": "粤145", "certificate_valid_to": "2028-01-01",
        "certificate_file": enterprises.upload("证书.png"), "has_account": "0",
    }  # fmt: skip


def send(browser, url, values):
    return browser.post(url, data=values, content_type="multipart/form-data")


def requested(system, screens):
    answer = send(screens.browser, f"/managerview/replace/{screens.holder}", posted())
    assert answer.status_code == 302
    with system() as session:
        return session.query(PostReplacement).one().id


def test_the_request_is_made_read_and_approved_on_screens(system, screens, signed_in):
    assert (
        f"/managerview/replace/{screens.holder}"
        in screens.browser.get(f"/managerview/show/{screens.holder}").text
    )
    number = requested(system, screens)
    page = screens.browser.get(f"/managerview/show/{screens.holder}").text
    assert f"/replacements/show/{number}" in page
    assert f"/managerview/replace/{screens.holder}" not in page

    office = signed_in(screens.reviewer)
    assert "岗位更换审核" in office.get("/").text
    assert screens.name in office.get("/replacement-reviews/list/").text
    shown = office.get(f"/replacement-reviews/show/{number}").text
    assert "调任其他项目" in shown
    assert "粤145" in shown
    assert office.post(f"/replacement-reviews/move/approve/{number}").status_code == 302

    with system() as session:
        row = session.get(PostReplacement, number)
        assert (row.state, row.holder.state) == (ReplacementState.IN_FORCE, StaffState.EXITED)


def test_a_return_asks_for_words_and_leads_back_to_the_form(system, screens, signed_in):
    number = requested(system, screens)
    office = signed_in(screens.reviewer)
    office.post(f"/replacement-reviews/move/return/{number}", data={"remark": "请补证书"})

    page = screens.browser.get(f"/replacements/show/{number}").text
    assert "请补证书" in page
    assert f"/replacements/edit/{number}" in page
    form = screens.browser.get(f"/replacements/edit/{number}").text
    assert "调任其他项目" in form
    with system() as session:
        version = session.get(PostReplacement, number).row_version
    again = posted() | {"reason": "公司调任", "row_version": str(version)}
    answer = send(screens.browser, f"/replacements/edit/{number}", again)
    assert answer.status_code == 302
    with system() as session:
        row = session.get(PostReplacement, number)
        assert (row.state, row.reason) == (ReplacementState.SUBMITTED, "公司调任")


def test_others_find_no_request_and_no_form(system, screens, signed_in):
    number = requested(system, screens)
    for user in (screens.stranger, screens.sub, screens.far):
        browser = signed_in(user)
        with browser.session_transaction() as session:
            session["project_id"] = screens.project
        assert browser.get(f"/replacements/show/{number}").status_code == 404
        assert browser.get(f"/managerview/replace/{screens.holder}").status_code in (302, 403, 404)
    assert signed_in(screens.far).post(
        f"/replacement-reviews/move/approve/{number}"
    ).status_code == 404  # fmt: skip
    assert screens.browser.get(f"/replacement-reviews/show/{number}").status_code == 403
    screens.browser.post(f"/replacements/move/approve/{number}")
    with system() as session:
        assert session.get(PostReplacement, number).state is ReplacementState.SUBMITTED


def test_what_is_missing_stands_beside_its_field_and_nothing_is_written(system, screens):
    values = posted() | {"reason": "", "id_number": "440703198504120003"}
    answer = send(screens.browser, f"/managerview/replace/{screens.holder}", values)

    assert answer.status_code == 200
    assert "更换原因" in answer.text
    assert "校验不通过" in answer.text
    with system() as session:
        assert session.query(PostReplacement).count() == 0
        assert session.scalars(select(StaffMember).filter_by(draft_of="replacement")).all() == []


def test_the_draft_of_a_successor_stands_on_no_list_of_posts(system, screens):
    number = requested(system, screens)
    with system() as session:
        successor = session.get(PostReplacement, number).successor
        name, key = successor.name, successor.id

    assert name not in screens.browser.get("/managerview/list/").text
    assert screens.browser.get(f"/managerview/show/{key}").status_code == 404


def test_access_rows_follow_the_replacement(site, gc, reviewer):
    old = holder(site, gc, has_account=True, username=numbered("manager"))
    decide(ask(old, gc), "approve", reviewer)

    rows = db.session.scalars(select(SiteAccess).filter_by(user_id=old.user_id)).all()
    assert [row.active for row in rows] == [False]


def test_the_first_password_of_a_successor_is_shown_this_once(system, screens, client):
    with system() as session:
        old = session.get(StaffMember, screens.holder)
        unit = old.unit_id
        labour = StaffMember(
            project_id=screens.project, staff_kind=StaffKind.MANAGER, source="manual",
            **roster.staff_values(old.unit, LABOUR), state=StaffState.ON_SITE,
        )  # fmt: skip
        session.add(labour)
        session.flush()
        number = labour.id
        assert labour.unit_id == unit
    name = numbered("labour")
    values = posted() | {"handover_on": "2026-11-20", "has_account": "1", "username": name}
    answer = send(screens.browser, f"/managerview/replace/{number}", values)
    password = re.search(r"<code>([^<]{12})</code>", answer.text)[1]

    assert answer.headers["Cache-Control"] == "no-store"
    entered = client.post("/login/", data={"username": name, "password": password})
    assert entered.status_code == 302


def test_an_open_request_is_shown_to_whoever_asks_once_more_and_waits_on_the_first_pages(
    system, screens, signed_in
):
    number = requested(system, screens)
    again = screens.browser.get(f"/managerview/replace/{screens.holder}")
    assert (again.status_code, again.location) == (302, f"/replacements/show/{number}")

    office = signed_in(screens.reviewer)
    line = f'<a href="/replacement-reviews/show/{number}">请审核{screens.name}的岗位更换申请</a>'
    assert line in office.get("/").text
    assert line not in signed_in(screens.far).get("/").text
    office.post(f"/replacement-reviews/move/return/{number}", data={"remark": "请补充任命文件"})

    words = f"更换{screens.name}的申请被退回，请修改后重新提交：请补充任命文件"
    assert words in screens.browser.get("/").text
    assert words not in signed_in(screens.stranger).get("/").text
    assert line not in office.get("/").text


def test_the_pages_of_a_person_on_a_post_lead_to_the_correction_of_his_data(system, screens):
    with system() as session:
        stay = session.get(StaffMember, screens.holder).worker_id
    for page in ("managerview/show", "managerview/edit"):
        text = screens.browser.get(f"/{page}/{screens.holder}").text
        assert f"/personcorrectionview/ask/{stay}" in text
    assert (
        f"/personcorrectionview/ask/{stay}" in screens.browser.get(f"/workerview/edit/{stay}").text
    )
    assert screens.browser.get(f"/personcorrectionview/ask/{stay}").status_code == 200
