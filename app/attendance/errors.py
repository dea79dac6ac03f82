"""Refusals of attendance, one class each (screens.md 9.3, 19)."""

from app.core.errors import Refusal


class NotYourProject(Refusal):
    """The actor may not write punches of this person or project."""

    status = 403


class NobodyChosen(Refusal):
    """A correction names no worker, or one that cannot be seen."""


class WrongDates(Refusal):
    """The dates of a correction lie in the future or are too many."""


class NotOnSite(Refusal):
    """A worker was not on site on the day."""


class WrongTimes(Refusal):
    """The out time does not follow the in time within 18 hours."""


class Overlapping(Refusal):
    """The span of a correction overlaps a pair that is there already."""


class MonthLocked(Refusal):
    """The month is locked: only an approved change may touch it."""


class ProofMissing(Refusal):
    """The correction needs a proof."""


class NoteMissing(Refusal):
    """The reason 其他 needs words."""


class NotTheReviewer(Refusal):
    """Somebody else has to approve this correction."""

    status = 403
