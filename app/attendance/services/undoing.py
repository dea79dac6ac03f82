"""Taking corrections back: their punches become void, what they replaced counts again (D6)."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.attendance.choices import CorrectionState, PunchState
from app.attendance.models import Correction, Punch, PunchMark
from app.attendance.services import ledger
from app.attendance.services.ledger import Mark, Stored
from app.attendance.states import CORRECTION
from app.core import scope
from app.extensions import db


def undo_corrections(rows: Iterable[Correction], *, actor: scope.Principal) -> None:  # noqa: ARG001 - who acts stands in the audit
    """Take corrections back that nothing depends on.

    The ledger is never changed: 无效 is written about the punches a correction has added, and
    those it had replaced are thought of as they were before.
    """
    found = {row.id: row for row in rows}
    in_force = [row for row in found.values() if row.state is CorrectionState.APPROVED]
    CORRECTION.fire_many(
        "revoke", found.values(), actor=scope.SYSTEM, remark=gettext("The import was taken back")
    )
    by_project: dict[int, list[Correction]] = {}
    for row in in_force:
        by_project.setdefault(row.project_id, []).append(row)
    with scope.system_scope("corrections taken back make their punches void"):
        for project_id, corrections in by_project.items():
            _void(project_id, corrections)


def _void(project_id: int, corrections: list[Correction]) -> None:
    table = Punch.__table__
    own = db.session.execute(
        select(table).where(
            table.c.project_id == project_id,
            table.c.correction_id.in_([row.id for row in corrections]),
        )
    ).all()
    replaced = _punches(project_id, {n for punch in own for n in punch.replaces or ()})
    stored = Stored(project_id, corrections[0].district_code)
    ledger.lock_persons({punch.id_number_hash for punch in (*own, *replaced)})
    reason = gettext("The import was taken back")
    before = _thought_before(project_id, [punch.id for punch in replaced])
    ledger.mark(stored, [
        *[Mark(one.id, one.punched_at, one.unit_id, PunchState.VOID, reason) for one in own],
        *[Mark(one.id, one.punched_at, one.unit_id, before.get(one.id, PunchState.VALID), reason)
          for one in replaced],
    ])  # fmt: skip
    for punch in (*own, *replaced):
        stored.touch(punch.id_number_hash, punch.punched_at)
    ledger.settle(stored)


def _punches(project_id: int, numbers: set[int]) -> list[Any]:
    table = Punch.__table__
    if not numbers:
        return []
    return list(
        db.session.execute(
            select(table).where(table.c.project_id == project_id, table.c.id.in_(numbers))
        )
    )


def _thought_before(project_id: int, numbers: list[int]) -> dict[int, PunchState]:
    """Give what was thought of punches before their last mark, where anything was written."""
    rows = db.session.execute(
        select(PunchMark.punch_id, PunchMark.state)
        .where(PunchMark.project_id == project_id, PunchMark.punch_id.in_(numbers))
        .order_by(PunchMark.id)
    )
    marks: dict[int, list[PunchState]] = {}
    for number, state in rows:
        marks.setdefault(number, []).append(state)
    return {number: states[-2] for number, states in marks.items() if len(states) > 1}
