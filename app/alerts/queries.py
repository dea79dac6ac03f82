"""Reads of the alert domain."""

from sqlalchemy import ColumnElement, select

from app.alerts.choices import AlertState, EventKind
from app.alerts.models import Alert, AlertEvent
from app.extensions import db


def last_return(alert: Alert) -> AlertEvent | None:
    """Give the return an enterprise has not answered yet; None where nothing is asked of it."""
    if alert.state is not AlertState.HANDLING or alert.handled_at is not None:
        return None
    return db.session.scalars(
        select(AlertEvent)
        .where(
            AlertEvent.project_id == alert.project_id, AlertEvent.alert_id == alert.id,
            AlertEvent.kind == EventKind.RETURNED,
        )
        .order_by(AlertEvent.id.desc()).limit(1)
    ).one_or_none()  # fmt: skip


def returned() -> tuple[ColumnElement[bool], ...]:
    """Tell of an alert whether its handling was returned and nothing has been handed in since."""
    return (
        Alert.state == AlertState.HANDLING, Alert.handled_at.is_(None),
        Alert.is_deleted.is_(False),
    )  # fmt: skip
