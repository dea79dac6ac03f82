"""A later stay takes in the punches nobody was found for (screens.md 7.4)."""

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


def match_stays(worker: Any, *, actor: scope.Principal) -> int:  # noqa: ARG001 - a verb has one
    """Take unmatched punches into a stay that covers them; give how many."""
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
    ODD.fire_many("settle", list(rows), actor=scope.SYSTEM)
