"""合并人员: two documents of one person, made one by the district (screens.md 8.5)."""

from datetime import date

import pytest
from sqlalchemy import select

from app.attendance.models import AttendanceDay, PersonDay
from app.core import scope
from app.core.errors import IllegalMove, NotAllowed, Refusal, Refusals
from app.core.states import history
from app.enterprises.models import CityKey
from app.extensions import db
from app.incidents.models import IncidentPerson, WatchEntry
from app.roster import queries, services
from app.roster.choices import (
    CorrectionBasis,
    KeptPerson,
    PersonCorrectionState,
    ReleaseState,
    StayState,
)
from app.roster.errors import CorrectionRefused, NumberOfAnother
from app.roster.models import Person, PersonCorrection, ProjectWorker, StayRelease, Team
from app.roster.queries import elsewhere
from tests.factories import attendance, enterprises, incidents, projects, roster, states
from tests.factories.attendance import DAY, punch
from tests.roster.conftest import principal_of
from tests.roster.test_person_pages import picture, read

S = PersonCorrectionState
REASON = "两份证件照片为同一人，公安已核实"


@pytest.fixture
def office(site):
    """A reviewer of the project's district."""
    return principal_of(enterprises.official(district=site.project.district_code))


@pytest.fixture
def wrong(site):
    """A worker here who was registered with a slip in his number."""
    return roster.worker(site.main_team, name="张三锋")


@pytest.fixture
def right(site):
    """The same human being elsewhere, with the number of his card."""
    return roster.worker(site.far_team, name="张三丰")


def asked(worker, number, actor, basis=CorrectionBasis.CHIP, **more):
    values = {"fields": ["ID_NUMBER"], "new_id_number": number, "basis": basis,
              "to_district": True, **more}  # fmt: skip
    if basis is CorrectionBasis.CHIP:
        values["reader_no"] = "DKQ-1"
    else:
        values["proof"] = [projects.stored_file(actor.user_id)]
    with scope.act_as(actor):
        return services.ask_correction(worker, values, actor=actor)


def merge(row, actor, keep=KeptPerson.OWNER, reason=REASON):
    with scope.act_as(actor):
        kept = services.merge_persons(row, {"keep": keep, "reason": reason}, actor=actor)
    db.session.expire_all()
    return kept


def refused(*args, **values):
    with pytest.raises(Refusal) as caught:
        merge(*args, **values)
    problem = caught.value
    found = problem.problems if isinstance(problem, Refusals) else [problem]
    return {one.field for one in found}


def test_a_number_of_another_is_refused_and_handed_to_the_district_when_asked(wrong, right, gc):
    with pytest.raises(NumberOfAnother) as caught:
        asked(wrong, right.id_number, gc, to_district=False)
    assert "由区里" in str(caught.value)

    row = asked(wrong, right.id_number, gc)
    assert (row.state, row.dispute_until) == (S.DISPUTED, None)
    assert wrong.id_number != right.id_number


def test_the_district_makes_one_person_of_two(site, wrong, right, gc, office):
    former, kept = wrong.person_id, right.person_id
    old_hash = wrong.id_number_hash
    row = asked(wrong, right.id_number, gc)

    assert merge(row, office) == kept
    assert (row.state, row.person_id) == (S.IN_FORCE, kept)
    assert {stay.person_id for stay in (wrong, right)} == {kept}
    assert (wrong.name, wrong.id_number, wrong.id_number_hash) == (
        "张三丰", right.id_number, right.id_number_hash,
    )  # fmt: skip
    assert wrong.former_hashes == [old_hash]
    person, gone = db.session.get(Person, kept), db.session.get(Person, former)
    assert (person.former_names, gone.merged_into_id) == ("张三锋", kept)
    moved = history(row)[-1]
    assert (moved.verb, moved.remark) == ("merge", REASON)


