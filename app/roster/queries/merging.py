"""Two persons of the city that may be one: what the district compares before it merges (8.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.core.bulk import one_of
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.roster import queries
from app.roster.choices import CorrectedField, StayState
from app.roster.models import Person, PersonCorrection, ProjectWorker, Team

DOCUMENT = ("id_type", "id_number")


@dataclass(frozen=True)
class ComparedStay:
    """One stay of a person anywhere in the city, as its line on the page of the merger says."""

    id: int
    project_id: int
    site: str
    unit: str
    team: str
    state: StayState
    entry_on: date | None
    exit_on: date | None
    read_by_chip: bool

    def meets(self, other: "ComparedStay") -> bool:
        """Tell whether two stays are on one project, or overlap in time."""
        if self.project_id == other.project_id and self.is_live and other.is_live:
            return True
        first = max(self.entry_on or date.min, other.entry_on or date.min)
        return first <= min(self.exit_on or date.max, other.exit_on or date.max)

    @property
    def is_live(self) -> bool:
        """Tell whether the stay goes on."""
        return self.state in queries.LIVE


def other_person_id(row: PersonCorrection) -> int | None:
    """Give who holds the number a correction asks for, if it is another; system scope."""
    if not {CorrectedField.ID_TYPE.name, CorrectedField.ID_NUMBER.name} & set(row.fields or ()):
        return None
    own = db.session.execute(
        select(Person.id_type, Person.id_number).where(Person.id == row.person_id)
    ).one_or_none()  # fmt: skip
    if own is None:
        return None
    given = {name: getattr(row, f"new_{name}") for name in DOCUMENT if name.upper() in row.fields}
    wanted = {"id_type": own.id_type, "id_number": own.id_number} | given
    key = queries.key_of(wanted["id_type"], wanted["id_number"])
    owner = queries.persons([key]).get(key)
    return owner.id if owner is not None and owner.id != row.person_id else None


def stays_of(person_id: int) -> list[ComparedStay]:
    """Give every stay of a person in the city, the newest first; system scope."""
    worker, team = ProjectWorker, aliased(Team)
    rows = db.session.execute(
        select(
            worker.id, worker.project_id, Project.name, ProjectUnit.name, team.name, worker.state,
            worker.entry_on, worker.exit_on, worker.read_by_chip,
        )
        .join(Project, Project.id == worker.project_id)
        .join(ProjectUnit, ProjectUnit.id == worker.unit_id)
        .join(team, team.id == worker.team_id)
        .where(worker.person_id == person_id, worker.is_deleted.is_(False))
        .order_by(worker.id.desc())
    )  # fmt: skip
    return [ComparedStay(*row) for row in rows]


def colliding(left: Iterable[ComparedStay], right: Iterable[ComparedStay]) -> list[str]:
    """Give the names of the sites on which both have a stay that goes on."""
    there = {stay.project_id for stay in right if stay.is_live}
    found = [stay.site for stay in left if stay.is_live and stay.project_id in there]
    return list(dict.fromkeys(found))


def moved_documents(keys: Iterable[queries.Key]) -> dict[queries.Key, Any]:
    """Give the document in force (id_type, id_number) of merged persons' keys; system scope."""
    wanted = set(keys)
    kept = aliased(Person)
    rows = db.session.execute(
        select(Person.id_type, Person.id_number_hash, kept.id_type, kept.id_number)
        .join(kept, kept.id == Person.merged_into_id)
        .where(
            Person.merged_into_id.is_not(None),
            one_of(Person.id_number_hash, {number for _kind, number in wanted}),
        )
    )
    return {(r[0], r[1]): (r[2], r[3]) for r in rows if (r[0], r[1]) in wanted}
