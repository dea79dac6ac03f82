"""Refusals of the incident domain."""

from flask_babel import lazy_gettext as _

from app.core.errors import Refusal


class ForeignUnit(Refusal):
    """A unit that is not on the project or not the user's."""

    def __init__(self) -> None:
        super().__init__(_("Choose a unit of your project from the list"), field="unit_id")


class NotOpen(Refusal):
    """An incident that can no longer be changed."""

    def __init__(self) -> None:
        super().__init__(_("A settled or cancelled incident can no longer be changed"))


class ConfirmedAlready(Refusal):
    """A contractor tried to cancel what the bureau has verified."""

    def __init__(self) -> None:
        super().__init__(_("The bureau has verified this incident: only the bureau cancels it"))


class NotTheRecorder(Refusal):
    """A contractor tried to change or move what another enterprise recorded."""

    def __init__(self) -> None:
        super().__init__(_("Only the enterprise that recorded this incident changes it"))


class VerdictGiven(Refusal):
    """A contractor tried to change what the bureau has given its verdict on."""

    def __init__(self) -> None:
        super().__init__(
            _("The bureau has verified what is recorded here: only measures, outcome and the"
              " number of people not identified are still filled in")
        )  # fmt: skip


class KnownBeforeItHappened(Refusal):
    """Times that contradict each other."""

    def __init__(self) -> None:
        super().__init__(_("Nobody knows of an incident before it occurs"), field="known_at")


class HandlingMissing(Refusal):
    """A close without measures or outcome."""

    def __init__(self, field: str) -> None:
        super().__init__(_("To close it, fill in the measures taken and the outcome"), field=field)


class NobodyNamed(Refusal):
    """A close with neither people nor a number of unknown ones."""

    def __init__(self) -> None:
        super().__init__(
            _("Name the people concerned, or say how many could not be identified"),
            field="unknown_count",
        )


class WrongPerson(Refusal):
    """A line of people that cannot be kept as it is."""


class VerdictMissing(Refusal):
    """The bureau's answer is neither yes nor no."""

    def __init__(self) -> None:
        super().__init__(_("Choose “verified” or “not true”"), field="confirmed")
