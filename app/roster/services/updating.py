"""What another system says anew of workers on the roster (screens.md 7.4, open-api.md 9.5)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext

from app.core import adjusted, clock, scope
from app.core.columns import Document
from app.core.columns.base import specs
from app.core.errors import Refusal, refuse_all
from app.core.notices import Notice
from app.extensions import db
from app.projects.models import Project
from app.roster import events
from app.roster.choices import StayState
from app.roster.errors import TeamNotHere
from app.roster.models import ProjectWorker, Team
from app.roster.services import ages, conflicts, edits, keyed, rules
from app.roster.services.doors import door_of, taken
from app.roster.services.entering import complete_team
from app.roster.services.keyed import Keyed
from app.roster.services.reassigning import reassign_workers

LOCKED = (*edits.BY_CORRECTION, *edits.FIXED)
Values = Mapping[str, Any]


def update_workers(
    project: Project, rows: Iterable[Values], *, actor: scope.Principal
) -> list[ProjectWorker]:
    """Change stays that go on as another system says, all or none; what is empty stays.

    A row names its person by document (``keyed.find``) and holds columns of ``ProjectWorker``. A
    ``name`` that differs is no change but a data conflict (8.5); another ``team_id`` moves the
    worker from today on. What the answer must say stands in ``notices``. Refusals carry ``row``.
    """
    given = [{**row, "person_name": row.get("name")} for row in rows]
    found, problems = keyed.find(project, given, actor=actor)
    kept = adjusted.by_hand(row.worker for row in found)
    changes = {row.index: _changes(row, kept[row.worker.id]) for row in found}
    for row in found:
        problems += [keyed.at(one, row.index) for one in _problems(row, changes[row.index], actor)]
    refuse_all(problems)
    keyed.compare_names(found)
    edits.write_changes([(row.worker, changes[row.index]) for row in found], actor=actor)
    for row in found:
        _change_team(project, row, actor)
        complete_team(db.session.get_one(Team, row.worker.team_id), row.worker)
        row.worker.notices = (*row.notices, *_warnings(row.worker, changes[row.index]))
    db.session.flush()
    workers = [row.worker for row in found]
    events.workers_changed.send(workers=workers, actor=actor)
    return workers


def _changes(row: Keyed, by_hand: set[str]) -> dict[str, Any]:
    """Give what a row says otherwise than the stay; a value put in by hand stays (7.4)."""
    said = {
        name: value for name, value in taken(ProjectWorker, row.values).items()
        if name not in LOCKED and getattr(row.worker, name) != value
    }  # fmt: skip
    stay = {name: value for name, value in said.items() if name in by_hand and not _file(name)}
    if stay:
        row.notices.append(conflicts.raise_fields(row.worker, stay))
    return {name: value for name, value in said.items() if name not in by_hand}


def _file(name: str) -> bool:
    """Tell whether a column holds files, which are new each time they come."""
    return isinstance(specs(ProjectWorker)[name].kind, Document)


def _problems(row: Keyed, changes: dict[str, Any], actor: scope.Principal) -> Iterator[Refusal]:
    present = {name: getattr(row.worker, name) for name in specs(ProjectWorker)}
    door = door_of(actor)
    yield from edits.fitting(row.worker, changes, present | changes, door)
    yield from edits.taken_elsewhere(row.worker, changes, door)


def _change_team(project: Project, row: Keyed, actor: scope.Principal) -> None:
    """Move a worker to the team a row names; a draft has not been in any team yet."""
    worker, team_id = row.worker, row.values.get("team_id")
    if team_id in (None, worker.team_id):
        return
    try:
        if worker.state is not StayState.DRAFT:
            moved = {"team_id": team_id, "from_on": clock.today(),
                     "reason": gettext("Changed by interface")}  # fmt: skip
            reassign_workers(project, [worker], moved, actor=actor)
            row.notices += worker.notices
            return
        team = db.session.get(Team, team_id)
        if team is None or team.unit_id != worker.unit_id:
            raise TeamNotHere
        worker.team_id, worker.is_team_leader = team.id, False
        db.session.flush()
    except Refusal as problem:
        raise keyed.at(problem, row.index) from None


def _warnings(worker: ProjectWorker, changes: Values) -> Iterator[Notice | str]:
    yield from ages.warnings(worker)
    yield from rules.card_notices(changes.get("bank_card_no") or "")
