"""The days of a worker who changed his team are computed anew (screens.md 8.2, 调班组)."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete

from app.attendance.events import punches_stored
from app.attendance.models import AttendanceDay, PersonDay
from app.attendance.services import daybook, ledger
from app.core import clock, scope
from app.extensions import db


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


def join_days(person_id: int, gone_id: int, before: str, after: str) -> None:
    """Compute the days of two merged persons anew as those of one; system scope (8.5).

    ``before`` and ``after`` are the hashes of the numbers the two were sent under.
    """
    day, whole = AttendanceDay.__table__, PersonDay.__table__
    ledger.lock_persons({before, after})
    sites = db.session.execute(
        delete(day).where(day.c.person_id == gone_id).returning(day.c.project_id, day.c.work_on)
    ).all()
    dates = set(
        db.session.scalars(
            delete(whole).where(whole.c.person_id == gone_id).returning(whole.c.work_on)
        )
    ) | {work_on for _project, work_on in sites}
    if not dates:
        return
    noons = [datetime.combine(on, time(12), tzinfo=clock.CHINA) for on in sorted(dates)]
    daybook.recompute({after: noons})
    for project_id in {project for project, _on in sites}:
        punches_stored.send(project_id=project_id, person_ids={person_id}, dates=dates)
