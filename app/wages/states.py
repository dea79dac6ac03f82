"""The flow of a payroll, both ways of entry (screens.md 20)."""

from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.permissions import Area
from app.wages.choices import PayrollState as P

add_verbs({
    "ask_workers": N_("Ask the workers"), "review": N_("Pass the review"),
    "correct": N_("Correct"), "pay_part": N_("Pay in part"), "pay": N_("Pay"),
    "archive": N_("Archive"),
})  # fmt: skip

PAYROLL_FLOW = StateMachine(
    Area.WAGES,
    Transition("ask_workers", P.DRAFT, P.WITH_WORKERS, permission="write"),
    Transition("submit", (P.DRAFT, P.WITH_WORKERS), P.SUBMITTED, permission="write"),
    Transition("review", P.SUBMITTED, P.REVIEWED, system=True),
    Transition("return", P.SUBMITTED, P.RETURNED, remark_required=True, system=True),
    Transition("correct", P.RETURNED, P.DRAFT, permission="write"),
    Transition("pay_part", P.REVIEWED, P.PARTLY_PAID, system=True),
    Transition("pay", (P.SUBMITTED, P.REVIEWED, P.PARTLY_PAID), P.PAID, system=True),
    Transition("archive", P.PAID, P.ARCHIVED, system=True),
    approval=True,
)
