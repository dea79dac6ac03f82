"""Every legal move of teams, stays and staff, on one screen (screens.md 20)."""

from flask_babel import lazy_gettext as _

from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.permissions import Area
from app.roster.choices import (
    PersonCorrectionState,
    ReleaseState,
    ReplacementState,
    StaffState,
    StayState,
    TeamState,
    VisitState,
)

add_verbs({
    "expect": N_("Register for a later entry"),
    "arrive": N_("Enter on the entry date"),
    "begin": N_("Begin with the first punch"),
    "come": N_("Enter by the interface"),
    "leave": N_("Exit by the interface"),
    "restore": N_("Take the exit back"),
    "take_back": N_("Become a draft again"),
    "take_post": N_("Take up the post"), "train": N_("Training of several"),
    "vacate": N_("End of the post"),
    "take_effect": N_("Take effect"),
    "release": N_("Exit by the system after a release"),
    "dispute": N_("Raise an objection"),
    "clash": N_("The number belongs to another person"), "merge": N_("Merge the persons"),
    "give_up": N_("Recorded exit"),
    "lapse": N_("Lapse"),
    "shut": N_("Close by the system"),
    "depart": N_("Leave the site"), "void": N_("Make void"),
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
    Transition("release", StayState.ON_SITE, StayState.EXITED, system=True),
    Transition("begin", StayState.DRAFT, StayState.ON_SITE, system=True),
    Transition("come", (StayState.DRAFT, StayState.EXPECTED), StayState.ON_SITE, system=True),
    Transition("arrive", (StayState.DRAFT, StayState.EXPECTED), StayState.ON_SITE, system=True),
    Transition("restore", StayState.EXITED, StayState.ON_SITE, system=True),
    Transition("take_back", (StayState.EXPECTED, StayState.ON_SITE), StayState.DRAFT, system=True),
)

STAFF_FLOW = StateMachine(
    Area.STAFF,
    Transition("take_post", StaffState.DRAFT, StaffState.ON_SITE, permission="write"),
    Transition("exit", StaffState.ON_SITE, StaffState.EXITED),
    # on its last day, with the exit of the stay, or to a successor
    Transition("vacate", StaffState.ON_SITE, StaffState.EXITED, system=True),
    # the import that completed the draft is taken back
    Transition("take_back", StaffState.ON_SITE, StaffState.DRAFT, system=True),
)

WAITING, RETURNED = ReplacementState.SUBMITTED, ReplacementState.RETURNED
# who takes over a reviewed post waits for the government, as screens.md 4.5; others do at once
REPLACEMENT_FLOW = StateMachine(
    Area.STAFF,
    Transition(
        "approve", WAITING, ReplacementState.IN_FORCE,
        consequence=_("The successor takes the post at once, and the present holder loses this"
                      " project the same moment. Approve?"),
    ),
    Transition("return", WAITING, RETURNED, remark_required=True),
    Transition("reject", WAITING, ReplacementState.REJECTED, remark_required=True),
    Transition("submit", RETURNED, WAITING, permission="exit"),
    Transition(
        "withdraw", (WAITING, RETURNED), ReplacementState.WITHDRAWN, permission="exit",
        consequence=_("The request is taken back; the present holder stays. Continue?"),
    ),
    Transition("take_effect", WAITING, ReplacementState.IN_FORCE, system=True),
    approval=True,
)  # fmt: skip

PERSON_CORRECTION_FLOW = StateMachine(
    Area.PERSONS,
    Transition("withdraw", PersonCorrectionState.PENDING, PersonCorrectionState.WITHDRAWN),
    Transition(
        "dispute",
        PersonCorrectionState.PENDING,
        PersonCorrectionState.DISPUTED,
        remark_required=True,
    ),
    Transition(
        "approve",
        PersonCorrectionState.DISPUTED,
        PersonCorrectionState.IN_FORCE,
        consequence=_("The new values hold at once for the person and all live stays in the city"),
    ),
    Transition(
        "reject",
        PersonCorrectionState.DISPUTED,
        PersonCorrectionState.REJECTED,
        remark_required=True,
    ),
    # the number is another person's, who is the same human being (8.5)
    Transition(
        "merge",
        PersonCorrectionState.DISPUTED,
        PersonCorrectionState.IN_FORCE,
        remark_required=True,
    ),
    Transition(
        "take_effect", PersonCorrectionState.PENDING, PersonCorrectionState.IN_FORCE, system=True
    ),
    # the new number has meanwhile been registered for somebody else: the district decides
    Transition("clash", PersonCorrectionState.PENDING, PersonCorrectionState.DISPUTED, system=True),
    approval=True,
)

RELEASE_FLOW = StateMachine(
    Area.ROSTER,
    Transition("give_up", ReleaseState.PENDING, ReleaseState.LEFT, system=True),
    Transition("shut", ReleaseState.PENDING, ReleaseState.CLOSED, system=True),
    Transition("lapse", ReleaseState.PENDING, ReleaseState.LAPSED, system=True),
)

# a pass whose time is over stays as it is: no move follows from a date
VISIT_FLOW = StateMachine(
    Area.ROSTER,
    Transition("depart", VisitState.ACTIVE, VisitState.LEFT, permission="write"),
    Transition(
        "void", VisitState.ACTIVE, VisitState.VOID, remark_required=True, permission="write",
        consequence=_("The pass counts as never given; punches during it are no visitor's"),
    ),
)  # fmt: skip
