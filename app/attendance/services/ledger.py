"""Writing the ledger: punches, what is thought of them, evidence, last punches of stays.

Everything here runs in system scope, after the caller's right to every row was checked (D11),
and costs the same number of statements for one punch and for twenty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text, tuple_

from app.attendance import queries
from app.attendance.choices import NOT_COUNTING, PunchState
from app.attendance.days import DayTerms
from app.attendance.events import punches_stored
from app.attendance.models import Punch, PunchMark
from app.attendance.services import daybook, usual
from app.core import bulk, chain, raw, scope, vault
from app.extensions import db
from app.roster import services as roster
from app.roster.choices import StayState
from app.roster.models import ProjectWorker

LOCK_BITS = 15  # hex digits of a document hash that fit into a lock's number
REASON_LENGTH = 200
LOCK = "select count(pg_advisory_xact_lock(k)) from unnest(%s::bigint[]) k"
LAST_PUNCHES = f"""
    update project_worker w
    set first_punch_at = least(w.first_punch_at, n.first_at),
        last_punch_at = greatest(w.last_punch_at, n.last_at)
    from unnest({raw.array("bigint")}, {raw.array("timestamptz")}, {raw.array("timestamptz")})
      n(id, first_at, last_at)
    where w.project_id = %s and w.id = n.id
      and (w.first_punch_at is null or w.first_punch_at > n.first_at
           or w.last_punch_at is null or w.last_punch_at < n.last_at)
"""
ONCE = ("project_id", "district_code", "received_at", "source")
CHAINED = tuple(column.name for column in queries.CHAINED)
SELDOM = ("lng", "lat", "similarity", "correction_id", "replaces")
PASSAGE = {
    "id_number_hash": "text", "punched_at": "timestamptz", "direction": "text",
    "worker_id": "bigint", "unit_id": "bigint", "team_id": "bigint", "id_type": "text",
    "id_number": "text", "name": "text", "attend_method": "text", "channel": "text",
    "channel_known": "boolean", "device_sn": "text", "photo_id": "bigint", "batch": "text",
}  # fmt: skip
PASSAGES = f"""
    insert into punch ({", ".join([*ONCE, *PASSAGE])})
    select %s::bigint, %s::text, %s::timestamptz, %s::text, {", ".join(PASSAGE)}
    from unnest({", ".join(raw.array(type_) for type_ in PASSAGE.values())}) n({", ".join(PASSAGE)})
    on conflict do nothing
    returning id, id_number_hash, punched_at, direction
"""
CLAIM = text("""
    update stored_file f set owner_table = 'punch', owner_id = n.punch_id,
      owner_column = 'photo_id', project_id = :project_id, unit_id = n.unit_id,
      district_code = :district
    from unnest(cast(:files as bigint[]), cast(:punches as bigint[]),
                cast(:units as bigint[])) n(file_id, punch_id, unit_id)
    where f.id = n.file_id and f.owner_id is null
