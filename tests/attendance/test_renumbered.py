"""A person whose number is put right keeps his days (screens.md 8.5)."""

from datetime import date

from app.attendance.models import AttendanceDay
from app.core import clock, scope
from app.extensions import db
from app.roster import services
from app.roster.choices import CorrectionBasis
from app.roster.models import Person
from tests.factories import attendance, enterprises, people, projects, roster


def test_days_sent_under_the_former_number_stay_when_the_next_punch_comes(work):
    project = projects.project(enterprises.enterprise())
    unit = projects.general_contractor_unit(project)
    worker = roster.worker(roster.team(unit), entry_on=date(2026, 1, 1))
    with clock.frozen(attendance.NOON):
        attendance.record(
            project, attendance.punch(worker, "in 07:00"), attendance.punch(worker, "out 18:00")
        )
        before = db.session.query(AttendanceDay.seconds).filter_by(worker_id=worker.id).scalar()
        services.ask_correction(
            worker,
            {"fields": ["ID_NUMBER"], "new_id_number": people.person().id_number,
             "basis": CorrectionBasis.CHIP, "reader_no": "1"},
            actor=scope.SYSTEM,
        )  # fmt: skip
        db.session.expire_all()
        assert db.session.get(Person, worker.person_id).id_number == worker.id_number
        attendance.record(project, attendance.punch(worker, "in 19:00"))

    days = db.session.query(AttendanceDay).filter_by(person_id=worker.person_id).all()
    assert before
    assert [day.seconds >= before for day in days] == [True]
    assert days[0].punch_count == 3
