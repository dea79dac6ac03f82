"""Reads of the alert domain."""

from sqlalchemy import ColumnElement, select

from app.alerts.choices import CONTRACTOR_CLOSES, OPEN_STATES, AlertState, EventKind
from app.alerts.models import Alert, AlertEvent
from app.core import rules
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


def open_urges(alert: Alert) -> list[AlertEvent]:
    """Give the urgings an enterprise has not answered yet, oldest first."""
    if alert.urged_at is None or alert.state not in OPEN_STATES:
        return []
    return list(db.session.scalars(
        select(AlertEvent)
        .where(
            AlertEvent.project_id == alert.project_id, AlertEvent.alert_id == alert.id,
            AlertEvent.kind == EventKind.URGED, AlertEvent.at >= alert.urged_at,
        )
        .order_by(AlertEvent.id)
    ))  # fmt: skip


def urged() -> tuple[ColumnElement[bool], ...]:
    """Tell of an alert whether the bureau urges and no handling has been recorded since."""
    return Alert.urged_at.is_not(None), Alert.state.in_(OPEN_STATES), Alert.is_deleted.is_(False)


def to_close() -> tuple[ColumnElement[bool], ...]:
    """Tell of an alert whether its handling waits for the bureau to close or return it (11.2)."""
    return (
        Alert.state == AlertState.HANDLING, Alert.handled_at.is_not(None),
        Alert.level.not_in(CONTRACTOR_CLOSES), Alert.rule_code.not_in(_decided()),
        Alert.is_deleted.is_(False),
    )  # fmt: skip


def to_decide() -> tuple[ColumnElement[bool], ...]:
    """Tell of an alert whether it waits for a decision of the bureau."""
    return (
        Alert.rule_code.in_(_decided()), Alert.state.in_(OPEN_STATES), Alert.is_deleted.is_(False),
    )  # fmt: skip


def _decided() -> list[str]:
    return [code for code, rule in rules.registered().items() if rule.decided]
