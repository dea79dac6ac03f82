"""Inviting enterprises: registered or not, accepting, declining, expiry."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.core import clock, scope
from app.core.errors import Refusal
from app.core.states import RemarkMissing
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.events import enterprise_approved
from app.enterprises.models import Qualification
from app.extensions import db
from app.projects import services
from app.projects.choices import UnitState
from app.projects.errors import (
    AlreadyInvited,
    ContractTaken,
    InvitationGone,
    NotInvitee,
    NotInviter,
    OwnEnterprise,
)
from app.projects.models import Project, ProjectUnit
from tests.factories import enterprises, numbered, people, roster
from tests.factories import projects as make


@pytest.fixture
def site(builder):
    """A project of the general contractor."""
    return make.project(builder)


@pytest.fixture
def inviter(site, builder, principal):
    """The general contractor's administrator, with the project in scope."""
    return principal(enterprises.admin(builder))


@pytest.fixture
def invite(site, inviter):
    """Invite by a code as the general contractor."""

    def send(code, **values):
        given = make.subcontract(code, inviter.user_id, **values)
        with scope.act_as(inviter):
            row = services.invite_unit(site, given, actor=inviter)
            db.session.flush()
        return row

    return send


def test_a_registered_enterprise_waits_for_acceptance_under_its_own_name(invite, crew):
    row = invite(crew.credit_code, name="打错的名字")

    assert row.state is UnitState.INVITED
    assert row.enterprise_id == crew.id
    assert row.name == crew.name
    assert row.expires_on == clock.today() + timedelta(days=15)


def test_a_general_contractor_may_be_invited_for_labour_with_a_warning(invite):
    other = enterprises.enterprise()
    row = invite(other.credit_code)

    assert row.state is UnitState.INVITED
    assert row.no_qualification_warning
    assert services.unit_warnings(row)


def test_a_fitting_qualification_gives_no_warning(invite, crew):
    db.session.add(
        Qualification(
            enterprise_id=crew.id, district_code="440703", kind="3", name="施工劳务",
            certificate_no="D1", level="1", valid_to=date(2030, 1, 1),
        )
    )  # fmt: skip
    db.session.flush()

    assert not invite(crew.credit_code).no_qualification_warning


def test_an_unknown_code_waits_for_registration_until_the_enterprise_is_approved(invite, work):
    code = people.credit_code("440703")
    row = invite(code)
    assert row.state is UnitState.WAITING_REGISTRATION

    firm = enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR, credit_code=code)
    enterprise_approved.send(
        enterprise_id=firm.id, enterprise_type=firm.enterprise_type, name=firm.name,
        credit_code=code, username=numbered("firm"), password_hash="x", agent_name="吴七",
        mobile="13800138000", actor=scope.SYSTEM,
    )  # fmt: skip

    assert row.state is UnitState.INVITED
    assert row.enterprise_id == firm.id


def test_accepting_opens_the_project_within_the_unit_at_once(invite, site, crew, principal):
    row = invite(crew.credit_code)
    foreign = make.unit(site, enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR))
    team = roster.team(row)
    roster.team(foreign)
    sub = principal(enterprises.admin(crew))

    with scope.act_as(sub):
        assert db.session.query(Project).count() == 0
        services.accept_invitation(row, actor=sub)
        assert row.state is UnitState.ACCEPTED
        assert [p.id for p in db.session.query(Project)] == [site.id]
        assert [t.id for t in db.session.query(type(team))] == [team.id]
        assert [u.id for u in db.session.query(ProjectUnit)] == [row.id]


def test_only_the_invited_enterprise_answers(invite, inviter, crew, principal):
    row = invite(crew.credit_code)
    with scope.act_as(inviter), pytest.raises(NotInvitee):
        services.accept_invitation(row, actor=inviter)
    sub = principal(enterprises.admin(crew))
    with scope.act_as(sub), pytest.raises(NotInviter):
        services.withdraw_invitation(row, actor=sub)


def test_declining_needs_a_reason_and_the_inviter_may_ask_again(invite, inviter, crew, principal):
    row = invite(crew.credit_code)
    sub = principal(enterprises.admin(crew))
    with scope.act_as(sub):
        with pytest.raises(RemarkMissing):
            services.decline_invitation(row, actor=sub, remark=" ")
        services.decline_invitation(row, actor=sub, remark="工期冲突")
    assert row.reject_reason == "工期冲突"

    with scope.act_as(inviter):
        services.invite_again(row, actor=inviter)
    assert row.state is UnitState.INVITED
    assert row.reject_reason is None


def test_an_enterprise_takes_part_once_and_a_contract_number_is_used_once(invite, crew):
    first = invite(crew.credit_code)

    with pytest.raises(AlreadyInvited):
        invite(crew.credit_code)
    with pytest.raises(ContractTaken):
        invite(people.credit_code("440703"), contract_no=first.contract_no)


