"""Taking back stays that should not have begun, such as those of a wrong workbook (14)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.core import scope
from app.extensions import db
from app.roster import events, queries
from app.roster.choices import StayState
from app.roster.models import Certificate, Movement, ProjectWorker
from app.roster.services import memberships, persons
from app.roster.states import STAY_FLOW


def take_back_workers(
    rows: Sequence[tuple[ProjectWorker, Mapping[str, Any] | None]], *, actor: scope.Principal
) -> None:
    """Remove stays nothing depends on; one with values from before becomes that draft again.

    Their entries and certificates go with them, their wage cards are nobody's any more. The
    caller has made sure that nothing else was written about them.
    """
    workers = [worker for worker, _before in rows]
    numbers = [worker.id for worker in workers]
    _release_cards(workers)
    for model in (Movement, Certificate):
        for row in db.session.scalars(select(model).where(model.worker_id.in_(numbers))):
            row.is_deleted = True
    memberships.forget(workers)
    drafts = [
        worker for worker, before in rows
        if before is not None and worker.state is not StayState.DRAFT
    ]  # fmt: skip
    STAY_FLOW.fire_many("take_back", drafts, actor=scope.SYSTEM)
    for worker, before in rows:
        if before is None:
            worker.is_deleted, worker.incomplete, worker.complete_by = True, False, None
        else:
            for name, value in before.items():
                setattr(worker, name, value)
    db.session.flush()
    _keep_cards([worker for worker, before in rows if before is not None])
    events.workers_left.send(workers=workers, actor=actor)


def _cards(workers: Sequence[ProjectWorker]) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = {}
    for worker in workers:
        if worker.bank_card_no:
            found.setdefault(worker.project_id, []).append(
                (queries.card_fingerprint(worker.bank_card_no), worker.person_id)
            )
    return found


def _release_cards(workers: Sequence[ProjectWorker]) -> None:
    with scope.system_scope("whose wage cards these are, is kept in the city"):
        for project_id, cards in _cards(workers).items():
            persons.release_cards(project_id, cards)


def _keep_cards(workers: Sequence[ProjectWorker]) -> None:
    with scope.system_scope("whose wage cards these are, is kept in the city"):
        for project_id, cards in _cards(workers).items():
            persons.keep_cards(project_id, cards)
