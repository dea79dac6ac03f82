"""A later stay takes in the punches nobody was found for (screens.md 7.4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.attendance import queries
from app.attendance.choices import OddState, PunchState
from app.attendance.models import OddPunch, Punch, PunchMark
from app.attendance.queries import Stay
from app.attendance.services import ledger
from app.attendance.services.ledger import Mark, Stored
from app.attendance.states import ODD
from app.core import clock, scope
from app.core.bulk import one_of
from app.extensions import db


def match_stays(
    workers: Iterable[Any],
    *,
    actor: scope.Principal,  # noqa: ARG001 - a verb has one
) -> int:
    """Take unmatched punches into the stays that cover them; give how many.

    One statement finds which of the stays have any; hardly one of a long list does.
    """
    by_key = {(worker.project_id, worker.id_number_hash): worker for worker in workers}
    with scope.system_scope("a later stay takes in unmatched punches"):
        waiting = _waiting(by_key)
        if not waiting:
            return 0
        # persons before chains, all in one order: nobody waits for one who waits for him
        ledger.lock_persons(hashed for _project, hashed in waiting)
        by_project: dict[int, list[Any]] = {}
        for key in sorted(waiting):
            by_project.setdefault(key[0], []).append(by_key[key])
        return sum(_take_in(number, found) for number, found in by_project.items())


def _waiting(keys: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Give the persons of projects with a punch that was unmatched when it came."""
    wanted = list(keys)
    if not wanted:
        return []
    table, marks = Punch.__table__, PunchMark.__table__
    rows = db.session.execute(
        select(table.c.project_id, table.c.id_number_hash)
        .distinct()
        .join(marks, (marks.c.project_id == table.c.project_id) & (marks.c.punch_id == table.c.id))
        .where(
            table.c.project_id.in_({project_id for project_id, _hash in wanted}),
            one_of(table.c.id_number_hash, [hashed for _project, hashed in wanted]),
            marks.c.state == PunchState.UNMATCHED,
        )
    )
    found = {(row[0], row[1]) for row in rows}
    return [key for key in wanted if key in found]


def _take_in(project_id: int, workers: list[Any]) -> int:
    hashes = [worker.id_number_hash for worker in workers]
    known = queries.stays(hashes, project_id)
    wanted = {worker.id for worker in workers}
    stays = {
        hashed: next((stay for stay in found if stay.id in wanted), None)
        for hashed, found in known.items()
    }
    taken = [
        (row, stay)
        for row in _unmatched(project_id, hashes)
        if (stay := stays.get(row.id_number_hash)) is not None and stay.covers(row.punched_at)
    ]
    if taken:
        _write(Stored(project_id, workers[0].district_code), taken)
    return len(taken)


def _write(stored: Stored, taken: list[tuple[Any, Stay]]) -> None:
    locked, now = queries.locked_months(stored.project_id), clock.now()
    thoughts = {row.id: _thought(row, now, locked) for row, _stay in taken}
    ledger.mark(stored, [
        Mark(row.id, row.punched_at, stay.unit_id, thoughts[row.id], worker_id=stay.id)
        for row, stay in taken
    ])  # fmt: skip
    counting = [(stay, row) for row, stay in taken if ledger.counts(thoughts[row.id])]
    for stay, row in counting:
        stored.touch(stay.hash, row.punched_at)
    ledger.begin_stays({stay.id: stay for stay, _row in counting}.values())
    ledger.note_last_punches(stored.project_id, [(s.id, row.punched_at) for s, row in counting])
    _settle_odd(stored.project_id, [row.id for row, _stay in taken])
    ledger.settle(stored)


def _thought(row: Any, now: datetime, locked: set[str]) -> PunchState:
    """Give what is thought of a punch taken in now: what is old or locked waits for approval."""
    if queries.needs_approval(row.punched_at, now, locked):
        return PunchState.PENDING
    return queries.first_thought(row.punched_at, row.received_at)


def _unmatched(project_id: int, hashes: list[str]) -> list[Any]:
    table = Punch.__table__
    rows = db.session.execute(
        select(table.c.id, table.c.id_number_hash, table.c.punched_at, table.c.received_at)
        .where(
            table.c.project_id == project_id,
            table.c.id_number_hash.in_(hashes),
            select(PunchMark.id)
            .where(
                PunchMark.project_id == table.c.project_id,
                PunchMark.punch_id == table.c.id,
                PunchMark.state == PunchState.UNMATCHED,
            )
            .exists(),
        )
        .order_by(table.c.id_number_hash, table.c.punched_at)
    ).all()
    states = queries.states_of([project_id], [row.id for row in rows])
    return [row for row in rows if states[row.id][0] is PunchState.UNMATCHED]


def _settle_odd(project_id: int, punch_ids: list[int]) -> None:
    rows = db.session.scalars(
        select(OddPunch).where(
            OddPunch.project_id == project_id,
            OddPunch.punch_id.in_(punch_ids),
            OddPunch.state.in_((OddState.OPEN, OddState.IGNORED)),
        )
    )
    ODD.fire_many("match", list(rows), actor=scope.SYSTEM)