def test_after_a_withdrawal_the_enterprise_may_be_invited_anew(invite, inviter, crew):
    row = invite(crew.credit_code)
    with scope.act_as(inviter):
        services.withdraw_invitation(row, actor=inviter)

    assert invite(crew.credit_code, contract_no=row.contract_no).state is UnitState.INVITED


def test_nobody_invites_himself(invite, builder):
    with pytest.raises(OwnEnterprise):
        invite(builder.credit_code)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({"labour_amount": Decimal(501)}, "labour_amount", id="labour above contract"),
        pytest.param({"planned_exit_on": date(2026, 1, 1)}, "planned_exit_on", id="leaves early"),
        pytest.param({"unit_role": "009"}, "unit_role", id="a second general contractor"),
    ],
)
def test_wrong_values_are_refused_at_their_field(invite, crew, values, field):
    with pytest.raises(Refusal) as refused:
        invite(crew.credit_code, **values)
    assert refused.value.field == field


def test_a_parent_of_another_project_is_refused(invite, crew):
    foreign = make.general_contractor_unit(make.project(enterprises.enterprise()))
    with pytest.raises(Refusal) as refused:
        invite(crew.credit_code, parent_id=foreign.id)
    assert refused.value.field == "parent_id"


def test_subcontracts_above_the_contract_only_warn(invite, crew):
    row = invite(crew.credit_code, contract_amount=Decimal(9000))
    assert len(services.unit_warnings(row)) == 2


def test_other_units_need_neither_registration_nor_acceptance(site, inviter):
    values = {
        "unit_role": "005", "credit_code": people.credit_code("440703"), "name": "塔机租赁公司",
        "contact_name": "吴六", "contact_mobile": "13800138000", "entry_on": date(2026, 3, 1),
    }  # fmt: skip
    with scope.act_as(inviter):
        row = services.invite_unit(site, values, actor=inviter)
    assert row.state is UnitState.REGISTERED
    assert row.enterprise_id is None


def test_a_specialist_subcontractor_adds_labour_below_itself_and_nothing_else(site, principal):
    firm = enterprises.enterprise(EnterpriseType.PROFESSIONAL_SUBCONTRACTOR)
    unit = make.unit(site, firm, role="001")
    lead = principal(enterprises.admin(firm))
    code = people.credit_code("440703")

    with scope.act_as(lead):
        row = services.invite_unit(site, make.subcontract(code, lead.user_id), actor=lead)
        db.session.flush()
        assert row.parent_id == unit.id
        assert {u.id for u in db.session.query(ProjectUnit)} == {unit.id, row.id}
        with pytest.raises(NotInviter):
            services.invite_unit(
                site, make.subcontract(people.credit_code("440703"), lead.user_id,
                                       unit_role="001"), actor=lead,
            )  # fmt: skip


def test_a_labour_subcontractor_invites_nobody(site, crew, principal):
    make.unit(site, crew)
    sub = principal(enterprises.admin(crew))
    with scope.act_as(sub), pytest.raises(NotInviter):
        services.invite_unit(
            site, make.subcontract(people.credit_code("440703"), sub.user_id), actor=sub
        )


def test_invitations_expire_after_fifteen_days(invite, crew, principal):
    row = invite(crew.credit_code)
    on_the_day = row.expires_on
    assert services.expire_invitations(on_the_day, actor=scope.SYSTEM) == 0

    late = datetime.combine(on_the_day + timedelta(days=1), datetime.min.time(), UTC)
    sub = principal(enterprises.admin(crew))
    with clock.frozen(late), scope.act_as(sub), pytest.raises(InvitationGone):
        services.accept_invitation(row, actor=sub)
    assert services.expire_invitations(clock.local(late).date(), actor=scope.SYSTEM) == 1
    assert row.state is UnitState.EXPIRED


def test_invitations_with_people_on_site_or_a_registration_under_review_stay(invite, crew):
    peopled = invite(crew.credit_code)
    roster.worker(roster.team(peopled))
    code = people.credit_code("440703")
    applying = invite(code)
    enterprises.enterprise(credit_code=code, state=EnterpriseState.SUBMITTED)
    later = clock.today() + timedelta(days=60)

    assert services.expire_invitations(later, actor=scope.SYSTEM) == 0
    assert applying.state is UnitState.WAITING_REGISTRATION


def test_leaving_needs_a_reason_and_a_day_that_has_come(invite, inviter, crew):
    row = invite(crew.credit_code, entry_on=date(2026, 5, 1))
    tomorrow = clock.today() + timedelta(days=1)
    with scope.act_as(inviter):
        with pytest.raises(Refusal) as refused:
            services.exit_unit(row, {"exit_on": tomorrow, "exit_reason": "完工"}, actor=inviter)
        assert refused.value.field == "exit_on"
        services.exit_unit(row, {"exit_on": clock.today(), "exit_reason": "完工"}, actor=inviter)
    assert row.state is UnitState.EXITED
