"""入场安全教育: what a stay says of it follows the worker's first safety training (8.2)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext

from app.core import dictionaries, scope
from app.core.errors import Refusal
from app.extensions import db
from app.projects.models import Project
from app.roster.choices import SAFETY_TRAINING, TrainingResult
from app.roster.errors import Missing, PaperRefused
from app.roster.models import ProjectWorker, Trainee, Training
from app.roster.queries import papers

COLUMNS = ("training_on", "training_hours", "training_passed")
RESULTS = {True: TrainingResult.PASSED, False: TrainingResult.FAILED, None: None}
PASSED = {result: passed for passed, result in RESULTS.items()}


def follow(workers: Iterable[ProjectWorker]) -> None:
    """Let stays say day, hours and result of the first safety training, a passed one first.

    PERS-003 b asks for a passed one before the first punch.
    """
    stays = list(workers)
    firsts = first_trainings(worker.id for worker in stays)
    for worker in stays:
        trainee, session = firsts.get(worker.id, (None, None))
        worker.training_on = session.trained_on if session else None
        worker.training_hours = session.hours if session else None
        worker.training_passed = PASSED[trainee.result] if trainee else None


def first_trainings(worker_ids: Iterable[int]) -> dict[int, tuple[Trainee, Training]]:
    """Give the safety training that counts as the entry training of each stay."""
    found: dict[int, tuple[Trainee, Training]] = {}
    for trainee, session in papers.trainings_of(worker_ids):
        if session.kind not in SAFETY_TRAINING:
            continue
        present = found.get(trainee.worker_id)
        if present is None or (_failed(present[0]) and not _failed(trainee)):
            found[trainee.worker_id] = (trainee, session)
    return found


def _failed(trainee: Trainee) -> bool:
    return trainee.result is TrainingResult.FAILED


def problems(
    worker: ProjectWorker | None, changes: Mapping[str, Any], merged: Mapping[str, Any]
) -> Iterator[Refusal]:
    """Refuse in the worker's own form what a session with others says, and hours without a day."""
    if merged.get("training_on") is None:
        lone = [n for n in COLUMNS[1:] if merged.get(n) is not None]
        if lone and changes.keys() & set(COLUMNS):
            yield Missing(gettext("Give the day of the entry training"), field="training_on")
    if worker is None:
        return
    changed = [n for n in COLUMNS if n in changes and changes[n] != getattr(worker, n)]
    first = first_trainings([worker.id]).get(worker.id) if changed else None
    if first and not _alone(*first):
        yield PaperRefused(
            gettext("This stands in the training “%(name)s” of %(day)s: correct it there",
                    name=first[1].name or "", day=first[1].trained_on.isoformat()),
            field=changed[0],
        )  # fmt: skip


def keep(worker: ProjectWorker, project: Project, actor: scope.Principal) -> None:
    """Keep what the worker's own form says of his entry training as a session of him alone."""
    first = first_trainings([worker.id]).get(worker.id)
    if first is None and worker.training_on:
        session = Training(
            project_id=worker.project_id, kind=SAFETY_TRAINING[0], unit_ids=[worker.unit_id],
            unit_id=None if project.id in actor.projects else worker.unit_id,
            name=dictionaries.label("training_type", SAFETY_TRAINING[0]),
            trained_on=worker.training_on, hours=worker.training_hours,
        )  # fmt: skip
        db.session.add(session)
        db.session.flush()
        db.session.add(
            Trainee(
                project_id=worker.project_id, training_id=session.id, worker_id=worker.id,
                unit_id=worker.unit_id, result=RESULTS[worker.training_passed],
            )
        )  # fmt: skip
    elif first is not None and _alone(*first):
        trainee, session = first
        if worker.training_on is None:
            trainee.is_deleted = session.is_deleted = True
        else:
            session.trained_on, session.hours = worker.training_on, worker.training_hours
            trainee.result = RESULTS[worker.training_passed]
    db.session.flush()
    follow([worker])


def _alone(trainee: Trainee, session: Training) -> bool:
    """Tell whether a session is of this one worker, whose own form changes it."""
    present = papers.trainees([session.id])[session.id]
    return [one.worker_id for one in present] == [trainee.worker_id] and session.kind == (
        SAFETY_TRAINING[0]
    )
