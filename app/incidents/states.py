"""The flows of incidents and watch entries (screens.md 20)."""

from flask_babel import lazy_gettext as _

from app.core.columns import N_
from app.core.states import StateMachine, Transition
from app.core.words import add_verbs
from app.incidents.choices import REPORTED_STATES, IncidentState, WatchState
from app.permissions import Area

S = IncidentState

INCIDENT_FLOW = StateMachine(
    Area.INCIDENTS,
    Transition(
        "report", S.DRAFT, S.REPORTED,
        consequence=_("The bureau sees the incident from now on. Report?"),
    ),
    Transition(
        "take_up", S.REPORTED, S.HANDLING, permission="write",
        consequence=_("The incident counts as being handled from now on. Start?"),
    ),
    Transition(
        "close", S.HANDLING, S.CLOSED, remark_required=True,
        consequence=_("The incident is closed and can no longer be changed."),
    ),
    Transition(
        "cancel", (S.DRAFT, S.REPORTED, S.HANDLING), S.CANCELLED, remark_required=True,
        consequence=_("The incident is set aside and can no longer be changed."),
    ),
    # 住建部门核实: the state stays, who answered what stands in the course
    *(
        Transition(
            "verify", state, state, permission="confirm",
            consequence=_("Class and date are told to whoever lets these people join from now on;"
                          " contractors can no longer change what is verified."),
        )
        for state in REPORTED_STATES
    ),
    *(
        Transition(
            "refute", state, state, remark_required=True, permission="confirm",
            consequence=_("Warnings the incident has raised end; it raises none from now on."),
        )
        for state in REPORTED_STATES
    ),
    *(
        Transition(
            "recheck", state, state, remark_required=True, permission="confirm",
            consequence=_("The incident counts as not verified again, and the enterprise that"
                          " recorded it may correct it."),
        )
        for state in (S.REPORTED, S.HANDLING)
    ),
)  # fmt: skip
WATCH_FLOW = StateMachine(
    Area.INCIDENTS,
    Transition("expire", WatchState.LIVE, WatchState.EXPIRED, system=True),
    Transition("lift", WatchState.LIVE, WatchState.LIFTED, remark_required=True, system=True),
)

add_verbs({
    "take_up": N_("Start handling"), "lift": N_("Lift"), "verify": N_("Found true"),
    "refute": N_("Found not true"), "recheck": N_("Put back for verification"),
})  # fmt: skip
