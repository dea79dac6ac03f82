"""The project itself, from its application on."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import (
    Amount,
    ChoiceOf,
    Code,
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
    Picture,
    Point,
    Ref,
    State,
    Text,
    TimeOfDay,
    column,
)  # fmt: skip
from app.core.columns import Integer as Whole
from app.core.models import Entity
from app.enterprises.models import Enterprise
from app.permissions import Area
from app.projects.choices import (
    NoPermitReason,
    PayCycle,
    ProjectState,
)  # fmt: skip

FORM = ("form",)
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


def _any_insurance(values: Mapping[str, Any]) -> bool:
    return bool(values.get("injury_insured") or values.get("accident_insured"))


class Project(Entity):
    """项目, from its application on (screens.md 4.2)."""

    __areas__ = (Area.PROJECTS,)
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
    sender_project_no: Mapped[Any] = column(
        Text(50), label=_("Project no. of the sender"), readonly=True, api="thirdPartyProjectCode"
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
    allow_same_team: Mapped[Any] = column(
        Flag, label=_("Return into the very team without a reason"), nullable=False, default=False,
        help=_("Off: who comes back into the team he left is asked for a reason"),
    )  # fmt: skip

    no_supervisor_reason: Mapped[Any] = column(
        Text(200), label=_("Reason for having no supervisor"),
        help=_("Only where the law asks for no supervision"),
    )  # fmt: skip

    technical_leader_name: Mapped[Any] = column(Text(50), label=_("Name of the technical leader"))
    technical_leader_mobile: Mapped[Any] = column(Mobile, label=_("Mobile of the technical leader"))
    safety_leader_name: Mapped[Any] = column(
        Text(50), label=_("Name of the safety leader"), required_at=FORM
    )
    safety_leader_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the safety leader"), required_at=FORM
    )
    manager_name: Mapped[Any] = column(
        Text(50), label=_("Name of the project manager"), required_at=FORM
    )
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
    labour_manager_name: Mapped[Any] = column(
        Text(50), label=_("Name of the labour manager"), required_at=FORM
    )
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

    bond_type: Mapped[Any] = column(
        Code("bond_type"), label=_("Kind of wage deposit"), required_at=FORM
    )
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
