"""What an import would do: every row read, judged by its columns, then by the service itself."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy.exc import DBAPIError

from app.core import guard, scope
from app.core.errors import Refusal, Refusals
from app.core.sheets import Finding, ReadRow, SheetSpec, check_row
from app.core.sheets.columns import DOOR
from app.core.sheets.rows import ERROR, WARNING
from app.extensions import db
from app.projects.models import Project
from app.roster import services as roster
from app.roster.services import rules

TOLD_EVERY = 100  # rows


@dataclass
class Preview:
    """The rows of a workbook and what is wrong with them."""

    total: int = 0
    good: dict[int, dict[str, Any]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    created: int = 0
    updated: int = 0

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

    def sorted_findings(self) -> list[Finding]:
        """Give the findings as they stand in the workbook, errors of a row first."""
        return sorted(self.findings, key=lambda f: (f.row, f.level != ERROR))

    def as_dict(self, letters: dict[str, str]) -> dict[str, Any]:
        """Give the preview for JSON: counts and cells, secrets masked."""
        return {
            "rows": self.total, "passed": self.passed, "warnings": self.warned,
            "errors": self.failed, "created": self.created, "updated": self.updated,
            "problems": [
                {**asdict(f), "cell": f"{letters.get(f.column, '')}{f.row}"}
                for f in self.sorted_findings()
            ],
        }  # fmt: skip


def judge(
    sheet: SheetSpec, rows: Iterable[ReadRow], project: Project | None,
    told: Callable[[int], None] | None = None,
) -> Preview:  # fmt: skip
    """Read every row with the columns' own types; nothing is looked up in the city.

    A wrong row never reaches the service, so what its readable dates break is said here.
    ``told`` hears now and then how many rows are read.
    """
    preview = Preview()
    for row in rows:
        preview.total += 1
        if told is not None and preview.total % TOLD_EVERY == 0:
            told(preview.total)
        values, findings = check_row(sheet, row)
        preview.findings += findings
        if not any(finding.level == ERROR for finding in findings):
            preview.good[row.number] = values
        elif project is not None:
            preview.findings += _dates(sheet, row.number, values, project)
    return preview


def _dates(
    sheet: SheetSpec, number: int, values: dict[str, Any], project: Project
) -> list[Finding]:
    problems = [*rules.entry_dates(values, project, DOOR), *rules.pairs(values)]
    return [one for problem in problems for one in _refused(sheet, [number], problem)]


def enrol(
    preview: Preview, sheet: SheetSpec, project: Project, *, actor: scope.Principal,
    write: bool, all_or_none: bool = False,
) -> list[Any]:  # fmt: skip
    """Let the service take the good rows, in a savepoint that stays only when ``write``.

    What it refuses becomes a finding of its cell and the others are tried again, so that one
    preview names everything. With ``all_or_none`` one refusal leaves nothing written.
    """
    while preview.good:
        numbers = list(preview.good)
        savepoint = db.session.begin_nested()
        try:
            workers = roster.enrol_workers(project, list(preview.good.values()), actor=actor)
        except Refusal as problem:
            savepoint.rollback()
            refused = _refused(sheet, numbers, problem)
        except DBAPIError as error:
            savepoint.rollback()
            refused = _refused(sheet, numbers, guard.translated(error))
        else:
            _take_note(preview, numbers, workers)
            if write:
                savepoint.commit()
                return workers
            savepoint.rollback()
            return []
        preview.findings += refused
        for finding in refused:
            preview.good.pop(finding.row, None)
        if all_or_none:
            return []
    return []


def _refused(sheet: SheetSpec, numbers: list[int], problem: Refusal) -> list[Finding]:
    headers = {column.name: column.header for column in sheet.columns}
    found = []
    for single in problem.problems if isinstance(problem, Refusals) else [problem]:
        place = getattr(single, "row", None)
        whose = numbers if place is None else [numbers[place]]
        found += [Finding(n, headers.get(single.field, ""), "", str(single)) for n in whose]
    return found


def _take_note(preview: Preview, numbers: list[int], workers: list[Any]) -> None:
    for number, worker in zip(numbers, workers, strict=True):
        if worker.row_version == 1:
            preview.created += 1
        else:
            preview.updated += 1
        preview.findings += [
            Finding(number, "", "", str(notice), WARNING)
            for notice in getattr(worker, "notices", ())
        ]


def nobody_to_ask() -> str:
    """Say that without a project only the cells were checked."""
    return gettext("Without a project only the cells were checked, not units, teams and persons")
