"""Refusals of the imports."""

from typing import Any

from flask_babel import lazy_gettext as _

from app.core.errors import Refusal

SAID = 10  # dependants named in one sentence


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


class AnotherTemplate(Refusal):
    """The workbook was made from another template."""

    def __init__(self, other: str, code: str) -> None:
        super().__init__(
            _(
                "This workbook was made from the template “%(other)s”: upload it on the card of"
                " that template, or download the template %(code)s",
                other=other, code=code,
            ),
            field="file",
        )  # fmt: skip


class Depended(Refusal):
    """Other records depend on what an import wrote; ``sentences`` names the rows."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__(
            _(
                "The import can no longer be taken back: records depend on %(n)s of its rows."
                " Correct these rows one by one",
                n=len(sentences),
            )
        )

    def in_words(self) -> str:
        """Say it with the first of the rows, where there is no page to list them."""
        return f"{self}：{'；'.join(self.sentences[:SAID])}"


class FileForgotten(Refusal):
    """The uploaded file is not kept any more, or never was."""

    def __init__(self) -> None:
        super().__init__(
            _("The file is no longer kept: an import that wrote nothing is forgotten after 7 days")
        )


class NothingToUndo(Refusal):
    """An import from which nothing is left to be taken back."""

    def __init__(self) -> None:
        super().__init__(_("Nothing is left of this import that could be taken back"))
