"""What an import would do: every row read, judged by its columns, then by the service itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from html import unescape
from typing import Any, NamedTuple

from flask_babel import gettext
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from app.core import guard, scope
from app.core.errors import Refusal, Refusals, Stale
from app.core.notices import Notice
from app.core.sheets import Finding, ReadRow, RowCheck, SheetColumn, SheetSpec
from app.core.sheets.rows import ERROR, WARNING
from app.extensions import db
from app.imports.choices import Kind
from app.imports.templates.base import Taken, Template
from app.projects.models import Project

TOLD_EVERY = 100  # rows


class Planned(NamedTuple):
    """What becomes of one row, and what it is called."""

    kind: str
    name: str


@dataclass
class Preview:
    """The rows of a workbook and what is wrong with them."""

    total: int = 0
    good: dict[int, dict[str, Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    plan: dict[int, Planned] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)

    @property
    def wrong_rows(self) -> set[int]:
        """Give the numbers of the rows that cannot be imported."""
        return {f.row for f in self.findings if f.level == ERROR}

    @property
    def failed(self) -> int:
        """Count the rows that cannot be imported."""
        return len(self.wrong_rows)

    @property
    def passed(self) -> int:
        """Count the rows that can be imported, those with warnings included."""
        return self.total - self.failed

    @property
    def warned(self) -> int:
        """Count the rows that can be imported and deserve a second look."""
        return len({f.row for f in self.findings if f.level == WARNING} - self.wrong_rows)

    def leave_alone(self, done: Iterable[int]) -> None:
        """Count rows that were imported before and are not taken again."""
        for number in done:
            self.total += 1
            self.plan[number] = Planned(Kind.UNCHANGED.name, gettext("imported before"))

    def count(self, kind: Kind) -> int:
        """Count the rows an import makes something of, by what it makes of them."""
        return sum(1 for one in self.plan.values() if one.kind == kind.name)

    def sorted_findings(self) -> list[Finding]:
        """Give the findings as they stand in the workbook, errors of a row first."""
        return sorted(self.findings, key=lambda f: (f.row, f.level != ERROR))

    def as_dict(self, letters: dict[str, str]) -> dict[str, Any]:
        """Give the preview for JSON: counts and cells, secrets masked."""
        return {
            "rows": self.total, "passed": self.passed, "warnings": self.warned,
            "errors": self.failed, "created": self.count(Kind.CREATED),
            "updated": self.count(Kind.UPDATED), "unchanged": self.count(Kind.UNCHANGED),
            "plan": [[number, *one] for number, one in sorted(self.plan.items())],
            "problems": [
                {**asdict(f), "cell": f"{letters.get(f.column, '')}{f.row}"}
                for f in self.sorted_findings()
            ],
        }  # fmt: skip


def judge(
    template: Template, sheet: SheetSpec, rows: Iterable[ReadRow], project: Project | None,
    told: Callable[[int], None] | None = None,
) -> Preview:  # fmt: skip
    """Read every row with the columns' own types; nothing is looked up in the city.

    A wrong row never reaches the service, so what its readable cells break is said here.
    ``told`` hears now and then how many rows are read.
    """
    preview, cells = Preview(), RowCheck(sheet)
    for row in rows:
        preview.total += 1
        if told is not None and preview.total % TOLD_EVERY == 0:
            told(preview.total)
        values, findings = cells.check(row)
        preview.findings += findings
        if not any(finding.level == ERROR for finding in findings):
            preview.good[row.number] = values
        elif project is not None and template.early is not None:
            for problem in template.early(values, project):
                preview.findings += _refused(sheet, [row.number], problem)
    return preview


def take(
    preview: Preview, template: Template, sheet: SheetSpec, project: Project, *,
    actor: scope.Principal, write: bool, all_or_none: bool = False,
) -> dict[int, Taken]:  # fmt: skip
    """Let the service take the good rows, in a savepoint that stays only when ``write``.

    What it refuses becomes a finding of its cell and the others are tried again, so that one
    preview names everything. With ``all_or_none`` one refusal leaves nothing written. What somebody
    else wrote at the same moment is met once more, as the preview of it would be.
    """
    call = template.take if write or template.check is None else template.check
    met = False
    while preview.good:
        numbers = list(preview.good)
        savepoint = db.session.begin_nested()
        try:
            taken = call(project, list(preview.good.values()), actor=actor)
            db.session.flush()
        except Refusal as problem:
            savepoint.rollback()
            refused = _refused(sheet, numbers, problem)
        except (DBAPIError, StaleDataError) as error:
            savepoint.rollback()
            if not met and _was_overtaken(error):
                met = True
                continue
            refused = _refused(sheet, numbers, _in_words(error))
        else:
            found = dict(zip(numbers, taken, strict=True))
            _take_note(preview, template, sheet, found)
            if write:
                savepoint.commit()
                return found
            savepoint.rollback()
            return {}
        preview.findings += refused
        for finding in refused:
            preview.good.pop(finding.row, None)
        if all_or_none:
            return {}
    return {}


def _was_overtaken(error: DBAPIError | StaleDataError) -> bool:
    """Tell whether another transaction wrote the same rows in between."""
    return isinstance(error, StaleDataError) or isinstance(error.orig, UniqueViolation)


def _in_words(error: DBAPIError | StaleDataError) -> Refusal:
    return Stale() if isinstance(error, StaleDataError) else guard.translated(error)


def _refused(sheet: SheetSpec, numbers: list[int], problem: Refusal) -> list[Finding]:
    headers = {column.name: column.header for column in sheet.columns}
    found = []
    for single in problem.problems if isinstance(problem, Refusals) else [problem]:
        place = getattr(single, "row", None)
        whose = numbers if place is None else [numbers[place]]
        corrects = getattr(single, "corrects", None)
        header = headers.get(single.field, "")
        found += [Finding(n, header, "", str(single), corrects=corrects) for n in whose]
    return found


def _take_note(
    preview: Preview, template: Template, sheet: SheetSpec, found: dict[int, Taken]
) -> None:
    columns = {column.name: column for column in sheet.columns}
    for number, one in found.items():
        values = preview.good[number]
        preview.plan[number] = Planned(one.kind.name, template.name_of(values))
        preview.findings += [_noted(number, values, columns, notice) for notice in one.notices]


def _noted(
    number: int, values: Mapping[str, Any], columns: Mapping[str, SheetColumn], notice: str
) -> Finding:
    """Say a notice beside the cell it is about; one of the whole row has none."""
    said = notice if isinstance(notice, Notice) else Notice(notice)
    column = columns.get(said.field)
    header, shown = (column.header, _masked(column, values)) if column else ("", "")
    return Finding(number, header, shown, str(said), WARNING, said.corrects)


def _masked(column: SheetColumn, values: Mapping[str, Any]) -> str:
    value = values.get(column.name)
    if column.lookup is not None or value in (None, "", []):
        return ""
    return unescape(str(column.spec.kind.mask(value)))[:60]


def nobody_to_ask() -> str:
    """Say that without a project only the cells were checked."""
    return gettext("Without a project only the cells were checked, not units, teams and persons")
