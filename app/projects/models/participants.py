"""Who takes part in a project, under which permit; counters of numbers."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Index,
    Integer,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

import app.projects.models.project  # noqa: F401 - the project is declared first
from app.core import scope
from app.core.columns import (
    Amount,
    ChoiceOf,
    Code,
    CreditCode,
    Date,
    Document,
    DocumentNumber,
    Documents,
    Flag,
    Instant,
    LongText,
    Mobile,
    PersonName,
    Phone,
    Pictures,
    Ref,
    State,
    Text,
    case,
    column,
)  # fmt: skip
from app.core.columns.secrets import Packed
from app.core.models import Entity, ProjectRow
from app.enterprises.models import Enterprise
from app.permissions import Area
from app.projects.choices import (
    INVITED_ROLES,
    NAMED_ROLES,
    UnitState,
    WageMode,
)  # fmt: skip

FORM = ("form",)
# a professional subcontractor keeps the labour subcontractors below its own unit
BELOW_OWN_UNIT = "parent_id = any (nullif(current_setting('app.units', true), '')::bigint[])"
LIVE_UNIT = "state not in ('DECLINED', 'WITHDRAWN', 'EXPIRED', 'EXITED') and not is_deleted"


@case(_("the unit is a subcontractor"))
def _invited(values: Mapping[str, Any]) -> bool:
    return values.get("unit_role") in INVITED_ROLES


@case(_("the unit is none of owner, supervisor, surveyor and designer"))
def _of_others(values: Mapping[str, Any]) -> bool:
    return values.get("unit_role") not in NAMED_ROLES


@case(_("the unit is a subcontractor, owner, supervisor, surveyor or designer"))
def _led(values: Mapping[str, Any]) -> bool:
    return values.get("unit_role") in (*INVITED_ROLES, *NAMED_ROLES)


@case(_("the unit is no natural person"))
def _coded(values: Mapping[str, Any]) -> bool:
    return not values.get("owner_is_person") and not values.get("owner_id_number")


def _paid_on_behalf(values: Mapping[str, Any]) -> bool:
    return values.get("wage_mode") is WageMode.BY_GENERAL_CONTRACTOR and _invited(values)


class ProjectUnit(ProjectRow):
    """参建单位: an enterprise on a project, invited, applied or only named (screens.md 5)."""

    __areas__ = (Area.UNITS,)
    __scope__ = scope.Scope(
        tenant_sees=scope.either(
            scope.PROJECTS,
            "id = any (nullif(current_setting('app.units', true), '')::bigint[])",
            scope.ENTERPRISES.format("enterprise_id"),
            BELOW_OWN_UNIT,
        ),
        tenant_writes=scope.either(
            scope.PROJECTS, scope.ENTERPRISES.format("enterprise_id"), BELOW_OWN_UNIT
        ),
        government_sees=scope.DISTRICTS,
    )
    __table_args__ = (
        Index(
            "uq_project_unit_live_credit_code",
            "project_id",
            "credit_code",
            unique=True,
            postgresql_where=text(f"{LIVE_UNIT} and unit_role not in ('007', '008', '010', '011')"),
        ),
        Index(
            "uq_project_unit_live_contract_no",
            "project_id",
            "contract_no",
            unique=True,
            postgresql_where=text(LIVE_UNIT),
        ),
        CheckConstraint("labour_amount <= contract_amount", name="labour_within_subcontract"),
        CheckConstraint("planned_exit_on >= entry_on", name="unit_dates"),
    )

    unit_role: Mapped[Any] = column(
        Code("unit_role"), label=_("Participation"), required_at=FORM, nullable=False,
        api="corpType", sheet="参建类型",
    )  # fmt: skip
    parent_id: Mapped[Any] = column(Ref("ProjectUnit"), label=_("Parent unit"))
    enterprise_id: Mapped[Any] = column(Ref(Enterprise), label=_("Enterprise"), index=True)
    credit_code: Mapped[Any] = column(
        CreditCode, label=_("Unified social credit code"), required_at=FORM, when=_coded,
        api="corpCode", sheet="统一社会信用代码", index=True,
    )  # fmt: skip
    name: Mapped[Any] = column(
        Text(200), label=_("Unit name"), required_at=FORM, api="corpName", sheet="企业名称"
    )
    owner_is_person: Mapped[Any] = column(Flag, label=_("The owner is a natural person"))
    owner_id_type: Mapped[Any] = column(Code("id_type"), label=_("Document type of the owner"))
    owner_id_number: Mapped[Any] = column(
        DocumentNumber("owner_id_type"), label=_("Document number of the owner")
    )
    contact_name: Mapped[Any] = column(
        Text(50), label=_("Contact person"), required_at=FORM, when=_of_others
    )
    contact_mobile: Mapped[Any] = column(
        Phone, label=_("Telephone of the contact"), required_at=FORM, when=_of_others
    )
    contract_no: Mapped[Any] = column(
        Text(50), label=_("Subcontract no."), required_at=FORM, when=_invited, sheet="分包合同编号"
    )
    contract_name: Mapped[Any] = column(Text(200), label=_("Subcontract name"))
    signed_on: Mapped[Any] = column(
        Date(past=True), label=_("Subcontract signed on"), required_at=FORM, when=_invited,
        sheet="合同签订日期",
    )  # fmt: skip
    work_scope: Mapped[Any] = column(
        LongText(500), label=_("Scope of the works"), required_at=FORM, when=_invited
    )
    contract_amount: Mapped[Any] = column(
        Amount, label=_("Subcontract amount"), required_at=FORM, when=_invited,
        sheet="合同金额(万元)",
    )  # fmt: skip
    labour_amount: Mapped[Any] = column(
        Amount, label=_("Labour cost in it"), required_at=FORM, when=_invited, sheet="人工费(万元)"
    )
    wage_mode: Mapped[Any] = column(
        ChoiceOf(WageMode), label=_("Way wages are paid"), required_at=FORM, when=_invited,
        default=WageMode.BY_GENERAL_CONTRACTOR,
    )  # fmt: skip
    agency_agreement: Mapped[Any] = column(
        Document, label=_("Agreement on payment on behalf"), required_at=FORM,
        when=_paid_on_behalf, help=_("Required when the general contractor pays on behalf"),
    )  # fmt: skip
    entry_on: Mapped[Any] = column(
        Date, label=_("Entry date"), required_at=FORM, when=_of_others, api="entryTime",
        sheet="进场日期",
    )  # fmt: skip
    planned_exit_on: Mapped[Any] = column(
        Date, label=_("Planned exit date"), required_at=FORM, when=_invited, sheet="计划退场日期"
    )
    exit_on: Mapped[Any] = column(Date, label=_("Exit date"), readonly=True, api="exitTime")
    leader_name: Mapped[Any] = column(
        PersonName,
        label=_("Leader"),
        required_at=FORM,
        when=_led,
        api="pmName",
        sheet="负责人姓名",
    )
    leader_id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type of the leader"), default="01",
        api="pmIDCardType", sheet="负责人证件类型",
    )  # fmt: skip
    leader_id_number: Mapped[Any] = column(
        DocumentNumber("leader_id_type"), label=_("Document number of the leader"),
        required_at=FORM, when=_invited, api="pmIDCardNumber", sheet="负责人证件号码",
    )  # fmt: skip
    leader_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the leader"), required_at=FORM, when=_led, api="pmPhone",
        sheet="负责人电话",
    )  # fmt: skip
    leader_certificate_no: Mapped[Any] = column(Text(50), label=_("Registration certificate no."))
    labour_manager_name: Mapped[Any] = column(
        PersonName, label=_("Name of the labour manager"), required_at=FORM, when=_invited,
        sheet="劳资专管员姓名",
    )  # fmt: skip
    labour_manager_id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type of the labour manager"), default="01",
        sheet="劳资专管员证件类型",
    )  # fmt: skip
    labour_manager_id_number: Mapped[Any] = column(
        DocumentNumber("labour_manager_id_type"),
        label=_("Document number of the labour manager"), required_at=FORM, when=_invited,
        sheet="劳资专管员证件号码",
    )  # fmt: skip
    labour_manager_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the labour manager"), required_at=FORM, when=_invited,
        sheet="劳资专管员电话",
    )  # fmt: skip
    contract_file: Mapped[Any] = column(
        Document, label=_("Subcontract (scan)"), required_at=FORM, when=_invited
    )
    state: Mapped[Any] = column(
        State(UnitState), label=_("State"), default=UnitState.INVITED, nullable=False
    )
    # what an invited enterprise may read before it accepts
    project_name: Mapped[Any] = column(Text(200), label=_("Project"), readonly=True)
    inviter_name: Mapped[Any] = column(Text(200), label=_("General contractor"), readonly=True)
    invited_at: Mapped[Any] = column(Instant, label=_("Invited at"), readonly=True)
    expires_on: Mapped[Any] = column(Date, label=_("Invitation expires on"), readonly=True)
    reject_reason: Mapped[Any] = column(Text(200), label=_("Reason of the refusal"), readonly=True)
    exit_reason: Mapped[Any] = column(Text(200), label=_("Reason of the exit"), readonly=True)
    settlement_file: Mapped[Any] = column(
        Document, label=_("Settlement statement"), readonly=True,
        help=_("Needed while wages of the unit are unpaid"),
    )  # fmt: skip
    incomplete: Mapped[Any] = column(
        Flag, label=_("To be completed"), nullable=False, default=False, readonly=True
    )
    complete_by: Mapped[Any] = column(Instant, label=_("Complete by"), readonly=True)
    # wage banks as a site system names them, a list in JSON; accounts are registered in 10.7
    wage_banks: Mapped[Any | None] = mapped_column(Packed())
    no_qualification_warning: Mapped[Any | None] = mapped_column(
        Boolean, nullable=False, default=False
    )


class Permit(ProjectRow):
    """施工许可证, many per project (screens.md 6)."""

    __areas__ = (Area.PROJECTS,)
    __scope__ = scope.by_project()
    __picker__ = ("permit_no",)

    permit_no: Mapped[Any] = column(Text(50), label=_("Construction permit no."), required_at=FORM)
    permit_name: Mapped[Any] = column(Text(200), label=_("Name of the works"), required_at=FORM)
    issuer: Mapped[Any] = column(Text(100), label=_("Issuing authority"), required_at=FORM)
    issued_on: Mapped[Any] = column(Date(past=True), label=_("Issued on"), required_at=FORM)
    valid_to: Mapped[Any] = column(Date, label=_("Valid to"))
    scale_text: Mapped[Any] = column(Text(200), label=_("Scale of the works"))
    contract_amount: Mapped[Any] = column(Amount, label=_("Contract price"))
    permit_images: Mapped[Any] = column(
        Pictures(5), label=_("Pictures of the permit"), required_at=FORM
    )
    contract_images: Mapped[Any] = column(
        Documents(20), label=_("Pictures of the contract"), required_at=FORM
    )
    remark: Mapped[Any] = column(Text(200), label=_("Remark"))


class Sequence(Entity):
    """Counters of numbers people read: project numbers, team numbers, application numbers."""

    __scope__ = scope.system_only("numbers are drawn by services")
    __audited__ = False
    __tablename__ = "number_sequence"

    name: Mapped[Any | None] = mapped_column(String(60), unique=True, nullable=False)
    last: Mapped[Any | None] = mapped_column(BigInteger, nullable=False, default=0)
    last_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    step: Mapped[Any | None] = mapped_column(Integer, nullable=False, default=1)
