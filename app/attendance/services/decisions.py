"""Decisions about punches and months: approve what waits, void, ignore, lock."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.attendance import queries
from app.attendance.choices import PunchState
from app.attendance.errors import NotYourProject, WrongDates
from app.attendance.models import MonthLock, OddPunch, Punch
from app.attendance.services import ledger
from app.attendance.services.ledger import Mark, Stored
from app.attendance.states import CORRECTION, ODD
from app.core import clock, scope
from app.core.errors import NotAllowed
from app.extensions import db
from app.projects.models import Project


def decide_punches(
    rows: Iterable[Punch], *, count: bool, reason: str = "", actor: scope.Principal
) -> int:
    """Let waiting punches count, or make punches void; give how many changed.

    Only the general contractor of the project decides. A punch that comes to count without a
    stay that covers it stays unmatched.
    """
    by_project: dict[int, list[Punch]] = {}
    for row in rows:
        by_project.setdefault(row.project_id, []).append(row)
    may_decide(actor, by_project)
    with scope.system_scope("a decision about punches is written"):
        # persons before chains, all in one order: nobody waits for one who waits for him
        ledger.lock_persons(row.id_number_hash for found in by_project.values() for row in found)
        return sum(_decide(found, count, reason) for _number, found in sorted(by_project.items()))


def may_decide(actor: scope.Principal, project_ids: Iterable[int]) -> None:
    """Refuse whoever may not decide about punches: only the general contractor of each project."""
    if actor.audience is scope.Audience.SYSTEM:
        return
    if actor.audience is not scope.Audience.TENANT or not actor.can("approve", CORRECTION.area):
        raise NotAllowed
    if not set(project_ids) <= set(actor.projects):
        raise NotYourProject(gettext("The labour manager of the general contractor decides this"))


def _decide(rows: list[Punch], count: bool, reason: str) -> int:
    project_id = rows[0].project_id
    stays = queries.stays({row.id_number_hash for row in rows}, project_id)
    states = queries.states_of([project_id], [row.id for row in rows])
    stored = Stored(project_id, rows[0].district_code)
    marks, last = [], []
    for row in rows:
        state = states.get(row.id, (PunchState.VALID, ""))[0]
        own = stays.get(row.id_number_hash, [])
        stay = next((s for s in own if s.covers(row.punched_at)), None)
        target = _target(row, state, stay, count)
        if target is state:
            continue
        marks.append(Mark(row.id, row.punched_at, row.unit_id, target, reason))
        stored.touch(row.id_number_hash, row.punched_at)
        if stay is not None and ledger.counts(target):
            last.append((stay.id, row.punched_at))
    ledger.mark(stored, marks)
    ledger.note_last_punches(project_id, last)
    ledger.settle(stored)
    return len(marks)


def _target(row: Punch, state: PunchState, stay: Any, count: bool) -> PunchState:
    if not count:
        return PunchState.VOID
    if state not in (PunchState.PENDING, PunchState.VOID):
        return state
    if stay is None:
        return PunchState.UNMATCHED
    return queries.first_thought(row.punched_at, row.received_at)


def ignore_odd(row: OddPunch, reason: str, *, actor: scope.Principal) -> None:
    """Put an odd punch aside for a reason."""
    ODD.fire("ignore", row, actor=actor, remark=reason)


def lock_month(project: Project, month: str, *, actor: scope.Principal) -> MonthLock:
    """Lock a month that has ended: punches that arrive later wait for approval.

    Only the general contractor's side locks; a month already locked stays as it is.
    """
    may_decide(actor, [project.id])
    if not re.fullmatch(r"\d{4}-\d{2}", month) or month >= queries.month_of(clock.today()):
        raise WrongDates(gettext("Only a month that has ended can be locked"), field="month")
    row = db.session.scalars(
        select(MonthLock).where(MonthLock.project_id == project.id, MonthLock.month == month)
    ).first()
    if row is None:
        row = MonthLock(project_id=project.id, month=month)
        db.session.add(row)
        db.session.flush()
    return row
