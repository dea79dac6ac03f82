"""From the rows of an import to what became of them."""

from collections.abc import Iterable
from typing import Any

from flask import current_app, url_for
from sqlalchemy import select

from app.core import scope
from app.core.origins import ImportedRow
from app.extensions import db
from app.imports.choices import ImportState
from app.imports.models import ImportJob
from app.permissions import Area
from app.roster.choices import StaffKind
from app.roster.models import ProjectWorker, StaffMember

PAGES = {
    "project_worker": "WorkerView", "team": "TeamView", "project_unit": "UnitView",
    "training": "TrainingView", "certificate": "CertificateView", "correction": "CorrectionView",
}  # fmt: skip
POSTS = {StaffKind.SPECIALIST: "SpecialistView", StaffKind.MANAGER: "ManagerView"}


def written_rows(job: ImportJob, numbers: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Give table and number of what an import wrote, by row of its workbook; none once undone."""
    if job.state is ImportState.UNDONE:
        return {}
    rows = db.session.execute(
        select(ImportedRow.number, ImportedRow.table_name, ImportedRow.row_id).where(
            ImportedRow.job_id == job.id, ImportedRow.number.in_(list(numbers))
        )
    )
    return {number: (table, row_id) for number, table, row_id in rows}


def addresses(written: dict[int, tuple[str, int]]) -> dict[int, str]:
    """Give the page of each of these rows, where there is one."""
    posts = [row_id for table, row_id in written.values() if table == StaffMember.__tablename__]
    kinds: dict[int, Any] = {}
    if posts:
        query = select(StaffMember.id, StaffMember.staff_kind).where(StaffMember.id.in_(posts))
        kinds = {one.id: one.staff_kind for one in db.session.execute(query)}
    found = {}
    for number, (table, row_id) in written.items():
        view = POSTS.get(kinds.get(row_id)) if row_id in kinds else PAGES.get(table)
        if view and f"{view}.show" in current_app.view_functions:
            found[number] = url_for(f"{view}.show", pk=row_id)
    return found


def corrections(
    problems: Iterable[dict[str, Any]], written: dict[int, tuple[str, int]]
) -> dict[int, str]:
    """Give the form of 人员信息更正 by row, where a finding is mended by it (8.5).

    It is asked for from a stay: one on the roster already, or the one the row has made; empty for
    a stay that the import has yet to make.
    """
    if not scope.current().can("write", Area.PERSONS):
        return {}
    found = {}
    for one in problems:
        if (stay := one.get("corrects")) is None:
            continue
        table, row_id = written.get(one["row"], ("", 0))
        stay = stay or (row_id if table == ProjectWorker.__tablename__ else 0)
        found[one["row"]] = url_for("PersonCorrectionView.ask", worker=stay) if stay else ""
    return found
