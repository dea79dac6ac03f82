"""T6 劳动合同: one row is one contract of somebody on the roster (screens.md 14)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import scope
from app.core.errors import Refusal
from app.core.sheets import SheetColumn, SheetSpec, sheet_columns
from app.imports.templates import examples, lookups, people
from app.imports.templates.base import Effect, Taken, Template
from app.projects.models import Project
from app.roster import services as roster
from app.roster.choices import StayState
from app.roster.models import Contract
from app.roster.queries import papers
from app.roster.services import contracts, rules

EXAMPLES = {**examples.CONTRACT, "pay_unit": "平方米"}


def contract_sheet(_project: Project | None = None) -> SheetSpec:
    """Give T6; a contract by task or without a term may leave 结束日期 empty."""
    columns = [
        SheetColumn(
            spec, example=EXAMPLES.get(spec.name, ""),
            empty_words=people.ENDLESS if spec.name == "contract_to" else frozenset(),
        )
        for spec in sheet_columns(Contract).values()
    ]  # fmt: skip
    return SheetSpec(
        "T6", _("Labour contracts"), (*people.columns(), *columns),
        dependents=lookups.measured(), apart=frozenset({lookups.MEASURE}),
    )  # fmt: skip


def take(
    project: Project, rows: Sequence[Mapping[str, Any]], *, actor: scope.Principal
) -> list[Taken]:
    """Sign or correct the contracts through the verb of the form."""
    return people.taken(roster.sign_contracts(project, people.about(rows), actor=actor))


def early(values: Mapping[str, Any], _project: Project) -> Iterator[Refusal]:
    """Give what the readable dates of a row with other errors break."""
    yield from rules.pairs(values)


def dependants(_project: Project, effects: Sequence[Effect]) -> list[str]:
    """Name the contracts that were changed or lost since, and those of stays that have ended."""
    others = papers.contracts_beside(one.row.id for one in effects)
    found = []
    for one in effects:
        why = ""
        if one.row.is_deleted or not contracts.stands(one.row, others[one.row.id], one.before):
            why = gettext("the contract was changed since")
        elif one.row.state is StayState.EXITED:
            why = gettext("the worker has left since")
        if why:
            found.append(
                gettext("Row %(number)s “%(row)s”: %(what)s", number=one.number, row=one.row.name,
                        what=why)
            )  # fmt: skip
    return found


def undo(_project: Project, effects: Sequence[Effect], *, actor: scope.Principal) -> None:
    """Take the contracts back; what stood before stands again."""
    contracts.take_back([(one.row, one.before) for one in effects], actor=actor)


TEMPLATE = Template(
    code="T6", title=_("Labour contracts"),
    purpose=_("Record signed and renewed contracts of workers who are on the roster."),
    sheet=contract_sheet, take=take, early=early, dependants=dependants, undo=undo,
    place="WorkerView.list",
)  # fmt: skip
