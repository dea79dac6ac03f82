"""A later stay takes in the punches nobody was found for (screens.md 7.4)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.attendance import queries
from app.attendance.choices import OddState, PunchState
from app.attendance.models import OddPunch, Punch, PunchMark
from app.attendance.services import ledger
from app.attendance.services.ledger import Mark, Stored
from app.attendance.states import ODD
from app.core import scope
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
    return sum(_match(by_key[key]) for key in waiting)


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
            table.c.id_number_hash.in_([hashed for _project, hashed in wanted]),
            marks.c.state == PunchState.UNMATCHED,
        )
    )
    found = {(row[0], row[1]) for row in rows}
    return [key for key in wanted if key in found]


def _match(worker: Any) -> int:
    hashed, project_id = worker.id_number_hash, worker.project_id
    with scope.system_scope("a later stay takes in unmatched punches"):
        waiting = _unmatched(project_id, hashed)
        if not waiting:
            return 0
        ledger.lock_persons([hashed])
        stays = {stay.id: stay for stay in queries.stays([hashed], project_id).get(hashed, [])}
        stay = stays.get(worker.id)
        taken = [row for row in waiting if stay is not None and stay.covers(row.punched_at)]
        if not taken or stay is None:
            return 0
        stored = Stored(project_id, worker.district_code)
        ledger.mark(stored, [
            Mark(row.id, row.punched_at, stay.unit_id, _thought(row), worker_id=stay.id)
            for row in taken
        ])  # fmt: skip
        for row in taken:
            stored.touch(hashed, row.punched_at)
        ledger.begin_stays([stay])
        ledger.note_last_punches(project_id, [(stay.id, row.punched_at) for row in taken])
        _settle_odd(project_id, [row.id for row in taken])
        ledger.settle(stored)
    return len(taken)


def _thought(row: Any) -> PunchState:
    return queries.first_thought(row.punched_at, row.received_at)


def _unmatched(project_id: int, hashed: str) -> list[Any]:
    table = Punch.__table__
    rows = db.session.execute(
        select(table.c.id, table.c.punched_at, table.c.received_at)
        .where(
            table.c.project_id == project_id,
            table.c.id_number_hash == hashed,
            select(PunchMark.id)
            .where(
                PunchMark.project_id == table.c.project_id,
                PunchMark.punch_id == table.c.id,
                PunchMark.state == PunchState.UNMATCHED,
            )
            .exists(),
        )
        .order_by(table.c.punched_at)
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
