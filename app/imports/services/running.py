"""The way of an import: checked, confirmed, run, taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext
from sqlalchemy import select

from app.core import clock, origins, scope
from app.core.errors import NotFound
from app.core.figures import figure
from app.extensions import db
from app.imports import effects
from app.imports import preview as previews
from app.imports.choices import AT_WORK, ImportState, Kind, Wanted
from app.imports.errors import Depended, NotAllPass, NothingPasses, NothingToUndo
from app.imports.models import ImportJob
from app.imports.services import keeping, pictures
from app.imports.states import IMPORT_FLOW
from app.imports.templates import Taken, Template, template_of

LONGEST_WORK = timedelta(days=1)
Told = Callable[[int], None] | None


def check_import(job: ImportJob, *, actor: scope.Principal, told: Told = None) -> ImportJob:
    """Check every row of an import and keep what was found; nothing of it is written yet."""
    found, _taken = _go_through(job, actor, told, write=False)
    keeping.keep_findings(job, found)
    _count(job, found)
    IMPORT_FLOW.fire("preview", job, actor=scope.SYSTEM)
    return job


def _go_through(
    job: ImportJob, actor: scope.Principal, told: Told, *, write: bool
) -> tuple[previews.Preview, dict[int, Taken]]:
    """Judge the rows and let the service take those that pass, for good or to see what happens."""
    if job.pictures:
        return pictures.go_through(job, actor, told, write=write)
    sheet, project = keeping.sheet_of(job), keeping.project_of(job)
    read, rows = keeping.to_judge(job)
    template = template_of(job.template)
    done = set(read.get("done", ()))
    found = previews.judge(
        template, sheet, (row for row in rows if row.number not in done), project, told
    )
    found.letters = read["letters"]
    found.leave_alone(done)
    whole = write and job.wanted is Wanted.ALL
    taken: dict[int, Taken] = {}
    if not (whole and found.failed):
        with scope.act_as(replace(actor, door=scope.Door.SHEET)) as porter:
            taken = previews.take(
                found, template, sheet, project, actor=porter, write=write, all_or_none=whole
            )
    return found, taken


def _count(job: ImportJob, found: previews.Preview) -> None:
    job.passed, job.warned, job.failed = found.passed, found.warned, found.failed
    job.unchanged = found.count(Kind.UNCHANGED)


def confirm_import(job: ImportJob, wanted: Wanted, *, actor: scope.Principal) -> ImportJob:
    """Say which rows of a checked import are wanted; the import itself follows.

    A second click while the first is at work changes nothing.
    """
    db.session.refresh(job, with_for_update=True)
    if job.state is ImportState.IMPORTING and job.wanted is wanted:
        return job
    if job.state is ImportState.PREVIEWED:
        if wanted is Wanted.ALL and job.failed:
            raise NotAllPass(job.failed)
        if not job.passed:
            raise NothingPasses
        job.wanted = wanted
    IMPORT_FLOW.fire("import", job, actor=actor)
    return job


def run_import(job: ImportJob, *, actor: scope.Principal, told: Told = None) -> ImportJob:
    """Write the wanted rows through the service the form uses, all of them or the good ones."""
    found, taken = _go_through(job, actor, told, write=True)
    keeping.keep_findings(job, found)
    row = keeping.sheet_row(job)
    row.effects = effects.packed(taken, clock.now())
    listed = template_of(job.template).listed
    origins.note(
        job,
        [(number, listed(one.row)) for number, one in taken.items()
         if one.kind is not Kind.UNCHANGED],
        actor=actor,
    )  # fmt: skip
    shown = {number: dict(one.once) for number, one in taken.items() if one.once}
    row.once = keeping.pack(shown) if shown else None
    _count(job, found)
    same = found.count(Kind.UNCHANGED) if taken else 0
    job.imported = sum(1 for one in taken.values() if one.kind is not Kind.UNCHANGED)
    left = job.total - job.imported - same
    job.outcome = told_in_words(found, left) if taken else gettext("Nothing was imported")
    verb = "fail" if not taken else "finish_partly" if left else "finish"
    IMPORT_FLOW.fire(verb, job, actor=scope.SYSTEM)
    keeping.forget_rows(job, found.wrong_rows)
    return job


def told_in_words(found: previews.Preview, left: int) -> str:
    """Say how many rows came to what."""
    said = gettext(
        "%(new)s created, %(changed)s updated, %(left)s left out",
        new=figure(found.count(Kind.CREATED)), changed=figure(found.count(Kind.UPDATED)),
        left=figure(left),
    )  # fmt: skip
    same = found.count(Kind.UNCHANGED)
    return gettext("%(said)s, %(n)s unchanged", said=said, n=figure(same)) if same else said


def undo_import(job: ImportJob, remark: str, *, actor: scope.Principal) -> ImportJob:
    """Take back what an import wrote, whole or not at all.

    Refuses with the rows something depends on by now, and what was taken back already.
    """
    db.session.refresh(job, with_for_update=True)
    template = template_of(job.template)
    with db.session.begin_nested():
        IMPORT_FLOW.fire("undo", job, actor=actor, remark=remark)
        written = _written(job)
        with scope.act_as(replace(actor, door=scope.Door.SHEET)) as porter:
            _take_back(job, template, written, porter)
        job.outcome = gettext("Taken back: %(n)s rows", n=figure(len(written)))
    return job


def _written(job: ImportJob) -> list[effects.Effect]:
    with scope.system_scope("what an import of this project wrote is read for its undo"):
        text = keeping.effects_of(job)
    if not text:
        raise NothingToUndo
    try:
        return effects.read(text)
    except NotFound:
        raise Depended([gettext("Rows of this import are gone or no longer yours")]) from None


def _take_back(
    job: ImportJob, template: Template, written: list[effects.Effect], actor: scope.Principal
) -> None:
    if job.pictures:
        pictures.refuse_depended(written)
        pictures.undo(template, written, actor=actor)
        return
    project = keeping.project_of(job)
    if sentences := template.dependants(project, written):
        raise Depended(sentences)
    template.undo(project, written, actor=actor)
    db.session.flush()


def stuck() -> list[ImportJob]:
    """Give the imports whose work ended without a word, such as with its worker."""
    return list(
        db.session.scalars(
            select(ImportJob).where(
                ImportJob.state.in_(AT_WORK), ImportJob.changed_at < clock.now() - LONGEST_WORK
            )
        )
    )
