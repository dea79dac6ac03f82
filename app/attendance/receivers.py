"""What attendance does when the roster changes."""

from typing import Any

from app.attendance.services import match_stays
from app.core import scope
from app.roster.events import worker_joined
from app.roster.models import ProjectWorker
from app.roster.states import STAY_FLOW


@worker_joined.connect
def _take_in_punches(*, worker: Any, actor: scope.Principal, **_facts: Any) -> None:
    match_stays(worker, actor=actor)


@STAY_FLOW.moved.connect
def _take_in_after_entry(*, row: Any, verb: str, actor: scope.Principal, **_facts: Any) -> None:
    if verb == "enter" and isinstance(row, ProjectWorker):
        match_stays(row, actor=actor)
