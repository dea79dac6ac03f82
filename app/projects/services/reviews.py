"""The review of a project and the report of its start (screens.md 4.5)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app.core import clock, scope
from app.core.columns.base import specs
from app.extensions import db
from app.projects import events
from app.projects.errors import NothingMarked, OutOfOrder, StartReportMissing
from app.projects.models import Project
from app.projects.queries.labels import field_label
from app.projects.services.permits import release_permits
from app.projects.states import PROJECT_FLOW


def approve_project(project: Project, *, actor: scope.Principal, remark: str = "") -> list[str]:
    """Let a project pass: roster, devices and accounts work from now on.

    Gives what could not be done along with it, a sentence each.
    """
    project.approved_on = clock.today()
    project.opinion = remark or None
    project.returned_fields = None
    PROJECT_FLOW.fire("approve", project, actor=actor, remark=remark)
    return [str(words) for words in events.project_approved.send(project=project, actor=actor)]


def return_project(
    project: Project, marks: Mapping[str, str], *, actor: scope.Principal, remark: str = ""
) -> None:
    """Send an application back with its wrong fields, each with a reason.

    ``marks`` holds a reason by the field's name in the form; the record of the review names
    the fields beside the reviewer's own words.
    """
    found = {name: reason.strip()[:200] for name, reason in marks.items() if reason.strip()}
    if not found or len(found) < len(marks):
        raise NothingMarked
    project.returned_fields = found
    project.opinion = remark or None
    words = [f"{field_label(name)}：{reason}" for name, reason in found.items()]
    said = "；".join([remark, *words] if remark else words)
    PROJECT_FLOW.fire("return", project, actor=actor, remark=said)


def reject_project(project: Project, *, actor: scope.Principal, remark: str = "") -> None:
    """Refuse an application for good, with the reason; its permits are free for another."""
    project.opinion = remark or None
    PROJECT_FLOW.fire("reject", project, actor=actor, remark=remark)
    release_permits(project)


def start_project(project: Project, values: Mapping[str, Any], *, actor: scope.Principal) -> None:
    """Report the start of works 开工: ``actual_start`` not after today; in use from then on.

    A start before the approval needs the start report, and so may the days before it be
    entered without review.
    """
    begun = values.get("actual_start") or project.planned_start
    if begun is None or begun > clock.today():
        raise OutOfOrder(
            gettext(
                "%(label)s cannot lie in the future: report the start on the day or later",
                label=specs(Project)["actual_start"].label,
            ),
            field="actual_start",
        )
    report = values.get("start_report") or project.start_report
    if project.approved_on and begun < project.approved_on and not report:
        raise StartReportMissing
    project.actual_start, project.start_report = begun, report
    PROJECT_FLOW.fire("start", project, actor=actor)
    db.session.flush()
    events.project_started.send(project=project, actor=actor)
