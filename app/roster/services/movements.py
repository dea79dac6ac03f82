"""进退场: entries and exits of stays, the day expected stays begin (screens.md 8.3)."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext

from app.core import clock, dictionaries, scope
from app.core.columns import Document, specs
from app.core.errors import Refusal, refuse_all
from app.core.work_dates import work_date
from app.extensions import db
from app.projects.models import Project
from app.roster import events, queries
from app.roster.choices import MovementKind, StayState
from app.roster.errors import DateRefused, Missing, MovementRefused, each
from app.roster.models import Movement, ProjectWorker, Team
from app.roster.services import due, memberships, rules
from app.roster.services.doors import door_of, open_columns
from app.roster.services.enrolment import enrol
from app.roster.services.entering import record_entries, state_on_entry
from app.roster.services.rules import DAYS_AHEAD
from app.roster.states import STAY_FLOW, TEAM_FLOW

log = logging.getLogger("app.roster")
LOST = "lost_contact"
OTHER = "other"
NOT_COPIED = ("join_reason", "card_no", "card_issued_at", "entry_file")


def record_movements(
    project: Project, rows: Iterable[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Movement]:
    """Record entries and exits, all or none.

    A row holds ``worker`` (a visible stay), ``kind``, ``moved_on`` and, for an exit, reason,
    ``settled``, ``settlement_file``, ``voucher``, ``remark``. The entry of somebody who has
    left begins a new stay, in ``team`` where one is given; his pictures do not come along and
    are due again. An entry that is on record already changes nothing. A worker stands once in a
    list. Refusals carry ``row``.
    """
    steps = [dict(row) for row in rows]
    last = queries.last_movements(
        row["worker"].id for row in steps if row.get("worker") is not None
    )
    problems: list[Refusal] = []
    named: set[int] = set()
    for index, row in enumerate(steps):
        for problem in [*_problems(project, row, last, door_of(actor)), *_twice(row, named)]:
            problem.row = index  # type: ignore[attr-defined]
            problems.append(problem)
    refuse_all(problems)
    made = _exit_all([row for row in steps if _leaves(row)], actor)
    for index, row in enumerate(steps):
        if not _leaves(row):
            made += _enter_at(index, project, row, actor)
    return made


def _enter_at(
    index: int, project: Project, row: Mapping[str, Any], actor: scope.Principal
) -> list[Movement]:
    try:
        return _enter(project, row, actor)
    except Refusal as problem:  # what a new stay refuses knows no list but its own
        for single in each(problem):
            single.row = index  # type: ignore[attr-defined]
        raise


def _twice(row: Mapping[str, Any], named: set[int]) -> Iterator[Refusal]:
    worker = row.get("worker")
    if isinstance(worker, ProjectWorker):
        if worker.id in named:
            yield MovementRefused(
                gettext("“%(name)s” stands twice in this list: leave one of the rows out",
                        name=worker.name),
                field="worker",
            )  # fmt: skip
        named.add(worker.id)


def _leaves(row: Mapping[str, Any]) -> bool:
    return row.get("kind") is MovementKind.EXIT


def _problems(
    project: Project, row: dict[str, Any], last: Mapping[int, date], door: str
) -> Iterator[Refusal]:
    worker, moved_on = row.get("worker"), row.get("moved_on")
    if not isinstance(worker, ProjectWorker) or worker.project_id != project.id:
        yield MovementRefused(
            gettext("This worker is not on the roster of the project"), field="worker"
        )
        return
    if _leaves(row) and row.get("reason") == LOST and worker.last_punch_at:
        day = work_date(worker.last_punch_at)
        moved_on = row["moved_on"] = max(day, worker.entry_on or day)
    if moved_on is None:
        yield Missing(gettext("Give the date of the movement"), field="moved_on")
        return
    if worker.id in last and moved_on < last[worker.id] and not _repeats(row):
        yield DateRefused(
            gettext("“%(name)s” has a movement of %(day)s: this one cannot lie before it",
                    name=worker.name, day=last[worker.id].isoformat()),
            field="moved_on",
        )  # fmt: skip
    yield from _exit_problems(row, door) if _leaves(row) else _entry_problems(row, door)


def _repeats(row: Mapping[str, Any]) -> bool:
    """Tell whether an entry is on record already."""
    worker = row["worker"]
    return (
        not _leaves(row) and worker.state is StayState.ON_SITE
        and worker.entry_on == row["moved_on"]
    )  # fmt: skip


def _entry_problems(row: Mapping[str, Any], door: str) -> Iterator[Refusal]:
    worker, moved_on = row["worker"], row["moved_on"]
    if moved_on > clock.today() + timedelta(days=DAYS_AHEAD):
        yield DateRefused(
            gettext("An entry can be registered at most %(n)s days ahead", n=DAYS_AHEAD),
            field="moved_on",
        )
    if worker.state is StayState.ON_SITE and worker.entry_on and worker.entry_on != moved_on:
        yield MovementRefused(
            gettext("“%(name)s” is on site since %(day)s: record the exit first",
                    name=worker.name, day=worker.entry_on.isoformat()),
            field="kind",
        )  # fmt: skip
    team = row.get("team") or db.session.get(Team, worker.team_id)
    yield from rules.not_before_team(moved_on, team, door, "moved_on")
    if worker.state is not StayState.EXITED:  # who has left begins a new stay, without punches
        yield from rules.after_first_punch(worker, moved_on, "moved_on")


def _exit_problems(row: Mapping[str, Any], door: str) -> Iterator[Refusal]:
    worker, moved_on = row["worker"], row["moved_on"]
    if worker.state is not StayState.ON_SITE:
        yield MovementRefused(
            gettext("“%(name)s” is %(state)s: only who is on site can leave", name=worker.name,
                    state=worker.state.label),
            field="kind",
        )  # fmt: skip
    if moved_on > clock.today():
        yield DateRefused(gettext("An exit cannot lie in the future"), field="moved_on")
    if worker.entry_on and moved_on < worker.entry_on:
        yield DateRefused(
            gettext("“%(name)s” entered on %(day)s: the exit cannot lie before it",
                    name=worker.name, day=worker.entry_on.isoformat()),
            field="moved_on",
        )  # fmt: skip
    if door == "form":
        yield from _form_problems(row)


def _form_problems(row: Mapping[str, Any]) -> Iterator[Refusal]:
    if not row.get("reason"):
        yield Missing(gettext("Give the reason of the exit"), field="reason")
    if row.get("reason") == LOST:
        return
    if row.get("settled") is None:
        yield Missing(gettext("Say whether the wages are settled"), field="settled")
    if row.get("settled") and not row.get("settlement_file"):
        yield Missing(gettext("Add the settlement statement"), field="settlement_file")


def _exit_all(rows: list[dict[str, Any]], actor: scope.Principal) -> list[Movement]:
    made = []
    for row in rows:
        worker: ProjectWorker = row["worker"]
        worker.exit_on, worker.exit_reason = row["moved_on"], row.get("reason") or OTHER
        worker.incomplete, worker.complete_by = False, None
        made.append(_movement(row, reason=worker.exit_reason))
        if row.get("reason") == LOST:
            made[-1].settled = False
    # the interface has no right of its own on a screen: its exits are the system's move
    verb, by = ("leave", scope.SYSTEM) if door_of(actor) == "api" else ("exit", actor)
    for remark in {row.get("remark") or "" for row in rows}:
        leaving = [row["worker"] for row in rows if (row.get("remark") or "") == remark]
        STAY_FLOW.fire_many(verb, leaving, actor=by, remark=remark)
    db.session.add_all(made)
    db.session.flush()
    memberships.close([row["worker"] for row in rows])
    if rows:
        events.workers_left.send(workers=[row["worker"] for row in rows], actor=actor)
    return made


def _movement(row: Mapping[str, Any], **more: Any) -> Movement:
    worker: ProjectWorker = row["worker"]
    kept = {name: row.get(name) for name in ("settled", "settlement_file", "voucher", "remark")}
    return Movement(
        project_id=worker.project_id, worker_id=worker.id, unit_id=worker.unit_id,
        team_id=worker.team_id, kind=row["kind"], moved_on=row["moved_on"], **kept, **more,
    )  # fmt: skip


def _enter(project: Project, row: Mapping[str, Any], actor: scope.Principal) -> list[Movement]:
    worker: ProjectWorker = row["worker"]
    if _repeats(row):
        return []
    if worker.state is StayState.EXITED:
        worker = _return(project, worker, row, actor)
        made = [m for m in queries.movements(worker) if m.kind is MovementKind.ENTRY]
        for movement in made:
            movement.voucher = row.get("voucher")
        db.session.flush()
        return made
    worker.entry_on = row["moved_on"]
    target = state_on_entry(worker.entry_on)
    made = []
    if target is StayState.ON_SITE:
        if worker.state is not StayState.ON_SITE:
            verb = "come" if door_of(actor) == "api" else "arrive"
            STAY_FLOW.fire(verb, worker, actor=scope.SYSTEM)
        made = [_movement(row)]
        db.session.add_all(made)
        memberships.begin([worker])
    else:
        _wait(worker, row)
    due.renew(worker, worker.entry_on, entry_changed=True)
    db.session.flush()
    return made


def _wait(worker: ProjectWorker, row: Mapping[str, Any]) -> None:
    """Let a stay wait for its day, and keep with it what the entry will be recorded with."""
    if worker.state is StayState.DRAFT:
        STAY_FLOW.fire("expect", worker, actor=scope.SYSTEM)
    worker.entry_file = row.get("voucher") or worker.entry_file
    worker.join_reason = row.get("remark") or worker.join_reason


def _return(
    project: Project, left: ProjectWorker, row: Mapping[str, Any], actor: scope.Principal
) -> ProjectWorker:
    """Begin a new stay for somebody who has left; files stay with the stay they belong to."""
    values = {
        name: getattr(left, name) for name in open_columns(ProjectWorker)
        if name not in NOT_COPIED and not isinstance(specs(ProjectWorker)[name].kind, Document)
    }  # fmt: skip
    values |= {"is_team_leader": False, "entry_on": row["moved_on"],
               "join_reason": row.get("remark") or _reason(row)}  # fmt: skip
    if (team := row.get("team")) is not None:
        values |= {"team_id": team.id, "unit_id": team.unit_id}
    if state_on_entry(row["moved_on"]) is StayState.EXPECTED:
        values["entry_file"] = row.get("voucher")
    return enrol(project, [values], actor=actor)[0]


def _reason(row: Mapping[str, Any]) -> str | None:
    """Give the reason a list names for an entry: its column is that of exits (14, T5)."""
    return dictionaries.label("exit_reason", row["reason"]) if row.get("reason") else None


def exit_team(team: Team, values: Mapping[str, Any], *, actor: scope.Principal) -> Team:
    """Let a whole team leave: its members in one transaction, then the team itself."""
    project = db.session.get(Project, team.project_id)
    moved_on = values.get("moved_on")
    if moved_on is None or project is None:
        raise Missing(gettext("Give the date of the movement"), field="moved_on")
    _team_may_leave(team, moved_on)
    members = queries.members(team)
    waiting = [row for row in members if row.state is StayState.EXPECTED]
    if waiting:
        raise MovementRefused(
            gettext("%(names)s still wait for entry: withdraw them first",
                    names="、".join(row.name for row in waiting[:5])),
        )  # fmt: skip
    record_movements(
        project,
        [{**values, "worker": row, "kind": MovementKind.EXIT}
         for row in members if row.state is StayState.ON_SITE],
        actor=actor,
    )  # fmt: skip
    for row in members:
        if row.state is StayState.DRAFT:
            row.is_deleted = True
    team.exit_on = moved_on
    TEAM_FLOW.fire("exit", team, actor=actor, remark=values.get("remark") or "")
    return team


def _team_may_leave(team: Team, moved_on: date) -> None:
    if moved_on > clock.today():
        raise DateRefused(gettext("An exit cannot lie in the future"), field="moved_on")
    if team.entry_on and moved_on < team.entry_on:
        raise DateRefused(
            gettext("The team “%(team)s” enters on %(day)s: the exit cannot lie before it",
                    team=team.name, day=team.entry_on.isoformat()),
            field="moved_on",
        )  # fmt: skip


def withdraw_entry(worker: ProjectWorker, remark: str = "", *, actor: scope.Principal) -> None:
    """Take an entry that has not begun back to a draft, whose clock stops (screens.md 20)."""
    STAY_FLOW.fire("withdraw", worker, actor=actor, remark=remark)
    worker.incomplete, worker.complete_by = False, None
    db.session.flush()


def begin_with_punch(workers: Iterable[ProjectWorker], *, actor: scope.Principal) -> None:
    """Put drafts that came by interface on site with their first punch (screens.md 7.4).

    Their entry date stays empty and is due with the rest, until WorkerEntryExit.Add or the form
    brings it.
    """
    rows = list(workers)
    STAY_FLOW.fire_many("begin", rows, actor=actor)
    for row in rows:
        due.renew(row, row.entry_on)
    db.session.flush()
    memberships.enter(rows)


def enter_due_stays(day: date, *, actor: scope.Principal = scope.SYSTEM, batch: int = 500) -> int:
    """Let expected stays begin whose day has come; gives how many. Safe to run twice."""
    done, last = 0, 0
    while True:
        due_now = queries.due_entries(day).where(ProjectWorker.id > last).limit(batch)
        rows = list(db.session.scalars(due_now))
        if not rows:
            return done
        last = rows[-1].id
        done += _begin_all(rows, actor)


def _begin_all(rows: list[ProjectWorker], actor: scope.Principal) -> int:
    """Let stays begin together; where one cannot, each by itself, so that it stops no other."""
    try:
        with db.session.begin_nested():
            STAY_FLOW.fire_many("arrive", rows, actor=actor)
            for row in rows:
                due.renew(row, row.entry_on)
            record_entries(rows)
    except Exception as problem:
        if len(rows) > 1:
            return sum(_begin_all([row], actor) for row in rows)
        log.exception(
            "a stay could not begin",
            extra={"fields": {"problem": type(problem).__name__}},
        )
        return 0
    return len(rows)
