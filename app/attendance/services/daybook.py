"""The day book: ``attendance_day`` and ``person_day`` computed anew for touched person-days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, delete, select, text, tuple_

from app.attendance import queries
from app.attendance.choices import NOT_COUNTING, OUT, PunchState
from app.attendance.days import (
    DayPunch,
    DayResult,
    DayTerms,
    ProjectPart,
    compute_days,
    dates_around,
    window_around,
)  # fmt: skip
from app.attendance.models import AttendanceDay, PersonDay
from app.attendance.queries import Stay
from app.core import bulk, clock, settings
from app.extensions import db
from app.projects.models import Project

BY_HAND = ("manual", "import")
# The punches of persons on every project they have a stay on, with their last mark; those sent
# under a number that was put right since are theirs too (screens.md 8.5).
PUNCHES = text("""
    with wanted as (
      select * from unnest(cast(:hashes as text[]), cast(:starts as timestamptz[]),
                           cast(:ends as timestamptz[])) w(hash, starts, ends)
    ), sites as (
      select distinct w.hash, w.starts, w.ends, s.project_id, known.hash as sent
      from wanted w join project_worker s on s.id_number_hash = w.hash and not s.is_deleted
      cross join lateral unnest(array_append(s.former_hashes, s.id_number_hash)) known(hash)
    )
    select p.id, p.project_id, t.hash as id_number_hash, p.punched_at, p.direction, p.source,
      m.state
    from sites t
    join punch p on p.project_id = t.project_id and p.id_number_hash = t.sent
      and p.punched_at >= t.starts and p.punched_at < t.ends
    left join lateral (
      select s.state from punch_state s
      where s.project_id = p.project_id and s.punch_id = p.id order by s.id desc limit 1
    ) m on true
    where p.punched_at >= :low and p.punched_at < :high
