"""What a user keeps for himself: columns shown, page size, saved filters of a list."""

from typing import Any

from sqlalchemy import Boolean, Integer, String, UniqueConstraint, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.models import Entity
from app.extensions import db

MINE = "user_id = nullif(current_setting('app.actor', true), '')::integer"


class Preference(Entity):
    """One kept choice of one user; a shared filter is seen by everybody of his kind."""

    __scope__ = scope.Scope(MINE, MINE, MINE, MINE, MINE, MINE)
    __audited__ = False
    __table_args__ = (UniqueConstraint("user_id", "view", "kind", "name"),)

    user_id: Mapped[Any | None] = mapped_column(Integer, nullable=False)
    view: Mapped[Any | None] = mapped_column(String(80), nullable=False)
    kind: Mapped[Any | None] = mapped_column(String(20), nullable=False)
    name: Mapped[Any | None] = mapped_column(String(80), nullable=False, default="")
    shared: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
    value: Mapped[Any | None] = mapped_column(JSONB, nullable=False)


def kept(view: str) -> list[Preference]:
    """Give what the user keeps for a list."""
    actor = scope.current()
    if actor.user_id is None:
        return []
    wanted = select(Preference).where(
        Preference.view == view,
        or_(Preference.user_id == actor.user_id, Preference.shared.is_(True)),
    )
    return list(db.session.scalars(wanted.order_by(Preference.id)))


def keep(view: str, kind: str, value: Any, name: str = "") -> None:
    """Keep a choice, replacing the one of the same name."""
    actor = scope.current()
    row = db.session.scalars(
        select(Preference).filter_by(user_id=actor.user_id, view=view, kind=kind, name=name)
    ).one_or_none()
    if row is None:
        db.session.add(
            Preference(user_id=actor.user_id, view=view, kind=kind, name=name, value=value)
        )
    else:
        row.value = value
    db.session.flush()


def forget(view: str, kind: str, name: str) -> None:
    """Drop a kept choice."""
    row = db.session.scalars(
        select(Preference).filter_by(
            user_id=scope.current().user_id, view=view, kind=kind, name=name
        )
    ).one_or_none()
    if row is not None:
        db.session.delete(row)
        db.session.flush()