def test_who_is_on_two_sites_after_the_merger_is_asked_to_leave_the_older_one(
    site, wrong, right, gc, office
):
    row = asked(wrong, right.id_number, gc)
    merge(row, office)

    release = db.session.scalars(select(StayRelease)).one()
    assert (release.state, release.worker_id, release.new_worker_id) == (
        ReleaseState.PENDING, wrong.id, right.id,
    )  # fmt: skip
    with scope.act_as(gc):
        assert [one.id for one in elsewhere.releases_about(wrong)] == [release.id]


def test_no_site_is_asked_for_an_exit_where_only_one_stay_goes_on(site, wrong, right, gc, office):
    right.exit_on = date(2026, 3, 2)
    states.put(ProjectWorker, right, StayState.EXITED)
    merge(asked(wrong, right.id_number, gc), office)
    assert db.session.scalars(select(StayRelease)).all() == []


def test_the_chip_wins_and_else_the_district_chooses(site, wrong, right, gc, office):
    by_picture = asked(wrong, right.id_number, gc, CorrectionBasis.PICTURES)
    wrong.read_by_chip = True
    db.session.flush()
    assert refused(by_picture, office) == {"keep"}

    right.read_by_chip = True  # both were read: nobody wins by it
    db.session.flush()
    number = wrong.id_number
    assert merge(by_picture, office, KeptPerson.ASKED) == wrong.person_id
    assert (right.id_number, right.name) == (number, "张三锋")


def test_a_correction_read_from_the_chip_decides_for_its_number(wrong, right, gc, office):
    wrong.read_by_chip = True
    row = asked(wrong, right.id_number, gc)

    assert refused(row, office, keep=KeptPerson.ASKED) == {"keep"}
    assert refused(row, office, keep=None, reason=" ") == {"keep", "reason"}
    assert merge(row, office) == right.person_id


def test_two_stays_that_go_on_at_one_site_are_refused_in_words(site, wrong, right, gc, office):
    there = roster.worker(site.side_team, name="张三丰")
    row = asked(wrong, there.id_number, gc)

    with pytest.raises(CorrectionRefused) as caught:
        merge(row, office)
    assert site.project.name in str(caught.value)
    assert "退场" in str(caught.value)
    assert row.state is S.DISPUTED
    assert wrong.person_id != there.person_id


def test_days_cards_incidents_and_posts_go_over(site, wrong, right, gc, office):
    attendance.record(site.project, punch(wrong, "in 07:00"), punch(wrong, "out 12:00"))
    attendance.record(site.elsewhere, punch(right, "in 13:00"), punch(right, "out 18:00"))
    former = wrong.person_id
    db.session.add(CityKey(kind=queries.WAGE_CARD, value_hash="f" * 64, row_id=former))
    line = incidents.person(incidents.incident(site.main), wrong, person_id=former)
    row = asked(wrong, right.id_number, gc)
    kept = merge(row, office)

    days = db.session.execute(select(AttendanceDay.__table__)).all()
    assert {day.person_id for day in days} == {kept}
    assert {day.worker_id for day in days} == {wrong.id, right.id}
    whole = db.session.execute(select(PersonDay.__table__)).one()
    assert (whole.person_id, whole.work_on, whole.seconds) == (kept, DAY, 9.5 * 3600)
    assert db.session.scalars(select(CityKey.row_id).filter_by(value_hash="f" * 64)).all() == [kept]
    line = db.session.get(IncidentPerson, line.id)
    assert (line.person_id, line.id_number_hash) == (kept, right.id_number_hash)
    assert db.session.query(WatchEntry).count() == 0


def test_a_day_both_punched_on_one_site_in_turn_is_computed_once(site, wrong, right, gc, office):
    """The first stay has ended; its punches stay with the number they were sent under."""
    early = roster.worker(
        site.main_team, name="张三丰", state=StayState.EXITED, exit_on=date(2026, 10, 20)
    )
    attendance.record(site.project, punch(early, "in 07:00"), punch(early, "out 12:00"))
    row = asked(wrong, early.id_number, gc)
    merge(row, office)

    attendance.record(site.project, punch(wrong, "in 13:00"), punch(wrong, "out 17:00"))
    [day] = db.session.execute(select(AttendanceDay.__table__)).all()
    assert (day.person_id, day.punch_count) == (wrong.person_id, 4)


