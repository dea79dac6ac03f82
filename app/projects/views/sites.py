"""项目: approved projects, and choosing the one all pages below work in (screens.md 4.3)."""

from typing import Any

from flask import abort, current_app, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import Select, or_, select
from werkzeug.wrappers import Response

from app.core import dictionaries, scope
from app.core.views import BaseModelView, Computed, Interface, back_or
from app.core.views.shell import choose_project, chosen_project_id
from app.extensions import db
from app.permissions import Area
from app.projects import queries
from app.projects.choices import WORKING_STATES
from app.projects.forms import LEFT_OUT, SECTIONS
from app.projects.models import Project
from app.projects.queries import facts
from app.projects.views.amounts import WithheldAmounts

PAGE = 20
# posted through the form of the page that carries the token
ENTER = Markup('<button class="word" form="row-action" formaction="{}">{}</button>')
PLACES = {
    "workers": "WorkerView.list", "teams": "TeamView.list", "attendance": "ReportPage.index",
    "punches": "PunchView.list", "alerts": "AlertView.list", "incidents": "IncidentView.list",
}  # fmt: skip


def _role(row: Project, found: Any) -> str:
    own = found["roles"].get(row.id, [])
    return "、".join(dictionaries.label("unit_role", unit.unit_role) for unit in own) or "—"


def _answered(name: str) -> Any:
    return lambda row, found: found["answers"].get(row.id, {}).get(name, "—")


class SiteView(WithheldAmounts, BaseModelView):
    """The approved projects a user works in."""

    datamodel = Interface(Project)
    route_base = "/sites"
    class_permission_name = Area.PROJECTS
    method_permission_name = {"options": "read", "switch": "read", "enter": "read"}
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "show", "unmask"}
    list_title = _("Project list")
    empty_title = _("No approved project yet")
    empty_text = _("A project stands here once its application is approved.")
    list_columns = [
        "name", "state", "own_role", "teams", "on_site", "attendance_rate", "payable", "paid",
        "alerts",
    ]  # fmt: skip
    name_column = "name"
    card_columns = ("name", "state", "on_site", "alerts")
    keyword_columns = ("name", "project_no")
    search_columns = ["district_code", "category", "state"]
    order_columns = ["name", "planned_start"]
    base_order = ("id", "desc")
    show_sections = SECTIONS  # which ProjectView shows
    left_out = LEFT_OUT
    computed = {
        "own_role": Computed(_("Our role"), _role),
        "teams": Computed(_("Teams"), lambda r, f: f["teams"].get(r.id, 0), numeric=True),
        "on_site": Computed(
            _("Workers on site"), lambda r, f: f["people"].get(r.id, 0), numeric=True
        ),
        "attendance_rate": Computed(
            _("Attendance today"), _answered("attendance_rate"), numeric=True
        ),
        "payable": Computed(_("Payable this month"), _answered("payable"), numeric=True),
        "paid": Computed(_("Paid this month"), _answered("paid"), numeric=True),
        "alerts": Computed(_("Open warnings"), lambda r, f: f["alerts"].get(r.id, 0), numeric=True),
    }

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Show projects whose review has passed."""
        return query.where(Project.state.in_(WORKING_STATES))

    def facts(self, rows: list[Project]) -> dict[str, Any]:
        """Read the computed columns of a page at once."""
        numbers = [row.id for row in rows]
        return {
            "roles": queries.own_roles(numbers, scope.current()),
            **facts.counts(numbers, "teams", "people", "alerts"),
            "answers": facts.answered(numbers),
        }

    def row_url(self, row: Project) -> str | None:  # noqa: ARG002 - of no row
        """Lead nowhere: choosing a name enters the project, which is no link."""
        return None

    def _cell(self, row: Project, name: str, facts: Any) -> dict[str, Any]:
        """Make a button of the name: entering changes what all pages below are about."""
        cell = super()._cell(row, name, facts)
        if name == self.name_column:
            cell["html"] = ENTER.format(url_for(".enter", pk=row.id), cell["html"])
        return cell

    def row_actions(self, row: Project) -> list[dict[str, Any]]:
        """Offer to work in the project, or to read about it."""
        return [
            {"label": gettext("Work in this project"), "url": url_for(".enter", pk=row.id),
             "method": "post"},
            {"label": gettext("Details"), "url": url_for("ProjectView.show", pk=row.id)},
        ]  # fmt: skip

    @expose("/enter/<pk>", methods=["POST"])
    @has_access
    def enter(self, pk: str) -> Response:
        """Fix the project for the pages below and go to one of them, else to its roster."""
        return self._enter(self.row(pk), request.args.get("to", ""))

    @staticmethod
    def _enter(row: Project, place: str = "") -> Response:
        choose_project(row.id)
        endpoint = PLACES.get(place, PLACES["workers"])
        if endpoint in current_app.view_functions:
            return redirect(url_for(endpoint))
        return redirect(url_for("ProjectView.show", pk=row.id))

    @expose("/options")
    @has_access
    def options(self) -> Any:
        """Answer the project switch of the header, twenty at a time."""
        term = request.args.get("q", "").strip()[:50]
        raw = request.args.get("page", "1")
        page = max(int(raw), 1) if raw.isdecimal() and len(raw) < 6 else 1
        query = self.restrict(select(Project).where(Project.is_deleted.is_(False)))
        if term:
            query = query.where(
                or_(
                    Project.name.contains(term, autoescape=True),
                    Project.project_no.startswith(term, autoescape=True),
                )
            )
        query = query.order_by(Project.id.desc()).offset((page - 1) * PAGE).limit(PAGE + 1)
        rows = list(db.session.scalars(query))
        return jsonify(
            results=[
                {"id": row.id, "text": row.name, "note": f"{row.project_no} · {row.state.label}"}
                for row in rows[:PAGE]
            ],
            pagination={"more": len(rows) > PAGE},
        )

    @expose("/switch", methods=["POST"])
    @has_access
    def switch(self) -> Any:
        """Choose a project at the top of the page; an empty choice means all of them."""
        raw = request.form.get("project_id", "").strip()
        if not raw:
            choose_project(None)
            return back_or(".list")
        row = self.row(raw)
        if row is None:
            abort(404)
        entered = chosen_project_id() is not None
        choose_project(row.id)
        return back_or(".list") if entered else self._enter(row)
