"""Reads of the incident domain: whose record an incident is, and who reads it."""

from sqlalchemy import ColumnElement, or_, true

from app.core import scope
from app.incidents.choices import REPORTED_STATES, IncidentState, Verdict
from app.incidents.models import Incident


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
