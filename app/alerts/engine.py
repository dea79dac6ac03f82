"""The engine: one statement finds, one opens and refreshes, one reopens, one closes (D5).

An alert is known by project and dedupe key. Found again while open it is refreshed; found
again within thirty days of its close it opens again; later a new one begins and the old one
gives up its key. What is no longer found ends by itself. Running twice changes nothing.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from sqlalchemy import ARRAY, Connection, String, all_, and_, cast, func, or_, select, update
from sqlalchemy import Date as SqlDate
from sqlalchemy.dialects.postgresql import insert

from app.alerts import parameters
from app.alerts.choices import (
    OPEN_STATES,
    AlertState,
    CloseKind,
    EventKind,
    Level,
    Office,
    level_of,
)  # fmt: skip
from app.alerts.clocks import Clocks, first_office, next_office
from app.alerts.endings import words_of_the_end
from app.alerts.models import Alert, AlertEvent
from app.alerts.states import ALERT_FLOW
from app.attendance.models import AttendanceDay
from app.core import clock, rules
from app.extensions import db
from app.projects.models import Project
from app.roster.models import ProjectWorker

REOPEN_DAYS = 30
BATCH = 1000
T = Alert.__table__
FRESH = (
    "unit_id", "enterprise_id", "team_id", "subject", "level", "highest_level", "facts", "evidence",
    "sentence", "parameters", "rule_version", "parameter_version", "tenant_sees", "viewers",
    "episode", "last_seen_at", "due_at", "doubtful",
)  # fmt: skip


@dataclass
class Outcome:
    """What a run of one rule did, and the seconds it took."""

    opened: int = 0
    refreshed: int = 0
    closed: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.opened + other.opened, self.refreshed + other.refreshed,
            self.closed + other.closed, self.seconds + other.seconds,
        )  # fmt: skip


@dataclass
class Run:
    """One run of one rule over one reach."""

    rule: rules.Rule
    reach: rules.Reach
    connection: Connection
    clocks: Clocks
    layers: rules.Layers
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """Give the instant the run stands for."""
        return self.clocks.at


def run(rule: rules.Rule, reach: rules.Reach) -> Outcome:
    """Bring the alerts of a rule within a reach to what its SELECT finds; system scope only."""
    began = time.perf_counter()
    db.session.flush()
    run_ = Run(
        rule, widened(rule, reach), db.session.connection(), Clocks(reach.day),
        parameters.layers_of(rule, reach.day),
    )  # fmt: skip
    found = _findings(run_)
    outcome = Outcome()
    known = _known(run_, found)
    _settle(run_)
    _give_up_keys(run_, found, known)
    outcome.opened = _reopen(run_, found, known)
    fresh, outcome.refreshed = _write(run_, found, known)
    outcome.opened += fresh
    outcome.closed = _close(run_, found)
    _escalate(run_)
    _store_events(run_)
    _forget_loaded()
    outcome.seconds = time.perf_counter() - began
    return outcome


def widened(rule: rules.Rule, reach: rules.Reach) -> rules.Reach:
    """Give the reach a rule must look at when these persons changed: their teams or projects."""
    if reach.person_hashes is None or reach.alone or rule.grain == "person":
        return reach
    workers = select(ProjectWorker.id).where(
        ProjectWorker.id_number_hash.in_(reach.person_hashes),
        reach.within(project=ProjectWorker.project_id),
    )
    if rule.grain == "project":
        projects = select(ProjectWorker.project_id).where(ProjectWorker.id.in_(workers))
        numbers = tuple(sorted(set(db.session.connection().scalars(projects))))
        return replace(reach, project_ids=numbers, person_hashes=None)
    teams = (
        select(ProjectWorker.team_id).where(ProjectWorker.id.in_(workers))
        .union(select(AttendanceDay.team_id).where(AttendanceDay.worker_id.in_(workers)))
    )  # fmt: skip
    found = {number for number in db.session.connection().scalars(teams) if number}
    return replace(reach, team_ids=tuple(sorted(found)), person_hashes=None)


# --- what the SELECT finds ------------------------------------------------------------------


def _findings(run_: Run) -> dict[tuple[int, str], dict[str, Any]]:
    found: dict[tuple[int, str], dict[str, Any]] = {}
    with force_locale("zh"):
        for row in run_.connection.execute(run_.rule.findings(run_.layers, run_.reach)).mappings():
            key = (row["project_id"], row["dedupe_key"])
            if key not in found or found[key]["level"] < row["level"]:
                found[key] = {**row, "sentence": run_.rule.sentence(row["facts"] or {})}
    return found


def _known(run_: Run, found: Any) -> dict[tuple[int, str], Any]:
    keys = [key for _project, key in found]
    known: dict[tuple[int, str], Any] = {}
    for part in _batches(keys):
        rows = run_.connection.execute(
            select(
                T.c.id, T.c.project_id, T.c.dedupe_key, T.c.state, T.c.level, T.c.highest_level,
                T.c.facts, T.c.close_kind, T.c.closed_at, T.c.exempt_until, T.c.first_seen_at,
                T.c.reopened_at, T.c.due_at, T.c.office,
            ).where(T.c.rule_code == run_.rule.code, T.c.dedupe_key.in_(part))
        )  # fmt: skip
        known |= {(row.project_id, row.dedupe_key): row for row in rows}
    return known


def _batches(items: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _level(run_: Run, row: dict[str, Any], before: Any) -> Level:
    """Give the level now: the SELECT's own, raised by the days it has gone unmended."""
    level = row["level"]
    if before is None or before.state is AlertState.CLOSED or not run_.rule.raise_after:
        return level_of(level)
    since = clock.local(before.reopened_at or before.first_seen_at).date()
    limits = run_.layers.in_force(run_.rule, row["project_id"], row["district_code"])
    end = since
    for step in run_.rule.raise_after:
        end += timedelta(days=limits[step] if isinstance(step, str) else step)
        level += run_.reach.day > end
    return level_of(level)


