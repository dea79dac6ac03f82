"""Closed lists of reporting upwards."""

from app.core.columns import N_, Choice, ChoiceOf
from app.core.columns.codes import TONES


class Subject(Choice):
    """上报对象, in the order of docking (open-api.md 8, order of calls)."""

    TEAM = N_("Team")
    WORKER = N_("Worker")
    MOVEMENT = N_("Entry or exit")
    CONTRACT = N_("Contract")
    ATTENDANCE = N_("Attendance")
    TRAINING = N_("Training")


class Standing(Choice):
    """How far the report of one record has come."""

    QUEUED = N_("Waiting to be reported")
    SENT = N_("Taken in, no outcome yet")
    ARRIVED = N_("Reported")
    UNREPORTED = N_("Not reported")


TONES.update({"QUEUED": "grey", "SENT": "blue", "ARRIVED": "green", "UNREPORTED": "red"})


class Badge(ChoiceOf):
    """A choice drawn as a badge; it belongs to no flow."""

    badged = True
