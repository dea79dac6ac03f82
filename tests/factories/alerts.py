"""Day books and alerts as tests read them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from app.alerts import services
from app.alerts.choices import Level, Office
from app.alerts.models import Alert
from app.attendance.models import AttendanceDay, PersonDay
from app.core import clock
from app.extensions import db
from app.roster.choices import StayState
from app.roster.models import ProjectWorker
from tests.factories import numbered

CHINA = clock.CHINA


def noon(day: date) -> datetime:
    """Give noon of a date in China."""
    return datetime.combine(day, time(12), tzinfo=CHINA)


def day_of(
    worker: ProjectWorker, work_on: date, hours: float = 8, *, own: float | None = None,
    valid: bool = True, seconds: int = 0,
) -> AttendanceDay:  # fmt: skip
    """Make a worker's work date: hours over all projects, ``own`` of them on this one."""
    total = round(hours * 3600) + seconds
    mine = total if own is None else round(own * 3600)
    first = datetime.combine(work_on, time(7), tzinfo=CHINA)
    row = AttendanceDay(
        project_id=worker.project_id, person_id=worker.person_id, worker_id=worker.id,
        unit_id=worker.unit_id, team_id=worker.team_id, work_on=work_on, seconds=mine,
        first_at=first, last_at=first + timedelta(seconds=mine), missing_count=0, valid=valid,
        manual=False, district_code=worker.district_code, span_seconds=mine, punch_count=2,
        pairs=[], loose=[], sources=[],
    )  # fmt: skip
    db.session.add(row)
    known = (
        db.session.query(PersonDay)
        .filter_by(person_id=worker.person_id, work_on=work_on).one_or_none()
    )  # fmt: skip
    if known is None:
        db.session.add(PersonDay(
            person_id=worker.person_id, work_on=work_on, seconds=total, span_seconds=total,
            project_ids=[worker.project_id], presence_seconds=total, rest_minutes=90,
            first_at=row.first_at, last_at=row.last_at, punch_count=2, missing_count=0,
            valid=valid, manual=False,
        ))  # fmt: skip
    else:
        known.seconds = total
    db.session.flush()
    return row


def scan(rule: str, day: date, **reach: Any) -> Any:
    """Run one rule as on a day and give what it did."""
    return services.scan(rule, day=day, **reach)[rule]


def alerts(rule: str, **where: Any) -> list[Alert]:
    """Give the alerts of a rule, oldest first."""
    return db.session.query(Alert).filter_by(rule_code=rule, **where).order_by(Alert.id).all()


def only(rule: str, **where: Any) -> Alert:
    """Give the one alert of a rule."""
    found = alerts(rule, **where)
    assert len(found) == 1, [str(row) for row in found]
    return found[0]


def open_alert(of: Any, rule: str = "ATT-001", **values: Any) -> Alert:
    """Make an open alert of a unit that no rule has to find first."""
    now = clock.now()
    row = Alert(**{
        "project_id": of.project_id, "unit_id": of.id, "enterprise_id": of.enterprise_id,
        "rule_code": rule, "category": "attendance", "subject": numbered("对象"),
        "dedupe_key": numbered("key"), "level": Level.ORANGE, "highest_level": Level.ORANGE,
        "rule_version": 1, "parameter_version": 0, "parameters": {}, "facts": {},
        "first_seen_at": now, "last_seen_at": now, "office": next(iter(Office)),
        "tenant_sees": True, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def again(worker: ProjectWorker, team: Any, **values: Any) -> ProjectWorker:
    """Make another stay of the same person, in another team."""
    row = ProjectWorker(**{
        "project_id": team.project_id, "unit_id": team.unit_id, "team_id": team.id,
        "person_id": worker.person_id, "id_type": worker.id_type, "id_number": worker.id_number,
        "name": worker.name, "sex": worker.sex, "birth_on": worker.birth_on,
        "mobile": worker.mobile, "work_type": worker.work_type, "entry_on": worker.entry_on,
        "state": StayState.ON_SITE, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
