"""Editing a worker: his document and name change by correction only (screens.md 8.2, 8.5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext

from app.core import checks, clock, scope
from app.core.columns.base import specs
from app.core.errors import Refusal, Stale, refuse_all
from app.extensions import db
from app.projects.models import Project
from app.roster import events, queries
from app.roster.choices import StayState
from app.roster.errors import CardTaken, DateRefused, LeaderTaken, NotEditable
from app.roster.models import ProjectWorker, Team
from app.roster.queries import papers
from app.roster.services import (
    ages,
    conflicts,
    contracts,
    due,
    entry_training,
    memberships,
    persons,
    rules,
)
from app.roster.services.certificates import replace_certificates
from app.roster.services.doors import door_of, missing, open_columns
from app.roster.services.entering import record_entries, state_on_entry
from app.roster.states import STAY_FLOW

BY_CORRECTION = ("id_type", "id_number", "name")
FIXED = ("unit_id", "team_id", "work_role")


def edit_worker(
    worker: ProjectWorker, values: Mapping[str, Any], *, actor: scope.Principal
) -> ProjectWorker:
    """Change a stay; a draft or expected stay whose entry date has come enters with it."""
    if worker.state is StayState.EXITED:
        raise NotEditable(gettext("This stay has ended and can no longer be changed"))
    if str(values.get("row_version") or worker.row_version) != str(worker.row_version):
        raise Stale
    changes, merged = _changed(worker, values)
    refuse_all(list(_problems(worker, changes, merged, door_of(actor))))
    card_before = worker.bank_card_no
    write_changes([(worker, changes)], actor=actor)
    if "certificates" in values:
        replace_certificates(worker, values["certificates"] or ())
    conflicts.settle_fields(worker)
    new_card = worker.bank_card_no if worker.bank_card_no != card_before else ""
    worker.notices = (*ages.warnings(worker), *rules.card_notices(new_card))
    db.session.flush()
    events.workers_changed.send(workers=[worker], actor=actor)
    return worker


def write_changes(
    pairs: Sequence[tuple[ProjectWorker, Mapping[str, Any]]], *, actor: scope.Principal
) -> None:
    """Write changes of any number of stays that were found right, with what follows from them."""
    workers = [worker for worker, _changes in pairs]
    before = {worker.id: (worker.entry_on, worker.bank_card_no) for worker in workers}
    for worker, changes in pairs:
        for name, value in changes.items():
            if name not in BY_CORRECTION + FIXED:
                setattr(worker, name, value)
        _derived(worker)
        due.renew(worker, worker.entry_on, entry_changed=worker.entry_on != before[worker.id][0])
    db.session.flush()
    _keep_papers(pairs, actor)
    change_cards([(worker, before[worker.id][1]) for worker in workers])
    for worker in _move_on(workers):
        due.renew(worker, worker.entry_on)
    redated = [worker for worker in workers if worker.entry_on != before[worker.id][0]]
    memberships.begin(worker for worker in redated if worker.state is StayState.ON_SITE)
    db.session.flush()


def _keep_papers(
    pairs: Sequence[tuple[ProjectWorker, Mapping[str, Any]]], actor: scope.Principal
) -> None:
    """Let the records behind the stays follow what is said of training and contract."""
    for worker, changes in pairs:
        if changes.keys() & set(entry_training.COLUMNS):
            entry_training.keep(worker, db.session.get_one(Project, worker.project_id), actor)
    signed = [worker for worker, changes in pairs if changes.keys() & set(contracts.COLUMNS)]
    if signed:
        others = papers.contracts_beside(worker.id for worker in signed)
        for worker in signed:
            contracts.settle(worker, others[worker.id])


def edit_misfits(
    worker: ProjectWorker, values: Mapping[str, Any], *, actor: scope.Principal
) -> list[Refusal]:
    """Give what a change with other errors would be refused for, as far as it can tell."""
    return list(_problems(worker, *_changed(worker, values), door_of(actor)))


def _changed(
    worker: ProjectWorker, values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    changes = {name: values[name] for name in open_columns(ProjectWorker) if name in values}
    return changes, {name: getattr(worker, name) for name in specs(ProjectWorker)} | changes


def _derived(worker: ProjectWorker) -> None:
    if worker.id_type == rules.CARD_DOCUMENT:
        read = checks.identity_number(worker.id_number, clock.today())
        worker.sex = worker.sex or read.sex
        worker.birth_on = worker.birth_on or read.birth_on
    if worker.bank_card_no and not worker.bank_account_name:
        worker.bank_account_name = worker.name
    worker.has_contract = contracts.has_contract(contracts.values_of(worker))


def _problems(
    worker: ProjectWorker, changes: Mapping[str, Any], merged: dict[str, Any], door: str
) -> Iterator[Refusal]:
    for name in BY_CORRECTION + FIXED:
        if changes.get(name) not in (None, "") and changes[name] != getattr(worker, name):
            yield NotEditable(_why_fixed(name), field=name)
    yield from fitting(worker, changes, merged, door)
    yield from taken_elsewhere(worker, changes, door)


def fitting(
    worker: ProjectWorker, changes: Mapping[str, Any], merged: dict[str, Any], door: str
) -> Iterator[Refusal]:
    """Refuse changes that do not fit the stay itself, whatever others have."""
    yield from missing(ProjectWorker, merged, door)
    if worker.id_type == rules.CARD_DOCUMENT:
        yield from rules.normal_document(dict(merged), door)
    yield from _entry_problems(worker, merged, door)
    yield from rules.pairs(merged)
    yield from rules.account_name(merged, door)
    yield from entry_training.problems(worker, changes, merged)


def _why_fixed(name: str) -> str:
    if name in BY_CORRECTION:
        return gettext("Name and document change only by a correction of the person's data")
    return gettext("A worker's company and team do not change in this form")


def _entry_problems(
    worker: ProjectWorker, merged: Mapping[str, Any], door: str
) -> Iterator[Refusal]:
    if merged.get("entry_on") == worker.entry_on:
        return
    project = db.session.get(Project, worker.project_id)
    if project is not None:
        yield from rules.entry_dates(merged, project, door)
    entry_on = merged.get("entry_on")
    if worker.state is StayState.ON_SITE and (entry_on is None or entry_on > clock.today()):
        yield DateRefused(
            gettext("The worker is on site: his entry cannot lie in the future"), field="entry_on"
        )
    yield from rules.not_before_team(entry_on, db.session.get(Team, worker.team_id), door)
    yield from rules.after_first_punch(worker, entry_on, "entry_on")


def taken_elsewhere(
    worker: ProjectWorker, changes: Mapping[str, Any], door: str
) -> Iterator[Refusal]:
    """Refuse cards somebody else carries, and a second leader of the team."""
    card, card_no = changes.get("bank_card_no"), changes.get("card_no")
    card_changes = bool(card) and card != worker.bank_card_no and door == "form"
    if card_changes or (card_no and card_no != worker.card_no):
        with scope.system_scope("is a card carried by somebody else"):
            hashes = {queries.card_fingerprint(card)} if card_changes else set()
            owners = set().union(*queries.card_owners(hashes).values()) if hashes else set()
            carriers = queries.used_on_project(worker.project_id, "card_no", {card_no})
        if owners - {worker.person_id}:
            yield CardTaken()
        if carriers.get(card_no, set()) - {worker.id}:
            yield rules.card_no_taken(str(card_no))
    if changes.get("is_team_leader") and not worker.is_team_leader:
        leader = queries.leader_stays([worker.team_id]).get(worker.team_id)
        team = db.session.get(Team, worker.team_id)
        if leader is not None and team is not None:
            yield LeaderTaken(team.name, leader.name)


def change_cards(pairs: Sequence[tuple[ProjectWorker, str | None]]) -> None:
    """Keep the wage cards stays carry now, where they carried others before."""
    changed = [(worker, before) for worker, before in pairs if worker.bank_card_no != before]
    if not changed:
        return
    project_id = changed[0][0].project_id
    with scope.system_scope("whose wage card this is, is kept in the city"):
        persons.release_cards(
            project_id,
            [(queries.card_fingerprint(before), worker.person_id)
             for worker, before in changed if before],
        )  # fmt: skip
        persons.keep_cards(
            project_id,
            [(queries.card_fingerprint(worker.bank_card_no), worker.person_id)
             for worker, _before in changed if worker.bank_card_no],
        )  # fmt: skip


def _move_on(workers: Iterable[ProjectWorker]) -> list[ProjectWorker]:
    """Let stays begin, or wait, by their entry date, and give them; nobody on site goes back."""
    due_now, waiting = [], []
    for worker in workers:
        target = state_on_entry(worker.entry_on)
        if worker.state is target or worker.state is StayState.ON_SITE:
            continue
        if target is StayState.ON_SITE:
            due_now.append(worker)
        elif worker.state is StayState.DRAFT and target is StayState.EXPECTED:
            waiting.append(worker)
    STAY_FLOW.fire_many("arrive", due_now, actor=scope.SYSTEM)
    STAY_FLOW.fire_many("expect", waiting, actor=scope.SYSTEM)
    if due_now:
        record_entries(due_now)
    return [*due_now, *waiting]
