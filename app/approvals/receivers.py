"""The tab 变更记录 of a worker, read from the audit (screens.md 8.2)."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import select

from app.approvals import queries, words
from app.core import clock, scope
from app.core.audit import AuditEntry
from app.core.columns import N_
from app.core.views import Tab
from app.core.words import people
from app.roster.events import worker_tabs_asked
from app.roster.models import ProjectWorker

MOST_ENTRIES = 100
STEPS = {"insert": N_("Added"), "update": N_("Changed"), "delete": N_("Deleted")}
# what each punch writes is attendance, no change of the data
BY_PUNCHES = {"first_punch_at", "last_punch_at"}


@worker_tabs_asked.connect
def changes_tab(*, worker: Any) -> Tab:  # noqa: ARG001 - the tab is drawn from its own row
    """Give the tab 变更记录 to whoever may see the worker."""
    return Tab("changes", _("Changes"), _changes_of)


def _changes_of(worker: Any) -> dict[str, Any]:
    entries = [one for one in _entries(worker) if _fields(one)]
    who = people({one.actor for one in entries})
    lines = [
        {
            "who": who.get(one.actor), "verb": gettext(STEPS[one.action]),
            "at": f"{clock.local(one.at):%Y-%m-%d %H:%M}", "remark": _said(one),
        }
        for one in entries
    ]  # fmt: skip
    return {"sections": [], "timeline": lines}


def _entries(worker: Any) -> list[Any]:
    """Read the audit of one row the reader sees; its columns, as tables hold no row for him."""
    table = AuditEntry.__table__
    with scope.system_scope("the changes of a worker the reader sees") as connection:
        rows = connection.execute(
            select(table)
            .where(
                table.c.project_id == worker.project_id, table.c.row_id == worker.id,
                table.c.table_name == ProjectWorker.__tablename__,
            )
            .order_by(table.c.id.desc())
            .limit(MOST_ENTRIES)
        ).all()  # fmt: skip
    return list(rows)


def _fields(entry: Any) -> list[str]:
    """Give the fields an entry changed that a screen shows, without those of punches."""
    declared = words.specs_of(entry.table_name)
    return [n for n in queries.changed(entry) if n in declared and n not in BY_PUNCHES]


def _said(entry: Any) -> Markup:
    table, before, after = entry.table_name, entry.before or {}, entry.after or {}
    lines = []
    for name in _fields(entry):
        label, new = words.column_label(table, name), words.shown(table, name, after.get(name))
        if entry.action == "insert":
            lines.append(Markup("{}：{}").format(label, new))
        else:
            old = words.shown(table, name, before.get(name))
            lines.append(Markup("{}：{} → {}").format(label, old, new))
    return Markup("<br>").join(lines)
