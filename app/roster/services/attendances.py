"""Trainings as a sheet brings them: one person and one session a row (screens.md 14, T11)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import dictionaries, scope
from app.core.columns.base import required_message, specs
from app.core.errors import Refusal, refuse_all
from app.extensions import db
from app.projects.models import Project
from app.roster import events
from app.roster.errors import Missing, PaperRefused
from app.roster.models import ProjectWorker, Trainee, Training
from app.roster.queries import papers
from app.roster.services import keyed
from app.roster.services.entry_training import follow
from app.roster.services.keyed import Keyed, Recorded
from app.roster.services.trainings import attendance_problems, holder, may_keep, session_problems

NEEDED = {Training: ("kind", "trained_on", "hours"), Trainee: ("result",)}
Session = tuple[Any, ...]


def record_attendances(
    project: Project, rows: Iterable[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Recorded]:
    """Record that people took part in trainings, all or none, and which result each had.

    Rows of one kind, day and length are one session. A person's training of that kind and day
    that is known already is corrected, never doubled. Refusals carry ``row``.
    """
    found, problems = keyed.find(project, rows, actor=actor)
    for row in found:
        problems += [keyed.at(one, row.index) for one in _problems(row)]
    problems += _twice(found)
    refuse_all(problems)
    keyed.compare_names(found)
    known = {
        (trainee.worker_id, session.kind, session.trained_on): (trainee, session)
        for trainee, session in papers.trainings_of({row.worker.id for row in found})
    }
    sessions = _sessions(project, found, actor)
    made = [
        _attend(row, known.get(_key(row)), sessions[_session(row)]) for row in found
    ]  # fmt: skip
    db.session.flush()
    touched = {one.id for one in sessions.values()} | {one.id for _t, one in known.values()}
    _close(touched, {row.worker.id: row.worker for row in found}, actor)
    return made


def take_back(
    recorded: Iterable[tuple[Trainee, Mapping[str, Any]]], *, actor: scope.Principal
) -> None:
    """Undo what ``record_attendances`` made: remove what was new, restore what was changed.

    Of a new row ``before`` holds nothing but a conflict of names.
    """
    workers: dict[int, ProjectWorker] = {}
    touched: set[int] = set()
    for trainee, before in recorded:
        workers[trainee.worker_id] = trainee.worker
        touched.add(trainee.training_id)
        if "training_id" in before:
            trainee.training_id, trainee.result = before["training_id"], before["result"]
            db.session.get_one(Training, trainee.training_id).is_deleted = False
            touched.add(trainee.training_id)
        else:
            trainee.is_deleted = True
        keyed.forgive(trainee.worker, before)
    db.session.flush()
    _close(touched, workers, actor)


def _key(row: Keyed) -> tuple[Any, ...]:
    return row.worker.id, row.values.get("kind"), row.values.get("trained_on")


def _session(row: Keyed) -> Session:
    return tuple(row.values.get(name) for name in NEEDED[Training])


def _problems(row: Keyed) -> Iterator[Refusal]:
    for model, names in NEEDED.items():
        for name in names:
            if row.values.get(name) in (None, ""):
                yield Missing(required_message(specs(model)[name]), field=name)
    yield from session_problems(row.values)
    yield from attendance_problems(row.worker, row.values)


def _twice(found: Iterable[Keyed]) -> Iterator[Refusal]:
    seen: set[tuple[Any, ...]] = set()
    for row in found:
        if _key(row) in seen:
            problem = PaperRefused(
                gettext("“%(name)s” stands twice in this list: leave one of the rows out",
                        name=row.worker.name),
                field="id_number",
            )  # fmt: skip
            yield keyed.at(problem, row.index)
        seen.add(_key(row))


def _sessions(
    project: Project, found: list[Keyed], actor: scope.Principal
) -> dict[Session, Training]:
    """Give the session of each kind, day and length: one of the same holder, else a new one."""
    unit_id = holder(project, found, actor)
    rows = db.session.scalars(
        select(Training).where(
            Training.project_id == project.id, Training.is_deleted.is_(False),
            Training.unit_id.is_not_distinct_from(unit_id),
            Training.trained_on.in_({row.values["trained_on"] for row in found}),
        ).order_by(Training.id)
    )  # fmt: skip
    sessions: dict[Session, Training] = {}
    for one in rows:
        if one.name == dictionaries.label("training_type", one.kind):
            sessions.setdefault((one.kind, one.trained_on, one.hours), one)
    for row in found:
        if _session(row) not in sessions:
            kind, day, hours = _session(row)
            made = Training(
                project_id=project.id, unit_id=unit_id, unit_ids=[], kind=kind, hours=hours,
                trained_on=day, name=dictionaries.label("training_type", kind),
            )  # fmt: skip
            db.session.add(made)
            sessions[_session(row)] = made
    db.session.flush()
    return sessions


def _attend(row: Keyed, known: tuple[Trainee, Training] | None, session: Training) -> Recorded:
    worker, result = row.worker, row.values["result"]
    if known is None:
        made = Trainee(
            project_id=worker.project_id, training_id=session.id, worker_id=worker.id,
            unit_id=worker.unit_id, result=result,
        )  # fmt: skip
        db.session.add(made)
        return Recorded(made, True, True, dict(row.before), row.notices)
    trainee, present = known
    moves = present.hours != row.values["hours"]
    before = {"training_id": trainee.training_id, "result": trainee.result, **row.before}
    changed = moves or trainee.result is not result
    if moves:
        trainee.training_id = session.id
    trainee.result = result
    return Recorded(trainee, False, changed, before, row.notices)


def _close(touched: set[int], workers: dict[int, ProjectWorker], actor: scope.Principal) -> None:
    """Let sessions know their units, drop those nobody is left in, and let the stays follow."""
    present = papers.trainees(touched)
    for session in db.session.scalars(select(Training).where(Training.id.in_(touched))):
        if may_keep(session, actor):
            session.is_deleted = session.is_deleted or not present[session.id]
            session.unit_ids = sorted({one.unit_id for one in present[session.id]})
    follow(workers.values())
    db.session.flush()
    events.workers_changed.send(workers=list(workers.values()), actor=actor)
