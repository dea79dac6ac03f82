"""The verbs of the incident domain: record, change, report, verify, close, cancel."""

from typing import Any

from flask_babel import gettext
from sqlalchemy import select, update

from app.alerts import services as alerts
from app.core import checks, clock, scope
from app.core.errors import NotAllowed
from app.core.states import RemarkMissing
from app.extensions import db
from app.incidents import errors
from app.incidents.choices import IncidentState, Verdict
from app.incidents.models import Incident, IncidentPerson
from app.incidents.states import INCIDENT_FLOW
from app.projects.models import ProjectUnit
from app.roster.models import Person, ProjectWorker

RULE = "EVT-001"
OPEN = (IncidentState.DRAFT, IncidentState.REPORTED, IncidentState.HANDLING)


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
    row.incident_no = f"SJ{clock.today():%Y%m%d}{row.id:06d}"
    db.session.flush()
    set_people(row, people, actor=actor)
    return row


def change_incident(row: Incident, values: dict[str, Any], *, actor: scope.Principal) -> Incident:
    """Change an incident that is still open; its unit stays."""
    if row.state not in OPEN:
        raise errors.NotOpen
    given = dict(values)
    people = given.pop("people", None)
    given.pop("unit_id", None)
    _ready(given)
    for name, value in given.items():
        setattr(row, name, value)
    db.session.flush()
    if people is not None:
        set_people(row, people, actor=actor)
    return row


def _ready(values: dict[str, Any]) -> None:
    values["suggest_watch"] = bool(values.get("suggest_watch"))
    known, occurred = values.get("known_at"), values.get("occurred_at")
    if known and occurred and known < occurred:
        raise errors.KnownBeforeItHappened


def _enterprise(actor: scope.Principal, unit: ProjectUnit) -> int | None:
    """Give the enterprise that records: the actor's own, whoever the unit belongs to."""
    own = getattr(actor.user, "enterprise_id", None)
    return own or (actor.enterprises[0] if actor.enterprises else unit.enterprise_id)


def set_people(
    row: Incident, people: list[dict[str, Any]], *, actor: scope.Principal
) -> list[IncidentPerson]:
    """Set the people of an incident: old lines that are gone are taken out, new ones added."""
    for position, one in enumerate(people):
        _check_person(position, one)
    with scope.system_scope("the people of an incident are written by this service"):
        connection = db.session.connection()
        connection.execute(
            update(IncidentPerson.__table__)
            .where(IncidentPerson.incident_id == row.id)
            .values(is_deleted=True, changed_by=actor.user_id)
        )
        written = [
            IncidentPerson(
                project_id=row.project_id, unit_id=row.unit_id, incident_id=row.id,
                person_id=_known_person(one), **one,
            )
            for one in people
        ]  # fmt: skip
        db.session.add_all(written)
        db.session.flush()
    db.session.expire(row, ["people"])
    rescan(row)
    return written


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
    if verb == "close":
        _check_closable(row)
    if (
        verb == "cancel" and row.confirmed is Verdict.CONFIRMED
        and actor.audience is scope.Audience.TENANT
    ):  # fmt: skip
        raise errors.ConfirmedAlready
    INCIDENT_FLOW.fire(verb, row, actor=actor, remark=remark)
    if verb == "report":
        row.reported_at = row.reported_at or clock.now()
        db.session.flush()
    rescan(row)


def _check_closable(row: Incident) -> None:
    for name in ("handling", "result"):
        if not getattr(row, name):
            raise errors.HandlingMissing(name)
    if not row.people and not row.unknown_count:
        raise errors.NobodyNamed


def verify(row: Incident, verdict: Verdict, remark: str, *, actor: scope.Principal) -> None:
    """住建部门核实: the bureau says whether it is true; only then is it told to others."""
    if not actor.can("confirm", str(INCIDENT_FLOW.area)):
        raise NotAllowed
    if verdict not in (Verdict.CONFIRMED, Verdict.REFUTED):
        raise errors.VerdictMissing
    if verdict is Verdict.REFUTED and not remark.strip():
        raise RemarkMissing
    if row.state in (IncidentState.DRAFT, IncidentState.CANCELLED):
        raise errors.NotOpen
    row.confirmed, row.confirmed_remark = verdict, remark.strip() or None
    db.session.flush()
    rescan(row)
