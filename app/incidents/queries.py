"""Reads of the incident domain: whose record an incident is, and who reads it."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true

from app.core import scope
from app.incidents.choices import REPORTED_STATES, IncidentState, Verdict
from app.incidents.models import Incident, IncidentPerson, WatchEntry
from app.incidents.rules import on_watch
from app.roster.models import ProjectWorker

ANSWERABLE = ("organiser", "party")  # victims, witnesses and lawful claimants answer for nothing


def enterprises_of(actor: scope.Principal) -> list[int]:
    """Give the enterprises an actor speaks for."""
    own = getattr(actor.user, "enterprise_id", None)
    return [*actor.enterprises, *([own] if own else [])]


def is_recorder(row: Incident, actor: scope.Principal) -> bool:
    """Tell whether the actor's own enterprise recorded an incident, whatever unit it is about."""
    return row.enterprise_id in enterprises_of(actor)


def to_verify() -> tuple[ColumnElement[bool], ...]:
    """Tell of an incident whether the bureau has still to say if it is true (screens.md 12.1)."""
    return (
        Incident.confirmed == Verdict.WAITING, Incident.state.in_(REPORTED_STATES),
        Incident.is_deleted.is_(False),
    )  # fmt: skip


def readable(actor: scope.Principal) -> ColumnElement[bool]:
    """Give the condition of the incidents an actor reads: drafts are the recorder's own matter."""
    if actor.audience is scope.Audience.SYSTEM:
        return true()
    reported = Incident.state != IncidentState.DRAFT
    if actor.audience is scope.Audience.GOVERNMENT:
        return reported
    return or_(reported, Incident.enterprise_id.in_(enterprises_of(actor) or [0]))


def offences_on(project_id: int) -> Select[Incident, ProjectWorker]:
    """Choose the verified incidents of a project with each stay there that answers for them."""
    person = IncidentPerson
    return (
        select(Incident, ProjectWorker)
        .join(person, (person.project_id == Incident.project_id)
              & (person.incident_id == Incident.id))
        .join(ProjectWorker, (ProjectWorker.id_number_hash == person.id_number_hash)
              & (ProjectWorker.id_type == person.id_type))
        .where(
            Incident.project_id == project_id, ProjectWorker.project_id == project_id,
            Incident.confirmed == Verdict.CONFIRMED, Incident.state.in_(REPORTED_STATES),
            person.role.in_(ANSWERABLE), person.is_deleted.is_(False),
            Incident.is_deleted.is_(False), ProjectWorker.is_deleted.is_(False),
        )
    )  # fmt: skip


def watched_on(project_id: int, today: date) -> dict[int, dict[str, Any]]:
    """Give the stays of a project whose persons are on the watch list, each with its entry.

    Who keeps the roster is told of them when they join (screens.md 12.2).
    """
    stay, entry = ProjectWorker, WatchEntry
    query = (
        select(stay.id, entry.reason, entry.from_on, entry.to_on)
        .join(entry, (entry.id_number_hash == stay.id_number_hash)
              & (entry.id_type == stay.id_type))
        .where(stay.project_id == project_id, stay.is_deleted.is_(False), on_watch(today))
        .order_by(entry.from_on)
    )  # fmt: skip
    with scope.system_scope("who of a project is on the watch list") as connection:
        return {row.id: dict(row._mapping) for row in connection.execute(query)}
