"""培训记录: sessions with the people who took part (screens.md 8.2, open-api.md 9.10)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.errors import Refusal, refuse_all
from app.extensions import db
from app.projects.models import Project
from app.roster import events
from app.roster.choices import StayState
from app.roster.errors import DateRefused, Missing, NotEditable, PaperRefused, each
from app.roster.models import ProjectWorker, Trainee, Training
from app.roster.queries import papers
from app.roster.services import keyed
from app.roster.services.doors import door_of, missing
from app.roster.services.entry_training import follow
from app.roster.services.keyed import Keyed

COLUMNS = tuple(specs(Training))
MOST_HOURS = 500
Values = Mapping[str, Any]


def record_trainings(
    project: Project, rows: Iterable[Values], *, actor: scope.Principal
) -> list[Training]:
    """Put sessions on record, all or none.

    A row holds the columns of ``Training`` and ``people``, each found by ``keyed.find`` and with
    ``result`` and ``score``; by interface a session may name nobody. The entry training of the
    stays follows. What the answer must say stands in ``notices``. Refusals carry ``row``.
    """
    problems: list[Refusal] = []
    wanted = [dict(row) for row in rows]
    groups = []
    for index, row in enumerate(wanted):
        people, wrong = keyed.find(project, row.get("people") or (), actor=actor)
        wrong += _problems(row, people, door_of(actor))
        problems += [keyed.at(_of_people(one), index) for one in wrong]
        groups.append(people)
    refuse_all(problems)
    made = []
    for row, people in zip(wanted, groups, strict=True):
        keyed.compare_names(people)
        made.append(_record(project, row, people, actor))
    db.session.flush()
    _settled([person.worker for people in groups for person in people], actor)
    return made


def edit_training(training: Training, values: Values, *, actor: scope.Principal) -> Training:
    """Change a session and, where ``people`` are given, who took part and with which result."""
    _keeps(training, actor)
    project = db.session.get_one(Project, training.project_id)
    merged = {name: getattr(training, name) for name in COLUMNS} | dict(values)
    there = papers.trainees([training.id])[training.id]
    people, wrong = keyed.find(project, values.get("people") or (), actor=actor)
    if "people" not in values:
        people = [Keyed(n, {}, one.worker) for n, one in enumerate(there)]
    refuse_all([_of_people(one) for one in [*wrong, *_problems(merged, people, door_of(actor))]])
    for name in COLUMNS:
        setattr(training, name, merged.get(name))
    gone: list[Any] = []
    if "people" in values:
        gone = _bring(training, there, people)
    db.session.flush()
    _settled([*(person.worker for person in people), *gone], actor)
    return training


def drop_training(training: Training, *, actor: scope.Principal) -> None:
    """Remove a session recorded by mistake; the stays follow what is left."""
    _keeps(training, actor)
    there = papers.trainees([training.id])[training.id]
    for one in there:
        one.is_deleted = True
    training.is_deleted = True
    db.session.flush()
    _settled([one.worker for one in there], actor)


def grade(trainee: Trainee, values: Values, *, actor: scope.Principal) -> Trainee:
    """Change the result and score of one person."""
    if not keyed.keeps(trainee.worker, actor):
        raise NotEditable(gettext("Only who keeps this worker's papers changes his result"))
    refuse_all([*missing(Trainee, values, door_of(actor)), *_score(values)])
    trainee.result, trainee.score = values.get("result"), values.get("score")
    db.session.flush()
    _settled([trainee.worker], actor)
    return trainee


def may_keep(training: Training, actor: scope.Principal) -> bool:
    """Tell whether a principal changes a session: its own unit's, or any of his project."""
    if actor.audience is scope.Audience.SYSTEM:
        return True
    return training.project_id in actor.projects or training.unit_id in actor.units


