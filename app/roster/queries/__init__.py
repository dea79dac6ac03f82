"""Reads of the roster, across rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from app.core import checks, clock, scope
from app.core.bulk import one_of
from app.core.columns.base import spec_of
from app.enterprises.models import CityKey
from app.extensions import db
from app.projects.choices import LIVE_STATES, ON_SITE_UNITS, WAGE_ROLES
from app.projects.models import Project, ProjectUnit
from app.roster.choices import (
    NAMED_LABOUR_MANAGER,
    SUCCESSOR,
    StaffState,
    StayState,
    TeamState,
)
from app.roster.models import Movement, Person, ProjectWorker, StaffMember, Team

WAGE_CARD = "wage_card"
MOST_STAYS = 50
LIVE = (StayState.DRAFT, StayState.EXPECTED, StayState.ON_SITE)
PRESENT = (StayState.EXPECTED, StayState.ON_SITE)

Key = tuple[str, str]


@dataclass(frozen=True)
class Known:
    """What the city knows about a person."""

    id: int
    name: str
    sex: str | None = None
    birth_on: date | None = None
    nationality: str | None = None
    nation: str | None = None
    former_names: str | None = None


@dataclass(frozen=True)
class Stay:
    """One stay of a person anywhere in the city, as services may know it."""

    id: int
    project_id: int
    project_name: str
    team_id: int
    state: StayState
    source: str | None
    entry_on: date | None
    exit_on: date | None


def fingerprint(number: str) -> str:
    """Give the keyed hash of a document number."""
    return str(spec_of(ProjectWorker, "id_number").kind.fingerprint(number))  # type: ignore[attr-defined]


def card_fingerprint(number: str) -> str:
    """Give the keyed hash of a wage card number."""
    return str(spec_of(ProjectWorker, "bank_card_no").kind.fingerprint(number))  # type: ignore[attr-defined]


def key_of(id_type: str, number: str) -> Key:
    """Give what identifies a person: document type and hash of the number, never the name."""
    return id_type, fingerprint(number)


KNOWN_PERSON = (
    Person.id_type, Person.id_number_hash, Person.id, Person.name, Person.sex,
    Person.birth_on, Person.nationality, Person.nation,
    Person.former_names,
)  # fmt: skip


def persons(keys: Iterable[Key]) -> dict[Key, Known]:
    """Give the persons the city knows by their documents; call it in system scope.

    One that was merged into another is not given: ``merging.moved_documents`` leads on.
    """
    wanted = set(keys)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(*KNOWN_PERSON).where(
            one_of(Person.id_number_hash, {number for _kind, number in wanted}),
            Person.merged_into_id.is_(None),
        )
    )
    return {key: known for key, known in known_persons(rows).items() if key in wanted}


def known_persons(rows: Iterable[Any]) -> dict[Key, Known]:
    """Give rows of ``KNOWN_PERSON`` by document."""
    return {(r[0], r[1]): Known(*r[2:]) for r in rows}


def stays(keys: Iterable[Key]) -> dict[Key, list[Stay]]:
    """Give every stay of some persons in the city, newest first; call it in system scope."""
    wanted = set(keys)
    rows = db.session.execute(
        select(
            ProjectWorker.id_type, ProjectWorker.id_number_hash, ProjectWorker.id,
            ProjectWorker.project_id, Project.name, ProjectWorker.team_id, ProjectWorker.state,
            ProjectWorker.source, ProjectWorker.entry_on, ProjectWorker.exit_on,
        )
        .join(Project, Project.id == ProjectWorker.project_id)
        .where(
            ProjectWorker.person_id.in_(
                select(Person.id).where(one_of(Person.id_number_hash, {n for _kind, n in wanted}))
            ),
            ProjectWorker.is_deleted.is_(False),
        )
        .order_by(ProjectWorker.id.desc())
    )  # fmt: skip
    found: dict[Key, list[Stay]] = {}
    for row in rows:
        if (row[0], row[1]) in wanted:
            found.setdefault((row[0], row[1]), []).append(Stay(*list(row)[2:]))
    return found


def card_owners(hashes: set[str]) -> dict[str, set[int]]:
    """Give who carries these wage cards, by the hash of the number; call it in system scope.

    The card of a stay that has ended, or of a draft taken back, is nobody's any more (PERS-007 b
    asks for active cards): nobody could correct a slip on it.
    """
    carried = exists().where(
        ProjectWorker.person_id == CityKey.row_id,
        ProjectWorker.project_id == CityKey.project_id,
        ProjectWorker.state.in_(LIVE),
        ProjectWorker.is_deleted.is_(False),
    )
    rows = db.session.execute(
        select(CityKey.value_hash, CityKey.row_id).where(
            CityKey.kind == WAGE_CARD, one_of(CityKey.value_hash, hashes), carried
        )
    )  # fmt: skip
    found: dict[str, set[int]] = {}
    for number, person_id in rows:
        found.setdefault(number, set()).add(person_id)
    return found


def live_stay(project: Project, id_type: str, id_number: str) -> ProjectWorker | None:
    """Give the visible stay of a person on a project that has not ended."""
    return _stay(project, id_type, id_number, ProjectWorker.state != StayState.EXITED)


def _stay(
    project: Project, id_type: str, id_number: str, *narrowed: Any, newest: Any = None
) -> ProjectWorker | None:
    number = _normal(id_type, id_number)
    if number is None:
        return None
    return db.session.scalars(
        select(ProjectWorker)
        .where(
            ProjectWorker.project_id == project.id,
            ProjectWorker.id_type == id_type,
            ProjectWorker.id_number_hash == fingerprint(number),
            ProjectWorker.is_deleted.is_(False),
            *narrowed,
        )
        .order_by(*(newest or (ProjectWorker.id.desc(),)))
        .limit(1)
    ).first()


def _normal(id_type: str, id_number: str) -> str | None:
    try:
        return checks.document_number(id_type, id_number, clock.today())
    except checks.Invalid:
        return None


def team_by_name(unit: ProjectUnit, name: str) -> Team | None:
    """Give the visible team of a unit by its name."""
    return db.session.scalars(
        select(Team).where(
            Team.project_id == unit.project_id, Team.unit_id == unit.id, Team.name == name,
            Team.is_deleted.is_(False),
        )
    ).first()  # fmt: skip


def may_write(unit: ProjectUnit, actor: scope.Principal) -> bool:
    """Tell whether a principal keeps the rows of a unit."""
    if actor.audience is scope.Audience.SYSTEM:
        return True
    return unit.project_id in actor.projects or unit.id in actor.units


def keeps(worker: ProjectWorker, actor: scope.Principal) -> bool:
    """Tell whether a principal keeps the stay: its unit's or the whole project's."""
    if actor.audience is scope.Audience.SYSTEM:
        return True
    return worker.project_id in actor.projects or worker.unit_id in actor.units


def employs(unit: ProjectUnit) -> bool:
    """Tell whether a unit may have teams and workers; others have staff on posts (8.4)."""
    return unit.unit_role in WAGE_ROLES


def employing_units(project_id: int | None, actor: scope.Principal) -> Select[Any]:
    """Give the units of a project that take new teams and workers from this principal."""
    return open_units(project_id, actor).where(ProjectUnit.unit_role.in_(WAGE_ROLES))


def units_of(project_id: int | None) -> Select[Any]:
    """Give the visible units of a project in every state, for filters."""
    query = select(ProjectUnit).where(ProjectUnit.is_deleted.is_(False))
    return query if project_id is None else query.where(ProjectUnit.project_id == project_id)


def open_units(project_id: int | None, actor: scope.Principal) -> Select[Any]:
    """Give the units of a project that take new people from this principal."""
    query = select(ProjectUnit).where(
        ProjectUnit.state.in_(ON_SITE_UNITS), ProjectUnit.is_deleted.is_(False)
    )
    if project_id is not None:
        query = query.where(ProjectUnit.project_id == project_id)
    if actor.audience is scope.Audience.SYSTEM:
        return query
    return query.where(
        or_(ProjectUnit.project_id.in_(actor.projects), ProjectUnit.id.in_(actor.units))
    )


def open_teams(project_id: int | None, unit_id: int | None) -> Select[Any]:
    """Give the teams that take workers: of one unit, or of the whole project."""
    query = select(Team).where(
        Team.state == TeamState.ON_SITE, Team.is_deleted.is_(False), Team.is_management.is_(False)
    )
    if project_id is not None:
        query = query.where(Team.project_id == project_id)
    return query.where(Team.unit_id == unit_id) if unit_id is not None else query


def head_counts(team_ids: Iterable[int]) -> dict[int, int]:
    """Give how many visible workers are on site in each team."""
    rows = db.session.execute(
        select(ProjectWorker.team_id, func.count())
        .where(
            ProjectWorker.team_id.in_(list(team_ids)), ProjectWorker.state == StayState.ON_SITE,
            ProjectWorker.is_deleted.is_(False),
        )
        .group_by(ProjectWorker.team_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def members(team: Team) -> list[ProjectWorker]:
    """Give the workers of a team who have not left."""
    return list(
        db.session.scalars(
            select(ProjectWorker)
            .where(
                ProjectWorker.project_id == team.project_id, ProjectWorker.team_id == team.id,
                ProjectWorker.state != StayState.EXITED, ProjectWorker.is_deleted.is_(False),
            )
            .order_by(ProjectWorker.id)
        )
    )  # fmt: skip


def leader_stays(team_ids: Iterable[int]) -> dict[int, ProjectWorker]:
    """Give the live leader of each team."""
    wanted = list(team_ids)
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(ProjectWorker).where(
            ProjectWorker.team_id.in_(wanted), ProjectWorker.is_team_leader.is_(True),
            ProjectWorker.state != StayState.EXITED, ProjectWorker.is_deleted.is_(False),
        )
    )  # fmt: skip
    return {row.team_id: row for row in rows}


def last_movements(worker_ids: Iterable[int]) -> dict[int, date]:
    """Give the day of the last entry or exit of each stay."""
    rows = db.session.execute(
        select(Movement.worker_id, func.max(Movement.moved_on))
        .where(Movement.worker_id.in_(list(worker_ids)), Movement.is_deleted.is_(False))
        .group_by(Movement.worker_id)
    )
    return {row[0]: row[1] for row in rows}


def movements(worker: ProjectWorker) -> list[Movement]:
    """Give the entries and exits of a stay, oldest first."""
    return list(
        db.session.scalars(
            select(Movement)
            .where(Movement.worker_id == worker.id, Movement.is_deleted.is_(False))
            .order_by(Movement.moved_on, Movement.id)
        )
    )


def visible_stays(worker: ProjectWorker) -> list[tuple[ProjectWorker, str]]:
    """Give the stays of the same person the reader may see, newest first, with the project."""
    rows = db.session.execute(
        select(ProjectWorker, Project.name)
        .join(Project, Project.id == ProjectWorker.project_id)
        .where(
            ProjectWorker.person_id == worker.person_id,
            ProjectWorker.is_deleted.is_(False),
        )
        .options(selectinload(ProjectWorker.unit), selectinload(ProjectWorker.team))
        .order_by(ProjectWorker.entry_on.desc().nulls_first(), ProjectWorker.id.desc())
        .limit(MOST_STAYS)
    )
    return [(row[0], row[1]) for row in rows]


def used_on_project(project_id: int, column: str, values: set[Any]) -> dict[Any, set[int]]:
    """Give who on a project, not yet left, carries these values; call it in system scope."""
    attribute = getattr(ProjectWorker, column)
    rows = db.session.execute(
        select(attribute, ProjectWorker.id).where(
            ProjectWorker.project_id == project_id, one_of(attribute, values),
            ProjectWorker.state != StayState.EXITED, ProjectWorker.is_deleted.is_(False),
        )
    )  # fmt: skip
    found: dict[Any, set[int]] = {}
    for value, number in rows:
        found.setdefault(value, set()).add(number)
    return found


def due_entries(day: date) -> Select[Any]:
    """Give the stays that wait for entry and whose day has come."""
    return (
        select(ProjectWorker)
        .where(
            ProjectWorker.state == StayState.EXPECTED, ProjectWorker.entry_on <= day,
            ProjectWorker.is_deleted.is_(False),
        )
        .order_by(ProjectWorker.id)
    )  # fmt: skip


def not_successor() -> ColumnElement[bool]:
    """Tell of posts apart from the drafts of successors a replacement still asks for."""
    return or_(
        StaffMember.draft_of.is_(None), StaffMember.draft_of != SUCCESSOR,
        StaffMember.state != StaffState.DRAFT,
    )  # fmt: skip


def login_not_opened() -> ColumnElement[bool]:
    """Tell of a labour manager the project form names: his wished sign-in name opened no login.

    He still is one, and his project is live (screens.md 4.2 D).
    """
    return and_(
        StaffMember.draft_of == NAMED_LABOUR_MANAGER, StaffMember.is_deleted.is_(False),
        StaffMember.has_account.is_(True), StaffMember.username.is_not(None),
        StaffMember.user_id.is_(None), StaffMember.state != StaffState.EXITED,
        exists()
        .where(Project.id == StaffMember.project_id, Project.state.in_(LIVE_STATES))
        .correlate(StaffMember),
    )  # fmt: skip