def _again(run_: Run, row: dict[str, Any], before: Any) -> bool:
    """Tell whether a closed alert that is found opens again."""
    if before is None or before.state is not AlertState.CLOSED:
        return False
    if before.exempt_until and before.exempt_until >= run_.reach.day:
        return False
    by_itself = before.close_kind is CloseKind.AUTO
    return by_itself or not run_.rule.lasting or row["facts"] != before.facts


# --- opening, refreshing, reopening ---------------------------------------------------------


def _give_up_keys(run_: Run, found: Any, known: dict[Any, Any]) -> None:
    limit = run_.at - timedelta(days=REOPEN_DAYS)
    old = [
        before.id for key, before in known.items()
        if _again(run_, found[key], before) and before.closed_at < limit
    ]  # fmt: skip
    if old:
        run_.connection.execute(
            update(T).where(T.c.id.in_(old))
            .values(dedupe_key=T.c.dedupe_key + "#" + func.cast(T.c.id, T.c.dedupe_key.type))
        )  # fmt: skip
    for key in [key for key, before in known.items() if before.id in set(old)]:
        del known[key]


def _reopen(run_: Run, found: Any, known: dict[Any, Any]) -> int:
    by_level: dict[Level, list[Any]] = {}
    for key, before in known.items():
        if _again(run_, found[key], before):
            by_level.setdefault(level_of(found[key]["level"]), []).append(key)
    for level, keys in by_level.items():
        ALERT_FLOW.fire_where(
            "reopen", Alert, T.c.id.in_([known[key].id for key in keys]), reopened_at=run_.at,
            close_kind=None, closed_at=None, acknowledged_at=None, handled_at=None, result=None,
            urged_at=None, ending=None, escalation_step=0, office=first_office(run_.rule, level),
            due_at=run_.clocks.due(run_.rule, level, 0, run_.at),
        )  # fmt: skip
        for key in keys:
            run_.events.append(_event(run_, EventKind.REOPENED, known[key].id, found[key], level))
            known[key] = None  # read anew below
    renewed = [key for key, before in known.items() if before is None]
    if renewed:
        known.update(_known(run_, renewed))
    return len(renewed)


