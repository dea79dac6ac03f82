"""Flows of attendance (screens.md 9.3, 20)."""

from app.attendance.choices import CorrectionState, OddState
from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.permissions import Area

WAITING = (CorrectionState.PENDING, CorrectionState.DISTRICT)

add_verbs({
    "forward": N_("Forward to the district"),
    "ignore": N_("Ignore"),
    "match": N_("Match"),
    "name": N_("Name the person"),
    "amend": N_("Turn into a correction"),
    "revoke": N_("Take back with the import"),
})  # fmt: skip

CORRECTION = StateMachine(
    Area.ATTENDANCE,
    Transition("approve", WAITING, CorrectionState.APPROVED),
    Transition(
        "reject", WAITING, CorrectionState.REJECTED, remark_required=True, permission="approve"
    ),
    # what is older than 30 days waits for the district, after the general contractor if need be
    Transition("forward", CorrectionState.PENDING, CorrectionState.DISTRICT, system=True),
    # the import that brought it is taken back: its punches become void
    Transition("revoke", (*WAITING, CorrectionState.APPROVED), CorrectionState.UNDONE, system=True),
    approval=True,
)

ODD = StateMachine(
    Area.ATTENDANCE,
    Transition("ignore", OddState.OPEN, OddState.IGNORED, remark_required=True, permission="write"),
    Transition("name", OddState.OPEN, OddState.SETTLED, permission="approve"),
    Transition("match", (OddState.OPEN, OddState.IGNORED), OddState.SETTLED, system=True),
    Transition("amend", OddState.OPEN, OddState.CORRECTED, system=True),
)
