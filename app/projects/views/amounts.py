"""Amounts of a project: for those who see the whole of it, on every page (screens.md 4.1, 4.3)."""

from typing import Any

from app.core import generated, scope
from app.core.columns.base import EMPTY
from app.core.views.exports import Cell
from app.projects import queries
from app.projects.forms import PUBLIC_SECTIONS, project_sections
from app.projects.models import Project

MONEY = ("contract_no", "contract_signed_on", "contract_amount", "labour_cost", "total_investment")


def withheld(row: Project, name: str) -> bool:
    """Tell whether a column is not for this reader: subcontractors are not told the contract."""
    return name in MONEY and not queries.sees_whole(row, scope.current())


class WithheldAmounts:
    """A list of projects, and its export, without the amounts its reader is not told.

    Where there is such a project the list is not ordered by them either.
    """

    added_columns: set[str]
    base_order: tuple[str, str]
    model: Any

    def _cell(self, row: Project, name: str, facts: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super()._cell(row, name, facts)  # type: ignore[misc]
        return {**cell, "html": EMPTY} if withheld(row, name) else cell

    def export_cell(self, name: str) -> Cell:
        """Give what reads the cells of a column of the export."""
        told: Cell = super().export_cell(name)  # type: ignore[misc]
        return lambda row, facts: "" if withheld(row, name) else told(row, facts)

    def _offered(self) -> list[str]:
        return self._told(super()._offered())  # type: ignore[misc]

    def searched(self) -> list[str]:
        """Give the columns this reader may filter by."""
        return self._told(super().searched())  # type: ignore[misc]

    def _told(self, names: list[str]) -> list[str]:
        """Leave out what is declared beyond the view and outside what a subcontractor reads."""
        if _told_all():
            return names
        public = generated.named(project_sections()[:PUBLIC_SECTIONS])
        return [name for name in names if name not in self.added_columns or name in public]

    def _order(self) -> tuple[Any, bool, str]:
        found: tuple[Any, bool, str] = super()._order()  # type: ignore[misc]
        if found[2] not in MONEY or _told_all():
            return found
        name, way = self.base_order
        return getattr(self.model, name), way == "desc", name

    def _order_links(self) -> dict[str, dict[str, Any]]:
        links: dict[str, dict[str, Any]] = super()._order_links()  # type: ignore[misc]
        if _told_all():
            return links
        return {name: link for name, link in links.items() if name not in MONEY}


def _told_all() -> bool:
    """Tell whether the reader sees the whole of every project he sees.

    A tenant has one unit on each project that is wholly his; any other unit is on another's.
    """
    actor = scope.current()
    return actor.audience is not scope.Audience.TENANT or len(actor.units) <= len(actor.projects)
