"""Thresholds of rules in three layers: city, district, project exemption.

A district may only be stricter than the city; a project exemption is dated and has a basis.
Every change is a new row with a version, so that an alert can name what was in force.
"""

from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, or_, select

from app.alerts.choices import Layer
from app.alerts.errors import WeakerThanLaw
from app.alerts.models import AlertParameter
from app.core import clock, rules, scope
from app.extensions import db

P = AlertParameter


def layers_of(rule: rules.Rule, day: date) -> rules.Layers:
    """Read the thresholds of a rule that are in force on a day."""
    rows = db.session.execute(
        select(P.layer, P.district_code, P.project_id, P.name, P.value, P.version)
        .where(
            P.rule_code == rule.code, P.is_deleted.is_(False), P.effective_from <= day,
            or_(P.effective_to.is_(None), P.effective_to >= day),
        )
        .order_by(P.effective_from, P.version)
    ).all()  # fmt: skip
    city: dict[str, Any] = {}
    districts: dict[str, dict[str, Any]] = {}
    projects: dict[int, dict[str, Any]] = {}
    version = 1
    for layer, district, project, name, value, number in rows:
        known = rule.parameters.get(name)
        if known is None or not known.accepts(value):
            continue  # a stored value outside the bounds is never believed
        version = max(version, number)
        if layer is Layer.CITY:
            city[name] = value
        elif layer is Layer.DISTRICT:
            districts.setdefault(district, {})[name] = value
        else:
            projects.setdefault(project, {})[name] = value
    return rules.Layers(city, districts, projects, version)


def change(
    rule: rules.Rule, name: str, value: Any, *, layer: Layer, actor: scope.Principal,
    district_code: str = "", project_id: int = 0, effective_from: date | None = None,
    effective_to: date | None = None, basis: str = "", file: int | None = None,
) -> AlertParameter:  # fmt: skip
    """Store a threshold for a layer; refuse what is out of bounds or laxer than allowed."""
    known, today = rule.parameters[name], clock.today()
    begins = effective_from or today
    if not known.accepts(value):
        raise WeakerThanLaw(
            gettext("Between %(low)s and %(high)s", low=known.low, high=known.high), field=name
        )
    upper = layers_of(rule, begins).city.get(name, known.default)
    if layer is Layer.DISTRICT and known.weakens(value, upper):
        raise WeakerThanLaw(
            gettext("A district may only be stricter than the city: %(value)s", value=upper),
            field=name,
        )
    if layer is Layer.PROJECT and not (effective_to and basis.strip()):
        raise WeakerThanLaw(
            gettext("An exemption of a project needs a last day and a basis"), field="basis"
        )
    row = AlertParameter(
        rule_code=rule.code, name=name, value=value, layer=layer, district_code=district_code,
        project_id=project_id, effective_from=begins, effective_to=effective_to, basis=basis,
        file=file, version=_next_version(rule.code), decided_at=clock.now(),
        created_by=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _next_version(code: str) -> int:
    last = db.session.scalar(select(func.max(P.version)).where(P.rule_code == code))
    return (last or 1) + 1
