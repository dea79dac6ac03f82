"""批量导入模板: templates, the wizard from upload to result (screens.md 14)."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.core import guard, printing, scope, settings, sheets
from app.core.errors import Refusal
from app.core.papers import Paper
from app.core.views import BasePage, answer
from app.core.views.exports import ExportMixin
from app.core.views.pages import download
from app.core.views.shell import chosen_project_id
from app.core.words import people
from app.extensions import db
from app.imports import jobs, manual, services, showing
from app.imports.choices import ImportState, Wanted
from app.imports.errors import Depended, NoProjectChosen
from app.imports.models import ImportJob
from app.imports.templates import TEMPLATES, template_of
from app.permissions import Area
from app.projects.models import Project

LAST = 5
BUSY = (ImportState.UPLOADED, ImportState.CHECKING, ImportState.IMPORTING)
OVER = (ImportState.DONE, ImportState.PARTLY, ImportState.FAILED, ImportState.UNDONE)


class TemplatePage(ExportMixin, BasePage):
    """批量导入模板 (manual, part 6; screens.md 14).

    What takes long to write, the mended workbook of a large import and the manual's first drawing,
    is written by a worker as the export of a list is.
    """

    route_base = "/imports"
    default_view = "index"
    title = _("Import templates")
    class_permission_name = Area.IMPORTS
    audience = scope.Audience.TENANT
    method_permission_name: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("index", "manual", "template", "show", "progress", "wrong"), "read"),
        **dict.fromkeys(
            ("upload", "upload_pictures", "confirm", "discard", "undo", "once"), "write"
        ),
    }

    @expose("/")
    @has_access
    def index(self) -> str:
        """Show a card for each template, with the last imports."""
        return self._cards()

    def _cards(self, code: str = "", problem: str = "") -> str:
        project, last = _project(), _last_imports()
        return self.page(
            "imports/index.html", project=project, templates=list(TEMPLATES.values()),
            last=last, uploaders=people({one.created_by for rows in last.values() for one in rows}),
            problem_of=code, problem=problem,
            may_upload=scope.current().can("write", Area.IMPORTS), when=showing.when,
            limits={"rows": settings.get(services.MOST_ROWS),
                    "megabytes": settings.get(services.MOST_MEGABYTES),
                    "zip": settings.get(services.MOST_ZIP_MEGABYTES)},
        )  # fmt: skip

    @expose("/template/<code>")
    @has_access
    def template(self, code: str) -> Response:
        """Download a template, with the units and teams of the chosen project."""
        found = template_of(code)
        content = sheets.template(found.sheet(_project()))
        return download(content, f"{found.code} {found.title}.xlsx", sheets.MIME)

    @expose("/manual")
    @has_access
    def manual(self) -> Response:
        """Download《Excel导入说明书》, one document for all templates; a worker draws it first."""
        drawn = manual.drawn()
        if drawn is None:
            return self._defer_export(manual.title())
        return download(drawn, f"{manual.title()}.pdf", printing.MIME)

    def asked_paper(self) -> Paper | None:
        """Give what the address asks a worker to write."""
        written = {"manual": self._manual_paper, "wrong": self._wrong_paper}
        make = written.get((request.endpoint or "").rpartition(".")[2])
        return make() if make else None

    def paper_title(self, paper: Paper) -> str:
        """Give the title of the file: the manual's, or the clerk's own name for his workbook."""
        return str(paper.title)

    def export_keys(self, most: int) -> list[Any]:  # noqa: ARG002 - one file, never more
        """Give the import the address names."""
        return [(request.view_args or {}).get("pk", 0)]

    def _manual_paper(self) -> Paper:
        return Paper(manual.title(), "pdf", lambda _keys, _title: manual.document(), 1, 1)

    def _wrong_paper(self) -> Paper:
        row = self._repairable((request.view_args or {})["pk"])
        return Paper(
            _name_of(row), "xlsx", lambda _keys, _title: services.wrong_workbook(row), 1, 1
        )

    @expose("/upload/<code>", methods=["POST"])
    @has_access
    def upload(self, code: str) -> Any:
        """Take a workbook into the chosen project and check it."""
        return self._received(code, services.start_import)

    @expose("/pictures/<code>", methods=["POST"])
    @has_access
    def upload_pictures(self, code: str) -> Any:
        """Take a zip of pictures for rows that stand on the list already."""
        if not template_of(code).owners:
            abort(404)
        return self._received(code, services.start_pictures)

    def _received(self, code: str, start: Callable[..., ImportJob]) -> Any:
        try:
            with guard.sentences():
                row = self._take(code, start, request.files.get("file"), actor=scope.current())
                db.session.commit()
        except Refusal as problem:
            zipped = start is services.start_pictures
            return self._cards(f"{code}-zip" if zipped else code, str(problem))
        return redirect(url_for(".show", pk=row.id))

    def _take(
        self, code: str, start: Callable[..., ImportJob], upload: FileStorage | None, *,
        actor: scope.Principal,
    ) -> ImportJob:  # fmt: skip
        project = _project()
        if project is None:
            raise NoProjectChosen
        if upload is None or not upload.filename:
            raise sheets.SheetUnreadable(gettext("Choose the file to upload"))
        row = start(code, project, upload.stream, upload.filename, actor=actor)
        return jobs.go_on(row, actor=actor)

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> str:
        """Show where an import stands: being checked, its preview, its result."""
        return self._page(self._row(pk))

    def _page(self, row: ImportJob, depended: Depended | None = None) -> str:
        busy = row.state in BUSY or jobs.being_undone(row)
        mine = row.created_by == scope.current().user_id
        found = showing.rows_of(row, request.args) if mine and not busy else None
        may_write = scope.current().can("write", Area.IMPORTS)
        return self.page(
            "imports/show.html", title=f"{template_of(row.template).title} · {row.filename}",
            row=row, busy=busy, percent=jobs.percent_of(row) if busy else 100, mine=mine,
            over=row.state in OVER, found=found, depended=depended,
            not_undone="" if depended else jobs.why_not_undone(row),
            repairable=mine and not busy and _repairable(row),
            steps=showing.steps(row), wanted=Wanted, when=showing.when,
            place_url=showing.place_of(row), uploader=_uploader(row), file_url=_file_url(row),
            shown_once=mine and not busy and services.shows_once(row),
            may_undo=not busy and may_write and row.state in showing.UNDOABLE and row.imported,
            may_import=mine and row.state is ImportState.PREVIEWED and may_write,
        )  # fmt: skip

    @expose("/<int:pk>/confirm", methods=["POST"])
    @has_access
    def confirm(self, pk: int) -> Response:
        """Import the wanted rows."""
        wanted = Wanted.__members__.get(request.form.get("wanted", ""))
        if wanted is None:
            abort(400)
        row = self._mine(pk)
        if row.state is ImportState.PREVIEWED:  # a second click finds it under way
            answer(self._import, row, wanted)
        return redirect(url_for(".show", pk=pk))  # type: ignore[return-value]

    def _import(self, row: ImportJob, wanted: Wanted, *, actor: scope.Principal) -> ImportJob:
        return jobs.go_on(services.confirm_import(row, wanted, actor=actor), actor=actor)

    @expose("/<int:pk>/progress")
    @has_access
    def progress(self, pk: int) -> Any:
        """Answer the progress bar."""
        row = self._row(pk)
        done = row.state not in BUSY and not jobs.being_undone(row)
        return jsonify(
            percent=100 if done else jobs.percent_of(row), text=row.state.label, done=done,
            url=url_for(".show", pk=pk) if done else "", error="",
        )  # fmt: skip

    @expose("/<int:pk>/wrong")
    @has_access
    def wrong(self, pk: int) -> Response:
        """Download one's own workbook: coloured cells, the sentences as comments."""
        row = self._repairable(pk)
        if row.total > jobs.AT_ONCE:
            return self._defer_export(_name_of(row))
        return download(services.wrong_workbook(row), f"{_name_of(row)}.xlsx", sheets.MIME)

    @expose("/<int:pk>/discard", methods=["POST"])
    @has_access
    def discard(self, pk: int) -> Response:
        """Throw a checked import away; nothing of it was written."""
        answer(services.discard_import, self._mine(pk), success=gettext("The import is discarded"))
        return redirect(url_for(".index"))  # type: ignore[return-value]

    @expose("/<int:pk>/undo", methods=["POST"])
    @has_access
    def undo(self, pk: int) -> Any:
        """Take an import back; the rows something depends on are listed where it cannot be."""
        row = self._row(pk)
        try:
            with guard.sentences():
                jobs.take_back(row, request.form.get("remark", "").strip(), actor=scope.current())
                db.session.commit()
        except Depended as problem:
            return self._page(self._row(pk), problem)
        except Refusal as problem:
            flash(str(problem), "danger")
        return redirect(url_for(".show", pk=pk))

    @expose("/<int:pk>/once", methods=["POST"])
    @has_access
    def once(self, pk: int) -> Response:
        """Download what is shown once, such as first passwords; a second time there is nothing."""
        row = self._mine(pk)
        said = services.once_of(row)
        if not said:
            abort(404)
        db.session.commit()
        heads = list(dict.fromkeys(head for one in said.values() for head in one))
        body = [
            [number, *(one.get(head, "") for head in heads)] for number, one in sorted(said.items())
        ]
        title = gettext("Result of the import")
        content = sheets.workbook(title, [gettext("Row"), *heads], body)
        return download(content, f"{title}.xlsx", sheets.MIME)

    def _row(self, pk: int) -> ImportJob:
        found = db.session.get(ImportJob, pk) if pk < 2**62 else None
        if found is None:
            abort(404)
        return found

    def _repairable(self, pk: int) -> ImportJob:
        """Give an import of one's own whose workbook can be mended."""
        row = self._mine(pk)
        if row.state in BUSY or not _repairable(row):
            abort(404)
        return row

    def _mine(self, pk: int) -> ImportJob:
        """Give an import of one's own: its rows are for nobody else."""
        found = self._row(pk)
        if found.created_by != scope.current().user_id:
            abort(404)
        return found


