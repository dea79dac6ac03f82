"""The verbs of the incident domain: record, change, report, verify, close, cancel."""

from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.alerts import services as alerts
from app.core import checks, clock, scope
from app.extensions import db
from app.incidents import errors, queries
from app.incidents.choices import IncidentState, Verdict
from app.incidents.models import Incident, IncidentPerson
from app.incidents.states import INCIDENT_FLOW
from app.projects.models import ProjectUnit
from app.roster.models import Person, ProjectWorker

RULE = "EVT-001"
OPEN = (IncidentState.DRAFT, IncidentState.REPORTED, IncidentState.HANDLING)
ENDING = ("handling", "result", "unknown_count")
VERBS = {
    Verdict.CONFIRMED: "verify", Verdict.REFUTED: "refute", Verdict.WAITING: "recheck",
}  # fmt: skip
VERDICTS = {verb: verdict for verdict, verb in VERBS.items()}


def record_incident(values: dict[str, Any], *, actor: scope.Principal) -> Incident:
    """Record an incident with its people, as a draft."""
    given = dict(values)
    people = given.pop("people", [])
    unit = db.session.get(ProjectUnit, given.pop("unit_id", None) or 0)
    if unit is None:
        raise errors.ForeignUnit
    _ready(given)
    row = Incident(
        **given, project_id=unit.project_id, unit_id=unit.id,
        enterprise_id=_enterprise(actor, unit), reporter=actor.name,
        reporter_mobile=getattr(actor.user, "mobile", None),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    row.incident_no = incident_number(row, clock.today())
    db.session.flush()
    set_people(row, people)
    return row


def incident_number(row: Incident, day: date) -> str:
    """Give the number of an incident reported on a day."""
    return f"SJ{day:%Y%m%d}{row.id:06d}"


def change_incident(row: Incident, values: dict[str, Any], *, actor: scope.Principal) -> Incident:
    """Change an incident that is still open; its unit stays.

    Only the enterprise that recorded it does; what the bureau has verified stays as it is.
    """
    _mine(row, actor)
    if row.state not in OPEN:
        raise errors.NotOpen
    given = dict(values)
    if locked(row, actor) and set(given) - set(ENDING):
        raise errors.VerdictGiven
    people = given.pop("people", None)
    given.pop("unit_id", None)
    _ready(given)
    for name, value in given.items():
        setattr(row, name, value)
    db.session.flush()
    if people is not None:
        set_people(row, people)
    return row


def locked(row: Incident, actor: scope.Principal) -> bool:
    """Tell whether the bureau's verdict keeps an actor from changing what is recorded."""
    return actor.audience is scope.Audience.TENANT and row.confirmed is not Verdict.WAITING


def _mine(row: Incident, actor: scope.Principal) -> None:
    if actor.audience is scope.Audience.TENANT and not queries.is_recorder(row, actor):
        raise errors.NotTheRecorder


def _ready(values: dict[str, Any]) -> None:
    if "suggest_watch" in values:
        values["suggest_watch"] = bool(values["suggest_watch"])
    known, occurred = values.get("known_at"), values.get("occurred_at")
    if known and occurred and known < occurred:
        raise errors.KnownBeforeItHappened


def _enterprise(actor: scope.Principal, unit: ProjectUnit) -> int | None:
    """Give the enterprise that records: the actor's own, whoever the unit belongs to."""
    own = getattr(actor.user, "enterprise_id", None)
    return own or next(iter(actor.enterprises), None) or unit.enterprise_id


def set_people(row: Incident, people: list[dict[str, Any]]) -> list[IncidentPerson]:
    """Set the people of an incident: who stays keeps the line, the rest come and go."""
    for position, one in enumerate(people):
        _check_person(position, one)
    with scope.system_scope("the people of an incident are written by this service"):
        before = list(db.session.scalars(
            select(IncidentPerson)
            .where(IncidentPerson.incident_id == row.id, IncidentPerson.is_deleted.is_(False))
            .order_by(IncidentPerson.id)
        ))  # fmt: skip
        written = []
        for one in people:
            line, given = _line_of(one, before), {**one, "person_id": _known_person(one)}
            if line is None:
                line = IncidentPerson(
                    project_id=row.project_id, unit_id=row.unit_id, incident_id=row.id, **given
                )
                db.session.add(line)
            for name, value in given.items():
                if getattr(line, name) != value:
                    setattr(line, name, value)
            written.append(line)
        for gone in before:
            gone.is_deleted = True
        db.session.flush()
    db.session.expire(row, ["people"])
    rescan(row)
    return written


def _line_of(one: dict[str, Any], before: list[IncidentPerson]) -> IncidentPerson | None:
    """Take the line a person had out of the earlier ones: by the number, else by the name."""
    for wanted in ("id_number", "name"):
        for line in before:
            if one.get(wanted) and getattr(line, wanted) == one[wanted]:
                before.remove(line)
                return line
    return None


def _check_person(position: int, one: dict[str, Any]) -> None:
    number = one.get("id_number")
    if not number:
        one["id_number"] = None
        return
    try:
        one["id_number"] = checks.document_number(one.get("id_type") or "01", number, clock.today())
    except checks.Invalid as problem:
        raise errors.WrongPerson(
            gettext("Person %(n)s: %(problem)s", n=position + 1, problem=problem), field="people"
        ) from None


def _known_person(one: dict[str, Any]) -> int | None:
    number = one.get("id_number")
    if not number:
        return None
    kind = IncidentPerson.__table__.c.id_number.info["spec"].kind
    return db.session.scalar(
        select(Person.id).where(
            Person.id_type == (one.get("id_type") or "01"),
            Person.id_number_hash == kind.fingerprint(number),
        )
    )


def rescan(row: Incident) -> None:
    """Look at once for live stays of the people of an incident (EVT-001)."""
    if row.state is IncidentState.DRAFT:
        return
    with scope.system_scope("persons of an incident are looked for on all projects") as connection:
        hashes = set(connection.scalars(
            select(IncidentPerson.id_number_hash).where(
                IncidentPerson.incident_id == row.id, IncidentPerson.id_number_hash.is_not(None)
            )
        ))  # fmt: skip
        # people already gone from the record count too: their alerts may end
        live = set(connection.scalars(
            select(ProjectWorker.id_number_hash).where(ProjectWorker.id_number_hash.in_(hashes))
        ))  # fmt: skip
    if live:
        alerts.scan(RULE, person_hashes=sorted(live))


def move(row: Incident, verb: str, remark: str = "", *, actor: scope.Principal) -> None:
    """Make a move of the flow, with what each move asks for."""
    if verb in VERDICTS:
        verify(row, VERDICTS[verb], remark, actor=actor)
        return
    _mine(row, actor)
    if verb == "close":
        _check_closable(row)
    if verb == "cancel" and not may_cancel(row, actor):
        raise errors.ConfirmedAlready
    INCIDENT_FLOW.fire(verb, row, actor=actor, remark=remark)
    if verb == "report":
        row.reported_at = row.reported_at or clock.now()
        db.session.flush()
    rescan(row)


def may_cancel(row: Incident, actor: scope.Principal) -> bool:
    """Tell whether an actor may set an incident aside: what is verified only the bureau does."""
    return row.confirmed is not Verdict.CONFIRMED or actor.audience is not scope.Audience.TENANT


def _check_closable(row: Incident) -> None:
    for name in ("handling", "result"):
        if not getattr(row, name):
            raise errors.HandlingMissing(name)
    if not row.people and not row.unknown_count:
        raise errors.NobodyNamed


def verify(row: Incident, verdict: Verdict | None, remark: str, *, actor: scope.Principal) -> None:
    """住建部门核实: the bureau says whether it is true; only then is it told to others.

    The verdict stands in the course of the incident; one given may be put back for verification.
    """
    if verdict is None or verdict is row.confirmed is Verdict.WAITING:
        raise errors.VerdictMissing
    INCIDENT_FLOW.fire(VERBS[verdict], row, actor=actor, remark=remark.strip())
    row.confirmed, row.confirmed_remark = verdict, remark.strip() or None
    db.session.flush()
    rescan(row)
