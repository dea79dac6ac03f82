"""Taking back stays that should not have begun, such as those of a wrong workbook (14)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.core import scope
from app.extensions import db
from app.roster import events, queries
from app.roster.choices import StayState
from app.roster.models import Certificate, Movement, ProjectWorker, Team
from app.roster.services import memberships, persons
from app.roster.states import STAY_FLOW

LED = ("leader_name", "leader_mobile", "leader_id_type", "leader_id_number")


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


def leads_before(rows: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    """Give what rows that name a team's leader are about to replace, by their index."""
    wanted = {
        index: row["team_id"] for index, row in enumerate(rows)
        if row.get("is_team_leader") and row.get("team_id")
    }  # fmt: skip
    leaders = queries.leader_stays(set(wanted.values())) if wanted else {}
    found = {}
    for index, team_id in wanted.items():
        team, stay = db.session.get(Team, team_id), leaders.get(team_id)
        if team is not None:
            found[index] = {
                "stay": stay.id if stay is not None else None,
                **{name: getattr(team, name) for name in LED},
            }
    return found


def give_lead_back(worker: ProjectWorker, led: Mapping[str, Any]) -> None:
    """Let a team be led again by whom it named before this worker, where it still names him."""
    team = db.session.get(Team, worker.team_id)
    if team is None or team.leader_id_number != worker.id_number:
        return
    for name in LED:
        setattr(team, name, led[name])
    former = db.session.get(ProjectWorker, led["stay"]) if led["stay"] else None
    if former is not None and former.state is StayState.DRAFT and not former.is_deleted:
        former.is_team_leader = True
    db.session.flush()
