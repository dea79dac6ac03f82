"""Words of the alert pages: thresholds, spans of time, rows of evidence."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import select

from app.alerts.choices import CONTRACTOR_CLOSES, OPEN_STATES, AlertState, Level, LevelKind
from app.alerts.models import Alert, AlertEvent
from app.alerts.rules.hours import hours_text
from app.core import clock, dictionaries, rules, scope
from app.core.columns import N_, Documents
from app.core.columns.base import EMPTY
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.roster.models import Team

PARAMETERS = {
    "face_min": N_("Least face score"), "phone_share": N_("Workers with one telephone"),
    "verify_source": N_("Source of verification"),
    "verify_hours": N_("Hours to the verification"), "complete_days": N_("Days to complete"),
    "fix_days": N_("Days to mend"), "max_hours": N_("Most hours a day"),
    "orange_hours": N_("Orange above hours"), "red_hours": N_("Red above hours"),
    "months": N_("Unpaid months"),
    "red": N_("Red from months"), "red_heads": N_("Red from unpaid workers"),
    "unpaid_ratio": N_("Share still taken as unpaid"), "grace_days": N_("Days of grace"),
    "bank_wd": N_("Working days for bank receipts"), "payday": N_("Pay day by default"),
    "consecutive": N_("Months must follow each other"),
    "lookback_months": N_("Months looked back"), "types": N_("Kinds of incidents"),
    "roles": N_("Parts played"), "unconfirmed": N_("Level before verification"),
}  # fmt: skip
PLACES = {
    "worker": ("WorkerView.show", N_("Worker"), lambda row: {"pk": row["id"]}),
    "attendance_day": ("ReportPage.day", N_("Attendance and punches of the day"),
                       lambda row: {"worker_id": row["id"], "day": row["label"]}),
    "incident": ("IncidentView.show", N_("Incident"), lambda row: {"pk": row["id"]}),
    "wage_month": (
        "PayrollView.list", N_("Wages of the month"), lambda row: {"month": row.get("label")}
    ),
}  # fmt: skip
# what a threshold says beside numbers: its own words, or the list its codes come from
OPTIONS = {
    "verify_source": {"none": N_("Not configured"), "manual": N_("Checked by hand"),
                      "service": N_("Verification service")},
    "unconfirmed": {"off": N_("No warning"), "blue": N_("Blue notice"),
                    "yellow": N_("Yellow alert")},
}  # fmt: skip
LISTS = {"types": "incident_kind", "roles": "incident_role"}


def rule_of(alert: Alert) -> rules.Rule | None:
    """Give the rule of an alert; None for one the program no longer has."""
    return rules.registered().get(alert.rule_code)


def rule_name(alert: Alert) -> str:
    """Give code and name of the rule."""
    return code_and_name(alert.rule_code)


def code_and_name(code: str) -> str:
    """Give code and name of a rule; the code alone for one the program no longer has."""
    rule = rules.registered().get(code)
    return f"{code} {rule.name}" if rule else code


def sentence_of(alert: Alert) -> str:
    """Give the reason in the reader's language; as it was kept where the rule is gone."""
    rule = rule_of(alert)
    return rule.sentence(alert.facts) if rule and alert.facts else alert.sentence or EMPTY


def shortened(text: str) -> Any:
    """Give the beginning of a sentence with the whole of it behind."""
    if len(text) <= 40:
        return text
    return Markup('<span title="{0}">{1}…</span>').format(text, text[:40])


def narrow(text: str) -> Any:
    """Draw a text in one narrow line; a workbook has the whole of it."""
    return Markup('<span class="cut narrow" title="{0}">{0}</span>').format(text)


def two_lines(text: str) -> Any:
    """Draw a sentence in the room of two lines; the pointer and a workbook have the whole of it."""
    return Markup('<span class="cut two-lines" title="{0}">{0}</span>').format(text)


def awaits(alert: Alert) -> str:
    """Say whose turn it is once somebody works on it; empty for every other state."""
    if alert.state is not AlertState.HANDLING:
        return ""
    if alert.handled_at is None:
        return gettext("returned, the enterprise answers next")
    rule = rule_of(alert)
    if alert.level in CONTRACTOR_CLOSES and not (rule and rule.decided):
        return gettext("recorded, to be settled")
    return gettext("recorded, the bureau decides next")


def is_urged(alert: Alert) -> bool:
    """Tell whether the bureau urges and the enterprise has not answered yet."""
    return alert.urged_at is not None and alert.state in OPEN_STATES


def standing(alert: Alert) -> Any:
    """Draw the state, with whose turn it is and whether the bureau urges."""
    turn = awaits(alert)
    tone = "amber" if turn and alert.handled_at is None else alert.state.tone
    words = "·".join(part for part in (str(alert.state.label), turn) if part)
    drawn = Markup('<span class="badge {}">{}</span>').format(tone, words)
    if not is_urged(alert):
        return drawn
    return drawn + Markup(' <span class="badge red">{}</span>').format(gettext("Urged"))


def remaining(alert: Alert) -> Any:
    """Give how much of the response clock is left, in colour and words."""
    if alert.due_at is None or alert.state not in OPEN_STATES or alert.handled_at is not None:
        return EMPTY
    left = alert.due_at - clock.now()
    if left < timedelta(0):
        text = gettext("Overdue by %(span)s", span=span(-left))
        return Markup('<span class="badge red">{}</span>').format(text)
    tone = "amber" if left < timedelta(days=1) else "grey"
    return Markup('<span class="badge {}">{}</span>').format(tone, span(left))