def _repairable(row: ImportJob) -> bool:
    """Tell whether there is a workbook to be marked: its rows are kept, and one deserves it.

    Where no row is wrong only the clerk's own workbook is worth having, and .xls is not written.
    """
    doubtful = row.warned and row.filename.lower().endswith(".xlsx")
    return not row.pictures and bool(row.failed or doubtful) and services.keeps_rows(row)


def _uploader(row: ImportJob) -> str:
    return people([row.created_by]).get(row.created_by) or gettext("System")


def _file_url(row: ImportJob) -> str:
    """Give the way to the uploaded file, for who may open it while it is kept."""
    may = services.may_open_file(row, scope.current()) and services.keeps_file(row)
    return url_for("ImportRunView.original", pk=row.id) if may else ""


def _name_of(row: ImportJob) -> str:
    return f"{row.filename.rsplit('.', 1)[0]} {gettext('errors')}"


def _project() -> Project | None:
    number = chosen_project_id()
    return db.session.get(Project, number) if number else None


def _last_imports() -> dict[str, list[ImportJob]]:
    """Give the last imports of each template in one statement."""
    place = func.row_number().over(partition_by=ImportJob.template, order_by=ImportJob.id.desc())
    query = select(ImportJob.id, place.label("place")).where(ImportJob.discarded.is_(False))
    number = chosen_project_id()
    if number:
        query = query.where(ImportJob.project_id == number)
    last = query.subquery()
    rows = db.session.scalars(
        select(ImportJob)
        .where(ImportJob.id.in_(select(last.c.id).where(last.c.place <= LAST)))
        .order_by(ImportJob.id.desc())
    )
    found: dict[str, list[ImportJob]] = {code: [] for code in TEMPLATES}
    for row in rows:
        found.setdefault(row.template, []).append(row)
    return found
