"""事件 on a project's page (screens.md 4.3)."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import func, select

from app.core import scope
from app.core.figures import figure
from app.core.views import Column, excerpt, with_references
from app.extensions import db
from app.incidents.models import Incident
from app.incidents.queries import readable
from app.projects.models import Project

SHOWN = 10


def incidents_tab(project: Project) -> dict[str, Any]:
    """Give the newest incidents; drafts are the recorder's own matter."""
    wanted = [
        Incident.project_id == project.id, Incident.is_deleted.is_(False),
        readable(scope.current()),
    ]  # fmt: skip
    number = db.session.scalar(select(func.count()).select_from(Incident).where(*wanted)) or 0
    names = ("incident_no", "kind", "severity", "unit_id", "occurred_at", "confirmed", "state")
    newest = (
        select(Incident).where(*wanted).order_by(Incident.occurred_at.desc()).limit(SHOWN)
        .options(*with_references(Incident, names))
    )  # fmt: skip
    return excerpt(
        db.session.scalars(newest), [Column.of(Incident, name) for name in names],
        url=lambda row: url_for("IncidentView.show", pk=row.id),
        toolbar=[
            {"label": gettext("All incidents"), "method": "post",
             "url": url_for("SiteView.enter", pk=project.id, to="incidents")},
        ],
        count_text=gettext("%(n)s incidents", n=figure(number)),
        empty={
            "title": gettext("No incidents recorded"),
            "text": gettext("Incidents of this project are recorded under Incidents."),
        },
    )  # fmt: skip
