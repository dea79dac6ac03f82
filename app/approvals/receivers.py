"""操作日志 on a project's page, for those who read the log of changes (screens.md 4.3)."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import and_, or_, select

from app.approvals import queries
from app.core import clock
from app.core.audit import AuditEntry
from app.core.views import Column, Tab, excerpt
from app.core.words import people
from app.extensions import db
from app.permissions import Area
from app.projects.events import tab_asked
from app.projects.models import Project

SHOWN = 20


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
        empty={"title": gettext("Nothing has been changed yet"), "text": ""},
    )  # fmt: skip
