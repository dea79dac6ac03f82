"""培训记录: sessions, who took part, and what the stay says of its entry training."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest

from app.core import clock, scope
from app.core.errors import Refusal, Refusals
from app.extensions import db
from app.roster import services
from app.roster.choices import StayState, TrainingResult
from app.roster.models import Trainee, Training
from app.roster.queries import papers
from app.roster.services import attendances
from tests.factories import roster
from tests.roster.conftest import build, principal_of

PASSED, FAILED = TrainingResult.PASSED, TrainingResult.FAILED


def session(*workers, result=PASSED, **values):
    return {
        "kind": "003002", "name": "三级安全教育", "trained_on": date(2026, 3, 2),
        "hours": Decimal(4), "people": [{"worker": w, "result": result} for w in workers], **values,
    }  # fmt: skip


def record(site, actor, *rows):
    return services.record_trainings(site.project, rows, actor=actor)


def refusals(call, *given, **named):
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    problems = caught.value.problems if isinstance(caught.value, Refusals) else [caught.value]
    return {problem.field: str(problem) for problem in problems}


def entry(worker):
    return worker.training_on, worker.training_hours, worker.training_passed


@pytest.fixture
def crew(site):
    return [roster.worker(site.main_team) for _n in range(3)]


def test_a_safety_training_stands_on_every_stay_that_took_part(site, gc, crew):
    row = record(site, gc, session(*crew))[0]

    assert len(papers.trainees([row.id])[row.id]) == 3
    assert {entry(worker) for worker in crew} == {(date(2026, 3, 2), Decimal(4), True)}
    assert (row.unit_id, row.unit_ids) == (None, [site.main.id])


def test_the_first_passed_safety_training_counts(site, gc, crew):
    worker = crew[0]
    record(site, gc, session(worker, result=FAILED, trained_on=date(2026, 3, 1)))
    assert entry(worker) == (date(2026, 3, 1), Decimal(4), False)
    record(site, gc, session(worker, kind="003004", trained_on=date(2026, 3, 2)))
    assert entry(worker)[2] is False  # skills are no safety training
    record(site, gc, session(worker, kind="003001", trained_on=date(2026, 3, 9)),
           session(worker, trained_on=date(2026, 3, 5), hours=Decimal("2.5")))  # fmt: skip
    assert entry(worker) == (date(2026, 3, 5), Decimal("2.5"), True)


def test_taken_off_or_removed_the_stay_follows(site, gc, crew):
    row = record(site, gc, session(*crew))[0]
    values = {"people": [{"worker": crew[0]}, {"worker": crew[1], "result": FAILED}]}
    services.edit_training(row, values, actor=gc)

    assert entry(crew[0])[2] is True
    assert entry(crew[1])[2] is False
    assert entry(crew[2]) == (None, None, None)
    services.drop_training(row, actor=gc)
    assert entry(crew[0]) == (None, None, None)


def test_a_result_changed_afterwards_reaches_the_stay(site, gc, crew):
    row = record(site, gc, session(crew[0]))[0]
    one = papers.trainees([row.id])[row.id][0]

    services.grade(one, {"result": FAILED, "score": Decimal("59.5")}, actor=gc)
    assert (entry(crew[0])[2], one.score) == (False, Decimal("59.5"))
    assert refusals(services.grade, one, {"result": PASSED, "score": Decimal(101)}, actor=gc) == {
        "score": "成绩应在0至100之间"
    }


@pytest.mark.parametrize(("change", "field"), [
    pytest.param({"trained_on": date(2026, 11, 23)}, "trained_on", id="tomorrow"),
    pytest.param({"hours": Decimal(0)}, "hours", id="no hours"),
    pytest.param({"hours": None}, "hours", id="hours unknown"),
    pytest.param({"kind": None}, "kind", id="no kind"),
    pytest.param({"name": None}, "name", id="no name"),
    pytest.param({"people": []}, "people", id="nobody"),
])  # fmt: skip
def test_a_session_that_does_not_fit_is_refused_whole(site, gc, crew, change, field):
    good, wrong = session(crew[0]), session(crew[1], **change)

    assert list(refusals(record, site, gc, good, wrong)) == [field]
    assert db.session.query(Training).count() == 0
    assert crew[0].training_on is None


def test_who_stands_twice_or_had_left_is_named(site, gc, crew):
    gone = roster.worker(site.main_team, state=StayState.EXITED, exit_on=date(2026, 3, 1))

    assert "出现两次" in refusals(record, site, gc, session(crew[0], crew[0]))["people"]
    assert gone.name in refusals(record, site, gc, session(gone))["people"]
    record(site, gc, session(gone, kind="003003", trained_on=date(2026, 3, 1)))


def test_a_unit_trains_its_own_people_and_sees_those_at_the_site_s_session(site, gc):
    sub = principal_of(site.sub_user)
    mine, theirs = roster.worker(site.side_team), roster.worker(site.main_team)
    whole = record(site, gc, session(mine, theirs))[0]
    with scope.act_as(sub):
        assert refusals(record, site, sub, session(theirs)) != {}
        own = record(site, sub, session(mine, kind="003004"))[0]
        assert own.unit_id == site.side.id
        seen = papers.trainees([whole.id])[whole.id]
        assert [one.worker_id for one in seen] == [mine.id]
        assert "总包单位" in refusals(
            services.edit_training, whole, {"name": "改名"}, actor=sub
        )[""]  # fmt: skip
        assert refusals(services.drop_training, whole, actor=sub) != {}
    assert whole.unit_ids == sorted([site.main.id, site.side.id])


def test_what_the_worker_s_form_says_is_a_session_of_him_alone(site, gc):
    values = roster.worker_values(
        site.main_team, training_on=date(2026, 3, 1), training_hours=Decimal(8),
        training_passed=True,
    )  # fmt: skip
    worker = services.enrol_workers(site.project, [values], actor=gc)[0]
    found = papers.trainings_of([worker.id])
    assert [(s.kind, s.trained_on, t.result) for t, s in found] == [
        ("003002", date(2026, 3, 1), PASSED)
    ]

    services.edit_worker(worker, {"training_on": date(2026, 2, 27)}, actor=gc)
    assert [s.trained_on for _t, s in papers.trainings_of([worker.id])] == [date(2026, 2, 27)]
    services.edit_worker(
        worker, {"training_on": None, "training_hours": None, "training_passed": None}, actor=gc
    )
    assert papers.trainings_of([worker.id]) == []


def test_the_worker_s_form_does_not_rewrite_a_session_with_others(site, gc, crew):
    record(site, gc, session(*crew))

    found = refusals(services.edit_worker, crew[0], {"training_on": date(2026, 3, 3)}, actor=gc)
    assert "三级安全教育" in found["training_on"]
    assert list(refusals(
        services.edit_worker, roster.worker(site.main_team), {"training_hours": Decimal(4)},
        actor=gc,
    )) == ["training_on"]  # fmt: skip


# --- as a sheet brings them -------------------------------------------------------------------


def line(worker, **values):
    return {
        "id_number": worker.id_number, "person_name": worker.name, "kind": "003002",
        "trained_on": date(2026, 3, 2), "hours": Decimal(4), "result": PASSED, **values,
    }  # fmt: skip


def attend(site, actor, *rows):
    return services.record_attendances(site.project, rows, actor=actor)


def test_rows_of_one_kind_day_and_length_are_one_session(site, gc, crew):
    attend(site, gc, *(line(worker) for worker in crew))
    attend(site, gc, line(roster.worker(site.main_team)))

    row = db.session.query(Training).one()
    assert len(papers.trainees([row.id])[row.id]) == 4
    assert row.name == "入场教育"


def test_a_person_s_training_is_corrected_and_never_doubled(site, gc, crew):
    first, again = attend(site, gc, line(crew[0]))[0], attend(site, gc, line(crew[0]))[0]
    assert (first.new, again.new, again.changed) == (True, False, False)

    mended = attend(site, gc, line(crew[0], hours=Decimal(8), result=FAILED))[0]
    assert (mended.new, mended.changed) == (False, True)
    assert entry(crew[0]) == (date(2026, 3, 2), Decimal(8), False)
    assert db.session.query(Training).filter_by(is_deleted=False).count() == 1
    attendances.take_back([(mended.row, mended.before)], actor=gc)
    assert entry(crew[0]) == (date(2026, 3, 2), Decimal(4), True)
    attendances.take_back([(first.row, first.before)], actor=gc)
    assert entry(crew[0]) == (None, None, None)
    assert db.session.query(Training).filter_by(is_deleted=False).count() == 0


def test_a_unit_s_sheet_leaves_the_site_s_session_alone(site, gc):
    sub = principal_of(site.sub_user)
    mine, theirs = roster.worker(site.side_team), roster.worker(site.main_team)
    whole = record(site, gc, session(mine, theirs))[0]
    with scope.act_as(sub):
        attend(site, sub, line(mine, result=FAILED))
    db.session.expire_all()

    assert not whole.is_deleted
    assert len(papers.trainees([whole.id])[whole.id]) == 2
    assert entry(mine)[2] is False


# --- over HTTP -------------------------------------------------------------------------------


@pytest.fixture
def seat(system, seats):
    with system():
        city = build()
        workers = [roster.worker(city.main_team) for _n in range(3)]
        found = {
            "workers": [w.id for w in workers], "names": [w.name for w in workers],
            "team": city.main_team.id, "project": city.project.id, "user": city.firm_user,
            "sub": city.sub_user, "stranger": city.stranger_user,
        }  # fmt: skip

    return seats(found), found


FORM = {
    "kind": "003002", "name": "进场三级安全教育", "trained_on": "2026-11-20", "hours": "4",
    "trainer": "王工", "place": "会议室",
}  # fmt: skip


def version(browser, address):
    return re.search(r'name="row_version"[^>]*value="(\d+)"', browser.get(address).text)[1]


def test_ticked_workers_are_led_to_the_form_and_trained(seat, system):
    sit, found = seat
    browser = sit()
    led = browser.post("/workerview/run", data={"action": "train", "rowid": found["workers"][:2]})
    assert led.location.startswith("/trainings/add?rowid=")
    page = browser.get(led.location).text
    assert all(name in page for name in found["names"][:2])

    done = browser.post("/trainings/add", data={
        **FORM, "people": found["workers"][:2], "failed": found["workers"][1:2],
    })  # fmt: skip
    shown = browser.get(done.location).text
    assert all(word in shown for word in (*found["names"][:2], "合格", "不合格", "王工"))
    listed = browser.get("/trainings/list/").text
    assert "进场三级安全教育" in listed
    tab = browser.get(f"/workerview/show/{found['workers'][1]}?tab=training").text
    assert "进场三级安全教育" in tab
    with system() as work:
        assert work.query(Trainee).count() == 2


def test_a_whole_team_takes_part_and_a_person_is_graded(seat, system):
    sit, found = seat
    browser = sit()
    done = browser.post("/trainings/add", data={**FORM, "team_ids": [found["team"]]})
    with system() as work:
        number = work.query(Trainee).filter_by(worker_id=found["workers"][2]).one().id
        assert work.query(Trainee).count() == 3
    form = browser.get(f"/trainings/grade/{number}")
    assert found["names"][2] in form.text
    grading = f"/trainings/grade/{number}"
    graded = browser.post(grading, data={
        "result": "FAILED", "score": "40.5", "row_version": version(browser, grading),
    })  # fmt: skip
    assert graded.location == done.location
    assert "40.5" in browser.get(done.location).text
    pk = done.location.rsplit("/", 1)[1]
    editing = f"/trainings/edit/{pk}"
    edited = browser.post(editing, data={
        **FORM, "name": "补课", "people": found["workers"][:1],
        "row_version": version(browser, editing),
    })  # fmt: skip
    assert edited.status_code == 302
    removed = browser.post(f"/trainings/remove/{pk}")
    assert removed.location == "/trainings/list/"
    assert "还没有培训记录" in browser.get("/trainings/list/").text
    with system() as work:
        assert work.query(Trainee).filter_by(is_deleted=False).count() == 0


def test_a_wrong_form_tells_everything_at_once_and_keeps_what_was_typed(seat):
    sit, _found = seat
    page = sit().post("/trainings/add", data={**FORM, "hours": "", "name": ""}).text

    assert 'id="hours-error"' in page
    assert 'id="name-error"' in page
    assert "王工" in page


def test_pickers_offer_number_and_team_and_no_foreign_worker(seat):
    sit, found = seat
    offered = sit().get("/trainings/lookup/people").get_json()["results"]
    assert {row["id"] for row in offered} == set(found["workers"])
    assert all("·" in row["note"] for row in offered)
    assert sit("stranger").get("/trainings/lookup/people").get_json()["results"] == []


def test_a_training_of_others_does_not_exist(seat, system):
    sit, found = seat
    done = sit().post("/trainings/add", data={**FORM, "team_ids": [found["team"]]})
    pk = done.location.rsplit("/", 1)[1]
    with system() as work:
        number = work.query(Trainee).first().id
    for who in ("sub", "stranger"):
        browser = sit(who)
        assert browser.get(f"/trainings/show/{pk}").status_code == 404
        assert browser.get(f"/trainings/edit/{pk}").status_code == 404
        assert browser.post(f"/trainings/remove/{pk}").status_code == 404
        assert browser.get(f"/trainings/grade/{number}").status_code == 404
        posted = browser.post("/trainings/add", data={**FORM, "people": found["workers"][:1]})
        assert posted.status_code in (200, 302, 404)
    with system() as work:
        assert work.query(Training).filter_by(is_deleted=False).count() == 1


def test_a_training_after_the_first_punch_is_shown_as_late(seat, system):
    sit, found = seat
    from app.roster.models import ProjectWorker

    with system() as work:
        work.get(ProjectWorker, found["workers"][0]).first_punch_at = datetime(
            2026, 11, 18, 7, tzinfo=clock.CHINA
        )
    browser = sit()
    browser.post("/trainings/add", data={**FORM, "people": found["workers"][:1]})
    tab = browser.get(f"/workerview/show/{found['workers'][0]}?tab=training").text
    assert "首次打卡后2天" in tab
