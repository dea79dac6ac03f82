"""Tables of the roster: persons, stays, teams, movements, certificates, staff."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Index,
    Integer,
    String,
    UniqueConstraint,
    event,
    text,
)  # fmt: skip
from sqlalchemy import Date as SqlDate
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from app.core import checks, clock, scope
from app.core.columns import (
    BankCard,
    ChoiceOf,
    Code,
    Codes,
    Date,
    Document,
    DocumentNumber,
    Flag,
    Instant,
    LongText,
    Mobile,
    Money,
    Number,
    Phone,
    Picture,
    Ref,
    State,
    Text,
    column,
)  # fmt: skip
from app.core.columns import Integer as Whole
from app.core.columns.base import EMPTY
from app.core.models import Entity, ProjectRow
from app.projects.models import ProjectUnit
from app.roster.choices import (
    FORM_ID_TYPES,
    EmploymentType,
    IdCheck,
    MovementKind,
    StaffKind,
    StaffState,
    StayState,
    TeamState,
)  # fmt: skip

FORM = ("form",)
NOT_SAID: Any = ()  # what only the request that saves a row adds to it
BOTH = ("form", "sheet")
EVERYWHERE = ("form", "sheet", "api")
IDENTITY, CONTACT, ENTRY = _("Identity"), _("Contact"), _("Entry")
BELONGING, CARD, CONTRACT = _("Company and team"), _("Wage card"), _("Contract")
INSURANCE, TRAINING, REMARK = _("Insurance"), _("Training"), _("Remark")


def _chinese(values: Mapping[str, Any]) -> bool:
    number = str(values.get("id_number") or "")
    return (
        (values.get("id_type") or "01") == "01"
        and number[:2] not in {"81", "82", "83"}
        and (not number.startswith("9"))
    )


def _card_document(values: Mapping[str, Any]) -> bool:
    return (values.get("id_type") or "01") == "01"


def _other_document(values: Mapping[str, Any]) -> bool:
    return not _card_document(values)


def _foreign(values: Mapping[str, Any]) -> bool:
    return values.get("id_type") in {"08", "20"}


def _unionised(values: Mapping[str, Any]) -> bool:
    return bool(values.get("union_member"))


def _piecework(values: Mapping[str, Any]) -> bool:
    return values.get("pay_method") == "piece"


def _closed_term(values: Mapping[str, Any]) -> bool:
    return values.get("contract_term") == "0"


class PlainNumber(Whole):
    """A number that names something, shown without marks between thousands."""

    numeric = False

    def show(self, value: Any) -> str:
        return EMPTY if value is None else str(value)


class Person(Entity):
    """人员: one per identity document in the city; written by services only (D2)."""

    __scope__ = scope.Scope(reason="facts of the whole city are answered by services")

    id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type"), nullable=False, default="01"
    )
    id_number: Mapped[Any] = column(DocumentNumber(), label=_("Document number"), nullable=False)
    name: Mapped[Any] = column(Text(50), label=_("Name"), nullable=False)
    former_names: Mapped[Any | None] = mapped_column(
        JSONB, nullable=False, default=list, server_default="[]"
    )
    sex: Mapped[Any] = column(Code("gender"), label=_("Sex"))
    birth_on: Mapped[Any] = column(Date(past=True), label=_("Date of birth"))
    nationality: Mapped[Any] = column(
        Code("nationality", long=True), label=_("Nationality or region")
    )
    nation: Mapped[Any] = column(Code("nation"), label=_("Ethnic group"))

    __table_args__ = (UniqueConstraint("id_number_hash", "id_type"),)


class Team(ProjectRow):
    """班组 (screens.md 8.1)."""

    __scope__ = scope.by_project_unit()

    team_no: Mapped[Any] = column(
        PlainNumber(0, 2_147_483_647),
        label=_("Team no."),
        readonly=True,
        api="teamSysNo",
        index=True,
    )
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Unit"), required_at=BOTH, nullable=False, index=True,
        sheet="所属单位统一社会信用代码",
    )  # fmt: skip
    work_type: Mapped[Any] = column(
        Code("work_type"), label=_("Team trade"), required_at=BOTH, later=True, sheet="班组工种"
    )
    name: Mapped[Any] = column(
        Text(100), label=_("Team name"), required_at=EVERYWHERE, api="teamName", sheet="班组名称",
        nullable=False,
    )  # fmt: skip
    leader_name: Mapped[Any] = column(
        Text(50), label=_("Team leader"), required_at=BOTH, later=True, sheet="班组长姓名",
        api="teamLeaderName",
    )  # fmt: skip
    leader_id_type: Mapped[Any] = column(
        Code("id_type", only=FORM_ID_TYPES), label=_("Document type of the team leader"),
        default="01", sheet="班组长证件类型", api="teamLeaderIDCardType",
    )  # fmt: skip
    leader_id_number: Mapped[Any] = column(
        DocumentNumber("leader_id_type"), label=_("Document number of the team leader"),
        required_at=BOTH, later=True, sheet="班组长证件号码", api="teamLeaderIDNumber",
    )  # fmt: skip
    leader_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the team leader"), required_at=BOTH, later=True,
        sheet="班组长电话", api="teamLeaderPhone",
    )  # fmt: skip
    leader_address: Mapped[Any] = column(Text(200), label=_("Address of the team leader"))
    responsible_name: Mapped[Any] = column(
        Text(50), label=_("Responsible person"), sheet="责任人姓名", api="responsiblePersonName"
    )
    responsible_mobile: Mapped[Any] = column(
        Phone, label=_("Telephone of the responsible person"), sheet="责任人电话",
        api="responsiblePersonPhone",
    )  # fmt: skip
    responsible_id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type of the responsible person"),
        api="responsiblePersonIDCardType",
    )  # fmt: skip
    responsible_id_number: Mapped[Any] = column(
        DocumentNumber("responsible_id_type"),
        label=_("Document number of the responsible person"), api="responsiblePersonIDNumber",
    )  # fmt: skip
    contract_scope: Mapped[Any] = column(Text(200), label=_("Scope of the contract"))
    contract_money: Mapped[Any] = column(Money, label=_("Contract amount"))
    contract_file: Mapped[Any] = column(Document, label=_("Contract of the team"))
    entry_on: Mapped[Any] = column(
        Date, label=_("Entry date"), required_at=BOTH, sheet="进场日期", api="entryTime"
    )
    exit_on: Mapped[Any] = column(Date, label=_("Exit date"), readonly=True, api="exitTime")
    remark: Mapped[Any] = column(Text(200), label=_("Remark"), sheet="备注", api="remark")
    is_management: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
    state: Mapped[Any] = column(
        State(TeamState), label=_("State"), default=TeamState.ON_SITE, nullable=False
    )
    notices = NOT_SAID

    __table_args__ = (
        UniqueConstraint("project_id", "unit_id", "name"),
        UniqueConstraint("project_id", "team_no"),
    )


class ProjectWorker(ProjectRow):
    """项目工人: one stay of one person on one project (screens.md 8.2).

    The row carries the person's name, document and hash, so that lists never read ``person``.
    """

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
        Text(50), label=_("Name"), required_at=EVERYWHERE, nullable=False, section=IDENTITY,
        sheet="姓名", api="workerName", index=True,
    )  # fmt: skip
    sex: Mapped[Any] = column(
        Code("gender"), label=_("Sex"), required_at=BOTH, when=_other_document, section=IDENTITY,
        sheet="性别", help=_("Read from the number of an identity card"),
    )  # fmt: skip
    birth_on: Mapped[Any] = column(
        Date(past=True), label=_("Date of birth"), required_at=BOTH, when=_other_document,
        section=IDENTITY, sheet="出生日期",
    )  # fmt: skip
    nationality: Mapped[Any] = column(
        Code("nationality", long=True), label=_("Nationality or region"), later=True,
        default="CN", section=IDENTITY, sheet="国籍/地区",
    )  # fmt: skip
    nation: Mapped[Any] = column(
        Code("nation"), label=_("Ethnic group"), later=True, when=_chinese, section=IDENTITY,
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
        Text(100), label=_("Issuing authority"), later=True, when=_card_document,
        section=IDENTITY, sheet="签发机关", api="grantOrg",
    )  # fmt: skip
    id_valid_from: Mapped[Any] = column(
        Date, label=_("Document valid from"), section=IDENTITY, sheet="证件有效期起",
        api="startDate",
    )  # fmt: skip
    id_valid_to: Mapped[Any] = column(
        Date, label=_("Document valid to"), section=IDENTITY, sheet="证件有效期止",
        api="expiryDate", help=_("Leave empty for a document without end"),
    )  # fmt: skip
    work_permit_no: Mapped[Any] = column(
        Text(50), label=_("Work permit no."), later=True, when=_foreign, section=IDENTITY,
        sheet="就业许可编号",
    )  # fmt: skip
    work_permit_valid_to: Mapped[Any] = column(
        Date, label=_("Work permit valid to"), later=True, when=_foreign, section=IDENTITY,
        sheet="就业许可有效期至",
    )  # fmt: skip
    id_portrait: Mapped[Any] = column(
        Picture, label=_("Portrait on the document"), later=True, section=IDENTITY,
        api="headImage",
    )  # fmt: skip
    id_front: Mapped[Any] = column(
        Picture, label=_("Front of the document"), later=True, section=IDENTITY,
        api="positiveIDCardImage",
    )  # fmt: skip
    id_back: Mapped[Any] = column(
        Picture, label=_("Back of the document"), later=True, when=_card_document,
        section=IDENTITY, api="negativeIDCardImage",
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

    mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile"), required_at=EVERYWHERE, section=CONTACT, sheet="手机号码",
        api="cellPhone",
    )  # fmt: skip
    education: Mapped[Any] = column(
        Code("education"), label=_("Education"), later=True, section=CONTACT, sheet="文化程度",
        api="cultureLevelType",
    )  # fmt: skip
    politics: Mapped[Any] = column(
        Code("politics"), label=_("Political affiliation"), later=True, when=_chinese,
        section=CONTACT, sheet="政治面貌", api="politicsType",
    )  # fmt: skip
    marital: Mapped[Any] = column(
        Code("marital"), label=_("Marital status"), section=CONTACT, sheet="婚姻状况",
        api="maritalStatus",
    )  # fmt: skip
    union_member: Mapped[Any] = column(Flag, label=_("Trade union member"), section=CONTACT)
    union_joined_on: Mapped[Any] = column(
        Date(past=True), label=_("Joined the union on"), when=_unionised, section=CONTACT,
        api="joinedTime",
    )  # fmt: skip
    specialty: Mapped[Any] = column(
        Text(200), label=_("Speciality"), section=CONTACT, api="Specialty"
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
        api="entryTime", help=_("At most 15 days ahead"), index=True,
    )  # fmt: skip
    exit_on: Mapped[Any] = column(Date, label=_("Exit date"), readonly=True, api="exitTime")
    exit_reason: Mapped[Any] = column(
        Code("exit_reason"), label=_("Reason of the exit"), readonly=True
    )
    entry_file: Mapped[Any] = column(Document, label=_("Confirmation of entry"), section=ENTRY)
    card_no: Mapped[Any] = column(
        Text(30), label=_("Attendance card no."), section=ENTRY, api="cardNumber"
    )
    card_issued_at: Mapped[Any] = column(Instant, label=_("Card issued at"), section=ENTRY)

    bank_code: Mapped[Any] = column(
        Code("bank"), label=_("Bank of the wage card"), section=CARD, sheet="工资卡银行",
        api="payRollTopBankCode",
    )  # fmt: skip
    account_type: Mapped[Any] = column(
        Code("account_type"), label=_("Kind of account"), section=CARD, sheet="账户类型"
    )
    bank_branch: Mapped[Any] = column(
        Text(100), label=_("Branch"), section=CARD, sheet="开户支行", api="payRollBankName"
    )
    bank_card_no: Mapped[Any] = column(
        BankCard, label=_("Wage card no."), section=CARD, sheet="工资卡号",
        api="payRollBankCardNumber",
    )  # fmt: skip
    bank_union_no: Mapped[Any] = column(
        Text(12), label=_("Bank line no."), section=CARD, api="bankLinkNumber"
    )
    bank_account_name: Mapped[Any] = column(Text(50), label=_("Account name"), section=CARD)
    account_name_proof: Mapped[Any] = column(
        Document, label=_("Proof of a different account name"), section=CARD
    )
    bank_card_image: Mapped[Any] = column(
        Picture, label=_("Picture of the wage card"), section=CARD
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
        Date, label=_("Contract to"), later=True, when=_closed_term, section=CONTRACT,
        sheet="合同结束日期",
    )  # fmt: skip
    pay_method: Mapped[Any] = column(
        Code("pay_method"), label=_("Way of pay"), later=True, section=CONTRACT, sheet="计薪方式"
    )
    pay_rate: Mapped[Any] = column(
        Money, label=_("Pay rate"), later=True, section=CONTRACT, sheet="计薪单价"
    )
    pay_unit: Mapped[Any] = column(
        Code("measure_unit"), label=_("Unit of measure"), later=True, when=_piecework,
        section=CONTRACT, sheet="计量单位",
    )  # fmt: skip
    contract_pay_day: Mapped[Any] = column(
        Whole(1, 31), label=_("Agreed pay day"), later=True, section=CONTRACT, sheet="约定发薪日"
    )
    contract_file: Mapped[Any] = column(Document, label=_("Contract (scan)"), section=CONTRACT)
    has_contract: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)

    injury_insured: Mapped[Any] = column(
        Flag, label=_("Work-injury insurance"), later=True, section=INSURANCE, sheet="工伤保险"
    )
    accident_insured: Mapped[Any] = column(
        Flag, label=_("Accident insurance"), later=True, section=INSURANCE, sheet="意外险",
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
        State(StayState), label=_("State"), default=StayState.DRAFT, nullable=False, index=True
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
    )


@event.listens_for(ProjectWorker, "before_insert")
@event.listens_for(ProjectWorker, "before_update")
def _read_number(_mapper: Mapper[Any], _connection: Any, worker: ProjectWorker) -> None:
    """Keep what the number says about itself; other documents say nothing."""
    worker.number_fault = worker.number_permit = False
    worker.number_birth_on = worker.number_sex = None
    if worker.id_type not in (None, "01"):
        return
    try:
        read = checks.identity_number(worker.id_number or "", clock.today())
    except checks.Invalid:
        worker.number_fault = True
        return
    worker.number_birth_on, worker.number_sex = read.birth_on, read.sex
    worker.number_permit = read.is_residence_permit


class Certificate(ProjectRow):
    """证书 of a worker (screens.md 8.2)."""

    __scope__ = scope.by_project_unit()

    worker_id: Mapped[Any] = column(
        Ref("ProjectWorker"), label=_("Worker"), nullable=False, index=True
    )
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    kind: Mapped[Any] = column(Code("cert_kind"), label=_("Kind of certificate"), required_at=BOTH)
    special_type: Mapped[Any] = column(Code("special_cert_type"), label=_("Special work category"))
    name: Mapped[Any] = column(Text(100), label=_("Certificate name"))
    number: Mapped[Any] = column(Text(50), label=_("Certificate no."), required_at=BOTH)
    issuer: Mapped[Any] = column(Text(100), label=_("Issuing authority"))
    issued_on: Mapped[Any] = column(Date(past=True), label=_("Issued on"))
    valid_to: Mapped[Any] = column(Date, label=_("Valid to"), required_at=BOTH)
    file: Mapped[Any] = column(Document, label=_("Certificate (scan)"))


class Movement(ProjectRow):
    """进退场: one entry or exit of a stay; history is never rewritten (screens.md 8.3)."""

    __scope__ = scope.by_project_unit()
    __picker__ = ("kind",)

    worker_id: Mapped[Any] = column(
        Ref("ProjectWorker"), label=_("Worker"), nullable=False, index=True
    )
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    team_id: Mapped[Any | None] = mapped_column(BigInteger)
    kind: Mapped[Any] = column(
        ChoiceOf(MovementKind), label=_("Kind"), required_at=EVERYWHERE, api="type"
    )
    moved_on: Mapped[Any] = column(Date, label=_("Date"), required_at=EVERYWHERE, api="date")
    reason: Mapped[Any] = column(Code("exit_reason"), label=_("Reason"))
    settled: Mapped[Any] = column(Flag, label=_("Wages settled"))
    settlement_file: Mapped[Any] = column(Document, label=_("Settlement statement"))
    voucher: Mapped[Any] = column(Document, label=_("Attachment of the movement"), api="voucher")
    remark: Mapped[Any] = column(Text(200), label=_("Remark"))


class StaffMember(ProjectRow):
    """现场专业人员 or 管理技术人员 on a post (screens.md 8.4)."""

    __scope__ = scope.by_project_unit()

    worker_id: Mapped[Any] = column(Ref("ProjectWorker"), label=_("Stay"))
    staff_kind: Mapped[Any] = column(
        ChoiceOf(StaffKind), label=_("Kind of staff"), nullable=False, sheet="人员类别"
    )
    post: Mapped[Any] = column(
        Code("post"), label=_("Post"), required_at=BOTH, nullable=False, sheet="岗位", index=True
    )
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Unit"), required_at=BOTH, nullable=False, index=True,
        sheet="所属单位统一社会信用代码",
    )  # fmt: skip
    name: Mapped[Any] = column(
        Text(50), label=_("Name"), required_at=BOTH, nullable=False, sheet="姓名"
    )
    id_type: Mapped[Any] = column(
        Code("id_type", only=FORM_ID_TYPES), label=_("Document type"), required_at=FORM,
        default="01", sheet="证件类型",
    )  # fmt: skip
    id_number: Mapped[Any] = column(
        DocumentNumber(), label=_("Document number"), required_at=BOTH, sheet="证件号码"
    )
    sex: Mapped[Any] = column(
        Code("gender"), label=_("Sex"), required_at=BOTH, when=_other_document, sheet="性别"
    )
    birth_on: Mapped[Any] = column(
        Date(past=True), label=_("Date of birth"), required_at=BOTH, when=_other_document,
        sheet="出生日期",
    )  # fmt: skip
    nationality: Mapped[Any] = column(
        Code("nationality", long=True), label=_("Nationality or region"), later=True,
        default="CN", sheet="国籍/地区",
    )  # fmt: skip
    nation: Mapped[Any] = column(
        Code("nation"), label=_("Ethnic group"), later=True, when=_chinese, sheet="民族"
    )
    address: Mapped[Any] = column(Text(200), label=_("Home address"), later=True, sheet="住址")
    id_issuer: Mapped[Any] = column(
        Text(100), label=_("Issuing authority"), later=True, when=_card_document
    )
    id_valid_from: Mapped[Any] = column(Date, label=_("Document valid from"))
    id_valid_to: Mapped[Any] = column(
        Date, label=_("Document valid to"), help=_("Leave empty for a document without end")
    )
    id_portrait: Mapped[Any] = column(Picture, label=_("Portrait on the document"), later=True)
    id_front: Mapped[Any] = column(Picture, label=_("Front of the document"), later=True)
    id_back: Mapped[Any] = column(
        Picture, label=_("Back of the document"), later=True, when=_card_document
    )
    face_photo: Mapped[Any] = column(Picture(face=True), label=_("Face photo on site"), later=True)
    mobile: Mapped[Any] = column(Mobile, label=_("Mobile"), required_at=BOTH, sheet="手机号码")
    education: Mapped[Any] = column(Code("education"), label=_("Education"))
    politics: Mapped[Any] = column(Code("politics"), label=_("Political affiliation"))
    title_level: Mapped[Any] = column(Code("title_level"), label=_("Professional title"))
    certificate_no: Mapped[Any] = column(
        Text(50), label=_("Post certificate no."), sheet="岗位证书编号"
    )
    certificate_valid_to: Mapped[Any] = column(
        Date, label=_("Post certificate valid to"), sheet="证书有效期至"
    )
    certificate_file: Mapped[Any] = column(Document, label=_("Post certificate (scan)"))
    contract_file: Mapped[Any] = column(Document, label=_("Labour contract"))
    social_file: Mapped[Any] = column(Document, label=_("Proof of social insurance"))
    on_post_from: Mapped[Any] = column(
        Date, label=_("On post from"), required_at=BOTH, sheet="到岗日期"
    )
    on_post_to: Mapped[Any] = column(Date, label=_("On post to"))
    has_account: Mapped[Any] = column(
        Flag, label=_("Open a login"), nullable=False, default=False,
        help=_("The first password is shown once, after saving"),
    )  # fmt: skip
    username: Mapped[Any] = column(Text(32), label=_("Sign-in name"), sheet="登录账号")
    can_write: Mapped[Any] = column(
        Codes("write_area"), label=_("May write"), help=_("Empty: as the post usually may")
    )
    user_id: Mapped[Any | None] = mapped_column(Integer)
    state: Mapped[Any] = column(
        State(StaffState), label=_("State"), default=StaffState.DRAFT, nullable=False, index=True
    )
    incomplete: Mapped[Any] = column(
        Flag, label=_("To be completed"), nullable=False, default=False, readonly=True
    )
    complete_by: Mapped[Any] = column(Instant, label=_("Complete by"), readonly=True)
    replaced_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    replace_reason: Mapped[Any] = column(
        LongText(500), label=_("Reason of the replacement"), readonly=True
    )
    draft_of: Mapped[Any | None] = mapped_column(String(40))
    # the first password of a login opened by this saving: shown once, stored nowhere
    initial_password = NOT_SAID
    notices = NOT_SAID
