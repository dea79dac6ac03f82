"""Tables of the project domain: project, units, permits."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    ARRAY,
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
    Json,
    LongText,
    Mobile,
    Money,
    Number,
    Percent,
    Phone,
    Picture,
    Pictures,
    Point,
    Ref,
    State,
    Text,
    TimeOfDay,
    column,
)  # fmt: skip
from app.core.columns import Integer as Whole
from app.core.models import Entity, ProjectRow
from app.enterprises.models import Enterprise
from app.projects.choices import (
    INVITED_ROLES,
    NAMED_ROLES,
    NoPermitReason,
    PayCycle,
    ProjectState,
    UnitState,
    WageMode,
)  # fmt: skip

FORM = ("form",)
# a professional subcontractor keeps the labour subcontractors below its own unit
BELOW_OWN_UNIT = "parent_id = any (nullif(current_setting('app.units', true), '')::bigint[])"
LIVE_UNIT = "state not in ('DECLINED', 'WITHDRAWN', 'EXPIRED', 'EXITED') and not is_deleted"
EXEMPT = "exempt"


def _bonded(values: Mapping[str, Any]) -> bool:
    return values.get("bond_type") not in (None, EXEMPT)


def _exempt(values: Mapping[str, Any]) -> bool:
    return values.get("bond_type") == EXEMPT


def _insured(values: Mapping[str, Any]) -> bool:
    return bool(values.get("injury_insured"))


def _no_permit(values: Mapping[str, Any]) -> bool:
    return values.get("no_permit_reason") is not None


def _hand_entry(values: Mapping[str, Any]) -> bool:
    return bool(values.get("manual_entry"))


def _invited(values: Mapping[str, Any]) -> bool:
    return values.get("unit_role") in INVITED_ROLES


def _of_others(values: Mapping[str, Any]) -> bool:
    return values.get("unit_role") not in NAMED_ROLES


def _led(values: Mapping[str, Any]) -> bool:
    return values.get("unit_role") in (*INVITED_ROLES, *NAMED_ROLES)


def _coded(values: Mapping[str, Any]) -> bool:
    return not values.get("owner_is_person") and not values.get("owner_id_number")


def _any_insurance(values: Mapping[str, Any]) -> bool:
    return bool(values.get("injury_insured") or values.get("accident_insured"))


def _paid_on_behalf(values: Mapping[str, Any]) -> bool:
    return values.get("wage_mode") is WageMode.BY_GENERAL_CONTRACTOR and _invited(values)


class Project(Entity):
    """项目, from its application on (screens.md 4.2)."""

    __scope__ = scope.Scope(
        tenant_sees=scope.either(
            "id = any (nullif(current_setting('app.projects', true), '')::bigint[])",
            "unit_ids && nullif(current_setting('app.units', true), '')::bigint[]",
            scope.ENTERPRISES.format("general_contractor_id"),
        ),
        tenant_writes=scope.ENTERPRISES.format("general_contractor_id"),
        government_sees=scope.DISTRICTS,
        government_writes=scope.DISTRICTS,
    )
    __table_args__ = (
        CheckConstraint("labour_cost <= contract_amount", name="labour_within_contract"),
        CheckConstraint("planned_end > planned_start", name="planned_dates"),
    )

    district_code: Mapped[Any] = column(
        Code("district"), label=_("District"), required_at=FORM, nullable=False, index=True,
        section=_("Basics"),
    )  # fmt: skip
    general_contractor_id: Mapped[Any] = column(
        Ref(Enterprise), label=_("General contractor"), nullable=False, index=True
    )
    general_contractor_name: Mapped[Any] = column(
        Text(200), label=_("General contractor"), readonly=True
    )
    project_no: Mapped[Any] = column(
        Text(18), label=_("Project no."), readonly=True, unique=True, api="projectCode"
    )
    name: Mapped[Any] = column(Text(200), label=_("Project name"), required_at=FORM, api="name")
    short_name: Mapped[Any] = column(Text(50), label=_("Short name"))
    category: Mapped[Any] = column(
        Code("project_category"), label=_("Project category"), required_at=FORM, api="category"
    )
    function: Mapped[Any] = column(Code("project_function"), label=_("Use"), api="functionNum")
    nature: Mapped[Any] = column(
        Code("construction_nature"), label=_("Nature of construction"), required_at=FORM,
        api="propertyNum",
    )  # fmt: skip
    size: Mapped[Any] = column(Code("project_size"), label=_("Size"), api="prjSize")
    town: Mapped[Any] = column(Text(50), label=_("Town (street)"))
    address: Mapped[Any] = column(Text(200), label=_("Address"), required_at=FORM, api="address")
    location: Mapped[Any] = column(
        Point, label=_("Coordinates"), help=_("Longitude and latitude, such as 113.08, 22.58")
    )
    industry_department: Mapped[Any] = column(
        Code("industry_dept"), label=_("Responsible department"), required_at=FORM
    )
    investment_type: Mapped[Any] = column(
        Code("investment_type"), label=_("Kind of investment"), required_at=FORM
    )
    approval_no: Mapped[Any] = column(Text(50), label=_("Project approval no."), api="approvalNum")
    approval_level: Mapped[Any] = column(
        Code("approval_level"), label=_("Level of approval"), api="approvalLevelNum"
    )
    land_permit_no: Mapped[Any] = column(Text(50), label=_("Land-use planning permit no."))
    planning_permit_no: Mapped[Any] = column(Text(50), label=_("Works planning permit no."))
    total_investment: Mapped[Any] = column(Amount, label=_("Total investment"), api="invest")
    building_area: Mapped[Any] = column(
        Number(18, 2, "㎡"), label=_("Building area"), api="buildingArea"
    )
    building_length: Mapped[Any] = column(
        Number(18, 2, "m"), label=_("Total length"), api="buildingLength"
    )
    safety_record_no: Mapped[Any] = column(Text(50), label=_("Safety supervision record no."))
    description: Mapped[Any] = column(LongText(1000), label=_("Description"), api="description")

    contract_no: Mapped[Any] = column(
        Text(50), label=_("Construction contract no."), required_at=FORM
    )
    contract_signed_on: Mapped[Any] = column(
        Date(past=True), label=_("Contract signed on"), required_at=FORM
    )
    contract_amount: Mapped[Any] = column(Amount, label=_("Contract amount"), required_at=FORM)
    labour_cost: Mapped[Any] = column(
        Amount, label=_("Labour cost"), required_at=FORM,
        help=_("At most the contract amount"),
    )  # fmt: skip
    labour_ratio: Mapped[Any] = column(Percent, label=_("Share of labour cost"), readonly=True)
    pay_cycle: Mapped[Any] = column(
        ChoiceOf(PayCycle), label=_("Cycle of labour cost transfers"), required_at=FORM,
        default=PayCycle.MONTHLY,
    )  # fmt: skip
    planned_start: Mapped[Any] = column(
        Date, label=_("Planned start"), required_at=FORM, api="startDate"
    )
    planned_end: Mapped[Any] = column(
        Date, label=_("Planned completion"), required_at=FORM, api="completeDate"
    )
    actual_start: Mapped[Any] = column(Date(past=True), label=_("Actual start"), readonly=True)
    actual_end: Mapped[Any] = column(Date(past=True), label=_("Actual completion"), readonly=True)
    pay_day: Mapped[Any] = column(
        Whole(1, 31), label=_("Monthly pay day"), required_at=FORM, default=15,
        help=_("Of the following month; a rest day moves it back to the last working day"),
    )  # fmt: skip
    shift_start: Mapped[Any] = column(TimeOfDay, label=_("Shift begins"), required_at=FORM)
    shift_end: Mapped[Any] = column(TimeOfDay, label=_("Shift ends"), required_at=FORM)
    rest_minutes: Mapped[Any] = column(
        Whole(0, 180, _("minutes")), label=_("Noon rest"), required_at=FORM, default=90,
        help=_("The least rest taken off a day longer than six hours"),
    )  # fmt: skip
    standard_hours: Mapped[Any] = column(
        Number(4, 1, _("hours")), label=_("Standard hours a day"), required_at=FORM,
        default=Decimal("8.0"),
    )  # fmt: skip
    first_in_last_out: Mapped[Any] = column(
        Flag, label=_("Count only first in and last out"), nullable=False, default=False
    )

    no_supervisor_reason: Mapped[Any] = column(
        Text(200), label=_("Reason for having no supervisor"),
        help=_("Only where the law asks for no supervision"),
    )  # fmt: skip

    technical_leader_name: Mapped[Any] = column(Text(50), label=_("Technical leader"))
    technical_leader_mobile: Mapped[Any] = column(Mobile, label=_("Mobile of the technical leader"))
    safety_leader_name: Mapped[Any] = column(Text(50), label=_("Safety leader"), required_at=FORM)
    safety_leader_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the safety leader"), required_at=FORM
    )
    manager_name: Mapped[Any] = column(Text(50), label=_("Project manager"), required_at=FORM)
    manager_id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type of the project manager"), required_at=FORM,
        default="01",
    )  # fmt: skip
    manager_id_number: Mapped[Any] = column(
        DocumentNumber("manager_id_type"), label=_("Document number of the project manager"),
        required_at=FORM,
    )  # fmt: skip
    manager_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the project manager"), required_at=FORM
    )
    manager_certificate_no: Mapped[Any] = column(
        Text(50), label=_("Registration certificate of the project manager"), required_at=FORM
    )
    labour_manager_name: Mapped[Any] = column(Text(50), label=_("Labour manager"), required_at=FORM)
    labour_manager_id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type of the labour manager"), required_at=FORM,
        default="01",
    )  # fmt: skip
    labour_manager_id_number: Mapped[Any] = column(
        DocumentNumber("labour_manager_id_type"),
        label=_("Document number of the labour manager"), required_at=FORM,
    )  # fmt: skip
    labour_manager_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the labour manager"), required_at=FORM
    )
    labour_manager_username: Mapped[Any] = column(
        Text(32), label=_("Sign-in name of the labour manager"),
        help=_("The account opens when the project is approved"),
    )  # fmt: skip

    bond_type: Mapped[Any] = column(Code("bond_type"), label=_("Wage deposit"), required_at=FORM)
    bond_amount: Mapped[Any] = column(
        Money, label=_("Deposit amount"), required_at=FORM, when=_bonded
    )
    bond_on: Mapped[Any] = column(
        Date(past=True), label=_("Deposited (issued) on"), required_at=FORM, when=_bonded
    )
    bond_valid_to: Mapped[Any] = column(
        Date, label=_("Deposit valid to"), required_at=FORM, when=_bonded
    )
    bond_file: Mapped[Any] = column(
        Document, label=_("Deposit voucher"), required_at=FORM, when=_bonded
    )
    exempt_reason: Mapped[Any] = column(
        Text(200), label=_("Reason of exemption"), required_at=FORM, when=_exempt
    )
    bond_used_on: Mapped[Any] = column(Date(past=True), label=_("Deposit used on"))
    bond_topped_up_on: Mapped[Any] = column(Date(past=True), label=_("Deposit topped up on"))
    injury_insured: Mapped[Any] = column(
        Flag, label=_("Project work-injury insurance"), required_at=FORM
    )
    injury_from: Mapped[Any] = column(
        Date, label=_("Insurance from"), required_at=FORM, when=_insured
    )
    injury_to: Mapped[Any] = column(Date, label=_("Insurance to"), required_at=FORM, when=_insured)
    accident_insured: Mapped[Any] = column(Flag, label=_("Accident insurance"), required_at=FORM)
    insurance_file: Mapped[Any] = column(
        Document, label=_("Insurance policy"), required_at=FORM, when=_any_insurance
    )

    contract_pages: Mapped[Any] = column(
        Documents(20), label=_("Key pages of the contract"), required_at=FORM
    )
    bid_notice: Mapped[Any] = column(Document, label=_("Letter of award"))
    start_report: Mapped[Any] = column(Document, label=_("Start report"))
    rights_board: Mapped[Any] = column(Picture, label=_("Photo of the rights notice board"))
    board_posted_on: Mapped[Any] = column(Date(past=True), label=_("Board posted on"))

    no_permit_reason: Mapped[Any] = column(
        ChoiceOf(NoPermitReason), label=_("Reason for needing no permit")
    )
    no_permit_file: Mapped[Any] = column(
        Document, label=_("Proof for needing no permit"), required_at=FORM, when=_no_permit
    )
    manual_entry: Mapped[Any] = column(
        Flag, label=_("Data are entered by hand"), nullable=False, default=False
    )
    manual_entry_reason: Mapped[Any] = column(
        Text(200), label=_("Reason for entering by hand"), required_at=FORM, when=_hand_entry
    )

    state: Mapped[Any] = column(
        State(ProjectState), label=_("State"), default=ProjectState.DRAFT, nullable=False,
        index=True, api="prjStatus",
    )  # fmt: skip
    attempt: Mapped[Any] = column(
        Whole, label=_("Submission no."), readonly=True, nullable=False, default=0,
        server_default="0",
    )  # fmt: skip
    submitted_at: Mapped[Any] = column(Instant, label=_("Submitted at"), readonly=True)
    review_due_on: Mapped[Any] = column(Date, label=_("Review due on"), readonly=True)
    approved_on: Mapped[Any] = column(Date, label=_("Approved on"), readonly=True)
    opinion: Mapped[Any] = column(LongText(500), label=_("Opinion of the review"), readonly=True)
    returned_fields: Mapped[Any] = column(Json, label=_("Fields to correct"), readonly=True)
    previous: Mapped[Any | None] = mapped_column(Json().sql())
    # units that entered by accepting: their enterprises see the project itself
    unit_ids: Mapped[Any] = mapped_column(
        ARRAY(BigInteger), nullable=False, default=list, server_default="{}"
    )


class ProjectUnit(ProjectRow):
    """参建单位: an enterprise on a project, invited, applied or only named (screens.md 5)."""

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
        Code("unit_role"), label=_("Role"), required_at=FORM, nullable=False, api="corpType",
        sheet="参建类型",
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
        Text(50), label=_("Contact"), required_at=FORM, when=_of_others
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
        when=_paid_on_behalf,
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
        Text(50),
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
        Text(50), label=_("Labour manager"), required_at=FORM, when=_invited,
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
    no_qualification_warning: Mapped[Any | None] = mapped_column(
        Boolean, nullable=False, default=False
    )


class Permit(ProjectRow):
    """施工许可证, many per project (screens.md 6)."""

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
