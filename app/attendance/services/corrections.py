"""Corrections 补录: entered, approved, rejected, put into force (screens.md 9.3).

Original punches are never overwritten: a correction adds punches of its own, each naming the
unpaired ones it replaces, which become void.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.attendance import queries
from app.attendance.choices import (
    IN,
    NOT_COUNTING,
    OUT,
    CorrectionState,
    OddState,
    PunchState,
)  # fmt: skip
from app.attendance.errors import (
    NotOnSite,
    NotTheReviewer,
    NotYourProject,
    Overlapping,
    ProofMissing,
)
from app.attendance.models import Correction, OddPunch
from app.attendance.services import ledger, spans
from app.attendance.services.ledger import Mark, Stored
from app.attendance.services.spans import Span, Times
from app.attendance.states import CORRECTION, ODD
from app.core import clock, scope
from app.core.errors import Closed, NotAllowed, refuse_all
from app.extensions import db
from app.projects.models import Project
from app.roster.models import ProjectWorker
from app.roster.services import due

TYPED = ("reason", "note", "proof", "team_id")
TITLED = 5
DECISIONS = ("approve", "reject")


def add_correction(
    project: Project, values: Mapping[str, Any], *, actor: scope.Principal
) -> Correction:
    """Enter working times of one or several workers by hand.

    ``values``: worker_ids and/or team_id, work_on, until_on, in_time and out_time (times of day,
    or instants), out_next_day, reason, note, proof, odd_id. Takes effect at once unless the
    general contractor (entered by a subcontractor) or the district (more than 30 days back)
    has to approve.
    """
    if actor.audience not in (scope.Audience.SYSTEM, scope.Audience.TENANT):
        raise NotYourProject(gettext("You may not enter punches on this project"))
    times = spans.times_of(values)
    stays = spans.workers_of(project, values, times.days, actor)
    by_sheet = actor.door is scope.Door.SHEET
    refuse_all(spans.check_rules(project, values, stays, times, proof_later=by_sheet))
    wanted = spans.spans_of(stays, times)
    units = {stay.unit_id for stay in stays}
    row = Correction(
        project_id=project.id, unit_id=units.pop() if len(units) == 1 else None,
        worker_ids=[stay.id for stay in stays], worker_count=len(stays), title=_title(stays),
        work_on=times.days[0], until_on=times.days[-1] if len(times.days) > 1 else None,
        in_time=times.starts, out_time=times.ends, out_next_day=times.next_day,
        district_too=spans.needs_district(project, times.days),
        warning=spans.long_days(project, wanted) or None,
        odd_id=_odd(project, values), **{name: values.get(name) for name in TYPED},
    )  # fmt: skip
    if spans.lacks_proof(values, stays, times):
        row.incomplete, row.complete_by = True, due.deadline(None, clock.today())
    db.session.add(row)
    db.session.flush()
    own = actor.audience is scope.Audience.SYSTEM or project.id in actor.projects
    if own:
        _advance(row, project, actor)
    return row


def add_proof(row: Correction, values: Mapping[str, Any], *, actor: scope.Principal) -> Correction:
    """Make up for the proof of a correction that came by sheet."""
    own = row.project_id in actor.projects or row.unit_id in actor.units
    if actor.audience is not scope.Audience.SYSTEM and not own:
        raise NotYourProject(gettext("You may not enter punches on this project"))
    if not row.incomplete:
        raise Closed(str(row))
    if not values.get("proof"):
        raise ProofMissing(gettext("Upload the proof"), field="proof")
    row.proof, row.incomplete, row.complete_by = values["proof"], False, None
    db.session.flush()
    return row


def _title(stays: list[queries.Stay]) -> str:
    text = "、".join(stay.name for stay in stays[:TITLED])
    if len(stays) > TITLED:
        return gettext("%(names)s and others, %(n)s workers", names=text, n=len(stays))
    return text


def _odd(project: Project, values: Mapping[str, Any]) -> int | None:
    number = values.get("odd_id")
    found = db.session.get(OddPunch, number) if number else None
    return found.id if found is not None and found.project_id == project.id else None


def decide_correction(
    correction: Correction, verb: str, remark: str = "", *, actor: scope.Principal
) -> None:
    """Approve or reject.

    The general contractor decides what a subcontractor entered, the district what is older than
    30 days; where both decide, the district comes second.
    """
    own = actor.audience is scope.Audience.SYSTEM or correction.project_id in actor.projects
    official = actor.audience is scope.Audience.GOVERNMENT
    if correction.state is CorrectionState.PENDING and not own:
        raise NotTheReviewer(gettext("The labour manager of the general contractor decides this"))
    if correction.state is CorrectionState.DISTRICT and not (
        official or actor.audience is scope.Audience.SYSTEM
    ):
        raise NotTheReviewer(gettext("The district decides this: more than 30 days back"))
    if verb not in DECISIONS:
        raise NotAllowed
    project = db.session.get(Project, correction.project_id)
    if verb == "approve" and project is not None:
        if not _may_approve(actor):
            raise NotTheReviewer(gettext("You may not approve attendance"))
        _advance(correction, project, actor, remark)
    else:
        CORRECTION.fire(verb, correction, actor=actor, remark=remark)


def _may_approve(actor: scope.Principal) -> bool:
    return actor.audience is scope.Audience.SYSTEM or actor.can("approve", CORRECTION.area)


def _advance(row: Correction, project: Project, actor: scope.Principal, remark: str = "") -> None:
    """Move on: to the district when it decides too, else into force."""
    if row.state is CorrectionState.PENDING and row.district_too:
        CORRECTION.fire("forward", row, actor=scope.SYSTEM, remark=remark)
        return
    chosen = row.state is not CorrectionState.PENDING or _may_approve(actor)
    CORRECTION.fire("approve", row, actor=actor if chosen else scope.SYSTEM, remark=remark)
    _take_effect(row, project)


def _take_effect(row: Correction, project: Project) -> None:
    with scope.system_scope("a correction in force writes punches"):
        found = db.session.execute(
            select(*queries.STAY_COLUMNS).where(
                ProjectWorker.project_id == project.id,
                ProjectWorker.id.in_(row.worker_ids),
                ProjectWorker.is_deleted.is_(False),
            )
        )
        stays = [queries.Stay.of(stay) for stay in found]
        count = ((row.until_on or row.work_on) - row.work_on).days + 1
        days = tuple(row.work_on + timedelta(days=n) for n in range(count))
        times = Times(days, row.in_time, row.out_time, bool(row.out_next_day))
        wanted = spans.spans_of(stays, times)
        ledger.lock_persons({stay.hash for stay in stays})
        _refuse_absent(row, stays, days)
        if spans.overlapping(project.id, wanted):
            raise Overlapping(
                gettext("Meanwhile these times overlap others: reject this and enter it again"),
                field="in_time",
            )
        _write(row, project, wanted)
        if row.odd_id:
            odd = db.session.get(OddPunch, row.odd_id)
            if odd is not None and odd.state is OddState.OPEN:
                ODD.fire("amend", odd, actor=scope.SYSTEM)


def _refuse_absent(row: Correction, stays: list[queries.Stay], days: tuple[date, ...]) -> None:
    """Refuse workers whose stay has been taken out or shortened since the correction was entered.

    Hours are never counted for days on which nobody was on site (screens.md 9.3).
    """
    absent = [s.name for s in stays if not all(s.on_site(day) for day in days)]
    if absent:
        raise NotOnSite(
            gettext("Meanwhile not on site on these days: %(names)s. Reject this and enter it"
                    " again", names="、".join(absent[:TITLED])),
            field="worker_ids",
        )  # fmt: skip
    if len(stays) < len(set(row.worker_ids)):
        raise NotOnSite(
            gettext("Meanwhile workers were taken off the roster: reject this and enter it again"),
            field="worker_ids",
        )


def _write(row: Correction, project: Project, wanted: list[Span]) -> None:
    days = spans.booked(project.id, wanted)
    stored = Stored(project.id, project.district_code)
    papers = _papers({span.stay.id for span in wanted})
    rows = []
    for span in wanted:
        loose = _inside(span, days.get(span.stay.person_id, []))
        numbers = [number for number, _at in loose] or None
        rows += [
            _punch(row, span, (direction, at), papers[span.stay.id], numbers)
            for direction, at in ((IN, span.in_at), (OUT, span.out_at))
        ]
    fresh = ledger.store(stored, rows)
    older = ledger.known(project.id, [k for r in rows if (k := ledger.key_of(r)) not in fresh])
    reason = gettext("Replaced by correction %(n)s", n=row.id)
    marks = [
        Mark(number, at, span.stay.unit_id, PunchState.VOID, reason)
        for span in wanted
        for number, at in _inside(span, days.get(span.stay.person_id, []))
    ]
    # what lies there with the same identity but does not count is made to count
    marks += [
        Mark(old["id"], old["punched_at"], old["unit_id"], PunchState.VALID, reason)
        for old in older.values()
        if old["state"] in NOT_COUNTING
    ]
    ledger.mark(stored, marks)
    ledger.note_last_punches(
        project.id, [(s.stay.id, at) for s in wanted for at in (s.in_at, s.out_at)]
    )
    for span in wanted:
        stored.touch(span.stay.hash, span.in_at)
        stored.touch(span.stay.hash, span.out_at)
    ledger.settle(stored)


def _inside(span: Span, days: list[Any]) -> list[tuple[int, datetime]]:
    """Give the unpaired punches within a span that it does not repeat: id and instant."""
    own = {(True, span.in_at), (False, span.out_at)}
    found = []
    for day in days:
        for raw, number, inbound in day.loose:
            at = datetime.fromisoformat(raw)
            if span.in_at <= at <= span.out_at and (inbound, at) not in own:
                found.append((number, at))
    return found


def _papers(ids: set[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(
        select(ProjectWorker.id, ProjectWorker.id_type, ProjectWorker.id_number).where(
            ProjectWorker.id.in_(ids)
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _punch(
    row: Correction, span: Span, moment: tuple[str, datetime], paper: tuple[str, str],
    replaces: list[int] | None,
) -> dict[str, Any]:  # fmt: skip
    stay = span.stay.at(moment[1])
    empty = dict.fromkeys(
        ("attend_method", "channel", "device_sn", "lng", "lat", "similarity", "photo_id", "batch")
    )
    source = "import" if scope.current().door is scope.Door.SHEET else "manual"
    return {
        **empty, "project_id": row.project_id, "district_code": row.district_code,
        "id_number_hash": stay.hash, "punched_at": moment[1], "direction": moment[0],
        "worker_id": stay.id, "unit_id": stay.unit_id, "team_id": stay.team_id,
        "id_type": paper[0], "id_number": paper[1], "name": stay.name,
        "received_at": clock.now(), "channel_known": True, "source": source,
        "correction_id": row.id, "replaces": replaces,
    }  # fmt: skip


__all__ = ["add_correction", "add_proof", "decide_correction"]
