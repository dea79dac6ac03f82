"""Closed lists of the incident domain."""

from app.core.columns import N_, Choice


class IncidentState(Choice):
    """State of an incident (screens.md 20)."""

    DRAFT = N_("Draft")
    REPORTED = N_("Reported")
    HANDLING = N_("In handling")
    CLOSED = N_("Settled")
    CANCELLED = N_("Cancelled")


REPORTED_STATES = (IncidentState.REPORTED, IncidentState.HANDLING, IncidentState.CLOSED)


class Severity(Choice):
    """事件等级; another matter than the kind 重大事件."""

    COMMON = N_("Common")
    LARGER = N_("Rather large")
    MAJOR = N_("Major")


class Verdict(Choice):
    """住建部门核实."""

    WAITING = N_("Waiting for verification")
    CONFIRMED = N_("Verified")
    REFUTED = N_("Not true")


class WatchState(Choice):
    """State of a watch entry (screens.md 20)."""

    LIVE = N_("In force")
    EXPIRED = N_("Run out")
    LIFTED = N_("Lifted")


MAJOR_EVENT, DISTURBANCE, WAGE_DISPUTE = "major_event", "disturbance", "wage_dispute"
