"""Every legal move of a project and of a unit on it (screens.md 20)."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.permissions import Area
from app.projects.choices import EDITABLE_STATES, LIVE_STATES
from app.projects.choices import ProjectState as P
from app.projects.choices import UnitState as U
from app.projects.errors import ProjectLocked

PROJECT_FLOW = StateMachine(
    Area.PROJECTS,
    Transition("submit", (P.DRAFT, P.RETURNED), P.SUBMITTED),
    Transition("withdraw", P.SUBMITTED, P.DRAFT),
    Transition("approve", P.SUBMITTED, P.APPROVED),
    Transition("return", P.SUBMITTED, P.RETURNED, remark_required=True),
    Transition("reject", P.SUBMITTED, P.REJECTED, remark_required=True),
    Transition("start", P.APPROVED, P.ACTIVE),
    Transition("suspend", P.ACTIVE, P.SUSPENDED, system=True),
    Transition("resume", P.SUSPENDED, P.ACTIVE, system=True),
    Transition("complete", P.ACTIVE, P.COMPLETED, system=True),
    Transition("archive", P.COMPLETED, P.ARCHIVED, system=True),
    approval=True,
)

UNIT_FLOW = StateMachine(
    Area.UNITS,
    Transition("register", U.WAITING_REGISTRATION, U.INVITED, system=True),
    # an invitation whose code is nobody's yet waits for the registration (5.2)
    Transition("await", U.INVITED, U.WAITING_REGISTRATION, system=True),
    Transition("accept", U.INVITED, U.ACCEPTED),
    Transition("decline", U.INVITED, U.DECLINED, remark_required=True),
    Transition("withdraw", (U.WAITING_REGISTRATION, U.INVITED), U.WITHDRAWN),
    Transition("expire", (U.WAITING_REGISTRATION, U.INVITED), U.EXPIRED, system=True),
    Transition(
        "invite",
        (U.DECLINED, U.EXPIRED),
        U.INVITED,
        consequence=_("The unit receives a new invitation and may answer it. Invite again?"),
    ),
    Transition(
        "exit",
        (
            U.WAITING_REGISTRATION,
            U.INVITED,
            U.ACCEPTED,
            U.REGISTERED,
            U.DECLINED,
            U.EXPIRED,
        ),
        U.EXITED,
        remark_required=True,
        permission="write",
    ),
)

UNTIL_COMPLETION = (*EDITABLE_STATES, *LIVE_STATES)
# what may be done to a project beside its moves, by its state: screens and services read it
# here; under review nothing but 撤回 (screens.md 4.4)
ACTS: dict[str, tuple[P, ...]] = {
    "edit": EDITABLE_STATES,
    "permits": EDITABLE_STATES,
    "invite": UNTIL_COMPLETION,  # also mending, repeating and withdrawing an invitation
    "exit_unit": (*UNTIL_COMPLETION, P.COMPLETED),
    "accept": (*UNTIL_COMPLETION, P.SUBMITTED),
    "adjust": (*UNTIL_COMPLETION, P.COMPLETED),  # 项目设置 (4.9)
    "interface": (*UNTIL_COMPLETION, P.COMPLETED),  # accesses live on for 90 days (7.1)
}


def is_open(act: str, state: P) -> bool:
    """Tell whether a project in this state is open to an act."""
    return state in ACTS[act]


def require(act: str, project: Any) -> None:
    """Refuse an act the state of the project is not open to."""
    if not is_open(act, project.state):
        raise ProjectLocked(project)


add_verbs({
    "complete": N_("Complete"), "archive": N_("Archive"), "await": N_("Wait for registration"),
})  # fmt: skip
