"""合并人员: the district makes one person of two documents (screens.md 8.5).

A number that belongs to another Person is never taken over. Where both are one human being,
stays and all that hangs on them go to the person whose document is right; the other row remains
as a signpost, so that its number leads to the one that is kept.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, select, update

from app.core import clock, scope
from app.core.errors import NotAllowed, Refusal, refuse_all
from app.core.names import same_name
from app.enterprises.models import CityKey
from app.extensions import db
from app.roster import events, queries
from app.roster.choices import CorrectedField, KeptPerson
from app.roster.errors import MergeRefused, Missing
from app.roster.models import Person, PersonCorrection, ProjectWorker
from app.roster.queries import merging
from app.roster.services import carrying
from app.roster.services.releases import ask_again
from app.roster.states import PERSON_CORRECTION_FLOW as FLOW

CARRIED = ("name", "id_type", "id_number", "sex", "birth_on", "nation")
DOCUMENT = ("id_type", "id_number")


def merge_persons(
    row: PersonCorrection, values: Mapping[str, Any], *, actor: scope.Principal
) -> int:
    """Merge the person of a correction with the one its number belongs to, all or nothing.

    ``values``: keep (``KeptPerson``) and reason. The person read from the chip wins; without one
    the district chooses. Stays that go on at one project for both are refused. Gives the number
    of the person that is kept.
    """
    if actor.audience is scope.Audience.TENANT:
        raise NotAllowed
    reason = str(values.get("reason") or "").strip()
    with scope.system_scope("two documents of one person are merged by the district"):
        asked, other = _both(row)
        left, right = merging.stays_of(asked.id), merging.stays_of(other.id)
        refuse_all(list(_problems(row, values, reason, left, right)))
    FLOW.fire("merge", row, actor=actor, remark=reason)
    with scope.system_scope("two documents of one person are merged by the district"):
        keeps_owner = values["keep"] is KeptPerson.OWNER
        kept, gone = (other, asked) if keeps_owner else (asked, other)
        row.in_force_at = clock.now()
        _merge(kept, gone)
        row.person_id = kept.id
        db.session.flush()
        if keeps_owner and row.read_by_chip and (changes := _read_besides(row)):
            carrying.carry(kept, changes, chip=True, reader=row.reader_no)
        # one human being on two sites: the older one is asked for his exit (8.2, 释放)
        ask_again(db.session.scalars(_stays(kept)).all())
        return int(kept.id)


def winner(
    row: PersonCorrection,
    left: list[merging.ComparedStay],
    right: list[merging.ComparedStay],
) -> KeptPerson | None:
    """Give who is kept because the chip says so; None where the district chooses (8.2, 8.5)."""
    if row.read_by_chip:  # what was read is the number that is asked for
        return KeptPerson.OWNER
    read = [any(stay.read_by_chip for stay in side) for side in (left, right)]
    if read[0] == read[1]:
        return None
    return KeptPerson.ASKED if read[0] else KeptPerson.OWNER


def _both(row: PersonCorrection) -> tuple[Person, Person]:
    """Lock both persons, always in one order."""
    other = merging.other_person_id(row)
    if other is None:
        raise MergeRefused(
            gettext("The number belongs to nobody else any more: decide the correction instead")
        )
    found = {
        person.id: person
        for person in db.session.scalars(
            select(Person)
            .where(Person.id.in_((row.person_id, other)))
            .order_by(Person.id)
            .with_for_update()
        )
    }
    return found[row.person_id], found[other]


def _problems(
    row: PersonCorrection, values: Mapping[str, Any], reason: str,
    left: list[merging.ComparedStay], right: list[merging.ComparedStay],
) -> list[Refusal]:  # fmt: skip
    found: list[Refusal] = []
    if not reason:
        found.append(Missing(gettext("Give the reason of the merger"), field="reason"))
    chip, keep = winner(row, left, right), values.get("keep")
    if keep is None:
        found.append(Missing(gettext("Choose which person is kept"), field="keep"))
    elif chip is not None and keep is not chip:
        found.append(MergeRefused(
            gettext("The other person's document was read from the chip, which wins: keep that"
                    " person"), field="keep",
        ))  # fmt: skip
    if sites := merging.colliding(left, right):
        found.append(MergeRefused(
            gettext("Both are on the roster of “%(sites)s” at once: let the contractor record the"
                    " exit of one of them, or take its draft back, first",
                    sites="、".join(sites)),
        ))  # fmt: skip
    return found


def _read_besides(row: PersonCorrection) -> dict[str, Any]:
    """Give what the chip says beside the number, which is the kept person's own."""
    names = (CorrectedField[name].name.lower() for name in row.fields)
    return {name: getattr(row, f"new_{name}") for name in names if name not in DOCUMENT}


def _stays(person: Person) -> Select[Any]:
    stay = ProjectWorker
    return select(stay).where(stay.person_id == person.id).order_by(stay.id)


def _merge(kept: Person, gone: Person) -> None:
    before = queries.key_of(gone.id_type, gone.id_number)
    after = queries.key_of(kept.id_type, kept.id_number)
    stays = list(db.session.scalars(_stays(gone)))
    _know_names(kept, gone)
    live = _move_stays(kept, gone, stays, before)
    gone.merged_into_id = kept.id
    db.session.flush()
    for table, column, conditions in (
        (Person.__table__, "merged_into_id", ()),
        (PersonCorrection.__table__, "person_id", ()),
        (CityKey.__table__, "row_id", (CityKey.kind == queries.WAGE_CARD,)),
    ):
        db.session.execute(
            update(table)
            .where(table.c[column] == gone.id, *conditions)
            .values({column: kept.id, "row_version": table.c.row_version + 1})
        )
    db.session.expire_all()
    events.person_renumbered.send(person=kept, before=before, after=after)
    events.persons_merged.send(person=kept, gone_id=gone.id, before=before, after=after)
    if live:
        events.workers_changed.send(workers=live, actor=scope.SYSTEM)


def _know_names(kept: Person, gone: Person) -> None:
    """Keep the names of the other as former ones, which the search finds."""
    names = str(kept.former_names or "").split("、") + str(gone.former_names or "").split("、")
    if not same_name(kept.name, gone.name):
        names.append(gone.name)
    known = [name for name in dict.fromkeys(names) if name and name != kept.name]
    while len("、".join(known)) > carrying.MOST_LETTERS:
        known.pop(0)
    kept.former_names = "、".join(known) or None
    for name in ("sex", "birth_on", "nationality", "nation"):
        if getattr(kept, name) is None:
            setattr(kept, name, getattr(gone, name))


def _move_stays(
    kept: Person, gone: Person, stays: list[ProjectWorker], before: queries.Key
) -> list[ProjectWorker]:
    """Give stays the person that is kept; those that go on take over name and document.

    Ended ones keep the name they were written with. Gates may still send the former number.
    """
    live = [row for row in stays if row.state in queries.LIVE and not row.is_deleted]
    teams, posts = carrying.led_teams(gone, live), carrying.posts_of(row.id for row in live)
    values = {name: getattr(kept, name) for name in CARRIED if getattr(kept, name) is not None}
    for row in stays:
        row.person_id = kept.id
        if row in live:
            carrying.renew(row, kept, values, before)
            continue
        row.id_type, row.id_number = kept.id_type, kept.id_number
        row.former_hashes = [*(row.former_hashes or ()), before[1]]
    for post in posts:
        for name, value in values.items():
            setattr(post, name, value)
    for team in teams:
        team.leader_name = kept.name
        team.leader_id_type, team.leader_id_number = kept.id_type, kept.id_number
    db.session.flush()
    return live
