"""企业注册 as a service: what is taken, what is refused, what the row then says."""

from datetime import UTC, date, datetime

import pytest

from app.core import clock, scope, states
from app.core.errors import IllegalMove, NotAllowed, Refusal
from app.core.states import RemarkMissing
from app.enterprises import queries, services
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.errors import (
    AlreadyApplied,
    AlreadyRegistered,
    HasHints,
    MarksUntouched,
    NameTaken,
    NothingMarked,
    NotReturned,
    QualificationMissing,
    QualificationTwice,
    UsernameTaken,
)
from app.enterprises.models import Enterprise, Qualification
from app.enterprises.services.values import qualifications_of
from app.extensions import db
from app.identity.models import Account
from tests.factories import enterprises as make

GC = EnterpriseType.GENERAL_CONTRACTOR
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def reviewer(work):
    return make.principal(make.official())


@pytest.fixture
def returned(work, reviewer):
    """An application sent back for its name."""
    row = make.application()
    services.return_application(row, {"name": "与营业执照不一致"}, actor=reviewer)
    return row


def account_of(username):
    with scope.login_scope("test"):
        return db.session.query(Account).filter_by(username=username).one_or_none()


def resubmitted(row, **changes):
    values = {
        n: getattr(row, n)
        for n in ("name", "credit_code", "region_code", "address", "legal_person",
                  "legal_person_id_type", "legal_person_id_number", "legal_person_phone",
                  "agent_name", "agent_id_type", "agent_id_number", "agent_mobile")
    }  # fmt: skip
    return services.resubmit(
        row.id, {**values, "qualifications": [], **changes}, actor=scope.NOBODY
    )


def test_an_application_waits_with_number_attempt_and_the_hash_of_its_password(work):
    row = make.application()

    assert row.state is EnterpriseState.SUBMITTED
    assert row.application_no.startswith("QY")
    assert row.attempt == 1
    assert row.agreed_version
    assert make.PASSWORD not in (row.password_hash or "")
    assert [entry.verb for entry in states.history(row)] == ["create", "submit"]


def test_the_review_is_due_after_five_working_days(work):
    with clock.frozen(MONDAY):
        assert make.application().review_due_on == date(2026, 3, 9)


def test_no_account_exists_before_approval(work):
    assert account_of(make.application().username) is None


def test_a_firm_from_another_city_is_reviewed_by_the_city_office(work):
    assert make.application(region_code="440106").district_code == "440700"
    assert make.application(region_code="440781").district_code == "440781"


def test_a_registered_enterprise_is_told_to_recover_its_account(work):
    firm = make.enterprise()
    with pytest.raises(AlreadyRegistered) as refusal:
        make.application(credit_code=firm.credit_code)
    assert refusal.value.field == "credit_code"


def test_a_second_application_of_the_same_enterprise_is_refused(work):
    first = make.application()
    with pytest.raises(AlreadyApplied):
        make.application(credit_code=first.credit_code)


def test_a_refused_application_frees_code_name_and_sign_in_name(work, reviewer):
    first = make.application()
    services.reject(first, "资料虚假", actor=reviewer)
    again = make.application(
        credit_code=first.credit_code, name=first.name, username=first.username
    )
    assert again.state is EnterpriseState.SUBMITTED


def test_a_taken_name_is_refused(work):
    with pytest.raises(NameTaken):
        make.application(name=make.enterprise().name)


def test_a_sign_in_name_of_an_account_or_application_is_refused_in_any_case(work):
    firm = make.enterprise()
    make.admin(firm)
    taken = db.session.query(Account.username).order_by(Account.id.desc()).limit(1).scalar()
    with pytest.raises(UsernameTaken):
        make.application(username=taken.upper())
    with pytest.raises(UsernameTaken):
        make.application(username=make.application().username)
    assert services.username_problem(taken)
    assert not services.username_problem("quite_free_name")
    assert services.username_problem("1abc")