""")


@dataclass
class Outcome:
    """What changed: person ids, their dates, and punches that are or are no longer repeats."""

    person_ids: set[int] = field(default_factory=set)
    dates: set[date] = field(default_factory=set)
    repeats: dict[int, list[tuple[int, PunchState]]] = field(default_factory=dict)


def recompute(touched: Mapping[str, Iterable[datetime]]) -> Outcome:
    """Compute the days that punches at these instants can alter, by document hash.

    Runs in system scope within the transaction that stores the punches (D6). Persons
    without a stay anywhere have no days yet.
    """
    known = queries.stays(touched) if touched else {}
    spans = {hashed: list(instants) for hashed, instants in touched.items() if hashed in known}
    outcome = Outcome()
    if not spans:
        return outcome
    punches = _punches(spans)
    terms = _terms({p.project_id for rows in punches.values() for p, _s, _src in rows})
    days: list[dict[str, Any]] = []
    persons: list[dict[str, Any]] = []
    for hashed, instants in spans.items():
        first, last = dates_around(instants)
        results = compute_days(
            [p for p, _s, _src in punches[hashed]], lambda site, _on: terms[site]
        )
        results = {on: day for on, day in results.items() if first <= on <= last}
        facts = {p.id: (p, state, source) for p, state, source in punches[hashed]}
        for day in results.values():
            days += [_day(part, day, known[hashed], facts) for part in day.parts]
            persons.append(_person_day(known[hashed][0].person_id, day))
        _note_repeats(outcome, results.values(), facts)
    reach = {known[h][0].person_id: dates_around(instants) for h, instants in spans.items()}
    _store(AttendanceDay.__table__, ("project_id", "person_id", "work_on"), days, reach, outcome)
    _store(PersonDay.__table__, ("person_id", "work_on"), persons, reach, outcome)
    return outcome


def _punches(spans: Mapping[str, list[datetime]]) -> dict[str, list[tuple[DayPunch, Any, str]]]:
    windows = {hashed: window_around(instants) for hashed, instants in spans.items()}
    rows = db.session.execute(PUNCHES, {
        "hashes": list(windows), "starts": [w[0] for w in windows.values()],
        "ends": [w[1] for w in windows.values()], "low": min(w[0] for w in windows.values()),
        "high": max(w[1] for w in windows.values()),
    })  # fmt: skip
    found: dict[str, list[tuple[DayPunch, Any, str]]] = {hashed: [] for hashed in spans}
    for row in rows:
        state = PunchState[row.state] if row.state else None
        if state in NOT_COUNTING:
            continue
        punch = DayPunch(
            row.id, row.project_id, row.punched_at, row.direction != OUT, row.source in BY_HAND
        )
        found[row.id_number_hash].append((punch, state, row.source))
    return found


def _terms(project_ids: set[int]) -> dict[int, DayTerms]:
    span = settings.get(queries.MAX_SPAN)
    rows = db.session.execute(
        select(Project.id, Project.rest_minutes, Project.first_in_last_out).where(
            Project.id.in_(sorted(project_ids))
        )
    )
    return {
        row.id: DayTerms(90 if row.rest_minutes is None else row.rest_minutes,
                         bool(row.first_in_last_out), span)
        for row in rows
    }  # fmt: skip


def _stay_of(stays: list[Stay], project_id: int, day: date) -> Stay:
    own = [stay for stay in stays if stay.project_id == project_id]
    return next((stay for stay in own if stay.on_site(day)), own[0])


def _day(part: ProjectPart, day: DayResult, stays: list[Stay], facts: Any) -> dict[str, Any]:
    stay = _stay_of(stays, part.project_id, day.work_on).on(day.work_on)
    loose = [*part.unmatched_in_ids, *part.unmatched_out_ids]
    counted = [i for pair in part.pairs for i in (pair.in_id, pair.out_id)] + loose
    return {
        "project_id": part.project_id, "person_id": stay.person_id, "work_on": day.work_on,
        "worker_id": stay.id, "unit_id": stay.unit_id, "team_id": stay.team_id,
        "district_code": stay.district_code, "seconds": part.seconds,
        "span_seconds": part.span_seconds, "first_at": part.first_at, "last_at": part.last_at,
        "punch_count": part.punch_count, "missing_count": part.missing_count,
        "valid": part.valid, "manual": part.manual,
        "pairs": [
            [pair.in_at.isoformat(), pair.out_at.isoformat(), pair.in_id, pair.out_id]
            for pair in part.pairs
        ],
        "loose": [
            [clock.local(facts[i][0].at).isoformat(), i, facts[i][0].inbound]
            for i in sorted(loose)
        ],
        "sources": sorted({facts[i][2] for i in counted}),
    }  # fmt: skip


def _person_day(person_id: int, day: DayResult) -> dict[str, Any]:
    return {
        "person_id": person_id, "work_on": day.work_on,
        "project_ids": [part.project_id for part in day.parts], "seconds": day.seconds,
        "span_seconds": day.span_seconds, "presence_seconds": day.presence_seconds,
        "rest_minutes": day.rest_minutes,
        "first_at": min(part.first_at for part in day.parts),
        "last_at": max(part.last_at for part in day.parts), "punch_count": day.punch_count,
        "missing_count": day.missing_count, "valid": day.valid, "manual": day.manual,
    }  # fmt: skip


def _note_repeats(outcome: Outcome, results: Iterable[DayResult], facts: Any) -> None:
    for day in results:
        for part in day.parts:
            repeats = set(part.duplicate_ids)
            own = repeats | {i for pair in part.pairs for i in (pair.in_id, pair.out_id)}
            own |= {*part.unmatched_in_ids, *part.unmatched_out_ids, *part.passed_over_ids}
            for number in sorted(own):
                was = facts[number][1] is PunchState.DUPLICATE
                if was != (number in repeats):
                    state = PunchState.VALID if was else PunchState.DUPLICATE
                    outcome.repeats.setdefault(part.project_id, []).append((number, state))


def _store(
    table: Table, key: tuple[str, ...], rows: list[dict[str, Any]],
    reach: dict[int, tuple[date, date]], outcome: Outcome,
) -> None:  # fmt: skip
    """Write what differs and remove stored days that no longer appear."""
    kept = _kept(table, key, reach)
    fresh = {tuple(row[name] for name in key): row for row in rows}
    changed = [row for found, row in fresh.items() if kept.get(found) != row]
    gone = [found for found in kept if found not in fresh]
    if changed:
        stamped = [{**row, "computed_at": clock.now()} for row in changed]
        statement = bulk.insert_of(table, tuple(stamped[0]))
        update = {name: statement.excluded[name] for name in stamped[0] if name not in key}
        db.session.execute(
            statement.on_conflict_do_update(index_elements=key, set_=update),
            bulk.parameters(table, stamped),
        )
    if gone:
        columns = tuple_(*[table.c[name] for name in key])
        db.session.execute(delete(table).where(columns.in_(gone)))
    position = {name: number for number, name in enumerate(key)}
    for found in [tuple(row[name] for name in key) for row in changed] + gone:
        outcome.person_ids.add(found[position["person_id"]])
        outcome.dates.add(found[position["work_on"]])


def _kept(
    table: Table, key: tuple[str, ...], reach: dict[int, tuple[date, date]]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in {"id", "computed_at"}]
    rows = db.session.execute(
        select(*columns).where(
            table.c.person_id.in_(sorted(reach)),
            table.c.work_on >= min(first for first, _last in reach.values()),
            table.c.work_on <= max(last for _first, last in reach.values()),
        )
    ).mappings()
    found = {}
    for row in rows:
        first, last = reach[row["person_id"]]
        if first <= row["work_on"] <= last:
            found[tuple(row[name] for name in key)] = dict(row)
    return found
