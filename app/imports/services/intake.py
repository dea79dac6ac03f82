"""Taking a workbook in: its limits, whose it is, what is already known about it."""

import hashlib
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.core import clock, scope, settings, uploads, words
from app.core.errors import NotFound
from app.core.figures import figure
from app.core.sheets import SheetUnreadable, read
from app.extensions import db
from app.imports import marks
from app.imports import preview as previews
from app.imports.choices import ImportState
from app.imports.errors import AnotherTemplate
from app.imports.models import ImportJob
from app.imports.services import keeping
from app.imports.states import IMPORT_FLOW
from app.imports.templates import TEMPLATES, template_of
from app.projects.models import Project, ProjectUnit

MEGABYTE = 1024 * 1024
MOST_ROWS = settings.declare(
    "imports.max_rows", 20_000, label=_("Rows of one import"), low=1, high=100_000
)
MOST_MEGABYTES = settings.declare(
    "imports.max_megabytes", 20, label=_("Size of one import (MB)"), low=1, high=24
)
UNDER_WAY = (ImportState.IMPORTING,)
OVER = (ImportState.DONE, ImportState.PARTLY)


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
    """Take a workbook into a project and keep it, encrypted, until its rows are checked.

    Of a workbook that came back from an import, rows imported by it then are left alone.
    """
    clean = open_workbook(stream, filename)
    most = settings.get(MOST_ROWS)
    said = marks.read(clean.content, most=most)
    refuse_another(code, said)
    reading = read(template_of(code).sheet(project), clean.content, most=most)
    unit_id = own_unit(project, actor)
    hints = [*reading.hints, *same_file(project, unit_id, clean.sha256)]
    done = _imported_before(code, project, said)
    job = ImportJob(
        project_id=project.id, unit_id=unit_id, template=code, filename=clean.original_name,
        digest=clean.sha256, total=len(reading.rows),
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    keeping.keep(
        job,
        {"rows": [vars(row) for row in reading.rows], "letters": reading.letters,
         "hints": hints, "page": reading.page, "header_row": reading.header_row, "done": done},
        clean.content,
    )  # fmt: skip
    IMPORT_FLOW.fire("check", job, actor=scope.SYSTEM)
    return job


def refuse_another(code: str, said: marks.Marks) -> None:
    """Refuse the workbook of another template, by the mark that it carries."""
    other = said.template
    if other and other != code and other in TEMPLATES:
        raise AnotherTemplate(f"{other} {TEMPLATES[other].title}", code)


def own_unit(project: Project, actor: scope.Principal) -> int | None:
    """Give the unit somebody imports for; None who keeps the whole project."""
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


def same_file(project: Project, unit_id: int | None, digest: str) -> list[str]:
    """Say who is importing this very file into this project, or has done so.

    Whoever uploads the same file at the same moment waits here for the other's commit.
    """
    key = int.from_bytes(hashlib.sha256(f"{project.id} {digest}".encode()).digest()[:8], "big")
    db.session.execute(select(func.pg_advisory_xact_lock(key - 2**63)))
    job = ImportJob.__table__
    columns = (job.c.created_by, job.c.created_at, job.c.unit_id, job.c.state, job.c.imported)
    with scope.system_scope("who else has uploaded this file") as connection:
        rows = connection.execute(
            select(*columns)
            .where(job.c.project_id == project.id, job.c.digest == digest,
                   job.c.state.in_((*UNDER_WAY, *OVER)))
            .order_by(job.c.id.desc()).limit(1)
        ).all()  # fmt: skip
    return [_known(row, unit_id) for row in rows]


def _known(row: Any, unit_id: int | None) -> str:
    near = unit_id is None or row.unit_id in (unit_id, None)
    people = words.people([row.created_by]) if near else {}
    who = people.get(row.created_by) or gettext("another unit of this project")
    at = clock.local(row.created_at).strftime("%Y-%m-%d %H:%M")
    if row.state in UNDER_WAY:
        return gettext(
            "This very file is being imported by %(who)s since %(at)s: you may go on, rows that"
            " are there already are not imported twice", who=who, at=at,
        )  # fmt: skip
    return gettext(
        "This very file was imported by %(who)s at %(at)s (%(n)s rows): you may go on, rows that"
        " are there already are refused", who=who, at=at, n=figure(row.imported),
    )  # fmt: skip


def _imported_before(code: str, project: Project, said: marks.Marks) -> list[int]:
    """Give the rows a workbook says were imported, as far as their imports know and stand."""
    written: dict[int, set[int]] = {}
    for number in {job_id for job_id, _row in said.rows.values()}:
        job = db.session.get(ImportJob, number)
        if job and (job.project_id, job.template) == (project.id, code) and job.state in OVER:
            written[number] = keeping.numbers_written(job)
    return sorted(
        number for number, (job_id, row) in said.rows.items() if row in written.get(job_id, ())
    )


def check_file(
    code: str, content: bytes, project: Project | None, *, actor: scope.Principal
) -> dict[str, Any]:
    """Give the preview of a workbook without keeping or writing anything."""
    declared = template_of(code)
    most = settings.get(MOST_ROWS)
    refuse_another(code, marks.read(content, most=most))
    sheet = declared.sheet(project)
    reading = read(sheet, content, most=most)
    found = previews.judge(declared, sheet, reading.rows, project)
    hints = list(reading.hints)
    if project is None:
        hints.append(previews.nobody_to_ask())
    else:
        with scope.act_as(replace(actor, door=scope.Door.SHEET)) as porter:
            previews.take(found, declared, sheet, project, actor=porter, write=False)
    return {"template": code, **found.as_dict(reading.letters), "hints": hints}
