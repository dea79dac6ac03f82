"""Which import a row came by, or was changed by: told beside the row, and found from the import.

The imports stand above the domains whose rows they write. So what they note stands here, where
lists can narrow themselves to the rows of one import (screens.md 14, 查看导入的数据).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import BigInteger, Index, Integer, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import bulk, scope
from app.core.events import Event
from app.core.models import ProjectRow
from app.extensions import db

# asked with ``numbers`` of imports: answered with {number: {"label", "url"}}, without an address
# where the reader may not open it
imports_asked = Event("imports_asked")


class ImportedRow(ProjectRow):
    """One row an import has written, by the row of the workbook it was read from."""

    __scope__ = scope.by_project_unit()
    __audited__ = False
    __picker__ = ("table_name",)
    __table_args__ = (Index(None, "project_id", "table_name", "row_id"), Index(None, "job_id"))

    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    job_id: Mapped[Any] = mapped_column(BigInteger, nullable=False)
    table_name: Mapped[Any] = mapped_column(String(63), nullable=False)
    row_id: Mapped[Any] = mapped_column(BigInteger, nullable=False)
    number: Mapped[Any] = mapped_column(Integer, nullable=False)


def note(job: Any, rows: Iterable[tuple[int, Any]], *, actor: scope.Principal) -> None:
    """Note the rows an import has written, each with its number in the workbook.

    The database's own clock marks begin and end of the transaction, as it marks the audit.
    """
    ended = db.session.scalar(select(func.clock_timestamp()))
    made = [
        {"project_id": job.project_id, "unit_id": job.unit_id, "job_id": job.id,
         "table_name": row.__tablename__, "row_id": row.id, "number": number,
         "changed_at": ended, "created_by": actor.user_id, "source": scope.Door.SHEET.value}
        for number, row in rows
    ]  # fmt: skip
    if made:
        statement, given = bulk.insert_rows(ImportedRow.__table__, made)  # type: ignore[arg-type]
        db.session.execute(statement, given)


def written_by(model: Any, raw: str) -> Any:
    """Give the condition that rows were written by the import with this number."""
    number = int(raw) if raw.isdecimal() and len(raw) < 18 else -1
    rows = select(ImportedRow.row_id).where(
        ImportedRow.job_id == number, ImportedRow.table_name == model.__tablename__
    )
    return model.id.in_(rows)


@dataclass(frozen=True)
class Run:
    """An import that wrote a row, and when its work began and ended."""

    number: int
    began: datetime
    ended: datetime


def runs_of(table: str, row_id: int) -> list[Run]:
    """Give the imports that wrote a row the reader sees."""
    rows = ImportedRow.__table__
    with scope.system_scope("which imports a row came by that the reader sees") as connection:
        found = connection.execute(
            select(rows.c.job_id, rows.c.created_at, rows.c.changed_at)
            .where(rows.c.table_name == table, rows.c.row_id == row_id)
        ).all()  # fmt: skip
    return [Run(*one) for one in found]


def run_at(runs: Iterable[Run], at: datetime) -> int | None:
    """Give the import in whose work an entry of the audit was made."""
    return next((run.number for run in runs if run.began <= at <= run.ended), None)


def import_of(table: str, row_id: int, at: datetime) -> Markup:
    """Give the import an entry of the audit was made in, with the way to it; else empty."""
    number = run_at(runs_of(table, row_id), at)
    return linked(told([number]).get(number)) if number else Markup()


def linked(known: Mapping[str, str] | None) -> Markup:
    """Write what is told of an import, as a link where the reader may open it."""
    if not known:
        return Markup()
    if not known["url"]:
        return escape(known["label"])
    return Markup('<a href="{}">{}</a>').format(known["url"], known["label"])


def told(numbers: Iterable[int]) -> dict[int, dict[str, str]]:
    """Give label and address of imports, as whoever knows them answers."""
    wanted = {number for number in numbers if number}
    answers = imports_asked.send(numbers=wanted) if wanted else []
    return {number: one for answer in answers for number, one in answer.items()}