def _write(run_: Run, found: Any, known: dict[Any, Any]) -> tuple[int, int]:
    fresh, refreshed, rows = 0, 0, []
    for key, row in found.items():
        before = known.get(key)
        if before is not None and before.state is AlertState.CLOSED:
            continue  # settled by a person, or exempt
        level = _level(run_, row, before)
        rows.append(_values(run_, row, before, level))
        fresh, refreshed = fresh + (before is None), refreshed + (before is not None)
    numbers: dict[tuple[int, str], int] = {}
    for part in _batches(rows):
        statement = insert(T)
        new = statement.excluded
        changed = or_(
            T.c.facts.is_distinct_from(new.facts), T.c.level != new.level,
            T.c.tenant_sees != new.tenant_sees, T.c.viewers.is_distinct_from(new.viewers),
            cast(T.c.last_seen_at, SqlDate) < cast(new.last_seen_at, SqlDate),
        )  # fmt: skip
        upsert = statement.on_conflict_do_update(
            index_elements=["project_id", "dedupe_key"],
            set_={**{name: new[name] for name in FRESH}, "row_version": T.c.row_version + 1},
            # a run that stands for an earlier instant changes nothing a later one has seen
            where=and_(
                T.c.state != AlertState.CLOSED, changed, T.c.last_seen_at <= new.last_seen_at
            ),
        ).returning(T.c.id, T.c.project_id, T.c.dedupe_key)
        for number, project, key in run_.connection.execute(upsert, part):
            numbers[project, key] = number
    for row in rows:
        _tell_change(run_, row, numbers, found, known)
    return fresh, refreshed


def _values(run_: Run, row: dict[str, Any], before: Any, level: Level) -> dict[str, Any]:
    rule, same = run_.rule, before is not None and before.level is level
    highest = max(level.rank, before.highest_level.rank if before is not None else 0)
    return {
        **{name: row[name] for name in rules.FINDING if name != "level"},
        "rule_code": rule.code, "category": rule.category, "level": level,
        "highest_level": level_of(highest), "state": AlertState.OPEN,
        "sentence": row["sentence"], "rule_version": rule.version,
        "parameter_version": run_.layers.version,
        "parameters": run_.layers.in_force(rule, row["project_id"], row["district_code"]),
        "facts": row["facts"] or {}, "first_seen_at": run_.at, "last_seen_at": run_.at,
        "office": first_office(rule, level),
        "due_at": before.due_at if same else run_.clocks.due(rule, level, 0, run_.at),
        "tenant_sees": bool(row["tenant_sees"]),
        "doubtful": bool((row["facts"] or {}).get("doubtful")),
    }  # fmt: skip


def _tell_change(run_: Run, row: Any, numbers: Any, found: Any, known: Any) -> None:
    key = (row["project_id"], row["dedupe_key"])
    before, number = known.get(key), numbers.get(key)
    if number is None:
        return
    if before is None:
        kind = EventKind.OPENED
    elif before.level is not row["level"]:
        kind = EventKind.LEVEL
    else:
        return
    run_.events.append(_event(run_, kind, number, found[key], row["level"]))


def _event(
    run_: Run, kind: EventKind, alert_id: int, row: Any, level: Level | None = None
) -> dict[str, Any]:
    limits = run_.layers.in_force(run_.rule, row["project_id"], row["district_code"])
    return {
        "project_id": row["project_id"], "district_code": row["district_code"],
        "unit_id": row["unit_id"], "alert_id": alert_id, "kind": kind, "at": run_.at,
        "level": level, "office": None, "sentence": row["sentence"],
        "evidence": {"facts": row["facts"], "rows": row["evidence"]}, "parameters": limits,
        "rule_version": run_.rule.version, "parameter_version": run_.layers.version,
        "tenant_sees": bool(row["tenant_sees"]), "viewers": row["viewers"], "remark": None,
    }  # fmt: skip


# --- closing and escalation -----------------------------------------------------------------


