"""Closed lists of the open interface."""

from app.core.columns import N_, Choice
from app.projects.choices import ClientState


class Content(Choice):
    """对接内容: what a client may send and ask (screens.md 7.1)."""

    TEAM = N_("Teams")
    WORKER = N_("Workers")
    ATTENDANCE = N_("Attendance data")
    WAGE = N_("Wages")


class Environment(Choice):
    """环境: where a client's calls work, in its sandbox or in the project itself."""

    TRIAL = N_("Trial")
    LIVE = N_("Live")


class Outcome(Choice):
    """What became of a call, for the call log."""

    ACCEPTED = N_("Carried out")
    PARTLY = N_("Carried out in part")
    FAILED = N_("Not carried out")
    REFUSED = N_("Refused")


__all__ = ["ClientState", "Content", "Environment", "Outcome"]
