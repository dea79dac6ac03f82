"""Numbers people read, drawn without a race, and what must be unique in the whole city."""

from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core import checks, clock, scope, vault
from app.core.errors import Refusal
from app.enterprises.models import CityKey
from app.projects.errors import KeyTaken
from app.projects.models import Sequence

DAY_NUMBERS = 999


class NumbersExhausted(Refusal):
    """A district has no project number left for the day."""


def draw_number(name: str) -> int:
    """Give the next number of a counter, 1 first; the counter waits for this transaction."""
    with scope.system_scope("a number people read is drawn") as connection:
        return connection.execute(
            upsert(Sequence)
            .values(name=name, last=1, step=1, last_at=clock.now(), source="system")
            .on_conflict_do_update(
                index_elements=["name"],
                set_={"last": Sequence.last + Sequence.step, "last_at": clock.now()},
            )
            .returning(Sequence.last)
        ).scalar_one()


def project_number(district: str, day: date) -> str:
    """Give a project number: district code, date, three digits (screens.md 4.2)."""
    last = draw_number(f"project {district} {day:%Y%m%d}")
    if last > DAY_NUMBERS:
        raise NumbersExhausted(f"{district} {day:%Y%m%d}")
    return f"{district}{day:%Y%m%d}{last:03d}"


def hold_lock(name: str) -> None:
    """Let the transactions that name the same thing follow each other."""
    with scope.system_scope("writers of one value follow each other") as connection:
        connection.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:name, 7242022))"), {"name": name}
        )


def _fingerprint(kind: str, value: str) -> str:
    plain = checks.fold_text(value).replace(" ", "").upper()
    return vault.current().fingerprint(plain, f"city-{kind}"[:30])


def claim_city_key(
    kind: str, value: str, project_id: int | None, row_id: int | None, *, refusal: Any = KeyTaken
) -> None:
    """Take a value that must be unique in the city for a row; refuse when another has it.

    Writing, blanks and width do not matter: the value is compared folded. Claiming one's own
    value again is no matter either.
    """
    mark = _fingerprint(kind, value)
    hold_lock(f"{kind} {mark}")
    keys = CityKey.__table__.c
    with scope.system_scope("a value is unique in the whole city") as connection:
        found = connection.execute(
            select(keys.project_id, keys.row_id).where(keys.kind == kind, keys.value_hash == mark)
        ).first()
        if found is None:
            connection.execute(
                insert(CityKey).values(
                    kind=kind, value_hash=mark, project_id=project_id, row_id=row_id,
                    source="system", created_at=func.now(),
                )
            )  # fmt: skip
    if found is not None and tuple(found) != (project_id, row_id):
        raise refusal()


def release_city_key(kind: str, project_id: int | None, row_id: int | None) -> None:
    """Let others take what a row had."""
    with scope.system_scope("a value unique in the city is free again") as connection:
        connection.execute(
            delete(CityKey).where(
                CityKey.kind == kind, CityKey.project_id == project_id, CityKey.row_id == row_id
            )
        )
