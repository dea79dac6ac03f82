"""花名册 and worker cards: papers of the filtered or ticked workers (screens.md 8.2)."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import groupby
from typing import Any

import segno
from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from app.core import clock, files, printing, scope
from app.core.columns.base import specs
from app.core.columns.links import with_references
from app.core.files import StoredFile
from app.core.papers import Paper
from app.core.sheets import safe_cell
from app.core.views.asked import integer
from app.core.views.lists import ListMixin
from app.extensions import db
from app.projects.models import Project
from app.roster.models import ProjectWorker
from app.roster.services import ages, passes
from app.roster.views.base import chosen_project

CHUNK = 500
# of the roster book: column, width in the sheet
BOOK = (
    ("name", 10), ("sex", 6), ("age", 6), ("id_number", 22), ("work_type", 12), ("unit_id", 26),
    ("team_id", 14), ("mobile", 14), ("entry_on", 12), ("exit_on", 12), ("contract_no", 16),
    ("contract_signed_on", 12), ("bank_code", 16), ("training_on", 12), ("state", 9),
)  # fmt: skip
GROUPED = ("unit_id", "team_id")  # stand above the rows on paper
EXPORT_MARK = _("Exported by %(name)s at %(at)s")
THIN = Border(*[Side(style="thin", color="B8C0CC")] * 4)


def stays(keys: list[int]) -> list[ProjectWorker]:
    """Load some stays by unit, team and entry, with the names of both."""
    query = (
        select(ProjectWorker)
        .options(*with_references(ProjectWorker, GROUPED))
        .order_by(ProjectWorker.unit_id, ProjectWorker.team_id, ProjectWorker.entry_on,
                  ProjectWorker.id)
    )  # fmt: skip
    found: list[ProjectWorker] = []
    for start in range(0, len(keys), CHUNK):
        found += db.session.scalars(
            query.where(ProjectWorker.id.in_(keys[start : start + CHUNK]))
        ).unique()
    found.sort(key=lambda row: (row.unit_id, row.team_id, row.entry_on or date.min, row.id))
    return found


def _head(name: str) -> str:
    return gettext("Age") if name == "age" else str(specs(ProjectWorker)[name].label)


def _cell(row: ProjectWorker, name: str) -> Any:
    """Give a value as lists show it: numbers masked, references by name."""
    if name == "age":
        return ages.full_years(row.birth_on) or ""
    if name in GROUPED:
        return str(getattr(row, name.removesuffix("_id")) or "")
    spec = specs(ProjectWorker)[name]
    return spec.kind.cell(spec.value(row))


def _mark() -> str:
    at = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
    return str(EXPORT_MARK) % {"name": scope.current().name, "at": at}


def _about(project: Project, number: int) -> list[tuple[str, Any]]:
    return [
        (gettext("Project"), project.name), (gettext("Project no."), project.project_no or ""),
        (gettext("General contractor"), project.general_contractor_name or ""),
        (gettext("Number of workers"), number), (gettext("Date"), clock.today().isoformat()),
    ]  # fmt: skip


def _signatures() -> list[str]:
    return [gettext("Made by"), gettext("Labour manager (signature)"),
            gettext("Project manager (signature)"), gettext("Seal and date")]  # fmt: skip


def book_sheet(keys: list[int], title: str) -> bytes:
    """Write the roster book as a workbook: who, on which project, numbered, to be signed."""
    rows, project = stays(keys), chosen_project()
    book = Workbook(write_only=True)
    sheet = book.create_sheet(gettext("Roster book"))
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows, sheet.freeze_panes = "3:3", "C4"
    sheet.oddFooter.left.text = _mark().replace("&", "&&")[:200]
    sheet.column_dimensions["A"].width = 6
    for place, (_name, width) in enumerate(BOOK):
        sheet.column_dimensions[chr(ord("B") + place)].width = width
    sheet.append([_styled(sheet, title, bold=True, size=16)])
    about = "    ".join(f"{label}：{value}" for label, value in _about(project, len(rows)))
    sheet.append([_styled(sheet, about)])
    heads = [gettext("No."), *(_head(name) for name, _width in BOOK)]
    sheet.append([_styled(sheet, head, bold=True, ruled=True) for head in heads])
    for number, row in enumerate(rows, 1):
        cells = [number, *(_cell(row, name) for name, _width in BOOK)]
        sheet.append([_styled(sheet, value, ruled=True) for value in cells])
    sheet.append([])
    sheet.append([_styled(sheet, "        ".join(f"{one}：____________" for one in _signatures()))])
    sheet.append([_styled(sheet, _mark())])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _styled(
    sheet: Any, value: Any, *, bold: bool = False, size: int = 11, ruled: bool = False
) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=safe_cell(value))
    cell.font = Font(bold=bold, size=size)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if ruled:
        cell.border, cell.alignment = THIN, Alignment(vertical="center", wrap_text=True)
    return cell


def book_paper(keys: list[int], title: str) -> bytes:
    """Print the roster book on A4 across, by unit and team, numbered throughout."""
    rows, project = stays(keys), chosen_project()
    names = [name for name, _width in BOOK if name not in GROUPED]
    numbered = enumerate(rows, 1)
    groups = [
        {"unit": str(unit or ""), "team": str(team or ""),
         "rows": [(number, [_cell(row, name) for name in names]) for number, row in lines]}
        for (unit, team), lines in _by_team(numbered)
    ]  # fmt: skip
    return printing.pdf(
        "roster/book.html", title=title, mark=_mark(), about=_about(project, len(rows)),
        heads=[gettext("No."), *(_head(name) for name in names)], groups=groups,
        signatures=_signatures(),
    )  # fmt: skip


def _by_team(numbered: Any) -> Iterator[tuple[tuple[Any, Any], list[Any]]]:
    for _key, lines in groupby(numbered, lambda pair: (pair[1].unit_id, pair[1].team_id)):
        found = list(lines)
        yield (found[0][1].unit, found[0][1].team), found


def cards(keys: list[int], title: str) -> bytes:
    """Print worker cards of 85.6 by 54 mm, ten on a sheet of A4, each with its QR code."""
    rows, project = stays(keys), chosen_project()
    pictures = _pictures(rows)
    drawn = [
        {
            "name": row.name, "worker_no": row.worker_no, "unit": str(row.unit or ""),
            "team": str(row.team or ""), "leads": row.is_team_leader,
            "trade": specs(ProjectWorker)["work_type"].shown(row),
            "photo": f"picture:{row.id}" if str(row.id) in pictures else "",
            "code": segno.make(
                url_for("PassPage.show", mark=passes.mark_of(row.id), _external=True), error="m"
            ).svg_data_uri(scale=4, border=0),
        }
        for row in rows
    ]  # fmt: skip
    sheets = [drawn[start : start + 10] for start in range(0, len(drawn), 10)]
    return printing.pdf(
        "roster/cards.html", pictures=pictures, title=title, project=project, sheets=sheets
    )


def _pictures(rows: list[ProjectWorker]) -> dict[str, bytes]:
    """Give the face of each worker, else the portrait of his document, as small as there is."""
    wanted = {row.face_photo or row.id_portrait: str(row.id) for row in rows}
    wanted.pop(None, None)
    columns = (StoredFile.id, StoredFile.exchange_key, StoredFile.key)
    found: dict[str, bytes] = {}
    for number, small, whole in db.session.execute(
        select(*columns).where(StoredFile.id.in_(wanted))
    ):
        with files.store().open(small or whole) as content:
            found[wanted[number]] = content.read()
    return found


PAPERS = {
    "book": Paper(_("Roster book"), "xlsx", book_sheet, at_once=1000, most=20_000),
    "print": Paper(_("Roster book"), "pdf", book_paper, at_once=150, most=5000),
    "cards": Paper(_("Worker cards"), "pdf", cards, at_once=30, most=1000),
}


class PapersMixin(ListMixin):
    """The papers of the worker list; mixed into its view."""

    papers = PAPERS
    send_paper: Any

    def filtered(self) -> Select[Any]:
        """Narrow a paper to the ticked rows, where some are named."""
        query = super().filtered()
        ticked = [integer(raw, -1) for raw in request.args.getlist("rowid")[:500]]
        return query.where(ProjectWorker.id.in_(ticked)) if ticked else query

    def paper_buttons(self) -> list[dict[str, Any]]:
        """Give 导出花名册, 打印花名册 and 打印工人卡 for the rows found, within a project."""
        if self.project_id() is None:
            return []
        given: dict[str, Any] = request.args.to_dict(flat=False)
        words = {
            "book": gettext("Export the roster book"), "print": gettext("Print the roster book"),
            "cards": gettext("Print worker cards"),
        }  # fmt: skip
        return [
            {"label": word, "url": url_for(".paper", **{**given, "paper": name})}
            for name, word in words.items()
        ]

    def list_context(self) -> dict[str, Any]:
        """Add the papers to the tools of the list."""
        return {**super().list_context(), "papers": self.paper_buttons()}

    def bulk_actions(self) -> list[dict[str, Any]]:
        """Add 打印工人卡 to what may be done with ticked rows."""
        found: list[dict[str, Any]] = super().bulk_actions()  # type: ignore[misc]
        if self.project_id() is None:
            return found
        return [*found, {"name": "cards", "label": gettext("Print worker cards"),
                         "url": url_for(".paper", paper="cards")}]  # fmt: skip

    def buttons(self, row: Any) -> list[dict[str, Any]]:
        """Add the card of this worker to the buttons of his page."""
        found: list[dict[str, Any]] = super().buttons(row)  # type: ignore[misc]
        if row.project_id != self.project_id():
            return found
        address = url_for(".paper", paper="cards", rowid=row.id)
        return [*found, {"label": gettext("Print worker card"), "url": address, "method": "get",
                         "tone": ""}]  # fmt: skip

    @expose("/papers", methods=["GET", "POST"])
    @has_access
    def paper(self) -> Response:
        """Give a paper of the filtered workers, or of those ticked on the list."""
        paper = request.args.get("paper", "")
        if paper not in self.papers:
            abort(404)
        if request.method == "POST":  # the ticks of a list are posted; a paper has an address
            ticked = request.form.getlist("rowid")[:500]
            return redirect(url_for(".paper", paper=paper, rowid=ticked))
        if self.project_id() is None:
            flash(gettext("Choose a project at the top of the page first"), "warning")
            return redirect(url_for(".list"))
        found: Response = self.send_paper(self.papers[paper])
        return found
