"""The flows of incidents and watch entries (screens.md 20)."""

from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.incidents.choices import IncidentState, WatchState
from app.permissions import Area

S = IncidentState

INCIDENT_FLOW = StateMachine(
    Area.INCIDENTS,
    Transition("report", S.DRAFT, S.REPORTED),
    Transition("take_up", S.REPORTED, S.HANDLING, permission="write"),
    Transition("close", S.HANDLING, S.CLOSED, remark_required=True),
    Transition("cancel", (S.DRAFT, S.REPORTED, S.HANDLING), S.CANCELLED, remark_required=True),
)
WATCH_FLOW = StateMachine(
    Area.INCIDENTS,
    Transition("expire", WatchState.LIVE, WatchState.EXPIRED, system=True),
    Transition("lift", WatchState.LIVE, WatchState.LIFTED, remark_required=True, system=True),
)

add_verbs({"take_up": N_("Start handling"), "lift": N_("Lift")})
