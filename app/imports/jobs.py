"""Large imports work outside the request; small ones are done at once (D7)."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.acting import acting
from app.core.errors import NotFound, Refusal
from app.core.jobs import defer, job
from app.extensions import db
from app.imports import services
from app.imports.choices import ImportState
from app.imports.models import ImportJob

WORK = "imports.work"
AT_ONCE = 300  # rows a page may wait for


def go_on(row: ImportJob, *, actor: scope.Principal) -> ImportJob:
    """Do the next piece of work of an import: now when it is small, else by a worker."""
    if row.total <= AT_ONCE:
        return step(row, actor=actor)
    defer(WORK, import_id=row.id, user_id=actor.user_id)
    return row


def step(row: ImportJob, *, actor: scope.Principal) -> ImportJob:
    """Check an import that waits for its check, import one that waits for that."""
    if row.state is ImportState.CHECKING:
        return services.check_import(row, actor=actor)
    if row.state is ImportState.IMPORTING:
        return services.run_import(row, actor=actor)
    return row  # a repeated run finds nothing to do


@job(WORK, title=_("Check or run an import"))
def work(import_id: int, user_id: int, run: Any = None) -> int:
    """Do the next piece of work of an import as the user who asked for it."""
    with acting(user_id) as actor:
        row = db.session.get(ImportJob, import_id)
        if row is None:
            raise NotFound
        if run is not None:
            run.progress(0, row.total)
        try:
            with db.session.begin_nested():
                step(row, actor=actor)
        except Refusal as problem:
            services.give_up(row, problem, actor=actor)
        if run is not None:
            run.url = f"/imports/{row.id}"
        return int(row.total)
