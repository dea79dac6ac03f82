"""Tabs an enterprise's own page and its profile in the directory share."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from sqlalchemy import select

from app.core import clock, dictionaries
from app.core.columns.base import ColumnSpec
from app.core.columns.codes import badge
from app.enterprises import queries
from app.enterprises.forms import PLACED
from app.enterprises.models import EnterpriseChange
from app.extensions import db

MOST = 200
# what the registration form asks, and the website, which only a change names (screens.md 3)
BASICS = [*PLACED[:2], (PLACED[2][0], [*PLACED[2][1], "website"])]
LICENCES = ("safety_licence_no", "safety_licence_valid_to", "safety_licence_file")  # on a tab
# the head of the page, and the course of the registration, which its review tells
PROFILE_LEFT_OUT = (
    *LICENCES, "enterprise_type", "application_no", "submitted_at", "review_due_on", "opinion",
    "returned_fields",
)  # fmt: skip


def with_unit(spec: ColumnSpec, row: Any, shown: Any) -> Any:
    """Give a shown number with its unit, such as 万元."""
    return f"{shown} {spec.kind.unit}" if spec.kind.unit and spec.value(row) is not None else shown


def change_rows(enterprise_id: int, endpoint: str) -> dict[str, Any]:
    """Give the changes of an enterprise as a list, newest first."""
    found = db.session.scalars(
        select(EnterpriseChange)
        .where(
            EnterpriseChange.enterprise_id == enterprise_id,
            EnterpriseChange.is_deleted.is_(False),
        )
        .order_by(EnterpriseChange.id.desc())
        .limit(MOST)
    )
    rows = [
        {
            "id": row.id,
            "cells": [
                {"name": "change_no", "label": gettext("Change no."), "html": row.change_no,
                 "url": url_for(endpoint, pk=row.id), "primary": True},
                {"name": "fields", "label": gettext("Changed fields"), "html": "、".join(
                    queries.field_label(name) for name in row.changed_fields)},
                {"name": "at", "label": gettext("Submitted at"),
                 "html": clock.local(row.created_at).strftime("%Y-%m-%d %H:%M")},
                {"name": "state", "label": gettext("State"),
                 "html": badge(row.state.label, row.state.tone)},
            ],
        }
        for row in found
    ]  # fmt: skip
    return {
        "rows": rows,
        "empty": {
            "title": gettext("Nothing has been changed yet"),
            "text": gettext("Every change of the enterprise's data stands here with its decision."),
        },
    }


def project_rows(enterprise_id: int) -> dict[str, Any]:
    """Give the projects an enterprise takes part in, as far as the reader may see them."""
    units = db.metadata.tables["project_unit"]
    projects = db.metadata.tables["project"]
    query = (
        select(units.c.unit_role, units.c.entry_on, units.c.project_id, projects.c.name,
               projects.c.project_no)
        .join(projects, projects.c.id == units.c.project_id)
        .where(units.c.enterprise_id == enterprise_id, units.c.is_deleted.is_(False))
        .order_by(units.c.id.desc())
        .limit(MOST)
    )  # fmt: skip
    linked = "ProjectView.show" in current_app.view_functions
    rows = [
        {
            "id": row.project_id,
            "cells": [
                {"name": "name", "label": gettext("Project"), "html": row.name, "primary": True,
                 "url": url_for("ProjectView.show", pk=row.project_id) if linked else None},
                {"name": "no", "label": gettext("Project no."), "html": row.project_no},
                {"name": "role", "label": gettext("Role"),
                 "html": dictionaries.label("unit_role", row.unit_role)},
                {"name": "entry", "label": gettext("Entry date"), "html": row.entry_on},
            ],
        }
        for row in db.session.execute(query)
    ]  # fmt: skip
    return {
        "rows": rows,
        "empty": {
            "title": gettext("No project yet"),
            "text": gettext("Projects appear here once the enterprise takes part in them."),
        },
    }
