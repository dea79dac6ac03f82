"""施工许可证: added, changed and removed inside their project (screens.md 6)."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.views import BaseModelView, Interface, answer, new_form
from app.core.views.pages import submit
from app.permissions import Area
from app.projects import queries, services
from app.projects.models import Permit, Project
from app.projects.states import require
from app.projects.views import tabs

SECTIONS: list[tuple[Any, list[str]]] = [
    (_("Permit"), ["permit_no", "permit_name", "issuer", "issued_on", "valid_to", "scale_text",
                   "contract_amount", "remark"]),
    (_("Pictures"), ["permit_images", "contract_images"]),
]  # fmt: skip


class PermitView(tabs.WithUnits, BaseModelView):
    """One permit of a project."""

    datamodel = Interface(Permit)
    route_base = "/permits"
    class_permission_name = Area.PROJECTS
    method_permission_name = {"remove": "write"}
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "unmask"}
    list_title = _("Construction permits")
    add_title = _("Add a permit")
    edit_title = _("Edit the permit")
    list_columns = ["permit_no", "permit_name", "issuer", "issued_on", "valid_to"]
    keyword_columns = ("permit_no", "permit_name")
    search_columns = ["issued_on", "valid_to"]
    order_columns = ["permit_no", "issued_on", "valid_to"]
    base_order = ("id", "desc")
    form_sections = SECTIONS
    show_sections = SECTIONS
    add_service = staticmethod(services.add_permit)
    edit_service = staticmethod(services.change_permit)

    def toolbar(self) -> list[dict[str, Any]]:
        """Permits are added on their project's page."""
        return []

    def _project(self, number: Any) -> Project:
        raw = str(number or "")
        found = queries.project(int(raw)) if raw.isdecimal() and len(raw) < 19 else None
        if found is None:
            abort(404)
        return found

    def may_edit(self, row: Permit) -> bool:
        """Permits change while the application is open."""
        return tabs.may_write_permits(self._project(row.project_id))

    def buttons(self, row: Permit) -> list[dict[str, Any]]:
        """Give the way back and the edit form."""
        back = {"label": gettext("Back to the project"),
                "url": url_for("ProjectView.show", pk=row.project_id, tab="permits")}  # fmt: skip
        return [back, *super().buttons(row)]

    def head(self, row: Permit) -> dict[str, Any]:
        """Give the head card with what looks odd."""
        head = super().head(row)
        project = self._project(row.project_id)
        head["subtitle"] = project.name
        head["note"] = "；".join(services.permit_warnings(row, project))
        return head

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form of a new permit of ?project=."""
        project = self._project(request.args.get("project"))
        require("permits", project)
        if not tabs.may_write_permits(project):
            abort(403)
        back = url_for("ProjectView.show", pk=project.id, tab="permits")
        wanted = self._class_of(self.form_sections, self.form_base)
        form = new_form(wanted, permit_name=project.name)
        if request.method == "POST":

            def save(values: dict[str, Any], *, actor: scope.Principal) -> Permit:
                return services.add_permit(project, values, actor=actor)

            row = submit(form, save)
            if row is not None:
                flash(gettext("Saved"), "success")
                for line in services.permit_warnings(row, project):
                    flash(line, "warning")
                return redirect(back)
        return self.form_page(form, self.form_sections, self.add_title, back)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Show and take the form of a permit while the application is open."""
        require("permits", self._project(self.row(pk).project_id))
        return super().edit(pk)

    @expose("/remove/<pk>", methods=["POST"])
    @has_access
    def remove(self, pk: str) -> Any:
        """Take a permit out of an open application."""
        row = self.row(pk)
        back = url_for("ProjectView.show", pk=row.project_id, tab="permits")
        answer(services.remove_permit, row, success=gettext("Removed"))
        return redirect(back)
