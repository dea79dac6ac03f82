"""项目审核: what waits for the district, what changed, and the decision (screens.md 4.5)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import Select

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.views import Computed, Interface, Tab, answer
from app.core.views.base import BaseModelView
from app.core.views.details import timeline
from app.core.views.marks import Problem, given_marks, marked_reasons, unexplained, wordless
from app.permissions import Area
from app.projects import queries, services
from app.projects.choices import INVITED_ROLES, ProjectState
from app.projects.errors import ProjectLocked
from app.projects.forms import marked_names
from app.projects.models import Project
from app.projects.queries import completeness
from app.projects.queries.labels import field_label
from app.projects.services.snapshots import differences
from app.projects.states import PROJECT_FLOW
from app.projects.views.around import known
from app.projects.views.projects import ProjectView
from app.projects.views.reviewing import review_groups

HOURS, DAY = 24, 86_400
DECISIONS = {"approve", "return", "reject"}


def _waited(row: Project, _facts: Any) -> str:
    if row.submitted_at is None or row.state is not ProjectState.SUBMITTED:
        return "—"
    seconds = (clock.now() - row.submitted_at).total_seconds()
    if seconds < DAY:
        return gettext("%(n)s hours", n=int(seconds * HOURS / DAY))
    return gettext("%(n)s days", n=int(seconds / DAY))


def _left(row: Project, _facts: Any) -> str:
    if row.review_due_on is None or row.state is not ProjectState.SUBMITTED:
        return "—"
    days = (row.review_due_on - clock.today()).days
    if days < 0:
        return gettext("%(n)s days over", n=-days)
    return gettext("%(n)s days", n=days)


class ProjectReviewView(ProjectView):
    """Applications the government decides."""

    datamodel = Interface(Project)
    route_base = "/project-reviews"
    # the reviewers' own area: contractors read projects too, and must not find the list
    class_permission_name = Area.REGISTRATIONS
    method_permission_name = {
        "approve": "approve", "send_back": "return", "reject": "reject",
    }  # fmt: skip
    exclude_route_methods = {
        *ProjectView.exclude_route_methods, "add", "edit", "confirm", "withdraw", "begin",
        "settings",
    }  # fmt: skip
    list_title = _("Projects to review")
    empty_title = _("Nothing waits for review")
    empty_text = _("New applications of your district stand here.")
    list_columns = [
        "name", "project_no", "general_contractor_name", "district_code", "category",
        "submitted_at", "waited", "left", "attempt", "state",
    ]  # fmt: skip
    card_columns = ("name", "general_contractor_name", "waited", "left")
    search_columns = ["district_code", "category", "submitted_at"]
    order_columns = ["submitted_at", "name", "review_due_on"]
    base_order = ("submitted_at", "asc")
    computed = {
        "waited": Computed(_("Waiting for"), _waited),
        "left": Computed(_("Time left"), _left),
    }

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Show what waits on the list; the record of a decided one stays reachable."""
        if (request.endpoint or "").endswith(".list") or (request.endpoint or "").endswith(
            ".export"
        ):
            return query.where(Project.state == ProjectState.SUBMITTED)
        return query.where(Project.state != ProjectState.DRAFT)

    def facts(self, rows: list[Project]) -> Any:  # noqa: ARG002 - the rows are enough
        """Need nothing beside the rows."""
        return None

    def extra_filters(self) -> list[dict[str, Any]]:
        """Filter by columns only."""
        return []

    def may_add(self) -> bool:
        """Nobody applies here."""
        return False

    def may_edit(self, row: Project) -> bool:  # noqa: ARG002 - of no row
        """Reviewers do not edit."""
        return False

    def row_actions(self, row: Project) -> list[dict[str, Any]]:
        """Give the way to the decision."""
        return [{"label": gettext("Review"), "url": url_for(".show", pk=row.id)}]

    def tabs(self, row: Project) -> list[Tab]:
        """Give units and permits here; the record stands on the first tab."""
        return [tab for tab in super().tabs(row) if tab.name != "review"]

    def own_tab(self, row: Project) -> dict[str, Any]:
        """Give the whole form with its hints and marks, and the course of the matter."""
        may = {m.verb for m in PROJECT_FLOW.open_to(scope.current(), row.state)} & DECISIONS
        form = render_template(
            "projects/review.html", row=row, hints=_hints(row) if may else [],
            changes=differences(row), groups=review_groups(row, self.value), may=may,
            marks=row.returned_fields or {}, given=given_marks(marked_names()),
            remark=request.form.get("remark", ""), problems=self._problems(),
        )  # fmt: skip
        html = Markup(form)  # noqa: S704 - the template escapes
        return {"tab_html": html, "timeline": timeline(row)}

    def head(self, row: Project) -> dict[str, Any]:
        """Give the head card with how long the application has waited."""
        head = BaseModelView.head(self, row)
        head["numbers"] = [
            {"label": specs(Project)["attempt"].label, "value": row.attempt},
            {"label": gettext("Waiting for"), "value": _waited(row, None)},
            {"label": gettext("Time left"), "value": _left(row, None)},
        ]
        return head

    def _waiting(self, pk: str, verb: str) -> Project:
        """Load a project whose review is still open; refuse the form of any other."""
        row: Project = self.row(pk)
        if PROJECT_FLOW.transition(verb, row.state) is None:
            raise ProjectLocked(row)
        return row

    @expose("/approve/<pk>", methods=["POST"])
    @has_access
    def approve(self, pk: str) -> Any:
        """Let the project pass."""
        remark = request.form.get("remark", "").strip()[:500]
        row = self.row(pk)
        undone = answer(services.approve_project, row, remark=remark, success=gettext("Approved"))
        for words in undone or ():
            flash(words, "warning")
        return redirect(url_for(".show", pk=pk))

    @expose("/return/<pk>", methods=["POST"])
    @has_access
    def send_back(self, pk: str) -> Any:
        """Return for changes: mark fields, each with its reason; what was typed stays."""
        row = self._waiting(pk, "return")
        if self._problems():
            return self._again(row)
        marks = marked_reasons(given_marks(marked_names()))
        remark = request.form.get("remark", "").strip()[:500]
        words = gettext("Returned to the applicant with %(n)s marked fields", n=len(marks))
        if answer(services.return_project, row, marks, remark=remark, success=words):
            return redirect(url_for(".list"))
        return self._again(row)

    @expose("/reject/<pk>", methods=["POST"])
    @has_access
    def reject(self, pk: str) -> Any:
        """Refuse with a reason; what was typed stays."""
        row = self._waiting(pk, "reject")
        if self._problems():
            return self._again(row)
        remark = request.form.get("remark", "").strip()[:500]
        words = gettext("Application refused")
        if answer(services.reject_project, row, remark=remark, success=words):
            return redirect(url_for(".list"))
        return self._again(row)

    def _problems(self) -> list[Problem]:
        """Give what the decision being made lacks; nothing where none is being made."""
        asked = (request.endpoint or "").rpartition(".")[2] if request.method == "POST" else ""
        if asked == "send_back":
            return unexplained(given_marks(marked_names()), field_label)
        return wordless("remark") if asked == "reject" else []

    def _again(self, row: Project) -> str:
        return self.render_template(
            self.show_template, title=str(row), pk=row.id, **self.show_context(row)
        )


def _hints(row: Project) -> list[str]:
    """Give what a reviewer should look at: what is missing, permits, invited units."""
    dossier = known(row).dossier
    found = []
    if lacking := completeness.missing(dossier):
        found.append(gettext("Still missing: %(items)s", items="、".join(lacking)))
    for permit in dossier.permits:
        found += [f"{permit.permit_no}：{line}" for line in services.permit_warnings(permit, row)]
        if permit.valid_to and permit.valid_to < clock.today():
            found.append(gettext("Permit %(no)s has expired", no=permit.permit_no))
    for unit in queries.units(row, INVITED_ROLES):
        if unit.no_qualification_warning:
            found.append(f"{unit.name}：{queries.registry.cover_warning()}")
    return found
