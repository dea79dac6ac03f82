"""Reading the audit: which table is which object, which field changed from what to what."""

from typing import Any

from flask_babel import gettext
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.approvals import words
from app.approvals.accounts import ACCOUNTS as LOGINS
from app.approvals.accounts import held_by, held_rights
from app.core.audit import AuditEntry
from app.core.database import AUDITED_IDENTITY
from app.core.jobs import JobRun
from app.core.models import mapped
from app.core.unmasking import UnmaskRecord
from app.extensions import db

ACCOUNTS = db.metadata.tables["ab_user"]
# kept by the program for itself: who and when stand in the entry, keys and digests say nothing
BOOKKEEPING = {
    "id", "created_at", "created_by", "changed_at", "changed_by", "row_version", "source",
    "district_code", "last_tick", "dedupe_key", "episode", "sha256", "body_text", "unit_ids",
    "owner_column", "exchange_key", "created_on", "changed_on", "created_by_fk", "changed_by_fk",
}  # fmt: skip
NOTHING: tuple[Any, ...] = (None, "", [], {}, False)
MOST_NAMES = 3
MOST_LOOKS = 100
# where the program keeps a content, and what it makes out of the sign-in name, say nothing
MADE_UP = {("stored_file", "key"), ("ab_user", "email")}
TOLD = {("ab_user", "district_code")}  # the scope of an official is more than bookkeeping


def objects() -> dict[str, str]:
    """Give what people call each table the log is written for."""
    models = (model.__tablename__ for model in mapped() if getattr(model, "__audited__", False))
    return {table: words.table_title(table) for table in (*models, *AUDITED_IDENTITY)}


def masked_objects() -> dict[str, str]:
    """Give what people call each table with a number or picture that is shown masked."""
    kinds = {
        table: [spec.kind for spec in words.specs_of(table).values()]
        for table in {model.__tablename__ for model in mapped()}
    }
    return {
        table: words.table_title(table) for table, found in kinds.items()
        if any(kind.sensitive or kind.identity for kind in found)
    }  # fmt: skip


def looks_of(row: Any) -> list[UnmaskRecord]:
    """Give who saw whole numbers of a row, newest first, as far as the reader may know."""
    return list(
        db.session.scalars(
            select(UnmaskRecord)
            .where(
                UnmaskRecord.table_name == row.__tablename__, UnmaskRecord.row_id == row.id,
                UnmaskRecord.project_id == row.project_id,
            )
            .order_by(UnmaskRecord.id.desc())
            .limit(MOST_LOOKS)
        )
    )  # fmt: skip


def object_looked_at(look: UnmaskRecord, names: dict[tuple[str, int], str]) -> str:
    """Say whose number was seen: the kind of the row and its name, or its number."""
    known = names.get((look.table_name, look.row_id))
    return f"{words.table_title(look.table_name)} " + (known or gettext("No. %(n)s", n=look.row_id))


def by_person(word: str, made_by: Any = AuditEntry.actor) -> Any:
    """Give the condition that an entry was made by an account of this name."""
    named = select(ACCOUNTS.c.id).where(
        or_(
            ACCOUNTS.c.username.contains(word, autoescape=True),
            ACCOUNTS.c.last_name.contains(word, autoescape=True),
            ACCOUNTS.c.first_name.contains(word, autoescape=True),
        )
    )
    return made_by.in_(named)


def changes(entry: AuditEntry) -> list[dict[str, Any]]:
    """Give label, old and new value of each field the entry changed; secrets stay masked."""
    table, before, after = entry.table_name, entry.before or {}, entry.after or {}
    return [
        {
            "label": words.column_label(table, name),
            "old": words.shown(table, name, before.get(name)),
            "new": words.shown(table, name, after.get(name)),
        }
        for name in changed(entry)
    ]


def summary(entry: AuditEntry) -> str:
    """Name the fields an entry changed, at most three of them."""
    names = changed(entry)
    shown = "、".join(words.column_label(entry.table_name, name) for name in names[:MOST_NAMES])
    left = len(names) - MOST_NAMES
    return shown + gettext("and %(n)s more", n=left) if left > 0 else shown


def changed(entry: AuditEntry) -> list[str]:
    """Give the columns an entry changed: as declared, then those without a declaration."""
    before, after = entry.before or {}, entry.after or {}
    names = {
        name for name in {*before, *after}
        if before.get(name) != after.get(name)
        and (name not in BOOKKEEPING or (entry.table_name, name) in TOLD)
        and not name.endswith("_hash") and (entry.table_name, name) not in MADE_UP
        and not (entry.action != "update" and (after or before).get(name) in NOTHING)
    }  # fmt: skip
    declared = [name for name in words.specs_of(entry.table_name) if name in names]
    return [*declared, *sorted(names.difference(declared))]


def named(entries: list[Any]) -> dict[tuple[str, int], str]:
    """Give the names of the rows a page of changes or looks is about."""
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        wanted.setdefault(entry.table_name, set()).add(entry.row_id)
    holders = held_by(entries)
    if holders:
        wanted.setdefault(LOGINS, set()).update(holders.values())
    names = words.row_names(wanted)
    held = {key: names[LOGINS, one] for key, one in holders.items() if (LOGINS, one) in names}
    return names | held | held_rights(entries)


def object_of(entry: AuditEntry, names: dict[tuple[str, int], str]) -> str:
    """Say which row an entry is about: its kind and name, or its number."""
    known = names.get((entry.table_name, entry.row_id)) or words.told_by(
        entry.table_name, entry.after or entry.before or {}
    )
    return f"{words.table_title(entry.table_name)} " + (
        known or gettext("No. %(n)s", n=entry.row_id)
    )


def last_runs(names: list[str]) -> dict[str, Any]:
    """Give the newest run of each job."""
    rows = db.session.scalars(
        select(JobRun)
        .where(JobRun.name.in_(names))
        .ext(distinct_on(JobRun.name))
        .order_by(JobRun.name, JobRun.id.desc())
    )
    return {row.name: row for row in rows}
