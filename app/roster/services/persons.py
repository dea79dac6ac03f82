"""Persons of the city: found or made by document, in system scope (decision D2)."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import delete, tuple_

from app.core import adding, bulk, clock, scope
from app.enterprises.models import CityKey
from app.extensions import db
from app.roster import queries
from app.roster.models import Person
from app.roster.queries import Key, Known

FACTS = ("sex", "birth_on", "nationality", "nation", "former_names")


def make(unknown: Mapping[Key, Mapping[str, Any]]) -> dict[Key, Known]:
    """Make the persons nobody knew yet; who was made meanwhile by another is found."""
    if not unknown:
        return {}
    known: dict[Key, Known] = {}
    # in the order of the index they are found by, so that each of its pages is written once
    waiting = iter(sorted(unknown))
    while part := list(islice(waiting, adding.AT_ONCE)):
        rows = [_row(key, unknown[key]) for key in part]
        statement, given = bulk.insert_rows(Person.__table__, rows)
        made = db.session.execute(
            statement.on_conflict_do_nothing().returning(*queries.KNOWN_PERSON), given
        )
        known |= queries.known_persons(made)
    return known | queries.persons(set(unknown) - set(known))


def _row(key: Key, values: Mapping[str, Any]) -> dict[str, Any]:
    actor, now = scope.current(), clock.now()
    return {
        "id_type": key[0], "id_number_hash": key[1], "id_number": values["id_number"],
        "name": values["name"], "is_deleted": False,
        "created_at": now, "changed_at": now, "created_by": actor.user_id,
        "changed_by": actor.user_id, "source": actor.door.value,
        **{name: values.get(name) for name in FACTS},
    }  # fmt: skip


def keep_cards(project_id: int, cards: Iterable[tuple[str, int]]) -> None:
    """Keep whose wage cards these are (hash, person); call it in system scope."""
    rows = [
        {"kind": queries.WAGE_CARD, "value_hash": number, "row_id": person,
         "project_id": project_id}
        for number, person in cards
    ]  # fmt: skip
    adding.write_rows(CityKey, rows)


def release_cards(project_id: int, cards: Iterable[tuple[str, int]]) -> None:
    """Take back what ``keep_cards`` kept for cards no longer carried; call it in system scope."""
    if pairs := list(cards):
        db.session.execute(
            delete(CityKey).where(
                CityKey.kind == queries.WAGE_CARD, CityKey.project_id == project_id,
                CityKey.value_hash.in_([number for number, _person in pairs]),
                tuple_(CityKey.value_hash, CityKey.row_id).in_(pairs),
            )
        )  # fmt: skip