def _mine(run_: Run) -> list[Any]:
    """Give the conditions of the alerts this run is responsible for."""
    conditions = [
        T.c.rule_code == run_.rule.code, T.c.is_deleted.is_(False),
        T.c.first_seen_at <= run_.at,
        run_.reach.within(
            project=T.c.project_id, person=T.c.person_hash, team=T.c.team_id
        ),
    ]  # fmt: skip
    if run_.rule.window_days is not None:
        start = run_.reach.day - timedelta(days=run_.rule.window_days)
        conditions.append(or_(T.c.about_on.is_(None), T.c.about_on >= start))
        conditions.append(or_(T.c.about_on.is_(None), T.c.about_on < run_.reach.day))
    if run_.rule.asleep:
        states = Project.__table__.c.state
        asleep = select(Project.id).where(
            states.in_([states.type.python_type[name] for name in run_.rule.asleep])
        )
        conditions.append(T.c.project_id.not_in(asleep))
    return conditions


def _settle(run_: Run) -> None:
    """End what was explained long enough ago, where the rule says so."""
    if run_.rule.settles_after is None:
        return
    limit = run_.at - timedelta(days=run_.rule.settles_after)
    conditions = [*_mine(run_)[:4], T.c.handled_at < limit, T.c.state == AlertState.HANDLING]
    _end(run_, CloseKind.SETTLED, conditions)


def _close(run_: Run, found: Any) -> int:
    keys = [f"{project}|{key}" for project, key in found]
    here = func.concat(T.c.project_id, "|", T.c.dedupe_key)
    gone = [here != all_(cast(keys, ARRAY(String)))] if keys else []
    return _end(run_, CloseKind.AUTO, [*_mine(run_), *gone])


def _end(run_: Run, kind: CloseKind, conditions: list[Any]) -> int:
    ended = ALERT_FLOW.fire_where(
        "end", Alert, *conditions, close_kind=kind, closed_at=run_.at,
        ending={"day": run_.reach.day.isoformat(), "rule_version": run_.rule.version},
    )  # fmt: skip
    for part in _batches(ended):
        found = run_.connection.execute(select(T).where(T.c.id.in_(part))).mappings()
        rows = [dict(row) for row in found]
        words = words_of_the_end(run_.rule, kind, rows, run_.reach, run_.layers)
        run_.events += [
            {**_event(run_, EventKind.CLOSED, row["id"], row), "sentence": words[row["id"]]}
            for row in rows
        ]
    return len(ended)


def _escalate(run_: Run) -> None:
    """Pass what nobody answered in time to the next office."""
    waiting = T.c.acknowledged_at if run_.rule.office_hours else T.c.handled_at
    rows = run_.connection.execute(
        select(T).where(
            *_mine(run_)[:4], T.c.state.in_(OPEN_STATES), waiting.is_(None),
            T.c.due_at < run_.at, T.c.office != Office.CITY,
            or_(T.c.exempt_until.is_(None), T.c.exempt_until < run_.reach.day),
        )
    ).mappings().all()  # fmt: skip
    for row in rows:
        office, step, due = row["office"], row["escalation_step"], row["due_at"]
        while due is not None and due < run_.at and office is not Office.CITY:
            step += 1
            office, due = _next(run_, row, office, step, due)
        run_.connection.execute(
            update(T).where(T.c.id == row["id"])
            .values(office=office, escalation_step=step, due_at=due)
        )  # fmt: skip
        event = _event(run_, EventKind.ESCALATED, row["id"], row)
        run_.events.append({**event, "office": office})


def _next(run_: Run, row: Any, office: Office, step: int, due: datetime) -> tuple[Office, Any]:
    if run_.rule.office_hours:
        opened = row["reopened_at"] or row["first_seen_at"]
        higher = Office.DISTRICT if step < len(run_.rule.office_hours) else Office.CITY
        return higher, run_.clocks.due(run_.rule, row["level"], step, opened)
    return next_office(office), run_.clocks.after(row["level"], due)


def _store_events(run_: Run) -> None:
    for part in _batches(run_.events):
        run_.connection.execute(insert(AlertEvent.__table__), part)


def _forget_loaded() -> None:
    for row in list(db.session.identity_map.values()):
        if isinstance(row, Alert):
            db.session.expire(row)
