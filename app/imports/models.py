"""Tables of the imports: the job and, encrypted beside it, what was read from the workbook."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.core import scope
from app.core.columns import ChoiceOf, Flag, Integer, LongText, Ref, SecretText, State, Text, column
from app.core.models import ProjectRow
from app.imports.choices import ImportState, Wanted

# A workbook full of persons belongs to whoever uploaded it, while he works on that project. That
# there was an import, and what came of it, concerns whoever keeps the whole project as well.
MINE = (
    "created_by = nullif(current_setting('app.actor', true), '')::integer"
    f" and ({scope.PROJECTS} or {scope.UNITS})"
)


class ImportJob(ProjectRow):
    """导入批次: one workbook on its way into one project."""

    __scope__ = scope.Scope(
        f"({MINE}) or {scope.PROJECTS}", f"({MINE}) or {scope.PROJECTS}", scope.DISTRICTS
    )
    __picker__ = ("filename",)

    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    template: Mapped[Any] = column(Text(10), label=_("Template"), nullable=False, readonly=True)
    filename: Mapped[Any] = column(Text(200), label=_("File"), nullable=False, readonly=True)
    digest: Mapped[Any] = column(
        Text(64), label=_("Digest of the file (SHA-256)"), readonly=True, index=True
    )
    pictures: Mapped[Any] = column(
        Flag, label=_("Pictures in a zip"), nullable=False, default=False, readonly=True
    )
    wanted: Mapped[Any] = column(ChoiceOf(Wanted), label=_("Rows to import"), readonly=True)
    total: Mapped[Any] = column(Integer, label=_("Rows"), nullable=False, default=0)
    passed: Mapped[Any] = column(Integer, label=_("Passed"), nullable=False, default=0)
    warned: Mapped[Any] = column(Integer, label=_("With warnings"), nullable=False, default=0)
    failed: Mapped[Any] = column(Integer, label=_("Errors"), nullable=False, default=0)
    unchanged: Mapped[Any] = column(Integer, label=_("Unchanged"), nullable=False, default=0)
    imported: Mapped[Any] = column(Integer, label=_("Imported"), nullable=False, default=0)
    discarded: Mapped[Any] = column(
        Flag, label=_("Discarded by its uploader"), nullable=False, default=False, readonly=True
    )
    outcome: Mapped[Any] = column(LongText(500), label=_("Result"), readonly=True)
    state: Mapped[Any] = column(
        State(ImportState), label=_("State"), default=ImportState.UPLOADED, nullable=False
    )

    @property
    def badge(self) -> tuple[str, str]:
        """Give word and colour of where it stands; one thrown away did not fail."""
        if self.discarded:
            return gettext("Discarded"), "grey"
        return str(self.state.label), self.state.tone


class ImportSheet(ProjectRow):
    """The rows of an import and what is wrong with them, encrypted as a whole (D9)."""

    __scope__ = scope.Scope(MINE, MINE)
    __audited__ = False
    __picker__ = ("job_id",)

    job_id: Mapped[Any] = column(Ref("ImportJob"), label=_("Import"), nullable=False, index=True)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    rows: Mapped[Any] = column(SecretText(packed=True), label=_("Rows"), nullable=False)
    findings: Mapped[Any] = column(SecretText(packed=True), label=_("Findings"))
    effects: Mapped[Any] = column(SecretText(packed=True), label=_("What was written"))
    once: Mapped[Any] = column(SecretText, label=_("Shown once"))


class ImportBook(ProjectRow):
    """The uploaded workbook itself, encrypted: evidence of the import, and to be mended (D9)."""

    __scope__ = scope.Scope(MINE, MINE)
    __audited__ = False
    __picker__ = ("job_id",)

    job_id: Mapped[Any] = column(Ref("ImportJob"), label=_("Import"), nullable=False, index=True)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    content: Mapped[Any] = deferred(column(SecretText, label=_("File"), nullable=False))
