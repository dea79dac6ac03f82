"""What a user keeps for himself: columns shown, page size, saved filters of a list."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, String, UniqueConstraint, delete, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, scope
from app.core.models import Entity
from app.extensions import db

FILTER = "filter"
MINE = "user_id = nullif(current_setting('app.actor', true), '')::integer"
SAME_OFFICE = (
    "enterprises && nullif(current_setting('app.enterprises', true), '')::bigint[]"
    " or units && nullif(current_setting('app.units', true), '')::bigint[]"
)
SAME_DISTRICT = "districts && nullif(current_setting('app.districts', true), '')::varchar[]"
ADMINISTRATORS = f"{scope.SIGNED_IN} and roles && array['sys_admin']::varchar[]"


class Preference(Entity):
    """One kept choice of one user; a shared filter is seen by his role in his office.

    What somebody filters by may name persons: a shared filter stays within the enterprise, the
    units or the districts of who shares it.
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
    shared: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
    roles: Mapped[Any | None] = mapped_column(ARRAY(String(64)))
    enterprises: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))
    units: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))
    districts: Mapped[Any | None] = mapped_column(ARRAY(String(6)))


@dataclass(frozen=True)
class Kept:
    """One kept choice as a list reads it; ``mine`` tells that its user may remove it."""

    kind: str
    name: str
    value: Any
    mine: bool


def kept(view: str) -> list[Kept]:
    """Give what the user keeps for a list, and the filters shared with a role of his."""
    actor = scope.current()
    if actor.user_id is None:
        return []
    roles = sorted(actor.roles)
    wanted = select(Preference.kind, Preference.name, Preference.value, Preference.user_id).where(
        Preference.view == view,
        or_(
            Preference.user_id == actor.user_id,
            Preference.shared & (Preference.kind == FILTER) & Preference.roles.overlap(roles),
        ),
    )
    rows = db.session.execute(wanted.order_by(Preference.id))
    return [Kept(row.kind, row.name, row.value, row.user_id == actor.user_id) for row in rows]


def keep(view: str, kind: str, value: Any, name: str = "", *, shared: bool = False) -> None:
    """Keep a choice, replacing the one of the same name; ``shared`` shows it to one's role.

    The same choice sent twice at once, by a double click, is kept twice without a word.
    """
    key = {"user_id": scope.current().user_id, "view": view, "kind": kind, "name": name}
    what = {"value": value, **_sharing(shared=shared)}
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


def _sharing(*, shared: bool) -> dict[str, Any]:
    actor = scope.current()
    return {
        "shared": shared,
        "roles": sorted(actor.roles) if shared else None,
        "enterprises": list(actor.enterprises) if shared else None,
        # who has a whole enterprise shares with all of it; others with their own units
        "units": list(actor.units) if shared and not actor.enterprises else None,
        "districts": list(actor.districts) if shared else None,
    }


def forget(view: str, kind: str, name: str = "") -> None:
    """Drop a kept choice of one's own."""
    db.session.execute(
        delete(Preference).where(
            Preference.user_id == scope.current().user_id, Preference.view == view,
            Preference.kind == kind, Preference.name == name,
        )
    )  # fmt: skip
