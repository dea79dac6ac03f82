"""Closed lists of attendance."""

from app.core.columns import N_, Choice


class PunchState(Choice):
    """What is thought of a punch 状态 (screens.md 7.4, 9.2)."""

    VALID = N_("Valid")
    DUPLICATE = N_("Repeated")
    UNMATCHED = N_("Not matched")
    PENDING = N_("Waiting for approval")
    VOID = N_("Void")
    DRIFTED = N_("Clock ahead")
    LATE = N_("Sent late")


NOT_COUNTING = (PunchState.UNMATCHED, PunchState.PENDING, PunchState.VOID)


class CorrectionState(Choice):
    """补录状态; both levels of approval are 待审 (screens.md 9.3, 20)."""

    PENDING = N_("Waiting for the general contractor")
    DISTRICT = N_("Waiting for the district")
    APPROVED = N_("In force")
    REJECTED = N_("Rejected")
    UNDONE = N_("Undone")


class OddKind(Choice):
    """Why a punch stands in 异常流水."""

    AHEAD = N_("Clock too far ahead")
    UNMATCHED = N_("No stay covers this moment")


class OddState(Choice):
    """What became of it."""

    OPEN = N_("To be dealt with")
    SETTLED = N_("Matched")
    CORRECTED = N_("Turned into a record")
    IGNORED = N_("Ignored")


class Direction(Choice):
    """Codes of the dictionary ``direction``: 01 入场, 02 出场."""

    IN = "01"
    OUT = "02"


IN, OUT = Direction.IN.value, Direction.OUT.value
OTHER_REASON, DEVICE_FAULT = "other", "device_fault"
