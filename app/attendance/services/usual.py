"""The day book of a usual batch: one read and one write, whatever its size.

Who is no usual case (`days.usual`) is left to `daybook.recompute`; both write the same rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from app.attendance.choices import OUT, PunchState
from app.attendance.days import DayTerms
from app.attendance.days.usual import Passage, UsualDay, text_of, usual_days
from app.attendance.models import AttendanceDay, PersonDay
from app.attendance.queries import Stay
from app.core import clock, raw
from app.core.bulk import APART

TWO_DAYS = timedelta(days=2)
WINDOW = f"""
    select w.hash, string_agg(p.id || ',' || extract(epoch from p.punched_at)::bigint || ','
      || p.direction || ',' || p.source || ',' || coalesce(m.state, ''), ';')
    from unnest({raw.array("text")}, {raw.array("timestamptz")}, {raw.array("timestamptz")})
      w(hash, starts, ends)
    join punch p on p.project_id = %s and p.id_number_hash = w.hash
      and p.punched_at >= w.starts and p.punched_at < w.ends
    left join lateral (
      select s.state from punch_state s
      where s.project_id = p.project_id and s.punch_id = p.id order by s.id desc limit 1
    ) m on true
    where p.punched_at >= %s and p.punched_at < %s
    group by w.hash
"""
NOT_COUNTED = {PunchState.UNMATCHED.name, PunchState.PENDING.name, PunchState.VOID.name}
TYPES = {
    "person_id": "bigint", "work_on": "date", "worker_id": "bigint", "unit_id": "bigint",
    "team_id": "bigint", "seconds": "integer", "span_seconds": "integer",
    "presence_seconds": "integer", "first_at": "timestamptz", "last_at": "timestamptz",
    "punch_count": "smallint", "missing_count": "smallint", "valid": "boolean",
    "manual": "boolean", "pairs": "jsonb", "loose": "jsonb", "sources": "text",
}  # fmt: skip
SHARED = {"project_id": "%s::bigint", "district_code": "%s::text", "rest_minutes": "%s::smallint",
          "computed_at": "%s::timestamptz"}  # fmt: skip


@dataclass
class Written:
    """Whose days are written, and which."""

    hashes: set[str] = field(default_factory=set)
    person_ids: set[int] = field(default_factory=set)
    dates: set[date] = field(default_factory=set)


def _names(table: Any) -> list[str]:
    return [column.name for column in table.columns if column.name != "id"]


def _upsert(table: Any, key: tuple[str, ...]) -> str:
    names = _names(table)
    given = {
        "sources": "string_to_array(sources, ' ')::varchar[]",
        "project_ids": "array[project_id]",
    }
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    return (
        f"insert into {table.name} ({', '.join(names)})"
        f" select {', '.join(given.get(name, name) for name in names)} from given"
        f" on conflict ({', '.join(key)}) do update set {changed}"
    )


WRITE = f"""
    with given as (
      select u.*, {", ".join(f"{value} as {name}" for name, value in SHARED.items())}
      from unnest({", ".join(raw.array(type_) for type_ in TYPES.values())})
        u({", ".join(TYPES)})
    ), own as (
      {_upsert(AttendanceDay.__table__, ("project_id", "person_id", "work_on"))}
    )
    {_upsert(PersonDay.__table__, ("person_id", "work_on"))}
"""


def write_days(
    touched: Mapping[str, list[datetime]], known: Mapping[str, list[Stay]], project_id: int,
    terms: DayTerms,
) -> Written:  # fmt: skip
    """Compute and write the days of the usual persons among these; punches were only added.

    ``touched`` are the instants of the new punches by document hash. Works in system scope.
    """
    usual = {
        hashed: touched[hashed] for hashed in touched
        if all(s.project_id == project_id and not s.renumbered for s in known.get(hashed, ()))
        and hashed in known
    }  # fmt: skip
    if not usual or terms.first_in_last_out:
        return Written()
    written, rows = Written(), []
    for hashed, passages in _window(usual, project_id):
        fresh = {int(at.timestamp()) for at in usual[hashed]}
        days = usual_days(passages, fresh, terms)
        if days is None:
            continue
        written.hashes.add(hashed)
        for day in days:
            rows.append(_row(day, known[hashed]))
            written.person_ids.add(rows[-1][0])
            written.dates.add(day.work_on)
    if rows:
        district = known[next(iter(usual))][0].district_code
        columns = [APART.join(map(str, column)) for column in zip(*rows, strict=True)]
        raw.execute(WRITE, project_id, district, terms.rest_minutes, clock.now(), *columns)
    return written


def _window(
    usual: Mapping[str, list[datetime]], project_id: int
) -> Iterable[tuple[str, list[Passage]]]:
    starts, ends = [], []
    for instants in usual.values():
        first, last = clock.local(min(instants)), clock.local(max(instants))
        starts.append(datetime.combine(first, time(), tzinfo=clock.CHINA))
        ends.append(datetime.combine(last, time(), tzinfo=clock.CHINA) + TWO_DAYS)
    rows = raw.execute(
        WINDOW, APART.join(usual), APART.join(map(str, starts)), APART.join(map(str, ends)),
        project_id, min(starts), max(ends),
    )  # fmt: skip
    for hashed, text in rows:
        yield hashed, [_passage(one.split(",")) for one in text.split(";")
                       if one.rpartition(",")[2] not in NOT_COUNTED]  # fmt: skip


def _passage(parts: list[str]) -> Passage:
    number, second, direction, source, state = parts
    return Passage(
        int(second), direction != OUT, source in ("manual", "import"), int(number), source,
        state == PunchState.DUPLICATE.name,
    )  # fmt: skip


def _row(day: UsualDay, stays: list[Stay]) -> tuple[Any, ...]:
    stay = next((one for one in stays if one.on_site(day.work_on)), stays[0]).on(day.work_on)
    pairs = ",".join(
        f'["{text_of(entry.second)}","{text_of(out.second)}",{entry.id},{out.id}]'
        for entry, out in day.pairs
    )
    loose = ",".join(
        f'["{text_of(one.second)}",{one.id},{str(one.inbound).lower()}]'
        for one in sorted(day.loose, key=lambda one: one.id)
    )
    return (
        stay.person_id, day.work_on, stay.id, stay.unit_id, stay.team_id, day.seconds,
        day.span_seconds, day.presence_seconds, text_of(day.first), text_of(day.last),
        len(day.counted), len(day.loose), day.valid, any(one.manual for one in day.counted),
        f"[{pairs}]", f"[{loose}]", " ".join(sorted({one.source for one in day.counted})),
    )  # fmt: skip
