"""The life of an access to the interface (screens.md 20)."""

from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.openapi.choices import ClientState as S
from app.permissions import Area

add_verbs({"pass": N_("Self-test passed"), "go_live": N_("Go live")})

# Live: the project is approved, its vendor's software has passed and 正式 was chosen.
CLIENT_FLOW = StateMachine(
    Area.INTERFACES,
    Transition("pass", S.TRIAL, S.TESTED, system=True),
    Transition("go_live", S.TESTED, S.LIVE, system=True),
    Transition("disable", S.LIVE, S.DISABLED, permission="write"),
    Transition("expire", S.LIVE, S.EXPIRED, system=True),
    Transition("enable", S.DISABLED, S.TRIAL, permission="write"),
)
