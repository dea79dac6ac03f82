"""Rows of a sheet about workers who are in the team already: completed, changed, or left (14).

What a row brings is judged and written as the form of the worker does it (``edits``); document
and name stay as they are (8.5), an empty cell clears nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.core import names, scope, settings
from app.core.bulk import one_of
from app.core.columns.base import specs
from app.core.errors import Refusal
from app.extensions import db
from app.roster import events, queries
from app.roster.choices import StayState
from app.roster.errors import InAnotherTeam, WithAnotherUnit
from app.roster.models import Contract, Movement, ProjectWorker
from app.roster.queries import papers
from app.roster.services import contracts, due, edits, memberships, rules
from app.roster.services.doors import taken
from app.roster.services.entering import complete_team
from app.roster.services.intake import Facts, Intake
from app.roster.services.keyed import said_otherwise
from app.roster.states import STAY_FLOW

LOCKED = (*edits.BY_CORRECTION, *edits.FIXED)
IN_NUMBER = ("sex", "birth_on")  # an identity card's number holds them
CONFLICT = ("conflicted", "conflict")
# what follows from a change of other columns, and goes back with them
FOLLOWS = ("state", "sex", "birth_on", "bank_account_name", "has_contract", "incomplete",
           "complete_by", *CONFLICT)  # fmt: skip
RENEWED, BESIDE = "renewed", "beside"  # in ``before``: the stay's columns, its other contracts


def judge(intakes: Iterable[Intake], facts: Facts, door: str) -> Iterator[tuple[Intake, Refusal]]:
    """Judge the rows about live stays of the project; what each would change stands in it."""
    rows = [row for row in intakes if row.stay_id is not None]
    stays = _stays(rows)
    follows = bool(settings.get(rules.TRADE_FOLLOWS_TEAM)) if rows else False
    for row in rows:
        worker = stays.get(row.stay_id or 0)
        if worker is None:
            yield row, WithAnotherUnit(row.values["name"])
        elif worker.team_id != row.team.id:
            yield row, InAnotherTeam(worker.name, worker.unit.name, worker.team.name)
        else:
            row.stay, row.changes = worker, _changes(row, worker, trade_follows=follows)
            _note(row, worker, facts)
            yield from ((row, problem) for problem in _problems(row, worker, door))


def _stays(rows: Sequence[Intake]) -> dict[int, ProjectWorker]:
    if not rows:
        return {}
    found = db.session.scalars(
        select(ProjectWorker).where(one_of(ProjectWorker.id, {row.stay_id for row in rows}))
    )
    return {row.id: row for row in found}


def _changes(row: Intake, worker: ProjectWorker, *, trade_follows: bool) -> dict[str, Any]:
    """Give what the filled cells of a row say otherwise than the stay, and a conflict of names."""
    locked = {*LOCKED, *(IN_NUMBER if worker.id_type == rules.CARD_DOCUMENT else ()),
              *(("work_type",) if trade_follows else ())}  # fmt: skip
    found = {
        name: value for name, value in taken(ProjectWorker, row.given).items()
        if name not in locked and not _same(getattr(worker, name), value)
    }  # fmt: skip
    if _named_otherwise(row, worker) and not worker.conflicted:
        conflict = {"known": worker.name, "given": row.values["name"]}
        found |= {"conflicted": True, "conflict": conflict}
    return found


def _same(present: Any, given: Any) -> bool:
    if isinstance(given, (list, tuple)):
        return sorted(present or (), key=str) == sorted(given, key=str)
    return bool(present == given)


def _named_otherwise(row: Intake, worker: ProjectWorker) -> bool:
    return not names.same_name(worker.name, row.values["name"])


def _note(row: Intake, worker: ProjectWorker, facts: Facts) -> None:
    row.notices += rules.contradicted({**row.values, **{n: row.given.get(n) for n in IN_NUMBER}})
    if card := row.changes.get("bank_card_no"):
        owners = facts.card_owners.get(queries.card_fingerprint(card), set())
        row.notices += rules.card_notices(card, shared=bool(owners - {worker.person_id}))
    if _named_otherwise(row, worker):
        row.notices.append(said_otherwise(worker.name, "name", worker.id))


def _problems(row: Intake, worker: ProjectWorker, door: str) -> Iterator[Refusal]:
    if row.changes:
        present = {name: getattr(worker, name) for name in specs(ProjectWorker)}
        yield from edits.fitting(worker, row.changes, present | row.changes, door)


def renew(rows: Sequence[Intake], *, actor: scope.Principal) -> list[ProjectWorker]:
    """Write what rows change of their stays; gives every stay, with what it was in ``before``."""
    changed = [row for row in rows if row.changes]
    beside = papers.contracts_beside(row.stay.id for row in changed)
    for row in rows:
        worker = row.stay
        worker.notices = tuple(row.notices)
        worker.before = _as_it_was(worker, row.changes, beside[worker.id]) if row.changes else {}
    if changed:
        edits.write_changes([(row.stay, row.changes) for row in changed], actor=actor)
        for row in changed:
            complete_team(row.team, row.stay)
        db.session.flush()
        events.workers_changed.send(workers=[row.stay for row in changed], actor=actor)
    return [row.stay for row in rows]


def _as_it_was(
    worker: ProjectWorker, changes: Mapping[str, Any], others: Sequence[Contract]
) -> dict[str, Any]:
    """Give what a row replaces, enough to make the stay again what it was."""
    signed = changes.keys() & set(contracts.COLUMNS)
    kept = dict.fromkeys((*changes, *FOLLOWS, *(contracts.COLUMNS if signed else ())))
    before: dict[str, Any] = {RENEWED: {name: getattr(worker, name) for name in kept}}
    if signed and others:
        before[BESIDE] = {str(one.id): contracts.values_of(one) for one in others}
    return before


def begins_otherwise(before: Mapping[str, Any]) -> bool:
    """Tell whether a row moved the entry of its stay, on which punches and wages stand."""
    return "entry_on" in before[RENEWED]


def take_back_renewals(
    pairs: Sequence[tuple[ProjectWorker, Mapping[str, Any]]], *, actor: scope.Principal
) -> None:
    """Make stays again what they were before a sheet, given the ``before`` of each.

    The caller has made sure that they were not changed since.
    """
    rows = [(worker, dict(before[RENEWED])) for worker, before in pairs]
    states = {worker.id: was.pop("state") for worker, was in rows}
    _wait_again([worker for worker, _was in rows if states[worker.id] is StayState.EXPECTED], actor)
    cards = [(worker, worker.bank_card_no) for worker, _was in rows]
    for worker, was in rows:
        for name, value in was.items():
            setattr(worker, name, value)
        due.renew(worker, worker.entry_on)
    _sign_again(pairs)
    db.session.flush()
    edits.change_cards(cards)
    memberships.begin(
        worker for worker, was in rows
        if "entry_on" in was and worker.state is StayState.ON_SITE
    )  # fmt: skip
    events.workers_changed.send(workers=[worker for worker, _was in rows], actor=actor)


def _wait_again(workers: Sequence[ProjectWorker], actor: scope.Principal) -> None:
    """Let stays wait for their entry again that began with the row."""
    begun = [worker for worker in workers if worker.state is StayState.ON_SITE]
    if not begun:
        return
    entries = select(Movement).where(Movement.worker_id.in_([worker.id for worker in begun]))
    for entry in db.session.scalars(entries):
        entry.is_deleted = True
    memberships.forget(begun)
    STAY_FLOW.fire_many("take_back", begun, actor=scope.SYSTEM)
    STAY_FLOW.fire_many("expect", begun, actor=scope.SYSTEM)
    events.workers_left.send(workers=begun, actor=actor)


def _sign_again(pairs: Iterable[tuple[ProjectWorker, Mapping[str, Any]]]) -> None:
    former = {
        int(number): values for _worker, before in pairs
        for number, values in before.get(BESIDE, {}).items()
    }  # fmt: skip
    for one in db.session.scalars(select(Contract).where(Contract.id.in_(former))):
        one.is_deleted = False
        for name, value in former[one.id].items():
            setattr(one, name, value)
