"""人员信息更正: at once, after two days, or by the district (screens.md 8.5)."""

from datetime import date, timedelta

import pytest

from app.core import clock, scope
from app.core.errors import IllegalMove, NotAllowed, NotFound, Refusal, Refusals
from app.core.states import RemarkMissing
from app.extensions import db
from app.incidents.models import IncidentPerson, WatchEntry
from app.roster import queries, services
from app.roster.choices import CorrectionBasis, PersonCorrectionState, StaffKind, StayState
from app.roster.errors import CorrectionRefused, NumberOfAnother
from app.roster.models import Person, PersonCorrection, StaffMember
from tests.factories import alerts, enterprises, incidents, people, roster
from tests.roster.conftest import NOON, principal_of

S = PersonCorrectionState
UNTIL = NOON + timedelta(days=2)


@pytest.fixture
def stranger(site):
    """The administrator of the other enterprise."""
    return principal_of(site.stranger_user)


@pytest.fixture
def office(site):
    """A reviewer of the project's district."""
    return principal_of(enterprises.official(district=site.project.district_code))


@pytest.fixture
def worker(site):
    """A worker on site here alone."""
    return roster.worker(site.main_team, name="张三锋")


def by_chip(*fields, **new):
    """Give a correction read from the chip."""
    return {"fields": list(fields), "basis": CorrectionBasis.CHIP, "reader_no": "DKQ-1", **new}


def rename(worker, name, actor):
    return services.ask_correction(worker, by_chip("NAME", new_name=name), actor=actor)


def refused(worker, values, actor):
    """Give the fields a correction is refused for."""
    with pytest.raises(Refusal) as found:
        services.ask_correction(worker, values, actor=actor)
    problem = found.value
    singles = problem.problems if isinstance(problem, Refusals) else [problem]
    return {single.field for single in singles}


def person_of(worker):
    db.session.expire_all()
    return db.session.get(Person, worker.person_id)


def test_without_another_site_it_is_in_force_at_once(site, worker, gc):
    row = rename(worker, "张三丰", gc)

    assert (row.state, row.dispute_until, row.in_force_at) == (S.IN_FORCE, None, NOON)
    assert (row.old_name, row.new_name) == ("张三锋", "张三丰")
    person = person_of(worker)
    assert (person.name, person.former_names) == ("张三丰", "张三锋")
    assert (worker.name, worker.former_names) == ("张三丰", "张三锋")
    assert (worker.read_by_chip, worker.reader_no) == (True, "DKQ-1")


def test_two_sites_of_one_enterprise_do_not_wait_for_each_other(site, worker, gc):
    from tests.factories import projects

    second = projects.project(site.firm)
    again = alerts.again(worker, roster.team(projects.general_contractor_unit(second)))

    assert rename(worker, "张三丰", gc).state is S.IN_FORCE
    db.session.expire_all()
    assert again.name == "张三丰"


def test_another_site_reads_it_for_two_days_and_then_it_holds_everywhere(site, worker, gc):
    far = alerts.again(worker, site.far_team)
    row = rename(worker, "张三丰", gc)
    assert (row.state, row.dispute_until) == (S.PENDING, UNTIL)
    assert worker.name == "张三锋"

    assert services.put_due_in_force(UNTIL - timedelta(seconds=1)) == 0
    with clock.frozen(UNTIL):
        assert services.put_due_in_force(UNTIL) == 1
        assert services.put_due_in_force(UNTIL) == 0
    db.session.expire_all()
    assert (worker.name, far.name, row.state) == ("张三丰", "张三丰", S.IN_FORCE)


def test_only_the_units_concerned_see_it(site, worker, gc, stranger, office):
    alerts.again(worker, site.far_team)
    rename(worker, "张三丰", gc)
    far_office = principal_of(enterprises.official(district="440781"))
    seen = []
    for who in (gc, stranger, office, principal_of(site.sub_user), far_office):
        with scope.act_as(who):
            db.session.expire_all()
            seen.append(db.session.query(PersonCorrection).count())

    assert seen == [1, 1, 1, 0, 0]


def test_a_disputed_correction_waits_for_the_district_which_puts_it_into_force(
    site, worker, gc, stranger, office
):
    far = alerts.again(worker, site.far_team)
    row = rename(worker, "张三丰", gc)
    services.dispute_correction(row, {"dispute_reason": "我方身份证为张三锋"}, actor=stranger)
    assert (row.state, row.disputed_site) == (S.DISPUTED, site.elsewhere.name)
    with clock.frozen(UNTIL):
        assert services.put_due_in_force(UNTIL) == 0

    services.decide_correction(row, "approve", actor=office)
    db.session.expire_all()
    assert (row.state, far.name, worker.name) == (S.IN_FORCE, "张三丰", "张三丰")


