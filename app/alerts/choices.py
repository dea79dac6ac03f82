"""Closed lists of the alert domain."""

from typing import Any

from markupsafe import Markup

from app.core.columns import N_, Choice, ChoiceOf
from app.core.columns.base import EMPTY


class Level(Choice):
    """预警级别: colour and word (alert-rules.md section 1)."""

    BLUE = N_("Blue notice")
    YELLOW = N_("Yellow alert")
    ORANGE = N_("Orange alert")
    RED = N_("Red alert")

    @property
    def tone(self) -> str:
        """Give the colour itself."""
        return self.name.lower()

    @property
    def rank(self) -> int:
        """Give 1 for blue to 4 for red."""
        return list(Level).index(self) + 1


def level_of(rank: int) -> Level:
    """Give the level of a rank; above red there is none."""
    return list(Level)[min(max(rank, 1), 4) - 1]


CONTRACTOR_CLOSES = (Level.BLUE, Level.YELLOW)  # screens.md 11.2: the others are the bureau's


class LevelKind(ChoiceOf):
    """A level, drawn as a filled mark with its word."""

    def __init__(self) -> None:
        super().__init__(Level)

    def show(self, value: Any) -> Any:
        if value is None:
            return EMPTY
        return Markup('<span class="badge solid {}">{}</span>').format(value.tone, value.label)


class AlertState(Choice):
    """State of an alert (screens.md 20)."""

    OPEN = N_("Waiting for handling")
    ACKNOWLEDGED = N_("Acknowledged")
    HANDLING = N_("In handling")
    CLOSED = N_("Closed")


OPEN_STATES = (AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.HANDLING)


class CloseKind(Choice):
    """How an alert ended."""

    AUTO = N_("By itself")
    SETTLED = N_("Settled by the explanation given")
    BY_HAND = N_("By hand")
    FALSE_ALARM = N_("False alarm")


class Office(Choice):
    """上报层级: whose turn it is; a missed clock moves it one office up."""

    LABOUR_OFFICER = N_("Labour-wage officer")
    CONTRACTOR = N_("General contractor")
    DISTRICT = N_("District housing bureau")
    CITY = N_("City housing bureau")


class HandlingResult(Choice):
    """处置结果 (screens.md 11.2)."""

    MENDED = N_("Mended")
    FALSE_ALARM = N_("False alarm")
    EXPLAINED = N_("Explained")
    CANNOT_MEND = N_("Cannot be mended")


class Decision(Choice):
    """What the bureau decides about a join EVT-001 tells of (alert-rules.md 4)."""

    NOTE = N_("Noted")
    WATCH = N_("To be watched")
    NO_CONCERN = N_("No concern")


class EventKind(Choice):
    """What stands in the timeline of an alert."""

    OPENED = N_("Opened")
    LEVEL = N_("Level changed")
    ESCALATED = N_("Passed to the next office")
    REOPENED = N_("Opened again")
    ACKNOWLEDGED = N_("Acknowledged")
    HANDLED = N_("Handling recorded")
    RETURNED = N_("Returned for more handling")
    URGED = N_("Urged")
    CLOSED = N_("Closed")


class Layer(Choice):
    """Layers of thresholds, the nearer over the farther."""

    CITY = N_("City")
    DISTRICT = N_("District")
    PROJECT = N_("Project exemption")


UNCLOSED = "UNCLOSED"  # the word of an address for all open states
TO_CLOSE = "TO_CLOSE"  # handled, and the bureau's to close
TO_DECIDE = "TO_DECIDE"  # ends by the bureau's decision alone
