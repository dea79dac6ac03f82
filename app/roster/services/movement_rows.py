"""进退场 by list: people found by their document, and what was recorded taken back (14, T5)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select

from app.core import checks, clock, scope
from app.core.errors import Refusal, refuse_all
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.roster import events, queries
from app.roster.choices import MovementKind, StayState, TeamState
from app.roster.errors import MovementRefused, NotOnRoster, each
from app.roster.models import Movement, ProjectWorker, Team
from app.roster.queries import Key
from app.roster.services import due, keyed, memberships
from app.roster.services.doors import document
from app.roster.services.keyed import Keyed, Recorded
from app.roster.services.movements import LOST, record_movements
from app.roster.services.taking_back import take_back_workers
from app.roster.states import STAY_FLOW

KEPT = ("entry_on", "entry_file", "join_reason", "incomplete", "complete_by")
# as a list names them
FIELDS = {
    "worker": "id_number", "entry_on": "moved_on", "team_id": "team", "join_reason": "reason",
}  # fmt: skip
EXIT, ENTRY, RETURN = "exit", "entry", "return"
Values = Mapping[str, Any]


def record_movement_rows(
    project: Project, rows: Iterable[Values], *, actor: scope.Principal
) -> list[Recorded]:
    """Record the entries and exits of people found by their document, all or none.

    An exit on record already, that of an earlier stay too, and an entry of the very day change
    nothing.
    A row holds ``id_type``, ``id_number``, ``name``, ``team`` (the name of the team), ``kind``,
    ``moved_on`` and, for an exit, ``reason`` and ``settled``. The team is the one the person is
    in; who has left enters the named team of a company the actor keeps. Refusals carry ``row``.
    """
    given = list(rows)
    found, problems = _find(project, given, actor)
    steps: list[dict[str, Any]] = []
    stepping: list[Keyed] = []
    places = _Teams(project, actor)
    for row in found:
        step = {"worker": row.worker, **{name: row.values.get(name) for name in
                ("kind", "moved_on", "reason", "settled")}}  # fmt: skip
        try:
            step["team"] = places.of(row)
        except Refusal as problem:
            problems.append(keyed.at(problem, row.index))
        row.before |= _before(row.worker, step, repeated=_has_left_so(row))
        if not _has_left_so(row):
            steps.append(step)
            stepping.append(row)
    refuse_all(problems)
    try:
        record_movements(project, steps, actor=actor)
    except Refusal as problem:
        for one in each(problem):
            keyed.at(one, stepping[getattr(one, "row", 0)].index)
            one.field = FIELDS.get(one.field, one.field)
        raise
    keyed.compare_names(stepping)
    return _outcome(project, found)


def _has_left_so(row: Keyed) -> bool:
    """Tell of an exit that it is on record already: the same day, the same reason.

    Of who is lost the day of the last punch stands for the day of the row (8.3).
    """
    return _ended_so(row.worker, row.values)


def _ended_so(worker: ProjectWorker, values: Values) -> bool:
    reason = values.get("reason") or worker.exit_reason
    return bool(
        values.get("kind") is MovementKind.EXIT and worker.state is StayState.EXITED
        and worker.exit_reason == reason
        and (worker.exit_on == values.get("moved_on") or reason == LOST)
    )  # fmt: skip


def _find(
    project: Project, given: Sequence[Values], actor: scope.Principal
) -> tuple[list[Keyed], list[Refusal]]:
    keys: dict[int, Key] = {}
    problems: list[Refusal] = []
    for index, row in enumerate(given):
        id_type = row.get("id_type") or keyed.CARD_DOCUMENT
        try:
            keys[index] = queries.key_of(id_type, document(id_type, str(row["id_number"])))
        except Refusal as problem:
            problems.append(keyed.at(problem, index))
    led, stays = keyed.lead_on(keys), _stays(project, keys.values())
    found = []
    for index, key in keys.items():
        worker = _meant(stays.get(key, ()), given[index])
        if worker is not None and keyed.keeps(worker, actor):
            found.append(Keyed(index, given[index], worker, led.get(index, [])))
        else:
            problems.append(keyed.at(NotOnRoster("id_number"), index))
    return found, problems


def _meant(stays: Sequence[ProjectWorker], values: Values) -> ProjectWorker | None:
    """Give the live stay or else the last; of an exit on record before a return, its own."""
    *earlier, last = stays or (None,)
    if last is None or last.state is StayState.EXITED:
        return last
    day = values.get("moved_on")
    before = [
        stay for stay in earlier
        if _ended_so(stay, values) and day is not None and last.entry_on is not None
        and stay.entry_on <= day <= last.entry_on
    ]  # fmt: skip
    return before[-1] if before else last


def _stays(project: Project, keys: Iterable[Key]) -> dict[Key, list[ProjectWorker]]:
    """Give the stays of each person in their order, the live one last."""
    rows = db.session.scalars(
        select(ProjectWorker)
        .where(
            ProjectWorker.project_id == project.id,
            ProjectWorker.id_number_hash.in_({number for _kind, number in keys}),
            ProjectWorker.is_deleted.is_(False),
        )
        .order_by(ProjectWorker.state != StayState.EXITED, ProjectWorker.id)
    )
    found: dict[Key, list[ProjectWorker]] = {}
    for row in rows:
        found.setdefault((row.id_type, row.id_number_hash), []).append(row)
    return found


class _Teams:
    """The teams of a project, found by the name a list gives them."""

    def __init__(self, project: Project, actor: scope.Principal) -> None:
        kept = set(db.session.scalars(
            queries.employing_units(project.id, actor).with_only_columns(ProjectUnit.id)
        ))  # fmt: skip
        rows = db.session.scalars(
            select(Team).where(Team.project_id == project.id, Team.is_deleted.is_(False))
        )
        self.all = {row.id: row for row in rows}
        self.open: dict[str, list[Team]] = {}
        for row in self.all.values():
            if row.state is TeamState.ON_SITE and row.unit_id in kept and not row.is_management:
                self.open.setdefault(checks.fold_text(row.name), []).append(row)

    def of(self, row: Keyed) -> Team | None:
        """Give the team a new stay begins in; refuse a team the person is not in."""
        name, worker = str(row.values.get("team") or ""), row.worker
        enters = row.values.get("kind") is MovementKind.ENTRY
        if worker.state is StayState.EXITED and enters:
            return self._for_return(name, worker)
        own = self.all.get(worker.team_id)
        if own is None or checks.fold_text(own.name) != checks.fold_text(name):
            raise MovementRefused(
                gettext("“%(name)s” is in the team “%(team)s”: correct the team, or record his"
                        " change of team first", name=worker.name, team=own.name if own else "—"),
                field="team",
            )  # fmt: skip
        return None

    def _for_return(self, name: str, worker: ProjectWorker) -> Team:
        named = self.open.get(checks.fold_text(name), [])
        same = [team for team in named if team.unit_id == worker.unit_id]
        if len(same or named) != 1:
            raise MovementRefused(
                gettext("No team “%(team)s” takes “%(name)s” on site: correct its name or add the"
                        " team first", team=name[:40], name=worker.name),
                field="team",
            )  # fmt: skip
        return (same or named)[0]


def _before(worker: ProjectWorker, step: Values, *, repeated: bool) -> dict[str, Any]:
    leaves = step.get("kind") is MovementKind.EXIT
    returns = not leaves and worker.state is StayState.EXITED
    day = step.get("moved_on")
    there = worker.state is StayState.ON_SITE or (
        worker.state is StayState.EXPECTED and day is not None and day > clock.today()
    )
    same = there and worker.entry_on == day
    return {
        "what": EXIT if leaves else RETURN if returns else ENTRY, "state": worker.state.name,
        "repeated": repeated or (not leaves and same),
        "values": {name: getattr(worker, name) for name in KEPT},
    }  # fmt: skip


def _outcome(project: Project, found: list[Keyed]) -> list[Recorded]:
    now = _stays(project, {(r.worker.id_type, r.worker.id_number_hash) for r in found})
    stays = {
        r.index: r.worker if _has_left_so(r) else now[r.worker.id_type, r.worker.id_number_hash][-1]
        for r in found
    }
    last = _last_movements(stay.id for stay in stays.values())
    made = []
    for row in found:
        stay, before = stays[row.index], dict(row.before)
        began_none = before["what"] == ENTRY and stay.state is StayState.EXPECTED
        before["movement"] = None if began_none else last.get(stay.id)
        told = list(getattr(stay, "notices", ())) if before["what"] == RETURN else []
        made.append(
            Recorded(stay, new=not before["repeated"], changed=False, before=before,
                     notices=[*row.notices, *told])
        )  # fmt: skip
    return made


def _last_movements(worker_ids: Iterable[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Movement.worker_id, func.max(Movement.id))
        .where(Movement.worker_id.in_(list(worker_ids)), Movement.is_deleted.is_(False))
        .group_by(Movement.worker_id)
    )
    return {row[0]: row[1] for row in rows}


def returned(worker: ProjectWorker) -> bool:
    """Tell whether a person who left has begun another stay on the project."""
    return db.session.scalar(
        select(ProjectWorker.id).where(
            ProjectWorker.project_id == worker.project_id, ProjectWorker.id != worker.id,
            ProjectWorker.id_type == worker.id_type,
            ProjectWorker.id_number_hash == worker.id_number_hash,
            ProjectWorker.state != StayState.EXITED, ProjectWorker.is_deleted.is_(False),
        ).limit(1)
    ) is not None  # fmt: skip


def take_back_movements(
    rows: Sequence[tuple[ProjectWorker, Values]], *, actor: scope.Principal
) -> None:
    """Undo what ``record_movement_rows`` recorded, given the ``before`` of each stay.

    An exit: the stay goes on in its team. An entry: the stay waits as it did before; one that
    began with it is removed. The caller has made sure that nothing was written about them since.
    """
    begun = [worker for worker, before in rows if before["what"] == RETURN]
    for worker, before in rows:
        keyed.forgive(worker, before)
    take_back_workers([(worker, None) for worker in begun], actor=actor)
    rest = [(worker, before) for worker, before in rows if before["what"] != RETURN]
    numbers = [before["movement"] for _worker, before in rest if before.get("movement")]
    for movement in db.session.scalars(select(Movement).where(Movement.id.in_(numbers))):
        movement.is_deleted = True
    _stay_on([worker for worker, before in rest if before["what"] == EXIT])
    _wait_again([(worker, before) for worker, before in rest if before["what"] == ENTRY], actor)
    for worker, before in rest:
        for name, value in before["values"].items():
            setattr(worker, name, value)
        if worker.state is StayState.ON_SITE:
            due.renew(worker, worker.entry_on)
    db.session.flush()
    events.workers_changed.send(workers=[worker for worker, _before in rest], actor=actor)


def _stay_on(workers: list[ProjectWorker]) -> None:
    for worker in workers:
        worker.exit_on = worker.exit_reason = None
    STAY_FLOW.fire_many("restore", workers, actor=scope.SYSTEM)
    memberships.reopen(workers)


def _wait_again(pairs: list[tuple[ProjectWorker, Values]], actor: scope.Principal) -> None:
    workers = [worker for worker, _before in pairs]
    moved = [row for row in workers if row.state is not StayState.DRAFT]
    STAY_FLOW.fire_many("take_back", moved, actor=scope.SYSTEM)
    memberships.forget(workers)
    waited = [row for row, before in pairs if before["state"] == StayState.EXPECTED.name]
    STAY_FLOW.fire_many("expect", waited, actor=scope.SYSTEM)
    if workers:
        events.workers_left.send(workers=workers, actor=actor)
