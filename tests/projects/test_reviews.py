"""The review of a project and the report of its start."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock, scope
from app.core.errors import IllegalMove, NotAllowed, Refusal
from app.extensions import db
from app.projects import events, queries, services
from app.projects.choices import ProjectState
from app.projects.errors import MarksUntouched, NothingMarked, PermitTaken, StartReportMissing
from app.projects.services.snapshots import differences
from tests.factories import enterprises
from tests.factories import projects as make


@pytest.fixture
def submitted(gc):
    """A complete application that waits for review."""
    given = make.application(gc.user_id)
    with scope.act_as(gc):
        row = services.apply_for_project(given, actor=gc)
    services.add_permit(row, make.permit_values(), actor=scope.SYSTEM)
    services.submit_project(row, actor=scope.SYSTEM)
    return row


def test_the_district_lets_a_project_pass_and_others_hear_of_it(submitted, reviewer):
    heard = []
    receiver = events.project_approved.connect(lambda **facts: heard.append(facts["project"].id))
    try:
        with scope.act_as(reviewer):
            services.approve_project(submitted, actor=reviewer)
    finally:
        events.project_approved.receivers.remove(receiver)
    assert submitted.state is ProjectState.APPROVED
    assert submitted.approved_on == clock.today()
    assert heard == [submitted.id]


def test_another_district_sees_nothing_to_review(submitted, principal):
    far = principal(enterprises.official(district="440781"))
    with scope.act_as(far):
        assert queries.project(submitted.id) is None


def test_the_applicant_cannot_review_its_own_project(submitted, gc, principal):
    actor = principal(gc.user_id)
    with scope.act_as(actor), pytest.raises(NotAllowed):
        services.approve_project(submitted, actor=actor)


def test_returning_marks_fields_with_reasons(submitted, reviewer):
    with scope.act_as(reviewer):
        with pytest.raises(NothingMarked):
            services.return_project(submitted, {"name": " "}, actor=reviewer)
        services.return_project(submitted, {"address": "地址与规划许可不一致"}, actor=reviewer)
    assert submitted.state is ProjectState.RETURNED
    assert submitted.returned_fields == {"address": "地址与规划许可不一致"}


def test_the_next_review_shows_only_what_changed(submitted, reviewer):
    assert differences(submitted) == []
    with scope.act_as(reviewer):
        services.return_project(submitted, {"address": "不一致"}, actor=reviewer)
    number = submitted.manager_id_number
    given = {"address": "迎宾大道2号", "owner_name": "新业主", "contract_amount": Decimal(7900)}
    services.save_project(submitted, given, actor=scope.SYSTEM)
    services.submit_project(submitted, actor=scope.SYSTEM)

    found = differences(submitted)
    assert (found[0]["old"], found[0]["new"]) == ("建设路1号", "迎宾大道2号")
    amount = next(item for item in found if item["label"] == "合同金额")
    assert amount["new"] == "7,900 万元"
    assert len(found) == 3  # the share of labour cost follows from the amount
    assert submitted.attempt == 2
    assert number not in str(submitted.previous)


@pytest.mark.parametrize(
    ("mark", "other", "right"),
    [
        ("address", {"owner_name": "新业主"}, {"address": "迎宾大道2号"}),
        ("owner_name", {"address": "迎宾大道2号"}, {"owner_name": "新业主"}),
    ],
)
def test_a_returned_project_is_confirmed_once_a_marked_field_is_changed(
    submitted, reviewer, mark, other, right
):
    with scope.act_as(reviewer):
        services.return_project(submitted, {mark: "不一致"}, actor=reviewer)
    services.save_project(submitted, other, actor=scope.SYSTEM)
    with pytest.raises(MarksUntouched):
        services.submit_project(submitted, actor=scope.SYSTEM)
    services.save_project(submitted, right, actor=scope.SYSTEM)
    services.submit_project(submitted, actor=scope.SYSTEM)

    assert (submitted.state, submitted.attempt) == (ProjectState.SUBMITTED, 2)


def test_a_returned_project_is_confirmed_as_it_is_with_words(submitted, reviewer):
    with scope.act_as(reviewer):
        services.return_project(submitted, {"permits": "看不清"}, actor=reviewer)
    with pytest.raises(MarksUntouched):
        services.submit_project(submitted, actor=scope.SYSTEM)
    services.submit_project(submitted, actor=scope.SYSTEM, remark="原件如此")

    assert submitted.attempt == 2


def test_a_refusal_needs_a_reason_and_ends_the_matter(submitted, reviewer):
    with scope.act_as(reviewer):
        with pytest.raises(Refusal):
            services.reject_project(submitted, actor=reviewer, remark="")
        services.reject_project(submitted, actor=reviewer, remark="重复申报")
    with pytest.raises(Refusal):
        services.submit_project(submitted, actor=scope.SYSTEM)


def test_the_permit_of_a_refused_application_is_free_for_the_next_one(submitted, reviewer, gc):
    number = queries.permits(submitted)[0].permit_no
    with scope.act_as(gc):
        again = services.apply_for_project(make.application(gc.user_id), actor=gc)
    with pytest.raises(PermitTaken), db.session.begin_nested():
        services.add_permit(again, make.permit_values(permit_no=number), actor=scope.SYSTEM)
    with scope.act_as(reviewer):
        services.reject_project(submitted, actor=reviewer, remark="重复申报")

    fresh = make.permit_values(permit_no=number)
    assert services.add_permit(again, fresh, actor=scope.SYSTEM).permit_no == number


@pytest.fixture
def approved(submitted):
    """A project that has passed the review today."""
    services.approve_project(submitted, actor=scope.SYSTEM)
    return submitted


def test_the_start_lies_not_in_the_future(approved):
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(Refusal) as refused:
        services.start_project(approved, {"actual_start": tomorrow}, actor=scope.SYSTEM)
    assert refused.value.field == "actual_start"


def test_a_start_before_the_approval_needs_the_start_report(approved):
    with pytest.raises(StartReportMissing):
        services.start_project(approved, {}, actor=scope.SYSTEM)

    services.start_project(approved, {"start_report": make.stored_file()}, actor=scope.SYSTEM)

    assert approved.state is ProjectState.ACTIVE
    assert approved.actual_start == approved.planned_start


def test_a_start_today_needs_no_report(approved):
    today = clock.today()

    services.start_project(approved, {"actual_start": today}, actor=scope.SYSTEM)

    assert (approved.state, approved.actual_start) == (ProjectState.ACTIVE, today)


def test_works_start_once(approved):
    services.start_project(approved, {"actual_start": clock.today()}, actor=scope.SYSTEM)
    with pytest.raises(IllegalMove):
        services.start_project(approved, {"actual_start": clock.today()}, actor=scope.SYSTEM)
