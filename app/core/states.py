"""State machines: every legal move in one table, every move written to a log.

A state column changes only through its machine. Three things hold that: the attribute
refuses assignment, the database refuses an update without a verb, and a trigger writes each
move with actor, time, from, to and remark (screens.md 20).
"""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from psycopg.sql import Literal
from sqlalchemy import (
    BigInteger,
    DateTime,
    Identity,
    Index,
    Integer,
    String,
    event,
    func,
    select,
    update,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Mapped, Mapper, mapped_column
from sqlalchemy.orm.attributes import flag_modified

from app.core import chain, scope
from app.core.columns.base import specs
from app.core.columns.codes import Choice, State
from app.core.errors import IllegalMove, NotAllowed, Refusal
from app.core.events import Event
from app.core.models import Entity
from app.extensions import db

_moving: ContextVar[bool] = ContextVar("moving", default=False)


class RemarkMissing(Refusal):
    """The move needs a reason in words."""

    def __init__(self) -> None:
        super().__init__(_("Give the reason in words"), field="remark")


class StateLog(db.Model):  # type: ignore[name-defined,misc]
    """One move of one row; written by a trigger, never changed."""

    __tablename__ = "state_log"
    __table_args__ = (Index(None, "table_name", "row_id"),)
    __scope__ = scope.Scope(
        tenant_sees=scope.either(
            scope.PROJECTS, scope.UNITS, scope.ENTERPRISES.format("enterprise_id")
        ),
        government_sees=scope.DISTRICTS,
        append_only=True,
    )
    __audited__ = False

    project_id: Mapped[Any] = mapped_column(BigInteger, primary_key=True, server_default="0")
    id: Mapped[Any] = mapped_column(BigInteger, Identity(), primary_key=True, index=True)
    table_name: Mapped[Any | None] = mapped_column(String(63), nullable=False)
    row_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    verb: Mapped[Any | None] = mapped_column(String(32), nullable=False)
    state_from: Mapped[Any | None] = mapped_column(String(32))
    state_to: Mapped[Any | None] = mapped_column(String(32), nullable=False)
    remark: Mapped[Any | None] = mapped_column(SqlText)
    actor: Mapped[Any | None] = mapped_column(Integer)
    door: Mapped[Any | None] = mapped_column(String(10))
    at: Mapped[Any | None] = mapped_column(
        DateTime(timezone=True), server_default=func.clock_timestamp()
    )
    enterprise_id: Mapped[Any | None] = mapped_column(BigInteger)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    district_code: Mapped[Any | None] = mapped_column(String(6))

    __mapper_args__ = {"primary_key": [id]}


@dataclass(frozen=True)
class Transition:
    """A legal move: ``verb`` leads from one of ``sources`` to ``target``.

    ``permission`` defaults to the verb. ``system`` moves follow from something else: the
    service that makes one fires it as ``scope.SYSTEM``, nobody else may, and no screen offers
    it. The log names who acts in the transaction either way. ``consequence`` tells whoever is
    asked to make the move what follows from it.
    """

    verb: str
    sources: Any
    target: Any
    remark_required: bool = False
    permission: str = ""
    system: bool = False
    consequence: Any = ""

    @property
    def origins(self) -> tuple[Any, ...]:
        """Give the states the move may start from."""
        return self.sources if isinstance(self.sources, tuple) else (self.sources,)


class StateMachine:
    """The moves of one flow. ``area`` owns the permissions.

    ``moved`` is sent after each move with its row, ``moved_together`` once a list with its rows.

    The moves of an ``approval`` are evidence: each is chained per project, those of enterprises
    in the chain of no project, number 0 (D8).
    """

    def __init__(self, area: str, *transitions: Transition, approval: bool = False) -> None:
        self.area = area
        self.approval = approval
        self.transitions = transitions
        self.moved = Event(f"{area}.moved")
        self.moved_together = Event(f"{area}.moved_together")

    def transition(self, verb: str, state: Any) -> Transition | None:
        """Give the move a verb makes from a state, None where it makes none."""
        for move in self.transitions:
            if move.verb == verb and state in move.origins:
                return move
        return None

    def permission(self, move: Transition) -> str:
        """Give the permission a move asks for."""
        return move.permission or move.verb

    def permissions(self) -> set[str]:
        """Give every permission of the flow."""
        return {self.permission(move) for move in self.transitions if not move.system}

    def open_to(self, actor: scope.Principal, state: Any) -> list[Transition]:
        """Give the moves this actor may make from a state, in the order of the table."""
        return [
            move
            for move in self.transitions
            if state in move.origins
            and not move.system
            and actor.can(self.permission(move), self.area)
        ]

    def offers(self, actor: scope.Principal, verb: str) -> bool:
        """Tell whether this actor may ever make a move of this name himself."""
        return any(
            move.verb == verb and not move.system and actor.can(self.permission(move), self.area)
            for move in self.transitions
        )

    def fire(self, verb: str, row: Any, *, actor: scope.Principal, remark: str = "") -> None:
        """Move one row; refuse what the table does not list or the actor may not do."""
        self.fire_many(verb, [row], actor=actor, remark=remark)

    def fire_many(
        self, verb: str, rows: Iterable[Any], *, actor: scope.Principal, remark: str = ""
    ) -> None:
        """Move rows together; nothing moves when one of them may not."""
        moves = [(row, self._legal(verb, row, actor, remark)) for row in rows]
        if not moves:
            return
        db.session.flush()
        _announce(verb, remark)
        token = _moving.set(True)
        try:
            for row, move in moves:
                row.state = move.target
                flag_modified(row, "state")  # a move that stays in its state is logged too
            db.session.flush()
        finally:
            _moving.reset(token)
        _announce("", "")
        if self.approval:
            _witness(moves[0][0].__tablename__, [row.id for row, _move in moves])
        for row, move in moves:
            self.moved.send(row=row, verb=verb, target=move.target, actor=actor, remark=remark)
        self.moved_together.send(rows=[row for row, _move in moves], verb=verb, actor=actor)

    def fire_where(
        self, verb: str, model: type[Any], *conditions: Any, remark: str = "", **values: Any
    ) -> list[int]:
        """Move every row that meets the conditions in one statement; give their numbers.

        For jobs over many rows: only from the sources the table lists, each move in the log.
        """
        moved: list[int] = []
        for move in (m for m in self.transitions if m.verb == verb):
            db.session.flush()
            _announce(verb, remark)
            table = model.__table__  # type: ignore[attr-defined]
            moved += db.session.connection().scalars(
                update(table)
                .where(table.c.state.in_(move.origins), *conditions)
                .values(state=move.target, row_version=table.c.row_version + 1, **values)
                .returning(table.c.id)
            )
            _announce("", "")
        if self.approval and moved:
            _witness(model.__tablename__, moved)  # type: ignore[attr-defined]
        for row in db.session.identity_map.values():
            if isinstance(row, model) and row.id in moved:
                db.session.expire(row)
        return moved

    def _legal(self, verb: str, row: Any, actor: scope.Principal, remark: str) -> Transition:
        move = self.transition(verb, row.state)
        if move is None:
            raise IllegalMove(
                gettext("“%(row)s” is %(state)s: this step is not possible now",
                        row=str(row), state=row.state.label)
            )  # fmt: skip
        if actor.audience is not scope.Audience.SYSTEM:
            if move.system or not actor.can(self.permission(move), self.area):
                raise NotAllowed
            if move.remark_required and not remark.strip():
                raise RemarkMissing
        return move


def _witness(table: str, row_ids: list[int]) -> None:
    """Chain the last move of each row, project by project."""
    with scope.system_scope("an approval is chained") as connection:
        last = connection.execute(
            select(StateLog.project_id, func.max(StateLog.id))
            .where(StateLog.table_name == table, StateLog.row_id.in_(row_ids))
            .group_by(StateLog.project_id, StateLog.row_id)
            .order_by(StateLog.project_id)
        ).all()
        for project_id, group in groupby(last, key=itemgetter(0)):
            chain.append(project_id, chain.APPROVAL, [number for _project, number in group])


def _announce(verb: str, remark: str) -> None:
    db.session.connection().exec_driver_sql(
        f"set local app.verb = {Literal(verb).as_string(None)};"
        f" set local app.remark = {Literal(remark).as_string(None)}"
    )


@event.listens_for(Entity, "mapper_configured", propagate=True)
def _guard_states(_mapper: Mapper[Any], model: Any) -> None:
    for name, spec in specs(model).items():
        if isinstance(spec.kind, State):
            event.listen(getattr(model, name), "set", _refuse_assignment)


def _refuse_assignment(row: Any, value: Any, old: Any, initiator: Any) -> None:  # noqa: ARG001
    if isinstance(old, Choice) and value is not old and not _moving.get():
        raise IllegalMove(f"{type(row).__name__}.state changes only through its state machine")


def history(row: Any) -> list[Any]:
    """Give the moves of a row, oldest first."""
    return (
        db.session.query(StateLog)
        .filter_by(table_name=row.__tablename__, row_id=row.id)
        .order_by(StateLog.id)
        .all()
    )