def span(length: timedelta) -> str:
    """Give a span of time in days and hours, or in minutes when short."""
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if hours >= 24:
        return gettext("%(days)s d %(hours)s h", days=hours // 24, hours=hours % 24)
    return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)


def instant(at: datetime | None) -> str:
    """Give an instant to the minute, in Chinese time."""
    return f"{clock.local(at):%Y-%m-%d %H:%M}" if at else EMPTY


def parameters_of(alert: Alert) -> Any:
    """Give the thresholds that were in force, one a line."""
    lines = [
        Markup("{}：{}").format(parameter_label(name), parameter_value(name, value))
        for name, value in sorted(alert.parameters.items())
    ]
    return Markup("<br>").join(lines) if lines else EMPTY


def parameter_label(name: str) -> str:
    """Give what people call a threshold."""
    return gettext(PARAMETERS.get(name, N_("Another threshold")))


def parameter_value(name: str, value: Any) -> str:
    """Give a threshold's value in words: yes and no, the label of a code, a plain number."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, (list, tuple)):
        return "、".join(parameter_value(name, one) for one in value)
    if name in LISTS:
        return dictionaries.label(LISTS[name], value)
    if value in OPTIONS.get(name, {}):
        return gettext(OPTIONS[name][value])
    return f"{value:g}" if isinstance(value, float) else str(value)


def evidence_of(alert: Alert) -> Any:
    """Give project, unit, team and the rows an alert was computed from, as links."""
    rows = alert.evidence or []
    visible = _visible_incidents([r["id"] for r in rows if r["kind"] == "incident"])
    lines = [*_surroundings(alert), *(_line(row, visible) for row in rows)]
    return Markup("<br>").join(lines) if lines else EMPTY


def _surroundings(alert: Alert) -> list[Any]:
    """Give links to the project, the unit and the team an alert is about."""
    wanted = (
        ("ProjectView.show", N_("Project"), Project, alert.project_id),
        ("UnitView.show", N_("Participating unit"), ProjectUnit, alert.unit_id),
        ("TeamView.show", N_("Team"), Team, alert.team_id),
    )
    lines = []
    for endpoint, word, model, number in wanted:
        name = db.session.scalar(select(model.name).where(model.id == number))
        if name:
            lines.append(_link(endpoint, f"{gettext(word)} {name}", {"pk": number}))
    return lines


def _line(row: dict[str, Any], visible: set[int]) -> Any:
    if row["kind"] not in PLACES:
        return escape(row.get("label") or "")
    endpoint, word, address = PLACES[row["kind"]]
    parts = [row.get("name"), gettext(word), row.get("label")]
    text = " ".join(str(part) for part in parts if part)
    if "seconds" in row:
        text += " " + gettext("%(n)s hours", n=hours_text(row["seconds"]))
    hidden = row["kind"] == "incident" and row["id"] not in visible
    return escape(text) if hidden else _link(endpoint, text, address(row))


def _link(endpoint: str, text: str, address: dict[str, Any]) -> Any:
    if endpoint not in current_app.view_functions:
        return escape(text)
    return Markup('<a href="{}">{}</a>').format(url_for(endpoint, **address), text)


def _visible_incidents(numbers: list[int]) -> set[int]:
    if not numbers:
        return set()
    table = db.metadata.tables["incident"]
    return set(db.session.scalars(select(table.c.id).where(table.c.id.in_(numbers))))


def mending_of(alert: Alert) -> Any:
    """Say how to mend it; while it is open a contractor gets a button to the screen for that."""
    rule = rule_of(alert)
    if rule is None:
        return EMPTY
    his = alert.state in OPEN_STATES and scope.current().audience is scope.Audience.TENANT
    url = _mending_url(alert, rule) if his else ""
    if not url:
        return rule.mend
    return Markup('{} <a class="btn" href="{}">{}</a>').format(
        rule.mend, url, gettext("Go and mend it")
    )


def _mending_url(alert: Alert, rule: rules.Rule) -> str:
    if rule.mend_endpoint not in current_app.view_functions:
        return ""
    days = [row for row in alert.evidence or [] if row["kind"] == "attendance_day"]
    if len(days) == 1 and "ReportPage.day" in current_app.view_functions:
        return url_for("ReportPage.day", worker_id=days[0]["id"], day=days[0]["label"])
    if not rule.mend_endpoint.endswith(".show"):
        return url_for(rule.mend_endpoint)
    workers = [row["id"] for row in alert.evidence or [] if row["kind"] == "worker"]
    return url_for(rule.mend_endpoint, pk=workers[0]) if workers else ""


def level_mark(level: Level | None) -> Any:
    """Draw a level in colour and word."""
    return LevelKind().show(level) if level else ""


def towards(event: AlertEvent) -> str:
    """Give the office or the level an entry of the timeline leads to."""
    if event.office is not None:
        return event.office.label
    return event.level.label if event.level else ""


def said(event: AlertEvent) -> Any:
    """Give what an entry of the timeline says: measure, words, result, day and proof."""
    parts: list[Any] = [event.decision.label] if event.decision is not None else []
    parts += [text for text in (event.measure, event.remark) if text]
    if event.result is not None:
        parts.append(event.result.label)
    if event.finished_on is not None:
        parts.append(gettext("finished on %(day)s", day=event.finished_on.isoformat()))
    if event.proof:
        parts.append(Documents().show(event.proof))
    if not parts and event.sentence:
        parts.append(event.sentence)
    return Markup("；").join(parts) if parts else ""
