"""Rows about people who are on the roster already, found by their document, never by name (14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import checks, names, scope
from app.core.errors import Refusal
from app.core.notices import Notice
from app.extensions import db
from app.projects.models import Project
from app.roster import queries
from app.roster.errors import Missing, NotOnRoster
from app.roster.models import ProjectWorker
from app.roster.queries import Key, merging
from app.roster.services import conflicts
from app.roster.services.doors import document

CARD_DOCUMENT = "01"


@dataclass
class Keyed:
    """One row of a list and the stay it is about; ``before`` is what its undo needs of the stay."""

    index: int
    values: Mapping[str, Any]
    worker: ProjectWorker
    notices: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)


@dataclass
class Recorded:
    """What a service made of one row: the row it wrote, whether it is new or changed."""

    row: Any
    new: bool
    changed: bool
    before: dict[str, Any] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


def find(
    project: Project, rows: Iterable[Mapping[str, Any]], *, actor: scope.Principal
) -> tuple[list[Keyed], list[Refusal]]:
    """Find the stay each row is about; give the rows with one, and a refusal for each without.

    A row names its ``worker`` (a stay or its number), or document type (empty: identity card),
    number and ``person_name``. Stays that have ended are found by ``worker`` alone. The number of
    somebody who was merged leads on to the person that is kept, which is said.
    """
    given = list(enumerate(rows))
    problems: list[Refusal] = []
    keys: dict[int, Key] = {}
    for index, row in given:
        if row.get("worker") is None:
            try:
                keys[index] = _key(row)
            except Refusal as problem:
                problems.append(at(problem, index))
    led = lead_on(keys)
    by_key, by_number = _live(project, keys.values()), _named(project, [row for _i, row in given])
    found = []
    for index, row in given:
        if index in keys:
            worker = by_key.get(keys[index])
        else:
            worker = by_number.get(_number(row.get("worker")))
        if worker is not None and keeps(worker, actor):
            found.append(Keyed(index, row, worker, led.get(index, [])))
        elif index in keys or row.get("worker") is not None:
            problems.append(at(NotOnRoster("id_number" if index in keys else "worker"), index))
    return found, problems


def lead_on(keys: dict[int, Key]) -> dict[int, list[str]]:
    """Put the documents in force for those of merged persons; give what rows are told of it (8.5).

    Who does not keep the stay it leads to must not hear of it.
    """
    with scope.system_scope("documents of merged persons lead on to those in force"):
        moved = merging.moved_documents(keys.values())
    told: dict[int, list[str]] = {}
    for index, key in keys.items() if moved else ():
        if key in moved:
            keys[index] = queries.key_of(*moved[key])
            told[index] = [Notice(merged_into(moved[key][1]), "id_number")]
    return told


def merged_into(number: str) -> str:
    """Say that a number leads to another document since the district merged two persons (8.5)."""
    masked = checks.mask_identity(number)
    return gettext("This number was merged into %(number)s by the district: the worker is"
                   " registered with that document", number=masked)  # fmt: skip


def at(problem: Refusal, index: int) -> Refusal:
    """Let a refusal know its row."""
    problem.row = index  # type: ignore[attr-defined]
    return problem


def keeps(worker: ProjectWorker, actor: scope.Principal) -> bool:
    """Tell whether a principal keeps the papers of a stay."""
    if actor.audience is scope.Audience.SYSTEM:
        return True
    return worker.project_id in actor.projects or worker.unit_id in actor.units


def _key(row: Mapping[str, Any]) -> Key:
    id_type, number = row.get("id_type") or CARD_DOCUMENT, row.get("id_number")
    if not number:
        raise Missing(gettext("Give the number of the document"), field="id_number")
    return queries.key_of(id_type, document(id_type, str(number)))


def _number(worker: Any) -> int:
    return worker.id if isinstance(worker, ProjectWorker) else int(worker or 0)


def _live(project: Project, keys: Iterable[Key]) -> dict[Key, ProjectWorker]:
    wanted = set(keys)
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(ProjectWorker).where(
            ProjectWorker.project_id == project.id,
            ProjectWorker.id_number_hash.in_({number for _kind, number in wanted}),
            ProjectWorker.state.in_(queries.LIVE), ProjectWorker.is_deleted.is_(False),
        )
    )  # fmt: skip
    return {(row.id_type, row.id_number_hash): row for row in rows}


def _named(project: Project, rows: Iterable[Mapping[str, Any]]) -> dict[int, ProjectWorker]:
    wanted = {_number(row["worker"]) for row in rows if row.get("worker") is not None}
    if not wanted:
        return {}
    found = db.session.scalars(
        select(ProjectWorker).where(
            ProjectWorker.project_id == project.id, ProjectWorker.id.in_(wanted),
            ProjectWorker.is_deleted.is_(False),
        )
    )  # fmt: skip
    return {row.id: row for row in found}


def compare_names(rows: Iterable[Keyed]) -> None:
    """Mark 数据冲突 where a row names the person otherwise; the row is taken all the same (14)."""
    for row in rows:
        given = row.values.get("person_name")
        worker = row.worker
        if row.values.get("worker") is not None or not given:
            continue
        if names.same_name(worker.name, given):
            continue
        row.before |= {"conflicted": worker.conflicted, "conflict": worker.conflict}
        if not conflicts.of_names(worker):
            worker.conflicted = True
            worker.conflict = {**(worker.conflict or {}), "known": worker.name, "given": given}
        row.notices.append(said_otherwise(worker.name, "name", worker.id))


def said_otherwise(known: str, field: str, stay_id: int) -> Notice:
    """Say that a row names a person otherwise; 8.5 mends it from his stay, 0 that of the row."""
    return Notice(
        gettext("The city knows this person as “%(name)s”: taken all the same and marked as a"
                " data conflict", name=known),
        field, corrects=stay_id,
    )  # fmt: skip


def forgive(worker: ProjectWorker, before: Mapping[str, Any]) -> None:
    """Take back a data conflict that a row raised."""
    if "conflicted" in before:
        worker.conflicted, worker.conflict = before["conflicted"], before["conflict"]


def masked(worker: ProjectWorker) -> str:
    """Give name and masked number of a person, for sentences about him."""
    return f"{worker.name}（{checks.mask_identity(worker.id_number)}）"
