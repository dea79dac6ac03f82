"""Flows of attendance (screens.md 20)."""

from app.attendance.choices import CorrectionState, OddState
from app.core.states import StateMachine, Transition
from app.permissions import Area

CORRECTION = StateMachine(
    Area.ATTENDANCE,
    Transition("approve", CorrectionState.PENDING, CorrectionState.APPROVED),
    Transition(
        "reject", CorrectionState.PENDING, CorrectionState.REJECTED, remark_required=True,
        permission="approve",
    ),
    # the general contractor has agreed, the district has still to decide
    Transition("forward", CorrectionState.PENDING, CorrectionState.PENDING, system=True),
)  # fmt: skip

ODD = StateMachine(
    Area.ATTENDANCE,
    Transition(
        "ignore", OddState.OPEN, OddState.IGNORED, remark_required=True, permission="write"
    ),
    Transition("settle", (OddState.OPEN, OddState.IGNORED), OddState.SETTLED, system=True),
    Transition("correct", OddState.OPEN, OddState.CORRECTED, system=True),
)
