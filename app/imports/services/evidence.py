"""The workbook somebody handed in, opened again by who answers for it (screens.md 14, 15)."""

from sqlalchemy import exists, select

from app.core import scope, unmasking
from app.core.errors import NotFound
from app.core.unmasking import SHORTEST_REASON, ReasonMissing
from app.imports.errors import FileForgotten
from app.imports.models import ImportBook, ImportJob
from app.imports.services import keeping
from app.permissions import Area


def may_open_file(job: ImportJob, actor: scope.Principal) -> bool:
    """Tell who may open it: its uploader, the keeper of the project, officials with the audit.

    It holds whole numbers of everybody in it, of other units too, so a keeper needs the right to
    see such numbers.
    """
    if job.created_by == actor.user_id:
        return True
    if actor.audience is scope.Audience.GOVERNMENT:
        return actor.can("read", Area.AUDIT)
    return job.project_id in actor.projects and actor.can("unmask", Area.ROSTER)


def keeps_file(job: ImportJob) -> bool:
    """Tell whether the file is kept; of a zip the pictures stand beside their rows instead."""
    with scope.system_scope("whether the file of an import is kept") as connection:
        return bool(connection.scalar(select(exists().where(ImportBook.job_id == job.id))))


def open_file(job: ImportJob, reason: str, *, actor: scope.Principal) -> bytes:
    """Give the uploaded file and record the look, as that at a whole number is.

    Refuses without a reason, and when the file is forgotten by now; NotFound who may not open it.
    """
    if not may_open_file(job, actor):
        raise NotFound
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    with scope.system_scope("the file of an import is opened by who answers for it"):
        content = keeping.book_of(job)
    if content is None:
        raise FileForgotten
    unmasking.record(
        ImportJob.__tablename__, job.id, "filename", reason=reason.strip(), actor=actor,
        project_id=job.project_id, unit_id=job.unit_id, district_code=job.district_code,
    )  # fmt: skip
    return content
