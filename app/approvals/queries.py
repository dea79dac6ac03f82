"""Reading the audit: which table is which object, which field changed from what to what."""

from typing import Any

from flask import current_app
from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.audit import AuditEntry
from app.core.checks import Invalid
from app.core.columns import N_, ColumnSpec, specs
from app.core.columns.base import EMPTY
from app.core.jobs import JobRun
from app.extensions import db

ACCOUNTS = db.metadata.tables["ab_user"]
BOOKKEEPING = {
    "id", "created_at", "created_by", "changed_at", "changed_by", "row_version", "source",
    "district_code", "last_tick",
}  # fmt: skip
MOST_NAMES = 3
OBJECTS = {
    "enterprise": N_("Enterprise"), "qualification": N_("Qualification"),
    "project": N_("Project"), "project_unit": N_("Participating unit"),
    "permit": N_("Construction permit"), "team": N_("Team"), "person": N_("Person on file"),
    "project_worker": N_("Worker"), "staff_member": N_("Staff member"),
    "certificate": N_("Certificate"), "movement": N_("Entry or exit"),
    "correction": N_("Attendance correction"), "api_client": N_("Interface client"),
    "stored_file": N_("File"), "dictionary_entry": N_("Dictionary entry"),
    "setting": N_("Threshold"), "schedule": N_("Schedule"),
}  # fmt: skip


def objects() -> dict[str, str]:
    """Give what people call each table: its own word, else the name of its screen."""
    found = {table: gettext(word) for table, word in OBJECTS.items()}
    for view in current_app.extensions["appbuilder"].baseviews:
        model = getattr(getattr(view, "datamodel", None), "obj", None)
        title = getattr(view, "list_title", "")
        if model is not None and hasattr(model, "__tablename__") and title:
            found.setdefault(model.__tablename__, str(title))
    return found


def by_person(word: str) -> Any:
    """Give the condition that an entry was made by an account of this name."""
    named = select(ACCOUNTS.c.id).where(
        or_(
            ACCOUNTS.c.username.contains(word, autoescape=True),
            ACCOUNTS.c.last_name.contains(word, autoescape=True),
            ACCOUNTS.c.first_name.contains(word, autoescape=True),
        )
    )
    return AuditEntry.actor.in_(named)


def changes(entry: AuditEntry) -> list[dict[str, Any]]:
    """Give label, old and new value of each field the entry changed; secrets stay masked."""
    known = _specs_of(entry.table_name)
    before, after = entry.before or {}, entry.after or {}
    found = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if name in BOOKKEEPING or name.endswith("_hash") or old == new:
            continue
        spec = known.get(name)
        found.append({
            "label": spec.label if spec else name,
            "old": _shown(spec, old), "new": _shown(spec, new),
        })  # fmt: skip
    return found


def summary(entry: AuditEntry) -> str:
    """Name the fields an entry changed, at most three of them."""
    labels = [str(item["label"]) for item in changes(entry)]
    more = gettext("and %(n)s more", n=len(labels) - MOST_NAMES)
    shown = "、".join(labels[:MOST_NAMES])
    return f"{shown} {more}" if len(labels) > MOST_NAMES else shown


def _specs_of(table: str) -> dict[str, ColumnSpec]:
    for mapper in db.Model.registry.mappers:  # type: ignore[attr-defined]
        if mapper.local_table.name == table:
            return specs(mapper.class_)
    return {}


def _shown(spec: ColumnSpec | None, value: Any) -> str | Markup:
    if value in (None, "", []):
        return EMPTY
    if spec is None:
        return escape(str(value))
    if spec.kind.sensitive:
        return "******"
    try:
        return spec.kind.mask(spec.kind.clean(value))
    except (Invalid, ValueError, TypeError, AttributeError):
        return escape(str(value))


def last_runs(names: list[str]) -> dict[str, Any]:
    """Give the newest run of each job."""
    rows = db.session.scalars(
        select(JobRun)
        .where(JobRun.name.in_(names))
        .ext(distinct_on(JobRun.name))
        .order_by(JobRun.name, JobRun.id.desc())
    )
    return {row.name: row for row in rows}
