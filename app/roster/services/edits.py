"""Editing a worker: his document and name change by correction only (screens.md 8.2, 8.5)."""

from collections.abc import Iterator, Mapping
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
from app.roster.services import ages, contracts, due, entry_training, memberships, persons, rules
from app.roster.services.certificates import replace_certificates
from app.roster.services.doors import door_of, missing, open_columns
from app.roster.services.enrolment import record_entries, state_on_entry
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
    entry_before, card_before = worker.entry_on, worker.bank_card_no
    for name, value in changes.items():
        if name not in BY_CORRECTION + FIXED:
            setattr(worker, name, value)
    _derived(worker, merged)
    db.session.flush()
    _keep_papers(worker, changes, actor)
    if worker.bank_card_no != card_before:
        _change_card(worker, card_before)
    _move_on(worker)
    if worker.entry_on != entry_before and worker.state is StayState.ON_SITE:
        memberships.begin([worker])
    due.renew(worker, worker.entry_on, entry_changed=worker.entry_on != entry_before)
    if "certificates" in values:
        replace_certificates(worker, values["certificates"] or ())
    new_card = worker.bank_card_no if worker.bank_card_no != card_before else ""
    worker.notices = (*ages.warnings(worker), *rules.card_notices(new_card))
    db.session.flush()
    events.workers_changed.send(workers=[worker], actor=actor)
    return worker


def _keep_papers(worker: ProjectWorker, changes: Mapping[str, Any], actor: scope.Principal) -> None:
    """Let the records behind the stay follow what its form says of training and contract."""
    if changes.keys() & set(entry_training.COLUMNS):
        entry_training.keep(worker, db.session.get_one(Project, worker.project_id), actor)
    if changes.keys() & set(contracts.COLUMNS):
        contracts.settle(worker, papers.contracts_beside([worker.id])[worker.id])


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


def _derived(worker: ProjectWorker, merged: Mapping[str, Any]) -> None:
    if worker.id_type == rules.CARD_DOCUMENT:
        read = checks.identity_number(worker.id_number, clock.today())
        worker.sex, worker.birth_on = merged.get("sex") or read.sex, merged["birth_on"]
        worker.birth_on = worker.birth_on or read.birth_on
    if worker.bank_card_no and not worker.bank_account_name:
        worker.bank_account_name = worker.name
    worker.has_contract = contracts.has_contract(merged)


def _problems(
    worker: ProjectWorker, changes: Mapping[str, Any], merged: dict[str, Any], door: str
) -> Iterator[Refusal]:
    for name in BY_CORRECTION + FIXED:
        if changes.get(name) not in (None, "") and changes[name] != getattr(worker, name):
            yield NotEditable(_why_fixed(name), field=name)
    yield from missing(ProjectWorker, merged, door)
    if worker.id_type == rules.CARD_DOCUMENT:
        yield from rules.normal_document(dict(merged), door)
    yield from _entry_problems(worker, merged, door)
    yield from rules.pairs(merged)
    yield from rules.account_name(merged, door)
    yield from entry_training.problems(worker, changes, merged)
    yield from _taken(worker, changes, door)


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


def _taken(worker: ProjectWorker, changes: Mapping[str, Any], door: str) -> Iterator[Refusal]:
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


def _change_card(worker: ProjectWorker, before: str | None) -> None:
    with scope.system_scope("whose wage card this is, is kept in the city"):
        if before:
            persons.release_cards(
                worker.project_id, [(queries.card_fingerprint(before), worker.person_id)]
            )
        if worker.bank_card_no:
            persons.keep_cards(
                worker.project_id,
                [(queries.card_fingerprint(worker.bank_card_no), worker.person_id)],
            )


def _move_on(worker: ProjectWorker) -> None:
    target = state_on_entry(worker.entry_on)
    if worker.state is target or worker.state is StayState.ON_SITE:
        return
    if target is StayState.ON_SITE:
        STAY_FLOW.fire("arrive", worker, actor=scope.SYSTEM)
        record_entries([worker])
    elif worker.state is StayState.DRAFT and target is StayState.EXPECTED:
        STAY_FLOW.fire("expect", worker, actor=scope.SYSTEM)
