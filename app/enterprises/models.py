"""Tables of the enterprise domain."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Boolean, DateTime, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, scope
from app.core.columns import (
    Amount,
    ChoiceOf,
    Code,
    CreditCode,
    Date,
    Document,
    DocumentNumber,
    Documents,
    Email,
    Instant,
    Json,
    LongText,
    Mobile,
    Phone,
    Postcode,
    Ref,
    State,
    Text,
    Website,
    column,
)  # fmt: skip
from app.core.columns.secrets import Encrypted
from app.core.models import Entity
from app.enterprises.choices import ChangeState, EnterpriseState, EnterpriseType
from app.permissions import Area

FORM = ("form",)
BUILDERS = (EnterpriseType.GENERAL_CONTRACTOR, EnterpriseType.PROFESSIONAL_SUBCONTRACTOR)


def _needs_licence(values: Mapping[str, Any]) -> bool:
    return values.get("enterprise_type") in BUILDERS


def _agent_is_another(values: Mapping[str, Any]) -> bool:
    return values.get("agent_id_number") != values.get("legal_person_id_number")


def _expired(values: Mapping[str, Any]) -> bool:
    return bool(values.get("valid_to")) and values["valid_to"] < clock.today()


# a refused application frees name, code and sign-in name for the next one
LIVING = "state <> 'REJECTED' and is_deleted is false"
PENDING = "state in ('DRAFT', 'SUBMITTED', 'RETURNED') and is_deleted is false"


class Enterprise(Entity):
    """An enterprise, from its registration on (screens.md 2.3, 3).

    Before approval the row is the application: ``application_no`` finds it, and the sign-in
    name and hashed password wait in it until the account opens.
    """

    __areas__ = (Area.ENTERPRISES, Area.REGISTRATIONS)
    __scope__ = scope.Scope(
        # every contractor may look up names and codes of approved enterprises through services
        tenant_sees=scope.ENTERPRISES.format("id"),
        government_sees=scope.DISTRICTS,
        government_writes=scope.DISTRICTS,
    )
    __table_args__ = (
        Index("uq_enterprise_name", "name", unique=True, postgresql_where=text(LIVING)),
        Index("uq_enterprise_credit_code", "credit_code", unique=True,
              postgresql_where=text(LIVING)),
        Index("uq_enterprise_username", "username", unique=True, postgresql_where=text(PENDING)),
    )  # fmt: skip

    district_code: Mapped[Any | None] = mapped_column(String(6), nullable=False, index=True)
    enterprise_type: Mapped[Any] = column(
        ChoiceOf(EnterpriseType), label=_("Enterprise type"), required_at=FORM
    )
    name: Mapped[Any] = column(
        Text(200), label=_("Enterprise name"), required_at=FORM, api="corpName"
    )
    credit_code: Mapped[Any] = column(
        CreditCode, label=_("Unified social credit code"), required_at=FORM, api="corpCode"
    )
    register_type: Mapped[Any] = column(
        Code("corp_reg_type"), label=_("Registration type"), api="corpType"
    )
    region_code: Mapped[Any] = column(
        Code("region", long=True),
        label=_("Region of registration"),
        required_at=FORM,
        api="areaCode",
    )
    address: Mapped[Any] = column(
        Text(200), label=_("Business address"), required_at=FORM, api="address"
    )
    established_on: Mapped[Any] = column(
        Date(past=True), label=_("Established on"), api="establishDate"
    )
    registered_capital: Mapped[Any] = column(
        Amount, label=_("Registered capital"), api="regCapital"
    )
    licence_file: Mapped[Any] = column(
        Document, label=_("Business licence (scan)"), required_at=FORM
    )
    licence_valid_to: Mapped[Any] = column(
        Date, label=_("Licence valid to"), help=_("Leave empty for a licence without end")
    )
    legal_person: Mapped[Any] = column(
        Text(50), label=_("Legal representative"), required_at=FORM, api="legalMan"
    )
    legal_person_id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type of the legal representative"), required_at=FORM,
        default="01", api="legalManIDCardType",
    )  # fmt: skip
    legal_person_id_number: Mapped[Any] = column(
        DocumentNumber("legal_person_id_type"),
        label=_("Document number of the legal representative"),
        required_at=FORM, api="legalManIDCardNumber",
    )  # fmt: skip
    legal_person_phone: Mapped[Any] = column(
        Phone, label=_("Telephone of the legal representative"), required_at=FORM
    )
    agent_name: Mapped[Any] = column(Text(50), label=_("Agent"), required_at=FORM, api="linkman")
    agent_id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type of the agent"), required_at=FORM, default="01"
    )
    agent_id_number: Mapped[Any] = column(
        DocumentNumber("agent_id_type"), label=_("Document number of the agent"), required_at=FORM
    )
    agent_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the agent"), required_at=FORM, api="linkTel",
        help=_("Looks up the progress of the review, together with the application number"),
    )  # fmt: skip
    authorisation_file: Mapped[Any] = column(
        Document, label=_("Letter of authorisation"), required_at=FORM, when=_agent_is_another,
        help=_("Needed when the agent is not the legal representative"),
    )  # fmt: skip
    office_phone: Mapped[Any] = column(
        Phone(personal=False), label=_("Office telephone"), api="officePhone"
    )
    email: Mapped[Any] = column(Email, label=_("E-mail"), api="email")
    postcode: Mapped[Any] = column(Postcode, label=_("Postcode"), api="zipCode")
    website: Mapped[Any] = column(Website, label=_("Website"), api="website")
    safety_licence_no: Mapped[Any] = column(
        Text(50), label=_("Work safety licence no."), required_at=FORM, when=_needs_licence
    )
    safety_licence_valid_to: Mapped[Any] = column(
        Date, label=_("Work safety licence valid to"), required_at=FORM, when=_needs_licence
    )
    safety_licence_file: Mapped[Any] = column(
        Document, label=_("Work safety licence (scan)"), required_at=FORM, when=_needs_licence
    )

    state: Mapped[Any] = column(
        State(EnterpriseState), label=_("State"), default=EnterpriseState.DRAFT, nullable=False,
        index=True,
    )  # fmt: skip
    application_no: Mapped[Any] = column(
        Text(20), label=_("Application no."), readonly=True, unique=True
    )
    username: Mapped[Any] = column(
        Text(32), label=_("Sign-in name"), required_at=FORM, index=True,
        help=_("4 to 32 letters, digits or underscores, beginning with a letter"),
    )  # fmt: skip
    # encrypted besides being hashed: the audit keeps every column, and officials read it
    password_hash: Mapped[Any | None] = mapped_column(Encrypted())
    agreed_version: Mapped[Any | None] = mapped_column(String(20))
    submitted_at: Mapped[Any] = column(Instant, label=_("Submitted at"), readonly=True)
    review_due_on: Mapped[Any] = column(Date, label=_("Review due on"), readonly=True)
    reviewed_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    reviewed_by: Mapped[Any | None] = mapped_column(Integer)
    opinion: Mapped[Any] = column(LongText(500), label=_("Opinion of the review"), readonly=True)
    returned_fields: Mapped[Any] = column(Json, label=_("Fields to correct"), readonly=True)
    attempt: Mapped[Any | None] = mapped_column(
        Integer, nullable=False, default=1, server_default="1"
    )
    # the application as it stood before it was returned, for the reviewer to compare
    previous: Mapped[Any | None] = mapped_column(JSONB)


class Qualification(Entity):
    """资质证书 of an enterprise (screens.md 2.3)."""

    __areas__ = (Area.ENTERPRISES, Area.REGISTRATIONS)
    __scope__ = scope.by_enterprise(tenant_writes=False, government_writes=True)

    enterprise_id: Mapped[Any] = column(
        Ref("Enterprise"), label=_("Enterprise"), nullable=False, index=True
    )
    district_code: Mapped[Any | None] = mapped_column(String(6), nullable=False)
    kind: Mapped[Any] = column(
        Code("qualification_type"), label=_("Qualification category"), required_at=FORM
    )
    name: Mapped[Any] = column(Text(100), label=_("Qualification name"), required_at=FORM)
    certificate_no: Mapped[Any] = column(Text(50), label=_("Certificate no."), required_at=FORM)
    level: Mapped[Any] = column(
        Code("qualification_level"), label=_("Qualification level"), required_at=FORM
    )
    valid_to: Mapped[Any] = column(Date, label=_("Valid to"), required_at=FORM)
    extension_reason: Mapped[Any] = column(
        Text(200), label=_("Reason of extension"), required_at=FORM, when=_expired,
        help=_("Needed when the certificate has expired"),
    )  # fmt: skip
    extension_file: Mapped[Any] = column(
        Document, label=_("Notice of extension"), required_at=FORM, when=_expired,
        help=_("Needed when the certificate has expired"),
    )  # fmt: skip
    file: Mapped[Any] = column(Document, label=_("Certificate (scan)"), required_at=FORM)


class EnterpriseChange(Entity):
    """企业变更: reviewed fields wait, direct fields are in force at once (screens.md 3)."""

    __areas__ = (Area.ENTERPRISES,)
    __scope__ = scope.by_enterprise(government_writes=True)
    __picker__ = ("change_no",)
    __table_args__ = (
        Index("uq_enterprise_change_pending", "enterprise_id", unique=True,
              postgresql_where=text("state = 'SUBMITTED' and is_deleted is false")),
    )  # fmt: skip

    enterprise_id: Mapped[Any] = column(
        Ref("Enterprise"), label=_("Enterprise"), nullable=False, index=True
    )
    district_code: Mapped[Any | None] = mapped_column(String(6), nullable=False, index=True)
    change_no: Mapped[Any] = column(Text(24), label=_("Change no."), readonly=True, unique=True)
    changed_fields: Mapped[Any] = column(Json, label=_("Changed fields"), readonly=True)
    reason: Mapped[Any] = column(Text(200), label=_("Reason of the change"), required_at=FORM)
    proof: Mapped[Any] = column(Documents(10), label=_("Proof"))
    # new scans among the changed fields: they wait with the request until it is approved
    files: Mapped[Any] = column(Documents(60), label=_("New scans"), readonly=True)
    state: Mapped[Any] = column(
        State(ChangeState), label=_("State"), default=ChangeState.SUBMITTED, nullable=False,
        index=True,
    )  # fmt: skip
    opinion: Mapped[Any] = column(LongText(500), label=_("Opinion of the review"), readonly=True)
    direct: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
    reviewed_by: Mapped[Any | None] = mapped_column(Integer)
    reviewed_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))


class CityKey(Entity):
    """What must be unique in the whole city, beside tables distributed by project (D11)."""

    __scope__ = scope.system_only("uniqueness over all projects is kept by services")
    __audited__ = False
    __picker__ = ("kind",)
    __table_args__ = (Index(None, "value_hash", "kind"),)

    kind: Mapped[Any | None] = mapped_column(String(30), nullable=False)
    value_hash: Mapped[Any | None] = mapped_column(String(64), nullable=False)
    project_id: Mapped[Any | None] = mapped_column(BigInteger)
    row_id: Mapped[Any | None] = mapped_column(BigInteger)
    note: Mapped[Any | None] = mapped_column(JSONB)


class UsedCaptcha(Entity):
    """A captcha that has been answered: no second answer is taken for the same picture."""

    __scope__ = scope.system_only("kept for minutes, by the captcha alone")
    __audited__ = False
    __picker__ = ("mark",)

    mark: Mapped[Any | None] = mapped_column(String(64), nullable=False, unique=True)
    expires_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True), nullable=False)
