"""Refusals of the imports."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.core.errors import Refusal


class NoSuchTemplate(Refusal):
    """There is no template with this code."""

    status = 404

    def __init__(self, code: str) -> None:
        super().__init__(_("There is no template “%(code)s”", code=code[:10]))


class NotAllPass(Refusal):
    """All rows were wanted and not all of them pass."""

    def __init__(self, failed: Any) -> None:
        super().__init__(
            _(
                "%(n)s rows have errors: repair them and upload the workbook again, or import the"
                " rows that pass",
                n=failed,
            )
        )


class NothingPasses(Refusal):
    """No row can be imported."""

    def __init__(self) -> None:
        super().__init__(_("No row passes: repair the workbook and upload it again"))


class NoProjectChosen(Refusal):
    """An import goes into one project."""

    def __init__(self) -> None:
        super().__init__(_("Choose the project at the top of the page first"), field="file")
