"""Verbs of the imports: take a workbook, check it, import it."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import clock, scope, settings, uploads
from app.core.errors import NotFound
from app.core.figures import figure
from app.core.sheets import Finding, ReadRow, SheetSpec, SheetUnreadable, read, template
from app.core.sheets.rows import ERROR
from app.extensions import db
from app.imports import effects
from app.imports import preview as previews
from app.imports.choices import AT_WORK, ImportState, Kind, Wanted
from app.imports.errors import NotAllPass, NothingPasses
from app.imports.models import ImportJob, ImportSheet
from app.imports.states import IMPORT_FLOW
from app.imports.templates import Taken, template_of
from app.projects.models import Project, ProjectUnit

MEGABYTE = 1024 * 1024
# who uploads a workbook repairs or confirms it within days; longer, whole identities would lie
# about without a purpose (个人信息保护法 第十九条)
ROWS_KEPT = timedelta(days=7)
LONGEST_WORK = timedelta(days=1)
MOST_ROWS = settings.declare(
    "imports.max_rows", 20_000, label=_("Rows of one import"), low=1, high=100_000
)
MOST_MEGABYTES = settings.declare(
    "imports.max_megabytes", 20, label=_("Size of one import (MB)"), low=1, high=24
)


def open_workbook(stream: Any, filename: str) -> uploads.CleanFile:
    """Take a workbook within the limits in force; SheetUnreadable says what is wrong."""
    rule = replace(uploads.SHEET, max_bytes=settings.get(MOST_MEGABYTES) * MEGABYTE)
    try:
        return uploads.inspect(stream, filename, rule)
    except uploads.UploadError as problem:
        raise SheetUnreadable(str(problem)) from None


def start_import(
    code: str, project: Project, stream: Any, filename: str, *, actor: scope.Principal
) -> ImportJob:
    """Take a workbook into a project and keep its rows, encrypted, until they are checked."""
    clean = open_workbook(stream, filename)
    reading = read(template_of(code).sheet(project), clean.content, most=settings.get(MOST_ROWS))
    unit_id = _own_unit(project, actor)
    job = ImportJob(
        project_id=project.id, unit_id=unit_id, template=code, filename=clean.original_name,
        total=len(reading.rows),
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    db.session.add(
        ImportSheet(
            project_id=project.id, unit_id=unit_id, job_id=job.id,
            rows=_pack({"rows": [asdict(row) for row in reading.rows],
                        "letters": reading.letters, "hints": reading.hints}),
        )
    )  # fmt: skip
    db.session.flush()
    IMPORT_FLOW.fire("check", job, actor=scope.SYSTEM)
    return job


def _own_unit(project: Project, actor: scope.Principal) -> int | None:
    if project.id in actor.projects:
        return None
    number = db.session.scalar(
        select(ProjectUnit.id).where(
            ProjectUnit.project_id == project.id, ProjectUnit.id.in_(actor.units)
        )
    )
    if number is None:
        raise NotFound
    return int(number)


def check_import(
    job: ImportJob, *, actor: scope.Principal, told: Callable[[int], None] | None = None
) -> ImportJob:
    """Check every row of an import and keep what was found; nothing of it is written yet."""
    kept, sheet, project = _kept(job), _sheet_of(job), _project_of(job)
    template = template_of(job.template)
    found = previews.judge(template, sheet, _rows(kept), project, told)
    with scope.act_as(replace(actor, door=scope.Door.SHEET)) as porter:
        previews.take(found, template, sheet, project, actor=porter, write=False)
    _keep_findings(job, found)
    job.passed, job.warned, job.failed = found.passed, found.warned, found.failed
    IMPORT_FLOW.fire("preview", job, actor=scope.SYSTEM)
    return job


def confirm_import(job: ImportJob, wanted: Wanted, *, actor: scope.Principal) -> ImportJob:
    """Say which rows of a checked import are wanted; the import itself follows."""
    if wanted is Wanted.ALL and job.failed:
        raise NotAllPass(job.failed)
    if not job.passed:
        raise NothingPasses
    job.wanted = wanted
    IMPORT_FLOW.fire("import", job, actor=actor)
    return job


def run_import(
    job: ImportJob, *, actor: scope.Principal, told: Callable[[int], None] | None = None
) -> ImportJob:
    """Write the wanted rows through the service the form uses, all of them or the good ones."""
    kept, sheet, project = _kept(job), _sheet_of(job), _project_of(job)
    template = template_of(job.template)
    found = previews.judge(template, sheet, _rows(kept), project, told)
    whole = job.wanted is Wanted.ALL
    taken: dict[int, Taken] = {}
    if not (whole and found.failed):
        with scope.act_as(replace(actor, door=scope.Door.SHEET)) as porter:
            taken = previews.take(
                found, template, sheet, project, actor=porter, write=True, all_or_none=whole
            )
    _keep_findings(job, found)
    _sheet_row(job).effects = effects.packed(taken, clock.now())
    job.imported, job.failed, job.passed = len(taken), found.failed, found.passed
    job.warned = found.warned
    job.outcome = gettext(
        "%(new)s created, %(changed)s updated, %(left)s left out",
        new=figure(found.count(Kind.CREATED)), changed=figure(found.count(Kind.UPDATED)),
        left=figure(job.total - len(taken)),
    )  # fmt: skip
    verb = "fail" if not taken else "finish" if len(taken) == job.total else "finish_partly"
    IMPORT_FLOW.fire(verb, job, actor=scope.SYSTEM)
    _forget_rows(job, found)
    return job


def give_up(
    job: ImportJob,
    problem: str,
    *,
    actor: scope.Principal,  # noqa: ARG001 - a verb has one
) -> None:
    """Note why an import as a whole came to nothing."""
    job.outcome = problem[:500]
    IMPORT_FLOW.fire("fail", job, actor=scope.SYSTEM)


def stuck() -> list[ImportJob]:
    """Give the imports whose work ended without a word, such as with its worker."""
    return list(
        db.session.scalars(
            select(ImportJob).where(
                ImportJob.state.in_(AT_WORK), ImportJob.changed_at < clock.now() - LONGEST_WORK
            )
        )
    )


def drop_old_rows() -> int:
    """Drop the rows of workbooks nobody repairs or confirms any more; gives how many workbooks."""
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
        sheet.rows, sheet.is_deleted = _pack({"rows": [], "letters": {}, "hints": []}), True
        sheet.findings = None
    db.session.flush()
    return len(sheets)


def _forget_rows(job: ImportJob, found: previews.Preview) -> None:
    """Keep of the persons only the rows that were left out, for their repair."""
    if job.state is ImportState.FAILED:
        return
    row, kept = _sheet_row(job), _kept(job)
    wrong = found.wrong_rows
    kept["rows"] = [one for one in kept["rows"] if one["number"] in wrong]
    row.rows = _pack(kept)
    db.session.flush()


def keeps_rows(job: ImportJob) -> bool:
    """Tell whether the rows of a workbook are still there to be repaired."""
    return not _sheet_row(job).is_deleted


def findings_of(job: ImportJob, *, actor: scope.Principal | None = None) -> dict[str, Any]:
    """Give what was found: counts, hints, and the cells with their sentences.

    Who uploaded the workbook reads the wrong cells as he wrote them; all others see the masks.
    """
    row, kept = _sheet_row(job), _kept(job)
    found = json.loads(row.findings) if row.findings else {"problems": []}
    if actor is not None and actor.user_id and job.created_by == actor.user_id:
        cells = {one["number"]: one["cells"] for one in kept["rows"]}
        for one in found["problems"]:
            written = cells.get(one["row"], {}).get(one["column"])
            if one["level"] == ERROR and written not in (None, ""):
                one["value"] = str(written)[:60]
    return {**found, "hints": kept["hints"]}


def wrong_workbook(job: ImportJob) -> bytes:
    """Write the rows with errors as a workbook: cells coloured, the sentence in a comment."""
    kept, sheet, found = _kept(job), _sheet_of(job), findings_of(job)["problems"]
    wrong = {f["row"] for f in found if f["level"] == ERROR}
    rows = [row for row in kept["rows"] if row["number"] in wrong]
    places = {row["number"]: index for index, row in enumerate(rows)}
    marks: dict[tuple[int, str], tuple[str, str]] = {}
    first = sheet.columns[0].header
    for finding in found:
        if finding["row"] in places:
            key = (places[finding["row"]], finding["column"] or first)
            before = marks.get(key)
            words = f"{before[1]}；{finding['message']}" if before else finding["message"]
            level = ERROR if before and before[0] == ERROR else finding["level"]
            marks[key] = (level, words)
    return template(sheet, [row["cells"] for row in rows], marks)


def check_file(
    code: str, content: bytes, project: Project | None, *, actor: scope.Principal
) -> dict[str, Any]:
    """Give the preview of a workbook without keeping or writing anything."""
    declared = template_of(code)
    sheet = declared.sheet(project)
    reading = read(sheet, content, most=settings.get(MOST_ROWS))
    found = previews.judge(declared, sheet, reading.rows, project)
    hints = list(reading.hints)
    if project is None:
        hints.append(previews.nobody_to_ask())
    else:
        with scope.act_as(replace(actor, door=scope.Door.SHEET)) as porter:
            previews.take(found, declared, sheet, project, actor=porter, write=False)
    return {"template": code, **found.as_dict(reading.letters), "hints": hints}


def _keep_findings(job: ImportJob, found: previews.Preview) -> None:
    _sheet_row(job).findings = _pack(found.as_dict(_kept(job)["letters"]))
    db.session.flush()


def _sheet_row(job: ImportJob) -> Any:
    return db.session.scalars(select(ImportSheet).filter_by(job_id=job.id)).one()


def _kept(job: ImportJob) -> dict[str, Any]:
    return json.loads(_sheet_row(job).rows)


def _rows(kept: dict[str, Any]) -> list[ReadRow]:
    return [ReadRow(**row) for row in kept["rows"]]


def _project_of(job: ImportJob) -> Project:
    project = db.session.get(Project, job.project_id)
    if project is None:
        raise NotFound
    return project


def _sheet_of(job: ImportJob) -> SheetSpec:
    return template_of(job.template).sheet(_project_of(job))


def _pack(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_as_text)


def _as_text(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)


__all__ = [
    "Finding", "check_file", "check_import", "confirm_import", "drop_old_rows", "findings_of",
    "give_up", "keeps_rows", "open_workbook", "run_import", "start_import", "stuck",
    "wrong_workbook",
]  # fmt: skip
