"""Refusals: what a service says when it will not do what was asked.

Each refusal is a sentence that names what is wrong and how to mend it. The form shows it
beside the field it names, the sheet beside the cell, the interface in ``message``.
"""

from typing import Any

from flask_babel import lazy_gettext as _


class Refusal(Exception):
    """Base of every refusal. ``field`` names the column it is about, if it is about one."""

    status = 409

    def __init__(self, message: Any = "", *, field: str = "") -> None:
        self.message = message
        self.field = field
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.message)


class Refusals(Refusal):
    """Several refusals found together, so that nobody mends one error at a time."""

    def __init__(self, problems: list[Refusal]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))

    def __str__(self) -> str:
        return "；".join(str(problem) for problem in self.problems)


class NotAllowed(Refusal):
    """The actor may not do this."""

    status = 403

    def __init__(self, message: Any = None) -> None:
        super().__init__(message or _("You may not do this here"))


class NotFound(Refusal):
    """The row does not exist, or not for this principal."""

    status = 404

    def __init__(self, message: Any = None, *, field: str = "") -> None:
        super().__init__(message or _("This record does not exist or is not yours"), field=field)


class Closed(Refusal):
    """The row is in no state to be changed through its form."""

    def __init__(self, row: str) -> None:
        super().__init__(_("“%(row)s” cannot be changed as it stands", row=row))


class Stale(Refusal):
    """Somebody else saved the row in between (screens.md 0, row_version)."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else has changed this record meanwhile. Refresh the page and try again")
        )


class IllegalMove(Refusal):
    """A move the state machine does not list (screens.md 20)."""


def refuse_all(problems: list[Refusal]) -> None:
    """Raise what was found, alone or together; return when nothing was."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise Refusals(problems)
