"""Refusals of the guides."""

from flask_babel import lazy_gettext as _

from app.core.errors import Refusal


class ExpiresTooEarly(Refusal):
    """An article cannot end before it begins."""

    def __init__(self) -> None:
        super().__init__(
            _("The article expires before it is published: choose a later time"),
            field="expire_at",
        )


class OnlyDrafts(Refusal):
    """What readers may have read is not changed behind their backs."""

    def __init__(self) -> None:
        super().__init__(_("Only a draft can be changed: return the article for changes first"))


class NoOffice(Refusal):
    """An article belongs to an office of the government."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("Only an office of the government writes articles"))
