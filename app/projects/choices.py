"""Closed lists of the project domain."""

from app.core.columns import N_, Choice


class ProjectState(Choice):
    """项目状态 (screens.md 17, 20)."""

    DRAFT = N_("Draft")
    SUBMITTED = N_("Waiting for review")
    RETURNED = N_("Returned for changes")
    REJECTED = N_("Not approved")
    APPROVED = N_("Approved (not started)")
    ACTIVE = N_("Under construction")
    SUSPENDED = N_("Suspended")
    COMPLETED = N_("Completed")
    ARCHIVED = N_("Archived")


LIVE_STATES = (ProjectState.APPROVED, ProjectState.ACTIVE, ProjectState.SUSPENDED)
WORKING_STATES = (*LIVE_STATES, ProjectState.COMPLETED)


class UnitState(Choice):
    """参建单位状态 (screens.md 5.2)."""

    WAITING_REGISTRATION = N_("Waiting for registration")
    INVITED = N_("Waiting for acceptance")
    ACCEPTED = N_("Accepted")
    DECLINED = N_("Declined")
    WITHDRAWN = N_("Withdrawn")
    EXPIRED = N_("Expired")
    EXITED = N_("Exited")
    REGISTERED = N_("Registered")


ON_SITE_UNITS = (
    UnitState.WAITING_REGISTRATION, UnitState.INVITED, UnitState.ACCEPTED, UnitState.REGISTERED,
)  # fmt: skip


class PayCycle(Choice):
    """人工费拨付周期: never longer than a month (724 art 24)."""

    MONTHLY = N_("Monthly")
    HALF_MONTHLY = N_("Half-monthly")


class WageMode(Choice):
    """工资支付方式."""

    BY_GENERAL_CONTRACTOR = N_("Paid by the general contractor on behalf")
    BY_SUBCONTRACTOR = N_("Paid by the subcontractor")


class NoPermitReason(Choice):
    """免办施工许可的理由."""

    BELOW_LIMIT = N_("Below the limit")
    EMERGENCY = N_("Emergency relief")
    OTHER = N_("Other")


class ClientState(Choice):
    """接入方状态 (screens.md 20)."""

    TRIAL = N_("Trial")
    TESTED = N_("Self-test passed")
    LIVE = N_("Live")
    DISABLED = N_("Disabled")
    EXPIRED = N_("Expired")


GENERAL_CONTRACTOR, OWNER, SUPERVISOR = "009", "008", "007"
SURVEYOR, DESIGNER, PROFESSIONAL, LABOUR = "010", "011", "001", "006"
INVITED_ROLES = (PROFESSIONAL, LABOUR)
NAMED_ROLES = (OWNER, SUPERVISOR, SURVEYOR, DESIGNER)
OTHER_ROLES = ("002", "003", "004", "005", "012")
WAGE_ROLES = ("001", "002", "003", "004", "005", "006", "009", "012")
# the prefix a participant's fields have in the application form (screens.md 4.2 C)
BLOCKS = {"owner": OWNER, "supervisor": SUPERVISOR, "surveyor": SURVEYOR, "designer": DESIGNER}
EDITABLE_STATES = (ProjectState.DRAFT, ProjectState.RETURNED)
GONE_UNITS = (UnitState.DECLINED, UnitState.WITHDRAWN, UnitState.EXPIRED, UnitState.EXITED)
OPEN_INVITATIONS = (UnitState.WAITING_REGISTRATION, UnitState.INVITED)
