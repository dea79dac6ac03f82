"""Seeing a whole number: with a right, a typed reason, and a record of it (PIPL art 51, D9)."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Integer, String, Text, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns.base import spec_of
from app.core.errors import NotAllowed, Refusal
from app.core.models import Entity
from app.extensions import db

SHORTEST_REASON = 4
WHOSE = ("project_id", "unit_id", "enterprise_id", "district_code")


class ReasonMissing(Refusal):
    """Nobody sees a whole number without saying why."""

    def __init__(self) -> None:
        super().__init__(_("Give the reason in words (at least 4 characters)"), field="reason")


class UnmaskRecord(Entity):
    """Who saw which whole value, when and why."""

    __scope__ = scope.Scope(
        tenant_sees=scope.either(
            scope.PROJECTS, scope.UNITS, scope.ENTERPRISES.format("enterprise_id")
        ),
        tenant_writes="created_by = nullif(current_setting('app.actor', true), '')::integer",
        government_sees=scope.DISTRICTS,
        government_writes="created_by = nullif(current_setting('app.actor', true), '')::integer",
        append_only=True,
    )
    __audited__ = False
    __picker__ = ("column_name",)

    table_name: Mapped[Any | None] = mapped_column(String(63), nullable=False)
    row_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    column_name: Mapped[Any | None] = mapped_column(String(63), nullable=False)
    reason: Mapped[Any | None] = mapped_column(Text, nullable=False)
    project_id: Mapped[Any | None] = mapped_column(BigInteger)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    enterprise_id: Mapped[Any | None] = mapped_column(BigInteger)
    district_code: Mapped[Any | None] = mapped_column(String(6))
    user_id: Mapped[Any | None] = mapped_column(Integer)


def _owner(row: Any, key: str) -> Any:
    """Give whose row it is; a project, a unit and an enterprise are their own."""
    own = row.id if row.__tablename__.removeprefix("project_") == key.removesuffix("_id") else None
    return own or getattr(row, key, None)


def reveal(row: Any, name: str, *, area: str, reason: str, actor: scope.Principal) -> str:
    """Give the whole value of a sensitive column of a visible row, and record it."""
    spec = spec_of(type(row), name)
    if not spec.kind.sensitive or not actor.can("unmask", area):
        raise NotAllowed
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    record(row.__tablename__, row.id, name, reason=reason.strip(), actor=actor,
           **{key: _owner(row, key) for key in WHOSE})  # fmt: skip
    return str(spec.value(row) or "")


def record(
    table: str, row_id: int, name: str, *, reason: str, actor: scope.Principal, **whose: Any
) -> None:
    """Write down who has seen a whole value; ``whose`` holds the scope columns of the row."""
    statement = insert(UnmaskRecord).values(
        table_name=table, row_id=row_id, column_name=name, reason=reason, user_id=actor.user_id,
        created_by=actor.user_id, source=actor.door.value, **whose,
    )  # fmt: skip
    # the row may be one its reader does not own, such as a unit below his: nothing is read back
    with db.session.no_autoflush:
        db.session.execute(statement.inline())
