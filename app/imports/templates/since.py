"""What was written about imported rows after their import: nothing of that may lose its ground."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import Connection, func, or_, select

from app.core import scope
from app.core.columns import N_
from app.core.columns.base import specs
from app.core.columns.links import Ref, Refs
from app.core.models import Entity, mapped
from app.imports.templates.base import Effect

# what people call the rows that may depend on an imported one
TITLES = {
    "attendance_day": N_("Day of attendance"), "certificate": N_("Certificate"),
    "contract": N_("Contract"), "trainee": N_("Training"),
    "correction": N_("Attendance correction"), "movement": N_("Entry or exit"),
    "payroll_line": N_("Payroll line"), "punch": N_("Punch"), "staff_member": N_("Staff member"),
    "project_worker": N_("Worker"), "team": N_("Team"),
    "team_membership": N_("Change of the team"),
}  # fmt: skip
WORKER_KEYS = ("worker_id", "project_worker_id")  # ledgers name a stay without a foreign key
SPARED = ("alert", "alert_event", "punch_state")  # what follows from other rows by itself


def written_since(effects: Sequence[Effect], *, but: Iterable[str] = ()) -> list[str]:
    """Give a sentence for each imported row that something depends on by now.

    Rows of any table that refer to it count when they are younger than the import or were
    changed later, rows of ledgers always; so does a later change of the row itself by a user.
    Alerts do not count, nor the tables named in ``but``: they follow from what is left.
    """
    if not effects:
        return []
    spared = {*SPARED, *but}
    found: dict[int, list[str]] = {}
    model, numbers = type(effects[0].row), [one.row.id for one in effects]
    with scope.system_scope("what depends on imported rows is counted") as connection:
        for other, names in _referring(model):
            if other.__tablename__ not in spared:
                counted = _count(connection, other, names, numbers, effects[0])
                for number, count in counted.items():
                    title = gettext(TITLES.get(other.__tablename__, N_("Other record")))
                    found.setdefault(number, []).append(
                        gettext("%(title)s (%(n)s)", title=title, n=count)
                    )
    return [sentence for one in effects if (sentence := _sentence(one, found.get(one.row.id, [])))]


def changed_since(effects: Iterable[Effect]) -> list[str]:
    """Give a sentence for each row that was itself changed or removed since its import."""
    return [sentence for one in effects if (sentence := _sentence(one, []))]


def _sentence(effect: Effect, others: list[str]) -> str:
    row, whats = effect.row, list(others)
    if row.is_deleted:
        whats.append(gettext("removed meanwhile"))
    elif row.changed_by and row.changed_at and row.changed_at > effect.at:
        whats.append(gettext("changed by hand since"))
    if not whats:
        return ""
    return gettext(
        "Row %(number)s “%(row)s”: %(what)s", number=effect.number, row=str(row),
        what="、".join(whats),
    )  # fmt: skip


def _referring(model: type) -> list[tuple[Any, list[str]]]:
    """Give the tables that refer to rows of a model, each with the columns that do."""
    found = []
    for other in mapped():
        names = [
            name for name, spec in specs(other).items()
            if isinstance(spec.kind, Ref) and not isinstance(spec.kind, Refs)
            and spec.kind.model == model.__name__
        ]  # fmt: skip
        if model.__name__ == "ProjectWorker":
            names += [n for n in WORKER_KEYS if n in other.__table__.c and n not in names]
        if names:
            found.append((other, names))
    return sorted(found, key=lambda pair: pair[0].__tablename__)


def _count(
    connection: Connection, other: Any, names: list[str], numbers: list[int], effect: Effect
) -> dict[int, int]:
    table = other.__table__
    counted: dict[int, int] = {}
    for name in names:
        query = select(table.c[name], func.count()).where(table.c[name].in_(numbers))
        if issubclass(other, Entity):
            query = query.where(
                table.c.is_deleted.is_(False),
                or_(table.c.created_at > effect.at, table.c.changed_at > effect.at),
            )
        for number, count in connection.execute(query.group_by(table.c[name])):
            counted[number] = counted.get(number, 0) + count
    return counted