def holder(project: Project, people: Iterable[Keyed], actor: scope.Principal) -> int | None:
    """Give the unit that holds a session; none where the whole site does."""
    if actor.audience is scope.Audience.SYSTEM or project.id in actor.projects:
        return None
    units = {person.worker.unit_id for person in people} & set(actor.units)
    return min(units or actor.units, default=None)


def session_problems(row: Values) -> Iterator[Refusal]:
    """Give what is wrong with day and hours of a session, whatever the door."""
    day, hours = row.get("trained_on"), row.get("hours")
    if day and day > clock.today():
        yield DateRefused(
            gettext("A training is recorded once it has been held: today at the latest"),
            field="trained_on",
        )
    if hours is not None and not 0 < hours <= MOST_HOURS:
        yield PaperRefused(
            gettext("The hours of a training lie above 0 and up to %(most)s", most=MOST_HOURS),
            field="hours",
        )


def attendance_problems(worker: ProjectWorker, row: Values) -> Iterator[Refusal]:
    """Refuse a training after the end of the stay."""
    day = row.get("trained_on")
    if worker.state is StayState.EXITED and worker.exit_on and day and day > worker.exit_on:
        yield PaperRefused(
            gettext("%(name)s left the site on %(day)s, before the training: take him off the"
                    " list", name=worker.name, day=worker.exit_on.isoformat()),
            field="people",
        )  # fmt: skip


def _problems(row: Values, people: list[Keyed], door: str) -> Iterator[Refusal]:
    yield from missing(Training, row, door)
    yield from session_problems(row)
    if not people and door != "api":
        yield Missing(gettext("Choose who took part"), field="people")
    seen: set[int] = set()
    for person in people:
        yield from attendance_problems(person.worker, row)
        yield from _score(person.values)
        if person.worker.id in seen:
            yield PaperRefused(
                gettext("“%(name)s” stands twice in this list: leave one of the rows out",
                        name=person.worker.name),
                field="people",
            )  # fmt: skip
        seen.add(person.worker.id)


def _score(values: Values) -> Iterator[Refusal]:
    score = values.get("score")
    if score is not None and not 0 <= score <= 100:
        yield PaperRefused(gettext("A score lies between 0 and 100"), field="score")


def _of_people(problem: Refusal) -> Refusal:
    """Put what is wrong with a person beside the field of the people."""
    for single in each(problem):
        if single.field in ("worker", "id_number"):
            single.field = "people"
    return problem


def _record(project: Project, row: Values, people: list[Keyed], actor: scope.Principal) -> Training:
    training = Training(
        project_id=project.id, unit_id=holder(project, people, actor), unit_ids=[],
        **{name: row.get(name) for name in COLUMNS},
    )  # fmt: skip
    db.session.add(training)
    db.session.flush()
    _bring(training, [], people)
    training.notices = [line for person in people for line in person.notices]
    return training


def _bring(training: Training, there: list[Trainee], people: list[Keyed]) -> list[ProjectWorker]:
    """Bring who took part to these people; gives the workers of those taken off."""
    kept = {one.worker_id: one for one in there}
    for person in people:
        one = kept.pop(person.worker.id, None)
        if one is None:
            one = Trainee(
                project_id=training.project_id, training_id=training.id,
                worker_id=person.worker.id, unit_id=person.worker.unit_id,
            )  # fmt: skip
            db.session.add(one)
        for name in ("result", "score"):
            if name in person.values:
                setattr(one, name, person.values[name])
    for gone in kept.values():
        gone.is_deleted = True
    training.unit_ids = sorted({person.worker.unit_id for person in people})
    return [gone.worker for gone in kept.values()]


def _keeps(training: Training, actor: scope.Principal) -> None:
    if not may_keep(training, actor):
        raise NotEditable(
            gettext("This training was recorded by the general contractor, who changes it")
        )


def _settled(workers: list[ProjectWorker], actor: scope.Principal) -> None:
    whole = list({worker.id: worker for worker in workers}.values())
    follow(whole)
    db.session.flush()
    if whole:
        events.workers_changed.send(workers=whole, actor=actor)
