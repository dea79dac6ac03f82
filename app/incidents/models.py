"""Tables of the incident domain: incidents, the people in them, the watch list."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import checks, dictionaries, scope
from app.core.columns import (
    ChoiceOf,
    Code,
    Date,
    DocumentNumber,
    Documents,
    Flag,
    Instant,
    LongText,
    Money,
    Phone,
    Ref,
    State,
    Text,
    column,
)  # fmt: skip
from app.core.columns import Integer as Whole
from app.core.models import Entity, ProjectRow
from app.incidents.choices import WAGE_DISPUTE, IncidentState, Severity, Verdict, WatchState
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.roster.choices import FORM_ID_TYPES

FORM = ("form",)


def _wage_dispute(values: Mapping[str, Any]) -> bool:
    return values.get("kind") == WAGE_DISPUTE


class Incident(ProjectRow):
    """事件: one dispute or accident on a project (screens.md 12.1)."""

    __areas__ = (Area.INCIDENTS,)
    __scope__ = scope.by_project_unit(government_writes=True)
    __picker__ = ("incident_no",)
    __table_args__ = (
        Index(None, "project_id", "occurred_at"),
        CheckConstraint("state <> 'CLOSED' or result is not null", name="closed_has_result"),
    )

    incident_no: Mapped[Any] = column(Text(20), label=_("Incident no."), readonly=True)
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Unit"), required_at=FORM, nullable=False, index=True
    )
    enterprise_id: Mapped[Any | None] = mapped_column(BigInteger, index=True)
    kind: Mapped[Any] = column(
        Code("incident_kind"), label=_("Kind of incident"), required_at=FORM, nullable=False
    )
    severity: Mapped[Any] = column(
        ChoiceOf(Severity), label=_("Severity"), required_at=FORM, nullable=False,
        default=Severity.COMMON,
    )  # fmt: skip
    occurred_at: Mapped[Any] = column(
        Instant(past=True), label=_("Occurred at"), required_at=FORM, nullable=False
    )
    place: Mapped[Any] = column(Text(200), label=_("Place"), required_at=FORM)
    unknown_count: Mapped[Any] = column(
        Whole(0, 9999), label=_("People not identified"),
        help=_("Asked for at the close where nobody is named"),
    )  # fmt: skip
    head_count: Mapped[Any] = column(Whole(0, 9999), label=_("People concerned"), required_at=FORM)
    amount: Mapped[Any] = column(
        Money, label=_("Amount"), required_at=FORM, when=_wage_dispute,
        help=_("Asked for where wages are in dispute"),
    )  # fmt: skip
    description: Mapped[Any] = column(
        LongText(2000), label=_("Course of the incident"), required_at=FORM
    )
    handling: Mapped[Any] = column(
        LongText(1000), label=_("Measures taken"), help=_("Asked for at the close")
    )
    result: Mapped[Any] = column(
        LongText(1000), label=_("Outcome"), help=_("Asked for at the close")
    )
    suggest_watch: Mapped[Any] = column(
        Flag, label=_("Proposed for the watch list"), nullable=False, default=False
    )
    files: Mapped[Any] = column(Documents(10), label=_("Attachments"))
    reporter: Mapped[Any] = column(Text(50), label=_("Reported by"), readonly=True)
    reporter_mobile: Mapped[Any] = column(
        Phone, label=_("Telephone of the reporter"), readonly=True
    )
    known_at: Mapped[Any] = column(Instant(past=True), label=_("Known since"), required_at=FORM)
    reported_at: Mapped[Any] = column(Instant, label=_("Reported at"), readonly=True)
    confirmed: Mapped[Any] = column(
        ChoiceOf(Verdict), label=_("Verification by the bureau"), nullable=False,
        default=Verdict.WAITING, readonly=True,
    )  # fmt: skip
    confirmed_remark: Mapped[Any] = column(
        LongText(500), label=_("Remark of the bureau"), readonly=True
    )
    state: Mapped[Any] = column(
        State(IncidentState), label=_("State"), default=IncidentState.DRAFT, nullable=False,
        index=True,
    )  # fmt: skip

    people: Mapped[list["IncidentPerson"]] = relationship(
        viewonly=True, order_by="IncidentPerson.id",
        primaryjoin="and_(foreign(IncidentPerson.incident_id) == Incident.id,"
        " IncidentPerson.is_deleted.is_(False))",
    )  # fmt: skip


class IncidentPerson(ProjectRow):
    """涉事人员: a person in an incident and the part played; written by services only (D2)."""

    __scope__ = scope.Scope(
        tenant_sees=f"{scope.PROJECTS} or {scope.UNITS}", government_sees=scope.DISTRICTS
    )
    __table_args__ = (Index(None, "id_number_hash", "id_type"),)

    incident_id: Mapped[Any] = column(
        Ref(Incident), label=_("Incident"), nullable=False, index=True
    )
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    person_id: Mapped[Any | None] = mapped_column(BigInteger)
    name: Mapped[Any] = column(Text(50), label=_("Name"), required_at=FORM, nullable=False)
    role: Mapped[Any] = column(
        Code("incident_role"), label=_("Part played"), required_at=FORM, nullable=False
    )
    id_type: Mapped[Any] = column(
        Code("id_type", only=FORM_ID_TYPES), label=_("Document type"), default="01"
    )
    id_number: Mapped[Any] = column(
        DocumentNumber(), label=_("Document number"),
        help=_("Without a number nobody can be recognised later"),
    )  # fmt: skip


class WatchEntry(Entity):
    """重点关注: a person named for attention until a date (screens.md 12.2); services only."""

    __scope__ = scope.Scope(government_sees=scope.DISTRICTS)
    __table_args__ = (Index(None, "id_number_hash", "id_type"),)

    district_code: Mapped[Any | None] = mapped_column(String(6), nullable=False, index=True)
    incident_id: Mapped[Any | None] = mapped_column(BigInteger)
    name: Mapped[Any] = column(Text(50), label=_("Name"), nullable=False)
    id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type"), nullable=False, default="01"
    )
    id_number: Mapped[Any] = column(DocumentNumber(), label=_("Document number"), nullable=False)
    reason: Mapped[Any] = column(LongText(500), label=_("Reason"))
    from_on: Mapped[Any] = column(Date, label=_("From"), nullable=False)
    to_on: Mapped[Any] = column(Date, label=_("To"), nullable=False)
    state: Mapped[Any] = column(
        State(WatchState), label=_("State"), default=WatchState.LIVE, nullable=False
    )
    objected: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
    decided_by: Mapped[Any | None] = mapped_column(Integer)


def person_line(person: IncidentPerson) -> str:
    """Give one person as a line of a list: name, part, masked number."""
    number = checks.mask_identity(person.id_number) if person.id_number else gettext("no number")
    return f"{person.name}（{dictionaries.label('incident_role', person.role)}，{number}）"
