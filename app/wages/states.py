"""Every legal move of accounts, plans, transfers, payrolls and transactions (screens.md 20)."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.permissions import Area
from app.wages.choices import AccountState as C
from app.wages.choices import AllocationState, PayrollPlanState, TransactionState
from app.wages.choices import PayrollState as P
from app.wages.choices import TransferState as T

add_verbs({
    "ask_workers": N_("Ask the workers"), "review": N_("Pass the review"),
    "correct": N_("Correct"), "pay_part": N_("Pay in part"), "pay": N_("Pay"),
    "archive": N_("Archive"),
    "freeze": N_("Freeze the account"), "thaw": N_("Unfreeze the account"),
    "close_account": N_("Close the account"), "confirm_plan": N_("Confirm the plan"),
    "begin_plan": N_("Begin to carry out"), "finish_plan": N_("Carried out in full"),
    "reopen_plan": N_("Carried out in part again"),
    "confirm_receipt": N_("Confirm the money received"),
    "prove": N_("Confirm by the bank's word"), "contest": N_("Say it is not so"),
    "void": N_("Make void"), "reverse": N_("Reverse"),
})  # fmt: skip

ACCOUNT_FLOW = StateMachine(
    Area.WAGES,
    Transition("approve", C.SUBMITTED, C.ACTIVE),
    Transition("freeze", C.ACTIVE, C.FROZEN, remark_required=True, permission="approve"),
    Transition("thaw", C.FROZEN, C.ACTIVE, remark_required=True, permission="approve"),
    Transition(
        "close_account", (C.ACTIVE, C.FROZEN), C.CLOSED, remark_required=True,
        permission="approve",
        consequence=_("Nothing moves on a closed account any more, and it cannot be opened again"),
    ),
    approval=True,
)  # fmt: skip


def _plan_flow(state: Any) -> StateMachine:
    """Give the moves of a plan, which the three plans share."""
    return StateMachine(
        Area.WAGES,
        Transition("submit", state.DRAFT, state.SUBMITTED),
        Transition("confirm_plan", state.SUBMITTED, state.CONFIRMED, permission="confirm"),
        Transition("begin_plan", state.CONFIRMED, state.RUNNING, system=True),
        Transition("finish_plan", (state.CONFIRMED, state.RUNNING), state.DONE, system=True),
        # a payment that carried it out has failed, or was taken back
        Transition("reopen_plan", state.DONE, state.RUNNING, system=True),
        Transition(
            "void", (state.DRAFT, state.SUBMITTED, state.CONFIRMED), state.VOID,
            remark_required=True, permission="write",
            consequence=_("The plan is as if it had never been made"),
        ),
        approval=True,
    )  # fmt: skip


ALLOCATION_FLOW = _plan_flow(AllocationState)
PAYROLL_PLAN_FLOW = _plan_flow(PayrollPlanState)

TRANSFER_FLOW = StateMachine(
    Area.WAGES,
    Transition("confirm_receipt", (T.PENDING, T.DISPUTED), T.PAYEE_CONFIRMED, permission="confirm"),
    Transition("contest", T.PENDING, T.DISPUTED, remark_required=True, permission="confirm"),
    Transition("prove", T.PENDING, T.RECEIPT_CONFIRMED, system=True),
    Transition(
        "void", (T.PENDING, T.DISPUTED), T.VOID, remark_required=True, permission="write",
        consequence=_("The transfer counts as never made; its transaction no. is free again"),
    ),
    approval=True,
)  # fmt: skip

PAYROLL_FLOW = StateMachine(
    Area.WAGES,
    Transition("ask_workers", P.DRAFT, P.WITH_WORKERS, permission="submit"),
    Transition("submit", (P.DRAFT, P.WITH_WORKERS), P.SUBMITTED),
    Transition("review", P.SUBMITTED, P.REVIEWED),
    Transition("return", P.SUBMITTED, P.RETURNED, remark_required=True, permission="review"),
    Transition("correct", P.RETURNED, P.DRAFT, permission="write"),
    Transition("pay_part", P.REVIEWED, P.PARTLY_PAID, system=True),
    Transition("pay", (P.SUBMITTED, P.REVIEWED, P.PARTLY_PAID), P.PAID, system=True),
    Transition(
        "archive", P.PAID, P.ARCHIVED, permission="review",
        consequence=_("Only back pay changes the wages of the month afterwards"),
    ),
    approval=True,
)  # fmt: skip

TRANSACTION_FLOW = StateMachine(
    Area.WAGES,
    Transition(
        "reverse", TransactionState.BOOKED, TransactionState.REVERSED, remark_required=True,
        permission="write",
        consequence=_("The transaction counts as never booked, and what it bore out is open again"),
    ),
    approval=True,
)  # fmt: skip
