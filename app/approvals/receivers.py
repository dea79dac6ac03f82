"""操作日志 on a project's page and 变更记录 on a worker's (screens.md 4.3, 8.2)."""

from operator import itemgetter
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import and_, or_, select

from app.approvals import queries, words
from app.core import clock, origins, scope
from app.core.audit import AuditEntry
from app.core.columns import N_
from app.core.views import Column, Tab, excerpt
from app.core.words import people
from app.extensions import db
from app.permissions import Area
from app.projects.events import tab_asked
from app.projects.models import Project
from app.roster.events import worker_tabs_asked
from app.roster.models import ProjectWorker

SHOWN = 20
MOST_ENTRIES = 100
STEPS = {"insert": N_("Added"), "update": N_("Changed"), "delete": N_("Deleted")}
# what each punch writes is attendance, no change of the data
BY_PUNCHES = {"first_punch_at", "last_punch_at"}


@tab_asked.connect
def offer_tab(*, project: Any) -> Tab:  # noqa: ARG001 - the same for every project
    """Give 操作日志 to a project's page."""
    return Tab("log", gettext("Log of changes"), log_tab, ("read", str(Area.AUDIT)))


def log_tab(project: Project) -> dict[str, Any]:
    """Give the newest changes people made of the project and of what belongs to it."""
    entries = list(
        db.session.scalars(
            select(AuditEntry)
            .where(
                AuditEntry.actor.is_not(None),
                or_(
                    AuditEntry.project_id == project.id,
                    and_(AuditEntry.table_name == "project", AuditEntry.row_id == project.id),
                ),
            )
            .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
            .limit(SHOWN)
        )
    )
    who, names = people({entry.actor for entry in entries}), queries.named(entries)
    columns = [
        Column(gettext("Time"), lambda one: f"{clock.local(one.at):%Y-%m-%d %H:%M:%S}"),
        Column(gettext("Who"), lambda one: who.get(one.actor) or gettext("System")),
        Column(gettext("Object"), lambda one: queries.object_of(one, names)),
        Column(gettext("Fields"), queries.summary),
    ]
    return excerpt(
        entries, columns, url=lambda one: url_for("AuditView.show", pk=one.id),
        toolbar=[{"label": gettext("Audit log"), "url": url_for("AuditView.list")}],
        count_text=gettext("The last %(n)s changes", n=len(entries)),
        empty={
            "title": gettext("Nothing has been changed yet"),
            "text": gettext("What people change of this project is shown here."),
        },
    )  # fmt: skip


@worker_tabs_asked.connect
def changes_tab(*, worker: Any) -> Tab:  # noqa: ARG001 - the tab is drawn from its own row
    """Give the tab 变更记录 to whoever may see the worker."""
    return Tab("changes", _("Changes"), _changes_of)


def _changes_of(worker: Any) -> dict[str, Any]:
    entries, looks = [one for one in _entries(worker) if _fields(one)], queries.looks_of(worker)
    who = people({*(one.actor for one in entries), *(one.user_id for one in looks)})
    lines: list[tuple[Any, str | None, str, Any]]
    imports = _imports(worker, entries)
    lines = [(one.at, who.get(one.actor), gettext(STEPS[one.action]),
              imports.get(one.id, Markup()) + _said(one)) for one in entries]  # fmt: skip
    lines += [(one.created_at, who.get(one.user_id), gettext("Saw it whole"), _seen(one))
              for one in looks]  # fmt: skip
    lines.sort(key=itemgetter(0), reverse=True)
    return {
        "sections": [],
        "timeline": [
            {"who": name, "verb": verb, "at": f"{clock.local(at):%Y-%m-%d %H:%M}", "remark": said}
            for at, name, verb, said in lines
        ],
    }


def _imports(worker: Any, entries: list[Any]) -> dict[int, Markup]:
    """Name by entry the import it was made in, on a line of its own."""
    if not any(one.door == scope.Door.SHEET for one in entries):
        return {}
    runs = origins.runs_of(ProjectWorker.__tablename__, worker.id)
    numbers = {
        one.id: origins.run_at(runs, one.at) for one in entries if one.door == scope.Door.SHEET
    }
    known = origins.told(number for number in numbers.values() if number)
    return {
        entry: origins.linked(known[number]) + Markup("<br>")
        for entry, number in numbers.items() if number in known
    }  # fmt: skip


def _seen(look: Any) -> str:
    label = words.column_label(look.table_name, look.column_name)
    return gettext("%(field)s: %(reason)s", field=label, reason=look.reason)


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