""")

Key = tuple[str, datetime, str]


@dataclass
class Mark:
    """A change of what is thought of a punch."""

    punch_id: int
    punched_at: datetime
    unit_id: int | None
    state: PunchState
    reason: str = ""
    worker_id: int | None = None


@dataclass
class Stored:
    """What one batch has written, kept until its link is appended."""

    project_id: int
    district_code: str
    punches: dict[int, dict[str, Any]] = field(default_factory=dict)
    marks: dict[int, dict[str, Any]] = field(default_factory=dict)
    touched: dict[str, list[datetime]] = field(default_factory=dict)
    # where punches are only added: the persons' stays, and what the project lays down for days
    stays: dict[str, list[queries.Stay]] | None = None
    terms: DayTerms | None = None

    def touch(self, hashed: str, at: datetime) -> None:
        """Note that the days around a punch must be computed again."""
        self.touched.setdefault(hashed, []).append(at)


def lock_persons(hashes: Iterable[str]) -> None:
    """Wait for others who write punches of these persons: their days are computed together."""
    keys = sorted({int(hashed[:LOCK_BITS], 16) for hashed in hashes})
    raw.execute(LOCK, f"{{{','.join(map(str, keys))}}}")


def key_of(row: Mapping[str, Any]) -> Key:
    """Give the identity of a punch within its project."""
    return row["id_number_hash"], row["punched_at"], row["direction"]


def store(stored: Stored, rows: list[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """Insert punches; give those that were new. A repeat of an identity changes nothing."""
    if not rows:
        return {}
    found = _added(rows)
    if found is None:
        table = Punch.__table__
        statement = (
            bulk.insert_of(table, tuple(rows[0]))
            .on_conflict_do_nothing()
            .returning(table.c.id, *queries.CHAINED)
        )
        answer = db.session.execute(statement, bulk.parameters(table, rows))
        found = [dict(row) for row in answer.mappings()]
    stored.punches |= queries.facts_of(found)
    _claim_photos(stored, found)
    return {key_of(row): row for row in found}


def _added(rows: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """Insert passages of one batch; None where one has a value the database would round or order.

    What went in is what was given: only the numbers come back.
    """
    first = rows[0]
    if any(row[name] is not None for row in rows for name in SELDOM) or any(
        row[name] != first[name] for row in rows for name in ONCE
    ):
        return None
    encrypt, columns = vault.current().encrypt, []
    for name in PASSAGE:
        values = [row[name] for row in rows]
        texts = raw.joined([encrypt(v) for v in values] if name == "id_number" else values)
        if texts is None:
            return None
        columns.append(texts)
    by_key = {key_of(row): {name: row[name] for name in CHAINED} for row in rows}
    answer = raw.execute(PASSAGES, *[first[name] for name in ONCE], *columns)
    return [
        by_key[hashed, at.astimezone(UTC), direction] | {"id": number}
        for number, hashed, at, direction in answer
    ]


def known(project_id: int, keys: Iterable[Key]) -> dict[Key, dict[str, Any]]:
    """Give punches of a project by identity, with their ``state``."""
    table = Punch.__table__
    wanted = list(keys)
    if not wanted:
        return {}
    columns = (table.c.id, table.c.id_number_hash, table.c.punched_at, table.c.direction,
               table.c.unit_id, table.c.name, table.c.received_at)  # fmt: skip
    rows = db.session.execute(
        select(*columns).where(
            table.c.project_id == project_id,
            tuple_(table.c.id_number_hash, table.c.punched_at, table.c.direction).in_(wanted),
        )
    ).mappings()
    found = {key_of(row): row for row in ({**one} for one in rows)}
    states = queries.states_of([project_id], [row["id"] for row in found.values()])
    for row in found.values():
        row["state"] = states.get(row["id"], (PunchState.VALID, ""))[0]
    return found


def mark(stored: Stored, marks: Iterable[Mark]) -> None:
    """Write what is thought of punches from now on."""
    actor = scope.current()
    rows = [
        {
            "project_id": stored.project_id, "punch_id": m.punch_id, "punched_at": m.punched_at,
            "unit_id": m.unit_id, "district_code": stored.district_code, "state": m.state,
            "worker_id": m.worker_id, "reason": m.reason[:REASON_LENGTH], "actor": actor.user_id,
            "door": actor.door.value,
        }
        for m in marks
    ]  # fmt: skip
    if rows:
        table = PunchMark.__table__
        statement = bulk.insert_of(table, tuple(rows[0])).returning(
            table.c.id, *queries.CHAINED_MARK
        )
        answer = db.session.execute(statement, bulk.parameters(table, rows))
        stored.marks |= queries.facts_of(answer.mappings())


def settle(stored: Stored) -> None:
    """Compute the touched days, append the evidence and tell the domains above."""
    written = usual.Written()
    if stored.stays is not None and stored.terms is not None:
        written = usual.write_days(stored.touched, stored.stays, stored.project_id, stored.terms)
    outcome = daybook.recompute(
        {hashed: at for hashed, at in stored.touched.items() if hashed not in written.hashes}
    )
    # who was computed the long way may have another number by now: receivers look it up
    hashes = () if outcome.person_ids else written.hashes
    outcome.person_ids |= written.person_ids
    outcome.dates |= written.dates
    _mark_repeats(stored, outcome)
    chain.append_all(stored.project_id, {"punch": stored.punches, "punch_state": stored.marks})
    if outcome.person_ids:
        punches_stored.send(
            project_id=stored.project_id, person_ids=outcome.person_ids, dates=outcome.dates,
            person_hashes=hashes,
        )  # fmt: skip


def _mark_repeats(stored: Stored, outcome: daybook.Outcome) -> None:
    changes = outcome.repeats.get(stored.project_id, [])
    if not changes:
        return
    table = Punch.__table__
    rows = db.session.execute(
        select(table.c.id, table.c.punched_at, table.c.unit_id, table.c.received_at).where(
            table.c.project_id == stored.project_id, table.c.id.in_([c[0] for c in changes])
        )
    )
    punches = {row.id: row for row in rows}
    marks = []
    for number, state in changes:
        row = punches[number]
        again = queries.first_thought(row.punched_at, row.received_at)
        thought = again if state is PunchState.VALID else state
        marks.append(Mark(number, row.punched_at, row.unit_id, thought))
    mark(stored, marks)


def note_last_punches(project_id: int, punches: Iterable[tuple[int, datetime]]) -> None:
    """Keep the first and last punch of stays: (stay, instant) of punches that count."""
    spans: dict[int, list[datetime]] = {}
    for worker_id, at in punches:
        spans.setdefault(worker_id, []).append(at)
    if not spans:
        return
    ids = sorted(spans)
    raw.execute(
        LAST_PUNCHES, raw.joined(ids), raw.joined(min(spans[i]) for i in ids),
        raw.joined(max(spans[i]) for i in ids), project_id,
    )  # fmt: skip
    for row in db.session.identity_map.values():
        if isinstance(row, ProjectWorker) and row.id in spans:
            db.session.expire(row, ["first_punch_at", "last_punch_at"])


def begin_stays(stays: Iterable[queries.Stay]) -> bool:
    """Put drafts that came by interface on site with their first punch (screens.md 7.4).

    Tells whether there were any.
    """
    ids = sorted({stay.id for stay in stays if stay.state is StayState.DRAFT})
    if ids:
        rows = db.session.scalars(select(ProjectWorker).where(ProjectWorker.id.in_(ids)))
        roster.begin_with_punch(rows, actor=scope.SYSTEM)
    return bool(ids)


def counts(state: PunchState) -> bool:
    """Tell whether a punch of this state goes into the hours."""
    return state not in NOT_COUNTING


def _claim_photos(stored: Stored, rows: list[dict[str, Any]]) -> None:
    pictured = [row for row in rows if row["photo_id"]]
    if pictured:
        db.session.execute(CLAIM, {
            "project_id": stored.project_id, "district": stored.district_code,
            "files": [row["photo_id"] for row in pictured],
            "punches": [row["id"] for row in pictured],
            "units": [row["unit_id"] for row in pictured],
        })  # fmt: skip
