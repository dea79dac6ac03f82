"""Base models: identity, audit columns, optimistic lock, scope columns, references.

``Entity`` is any business row. ``ProjectRow`` is a row of volume that lives inside one
project: its table key is (project_id, id) so that the table can be distributed by project,
while the mapper's key is ``id`` alone, so that pages and addresses see plain numbers (D11).
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Integer,
    String,
    event,
    func,
)
from sqlalchemy.orm import Mapped, MappedColumn, Mapper, declared_attr, mapped_column, relationship

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.columns.links import Ref, Refs
from app.core.columns.secrets import Hashed
from app.extensions import db

LAST = 900  # audit columns stand at the end of a table


def table_name(class_name: str) -> str:
    """Give ``project_worker`` for ``ProjectWorker``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", class_name).lower()


def _actor() -> int | None:
    return scope.current().user_id


def _door() -> str:
    return scope.current().door.value


class Entity(db.Model):  # type: ignore[name-defined,misc]
    """A business row with identity, authorship and an optimistic lock (screens.md 0)."""

    __abstract__ = True
    __scope__: ClassVar[scope.Scope]
    __audited__: ClassVar[bool] = True
    # The areas of which one must be open to read a file of such a row (core.files).
    __areas__: ClassVar[tuple[str, ...]] = ()
    # What follows from a row's other values and stands beside them, by column; given a function
    # that answers a column's value. Whatever writes a row asks it: mapper and `core.adding`.
    __follows__: ClassVar[Callable[[Callable[[str], Any]], dict[str, Any]] | None] = None
    # The columns a picker searches and shows.
    __picker__: ClassVar[tuple[str, ...]] = ("name",)

    id: Mapped[Any] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-10)
    created_at: Mapped[Any | None] = mapped_column(
        DateTime(timezone=True), default=clock.now, server_default=func.now(), sort_order=LAST
    )
    created_by: Mapped[Any | None] = mapped_column(Integer, default=_actor, sort_order=LAST)
    changed_at: Mapped[Any | None] = mapped_column(
        DateTime(timezone=True), default=clock.now, onupdate=clock.now,
        server_default=func.now(), sort_order=LAST,
    )  # fmt: skip
    changed_by: Mapped[Any | None] = mapped_column(
        Integer, default=_actor, onupdate=_actor, sort_order=LAST
    )
    row_version: Mapped[Any | None] = mapped_column(
        Integer, nullable=False, server_default="1", sort_order=LAST
    )
    source: Mapped[Any | None] = mapped_column(String(10), default=_door, sort_order=LAST)
    is_deleted: Mapped[Any | None] = mapped_column(
        Boolean, nullable=False, default=False, server_default="false", sort_order=LAST
    )

    def __init_subclass__(cls, **options: Any) -> None:
        if not cls.__dict__.get("__abstract__"):
            if "__tablename__" not in cls.__dict__:
                cls.__tablename__ = table_name(cls.__name__)
            _add_companions(cls)
            _add_references(cls)
        super().__init_subclass__(**options)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - the mapper passes the class
        return {"version_id_col": cls.row_version, "eager_defaults": True}

    def __str__(self) -> str:
        return " ".join(str(getattr(self, name) or "") for name in self.__picker__[:1]).strip()


class ProjectRow(Entity):
    """A row of volume inside one project; ``district_code`` is filled by the database."""

    __abstract__ = True

    # named as the counting column, so that many rows go in by one statement
    id: Mapped[Any] = mapped_column(
        BigInteger, Identity(), primary_key=True, autoincrement=True, index=True, sort_order=-10
    )

    @declared_attr
    def project_id(cls) -> Mapped[Any]:  # noqa: N805 - the mapper passes the class
        return mapped_column(BigInteger, ForeignKey("project.id"), primary_key=True, sort_order=-20)

    district_code: Mapped[Any | None] = mapped_column(
        String(6), nullable=False, index=True, server_default=FetchedValue(), sort_order=-5
    )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - the mapper passes the class
        return {
            "primary_key": [cls.id],
            "version_id_col": cls.row_version,
            "eager_defaults": True,
        }


def _declared(cls: type, kind: type) -> list[tuple[str, Any]]:
    found = []
    for name, value in list(cls.__dict__.items()):
        if isinstance(value, MappedColumn):
            spec = value.column.info.get("spec")
            if spec is not None and isinstance(spec.kind, kind):
                found.append((name, spec.kind))
    return found


def _add_companions(cls: type) -> None:
    """Give every encrypted number the hash column it is found by."""
    for name, _kind in _declared(cls, Hashed):
        setattr(cls, f"{name}_hash", mapped_column(String(64), index=True))


def _add_references(cls: type) -> None:
    """Give every reference its foreign key and a read-only relation named without ``_id``."""
    keys: list[ForeignKeyConstraint] = []
    for name, kind in _declared(cls, Ref):
        if isinstance(kind, Refs):
            continue
        target = cls if kind.model == cls.__name__ else class_named(kind.model)
        inside = issubclass(target, ProjectRow)
        table = table_name(kind.model)
        if inside and issubclass(cls, ProjectRow):
            keys.append(
                ForeignKeyConstraint(["project_id", name], [f"{table}.project_id", f"{table}.id"])
            )
        elif not inside:
            keys.append(ForeignKeyConstraint([name], [f"{table}.id"]))
        setattr(
            cls,
            name.removesuffix("_id"),
            relationship(
                kind.model,
                primaryjoin=f"foreign({cls.__name__}.{name}) == remote({kind.model}.id)",
                viewonly=True,
                uselist=False,
            ),
        )
    if keys:
        own = cls.__dict__.get("__table_args__", ())
        cls.__table_args__ = (*keys, *own)  # type: ignore[attr-defined]


def class_named(name: str) -> Any:
    """Give a mapped class by its name; LookupError when it is not declared yet."""
    for model in mapped():
        if model.__name__ == name:
            return model
    raise LookupError(f"{name} must be declared before it is referred to")


@event.listens_for(Entity, "before_insert", propagate=True)
@event.listens_for(Entity, "before_update", propagate=True)
def _add_what_follows(_mapper: Mapper[Any], _connection: Any, row: Any) -> None:
    for name, spec in specs(type(row)).items():
        if isinstance(spec.kind, Hashed):
            setattr(row, f"{name}_hash", spec.kind.fingerprint(getattr(row, name)))
    if row.__follows__ is not None:
        for name, value in row.__follows__(partial(getattr, row)).items():
            setattr(row, name, value)


def mapped() -> list[Any]:
    """Give every mapped class, the framework's own included."""
    registry: Any = db.Model
    return [mapper.class_ for mapper in registry.registry.mappers]


def entities() -> list[type[Entity]]:
    """Give every mapped business model, by table name."""
    found = [model for model in mapped() if issubclass(model, Entity)]
    return sorted(found, key=lambda model: model.__tablename__)
