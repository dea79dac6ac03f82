"""Refusals of the alert domain."""

from flask_babel import lazy_gettext as _

from app.core.errors import Refusal


class ProofMissing(Refusal):
    """An orange or red alert was handled without proof."""

    def __init__(self) -> None:
        super().__init__(_("Orange and red alerts need proof: add a file"), field="proof")


class GovernmentCloses(Refusal):
    """A contractor tried to close what the government closes."""

    def __init__(self) -> None:
        super().__init__(_("Orange and red alerts are closed by the housing bureau"))


class NotHandledYet(Refusal):
    """A close without a record of handling."""

    def __init__(self) -> None:
        super().__init__(
            _("No record of handling waits for an answer: the enterprise records one first")
        )


class NoDecision(Refusal):
    """A decision on an alert of a rule that ends by its data."""

    def __init__(self) -> None:
        super().__init__(_("This alert ends when its data are right; a decision does not end it"))


class DecisionEnds(Refusal):
    """A close of what only the bureau's decision, or the data, end."""

    def __init__(self) -> None:
        super().__init__(_("This alert ends by the decision of the bureau, not by a close"))


class DecisionMissing(Refusal):
    """A decision that does not say which one it is."""

    def __init__(self) -> None:
        super().__init__(_("Choose the decision"), field="decision")


class WeakerThanLaw(Refusal):
    """A threshold laxer than the layer above, or outside its bounds."""
