"""What a user keeps for himself: columns shown, page size, saved filters of a list."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, String, UniqueConstraint, delete, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, scope
from app.core.columns.secrets import Encrypted
from app.core.models import Entity
from app.extensions import db

FILTER, DEFAULT = "filter", "default"
MINE = "user_id = nullif(current_setting('app.actor', true), '')::integer"
SAME_OFFICE = (
    "enterprises && nullif(current_setting('app.enterprises', true), '')::bigint[]"
    " or units && nullif(current_setting('app.units', true), '')::bigint[]"
)
SAME_DISTRICT = "districts && nullif(current_setting('app.districts', true), '')::varchar[]"
ADMINISTRATORS = f"{scope.SIGNED_IN} and roles && array['sys_admin']::varchar[]"


class Preference(Entity):
    """One kept choice of one user; a shared filter is seen by a role in his office.

    What somebody filters by may name persons: it is encrypted, and a shared filter stays within
    the enterprise, the units or the districts of who shares it. ``project_id`` names the only
    project whose rows a filter is about.
    """

    __scope__ = scope.Scope(
        scope.either(MINE, f"shared and ({SAME_OFFICE})"), MINE,
        scope.either(MINE, f"shared and {SAME_DISTRICT}"), MINE,
        scope.either(MINE, f"shared and {ADMINISTRATORS}"), MINE,
    )  # fmt: skip
    __audited__ = False
    __table_args__ = (UniqueConstraint("user_id", "view", "kind", "name"),)

    user_id: Mapped[Any | None] = mapped_column(Integer, nullable=False)
    view: Mapped[Any | None] = mapped_column(String(80), nullable=False)
    kind: Mapped[Any | None] = mapped_column(String(20), nullable=False)
    name: Mapped[Any | None] = mapped_column(String(80), nullable=False, default="")
    value: Mapped[Any | None] = mapped_column(JSONB, nullable=False)
    query: Mapped[Any | None] = mapped_column(Encrypted)
    project_id: Mapped[Any | None] = mapped_column(BigInteger)
    shared: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
    roles: Mapped[Any | None] = mapped_column(ARRAY(String(64)))
    enterprises: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))
    units: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))
    districts: Mapped[Any | None] = mapped_column(ARRAY(String(6)))


@dataclass(frozen=True)
class Kept:
    """One kept choice as a list reads it; ``mine`` tells that its user may remove it."""

    id: int
    kind: str
    name: str
    value: Any
    query: str
    mine: bool
    shared_with: tuple[str, ...] = ()
    project_id: int | None = None


def kept(view: str) -> list[Kept]:
    """Give what the user keeps for a list, and the filters shared with a role of his."""
    actor = scope.current()
    if actor.user_id is None:
        return []
    rows = db.session.execute(
        select(
            Preference.id, Preference.kind, Preference.name, Preference.value, Preference.query,
            Preference.user_id, Preference.roles, Preference.project_id,
        )
        .where(
            Preference.view == view,
            or_(
                Preference.user_id == actor.user_id,
                Preference.shared & (Preference.kind == FILTER)
                & Preference.roles.overlap(sorted(actor.roles)),
            ),
        )
        .order_by(Preference.id)
    )  # fmt: skip
    return [
        Kept(row.id, row.kind, row.name, row.value, row.query or "", row.user_id == actor.user_id,
             tuple(row.roles or ()), row.project_id)
        for row in rows
    ]  # fmt: skip


def keep(view: str, kind: str, value: Any, name: str = "", **beside: Any) -> None:
    """Keep a choice, replacing the one of the same name.

    The same choice sent twice at once, by a double click, is kept twice without a word.
    """
    key = {"user_id": scope.current().user_id, "view": view, "kind": kind, "name": name}
    what = {"value": value, **beside}
    db.session.execute(
        insert(Preference)
        .values(**key, **what)
        .on_conflict_do_update(
            index_elements=list(key),
            set_={
                **what, "row_version": Preference.row_version + 1,
                "changed_at": clock.now(), "changed_by": key["user_id"],
            },
        )
    )  # fmt: skip


def forget(view: str, kind: str, name: str = "") -> None:
    """Drop a kept choice of one's own."""
    db.session.execute(
        delete(Preference).where(
            Preference.user_id == scope.current().user_id, Preference.view == view,
            Preference.kind == kind, Preference.name == name,
        )
    )  # fmt: skip