def test_the_district_may_uphold_the_objection_with_a_reason(site, worker, gc, stranger, office):
    alerts.again(worker, site.far_team)
    row = rename(worker, "张三丰", gc)
    services.dispute_correction(row, {"dispute_reason": "不对"}, actor=stranger)

    with pytest.raises(RemarkMissing):
        services.decide_correction(row, "reject", actor=office)
    services.decide_correction(row, "reject", "证件照片为张三锋", actor=office)
    assert (row.state, worker.name) == (S.REJECTED, "张三锋")


def test_who_is_not_concerned_cannot_object_and_tenants_decide_nothing(site, worker, gc, stranger):
    alerts.again(worker, site.far_team)
    row = rename(worker, "张三丰", gc)

    with pytest.raises(NotFound):
        services.dispute_correction(row, {"dispute_reason": "不对"}, actor=gc)
    with pytest.raises(NotFound):
        services.withdraw_correction(row, actor=stranger)
    with pytest.raises(NotAllowed):
        services.decide_correction(row, "approve", actor=gc)
    with pytest.raises(Refusal) as found:
        services.dispute_correction(row, {}, actor=stranger)
    assert found.value.field == "dispute_reason"


def test_an_objection_after_the_two_days_is_refused(site, worker, gc, stranger):
    alerts.again(worker, site.far_team)
    row = rename(worker, "张三丰", gc)

    with clock.frozen(UNTIL), pytest.raises(CorrectionRefused):
        services.dispute_correction(row, {"dispute_reason": "不对"}, actor=stranger)


def test_it_is_taken_back_before_it_holds_and_not_after(site, worker, gc):
    alerts.again(worker, site.far_team)
    row = rename(worker, "张三丰", gc)
    services.withdraw_correction(row, "写错了", actor=gc)
    assert row.state is S.WITHDRAWN

    other = rename(roster.worker(site.main_team), "李四", gc)
    with pytest.raises(IllegalMove):
        services.withdraw_correction(other, actor=gc)


def test_one_person_has_one_open_correction(site, worker, gc, stranger):
    far = alerts.again(worker, site.far_team)
    rename(worker, "张三丰", gc)

    for stay, who in ((worker, gc), (far, stranger)):
        with pytest.raises(CorrectionRefused):
            rename(stay, "张三峰", who)


def test_somebody_elses_stay_and_one_that_has_ended_are_refused(site, worker, gc, stranger):
    with pytest.raises(NotFound):
        rename(worker, "张三丰", stranger)
    left = roster.worker(site.main_team, state=StayState.EXITED, exit_on=date(2026, 10, 1))
    with pytest.raises(CorrectionRefused):
        rename(left, "张三丰", gc)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        pytest.param({"fields": []}, {"fields"}, id="nothing chosen"),
        pytest.param(by_chip("NAME"), {"new_name"}, id="no new value"),
        pytest.param(by_chip("NAME", new_name="张三锋"), {"new_name"}, id="the value on file"),
        pytest.param({"fields": ["NAME"], "new_name": "李四"}, {"basis"}, id="no grounds"),
        pytest.param(by_chip("NAME", new_name="李四", reader_no=""), {"reader_no"},
                     id="a chip without its reader"),
        pytest.param({"fields": ["NAME"], "new_name": "李四", "basis": CorrectionBasis.POLICE},
                     {"proof"}, id="a certificate without its scan"),
        pytest.param(by_chip("ID_NUMBER", new_id_number="440702199001011234"), {"new_id_number"},
                     id="a wrong check digit"),
        pytest.param(by_chip("SEX", new_sex="1"), {"new_sex"}, id="sex is held by the number"),
        pytest.param(by_chip("BIRTH_ON", new_birth_on=date(1980, 1, 2)), {"new_birth_on"},
                     id="birth is held by the number"),
        pytest.param(by_chip("ID_TYPE", new_id_type="08", reader_no=None), {"reader_no"},
                     id="problems are told together"),
    ],
)  # fmt: skip
def test_refusals_name_their_field(site, worker, gc, values, fields):
    assert refused(worker, values, gc) == fields


def test_a_number_carries_sex_and_birth_and_the_watch_list_with_it(site, worker, gc):
    incident = incidents.incident(site.main)
    named = incidents.person(incident, worker)
    watched = WatchEntry(
        district_code="440703", name=worker.name, id_type="01", id_number=worker.id_number,
        from_on=date(2026, 1, 1), to_on=date(2026, 12, 31),
    )  # fmt: skip
    db.session.add(watched)
    db.session.flush()
    before, human = worker.id_number_hash, people.person()
    values = by_chip("ID_NUMBER", new_id_number=human.id_number)

    services.ask_correction(worker, values, actor=gc)
    db.session.expire_all()
    person = person_of(worker)
    assert (person.id_number, person.birth_on, person.sex) == (
        human.id_number, human.birth_on, human.sex,
    )  # fmt: skip
    assert worker.id_number_hash == queries.fingerprint(human.id_number) != before
    assert worker.former_hashes == [before]
    for model, row in ((WatchEntry, watched), (IncidentPerson, named)):
        found = db.session.get(model, row.id)
        assert (found.id_number, found.id_number_hash) == (human.id_number, worker.id_number_hash)


