"""项目工人: one stay of one person on one project."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ARRAY, BigInteger, Boolean, Index, Integer, String, text
from sqlalchemy import Date as SqlDate
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

import app.roster.models.teams  # noqa: F401 - the team is declared first
from app.core import scope
from app.core.columns import (
    BankCard,
    ChoiceOf,
    Code,
    Codes,
    Date,
    Document,
    DocumentNumber,
    Documents,
    Flag,
    Instant,
    Mobile,
    Money,
    Number,
    PersonName,
    Phone,
    Picture,
    Ref,
    State,
    Text,
    column,
)
from app.core.columns import Integer as Whole
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.roster.choices import FORM_ID_TYPES, NOT_FOR_WAGES, EmploymentType, IdCheck, StayState
from app.roster.models.listed import indexes_of_the_list
from app.roster.models.shared import (
    BEFORE_PAYROLL,
    BELONGING,
    BOTH,
    CARD,
    CONTACT,
    CONTRACT,
    CONTRACT_SCANS,
    ENTRY,
    EVERYWHERE,
    IDENTITY,
    INSURANCE,
    NOT_SAID,
    PROJECT_SAYS,
    REMARK,
    TRAINING,
    card_document,
    chinese,
    closed_term,
    foreign,
    other_document,
    piecework,
    unionised,
)


class ProjectWorker(ProjectRow):
    """项目工人: one stay of one person on one project (screens.md 8.2).

    The row carries the person's name, document and hash, so that lists never read ``person``.
    """

    __areas__ = (Area.ROSTER,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("name", "worker_no")

    person_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False, index=True)
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Company"), required_at=EVERYWHERE, nullable=False,
        section=BELONGING, sheet="所属单位统一社会信用代码", index=True,
    )  # fmt: skip
    team_id: Mapped[Any] = column(
        Ref("Team", parent="unit_id"), label=_("Team"), required_at=EVERYWHERE, nullable=False,
        section=BELONGING, sheet="班组名称", index=True,
    )  # fmt: skip
    worker_no: Mapped[Any] = column(Text(20), label=_("Worker no."), readonly=True)
    is_team_leader: Mapped[Any] = column(
        Flag, label=_("Team leader"), nullable=False, default=False, section=BELONGING,
        sheet="是否班组长", api="isTeamLeader",
    )  # fmt: skip
    work_role: Mapped[Any] = column(
        Code("work_role"), label=_("Kind of worker"), nullable=False, default="20",
        section=BELONGING, api="workRole",
    )  # fmt: skip
    work_type: Mapped[Any] = column(
        Code("work_type"), label=_("Trade"), required_at=("api",), later=True, section=BELONGING,
        sheet="工种", sheet_note=_("Empty: the trade of the team"), api="workType",
    )  # fmt: skip
    special_duty: Mapped[Any] = column(
        Codes("special_cert_type"), label=_("Special duties"), section=BELONGING,
        sheet="特种作业岗位",
    )  # fmt: skip
    skill_level: Mapped[Any] = column(
        Code("skill_level"), label=_("Skill level"), section=BELONGING
    )

    id_type: Mapped[Any] = column(
        Code("id_type", only=FORM_ID_TYPES), label=_("Document type"), required_at=("form", "api"),
        default="01", nullable=False, section=IDENTITY, sheet="证件类型", api="idCardType",
    )  # fmt: skip
    id_number: Mapped[Any] = column(
        DocumentNumber(), label=_("Document number"), required_at=EVERYWHERE, nullable=False,
        section=IDENTITY, sheet="证件号码", api="idCardNumber",
    )  # fmt: skip
    name: Mapped[Any] = column(
        PersonName, label=_("Name"), required_at=EVERYWHERE, nullable=False, section=IDENTITY,
        sheet="姓名", api="workerName",
    )  # fmt: skip
    former_names: Mapped[Any] = column(
        Text(200), label=_("Former names"), section=IDENTITY, readonly=True
    )
    sex: Mapped[Any] = column(
        Code("gender"), label=_("Sex"), required_at=BOTH, when=other_document, section=IDENTITY,
        sheet="性别", help=_("Read from the number of an identity card"),
    )  # fmt: skip
    birth_on: Mapped[Any] = column(
        Date(past=True), label=_("Date of birth"), required_at=BOTH, when=other_document,
        section=IDENTITY, sheet="出生日期",
    )  # fmt: skip
    nationality: Mapped[Any] = column(
        Code("nationality", long=True), label=_("Nationality or region"), later=True,
        section=IDENTITY, sheet="国籍/地区",
    )  # fmt: skip
    nation: Mapped[Any] = column(
        Code("nation"), label=_("Ethnic group"), later=True, when=chinese, section=IDENTITY,
        sheet="民族", api="nation",
    )  # fmt: skip
    address: Mapped[Any] = column(
        Text(200),
        label=_("Home address"),
        later=True,
        section=IDENTITY,
        sheet="住址",
        api="address",
    )
    id_issuer: Mapped[Any] = column(
        Text(100), label=_("Authority of the identity document"), later=True, when=card_document,
        section=IDENTITY, sheet="签发机关", api="grantOrg",
    )  # fmt: skip
    id_valid_from: Mapped[Any] = column(
        Date(past=True), label=_("Document valid from"), section=IDENTITY, sheet="证件有效期起",
        api="startDate",
    )  # fmt: skip
    id_valid_to: Mapped[Any] = column(
        Date, label=_("Document valid to"), section=IDENTITY, sheet="证件有效期止",
        api="expiryDate", help=_("Leave empty for a document without end"),
    )  # fmt: skip
    work_permit_no: Mapped[Any] = column(
        Text(50), label=_("Work permit no."), later=True, when=foreign, section=IDENTITY,
        sheet="就业许可编号",
    )  # fmt: skip
    work_permit_valid_to: Mapped[Any] = column(
        Date, label=_("Work permit valid to"), later=True, when=foreign, section=IDENTITY,
        sheet="就业许可有效期至",
    )  # fmt: skip
    id_portrait: Mapped[Any] = column(
        Picture(exchanged=True), label=_("Portrait on the identity card"), later=True,
        section=IDENTITY, api="headImage",
    )  # fmt: skip
    id_front: Mapped[Any] = column(
        Picture(identity=True, exchanged=True), label=_("Front of the identity card"), later=True,
        section=IDENTITY, api="positiveIDCardImage",
    )  # fmt: skip
    id_back: Mapped[Any] = column(
        Picture(identity=True, exchanged=True), label=_("Back of the identity card"), later=True,
        when=card_document, section=IDENTITY, api="negativeIDCardImage",
    )  # fmt: skip
    face_photo: Mapped[Any] = column(
        Picture(face=True), label=_("Face photo on site"), later=True, section=IDENTITY,
        api="issueCardPic",
    )  # fmt: skip
    id_check_state: Mapped[Any] = column(
        ChoiceOf(IdCheck), label=_("Name and number check"), default=IdCheck.UNCHECKED,
        readonly=True,
    )  # fmt: skip
    id_checked_at: Mapped[Any] = column(Instant, label=_("Checked at"), readonly=True)
    id_checked_by: Mapped[Any | None] = mapped_column(Integer)
    face_score: Mapped[Any] = column(Number(4, 2), label=_("Face score"), readonly=True)
    read_by_chip: Mapped[Any] = column(
        Flag, label=_("Read from the chip"), nullable=False, default=False, readonly=True
    )
    reader_no: Mapped[Any] = column(Text(50), label=_("Card reader no."), readonly=True)

    mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile"), required_at=EVERYWHERE, section=CONTACT, sheet="手机号码",
        api="cellPhone",
    )  # fmt: skip
    education: Mapped[Any] = column(
        Code("education"), label=_("Education"), later=True, section=CONTACT, sheet="文化程度",
        api="cultureLevelType",
    )  # fmt: skip
    politics: Mapped[Any] = column(
        Code("politics"), label=_("Political affiliation"), later=True, when=chinese,
        section=CONTACT, sheet="政治面貌", api="politicsType",
    )  # fmt: skip
    marital: Mapped[Any] = column(
        Code("marital"), label=_("Marital status"), section=CONTACT, sheet="婚姻状况",
        api="maritalStatus",
    )  # fmt: skip
    union_member: Mapped[Any] = column(Flag, label=_("Trade union member"), section=CONTACT)
    union_joined_on: Mapped[Any] = column(
        Date(past=True), label=_("Joined the union on"), when=unionised, section=CONTACT,
        api="joinedTime",
    )  # fmt: skip
    specialty: Mapped[Any] = column(
        Text(200), label=_("Speciality"), section=CONTACT, api="Specialty"
    )
    worked_since: Mapped[Any] = column(
        Date(past=True), label=_("Began to work on"), section=CONTACT, api="workDate"
    )
    serious_illness: Mapped[Any] = column(
        Flag, label=_("Serious illness"), section=CONTACT, sheet="有无重大病史",
        api="hasBadMedicalHistory", help=_("Asked only with the worker's consent"),
    )  # fmt: skip
    health_on: Mapped[Any] = column(
        Date(past=True), label=_("Health certificate of"), section=CONTACT, sheet="健康证明日期"
    )
    health_file: Mapped[Any] = column(Document, label=_("Health certificate"), section=CONTACT)
    emergency_name: Mapped[Any] = column(
        Text(50), label=_("Emergency contact"), section=CONTACT, sheet="紧急联系人",
        api="urgentLinkMan",
    )  # fmt: skip
    emergency_mobile: Mapped[Any] = column(
        Phone, label=_("Telephone of the emergency contact"), section=CONTACT,
        sheet="紧急联系电话", api="urgentLinkManPhone",
    )  # fmt: skip

    entry_on: Mapped[Any] = column(
        Date, label=_("Entry date"), required_at=BOTH, section=ENTRY, sheet="进场日期",
        api="entryTime", help=_("At most 15 days ahead"),
    )  # fmt: skip
    exit_on: Mapped[Any] = column(Date, label=_("Exit date"), readonly=True, api="exitTime")
    exit_reason: Mapped[Any] = column(
        Code("exit_reason"), label=_("Reason of the exit"), readonly=True
    )
    entry_file: Mapped[Any] = column(Document, label=_("Confirmation of entry"), section=ENTRY)
    card_no: Mapped[Any] = column(
        Text(30), label=_("Attendance card no."), section=ENTRY, api="cardNumber"
    )
    card_issued_at: Mapped[Any] = column(
        Instant(past=True), label=_("Card issued at"), section=ENTRY
    )

    bank_code: Mapped[Any] = column(
        Code("bank", unoffered=NOT_FOR_WAGES), label=_("Bank of the wage card"), section=CARD,
        sheet="工资卡银行", api="payRollTopBankCode",
    )  # fmt: skip
    account_type: Mapped[Any] = column(
        Code("account_type"), label=_("Kind of account"), section=CARD, sheet="账户类型"
    )
    bank_branch: Mapped[Any] = column(
        Text(100), label=_("Branch"), section=CARD, sheet="开户支行", api="payRollBankName"
    )
    bank_card_no: Mapped[Any] = column(
        BankCard, label=_("Wage card no."), section=CARD, sheet="工资卡号",
        sheet_note=BEFORE_PAYROLL,
        api="payRollBankCardNumber",
    )  # fmt: skip
    bank_union_no: Mapped[Any] = column(
        Text(30, input_mode="numeric"),
        label=_("Bank line no."),
        section=CARD,
        api="bankLinkNumber",
    )
    bank_account_name: Mapped[Any] = column(Text(50), label=_("Account name"), section=CARD)
    account_name_proof: Mapped[Any] = column(
        Document, label=_("Proof of a different account name"), section=CARD
    )
    bank_card_image: Mapped[Any] = column(
        Picture(identity=True), label=_("Picture of the wage card"), section=CARD
    )

    employment_type: Mapped[Any] = column(
        ChoiceOf(EmploymentType), label=_("Form of employment"), later=True, section=CONTRACT,
        sheet="用工形式",
    )  # fmt: skip
    contract_no: Mapped[Any] = column(
        Text(50), label=_("Contract no."), later=True, section=CONTRACT, sheet="合同编号"
    )
    contract_term: Mapped[Any] = column(
        Code("contract_term"), label=_("Contract term"), later=True, section=CONTRACT,
        sheet="合同期限类型",
    )  # fmt: skip
    contract_signed_on: Mapped[Any] = column(
        Date(past=True), label=_("Contract signed on"), later=True, section=CONTRACT,
        sheet="签订日期",
    )  # fmt: skip
    contract_from: Mapped[Any] = column(
        Date, label=_("Contract from"), later=True, section=CONTRACT, sheet="合同开始日期"
    )
    contract_to: Mapped[Any] = column(
        Date, label=_("Contract to"), later=True, when=closed_term, section=CONTRACT,
        sheet="合同结束日期",
    )  # fmt: skip
    pay_method: Mapped[Any] = column(
        Code("pay_method"), label=_("Way of pay"), later=True, section=CONTRACT, sheet="计薪方式"
    )
    pay_rate: Mapped[Any] = column(
        Money, label=_("Pay rate"), later=True, section=CONTRACT, sheet="计薪单价"
    )
    pay_unit: Mapped[Any] = column(
        Code("measure_unit"), label=_("Unit of measure"), later=True, when=piecework,
        section=CONTRACT, sheet="计量单位",
    )  # fmt: skip
    contract_pay_day: Mapped[Any] = column(
        Whole(1, 31), label=_("Agreed pay day"), later=True, section=CONTRACT, sheet="约定发薪日",
        sheet_note=PROJECT_SAYS,
    )  # fmt: skip
    contract_files: Mapped[Any] = column(
        Documents(CONTRACT_SCANS), label=_("Contract (scan)"), section=CONTRACT
    )
    has_contract: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)

    injury_insured: Mapped[Any] = column(
        Flag, label=_("Work-injury insurance"), later=True, section=INSURANCE, sheet="工伤保险",
        sheet_note=PROJECT_SAYS,
    )  # fmt: skip
    accident_insured: Mapped[Any] = column(
        Flag, label=_("Accident insurance"), later=True, section=INSURANCE, sheet="意外险",
        sheet_note=PROJECT_SAYS,
        api="hasBuyInsurance",
    )  # fmt: skip
    insurance_file: Mapped[Any] = column(Document, label=_("Insurance policy"), section=INSURANCE)
    training_on: Mapped[Any] = column(
        Date(past=True), label=_("Entry safety training on"), section=TRAINING
    )
    training_hours: Mapped[Any] = column(
        Number(5, 1, _("hours")), label=_("Training hours"), section=TRAINING
    )
    training_passed: Mapped[Any] = column(Flag, label=_("Training passed"), section=TRAINING)
    remark: Mapped[Any] = column(Text(200), label=_("Remark"), section=REMARK, sheet="备注")
    join_reason: Mapped[Any] = column(
        Text(200), label=_("Reason for adding all the same"), section=REMARK,
        help=_("Needed when the person stands in an incident, or comes back into the team he left"),
    )  # fmt: skip

    state: Mapped[Any] = column(
        State(StayState), label=_("State"), default=StayState.DRAFT, nullable=False
    )
    incomplete: Mapped[Any] = column(
        Flag, label=_("To be completed"), nullable=False, default=False, readonly=True
    )
    complete_by: Mapped[Any] = column(Instant, label=_("Complete by"), readonly=True)
    conflicted: Mapped[Any] = column(
        Flag, label=_("Data conflict"), nullable=False, default=False, readonly=True
    )
    conflict: Mapped[Any | None] = mapped_column(JSONB)
    # what the number itself says, readable where the number is encrypted (PERS-001 a, b, g)
    number_fault: Mapped[Any | None] = mapped_column(
        Boolean, nullable=False, default=False, server_default="false"
    )
    number_birth_on: Mapped[Any | None] = mapped_column(SqlDate)
    number_sex: Mapped[Any | None] = mapped_column(String(2))
    # the hashes of former numbers, under which gates may still send (8.5)
    former_hashes: Mapped[Any | None] = mapped_column(ARRAY(String(64)))
    # the account is in another name than the worker's (PERS-007 a), whatever the proof
    account_name_differs: Mapped[Any | None] = mapped_column(
        Boolean, nullable=False, default=False, server_default="false"
    )
    number_permit: Mapped[Any | None] = mapped_column(
        Boolean, nullable=False, default=False, server_default="false"
    )
    last_punch_at: Mapped[Any] = column(Instant, label=_("Last punch"), readonly=True)
    first_punch_at: Mapped[Any] = column(Instant, label=_("First punch"), readonly=True)
    # what the form tells after saving, such as a stay elsewhere that is asked to close
    notices = NOT_SAID

    __table_args__ = (
        Index(None, "project_id", "id_number_hash"),
        Index(
            "uq_project_worker_live_id_number",
            "project_id",
            "id_type",
            "id_number_hash",
            unique=True,
            postgresql_where=text("state <> 'EXITED' and not is_deleted"),
        ),
        Index(
            "uq_project_worker_live_is_team_leader",
            "project_id",
            "team_id",
            unique=True,
            postgresql_where=text("is_team_leader and state <> 'EXITED' and not is_deleted"),
        ),
        Index(None, "project_id", "team_id", "state"),
        Index(None, "project_id", "entry_on", "id"),
        *indexes_of_the_list(),
    )
