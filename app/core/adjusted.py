"""Which values people have put into rows by hand, after or before another system sent them.

The audit knows through which door each value came; nothing else is kept (screens.md 7.4, "Read,
enter, adjust").
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.core import scope
from app.core.audit import AuditEntry

BY_HAND = (scope.Door.FORM.value, scope.Door.SHEET.value)


def by_hand(rows: Iterable[Any]) -> dict[int, set[str]]:
    """Give the columns of some rows of one table whose values people have put in, by row.

    A column counts by the last change that touched it. What a row was made with counts too,
    where people made it.
    """
    wanted = {row.id: row for row in rows}
    found: dict[int, set[str]] = {number: set() for number in wanted}
    if not wanted:
        return found
    first = next(iter(wanted.values()))
    entry = AuditEntry
    query = (
        select(entry.row_id, entry.door, entry.after)
        .where(
            entry.project_id.in_({getattr(row, "project_id", row.id) for row in wanted.values()}),
            entry.table_name == first.__tablename__, entry.row_id.in_(wanted),
        )
        .order_by(entry.id.desc())
    )  # fmt: skip
    seen: set[tuple[int, str]] = set()
    with scope.system_scope("which values of a row were put in by hand") as connection:
        for number, door, after in connection.execute(query):
            for name, value in (after or {}).items():
                if (number, name) in seen:
                    continue
                seen.add((number, name))
                if door in BY_HAND and value not in (None, ""):
                    found[number].add(name)
    return found
