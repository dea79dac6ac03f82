"""Applying for a project: numbers, participants, drafts, the checklist."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.core import clock, scope
from app.core.errors import IllegalMove, Refusal, Refusals
from app.extensions import db
from app.identity.models import Account
from app.projects import events, queries, services
from app.projects.choices import NoPermitReason, ProjectState, UnitState
from app.projects.errors import Incomplete, NameTaken, NotGeneralContractor, ProjectLocked
from app.projects.models import Project, ProjectUnit
from app.projects.queries import completeness
from tests.factories import enterprises, people
from tests.factories import projects as make

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def apply(gc):
    """Apply as the general contractor."""

    def send(**values):
        given = make.application(gc.user_id, **values)
        with scope.act_as(gc):
            return services.apply_for_project(given, actor=gc)

    return send


def test_an_application_makes_the_project_and_its_five_units(apply, gc, builder):
    row = apply(
        surveyor_name="勘察院", surveyor_credit_code=people.credit_code("440703"),
        surveyor_leader_name="李四", surveyor_leader_mobile=people.person().mobile,
    )  # fmt: skip

    units = {u.unit_role: u for u in db.session.query(ProjectUnit).filter_by(project_id=row.id)}
    assert set(units) == {"009", "008", "007", "010"}
    assert units["009"].enterprise_id == builder.id
    assert units["009"].leader_id_number == row.manager_id_number
    assert {u.state for u in units.values()} == {UnitState.REGISTERED}
    assert all(u.district_code == "440703" for u in units.values())
    assert row.state is ProjectState.DRAFT
    assert row.labour_ratio == Decimal("20.00")


def test_the_applicant_sees_its_new_project_at_once(gc, builder):
    given = make.application(gc.user_id)
    with scope.act_as(gc):
        row = services.apply_for_project(given, actor=gc)
        db.session.flush()

        assert row.id in scope.current().projects
        assert {u.unit_role for u in queries.units(row)} == {"009", "008", "007"}


def test_project_numbers_are_district_date_and_a_running_number(apply):
    with clock.frozen(NOON):
        numbers = [apply().project_no for _n in range(2)]
        far = apply(district_code="440781").project_no

    assert [n[:14] for n in numbers] == ["44070320260302"] * 2
    assert int(numbers[1]) == int(numbers[0]) + 1
    assert far == "44078120260302001"


def test_a_subcontractor_may_not_apply(sub):
    given = make.application(sub.user_id)
    with scope.act_as(sub), pytest.raises(NotGeneralContractor):
        services.apply_for_project(given, actor=sub)


def test_the_applicant_is_never_taken_from_what_was_posted(apply, builder):
    other = enterprises.enterprise()

    assert apply(general_contractor_id=other.id).general_contractor_id == builder.id


def test_a_draft_needs_only_name_and_district(gc):
    with scope.act_as(gc):
        row = services.apply_for_project({"name": "半份草稿", "district_code": "440703"}, actor=gc)
        assert row.state is ProjectState.DRAFT
        with pytest.raises(Refusal) as refused:
            services.apply_for_project({"name": "", "district_code": "440703"}, actor=gc)
    assert refused.value.field == "name"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"labour_cost": Decimal(9000)}, "labour_cost", id="labour above contract"),
        pytest.param({"contract_amount": Decimal(0), "labour_cost": Decimal(0)},
                     "contract_amount", id="nothing to build for"),
        pytest.param({"planned_end": date(2026, 2, 1)}, "planned_end", id="ends as it begins"),
        pytest.param({"location": [Decimal("113.9"), Decimal("22.6")]}, "location",
                     id="outside Jiangmen"),
        pytest.param({"injury_from": date(2026, 5, 1), "injury_to": date(2026, 4, 1)},
                     "injury_to", id="insurance backwards"),
        pytest.param({"standard_hours": Decimal(30)}, "standard_hours", id="a day of 30 hours"),
        pytest.param({"standard_hours": Decimal(0)}, "standard_hours", id="a day of none"),
        pytest.param({"labour_manager_username": "王 五"}, "labour_manager_username",
                     id="a sign-in name nobody can have"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused_at_their_field(apply, values, field):
    with pytest.raises(Refusal) as refused:
        apply(**values)
    assert refused.value.field == field


def test_the_labour_managers_sign_in_name_must_be_free_or_his_own(apply, builder):
    from app.identity import services as identity

    admin = enterprises.admin(builder)
    with scope.login_scope("test"):
        taken = db.session.get(Account, admin).username
    with pytest.raises(Refusal) as refused:
        apply(labour_manager_username=taken.upper())
    assert refused.value.field == "labour_manager_username"

    other = make.project(builder)
    identity.open_site_login(
        project_id=other.id, unit_id=make.general_contractor_unit(other).id, whole_project=True,
        username="wangwu", name="王五", mobile="13800138000", role="labour_manager",
        can_write=None, actor=scope.SYSTEM,
    )  # fmt: skip
    with pytest.raises(Refusal):
        apply(labour_manager_username="wangwu", labour_manager_mobile="13800138001")
    his = apply(labour_manager_username="wangwu", labour_manager_mobile="13800138000")
    assert his.labour_manager_username == "wangwu"


def test_all_problems_of_a_form_are_told_together(apply):
    with pytest.raises(Refusals) as refused:
        apply(labour_cost=Decimal(9000), planned_end=date(2026, 1, 1))
    assert [p.field for p in refused.value.problems] == ["labour_cost", "planned_end"]


def test_a_name_is_taken_by_a_live_project_of_the_district_only(apply, work):
    other = enterprises.enterprise()
    live = make.project(other, name="滨江新城一期")
    make.project(other, name="旧城改造", state=ProjectState.REJECTED)

    with pytest.raises(NameTaken):
        apply(name=live.name)
    assert apply(name=live.name, district_code="440781").id
    assert apply(name="旧城改造").id


def test_an_owner_may_be_a_natural_person(apply):
    person = people.person()
    row = apply(
        owner_owner_is_person=True, owner_credit_code=None, owner_owner_id_type="01",
        owner_owner_id_number=person.id_number,
    )  # fmt: skip

    owner = queries.unit_of_role(row, "008")
    assert owner.owner_id_number == person.id_number
    owner_there = completeness.checklist(completeness.dossiers([row])[row.id])[0][1]
    assert owner_there


def test_saving_again_changes_participants_and_takes_out_emptied_ones(apply, gc, principal):
    row = apply(
        designer_name="设计院", designer_credit_code=people.credit_code("440703"),
        designer_leader_name="周五", designer_leader_mobile=people.person().mobile,
    )  # fmt: skip
    before = row.row_version

    actor = principal(gc.user_id)
    with scope.act_as(actor):
        services.save_project(
            row, {"owner_name": "新业主", "designer_name": None, "designer_credit_code": None},
            actor=actor,
        )  # fmt: skip

    assert queries.unit_of_role(row, "008").name == "新业主"
    assert queries.unit_of_role(row, "011") is None
    assert row.row_version > before


def test_a_draft_moved_to_another_district_takes_its_rows_along(apply, gc):
    row = apply()
    renewed_number = row.project_no
    services.save_project(row, {"district_code": "440781"}, actor=scope.SYSTEM)

    assert row.project_no != renewed_number
    assert row.project_no.startswith("440781")
    found = db.session.query(ProjectUnit.district_code).filter_by(project_id=row.id).distinct()
    assert found.all() == [("440781",)]


def test_confirming_names_everything_that_is_missing(apply, gc):
    row = apply(supervisor_name=None, supervisor_credit_code=None, manual_entry=False,
                contract_no=None)  # fmt: skip

    with pytest.raises(Incomplete) as refused:
        services.submit_project(row, actor=scope.SYSTEM)
    labels = [str(label) for label in refused.value.missing]
    assert len(labels) == 5
    assert row.state is ProjectState.DRAFT


def test_a_complete_application_is_handed_in_and_only_withdrawn_then(apply, gc, principal):
    row = apply()
    services.add_permit(row, make.permit_values(), actor=scope.SYSTEM)
    actor = principal(gc.user_id)

    with scope.act_as(actor):
        services.submit_project(row, actor=actor)
        assert row.state is ProjectState.SUBMITTED
        assert row.attempt == 1
        assert row.review_due_on > clock.today()
        with pytest.raises(ProjectLocked):
            services.save_project(row, {"address": "新址"}, actor=actor)
        with pytest.raises(ProjectLocked):
            services.add_permit(row, make.permit_values(gc.user_id), actor=actor)
        services.withdraw_project(row, actor=actor)
    assert row.state is ProjectState.DRAFT


def test_a_reason_replaces_permit_and_supervisor(apply, gc):
    row = apply(
        supervisor_name=None, supervisor_credit_code=None, no_supervisor_reason="限额以下工程",
        no_permit_reason=NoPermitReason.BELOW_LIMIT, no_permit_file=make.stored_file(gc.user_id),
    )  # fmt: skip

    services.submit_project(row, actor=scope.SYSTEM)

    assert row.state is ProjectState.SUBMITTED


def test_completeness_is_hundred_only_when_nothing_is_missing(apply):
    row = apply()
    part = completeness.percentage(completeness.dossiers([row])[row.id])
    services.add_permit(row, make.permit_values(), actor=scope.SYSTEM)

    assert 0 < part < 100
    assert completeness.percentage(completeness.dossiers([row])[row.id]) == 100


def test_domains_above_hear_of_the_application(apply):
    heard = []
    receiver = events.project_applied.connect(lambda **facts: heard.append(facts))
    try:
        row = apply()
    finally:
        events.project_applied.receivers.remove(receiver)
    assert [fact["project"].id for fact in heard] == [row.id]


def test_a_state_cannot_be_written_past_its_flow(apply):
    row = apply()
    with pytest.raises(IllegalMove):
        row.state = ProjectState.APPROVED


def test_another_enterprise_cannot_save_the_project(apply, principal):
    row = apply()
    stranger = principal(enterprises.admin(enterprises.enterprise()))
    with scope.act_as(stranger):
        assert queries.project(row.id) is None
        assert db.session.query(Project).filter_by(id=row.id).count() == 0
