"""工人登记: one verb for form, sheet and interface, for one worker or a thousand (8.2)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

from flask_babel import gettext
from sqlalchemy import select

from app.core import adding, clock, names, scope, settings
from app.core.errors import Refusal
from app.core.notices import Notice
from app.extensions import db
from app.projects.models import Project
from app.roster import events, queries
from app.roster.choices import MANAGER_ROLE, StaffKind, StaffState, StayState
from app.roster.errors import AlreadyOnProject, ReasonNeeded, each
from app.roster.models import ProjectWorker, StaffMember
from app.roster.queries import Key
from app.roster.services import (
    due,
    entry_training,
    intake,
    numbers,
    persons,
    renewing,
    rules,
)
from app.roster.services.certificates import replace_certificates
from app.roster.services.contracts import has_contract
from app.roster.services.doors import door_of
from app.roster.services.entering import complete_team, record_entries, state_on_entry
from app.roster.services.intake import Intake
from app.roster.services.places import Places
from app.roster.states import STAY_FLOW

OTHER_POST = "1099"
COMPLETED = ("conflicted", "conflict", "incomplete", "complete_by")
AT_ONCE = 1000  # rows written together: what a long list costs in memory does not grow with it
Problem = tuple[Intake, Refusal]
Keep = Callable[[ProjectWorker], Any]


def itself(worker: ProjectWorker) -> ProjectWorker:
    """Keep a written row as it is."""
    return worker


def enrol_workers(
    project: Project, rows: Iterable[Mapping[str, Any]], *, actor: scope.Principal,
    keep: Keep = itself,
) -> list[Any]:  # fmt: skip
    """Put workers on the roster of a project, all or none.

    ``rows`` are keyed by the columns of ``ProjectWorker``, with ``certificates`` as a list.
    A row with an entry date stands 在场 or 待进场; without one (interface) it stays 草稿. A row of
    a sheet about somebody already in the team completes or changes his stay (``renewing``). What
    the answer must say stands in ``notices`` of each worker given back, what a stay was before it
    in ``before``: None for a new one, nothing for one left as it is. Refusals carry ``row``.
    """
    return enrol(project, rows, actor=actor, keep=keep)


def enrol(
    project: Project, rows: Iterable[Mapping[str, Any]], *, actor: scope.Principal,
    staff: bool = False, keep: Keep = itself,
) -> list[Any]:  # fmt: skip
    """Do the work of ``enrol_workers``; ``staff`` opens the team of the management staff."""
    intakes = [Intake(index, row) for index, row in enumerate(rows)]
    if not intakes:
        return []
    problems, drafts, leaders = _checked(intakes, project, actor, staff=staff)
    intake.refuse(problems)
    for former in _giving_way(intakes, leaders):
        former.is_team_leader = False
    db.session.flush()
    joining = [row for row in intakes if row.stay is None]
    trade_follows = bool(settings.get(rules.TRADE_FOLLOWS_TEAM))
    for row in joining:
        draft = drafts.get(row.draft_id or 0)
        intake.fill(row, project, draft, staff=staff, trade_follows=trade_follows)
    made = iter(_write(joining, project, drafts, actor, keep))
    staying = [row for row in intakes if row.stay is not None]
    renewed = map(keep, renewing.renew(staying, actor=actor))
    return [next(made if row.stay is None else renewed) for row in intakes]


@dataclass(frozen=True)
class Judged:
    """What would become of one row: a new stay, one completed or changed, or one left as it is."""

    new: bool
    changed: bool
    notices: tuple[str, ...]

    @classmethod
    def of(cls, row: Intake) -> Self:
        """Tell it of a row that was found right."""
        new = row.draft_id is None and row.stay is None
        changed = row.draft_id is not None or bool(row.changes)
        return cls(new, changed, tuple(row.notices))


def check_workers(
    project: Project, rows: Iterable[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Judged]:
    """Judge rows as ``enrol_workers`` does and refuse what it refuses; nothing is written."""
    intakes = [Intake(index, row) for index, row in enumerate(rows)]
    if not intakes:
        return []
    problems, _draft_rows, leaders = _checked(intakes, project, actor, staff=False)
    intake.refuse(problems)
    _giving_way(intakes, leaders)
    return [Judged.of(row) for row in intakes]


def misfits(
    project: Project, values: Mapping[str, Any], *, actor: scope.Principal
) -> list[Refusal]:
    """Give what the enrolment of a row with other errors would refuse, as far as it can tell."""
    problems, _draft_rows, _leaders = _checked([Intake(0, values)], project, actor, staff=False)
    return [single for _row, problem in problems for single in each(problem)]


def _checked(
    intakes: list[Intake], project: Project, actor: scope.Principal, *, staff: bool
) -> tuple[list[Problem], dict[int, ProjectWorker], Mapping[int, ProjectWorker]]:
    """Find everything that is wrong at once; give the drafts and present leaders as well."""
    door = door_of(actor)
    places = Places(project, (i.values for i in intakes), actor)
    problems = list(intake.alone(intakes, project, places, door, staff=staff))
    whole = [row for row in intakes if row.is_whole]
    with scope.system_scope("who joins is looked up in the city"):
        problems += intake.lead_on(whole)
        facts = intake.read_facts(whole, project, door)
    renews = door == "sheet" and not staff
    problems += intake.against_city(whole, project, facts, door, renews=renews)
    drafts = _drafts(whole)
    problems += _lost_drafts(whole, drafts)
    problems += renewing.judge(whole, facts, door)
    leaders = queries.leader_stays({i.team.id for i in whole if _leads(i)})
    problems += intake.leader_problems(whole, leaders)
    if door == "form":
        problems += _incident_problems(whole, project, actor)
    return problems, drafts, leaders


def _leads(row: Intake) -> bool:
    return bool(row.values.get("is_team_leader"))


def _drafts(intakes: list[Intake]) -> dict[int, ProjectWorker]:
    wanted = {row.draft_id for row in intakes if row.draft_id}
    if not wanted:
        return {}
    found = db.session.scalars(select(ProjectWorker).where(ProjectWorker.id.in_(wanted)))
    return {row.id: row for row in found}


def _lost_drafts(intakes: list[Intake], drafts: Mapping[int, ProjectWorker]) -> Iterator[Problem]:
    for row in intakes:
        if row.draft_id and row.draft_id not in drafts:
            yield row, AlreadyOnProject(row.values["id_type"], row.values["id_number"])


def _incident_problems(
    intakes: list[Intake], project: Project, actor: scope.Principal
) -> Iterator[Problem]:
    for row in intakes:
        lines = hits(project, row.values["id_type"], row.values["id_number"], actor)
        if lines and not row.values.get("join_reason"):
            yield row, ReasonNeeded("；".join(str(line["text"]) for line in lines))


def hits(
    project: Project, id_type: str, id_number: str, actor: scope.Principal
) -> list[dict[str, Any]]:
    """Ask the domains above whether the person stands in an incident or on a watch list."""
    answers = events.joining.send(
        project=project, id_type=id_type, id_number=id_number, actor=actor
    )
    return [line for lines in answers for line in lines]


def _giving_way(intakes: list[Intake], leaders: Mapping[int, ProjectWorker]) -> list[ProjectWorker]:
    """Give the drafts that no longer lead their team, because a row leads it now."""
    found = []
    for row in intakes:
        present = leaders.get(row.team.id) if _leads(row) else None
        if present is not None and present.id != row.own_id:
            found.append(present)
            words = gettext(
                "%(name)s leads the team “%(team)s” now; %(former)s, who was a draft as its"
                " leader, stays a draft without leading",
                name=row.values["name"], team=row.team.name, former=present.name,
            )  # fmt: skip
            row.notices.append(Notice(words, "is_team_leader"))
    return found


def _write(
    intakes: list[Intake], project: Project, drafts: dict[int, ProjectWorker],
    actor: scope.Principal, keep: Keep,
) -> list[Any]:  # fmt: skip
    kept: list[Any] = []
    joined: list[events.Joined] = []
    waiting = iter(intakes)
    while part := list(islice(waiting, AT_ONCE)):
        workers = _write_part(part, project, drafts, actor)
        joined += [events.Joined.of(worker) for row, worker in zip(part, workers, strict=True)
                   if row.draft_id is None]  # fmt: skip
        kept += map(keep, workers)
    if joined:
        events.workers_joined.send(workers=joined, actor=actor)
    return kept


def _write_part(
    intakes: list[Intake], project: Project, drafts: dict[int, ProjectWorker],
    actor: scope.Principal,
) -> list[ProjectWorker]:  # fmt: skip
    own = [drafts[row.draft_id] for row in intakes if row.draft_id is not None]
    known, worker_nos = _city_part(intakes, project, own)
    fresh = adding.add_rows(
        ProjectWorker,
        (_fresh(row, project, known[row.key].id, worker_no)
         for row, worker_no in zip(intakes, worker_nos, strict=True) if row.draft_id is None),
        key="worker_no",
    )  # fmt: skip
    made, completed = iter(fresh), []
    workers = []
    for row in intakes:
        if row.draft_id is None:
            workers.append(next(made))
            workers[-1].before = None
        else:
            workers.append(_complete(row, drafts[row.draft_id]))
            completed.append(workers[-1])
        workers[-1].notices = tuple(row.notices)
    entered = [worker for worker in fresh if worker.state is StayState.ON_SITE]
    record_entries([*entered, *_complete_drafts(completed)])
    _follow_up(intakes, workers, project, actor)
    return workers


def _city_part(
    intakes: list[Intake], project: Project, drafts: Iterable[ProjectWorker]
) -> tuple[dict[Key, Any], list[str]]:
    with scope.system_scope("persons and numbers are kept in the city"):
        known = {row.key: row.known for row in intakes if row.known}
        known |= persons.make({row.key: row.values for row in intakes if not row.known})
        persons.release_cards(
            project.id,
            [(queries.card_fingerprint(draft.bank_card_no), draft.person_id)
             for draft in drafts if draft.bank_card_no],
        )  # fmt: skip
        persons.keep_cards(
            project.id,
            [(queries.card_fingerprint(row.values["bank_card_no"]), known[row.key].id)
             for row in intakes if row.values.get("bank_card_no")],
        )  # fmt: skip
        return known, numbers.worker_numbers(project.id, len(intakes))


def _given(row: Intake) -> dict[str, Any]:
    """Give what the row brings, with what follows from it and from what the city knows."""
    values = dict(row.values)
    values["has_contract"] = has_contract(values)
    if row.known and not names.same_name(row.known.name, values["name"]):
        values |= {"conflicted": True, "conflict": _conflict(row.known.name, values)}
    return values


def _fresh(row: Intake, project: Project, person_id: int, worker_no: str) -> dict[str, Any]:
    """Give the values of a new stay."""
    values = _given(row)
    row.values = {}  # thousands of them wait for each other
    entry_on = values.get("entry_on")
    state = state_on_entry(entry_on)
    values |= due.owing(ProjectWorker, values, state, entry_on)
    return values | {
        "project_id": project.id, "district_code": project.district_code, "state": state,
        "person_id": person_id, "worker_no": worker_no, "id_number_hash": row.key[1],
    }  # fmt: skip


def _complete(row: Intake, draft: ProjectWorker) -> ProjectWorker:
    """Let a draft take over what its row brings."""
    values = _given(row)
    draft.before = _as_it_was(draft, values)
    for name, value in values.items():
        setattr(draft, name, value)
    return draft


def _as_it_was(draft: ProjectWorker, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give what completing a draft replaces, enough to make it that draft again."""
    return {name: getattr(draft, name) for name in (*values, *COMPLETED)}


