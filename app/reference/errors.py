"""Refusals of the reference lists."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.core.errors import Refusal


class ListIsFixed(Refusal):
    """A list the national interface or the program itself fixes."""

    def __init__(self, title: Any) -> None:
        super().__init__(
            _(
                "The list “%(title)s” is fixed by the national standard or the program and cannot"
                " be changed here",
                title=title,
            )
        )


class CodeMalformed(Refusal):
    """A code of other signs than letters, digits, ``-``, ``_`` and ``.``."""

    def __init__(self) -> None:
        super().__init__(
            _("A code holds letters, digits, hyphens, underlines and full stops alone"),
            field="code",
        )


class NoSuchList(Refusal):
    """There is no list of this name."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such list: choose one"))


class CodeTaken(Refusal):
    """A code stands once in its list, retired ones included."""

    def __init__(self, code: str) -> None:
        super().__init__(
            _("The code %(code)s exists in this list already: choose another one", code=code),
            field="code",
        )


class LabelTaken(Refusal):
    """Two codes with one label could not be told apart in a drop-down or a sheet."""

    def __init__(self, label: str) -> None:
        super().__init__(
            _("The label “%(label)s” stands in this list already: choose another one", label=label),
            field="label_zh",
        )
