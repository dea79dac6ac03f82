"""Closed lists of the roster."""

from app.core.columns import N_, Choice


class StayState(Choice):
    """State of a stay; 待补齐 and 数据冲突 are marks beside it (screens.md 17, 20)."""

    DRAFT = N_("Draft")
    EXPECTED = N_("Waiting for entry")
    ON_SITE = N_("On site")
    EXITED = N_("Exited")


class TeamState(Choice):
    """班组状态."""

    DRAFT = N_("Draft")
    ON_SITE = N_("On site")
    EXITED = N_("Exited")


class StaffState(Choice):
    """State of a specialist or manager on a post."""

    DRAFT = N_("Draft")
    ON_SITE = N_("On post")
    EXITED = N_("Left the post")


class StaffKind(Choice):
    """人员类别 of 8.4."""

    SPECIALIST = N_("On-site specialist")
    MANAGER = N_("Management or technical staff")


class ReplacementState(Choice):
    """State of a request to replace the holder of a post (screens.md 8.4)."""

    SUBMITTED = N_("Waiting for review")
    RETURNED = N_("Returned for changes")
    IN_FORCE = N_("In force")
    REJECTED = N_("Not approved")
    WITHDRAWN = N_("Withdrawn")


class EmploymentType(Choice):
    """用工形式."""

    CONTRACT = N_("Labour contract")
    AGREEMENT = N_("Written work agreement")


class MovementKind(Choice):
    """进场 or 退场."""

    ENTRY = N_("Entry")
    EXIT = N_("Exit")


class IdCheck(Choice):
    """人证核验状态."""

    UNCHECKED = N_("Not checked")
    MATCHING = N_("Matching")
    DIFFERENT = N_("Not matching")


class CertCheck(Choice):
    """证书核验; 未核验 is no fault (alert-rules.md CERT-001)."""

    UNCHECKED = N_("Not checked")
    GENUINE = N_("Genuine")
    NOT_FOUND = N_("No such certificate")
    OTHER_PERSON = N_("Another person's")


class VisitState(Choice):
    """State of a visitor's pass (screens.md 8.6, 20); that its time is over needs no move."""

    ACTIVE = N_("Pass in force")
    LEFT = N_("Visitor has left")
    VOID = N_("Pass made void")


class TrainingResult(Choice):
    """结果 of a training, for one person."""

    PASSED = N_("Passed the training")
    FAILED = N_("Failed the training")


class CorrectedField(Choice):
    """更正项目 (screens.md 8.5)."""

    NAME = N_("Name")
    BIRTH_ON = N_("Date of birth")
    SEX = N_("Sex")
    ID_TYPE = N_("Document type")
    ID_NUMBER = N_("Document number")
    NATION = N_("Ethnic group")


class CorrectionBasis(Choice):
    """What a correction of a person rests on (screens.md 8.5)."""

    CHIP = N_("Read from the chip of the card")
    PICTURES = N_("Pictures of the document")
    POLICE = N_("Police certificate of the change")


class PersonCorrectionState(Choice):
    """State of a correction of a person (screens.md 8.5, 20)."""

    PENDING = N_("Waiting to take effect")
    IN_FORCE = N_("In force for everybody")
    DISPUTED = N_("Objected to")
    REJECTED = N_("Objection upheld")
    WITHDRAWN = N_("Withdrawn")


class KeptPerson(Choice):
    """Which of two persons is kept when the district merges them (screens.md 8.5)."""

    OWNER = N_("The person registered under the new number")
    ASKED = N_("The person whose correction was asked for")


class ReleaseState(Choice):
    """State of the request to close a stay whose person has begun elsewhere (8.2, 释放)."""

    PENDING = N_("Waiting for the exit")
    LEFT = N_("Exit recorded by the site")
    CLOSED = N_("Closed by the system")
    LAPSED = N_("No longer needed")


WORKER, MANAGER_ROLE = "20", "10"
MANAGEMENT_TEAM = "项目管理部"
FORM_ID_TYPES = ("01", "08", "10", "12", "17", "18", "19", "20", "99")
OFFERED_DOCUMENTS = FORM_ID_TYPES
PROJECT_MANAGER, LABOUR_MANAGER = "1009", "labour_manager"
TECHNICAL_LEADER, SAFETY_LEADER = "1030", "1029"
SAFETY_OFFICERS, CHIEF_SUPERVISOR = ("3", "1018"), "1001"
# one person of a unit at a time; a certificate is asked for; a successor is reviewed (8.4)
SINGLE_POSTS = (PROJECT_MANAGER, LABOUR_MANAGER)
CERTIFIED_POSTS = (PROJECT_MANAGER, CHIEF_SUPERVISOR, *SAFETY_OFFICERS)
REVIEWED_POSTS = (PROJECT_MANAGER,)
SUCCESSOR = "replacement"  # origin of the draft a request for a replacement makes
RELEASED = "released"  # exit reason 释放到其他项目
NAMED_LABOUR_MANAGER = "project:labour_manager"  # origin of the draft the project's form makes
SPECIAL_CERTIFICATE = "special"  # 特种作业操作资格证
SAFETY_TRAINING = ("003002", "003001")  # 入场教育, 安全教育: what counts as entry training
# names of the bank list no worker has a card of: acquirers, policy banks, clearing, a wallet
NOT_FOR_WAGES = ("001", "100", "201", "202", "203", "311", "897", "898", "9997", "NHQS")