def test_a_number_of_another_person_is_not_taken_over(site, worker, gc):
    other = roster.worker(site.far_team)

    with pytest.raises(NumberOfAnother) as found:
        services.ask_correction(
            worker, by_chip("ID_NUMBER", new_id_number=other.id_number), actor=gc
        )
    assert found.value.field == "new_id_number"
    assert "交由区里" in str(found.value)  # the way out: the district merges the two


def test_a_number_given_away_meanwhile_goes_to_the_district(site, worker, gc, stranger):
    alerts.again(worker, site.far_team)
    human = people.person()
    row = services.ask_correction(
        worker, by_chip("ID_NUMBER", new_id_number=human.id_number), actor=gc
    )
    roster.worker(site.side_team, id_number=human.id_number)

    with clock.frozen(UNTIL):
        assert services.put_due_in_force(UNTIL) == 0
    db.session.expire_all()
    assert row.state is S.DISPUTED
    assert row.dispute_reason
    assert worker.id_number != human.id_number


def test_a_foreign_document_has_its_own_sex_and_birth(site, gc):
    guest = roster.worker(site.main_team, id_type="08", id_number="E12345678", sex="0",
                          birth_on=date(1985, 5, 5))  # fmt: skip
    person = db.session.get(Person, guest.person_id)
    person.id_type = "08"
    db.session.flush()

    services.ask_correction(
        guest, by_chip("SEX", "BIRTH_ON", new_sex="1", new_birth_on=date(1986, 6, 6)), actor=gc
    )
    db.session.expire_all()
    assert (guest.sex, guest.birth_on) == ("1", date(1986, 6, 6))


def test_posts_and_led_teams_follow_and_the_wage_card_is_held_against_the_new_name(
    site, worker, gc
):
    worker.bank_account_name = "张三锋"
    site.main_team.leader_name, site.main_team.leader_id_number = worker.name, worker.id_number
    values = roster.staff_values(site.main, "1", name=worker.name, id_number=worker.id_number)
    post = StaffMember(
        project_id=site.project.id, staff_kind=StaffKind.SPECIALIST, worker_id=worker.id, **values
    )
    db.session.add(post)
    db.session.flush()
    assert worker.account_name_differs is False

    rename(worker, "张三丰", gc)
    db.session.expire_all()
    assert (post.name, site.main_team.leader_name) == ("张三丰", "张三丰")
    assert worker.account_name_differs is True


def test_stays_that_have_ended_keep_the_name_they_were_written_with(site, worker, gc):
    left = alerts.again(worker, site.side_team, state=StayState.EXITED, exit_on=date(2026, 2, 1))

    rename(worker, "张三丰", gc)
    db.session.expire_all()
    assert left.name == "张三锋"


# --- 数据冲突 ----------------------------------------------------------------------------------


@pytest.fixture
def conflicted(site, worker, gc, at):
    """The same person brought by a sheet under another name on a second project."""
    from tests.factories import projects

    second = projects.project(site.firm)
    team = roster.team(projects.general_contractor_unit(second))
    actor = principal_of(site.firm_user, scope.Door.SHEET)
    row = roster.worker_values(team, id_number=worker.id_number, name="张三风")
    return services.enrol_workers(second, [row], actor=actor)[0]


def test_a_conflict_is_settled_by_a_correction_of_the_person(site, worker, conflicted, gc):
    assert conflicted.conflicted is True
    actor = principal_of(site.firm_user)

    rename(conflicted, "张三风", actor)
    db.session.expire_all()
    assert (conflicted.conflicted, conflicted.conflict) == (False, None)
    assert (worker.name, worker.former_names) == ("张三风", "张三锋")


def test_a_conflict_is_settled_by_the_name_the_city_knows(site, worker, conflicted):
    actor = principal_of(site.firm_user)
    services.take_city_name(conflicted, actor=actor)

    assert (conflicted.name, conflicted.conflicted) == ("张三锋", False)
    with pytest.raises(CorrectionRefused):
        services.take_city_name(conflicted, actor=actor)


def test_the_former_name_goes_with_the_person_to_his_next_stay(site, worker, gc, stranger):
    rename(worker, "张三丰", gc)
    row = roster.worker_values(site.far_team, id_number=worker.id_number, name="张三丰")

    again = services.enrol_workers(site.elsewhere, [row], actor=stranger)[0]
    assert again.former_names == "张三锋"
