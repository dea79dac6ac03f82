"""What is kept of an import: its rows, what was found, the file itself; and for how long (D9)."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import delete, select

from app.core import clock, scope
from app.core.errors import NotFound
from app.core.sheets import ReadRow, SheetSpec
from app.core.sheets.rows import ERROR
from app.extensions import db
from app.imports.choices import AT_WORK, ImportState
from app.imports.models import ImportBook, ImportJob, ImportSheet
from app.imports.preview import Preview
from app.imports.states import IMPORT_FLOW
from app.imports.templates import template_of
from app.projects.models import Project

# who uploads a workbook repairs or confirms it within days; longer, whole identities would lie
# about without a purpose (个人信息保护法 第十九条)
ROWS_KEPT = timedelta(days=7)
WROTE = (ImportState.DONE, ImportState.PARTLY, ImportState.UNDONE)


def keep(job: ImportJob, kept: Mapping[str, Any], content: bytes | None) -> None:
    """Keep what was read of an upload, and the file itself, encrypted."""
    place = {"project_id": job.project_id, "unit_id": job.unit_id, "job_id": job.id}
    db.session.add(ImportSheet(**place, rows=pack_read(kept)))
    if content is not None:
        db.session.add(ImportBook(**place, content=base64.b64encode(content).decode("ascii")))
    db.session.flush()


def book_of(job: ImportJob) -> bytes | None:
    """Give the uploaded file; None when it is forgotten by now."""
    text = db.session.scalar(select(ImportBook.content).filter_by(job_id=job.id))
    return base64.b64decode(text) if text else None


def sheet_row(job: ImportJob) -> Any:
    """Give the row that holds what was read and found."""
    return db.session.scalars(select(ImportSheet).filter_by(job_id=job.id)).one()


def kept(job: ImportJob) -> dict[str, Any]:
    """Give what was read: rows, where the columns stand, hints."""
    return unpack_read(sheet_row(job).rows)


def pack_read(what: Mapping[str, Any]) -> str:
    """Write down what was read: a line about the whole, one with the headers, one for each row."""
    about = {name: value for name, value in what.items() if name != "rows"}
    return f"{pack(about)}\n{_pack_rows(what.get('rows', []))}"


def _pack_rows(rows: Iterable[Mapping[str, Any]]) -> str:
    heads: list[str] = []
    lines = []
    for row in rows:
        heads = heads or list(row["cells"])
        lines.append(pack([row["number"], [row["cells"].get(h, "") for h in heads], row["odd"]]))
    return "\n".join([pack(heads), *lines])


def unpack_read(text: str) -> dict[str, Any]:
    """Read all lines again."""
    about, rows = _read_lines(text)
    return {**about, "rows": [vars(row) for row in rows]}


def _read_lines(text: str) -> tuple[dict[str, Any], Iterator[ReadRow]]:
    lines = _lines(text)
    return json.loads(next(lines)), _rows(lines)


def _lines(text: str) -> Iterator[str]:
    """Give the lines one at a time: a whole workbook is large."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _rows(lines: Iterator[str]) -> Iterator[ReadRow]:
    heads = json.loads(next(lines))
    for line in lines:
        number, cells, odd = json.loads(line)
        yield ReadRow(number, dict(zip(heads, cells, strict=True)), odd)


def to_judge(job: ImportJob) -> tuple[dict[str, Any], Iterator[ReadRow]]:
    """Give what was read about the whole, and its rows one at a time."""
    return _read_lines(sheet_row(job).rows)


def project_of(job: ImportJob) -> Project:
    """Give the project an import goes into; NotFound when it is no longer the user's."""
    project = db.session.get(Project, job.project_id)
    if project is None:
        raise NotFound
    return project


def sheet_of(job: ImportJob) -> SheetSpec:
    """Give the sheet of an import, with the units and teams of its project."""
    return template_of(job.template).sheet(project_of(job))


def keep_findings(job: ImportJob, found: Preview) -> None:
    """Keep what was found beside the rows."""
    sheet_row(job).findings = pack(found.as_dict(found.letters))
    db.session.flush()


def keeps_rows(job: ImportJob) -> bool:
    """Tell whether the rows of a workbook are still there to be repaired."""
    return not sheet_row(job).is_deleted


