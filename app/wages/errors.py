"""Refusals of the wage domain; each says what is wrong and how to mend it (screens.md 19)."""

from typing import Any

from flask_babel import gettext

from app.core.errors import Refusal


class WageRefusal(Refusal):
    """A refusal about money; ``row`` is the place in a list it is about, from 0."""

    row = 0


class NotYourUnit(WageRefusal):
    """The unit is none of this project, or nobody's this principal acts for."""

    def __init__(self, field: str = "unit_id") -> None:
        super().__init__(
            gettext("This unit is not yours on this project: choose it from the list"), field=field
        )


class AccountTaken(WageRefusal):
    """The bank account, with its sub-ledger, is another project's (screens.md 10.7)."""

    def __init__(self) -> None:
        super().__init__(
            gettext("This account is registered for another project: use an account of its own, or"
                    " give the sub-ledger the bank keeps for this project"),
            field="account_no",
        )  # fmt: skip


class AccountThere(WageRefusal):
    """A unit has one live account a project."""

    def __init__(self, unit: Any) -> None:
        super().__init__(
            gettext("“%(unit)s” has a special account on this project already: close it before"
                    " another is registered", unit=unit),
            field="unit_id",
        )  # fmt: skip


class WrongAccountName(WageRefusal):
    """The name of a special account ends with fixed words (人社部发〔2021〕53号 第六条)."""

    def __init__(self, words: str) -> None:
        super().__init__(
            gettext("The name of the account must end with “%(words)s”: write it as the bank has"
                    " it", words=words),
            field="account_name",
        )  # fmt: skip


class NoAccount(WageRefusal):
    """Money moves only through a special account that is under review or in order."""

    def __init__(self, field: str = "account_id") -> None:
        super().__init__(
            gettext("Register the special wage account first (it works while under review, with a"
                    " mark)"), field=field,
        )  # fmt: skip


class NotNow(WageRefusal):
    """The row is in no state for this step; the words say what comes first."""
