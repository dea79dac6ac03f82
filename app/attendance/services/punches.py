"""Taking punches in: every rule of screens.md 7.4 about a punch, for one or for twenty."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy.dialects.postgresql import insert

from app.attendance import queries
from app.attendance.choices import IN, OUT, OddKind, PunchState
from app.attendance.days import DayTerms
from app.attendance.errors import NotYourProject
from app.attendance.models import OddPunch, Punch
from app.attendance.queries import Stay
from app.attendance.services import ledger
from app.attendance.services.ledger import Key, Mark, Stored
from app.core import clock, scope, settings
from app.core.columns.base import spec_of
from app.extensions import db
from app.projects.models import Project
from app.roster.models import Team

Stays = dict[str, list[Stay]]


@dataclass
class PunchInput:
    """One passage as it was sent: ``at`` is aware, ``direction`` 01 in or 02 out.

    ``team`` is the team it was sent for, if one was named: an unmatched punch is shown to it.
    ``photo_id`` is a stored file without an owner. ``channel_known`` says that the gate is
    registered.
    """

    id_type: str
    id_number: str
    at: datetime
    direction: str
    name: str | None = None
    team: Team | None = None
    attend_method: str | None = None
    channel: str | None = None
    device_sn: str | None = None
    lng: Decimal | None = None
    lat: Decimal | None = None
    similarity: Decimal | None = None
    photo_id: int | None = None
    batch: str | None = None
    channel_known: bool = False


@dataclass(slots=True)
class PunchOutcome:
    """What became of one item: kept or refused, and why; ``name`` is as far as it is known."""

    accepted: bool
    state: PunchState | None = None
    punch_id: int | None = None
    repeated: bool = False
    name: str = ""
    message: str = ""


@dataclass(slots=True)
class _Item:
    given: PunchInput
    key: Key
    stay: Stay | None = None
    state: PunchState = PunchState.VALID


def record_punches(
    project: Any, items: Iterable[PunchInput], *, actor: scope.Principal
) -> list[PunchOutcome]:
    """Keep punches; good items are kept even when others fail. Outcomes are in the items' order.

    ``project`` is the row, or what is known of it: number, district and the terms of its days.
    Refuses as a whole an actor without any right on the project; an item is refused when it is
    another unit's, unreadable, or further ahead of the clock than the drift allows (then it is
    kept in 异常流水). An identity already known succeeds and counts once.
    """
    given = list(items)
    _check_right(project, actor)
    if not given:
        return []
    now = clock.now()
    with scope.system_scope("punches are kept after the right to every row was checked"):
        limit = now + timedelta(minutes=settings.get(queries.DRIFT))
        read = [_read(item) for item in given]
        found, known = _match(project, read, actor)
        late = {number for number, item in found.items() if item.key[1] > limit}
        outcomes = dict(_refuse_ahead(project, {n: found[n] for n in late}, now))
        good = {n: i for n, i in found.items() if n not in late}
        outcomes |= _keep(project, good, known, now)
    foreign = PunchOutcome(accepted=False, message=gettext("The punch is incomplete or not yours"))
    return [outcomes.get(number, foreign) for number in range(len(given))]


def _check_right(project: Project, actor: scope.Principal) -> None:
    if actor.audience is scope.Audience.SYSTEM or project.id in actor.projects:
        return
    if actor.audience is not scope.Audience.TENANT or not set(project.unit_ids) & set(actor.units):
        raise NotYourProject(gettext("You may not enter punches on this project"))


def _read(item: PunchInput) -> _Item | None:
    kind: Any = spec_of(Punch, "id_number").kind
    number = kind.normal(item.id_number or "")
    if not number or item.direction not in (IN, OUT) or item.at.tzinfo is None:
        return None
    at = item.at.replace(microsecond=0)
    hashed = str(kind.fingerprint(number))
    if (number, at) != (item.id_number, item.at):
        item = replace(item, id_number=number, at=at)
    return _Item(item, (hashed, at.astimezone(UTC), item.direction))


def _match(
    project: Any, read: list[_Item | None], actor: scope.Principal
) -> tuple[dict[int, _Item], Stays]:
    """Lock the persons, find the stay of every item, and leave out what is another unit's.

    Gives the items and the persons' stays on all projects.
    """
    hashes = {item.key[0] for item in read if item is not None}
    if not hashes:
        return {}, {}
    ledger.lock_persons(hashes)
    known = queries.stays(hashes)
    stays = {
        hashed: own for hashed, found in known.items()
        if (own := [stay for stay in found if stay.project_id == project.id])
    }  # fmt: skip
    whole = actor.audience is scope.Audience.SYSTEM or project.id in actor.projects
    found = {}
    for number, item in enumerate(read):
        if item is None:
            continue
        own = stays.get(item.key[0], [])
        item.stay = next((stay for stay in own if stay.covers(item.key[1])), None)
        unit_id = item.stay.unit_id if item.stay else _unit_of(item, project)
        if whole or unit_id in actor.units:
            found[number] = item
    return found, known


def _unit_of(item: _Item, project: Project) -> int | None:
    team = item.given.team
    return team.unit_id if team is not None and team.project_id == project.id else None


def _thought(item: _Item, now: datetime, locked: set[str]) -> PunchState:
    at = item.key[1]
    if item.stay is None:  # whatever its age: it waits for a stay first, and is named
        return PunchState.UNMATCHED
    if queries.needs_approval(at, now, locked):
        return PunchState.PENDING
    return queries.first_thought(at, now)


def _keep(
    project: Any, items: dict[int, _Item], known: Stays, now: datetime
) -> dict[int, PunchOutcome]:
    if not items:
        return {}
    locked = queries.locked_months(project.id)
    first: dict[Key, _Item] = {}
    for item in items.values():
        item.state = _thought(item, now, locked)
        first.setdefault(item.key, item)
    stored = Stored(project.id, project.district_code, stays=known, terms=_terms(project))
    fresh = ledger.store(stored, [_row(project, item, now) for item in first.values()])
    ledger.mark(stored, [
        Mark(fresh[key]["id"], key[1], fresh[key]["unit_id"], item.state)
        for key, item in first.items() if key in fresh and item.state is not PunchState.VALID
    ])  # fmt: skip
    counting = [(first[key].stay, key) for key in fresh if ledger.counts(first[key].state)]
    if ledger.begin_stays(stay for stay, _key in counting if stay):
        stored.stays = None  # what they are now is read again
    ledger.note_last_punches(project.id, [(s.id, key[1]) for s, key in counting if s])
    for _stay, (hashed, at, _direction) in counting:
        stored.touch(hashed, at)
    _keep_unmatched(project, [(first[k], fresh[k]["id"]) for k in fresh], now)
    ledger.settle(stored)
    older = ledger.known(project.id, [key for key in first if key not in fresh])
    return _outcomes(items, fresh, older)


def _terms(project: Any) -> DayTerms:
    rest = 90 if project.rest_minutes is None else project.rest_minutes
    return DayTerms(rest, bool(project.first_in_last_out), settings.get(queries.MAX_SPAN))


def _row(project: Any, item: _Item, now: datetime) -> dict[str, Any]:
    given, stay = item.given, item.stay.at(item.key[1]) if item.stay else None
    team = given.team if _unit_of(item, project) else None
    return {
        "project_id": project.id, "district_code": project.district_code,
        "id_number_hash": item.key[0], "punched_at": item.key[1], "direction": item.key[2],
        "worker_id": stay.id if stay else None,
        "unit_id": stay.unit_id if stay else (team.unit_id if team else None),
        "team_id": stay.team_id if stay else (team.id if team else None),
        "id_type": given.id_type, "id_number": given.id_number,
        "name": stay.name if stay else given.name, "received_at": now,
        "attend_method": given.attend_method, "channel": given.channel,
        # what came by hand needs no device
        "channel_known": given.channel_known
        or scope.current().door in (scope.Door.FORM, scope.Door.SHEET),
        "device_sn": given.device_sn, "lng": given.lng, "lat": given.lat,
        "similarity": given.similarity, "photo_id": given.photo_id,
        "source": scope.current().door.value, "batch": given.batch,
        "correction_id": None, "replaces": None,
    }  # fmt: skip


def _odd_row(project: Project, item: _Item, kind: OddKind, now: datetime) -> dict[str, Any]:
    row = _row(project, item, now)
    names = ("project_id", "district_code", "id_number_hash", "punched_at", "direction",
             "unit_id", "team_id", "id_type", "id_number", "name", "received_at",
             "attend_method", "channel", "device_sn", "photo_id")  # fmt: skip
    return {name: row[name] for name in names} | {"kind": kind, "source": row["source"]}


def _keep_unmatched(project: Project, items: list[tuple[_Item, int]], now: datetime) -> None:
    rows = [
        _odd_row(project, item, OddKind.UNMATCHED, now) | {"punch_id": punch_id}
        for item, punch_id in items
        if item.state is PunchState.UNMATCHED
    ]
    if rows:
        _add_odd(rows)


def _refuse_ahead(
    project: Project, items: dict[int, _Item], now: datetime
) -> list[tuple[int, PunchOutcome]]:
    rows = {
        i.key: _odd_row(project, i, OddKind.AHEAD, now) | {"punch_id": None} for i in items.values()
    }
    if rows:
        _add_odd(list(rows.values()))
    sentence = gettext(
        "The punch lies more than %(n)s minutes ahead of the system's clock; it is kept in the"
        " list of odd punches. Please set the device's clock",
        n=settings.get(queries.DRIFT),
    ) if items else ""  # fmt: skip
    return [
        (number, PunchOutcome(accepted=False, name=_name(item), message=sentence))
        for number, item in items.items()
    ]


def _add_odd(rows: list[dict[str, Any]]) -> None:
    db.session.execute(insert(OddPunch.__table__).on_conflict_do_nothing(), rows)


def _name(item: _Item) -> str:
    return (item.stay.name if item.stay else item.given.name) or ""


def _outcomes(
    items: dict[int, _Item], fresh: dict[Key, Any], older: dict[Key, Any]
) -> dict[int, PunchOutcome]:
    words = {
        PunchState.UNMATCHED: gettext("Nobody with this document is on site at that moment"),
        PunchState.PENDING: gettext("Older than 45 days or of a locked month: waits for approval"),
    }
    found, seen = {}, set()
    for number, item in items.items():
        new = item.key in fresh and item.key not in seen
        seen.add(item.key)
        row = fresh.get(item.key) or older.get(item.key)
        state = item.state if item.key in fresh else older[item.key]["state"]
        found[number] = PunchOutcome(
            accepted=True, state=state, punch_id=row["id"] if row else None, repeated=not new,
            name=_name(item), message=words.get(state, ""),
        )  # fmt: skip
    return found
