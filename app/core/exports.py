"""Exports too large for a request: asked for on a list, written by a worker (D7).

The worker asks the list again, at the address with its filters, as the user with the rights he
has then; so a large export holds what a small one would.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import current_app, request, session
from flask_babel import force_locale, get_locale, gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, String, delete, func, select
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.core import clock, scope, sheets
from app.core.acting import acting
from app.core.columns.secrets import Encrypted
from app.core.errors import NotAllowed, NotFound, Refusal
from app.core.figures import figure
from app.core.jobs.models import OWN, JobRun, RunState
from app.core.jobs.queue import defer
from app.core.jobs.registry import job
from app.core.jobs.upkeep import cleanup_due
from app.core.models import Entity
from app.extensions import db

JOB = "core.export"
KEPT = timedelta(days=7)
MOST_AT_WORK = 3
STEP = 500  # rows between two notes of progress


class TooManyExports(Refusal):
    """One user keeps the workers busy with exports."""


class Export(Entity):
    """One workbook a user has asked for; only he sees and fetches it, for seven days."""

    __scope__ = scope.Scope(OWN, OWN, OWN, OWN, OWN, OWN)
    __audited__ = False
    __picker__ = ("title",)

    # the address may hold the name or number somebody was looked for by
    url: Mapped[Any | None] = mapped_column(Encrypted, nullable=False)
    title: Mapped[Any | None] = mapped_column(String(200), nullable=False)
    chosen_project: Mapped[Any | None] = mapped_column(BigInteger)
    locale: Mapped[Any | None] = mapped_column(String(10), nullable=False)
    run_id: Mapped[Any | None] = mapped_column(BigInteger)
    rows: Mapped[Any | None] = mapped_column(Integer)
    capped: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
    suffix: Mapped[Any | None] = mapped_column(String(8), nullable=False, default="xlsx")
    content: Mapped[Any | None] = deferred(mapped_column(LargeBinary))


def ask(title: str, project_id: int | None, *, actor: scope.Principal) -> Export:
    """Have a worker write the export this request asks for; refuse a fourth one at a time."""
    at_work = (
        select(func.count())
        .join_from(Export, JobRun, JobRun.id == Export.run_id)
        .where(
            Export.created_by == actor.user_id,
            JobRun.state.in_((RunState.WAITING, RunState.RUNNING)),
        )
    )
    if db.session.scalar(at_work) >= MOST_AT_WORK:
        raise TooManyExports(gettext("Your exports are still being written: fetch them first"))
    row = Export(
        url=request.url, title=title[:200], chosen_project=project_id,
        locale=str(get_locale()),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    row.run_id = defer(JOB, export_id=row.id, user_id=actor.user_id)
    db.session.flush()
    return row


@job(JOB, title=_("Write an export"))
def write(export_id: int, user_id: int, run: Any) -> int:
    """Write a workbook as the user who asked for it; a repeated run writes it anew."""
    asked = db.session.get(Export, export_id)
    if asked is None:
        raise NotFound
    with _asked_again(asked), acting(user_id) as actor:
        row = db.session.get(Export, export_id, populate_existing=True)
        if row is None:
            raise NotFound
        _fill(row, _view(actor), run)
        run.url, run.rows = f"/exports/{row.id}", row.rows
        db.session.flush()
        return int(row.rows)


def _fill(row: Export, view: Any, run: Any) -> None:
    """Write what the address asks for: a paper of the list, or the workbook of its columns."""
    paper = view.asked_paper()
    most = paper.most if paper else current_app.config["EXPORT_MOST_ROWS"]
    keys = view.export_keys(most + 1)
    row.capped, keys = len(keys) > most, keys[:most]
    row.rows = len(keys)
    if paper:
        run.progress(0, len(keys), _writing(len(keys)))
        row.title, row.suffix = view.paper_title(paper)[:200], paper.suffix
        row.content = paper.write(keys, row.title)
        return
    row.title = view.export_title()[:200]
    row.content = sheets.workbook(
        row.title, view.export_head(), _told(view.export_rows(keys), len(keys), run),
        last=capped_sentence(len(keys)) if row.capped else "", marks=view.export_marks,
    )  # fmt: skip


def _writing(rows: int) -> str:
    if rows == 1:
        return gettext("Writing the file")
    return gettext("Writing %(n)s rows", n=figure(rows))


def capped_sentence(rows: int) -> str:
    """Say that an export holds the first rows only."""
    return gettext(
        "Only the first %(n)s rows are here: narrow the filter to export the others",
        n=figure(rows),
    )  # fmt: skip


@contextmanager
def _asked_again(row: Export) -> Iterator[None]:
    """Stand where the user stood: his address with its filters, his project, his language."""
    with current_app.test_request_context(row.url), force_locale(row.locale):
        session["project_id"] = row.chosen_project
        yield


def _view(actor: scope.Principal) -> Any:
    """Give the list whose address this is, if the user may still export it."""
    name = (request.endpoint or "").partition(".")[0]
    views = current_app.extensions["appbuilder"].baseviews
    view = next((one for one in views if type(one).__name__ == name), None)
    if view is None or not hasattr(view, "export_keys"):
        raise NotFound
    right = view.method_permission_name.get("export", "read")
    if not actor.can(right, str(view.class_permission_name)):
        raise NotAllowed
    return view


def _told(rows: Iterable[list[Any]], number: int, run: Any) -> Iterator[list[Any]]:
    for place, row in enumerate(rows):
        if place % STEP == 0:
            run.progress(place, number, gettext("Writing %(n)s rows", n=figure(number)))
        yield row


@cleanup_due.connect
def forget_old() -> int:
    """Remove exports nobody will fetch any more."""
    with scope.system_scope("old exports are removed") as connection:
        return connection.execute(
            delete(Export).where(Export.created_at < clock.now() - KEPT)
        ).rowcount