def test_the_number_of_a_merged_person_leads_to_the_one_kept(site, wrong, right, gc, office):
    old = wrong.id_number
    merge(asked(wrong, right.id_number, gc), office)

    stranger = principal_of(site.sub_user)
    again = roster.worker_values(site.side_team, id_number=old, name="张三丰")
    with scope.act_as(stranger), pytest.raises(Refusal) as caught:
        services.enrol_workers(site.project, [again], actor=stranger)
    assert caught.value.field == "id_number"  # he is on this roster already

    third = projects.project(site.sub)
    team = roster.team(projects.general_contractor_unit(third))
    actor = principal_of(site.sub_user)
    values = roster.worker_values(team, id_number=old, name="张三丰")
    with scope.act_as(actor):
        [worker] = services.enrol_workers(third, [values], actor=actor)
    assert (worker.person_id, worker.id_number) == (right.person_id, right.id_number)
    assert "并入" in str(worker.notices[0])


def test_tenants_and_strangers_merge_nothing(site, wrong, right, gc, office):
    row = asked(wrong, right.id_number, gc)
    with pytest.raises(NotAllowed):
        merge(row, gc)
    merge(row, office)
    with pytest.raises((IllegalMove, CorrectionRefused)):
        merge(row, office)


# --- pages ----------------------------------------------------------------------------------


@pytest.fixture
def firm(city, browse):
    """The general contractor's browser."""
    return browse(city.firm_user, city.project)


@pytest.fixture
def district(system, browse, city):
    """A reviewer of the district."""
    with system():
        number = enterprises.official(district="440703")
    return browse(number, city.project)


@pytest.fixture
def pair(system, city):
    """The wrong stay, the right one, its document, and the project it is on."""
    with system() as session:
        wrong = roster.worker(session.get(Team, city.main_team), name="张三锋")
        right = roster.worker(session.get(Team, city.far_team), name="张三丰")
        session.commit()
        return wrong.id, right.id, right.id_number, city.elsewhere_name


def send(browser, worker, number, **values):
    data = {"fields": ["ID_NUMBER"], "new_id_number": number, "basis": "PICTURES",
            "proof": [picture()], **values}  # fmt: skip
    return browser.post(f"/personcorrectionview/ask/{worker}", data=data,
                        content_type="multipart/form-data")  # fmt: skip


def test_the_merger_from_the_refused_form_to_the_decision(firm, district, browse, pair, system):
    wrong, right, number, elsewhere = pair
    first = send(firm, wrong, number)
    assert first.status_code == 200
    assert "Hand to the district" in first.text
    assert send(firm, wrong, number, to_district="1").status_code == 302
    row = read(system, PersonCorrection.id, worker_id=wrong)

    page = f"/person-disputes/merge/{row}"
    assert f"/person-disputes/show/{row}" in district.get("/person-disputes/list/").text
    shown = district.get(f"/person-disputes/show/{row}").text
    assert page in shown
    assert f"/person-disputes/move/approve/{row}" not in shown
    compared = district.get(page).text
    assert {"张三锋", "张三丰"} <= set(compared.replace("<", " ").replace(">", " ").split())
    assert elsewhere in compared
    assert number not in compared

    assert firm.get(page).status_code in (403, 404)
    with system():
        far = enterprises.official(district="440783")
    assert browse(far).get(page).status_code == 404
    assert browse(far).post(page, data={"keep": "OWNER", "reason": "x"}).status_code == 404

    kept = district.post(page, data={"keep": "OWNER", "reason": ""})
    assert kept.status_code == 200
    assert district.post(page, data={"keep": "OWNER", "reason": REASON}).status_code == 302
    assert read(system, ProjectWorker.name, id=wrong) == "张三丰"
    assert read(system, ProjectWorker.person_id, id=wrong) == read(
        system, ProjectWorker.person_id, id=right
    )
    assert REASON in district.get(f"/person-disputes/show/{row}").text
    assert district.get(page).status_code == 409
