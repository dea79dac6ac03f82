"""The form of a record of handling (screens.md 11.2)."""

from dataclasses import replace

from app.alerts.choices import CONTRACTOR_CLOSES, Level
from app.alerts.models import AlertEvent
from app.core.columns import specs
from app.core.forms import BaseForm, extend, form_class

FIELDS = ("measure", "result", "finished_on", "proof")


def handling_form(level: Level) -> type[BaseForm]:
    """Give the form of a record; orange and red alerts ask for proof together with the rest."""
    kind = form_class(AlertEvent, FIELDS)
    if level in CONTRACTOR_CLOSES:
        return kind
    proof = replace(specs(AlertEvent)["proof"], required_at=frozenset({"form"}))
    object.__setattr__(proof, "name", "proof")
    return extend(kind, {"proof": proof})
