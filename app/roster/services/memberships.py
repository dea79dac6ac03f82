"""班组归属: opened by entries, closed by exits, in one statement for any number of stays (8.2)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from app.core import clock, scope
from app.extensions import db
from app.roster.models import ProjectWorker, TeamMembership

# Stays without a membership get their first; stays that have one keep it.
OPEN = text("""
    insert into team_membership (project_id, district_code, unit_id, worker_id, team_id, from_on,
                                 source, created_by, created_at, changed_by, changed_at)
    select w.project_id, w.district_code, w.unit_id, w.id, w.team_id, w.entry_on,
           cast(:door as varchar), cast(:actor as integer), cast(:now as timestamptz),
           cast(:actor as integer), cast(:now as timestamptz)
    from project_worker w
    where w.id = any(cast(:ids as bigint[]))
      and not exists (select 1 from team_membership m where m.project_id = w.project_id
                      and m.worker_id = w.id and not m.is_deleted)
""")
# The first membership of a stay begins with its entry, also when that date is corrected.
BEGIN = text("""
    update team_membership m set from_on = w.entry_on, row_version = m.row_version + 1
    from project_worker w
    where m.project_id = w.project_id and m.worker_id = w.id
      and w.id = any(cast(:ids as bigint[])) and not m.is_deleted
      and m.from_on is distinct from w.entry_on and (m.to_on is null or m.to_on >= w.entry_on)
      and not exists (select 1 from team_membership f where f.project_id = m.project_id
                      and f.worker_id = m.worker_id and not f.is_deleted and f.id < m.id)
""")
CLOSE = text("""
    update team_membership m set to_on = greatest(w.exit_on, m.from_on),
      row_version = m.row_version + 1
    from project_worker w
    where m.project_id = w.project_id and m.worker_id = w.id
      and w.id = any(cast(:ids as bigint[])) and not m.is_deleted and m.to_on is null
""")
# Whoever takes an exit back is in the team again he left last.
REOPEN = text("""
    update team_membership m set to_on = null, row_version = m.row_version + 1
    where m.worker_id = any(cast(:ids as bigint[])) and not m.is_deleted
      and not exists (select 1 from team_membership n where n.project_id = m.project_id
                      and n.worker_id = m.worker_id and not n.is_deleted and n.id > m.id)
""")
FORGET = text("""
    update team_membership set is_deleted = true, row_version = row_version + 1
    where worker_id = any(cast(:ids as bigint[])) and not is_deleted
""")


def begin(workers: Iterable[ProjectWorker]) -> None:
    """Open the first membership of stays that have none; the others begin with their entry."""
    rows = list(workers)
    _run(OPEN, rows)
    _run(BEGIN, rows)


def enter(workers: Iterable[ProjectWorker]) -> None:
    """Open the first membership of stays that have just begun."""
    _run(OPEN, list(workers))


def close(workers: Iterable[ProjectWorker]) -> None:
    """End the memberships of stays on their exit date."""
    _run(CLOSE, list(workers))


def reopen(workers: Iterable[ProjectWorker]) -> None:
    """Go on with the last membership of stays whose exit is taken back."""
    _run(REOPEN, list(workers))


def forget(workers: Iterable[ProjectWorker]) -> None:
    """Drop the memberships of stays whose entry is taken back."""
    _run(FORGET, list(workers))


def _run(statement: Any, rows: list[ProjectWorker]) -> None:
    if not rows:
        return
    db.session.flush()
    actor = scope.current()
    given: dict[str, Any] = {"ids": [row.id for row in rows]}
    if statement is OPEN:
        given |= {"door": actor.door.value, "actor": actor.user_id, "now": clock.now()}
    db.session.execute(statement, given)
    for row in list(db.session.identity_map.values()):
        if isinstance(row, TeamMembership):
            db.session.expire(row)
