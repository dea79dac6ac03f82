"""What the interface settings refuse (screens.md 7.1)."""

from flask_babel import lazy_gettext as _

from app.core.errors import Refusal


class NotTheGeneralContractor(Refusal):
    """Only the general contractor keeps the interface of its project."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("Only the general contractor of the project sets up its interface"))


class NoProjectNumber(Refusal):
    """The project has no number yet, so no access number can be given."""

    def __init__(self) -> None:
        super().__init__(
            _("The project has no number yet: submit the application of the project first")
        )


class VendorTaken(Refusal):
    """The project has a live access of this vendor."""

    def __init__(self) -> None:
        super().__init__(
            _("This vendor has an access to the project already: change or reset that one"),
            field="vendor_name",
        )


class PasswordNeeded(Refusal):
    """A new secret is given only against one's own password."""

    def __init__(self) -> None:
        super().__init__(
            _("The password is wrong: type the password of your own account"), field="password"
        )


class ReasonNeeded(Refusal):
    """A new secret needs a reason in words."""

    def __init__(self) -> None:
        super().__init__(_("Say in words why the secret is replaced"), field="reason")


class PasswordLocked(Refusal):
    """The password was guessed at too often, here or at the sign-in (screens.md 2.1)."""

    def __init__(self) -> None:
        super().__init__(
            _("Too many wrong passwords: wait 15 minutes and try again"), field="password"
        )


class NotPassed(Refusal):
    """The vendor's software has not passed the self-test yet (screens.md 7.4)."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This software of the vendor has not passed the self-test yet: choose the trial"
                " environment, let the vendor run the self-test, then go live"
            ),
            field="environment",
        )


class LiveAccess(Refusal):
    """A live access does not slip back into the trial environment."""

    def __init__(self) -> None:
        super().__init__(
            _("The access is live: disable it first, then choose the trial environment"),
            field="environment",
        )


class NoRunOpen(Refusal):
    """The self-test is run in the trial environment."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The access is not in the trial environment: disable it, choose the trial"
                " environment and enable it again"
            )
        )


class NotReplayable(Refusal):
    """Only calls in the trial environment are sent again (screens.md 7.3)."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Only a call of the trial environment can be sent again, while its access is in"
                " that environment and what was sent is kept"
            )
        )
