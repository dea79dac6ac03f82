"""Pages of the punch ledger, read newest first from one index scan for each leg.

A *leg* is a project, a unit or a district of the principal: every index of ``punch`` begins with
one of them and goes on by time. A page merges the legs' scans and stops when it is full, so its
cost does not depend on how many punches there are. The row policies hold on every leg; the legs
only name what the policies will let through. Legs are merged one by one up to ``NARROW`` of them
(pages by number), and through a lateral join beyond it (pages by key after a few).

The months before the last one are only looked at when the recent ones do not fill the page.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    and_,
    any_,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY

from app.attendance.choices import PunchState
from app.attendance.models import Punch, PunchMark
from app.core import clock, scope
from app.extensions import db
from app.projects.models import ProjectUnit

NARROW = 12
FUTURE = timedelta(days=1)  # clocks may run ahead by minutes, never by a day

Key = tuple[int, datetime, int]


@dataclass(frozen=True)
class Legs:
    """The scans a principal's page is merged from: column name, then its values."""

    column: str
    values: tuple[Any, ...]

    @property
    def narrow(self) -> bool:
        """Tell whether the legs are few enough for pages by number."""
        return len(self.values) <= NARROW


@dataclass
class Wanted:
    """Which punches: conditions on ``Punch``, a state, a span of time."""

    conditions: list[Any] = field(default_factory=list)
    state: PunchState | None = None
    low: datetime | None = None
    high: datetime | None = None
    below: tuple[datetime, int] | None = None

    @property
    def by_mark(self) -> bool:
        """Tell whether the page starts from the marks: all states but valid stand there."""
        return self.state is not None and self.state is not PunchState.VALID


def legs_of(actor: scope.Principal, project_id: int | None) -> list[Legs]:
    """Give the legs of a principal, in the chosen project or in all of theirs."""
    if actor.audience is not scope.Audience.TENANT:
        if project_id is not None:
            return [Legs("project_id", (project_id,))]
        return [Legs("district_code", actor.districts)]
    if project_id is not None and project_id in actor.projects:
        return [Legs("project_id", (project_id,))]
    projects = () if project_id is not None else actor.projects
    units = _other_units(actor, project_id)
    return [
        legs
        for legs in (Legs("project_id", projects), Legs("unit_id", units))
        if legs.values
    ]  # fmt: skip


def _other_units(actor: scope.Principal, project_id: int | None) -> tuple[int, ...]:
    """Give the principal's units on projects it does not see as a whole."""
    query = select(ProjectUnit.id).where(
        ProjectUnit.id.in_(actor.units), ProjectUnit.project_id.not_in(actor.projects)
    )
    if project_id is not None:
        query = query.where(ProjectUnit.project_id == project_id)
    return tuple(db.session.scalars(query.order_by(ProjectUnit.id)))


def page(legs: list[Legs], wanted: Wanted, offset: int, limit: int) -> list[Key]:
    """Give (project, instant, id) of the punches from an offset on, newest first."""
    recent = _recent(wanted)
    if recent is not None:
        found = _read(legs, wanted, recent, offset, limit)
        if len(found) == limit:
            return found
    return _read(legs, wanted, wanted.low, offset, limit)


def count(legs: list[Legs], wanted: Wanted, cap: int) -> int:
    """Give how many there are, at most one more than the cap."""
    recent = _recent(wanted)
    if recent is not None:
        found = _count(legs, wanted, recent, cap + 1)
        if found > cap:
            return found
    return _count(legs, wanted, wanted.low, cap + 1)


def _recent(wanted: Wanted) -> datetime | None:
    """Give where last month begins, or None where the span asked for begins later."""
    top = wanted.below[0] if wanted.below else clock.now()
    this = clock.local(min(top, clock.now())).date().replace(day=1)
    start = midnight((this - timedelta(days=1)).replace(day=1))
    return None if wanted.low is not None and wanted.low >= start else start


