"""What the identity domain refuses, one class each."""

from flask_babel import lazy_gettext as _

from app.core.errors import NotAllowed, NotFound, Refusal


class UsernameTaken(Refusal):
    """Another account, or an application, has the sign-in name."""

    def __init__(self, field: str = "username") -> None:
        super().__init__(_("This sign-in name is taken: choose another"), field=field)


class WrongPassword(Refusal):
    """The present password does not match."""

    def __init__(self) -> None:
        super().__init__(_("The present password is wrong"), field="old")


class TriedTooOften(Refusal):
    """The present password was wrong five times: nobody tries further for a while."""

    def __init__(self) -> None:
        super().__init__(
            _("The present password was wrong 5 times: try again in 15 minutes"), field="old"
        )


class AlreadyShown(Refusal):
    """The page that asks for a first password is older than the present password."""

    def __init__(self) -> None:
        super().__init__(
            _("A first password was made since that page was opened and shown once. No other was"
              " made: ask for a new one here if it is lost")
        )  # fmt: skip


class MoreThanOwn(NotAllowed):
    """Nobody grants a right or a site he has not got himself (screens.md 2.5)."""

    def __init__(self) -> None:
        super().__init__(_("You cannot grant more than your own account may do"))


class NoSuchAccount(NotFound):
    """The account is none of the enterprise's sub-accounts."""


class SiteNeeded(Refusal):
    """A sub-account without a project would see nothing."""

    def __init__(self) -> None:
        super().__init__(_("Choose at least one project"), field="projects")


class AlreadyOver(Refusal):
    """The last day of an account lies in the past."""

    def __init__(self) -> None:
        super().__init__(_("The account would end before today: choose a later day"),
                         field="valid_to")  # fmt: skip


class DistrictNeeded(Refusal):
    """A reviewer of a district works in one."""

    def __init__(self) -> None:
        super().__init__(_("Choose the district this reviewer works in"), field="district_code")


class NotOneself(Refusal):
    """Nobody locks himself out."""

    def __init__(self) -> None:
        super().__init__(_("Another system administrator has to do this to your own account"))
