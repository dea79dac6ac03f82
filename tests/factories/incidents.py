"""Incidents and the people in them."""

from datetime import UTC, datetime
from typing import Any

from app.extensions import db
from app.incidents.choices import IncidentState, Verdict
from app.incidents.models import Incident, IncidentPerson
from app.projects.models import ProjectUnit
from tests.factories import numbered

BLOCKADE = datetime(2025, 1, 18, 1, 0, tzinfo=UTC)


def incident(of: ProjectUnit, **values: Any) -> Incident:
    """Make a confirmed disturbance of 2025-01-18, recorded by a unit."""
    row = Incident(**{
        "project_id": of.project_id, "unit_id": of.id, "enterprise_id": of.enterprise_id,
        "incident_no": numbered("SJ"), "kind": "disturbance", "occurred_at": BLOCKADE,
        "place": "工地大门", "head_count": 3, "description": "堵门", "known_at": BLOCKADE,
        "reported_at": BLOCKADE, "confirmed": Verdict.CONFIRMED,
        "state": IncidentState.REPORTED, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def person(of: Incident, worker: Any, role: str = "party", **values: Any) -> IncidentPerson:
    """Put the person of a roster row into an incident."""
    row = IncidentPerson(**{
        "project_id": of.project_id, "unit_id": of.unit_id, "incident_id": of.id,
        "name": worker.name, "role": role, "id_type": worker.id_type,
        "id_number": worker.id_number, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
