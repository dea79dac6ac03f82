"""The page of an alert in sections: what the bureau asks, the reason, the mending, the course."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from app.alerts import facts, queries, words
from app.alerts.models import Alert, AlertEvent
from app.core.columns import specs
from app.core.words import people
from app.extensions import db

Section = tuple[Any, list[tuple[Any, ...]]]
HISTORY = 10


def of(
    row: Alert, particulars: list[tuple[Any, list[str]]], value: Callable[[Alert, str], Any]
) -> list[Section]:
    """Give the sections of an alert's page; ``value`` shows one of the columns they name."""
    rule = words.rule_of(row)
    sections: list[Section] = [
        *_asked(row),
        (gettext("Reason"), [
            (gettext("What was found"), words.sentence_of(row), "wide"),
            *facts.pairs(row.facts or {}),
            (gettext("Computed from"), words.evidence_of(row), "wide"),
            (gettext("Legal basis"), rule.basis if rule else "", "wide"),
        ]),
        (gettext("What to do"), [
            (gettext("What will close it"), rule.closes_when if rule else "", "wide"),
            (gettext("How to mend it"), words.mending_of(row), "wide"),
        ]),
        *_particulars(row, particulars, value),
    ]  # fmt: skip
    if history := _history(row):
        sections.append((gettext("Earlier ones of this kind"), history))
    return sections


def _asked(row: Alert) -> list[Section]:
    """Give what the bureau asks of the enterprise and has no answer to yet."""
    found: list[Section] = []
    if urges := queries.open_urges(row):
        said = [(words.instant(event.at), event.remark, "wide") for event in urges]
        found.append((gettext("Urged by the bureau"), said))
    if returned := queries.last_return(row):
        found.append((gettext("Returned by the bureau"), [
            (gettext("What the bureau asks for"), returned.remark, "wide"),
            (gettext("Returned at"), words.instant(returned.at)),
        ]))  # fmt: skip
    return found


def _particulars(
    row: Alert, particulars: list[tuple[Any, list[str]]], value: Callable[[Alert, str], Any]
) -> list[Section]:
    found: list[Section] = [
        (title, [(specs(Alert)[name].label, value(row, name)) for name in names])
        for title, names in particulars
    ]
    found[0][1].extend([
        (gettext("Version of the rule"), row.rule_version),
        (gettext("Version of the thresholds"), row.parameter_version),
        (gettext("Thresholds in force"), words.parameters_of(row), "wide"),
    ])  # fmt: skip
    return found


def _history(row: Alert) -> list[tuple[Any, ...]]:
    same = Alert.person_hash == row.person_hash if row.person_hash else (
        Alert.unit_id == row.unit_id
    )  # fmt: skip
    rows = db.session.scalars(
        select(Alert)
        .where(Alert.rule_code == row.rule_code, Alert.id != row.id, same)
        .order_by(Alert.id.desc()).limit(HISTORY)
    )  # fmt: skip
    return [
        (words.instant(old.first_seen_at), Markup('<a href="{}">{}</a> {}').format(
            url_for("AlertView.show", pk=old.id), str(old), old.state.label))
        for old in rows
    ]  # fmt: skip


def timeline(row: Alert) -> list[dict[str, Any]]:
    """Give the course of an alert: who did what, when, and what was said."""
    events = db.session.scalars(
        select(AlertEvent)
        .where(AlertEvent.project_id == row.project_id, AlertEvent.alert_id == row.id)
        .order_by(AlertEvent.id)
    ).all()
    who = people(event.actor for event in events)
    return [
        {"who": who.get(event.actor) or gettext("System"), "at": words.instant(event.at),
         "verb": event.kind.label, "to": words.towards(event), "remark": words.said(event),
         "tone": event.level.tone if event.level else ""}
        for event in events
    ]  # fmt: skip
