"""What the enterprise domain refuses, one class each."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.core.errors import IllegalMove, Refusal


class AlreadyRegistered(Refusal):
    """The credit code belongs to a registered enterprise (screens.md 2.3)."""

    def __init__(self) -> None:
        super().__init__(
            _("This enterprise is registered already: recover its account"), field="credit_code"
        )


class AlreadyApplied(Refusal):
    """Another application with the same credit code is under way."""

    def __init__(self) -> None:
        super().__init__(
            _("A registration of this enterprise is under way: look up its progress"),
            field="credit_code",
        )


class NameTaken(Refusal):
    """Another enterprise has the name."""

    def __init__(self) -> None:
        super().__init__(
            _("Another enterprise has this name: check the name on the business licence"),
            field="name",
        )


class UsernameTaken(Refusal):
    """An account or another application has the sign-in name."""

    def __init__(self) -> None:
        super().__init__(_("This sign-in name is taken: choose another"), field="username")


class WrongCaptcha(Refusal):
    """The characters are wrong, too old, or were used before."""

    def __init__(self) -> None:
        super().__init__(
            _("The characters do not match the picture: type those of the new picture"),
            field="captcha",
        )


class QualificationMissing(Refusal):
    """A builder registers with at least one qualification (screens.md 2.3)."""

    def __init__(self) -> None:
        super().__init__(_("Enter at least one qualification certificate"), field="qualifications")


class QualificationTwice(Refusal):
    """Two rows have one certificate number."""

    def __init__(self, number: str) -> None:
        super().__init__(
            _("Certificate no. %(number)s is entered twice: remove one row", number=number),
            field="qualifications",
        )


class NotReturned(IllegalMove):
    """Only a returned application may be corrected and sent again."""

    def __init__(self) -> None:
        super().__init__(_("Only a returned application can be corrected and sent again"))


class NothingMarked(Refusal):
    """Returning asks for at least one marked field with a reason (screens.md 2.4)."""

    def __init__(self) -> None:
        super().__init__(_("Mark at least one field and give the reason beside it"))


class HasHints(Refusal):
    """Applications with hints are looked at one by one (screens.md 2.4)."""

    def __init__(self, names: str) -> None:
        super().__init__(
            _("These applications have hints and must be reviewed one by one: %(names)s",
              names=names)
        )  # fmt: skip


class NothingChanged(Refusal):
    """The form holds what is in force already."""

    def __init__(self) -> None:
        super().__init__(_("Nothing has been changed: correct a field before you submit"))


class MarksUntouched(Refusal):
    """A returned application comes back as it went: no marked field changed, no words given."""

    def __init__(self) -> None:
        super().__init__(
            _("Change the marked fields first, or say here why they stand as they are"),
            field="reply",
        )


class ChangePending(Refusal):
    """Reviewed fields wait for one decision at a time."""

    def __init__(self) -> None:
        super().__init__(_("A change is waiting for review: withdraw it before you submit another"))


class ChangeNeeds(Refusal):
    """The change asks for a reason or for proof (screens.md 3)."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(message, field=field)
