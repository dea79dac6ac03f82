"""全部导入记录: every import with its uploader, state and counts; and the file it was (14, 15)."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import false, select
from werkzeug.wrappers import Response

from app.core import guard, scope, sheets
from app.core.columns.codes import badge
from app.core.errors import Refusal
from app.core.views import BaseModelView, Computed, Interface
from app.core.views.pages import download
from app.core.words import people
from app.extensions import db
from app.imports import services
from app.imports.choices import ImportState
from app.imports.models import ImportJob
from app.imports.showing import when
from app.imports.templates import TEMPLATES
from app.permissions import Area
from app.projects.models import Project

OLD_MIME = "application/vnd.ms-excel"
MOST_PROJECTS = 500


def _template(row: ImportJob) -> str:
    known = TEMPLATES.get(row.template)
    return f"{known.code} {known.title}" if known else str(row.template)


class ImportRunView(BaseModelView):
    """The imports of all projects of a contractor; a single one is shown by the wizard."""

    datamodel = Interface(ImportJob)
    audience = scope.Audience.TENANT
    class_permission_name = Area.IMPORTS
    method_permission_name = {"original": "read"}
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "show", "unmask"}
    list_title = show_title = _("All imports")
    empty_title = _("No import yet")
    empty_text = _("Download a template under Import templates, fill it in and upload it there.")
    original_title = _("Download the uploaded file")
    list_columns = ["number", "filename", "about", "project", "who", "at", "stands", "total",
                    "passed", "failed", "imported"]  # fmt: skip
    name_column = "filename"
    card_columns = ("filename", "stands", "who", "imported")
    site_columns = ("project",)
    search_columns = ["state"]
    keyword_columns = ("filename",)
    order_columns = ["total", "failed", "imported"]
    base_order = ("id", "desc")
    show_sections = [
        (_("Import"), ["number", "filename", "about", "project", "who", "at", "digest"]),
        (_("Result"), ["stands", "total", "passed", "warned", "failed", "unchanged", "imported",
                       "outcome"]),
    ]  # fmt: skip
    # told in words by the computed columns
    left_out = ("template", "pictures", "wanted", "discarded", "state")
    computed = {
        "number": Computed(_("Number of the import"), lambda row, _facts: row.id, numeric=True),
        "about": Computed(_("Template"), lambda row, _facts: _template(row)),
        "project": Computed(_("Project"), lambda row, facts: facts["projects"].get(
            row.project_id, "")),
        "who": Computed(_("Uploaded by"), lambda row, facts: facts["people"].get(row.created_by)
                        or gettext("System")),
        "at": Computed(_("Uploaded at"), lambda row, _facts: when(row.created_at)),
        "stands": Computed(_("State"), lambda row, _facts: badge(*row.badge)),
    }  # fmt: skip

    def project_id(self) -> int | None:
        """Show all projects; the filter narrows to one."""
        return None

    def facts(self, rows: list[Any]) -> dict[str, Any]:
        """Read the names of uploaders and projects of a page."""
        numbers = {row.project_id for row in rows}
        named = select(Project.id, Project.name).where(Project.id.in_(numbers))
        return {
            "people": people({row.created_by for row in rows}),
            "projects": {one.id: one.name for one in db.session.execute(named)},
        }

    def extra_filters(self) -> list[dict[str, Any]]:
        """Filter by project, template and uploader."""
        projects = db.session.execute(
            select(Project.id, Project.name)
            .where(Project.id.in_(select(ImportJob.project_id)))
            .order_by(Project.name)
            .limit(MOST_PROJECTS)
        ).all()
        return [
            {"name": "project", "label": gettext("Project"), "kind": "select", "primary": True,
             "choices": [(str(number), name) for number, name in projects],
             "where": lambda raw: ImportJob.project_id == _integer(raw)},
            {"name": "about", "label": gettext("Template"), "kind": "select", "primary": True,
             "choices": [(one.code, f"{one.code} {one.title}") for one in TEMPLATES.values()],
             "where": lambda raw: ImportJob.template == raw},
            {"name": "mine", "label": gettext("Uploaded by"), "kind": "select",
             "choices": [("1", gettext("Myself"))], "where": _mine},
        ]  # fmt: skip

    def row_url(self, row: ImportJob) -> str | None:
        """Lead to the page of the wizard."""
        return url_for("TemplatePage.show", pk=row.id)

    def row_actions(self, row: ImportJob) -> list[dict[str, Any]]:
        """Offer the page, and the file to who may open it."""
        found = [{"label": gettext("View"), "url": self.row_url(row)}]
        forgotten = row.pictures or row.state is ImportState.FAILED  # see keeping.WROTE
        if not forgotten and services.may_open_file(row, scope.current()):
            found.append({"label": self.original_title, "url": url_for(".original", pk=row.id)})
        return found

    @expose("/original/<pk>", methods=["GET", "POST"])
    @has_access
    def original(self, pk: str) -> Any:
        """Ask why the uploaded file is opened, then send it; the look is recorded."""
        row = self.row(pk)
        if not services.may_open_file(row, scope.current()):
            abort(404)
        if request.method == "POST":
            try:
                with guard.sentences():
                    content = services.open_file(
                        row, request.form.get("remark", ""), actor=scope.current()
                    )
                    db.session.commit()
            except Refusal as problem:
                flash(str(problem), "danger")
                return redirect(url_for(".original", pk=pk))
            return self._sent(row, content)
        return self.render_template(
            "ui/remark.html", title=self.original_title, subject=row.filename,
            action_url=url_for(".original", pk=pk), cancel_url=self.row_url(row),
            consequence=gettext(
                "It holds the whole numbers of everybody in it. Who opens it, when and why is"
                " recorded."
            ),
            remark_help=gettext("Say in words what you need it for; it stands in the record"),
        )  # fmt: skip

    def _sent(self, row: ImportJob, content: bytes) -> Response:
        mime = sheets.MIME if content.startswith(b"PK") else OLD_MIME
        return download(content, row.filename, mime)


class ImportEvidenceView(ImportRunView):
    """The imports of the official's districts, as the audit tells of them."""

    datamodel = Interface(ImportJob)
    audience = scope.Audience.GOVERNMENT
    class_permission_name = Area.AUDIT
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "unmask"}
    list_title = _("Imports")
    show_title = _("Import")
    empty_text = _("Nobody has imported anything in your scope, or the filters leave nothing.")

    def row_url(self, row: ImportJob) -> str | None:
        """Lead to the page of the import."""
        return url_for(".show", pk=row.id)

    def show_context(self, row: ImportJob) -> dict[str, Any]:
        """Show the import in words, with the way to its file."""
        facts = self.facts([row])
        sections = [
            (title, [(self._label(name), self._cell(row, name, facts)["html"]) for name in names])
            for title, names in self.show_sections
        ]
        buttons = []
        if services.keeps_file(row) and services.may_open_file(row, scope.current()):
            buttons = [{"label": self.original_title, "url": url_for(".original", pk=row.id),
                        "method": "get", "tone": ""}]  # fmt: skip
        head = {"title": row.filename, "buttons": buttons, "subtitle": _template(row)}
        return {"head": head, "tabs": [], "sections": sections}


def _integer(raw: str) -> int:
    return int(raw) if raw.isdecimal() and len(raw) < 18 else -1


def _mine(raw: str) -> Any:
    return ImportJob.created_by == scope.current().user_id if raw == "1" else false()
