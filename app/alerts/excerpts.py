"""预警 on a project's page (screens.md 4.3)."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import func, select

from app.alerts import words
from app.alerts.choices import OPEN_STATES
from app.alerts.models import Alert
from app.core.figures import figure
from app.core.views import Column, excerpt
from app.extensions import db
from app.projects.models import Project

SHOWN = 10


def alerts_tab(project: Project) -> dict[str, Any]:
    """Give the newest open warnings, and how many are open."""
    open_ones = (
        Alert.project_id == project.id, Alert.is_deleted.is_(False), Alert.state.in_(OPEN_STATES),
    )  # fmt: skip
    number = db.session.scalar(select(func.count()).select_from(Alert).where(*open_ones)) or 0
    newest = select(Alert).where(*open_ones).order_by(Alert.first_seen_at.desc(), Alert.id.desc())
    columns = [Column.of(Alert, name) for name in ("level", "subject", "first_seen_at")]
    columns.insert(0, Column(gettext("Alert no."), lambda row: row.number))
    columns.insert(2, Column(gettext("Rule"), words.rule_name))
    columns.insert(
        4, Column(gettext("Summary"), lambda row: words.shortened(words.sentence_of(row)))
    )
    columns.append(Column(gettext("State"), words.standing))
    return excerpt(
        db.session.scalars(newest.limit(SHOWN)), columns,
        url=lambda row: url_for("AlertView.show", pk=row.id),
        toolbar=[
            {"label": gettext("All warnings"), "method": "post",
             "url": url_for("SiteView.enter", pk=project.id, to="alerts")},
        ],
        count_text=gettext("%(n)s open warnings", n=figure(number)),
        empty={
            "title": gettext("No open warnings"),
            "text": gettext("The rules run every night and whenever data arrive."),
        },
    )  # fmt: skip
