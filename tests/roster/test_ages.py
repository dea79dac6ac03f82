"""Children and juveniles: taken in, told at saving, marked (alert-rules.md PERS-004)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core import checks, scope
from app.extensions import db
from app.roster import services
from app.roster.models import Person, ProjectWorker
from app.roster.services import ages
from app.roster.views import worker_filters
from tests.factories import people, roster

FORM, SHEET, API = scope.Door.FORM, scope.Door.SHEET, scope.Door.API


def enrol(site, actor, **values):
    rows = [roster.worker_values(site.main_team, **values)]
    with scope.act_as(actor):
        return services.enrol_workers(site.project, rows, actor=actor)[0]


def born(day, sex="0"):
    return people.identity_number(day, sex, "440703")


@pytest.mark.parametrize("door", [FORM, SHEET, API])
@pytest.mark.parametrize(
    "case",
    [
        pytest.param((date(2015, 5, 1), "未满16周岁"), id="eleven years"),
        pytest.param((date(2010, 11, 22), "未满16周岁"), id="on the sixteenth birthday itself"),
        pytest.param((date(2010, 11, 21), "未满18周岁"), id="the day after it"),
        pytest.param((date(2008, 11, 21), ""), id="eighteen"),
    ],
)
def test_every_door_answers_at_saving_that_somebody_is_too_young(site, gc, at, door, case):
    day, sentence = case
    worker = enrol(site, at(gc, door), id_number=born(day), work_type="020")

    young = [notice for notice in worker.notices if "未满1" in notice]
    assert len(young) == bool(sentence)
    assert all(sentence in notice and worker.name in notice for notice in young)


def test_a_birth_date_corrected_to_a_child_s_answers_at_saving_too(site, gc):
    worker = enrol(site, gc, id_type="08", id_number="E1234567", sex="0", birth_on=date(1990, 1, 2))
    assert worker.notices == ()

    with scope.act_as(gc):
        services.edit_worker(worker, {"birth_on": date(2014, 1, 2)}, actor=gc)
    assert "未满16周岁" in worker.notices[0]


def test_a_known_birth_speaks_where_the_message_brings_none(site, gc, at):
    known = roster.worker(site.far_team, id_type="08", id_number="P1234567")
    with scope.system_scope("test"):
        person = db.session.get(Person, known.person_id)
        person.id_type, person.birth_on = "08", date(2013, 3, 3)
        db.session.flush()
    worker = enrol(
        site, at(gc, API), id_type="08", id_number="P1234567", name=known.name, work_type="020"
    )

    assert any("未满16周岁" in notice for notice in worker.notices)


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2028, 2, 29), date(2027, 3, 1)])
@pytest.mark.parametrize("age", [55, 60])
def test_who_is_so_old_was_born_by_the_day_the_filter_asks(day, age):
    last = ages.born_by(age, day)

    assert checks.age_on(last, day) == age
    assert checks.age_on(last + timedelta(days=1), day) == age - 1


@pytest.mark.parametrize(("born_on", "hit"), [("1966-11-21", True), ("1966-11-22", False)])
def test_the_filter_over_age_keeps_calendar_years(site, born_on, hit):
    row = roster.worker(site.main_team, sex="0", birth_on=date.fromisoformat(born_on))
    found = select(ProjectWorker.id).where(worker_filters.over_age("1"))

    assert (row.id in db.session.scalars(found).all()) is hit
