"""The verbs of the alert domain: scan, acknowledge, handle, return, close, urge."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext

from app.alerts import engine
from app.alerts.choices import (
    CONTRACTOR_CLOSES,
    AlertState,
    CloseKind,
    Decision,
    EventKind,
    HandlingResult,
    Level,
)
from app.alerts.clocks import Clocks
from app.alerts.engine import Outcome
from app.alerts.errors import (
    DecisionEnds,
    DecisionMissing,
    GovernmentCloses,
    NoDecision,
    NotHandledYet,
    ProofMissing,
)
from app.alerts.models import Alert, AlertEvent
from app.alerts.states import ALERT_FLOW
from app.core import clock, rules, scope
from app.core.errors import IllegalMove, NotAllowed
from app.core.states import RemarkMissing
from app.extensions import db


def scan(
    rule: str | None = None,
    project_id: int | None = None,
    person_hashes: Iterable[str] | None = None,
    day: date | None = None,
    *,
    alone: bool = False,
) -> dict[str, Outcome]:
    """Run one rule or all, over everything or over what changed; give what each rule did.

    ``alone``: what changed about these persons alters no finding about others.
    Running it again changes nothing, so an interrupted scan is simply run again.
    """
    chosen = [rules.get(rule)] if rule else list(rules.registered().values())
    reach = rules.Reach(
        day or clock.today(),
        None if project_id is None else (project_id,),
        None if person_hashes is None else tuple(sorted(set(person_hashes))),
        alone=alone,
    )
    with scope.system_scope("rules compare facts of the whole city"):
        return {known.code: engine.run(known, reach) for known in chosen}


def acknowledge(alert: Alert, *, actor: scope.Principal) -> None:
    """签收: somebody of the audience has taken note."""
    with scope.system_scope("an alert is acknowledged"):
        ALERT_FLOW.fire("acknowledge", alert, actor=actor)
        alert.acknowledged_at = clock.now()
        alert.responsible = alert.responsible or actor.name
        _record(alert, EventKind.ACKNOWLEDGED, actor)


def acknowledge_many(alerts: list[Alert], *, actor: scope.Principal) -> None:
    """Acknowledge several; none is when one of them may not be."""
    for alert in alerts:
        acknowledge(alert, actor=actor)


def handle(alert: Alert, values: dict[str, Any], *, actor: scope.Principal) -> AlertEvent:
    """Record what was done about an alert; 橙 and 红 need proof (screens.md 11.2)."""
    if alert.level in (Level.ORANGE, Level.RED) and not values.get("proof"):
        raise ProofMissing
    with scope.system_scope("the handling of an alert is recorded"):
        ALERT_FLOW.fire("handle", alert, actor=actor)
        alert.handled_at = alert.handled_at or clock.now()
        alert.result, alert.urged_at = values.get("result"), None
        alert.responsible = actor.name or alert.responsible
        return _record(alert, EventKind.HANDLED, actor, **values)


def send_back(alert: Alert, remark: str, *, actor: scope.Principal) -> None:
    """退回: the bureau asks for more; the reason is for the contractor to read.

    What was recorded no longer counts as an answer: the clock of the level begins anew. What
    was returned once is not returned again before a new record.
    """
    if alert.state is AlertState.HANDLING and alert.handled_at is None:
        raise NotHandledYet
    with scope.system_scope("the handling of an alert is returned"):
        ALERT_FLOW.fire("return", alert, actor=actor, remark=remark)
        alert.handled_at = alert.result = None
        alert.due_at = Clocks(clock.today()).after(alert.level, clock.now())
        _record(alert, EventKind.RETURNED, actor, remark=remark)


def close(alert: Alert, remark: str, *, actor: scope.Principal) -> None:
    """Close by hand after a record of handling: 蓝 黄 the contractor, 橙 红 the bureau.

    What ends by a decision of the bureau is closed by nobody.
    """
    rule = rules.registered().get(alert.rule_code)
    if rule is not None and rule.decided:
        raise DecisionEnds
    government = actor.audience is scope.Audience.GOVERNMENT
    if not government and alert.level not in CONTRACTOR_CLOSES:
        raise GovernmentCloses
    if alert.handled_at is None:
        raise NotHandledYet
    kind = (
        CloseKind.FALSE_ALARM if alert.result is HandlingResult.FALSE_ALARM else CloseKind.BY_HAND
    )
    _finish(alert, "close" if government else "settle", kind, remark, actor)


def decide(alert: Alert, decision: Decision | None, remark: str, *, actor: scope.Principal) -> None:
    """Record the bureau's decision (note, watch, no concern) that ends an alert like EVT-001."""
    if not rules.get(alert.rule_code).decided:
        raise NoDecision
    if decision is None:
        raise DecisionMissing
    _finish(alert, "decide", CloseKind.BY_HAND, remark, actor, decision=decision)


def _finish(
    alert: Alert, verb: str, kind: CloseKind, remark: str, actor: scope.Principal, **values: Any
) -> None:
    with scope.system_scope("an alert is closed by hand"):
        ALERT_FLOW.fire(verb, alert, actor=actor, remark=remark)
        alert.close_kind, alert.closed_at = kind, clock.now()
        _record(alert, EventKind.CLOSED, actor, remark=remark, **values)


def urge(alert: Alert, remark: str, *, actor: scope.Principal) -> None:
    """督办: the bureau presses for an answer; the state stays.

    Until the handling is recorded the urging stands at the alert and among what its unit and
    the general contractor have to do.
    """
    if not actor.can("urge", str(ALERT_FLOW.area)):
        raise NotAllowed
    if alert.closed_at is not None:
        raise IllegalMove(gettext("“%(row)s” is %(state)s: this step is not possible now",
                                  row=str(alert), state=alert.state.label))  # fmt: skip
    if not remark.strip():
        raise RemarkMissing
    with scope.system_scope("an alert is urged"):
        alert.urged_at = alert.urged_at or clock.now()
        _record(alert, EventKind.URGED, actor, remark=remark)


def _record(alert: Alert, kind: EventKind, actor: scope.Principal, **values: Any) -> AlertEvent:
    event = AlertEvent(
        project_id=alert.project_id, district_code=alert.district_code, unit_id=alert.unit_id,
        alert_id=alert.id, kind=kind, at=clock.now(), actor=actor.user_id, level=alert.level,
        tenant_sees=alert.tenant_sees, viewers=alert.viewers, **values,
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()
    return event
