"""The facts of a finding in labels and words, for the page of an alert and for the log."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape

from app.alerts.rules.hours import hours_text
from app.alerts.rules.information import CHECKS
from app.core import dictionaries
from app.core.columns import N_, specs
from app.core.columns.base import EMPTY
from app.core.figures import figure
from app.core.money import yuan
from app.roster.models import ProjectWorker

LABELS = {
    "name": N_("Subject"), "team": N_("Team"), "day": N_("Date"),
    "seconds": N_("Hours of the day over all projects"), "own": N_("Hours on this project"),
    "limit": N_("Limit in hours"), "dates": N_("Dates above the limit within 7 days"),
    "count": N_("Workers concerned"), "checks": N_("Checks that fail"),
    "missing": N_("Fields to fill in"), "months": N_("Unpaid wage months"),
    "heads": N_("Workers not paid"), "amount": N_("Known amount in yuan"),
    "single": N_("One worker unpaid for three months and 5,000 yuan"),
    "group": N_("Ten workers unpaid and 30,000 yuan"),
    "criminal": N_("Thresholds of refusing to pay labour remuneration met"),
    "doubtful": N_("Data in doubt"), "provisional": N_("Holidays not published yet"),
    "confirmed": N_("Confirmed incidents"),
    "together": N_("Persons of one incident who joined within 30 days"),
    "watched": N_("On the watch list"), "incidents": N_("Incidents on record"),
}  # fmt: skip
UNKNOWN = {
    "amount": N_("Unknown: no payroll"),
    **dict.fromkeys(("single", "group", "criminal"), N_("Cannot be told: no payroll")),
}
WIDE = ("checks", "missing", "months", "incidents")


def label(name: str) -> str:
    """Give what people call a fact."""
    return gettext(LABELS.get(name, N_("Other particulars")))


def pairs(facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Give label and value of each known fact, in the order a reader wants them."""
    unknown = facts.get("months") and all(one.get("net") is None for one in facts["months"])
    shown = {**facts, "amount": None} if unknown else facts
    return [
        (gettext(word), value(name, shown[name]), *(["wide"] if name in WIDE else []))
        for name, word in LABELS.items()
        if name in facts
    ]


def value(name: str, raw: Any) -> Any:
    """Give one fact as people read it."""
    if raw in (None, "", []):
        return gettext(UNKNOWN[name]) if name in UNKNOWN else EMPTY
    if isinstance(raw, bool):
        return gettext("Yes") if raw else gettext("No")
    if name in ("seconds", "own"):
        return gettext("%(n)s hours", n=hours_text(raw))
    if name == "amount":
        return _yuan(raw)
    if isinstance(raw, list):
        return Markup("<br>").join(escape(_one(name, item)) for item in raw)
    return escape(figure(raw))


def _one(name: str, item: Any) -> str:
    if name == "checks":
        return gettext(CHECKS[item]) if item in CHECKS else ""
    if name == "missing":
        declared = specs(ProjectWorker)
        return str(declared[item].label) if item in declared else ""
    if name == "incidents":
        return f"{dictionaries.label('incident_kind', item['kind'])}（{item['day']}）"
    if name == "months":
        return _month(item)
    return str(item)


def _month(item: dict[str, Any]) -> str:
    if item.get("net") is None:
        return gettext("%(month)s, due on %(due)s: no payroll", month=item["month"],
                       due=item["due"])  # fmt: skip
    return gettext(
        "%(month)s, due on %(due)s: %(net)s yuan due, %(paid)s yuan paid", month=item["month"],
        due=item["due"], net=_yuan(item["net"]), paid=_yuan(item["paid"] or 0),
    )  # fmt: skip


def _yuan(amount: Any) -> str:
    return yuan(Decimal(str(amount)))
