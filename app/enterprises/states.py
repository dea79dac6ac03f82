"""Every legal move of a registration, of an enterprise after it, and of its changes."""

from flask_babel import lazy_gettext as _

from app.core.states import StateMachine, Transition
from app.enterprises.choices import ChangeState, EnterpriseState
from app.permissions import Area

# screens.md 20, Enterprise: the applicant has no account, so submitting is no right of a role
REGISTRATION = StateMachine(
    Area.REGISTRATIONS,
    Transition(
        "submit", (EnterpriseState.DRAFT, EnterpriseState.RETURNED), EnterpriseState.SUBMITTED,
        system=True,
    ),
    Transition("approve", EnterpriseState.SUBMITTED, EnterpriseState.APPROVED),
    Transition(
        "return", EnterpriseState.SUBMITTED, EnterpriseState.RETURNED, remark_required=True
    ),
    Transition(
        "reject", EnterpriseState.SUBMITTED, EnterpriseState.REJECTED, remark_required=True
    ),
    approval=True,
)  # fmt: skip

# the city closes and reopens an approved enterprise
STANDING = StateMachine(
    Area.ENTERPRISES,
    Transition(
        "disable", EnterpriseState.APPROVED, EnterpriseState.DISABLED, remark_required=True,
        consequence=_("The enterprise can no longer work in the platform: its accounts are closed"
                      " until it is enabled."),
    ),
    Transition(
        "enable", EnterpriseState.DISABLED, EnterpriseState.APPROVED, remark_required=True,
        consequence=_("The accounts of the enterprise open again."),
    ),
    approval=True,
)  # fmt: skip

KEPT = _("The request is not put into force; the values in force stay. Give the reason below.")
# screens.md 20, EnterpriseChange
CHANGE = StateMachine(
    Area.ENTERPRISES,
    Transition(
        "approve", ChangeState.SUBMITTED, ChangeState.APPROVED,
        consequence=_("The new values take effect at once. Approve?"),
    ),
    Transition(
        "return", ChangeState.SUBMITTED, ChangeState.RETURNED, remark_required=True,
        consequence=KEPT,
    ),
    Transition(
        "reject", ChangeState.SUBMITTED, ChangeState.REJECTED, remark_required=True,
        consequence=KEPT,
    ),
    Transition(
        "withdraw", ChangeState.SUBMITTED, ChangeState.WITHDRAWN,
        consequence=_("The request is taken back; the values in force stay. Continue?"),
    ),
    approval=True,
)  # fmt: skip
