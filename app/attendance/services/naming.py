"""指认人员: the labour manager says whose an unmatched punch is (screens.md 9.2).

The ledger is never changed: the sent punch becomes void, and a punch of the named worker at the
same second, entered by hand and naming the one it replaces, takes its place.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.attendance import queries
from app.attendance.choices import OddKind, OddState, PunchState
from app.attendance.errors import NobodyChosen, NotOnSite
from app.attendance.models import OddPunch, Punch
from app.attendance.queries import Stay
from app.attendance.services import ledger
from app.attendance.services.decisions import may_decide
from app.attendance.services.ledger import Mark, Stored
from app.attendance.services.matching import match_stays
from app.attendance.states import ODD
from app.core import clock, scope
from app.core.errors import Closed
from app.extensions import db
from app.roster.models import ProjectWorker

KEPT = ("attend_method", "channel", "channel_known", "device_sn", "lng", "lat", "similarity",
        "batch")  # fmt: skip


def name_person(row: OddPunch, values: Mapping[str, Any], *, actor: scope.Principal) -> OddPunch:
    """Let an unmatched punch count for a worker of the project who was on site at that moment.

    ``values``: worker_id, and ``others`` to name him for every open unmatched punch of the same
    document that his stay covers. Only the general contractor decides. What is older than 45 days
    or of a locked month waits for approval all the same.
    """
    may_decide(actor, {row.project_id})
    worker = db.session.get(ProjectWorker, values.get("worker_id") or 0)
    if worker is None or worker.project_id != row.project_id or worker.is_deleted:
        raise NobodyChosen(gettext("Choose a worker of this project"), field="worker_id")
    with scope.system_scope("a named person's punch is written"):
        ledger.lock_persons({row.id_number_hash, worker.id_number_hash})
        stay = _stay(worker, row.punched_at)
        if worker.id_number_hash == row.id_number_hash:
            match_stays([worker], actor=actor)
            return row
        named = [one for one in _open(row, others=bool(values.get("others")))
                 if stay.covers(one.punched_at)]  # fmt: skip
        if row.id not in {one.id for one in named}:
            raise Closed(str(row))
        _write(named, stay, (worker.id_type, worker.id_number))
    words = " ".join(part for part in (worker.name, worker.worker_no) if part)
    ODD.fire_many("name", named, actor=actor, remark=words)
    return row


def _stay(worker: ProjectWorker, at: datetime) -> Stay:
    found = queries.stays([worker.id_number_hash], worker.project_id)[worker.id_number_hash]
    stay = next(one for one in found if one.id == worker.id)
    if not stay.covers(at):
        raise NotOnSite(
            gettext("“%(name)s” was not on site at that moment: choose somebody who was, or record"
                    " his entry first", name=worker.name),
            field="worker_id",
        )  # fmt: skip
    return stay


def _open(row: OddPunch, *, others: bool) -> list[OddPunch]:
    """Give the odd punches a naming is about whose punch is still unmatched."""
    query = select(OddPunch).where(
        OddPunch.project_id == row.project_id, OddPunch.kind == OddKind.UNMATCHED,
        OddPunch.state == OddState.OPEN,
        OddPunch.id_number_hash == row.id_number_hash if others else OddPunch.id == row.id,
    )  # fmt: skip
    found = list(db.session.scalars(query.order_by(OddPunch.punched_at)))
    states = queries.states_of([row.project_id], [one.punch_id for one in found])
    unmatched = {number for number, (state, _why) in states.items()
                 if state is PunchState.UNMATCHED}  # fmt: skip
    return [one for one in found if one.punch_id in unmatched]


def _write(named: list[OddPunch], stay: Stay, paper: tuple[str, str]) -> None:
    stored = Stored(stay.project_id, stay.district_code)
    sent = {punch.id: punch for punch in db.session.scalars(
        select(Punch).where(
            Punch.project_id == stay.project_id, Punch.id.in_([one.punch_id for one in named])
        )
    )}  # fmt: skip
    reason = gettext("Named: %(name)s", name=stay.name)
    ledger.mark(stored, [
        Mark(one.id, one.punched_at, one.unit_id, PunchState.VOID, reason)
        for one in sent.values()
    ])  # fmt: skip
    fresh = ledger.store(stored, [_row(one, stay, paper) for one in sent.values()])
    locked, now = queries.locked_months(stay.project_id), clock.now()
    thoughts = {key: _thought(row, now, locked) for key, row in fresh.items()}
    ledger.mark(stored, [
        Mark(row["id"], row["punched_at"], row["unit_id"], thoughts[key])
        for key, row in fresh.items() if thoughts[key] is not PunchState.VALID
    ])  # fmt: skip
    counting = [row["punched_at"] for key, row in fresh.items() if ledger.counts(thoughts[key])]
    if counting:
        ledger.begin_stays([stay])
    ledger.note_last_punches(stay.project_id, [(stay.id, at) for at in counting])
    for at in counting:
        stored.touch(stay.hash, at)
    ledger.settle(stored)


def _thought(row: Mapping[str, Any], now: datetime, locked: set[str]) -> PunchState:
    if queries.needs_approval(row["punched_at"], now, locked):
        return PunchState.PENDING
    return queries.first_thought(row["punched_at"], row["received_at"])


def _row(sent: Punch, named: Stay, paper: tuple[str, str]) -> dict[str, Any]:
    stay = named.at(sent.punched_at)
    return {
        **{name: getattr(sent, name) for name in KEPT},
        "project_id": stay.project_id, "district_code": stay.district_code,
        "id_number_hash": stay.hash, "punched_at": sent.punched_at, "direction": sent.direction,
        "worker_id": stay.id, "unit_id": stay.unit_id, "team_id": stay.team_id,
        "id_type": paper[0], "id_number": paper[1], "name": stay.name,
        "received_at": sent.received_at, "photo_id": None, "source": "manual",
        "correction_id": None, "replaces": [sent.id],
    }  # fmt: skip
