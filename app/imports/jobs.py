"""Large imports work outside the request; small ones are done at once (D7)."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import scope
from app.core.acting import acting
from app.core.errors import NotFound, Refusal
from app.core.jobs import defer, job
from app.core.jobs.models import JobRun, RunState
from app.core.jobs.registry import find
from app.core.jobs.upkeep import cleanup_due
from app.extensions import db
from app.imports import services
from app.imports.choices import AT_WORK, ImportState
from app.imports.errors import Depended
from app.imports.models import ImportJob

WORK = "imports.work"
AT_ONCE = 300  # rows a page may wait for
PICTURES_AT_ONCE = 10


def go_on(row: ImportJob, *, actor: scope.Principal) -> ImportJob:
    """Do the next piece of work of an import: now when it is small, else by a worker."""
    if row.total <= (PICTURES_AT_ONCE if row.pictures else AT_ONCE):
        return step(row, actor=actor)
    defer(WORK, import_id=row.id, user_id=actor.user_id)
    return row


def step(
    row: ImportJob, *, actor: scope.Principal, told: Callable[[int], None] | None = None
) -> ImportJob:
    """Check an import that waits for its check, import one that waits for that.

    ``told`` hears how many rows have been read.
    """
    if row.state is ImportState.CHECKING:
        return services.check_import(row, actor=actor, told=told)
    if row.state is ImportState.IMPORTING:
        return services.run_import(row, actor=actor, told=told)
    return row  # a repeated run finds nothing to do


def take_back(row: ImportJob, remark: str, *, actor: scope.Principal) -> ImportJob:
    """Take an import back: now when it is small, else by a worker."""
    if row.imported <= AT_ONCE:
        return services.undo_import(row, remark, actor=actor)
    defer(WORK, import_id=row.id, user_id=actor.user_id, undo=remark)
    return row


@job(WORK, title=_("Check or run an import"))
def work(import_id: int, user_id: int, undo: str = "", run: Any = None) -> int:
    """Do the next piece of work of an import as the user who asked for it.

    A refusal gives the import up at once, any other failure when it was the last try: no import
    waits for ever for what nobody does any more. One that cannot be taken back stays as it is.
    """
    try:
        with acting(user_id) as actor, db.session.begin_nested():
            total = _work(import_id, actor, run, undo)
    except Depended as problem:
        raise Refusal(problem.in_words()) from None
    except Refusal as problem:
        if undo:
            raise
        _give_up(import_id, str(problem))
        return 0
    except Exception:
        db.session.rollback()
        if not undo and _last_try(run):
            _give_up(import_id, gettext("The import broke off: upload the workbook again"))
            db.session.commit()
        raise
    if run is not None:
        run.url = f"/imports/{import_id}"
    return total


def _work(import_id: int, actor: scope.Principal, run: Any, undo: str) -> int:
    # whoever else does the same work waits here, and finds it done
    row = db.session.get(ImportJob, import_id, with_for_update=True)
    if row is None:
        raise NotFound
    total = int(row.total)
    if undo:
        services.undo_import(row, undo, actor=actor)
    else:
        # reading the rows is half of the way, what the service does with them the other
        step(row, actor=actor, told=run and (lambda done: run.progress(done, 2 * total)))
    db.session.flush()
    return total


def _give_up(import_id: int, problem: str) -> None:
    with scope.act_as(scope.SYSTEM):
        row = db.session.get(ImportJob, import_id)
        if row is not None and row.state in AT_WORK:
            services.give_up(row, problem, actor=scope.SYSTEM)
        db.session.flush()


def _last_try(run: Any) -> bool:
    """Tell whether the clock would not try again; a run of its own is tried once."""
    tried = run and db.session.scalar(select(JobRun.attempts).where(JobRun.id == run.number))
    return tried is None or tried > find(WORK).retries


def last_run(row: ImportJob) -> JobRun | None:
    """Give the last run that worked on an import."""
    return db.session.scalars(
        select(JobRun)
        .where(JobRun.name == WORK, JobRun.args["import_id"].as_integer() == row.id)
        .order_by(JobRun.id.desc())
        .limit(1)
    ).one_or_none()


def percent_of(row: ImportJob) -> int:
    """Give how far the work on an import is, as its run last said."""
    run = last_run(row)
    return int(run.percent or 0) if run else 0


def being_undone(row: ImportJob) -> bool:
    """Tell whether a worker is about to take the import back."""
    run = last_run(row)
    return bool(run and run.args.get("undo") and run.state in (RunState.WAITING, RunState.RUNNING))


def why_not_undone(row: ImportJob) -> str:
    """Give why the last try to take the import back came to nothing."""
    run = last_run(row)
    failed = run is not None and run.args.get("undo") and run.state is RunState.FAILED
    return str(run.error or "") if failed and row.state is not ImportState.UNDONE else ""


@cleanup_due.connect
def forget_old() -> int:
    """Give up what no worker ended, and drop the persons of old workbooks (D9)."""
    with scope.act_as(scope.SYSTEM):
        for row in services.stuck():
            services.give_up(
                row, gettext("The import broke off: upload the workbook again"),
                actor=scope.SYSTEM,
            )  # fmt: skip
        return services.drop_old_rows()
