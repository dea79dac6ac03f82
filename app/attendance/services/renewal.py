"""The days of a worker who changed his team are computed anew (screens.md 8.2, 调班组)."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from app.attendance.events import punches_stored
from app.attendance.services import daybook, ledger
from app.core import clock, scope


def renew_days(
    workers: Iterable[Any],
    day: date,
    *,
    actor: scope.Principal,  # noqa: ARG001 - a verb has one
) -> None:
    """Compute the day from which workers of one project belong to another team.

    Days before it keep the old team, and no punch lies after it.
    """
    rows = list(workers)
    if not rows:
        return
    noon = datetime.combine(day, time(12), tzinfo=clock.CHINA)
    with scope.system_scope("the days of who changed his team are computed anew"):
        hashes = {row.id_number_hash for row in rows}
        ledger.lock_persons(hashes)
        outcome = daybook.recompute({hashed: [noon] for hashed in hashes})
        if outcome.person_ids:
            punches_stored.send(
                project_id=rows[0].project_id, person_ids=outcome.person_ids, dates=outcome.dates
            )