def test_a_builder_needs_a_qualification_and_a_labour_subcontractor_does_not(work):
    with pytest.raises(QualificationMissing):
        make.application(GC)
    assert make.application(EnterpriseType.LABOUR_SUBCONTRACTOR).id


def test_one_certificate_number_cannot_stand_twice(work):
    row = make.certificate()
    with pytest.raises(QualificationTwice):
        make.application(GC, qualifications=[row, dict(row)])


@pytest.mark.parametrize(
    "password", ["short1!A", "alllowercaseletters", "Password123!", "Builder77Xx!"]
)
def test_a_weak_password_is_refused_beside_its_field(work, password):
    with pytest.raises(Refusal) as refusal:
        make.application(password=password, username="builder77")
    assert refusal.value.field == "password"


def test_approval_opens_the_administrators_account_with_the_chosen_password(work, reviewer):
    row = make.application(GC, qualifications=[make.certificate()])
    services.approve(row, actor=reviewer)

    account = account_of(row.username)
    assert row.state is EnterpriseState.APPROVED
    assert row.password_hash is None
    assert account.enterprise_id == row.id
    principal = make.principal(account.id)
    assert principal.roles == {"gc_admin"}
    assert principal.enterprises == (row.id,)
    assert queries.registered(row.credit_code).name == row.name
    assert len(queries.registered(row.credit_code).qualification_kinds) == 1


def test_only_a_reviewer_decides(work):
    row = make.application()
    stranger = make.principal(make.admin(make.enterprise()))
    with pytest.raises(NotAllowed):
        services.approve(row, actor=stranger)
    assert account_of(row.username) is None


def test_returning_needs_a_marked_field_and_a_reason_beside_each(work, reviewer):
    row = make.application()
    with pytest.raises(NothingMarked):
        services.return_application(row, {}, actor=reviewer)
    with pytest.raises(NothingMarked):
        services.return_application(row, {"no_such_field": "x"}, actor=reviewer)
    with pytest.raises(Refusal):
        services.return_application(row, {"name": "  "}, actor=reviewer)
    assert row.state is EnterpriseState.SUBMITTED


def test_refusing_needs_a_reason(work, reviewer):
    with pytest.raises(RemarkMissing):
        services.reject(make.application(), " ", actor=reviewer)


def test_a_returned_application_comes_back_as_a_new_attempt_beside_the_old(returned, work):
    was = returned.name
    resubmitted(returned, name=f"{was}（更正）")

    assert returned.state is EnterpriseState.SUBMITTED
    assert returned.attempt == 2
    assert returned.returned_fields is None
    assert returned.previous["fields"]["name"] == was


def test_the_former_attempt_keeps_identity_numbers_encrypted(returned, work):
    number = returned.legal_person_id_number
    resubmitted(returned, name="更正后的名称")
    assert number not in str(returned.previous)


def test_what_was_returned_is_not_taken_again_with_no_marked_field_changed(returned, work):
    for changes in ({}, {"address": "别处8号"}):
        with pytest.raises(MarksUntouched) as refusal:
            resubmitted(returned, **changes)
        assert refusal.value.field == "reply"
    assert (returned.state, returned.attempt) == (EnterpriseState.RETURNED, 1)


def test_words_explain_why_a_marked_field_stands_as_it_is(returned, work):
    resubmitted(returned, reply="名称与新执照一致")

    assert (returned.state, returned.attempt) == (EnterpriseState.SUBMITTED, 2)
    assert states.history(returned)[-1].remark == "名称与新执照一致"


def test_marked_certificates_are_answered_by_other_certificates_only(work, reviewer):
    kept = make.certificate()
    row = make.application(GC, qualifications=[kept])
    licence = {"safety_licence_no": "JZ1", "safety_licence_valid_to": date(2029, 1, 1)}
    services.return_application(row, {"qualifications": "等级不符"}, actor=reviewer)
    with pytest.raises(MarksUntouched):
        resubmitted(row, qualifications=[kept], **licence)
    resubmitted(row, qualifications=[{**kept, "name": "换证"}], **licence)
    assert row.attempt == 2


