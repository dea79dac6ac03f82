"""The flow of an alert (screens.md 20)."""

from app.alerts.choices import OPEN_STATES, AlertState
from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.permissions import Area

A = AlertState

ALERT_FLOW = StateMachine(
    Area.ALERTS,
    Transition("acknowledge", A.OPEN, A.ACKNOWLEDGED),
    Transition("handle", (A.ACKNOWLEDGED, A.HANDLING), A.HANDLING),
    Transition("return", A.HANDLING, A.HANDLING, remark_required=True),
    # blue and yellow are closed by the contractor, orange and red by the government
    Transition("settle", A.HANDLING, A.CLOSED, remark_required=True, permission="handle"),
    Transition("close", A.HANDLING, A.CLOSED, remark_required=True),
    # rules the bureau ends by a decision, whatever the contractor has done
    Transition("decide", OPEN_STATES, A.CLOSED, remark_required=True, permission="close"),
    Transition("end", OPEN_STATES, A.CLOSED, system=True),
    Transition("reopen", A.CLOSED, A.OPEN, system=True),
)

add_verbs({
    "settle": N_("Close as settled"), "decide": N_("Record a decision"),
    "end": N_("Ended by itself"), "reopen": N_("Opened again"), "urge": N_("Urge"),
})  # fmt: skip