def midnight(day: date) -> datetime:
    """Give the instant a day begins in China."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.CHINA)


def _read(
    legs: list[Legs], wanted: Wanted, low: datetime | None, offset: int, limit: int
) -> list[Key]:
    branches = []
    for one in legs:
        branches += _branches(one, wanted, low, offset + limit)
    if not branches:
        return []
    both = union_all(*branches).subquery()
    query = (
        select(both.c.project_id, both.c.punched_at, both.c.id)
        .order_by(both.c.punched_at.desc(), both.c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def _branches(legs: Legs, wanted: Wanted, low: datetime | None, most: int) -> list[Any]:
    if legs.narrow:
        return [_ordered(_leg(legs.column, value, wanted, low), most) for value in legs.values]
    given = _given(legs)
    inner = _ordered(_leg(legs.column, given.c.value, wanted, low), most).lateral()
    return [select(inner.c.project_id, inner.c.punched_at, inner.c.id).select_from(given, inner)]


def _given(legs: Legs) -> Any:
    kind = String() if legs.column == "district_code" else BigInteger()
    values = literal(list(legs.values), ARRAY(kind))
    return func.unnest(values).table_valued(column("value", kind)).render_derived()


def _ordered(query: Select[Any], most: int) -> Any:
    columns = query.selected_columns
    return query.order_by(columns[1].desc(), columns[2].desc()).limit(most)


def _leg(name: str, value: Any, wanted: Wanted, low: datetime | None) -> Select[Any]:
    """Give the punches of one leg, in no order."""
    source: Any = PunchMark if wanted.by_mark else Punch
    number = PunchMark.punch_id if wanted.by_mark else Punch.id
    query = select(source.project_id, source.punched_at, number.label("id"))
    query = query.where(getattr(source, name) == value)
    high = wanted.high or clock.now() + FUTURE
    query = query.where(source.punched_at < high)
    if low is not None:
        query = query.where(source.punched_at >= low)
    if wanted.below is not None:
        query = query.where(
            source.punched_at <= wanted.below[0],
            tuple_(source.punched_at, number) < tuple_(*map(literal, wanted.below)),
        )
    if wanted.by_mark:
        query = _with_mark(query, wanted)
    elif wanted.state is PunchState.VALID:
        query = query.where(_last_mark(Punch.project_id, Punch.id))
    return query if wanted.by_mark else query.where(*wanted.conditions)


def _with_mark(query: Select[Any], wanted: Wanted) -> Select[Any]:
    later = PunchMark.__table__.alias("later")
    query = query.where(
        PunchMark.state == wanted.state,
        ~select(literal_column("1"))
        .where(
            later.c.project_id == PunchMark.project_id,
            later.c.punch_id == PunchMark.punch_id,
            later.c.id > PunchMark.id,
        )
        .exists(),
    )
    if wanted.conditions:
        query = query.join(
            Punch,
            and_(
                Punch.project_id == PunchMark.project_id,
                Punch.punched_at == PunchMark.punched_at,
                Punch.id == PunchMark.punch_id,
            ),
        ).where(*wanted.conditions)
    return query


def _last_mark(project_id: Any, punch_id: Any) -> Any:
    """Tell whether a punch is valid: it has no mark, or its last one says so."""
    last = (
        select(PunchMark.state)
        .where(PunchMark.project_id == project_id, PunchMark.punch_id == punch_id)
        .order_by(PunchMark.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return or_(last.is_(None), last == PunchState.VALID)


def _count(legs: list[Legs], wanted: Wanted, low: datetime | None, most: int) -> int:
    branches: list[Any] = []
    for one in legs:
        given = _given(one)
        inner = _leg(one.column, given.c.value, wanted, low).limit(most).lateral()
        branches.append(select(literal_column("1").label("one")).select_from(given, inner))
    if not branches:
        return 0
    limited = union_all(*branches).limit(most).subquery()
    return int(db.session.scalar(select(func.count()).select_from(limited)) or 0)


def rows_of(keys: list[Key], options: list[Any]) -> list[Punch]:
    """Load punches in the order of their keys."""
    if not keys:
        return []
    ids = [key[2] for key in keys]
    found = db.session.scalars(
        select(Punch)
        .where(
            Punch.id == any_(literal(ids, ARRAY(BigInteger))),
            Punch.punched_at >= min(key[1] for key in keys),
            Punch.punched_at <= max(key[1] for key in keys),
        )
        .options(*options)
    )
    by_id = {row.id: row for row in found}
    return [by_id[number] for number in ids if number in by_id]


__all__ = ["Legs", "Wanted", "count", "legs_of", "midnight", "page", "rows_of"]
