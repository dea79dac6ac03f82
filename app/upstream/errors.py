"""What reporting upwards refuses, and what can go wrong on the way."""

from flask_babel import lazy_gettext as _

from app.core.errors import Refusal


class Incomplete(Refusal):
    """Reporting is switched on without what it needs."""

    def __init__(self, field: str) -> None:
        super().__init__(
            _("Reporting cannot be switched on without this: fill it in, or switch it off"),
            field=field,
        )


class CodeTaken(Refusal):
    """The code has its counterpart already."""

    def __init__(self) -> None:
        super().__init__(_("This code is on the list already: change that entry"), field="code")


class NoSuchCode(Refusal):
    """The chosen list has no such code."""

    def __init__(self) -> None:
        super().__init__(
            _("The chosen list has no such code: look it up under Dictionaries"), field="code"
        )


class SiteTaken(Refusal):
    """The project has its number upstream already."""

    def __init__(self) -> None:
        super().__init__(
            _("This project is on the list already: change that entry"), field="project_no"
        )


class NoSuchSite(Refusal):
    """No project has this number."""

    def __init__(self) -> None:
        super().__init__(
            _("No project has this number: type it as it stands on the project's page"),
            field="project_no",
        )


class KeyHalf(Refusal):
    """An access number of its own without a secret, or the other way round."""

    def __init__(self, field: str) -> None:
        super().__init__(
            _("Access number and secret belong together: enter both, or neither"), field=field
        )


class AlreadyThere(Refusal):
    """The record has arrived, and its method has no second time."""

    def __init__(self) -> None:
        super().__init__(
            _("The upper platform has this record already and takes it only once: not sent again")
        )


class SwitchedOff(Refusal):
    """Nothing is sent while reporting is off."""

    def __init__(self) -> None:
        super().__init__(
            _("Reporting is switched off: switch it on under Settings of reporting first")
        )


class SpanReversed(Refusal):
    """The last day lies before the first."""

    def __init__(self) -> None:
        super().__init__(_("The last day lies before the first: change one"), field="last")


class Unreachable(Exception):
    """The upper platform gave no answer one can read; ``sent`` says whether it may have heard."""

    def __init__(self, sentence: str, *, sent: bool) -> None:
        super().__init__(sentence)
        self.sent = sent
