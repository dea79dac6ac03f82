"""Every legal move of teams, stays and staff, on one screen (screens.md 20)."""

from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.permissions import Area
from app.roster.choices import StaffState, StayState, TeamState

add_verbs({
    "expect": N_("Register for a later entry"),
    "arrive": N_("Enter on the entry date"),
    "begin": N_("Begin with the first punch"),
    "come": N_("Enter by the interface"),
    "leave": N_("Exit by the interface"),
    "take_back": N_("Become a draft again"),
    "take_post": N_("Take up the post"),
})  # fmt: skip

TEAM_FLOW = StateMachine(
    Area.ROSTER,
    Transition("enter", TeamState.DRAFT, TeamState.ON_SITE),
    Transition("exit", TeamState.ON_SITE, TeamState.EXITED),
)

STAY_FLOW = StateMachine(
    Area.ROSTER,
    Transition("enter", (StayState.DRAFT, StayState.EXPECTED), StayState.ON_SITE),
    Transition("withdraw", StayState.EXPECTED, StayState.DRAFT, permission="enter"),
    Transition("exit", StayState.ON_SITE, StayState.EXITED),
    Transition("expect", StayState.DRAFT, StayState.EXPECTED, system=True),
    Transition("leave", StayState.ON_SITE, StayState.EXITED, system=True),
    Transition("begin", StayState.DRAFT, StayState.ON_SITE, system=True),
    Transition("come", (StayState.DRAFT, StayState.EXPECTED), StayState.ON_SITE, system=True),
    Transition("arrive", (StayState.DRAFT, StayState.EXPECTED), StayState.ON_SITE, system=True),
    Transition("take_back", (StayState.EXPECTED, StayState.ON_SITE), StayState.DRAFT, system=True),
)

STAFF_FLOW = StateMachine(
    Area.STAFF,
    Transition("take_post", StaffState.DRAFT, StaffState.ON_SITE, permission="write"),
    Transition("exit", StaffState.ON_SITE, StaffState.EXITED),
)
