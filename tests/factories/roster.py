"""Teams, persons and stays; rows as services and forms take them."""

from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.extensions import db
from app.projects.models import ProjectUnit
from app.roster.choices import CorrectionBasis, StayState
from app.roster.models import Person, PersonCorrection, ProjectWorker, StayRelease, Team
from tests.factories import counter, numbered, people


def team(of: ProjectUnit, **values: Any) -> Team:
    """Make a team of a unit."""
    leader = people.person()
    row = Team(**{
        "project_id": of.project_id, "unit_id": of.id, "team_no": 1_500_000_000 + next(counter),
        "name": numbered("钢筋班"), "work_type": "020", "leader_name": leader.name,
        "leader_id_number": leader.id_number, "leader_mobile": leader.mobile,
        "entry_on": date(2026, 2, 1), **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def team_values(of: ProjectUnit, **values: Any) -> dict[str, Any]:
    """Give a team as the form brings it."""
    leader = people.person()
    return {
        "unit_id": of.id, "work_type": "020", "name": numbered("木工班"),
        "leader_name": leader.name, "leader_id_type": "01", "leader_id_number": leader.id_number,
        "leader_mobile": leader.mobile, "entry_on": date(2026, 3, 1), **values,
    }  # fmt: skip


def worker_values(of: Team, **values: Any) -> dict[str, Any]:
    """Give a worker with the seven values that are due at once."""
    human = people.person()
    return {
        "unit_id": of.unit_id, "team_id": of.id, "id_type": "01", "id_number": human.id_number,
        "name": human.name, "mobile": human.mobile, "entry_on": date(2026, 3, 1), **values,
    }  # fmt: skip


def whole_values(of: Team, **values: Any) -> dict[str, Any]:
    """Give a worker with everything that is due within three days but the pictures."""
    return worker_values(
        of, nationality="CN", nation="01", address="建设路2号", id_issuer="江门市公安局",
        education="02", politics="13", **values,
    )  # fmt: skip


def staff_values(of: ProjectUnit, post: str, **values: Any) -> dict[str, Any]:
    """Give a specialist or manager as the form brings him, without pictures."""
    human = people.person()
    return {
        "post": post, "unit_id": of.id, "id_type": "01", "id_number": human.id_number,
        "name": human.name, "mobile": human.mobile, "on_post_from": date(2026, 3, 1),
        "has_account": False, **values,
    }  # fmt: skip


def worker(of: Team, **values: Any) -> ProjectWorker:
    """Make a worker on site in a team, with his person."""
    human = people.person()
    known = Person(
        id_type="01", id_number=values.get("id_number", human.id_number),
        name=values.get("name", human.name), sex=human.sex, birth_on=human.birth_on,
    )  # fmt: skip
    db.session.add(known)
    db.session.flush()
    row = ProjectWorker(**{
        "project_id": of.project_id, "unit_id": of.unit_id, "team_id": of.id,
        "person_id": known.id, "worker_no": f"W{next(counter):06d}", "work_type": "020",
        "id_type": "01", "id_number": human.id_number, "name": human.name, "sex": human.sex,
        "birth_on": human.birth_on, "mobile": human.mobile, "entry_on": date(2026, 3, 1),
        "state": StayState.ON_SITE, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def correction(of: ProjectWorker, **values: Any) -> PersonCorrection:
    """Make a correction of a worker's name that waits for objections."""
    row = PersonCorrection(**{
        "project_id": of.project_id, "unit_id": of.unit_id, "worker_id": of.id,
        "person_id": of.person_id, "name": of.name, "site_name": "本项目", "fields": ["NAME"],
        "old_name": of.name, "new_name": f"{of.name}新", "basis": CorrectionBasis.CHIP,
        "reader_no": "DKQ-1", "read_by_chip": True,
        "dispute_until": clock.now() + timedelta(days=2), **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def release(of: ProjectWorker, **values: Any) -> StayRelease:
    """Make a request to close a stay, from a stay nobody can see."""
    row = StayRelease(**{
        "project_id": of.project_id, "unit_id": of.unit_id, "worker_id": of.id, "name": of.name,
        "site_name": "原项目", "new_site_name": "新项目", "new_project_id": of.project_id,
        "new_unit_id": of.unit_id, "new_worker_id": 0, "asked_at": clock.now(),
        "due_at": clock.now() + timedelta(days=3), **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
