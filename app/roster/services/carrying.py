"""What is put right of a person, carried to his stays, posts and teams (screens.md 8.5).

Payrolls, punches and stays that have ended keep what they were written with. Called in system
scope: the person may be on sites of several enterprises.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import checks, clock, scope
from app.core.names import same_name
from app.extensions import db
from app.roster import events, queries
from app.roster.choices import StaffState, TeamState
from app.roster.errors import CorrectionRefused
from app.roster.models import Person, ProjectWorker, StaffMember, Team
from app.roster.services import conflicts, due
from app.roster.services.rules import CARD_DOCUMENT

DOCUMENT = ("id_type", "id_number")
ON_POST = ("name", "sex", "birth_on", "nation", *DOCUMENT)
MOST_LETTERS = 200  # of former names, the oldest leave first


def carry(
    person: Person, changes: Mapping[str, Any], *, chip: bool = False, reader: str | None = None
) -> list[ProjectWorker]:
    """Put values of a person into force; give his live stays. Conflicts they settle go."""
    before = queries.key_of(person.id_type, person.id_number)
    values = _derived(person, dict(changes))
    former = _former(person, values)
    stays = live_stays(person.id)
    posts = posts_of([stay.id for stay in stays])
    teams = led_teams(person, stays)
    for name, value in values.items():
        setattr(person, name, value)
    person.former_names = former
    for stay in stays:
        renew(stay, person, values, before, chip=chip, reader=reader)
    for post in posts:
        for name in ON_POST:
            if name in values:
                setattr(post, name, values[name])
    for team in teams:
        team.leader_name = person.name
        team.leader_id_type, team.leader_id_number = person.id_type, person.id_number
    db.session.flush()
    after = queries.key_of(person.id_type, person.id_number)
    if after != before:
        events.person_renumbered.send(person=person, before=before, after=after)
    if stays:
        events.workers_changed.send(workers=stays, actor=scope.SYSTEM)
    return stays


def live_stays(person_id: int) -> list[ProjectWorker]:
    """Give every stay of a person that has not ended; system scope."""
    return list(
        db.session.scalars(
            select(ProjectWorker)
            .where(
                ProjectWorker.person_id == person_id, ProjectWorker.state.in_(queries.LIVE),
                ProjectWorker.is_deleted.is_(False),
            )
            .order_by(ProjectWorker.id)
        )
    )  # fmt: skip


def _derived(person: Person, values: dict[str, Any]) -> dict[str, Any]:
    """Add sex and birth where the number in force holds them."""
    merged = {name: values.get(name) or getattr(person, name) for name in DOCUMENT}
    if not set(DOCUMENT) & set(values) or merged["id_type"] != CARD_DOCUMENT:
        return values
    read = checks.identity_number(merged["id_number"], clock.today())
    return {**values, "sex": read.sex, "birth_on": read.birth_on}


def _former(person: Person, values: Mapping[str, Any]) -> str | None:
    """Give the former names with the one that is left now, each once."""
    kept = [name for name in str(person.former_names or "").split("、") if name]
    new = values.get("name")
    if new and new != person.name:
        kept = [name for name in kept if name not in (new, person.name)] + [person.name]
    while len("、".join(kept)) > MOST_LETTERS:
        kept.pop(0)
    return "、".join(kept) or None


def renew(
    stay: ProjectWorker, person: Person, values: Mapping[str, Any], before: queries.Key, *,
    chip: bool = False, reader: str | None = None,
) -> None:  # fmt: skip
    """Give one stay the values of its person; a number it had before stays known to gates."""
    if "name" in values and stay.name != person.name:
        known = [one for one in str(person.former_names or "").split("、") if one]
        stay.former_names = "、".join(dict.fromkeys([*known, stay.name]))[:MOST_LETTERS]
    elif person.former_names:
        stay.former_names = person.former_names
    for name, value in values.items():
        setattr(stay, name, value)
    if before[1] != queries.fingerprint(person.id_number):
        stay.former_hashes = [*(stay.former_hashes or ()), before[1]]
    if chip:
        stay.read_by_chip, stay.reader_no = True, reader
    if stay.conflicted and same_name(stay.name, person.name):
        conflicts.settle_names(stay)
    due.renew(stay, stay.entry_on)


def posts_of(stays: Iterable[int]) -> list[StaffMember]:
    """Give the posts that hang on stays and have not ended; system scope."""
    wanted = list(stays)
    if not wanted:
        return []
    return list(
        db.session.scalars(
            select(StaffMember).where(
                StaffMember.worker_id.in_(wanted), StaffMember.state != StaffState.EXITED,
                StaffMember.is_deleted.is_(False),
            )
        )
    )  # fmt: skip


def led_teams(person: Person, stays: list[ProjectWorker]) -> list[Team]:
    """Give the teams that name the person as their leader."""
    wanted = {stay.team_id for stay in stays}
    if not wanted:
        return []
    return list(
        db.session.scalars(
            select(Team).where(
                Team.id.in_(wanted), Team.leader_id_type == person.id_type,
                Team.leader_id_number_hash == queries.fingerprint(person.id_number),
                Team.state != TeamState.EXITED, Team.is_deleted.is_(False),
            )
        )
    )  # fmt: skip


def take_city_name(worker: ProjectWorker, *, actor: scope.Principal) -> ProjectWorker:
    """Settle a conflict by the name the city knows (以登记为准); the one entered was wrong."""
    if not queries.keeps(worker, actor) or worker.state not in queries.LIVE:
        raise CorrectionRefused(gettext("This stay is not yours to change, or it has ended"))
    if not conflicts.of_names(worker):
        raise CorrectionRefused(gettext("“%(name)s” has no conflict of data", name=worker.name))
    with scope.system_scope("a conflict is settled by the name the city knows"):
        known = db.session.scalar(select(Person.name).where(Person.id == worker.person_id))
    worker.name = known
    conflicts.settle_names(worker)
    db.session.flush()
    events.workers_changed.send(workers=[worker], actor=actor)
    return worker