def test_only_a_returned_application_can_be_sent_again(work):
    with pytest.raises(NotReturned):
        resubmitted(make.application())


def test_a_correction_replaces_the_certificates(work, reviewer):
    row = make.application(GC, qualifications=[make.certificate(name="旧证")])
    services.return_application(row, {"qualifications": "等级不符"}, actor=reviewer)
    resubmitted(
        row, qualifications=[make.certificate(name="新证")],
        safety_licence_no="JZ1", safety_licence_valid_to=date(2029, 1, 1),
    )  # fmt: skip
    assert [q.name for q in qualifications_of(row.id)] == ["新证"]
    assert row.previous["qualifications"][0]["name"] == "旧证"


def test_an_application_cannot_be_decided_twice(work, reviewer):
    row = make.application()
    services.approve(row, actor=reviewer)
    with pytest.raises(IllegalMove):
        services.reject(row, "迟了", actor=reviewer)


def test_hints_name_twins_and_expired_papers(work):
    other = make.enterprise()
    row = make.application(
        GC, legal_person_id_number=other.legal_person_id_number,
        agent_mobile=other.agent_mobile, licence_valid_to=date(2020, 1, 1),
        qualifications=[make.certificate(valid_to=date(2020, 1, 1), extension_reason="公告延期")],
    )  # fmt: skip
    found = queries.hints(row)
    assert sum(other.name in hint["text"] for hint in found) >= 2
    assert sum(hint["tone"] == "red" for hint in found) == 2


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("江门市大江建设工程有限公司", "江门市大江建筑工程有限公司", True),
        ("江门市大江建设有限公司", "江门市大江建设集团有限公司", True),
        ("江门市大江建设有限公司", "开平市潭江劳务有限公司", False),
    ],
)
def test_names_that_differ_in_their_legal_form_only_are_similar(one, other, alike):
    assert queries.similar(one, other) is alike


def test_applications_with_hints_are_not_passed_together(work, reviewer):
    first = make.application(licence_valid_to=date(2020, 1, 1))
    second = make.application()
    with pytest.raises(HasHints) as refusal:
        services.approve_many([second, first], actor=reviewer)
    assert first.name in str(refusal.value)
    assert second.state is EnterpriseState.SUBMITTED


def test_a_district_sees_its_own_applications_and_the_city_all(work):
    near, far = make.application(), make.application(region_code="440781")
    certified = make.application(GC, region_code="440781", qualifications=[make.certificate()])
    with scope.act_as(make.principal(make.official(district="440703"))):
        seen = {row.id for row in db.session.query(Enterprise)}
        assert near.id in seen
        assert far.id not in seen
        assert not db.session.query(Qualification).filter_by(enterprise_id=certified.id).all()
    with scope.act_as(make.principal(make.official("city_admin", district=None))):
        assert {near.id, far.id} <= {row.id for row in db.session.query(Enterprise)}


def test_a_disabled_enterprise_signs_in_no_more_until_it_is_enabled(work):
    from app.identity import principals

    firm = make.enterprise()
    number = make.admin(firm)
    city = make.principal(make.official("city_admin", district=None))

    services.disable(firm, "欠薪", actor=city)
    with scope.login_scope("test"):
        account = db.session.get(Account, number, populate_existing=True)
        assert not principals.usable(account)
        before = account.session_epoch
    services.enable(firm, "已整改", actor=city)
    with scope.login_scope("test"):
        account = db.session.get(Account, number, populate_existing=True)
        assert principals.usable(account)
        assert account.session_epoch > before


def test_a_district_does_not_disable_enterprises(work, reviewer):
    with pytest.raises(NotAllowed):
        services.disable(make.enterprise(), "x", actor=reviewer)


def test_a_pending_or_disabled_enterprise_is_not_registered(work):
    row = make.application()
    assert queries.registered(row.credit_code) is None
    closed = make.enterprise(state=EnterpriseState.DISABLED)
    assert queries.registered(closed.credit_code) is None
