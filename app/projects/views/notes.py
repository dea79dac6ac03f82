"""What the head of a project tells its contractor: what was returned, which login waits."""

from typing import Any

from flask import current_app, render_template, url_for
from markupsafe import Markup

from app.core import scope
from app.core.views.first_password import asking_now
from app.permissions import Area
from app.projects import events, queries
from app.projects.choices import ProjectState
from app.projects.forms import marked_names
from app.projects.models import Project
from app.projects.queries.labels import PERMITS, field_label


def returned(row: Project, *, edit: str = "") -> Markup:
    """Draw a reviewer's words on a returned application; ``edit`` is the form with its fields.

    Empty for every other state (screens.md 2.4, 4.5).
    """
    if row.state is not ProjectState.RETURNED:
        return Markup()
    marks = [
        {"label": field_label(name), "reason": reason,
         "url": url_for("ProjectView.show", pk=row.id, tab=PERMITS) if name == PERMITS
         else f"{edit}#{name}"}
        for name in marked_names()
        if (reason := (row.returned_fields or {}).get(name))
    ]  # fmt: skip
    return Markup(  # noqa: S704 - the template escapes
        render_template("projects/returned.html", marks=marks, opinion=row.opinion)
    )


def waiting_logins(row: Project) -> Markup:
    """Draw the logins opened with the approval whose first password nobody has been shown.

    One that could not be opened leads to the form that asks for another sign-in name.

    Only the general contractor's administrator is shown them (screens.md 2.5, 4.2 D).
    """
    actor = scope.current()
    if (
        "ManagerView.password" not in current_app.view_functions
        or row.general_contractor_id not in actor.enterprises
        or not actor.can("write", str(Area.STAFF))
    ):
        return Markup()
    logins: list[dict[str, Any]] = [
        {
            **login,
            "url": url_for("ManagerView.password", pk=login["row_id"], **asking_now())
            if login["opened"]
            else url_for("ManagerView.edit", pk=login["row_id"]),
        }
        for answer in events.waiting_logins_asked.send(project=row)
        for login in answer
    ]
    return Markup(  # noqa: S704 - the template escapes
        render_template("projects/logins.html", logins=logins) if logins else ""
    )


def of_head(row: Project, *, edit: str) -> Markup:
    """Draw everything the head has to tell those who see the whole project."""
    if not queries.sees_whole(row, scope.current()):
        return Markup()
    return returned(row, edit=edit) + waiting_logins(row)