def _conflict(known: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep both names; one read from the chip weighs more than one typed (8.2)."""
    found = {"known": known, "given": values["name"]}
    return {**found, "chip": True} if values.get("read_by_chip") else found


def _complete_drafts(drafts: list[ProjectWorker]) -> list[ProjectWorker]:
    """Let completed drafts enter or wait; give those who entered."""
    entered = [row for row in drafts if state_on_entry(row.entry_on) is StayState.ON_SITE]
    waiting = [row for row in drafts if state_on_entry(row.entry_on) is StayState.EXPECTED]
    STAY_FLOW.fire_many("arrive", entered, actor=scope.SYSTEM)
    STAY_FLOW.fire_many("expect", waiting, actor=scope.SYSTEM)
    for row in drafts:
        row.complete_by = None  # what is taken up now is saved now: the three days begin anew
        due.renew(row, row.entry_on, saved_on=clock.today())
    db.session.flush()
    return entered


def _follow_up(
    intakes: list[Intake], workers: list[ProjectWorker], project: Project, actor: scope.Principal
) -> None:
    managers = []
    for row, worker in zip(intakes, workers, strict=True):
        if row.given.get("certificates"):
            replace_certificates(worker, row.given["certificates"])
        if worker.training_on:
            entry_training.keep(worker, project, actor)
        complete_team(row.team, worker)
        if worker.work_role == MANAGER_ROLE and door_of(actor) == "api":
            managers.append(_manager_draft(project, worker, row.given.get("post")))
    db.session.add_all(managers)
    db.session.flush()


def _manager_draft(project: Project, worker: ProjectWorker, post: str | None) -> StaffMember:
    return StaffMember(
        project_id=project.id, worker_id=worker.id, staff_kind=StaffKind.MANAGER,
        post=post or OTHER_POST, unit_id=worker.unit_id, name=worker.name,
        id_type=worker.id_type, id_number=worker.id_number, mobile=worker.mobile,
        on_post_from=worker.entry_on, state=StaffState.DRAFT,
    )  # fmt: skip