def findings_of(job: ImportJob, *, actor: scope.Principal | None = None) -> dict[str, Any]:
    """Give what was found: counts, hints, and the cells with their sentences.

    Who uploaded the workbook reads the wrong cells as he wrote them; all others see the masks.
    """
    row, read = sheet_row(job), kept(job)
    found = json.loads(row.findings) if row.findings else {"problems": [], "plan": []}
    if actor is not None and actor.user_id and job.created_by == actor.user_id:
        cells = {one["number"]: one["cells"] for one in read["rows"]}
        for one in found["problems"]:
            written = cells.get(one["row"], {}).get(one["column"])
            if one["level"] == ERROR and written not in (None, ""):
                one["value"] = str(written)[:60]
    return {**found, "hints": read["hints"]}


def forget_rows(job: ImportJob, wrong: set[int]) -> None:
    """Keep of the persons only the rows that were left out, for their repair."""
    if job.state is ImportState.FAILED:
        return
    row = sheet_row(job)
    about, rows = _read_lines(row.rows)
    left = (vars(one) for one in (rows if wrong else ()) if one.number in wrong)
    row.rows = pack_read({**about, "rows": left})
    db.session.flush()


def give_up(
    job: ImportJob,
    problem: str,
    *,
    actor: scope.Principal,  # noqa: ARG001 - a verb has one
) -> None:
    """Note why an import as a whole came to nothing."""
    job.outcome = problem[:500]
    IMPORT_FLOW.fire("fail", job, actor=scope.SYSTEM)


def discard_import(job: ImportJob, *, actor: scope.Principal) -> ImportJob:
    """Throw a checked import away, with its rows and its file: nothing of it was written."""
    db.session.refresh(job, with_for_update=True)
    IMPORT_FLOW.fire("discard", job, actor=actor)
    job.discarded, job.outcome = True, gettext("Discarded: nothing was imported")
    _forget(job, sheet_row(job))
    db.session.flush()
    return job


def _forget(job: ImportJob, sheet: ImportSheet) -> None:
    """Drop what was read of a workbook, and the file itself where it wrote nothing."""
    if job.state not in WROTE:
        db.session.execute(delete(ImportBook).where(ImportBook.job_id == job.id))
    sheet.rows = pack_read({"rows": [], "letters": {}, "hints": []})
    sheet.is_deleted = True
    sheet.findings = sheet.once = None


def drop_old_rows() -> int:
    """Drop the rows of workbooks nobody repairs or confirms any more; gives how many workbooks.

    The file of an import that wrote something stays as its evidence; any other goes as well.
    """
    old = (
        select(ImportSheet)
        .join(ImportJob, ImportJob.id == ImportSheet.job_id)
        .where(ImportJob.state.not_in(AT_WORK), ImportJob.changed_at < clock.now() - ROWS_KEPT,
               ImportSheet.is_deleted.is_(False))
    )  # fmt: skip
    sheets = list(db.session.scalars(old))
    for sheet in sheets:
        job = db.session.get_one(ImportJob, sheet.job_id)
        if job.state is ImportState.PREVIEWED:
            give_up(job, gettext("Nobody confirmed the import within 7 days"), actor=scope.SYSTEM)
        _forget(job, sheet)
    db.session.flush()
    return len(sheets)


def pack(value: Any) -> str:
    """Write down what was read or found."""
    return json.dumps(value, ensure_ascii=False, default=_as_text)


def _as_text(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def effects_of(job: ImportJob) -> str | None:
    """Give what an import wrote, as it was packed."""
    return db.session.scalar(select(ImportSheet.effects).filter_by(job_id=job.id))


def numbers_written(job: ImportJob) -> set[int]:
    """Give the rows of the workbook an import wrote or found as they should be."""
    text = effects_of(job)
    return set(json.loads(text)["numbers"]) if text else set()


def numbers_to_write(job: ImportJob) -> set[int]:
    """Give the rows a checked import is about to write, while nobody has confirmed it."""
    if job.state is not ImportState.PREVIEWED:
        return set()
    found, done = findings_of(job), set(kept(job).get("done", ()))
    return {number for number, *_what in found["plan"]} - done


def once_of(job: ImportJob) -> dict[int, dict[str, str]]:
    """Give what the uploader may read once, by row, and forget it: the first passwords of T4."""
    row = sheet_row(job)
    shown = json.loads(row.once) if row.once else {}
    row.once = None
    db.session.flush()
    return {int(number): said for number, said in shown.items()}


def shows_once(job: ImportJob) -> bool:
    """Tell whether something is left that may be read once."""
    return bool(sheet_row(job).once)
