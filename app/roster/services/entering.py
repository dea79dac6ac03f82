"""A stay begins: its state by the entry date, its first entry on record, its team (8.2, 8.3)."""

from collections.abc import Iterable
from datetime import date

from app.core import adding, clock
from app.roster.choices import MovementKind, StayState
from app.roster.models import Movement, ProjectWorker, Team
from app.roster.services import memberships


def state_on_entry(entry_on: date | None) -> StayState:
    """Give the state a stay has by its entry date: 草稿 without one."""
    if entry_on is None:
        return StayState.DRAFT
    return StayState.ON_SITE if entry_on <= clock.today() else StayState.EXPECTED


def record_entries(workers: Iterable[ProjectWorker]) -> None:
    """Write the entry of each stay that has just begun, and open its membership of the team."""
    rows = list(workers)
    adding.write_rows(Movement, [
        {
            "project_id": worker.project_id, "district_code": worker.district_code,
            "worker_id": worker.id, "unit_id": worker.unit_id, "team_id": worker.team_id,
            "kind": MovementKind.ENTRY, "moved_on": worker.entry_on,
            "remark": worker.join_reason,
        }
        for worker in rows
    ])  # fmt: skip
    memberships.enter(rows)


def complete_team(team: Team, worker: ProjectWorker) -> None:
    """Take the trade from the first worker and the leader from the one who leads (7.4)."""
    if team.work_type is None and not team.is_management:
        team.work_type = worker.work_type
    if worker.is_team_leader and team.leader_id_number != worker.id_number:
        team.leader_name, team.leader_mobile = worker.name, worker.mobile
        team.leader_id_type, team.leader_id_number = worker.id_type, worker.id_number
