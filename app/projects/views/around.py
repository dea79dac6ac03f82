"""What stands around a project's own page: numbers and tabs of the domains above (4.3)."""

from functools import cached_property
from typing import Any

from flask import g, url_for
from flask_babel import gettext

from app.core import scope
from app.core.columns.base import specs
from app.core.views import Tab
from app.projects import queries
from app.projects.choices import GONE_UNITS, NAMED_ROLES, WORKING_STATES
from app.projects.events import tab_asked
from app.projects.models import Permit, Project, ProjectUnit
from app.projects.queries import completeness, facts

ORDER = ("units", "permits", "interface", "people", "attendance", "alerts", "incidents",
         "review", "log")  # fmt: skip


class Known:
    """What several parts of a project's page read: each of it once a request."""

    def __init__(self, row: Project) -> None:
        self.row = row

    @cached_property
    def _counts(self) -> facts.Counts:
        return facts.counts([self.row.id], *facts.COUNTED)

    def count(self, name: str) -> int:
        """Give a number of ``facts.COUNTED``."""
        return self._counts[name].get(self.row.id, 0)

    @cached_property
    def named_units(self) -> list[ProjectUnit]:
        """Give the units the project form names, those gone included."""
        return queries.units(self.row, NAMED_ROLES)

    @cached_property
    def permits(self) -> list[Permit]:
        """Give the permits, newest first."""
        return queries.permits(self.row)

    @cached_property
    def dossier(self) -> completeness.Dossier:
        """Give what the checklist looks at."""
        live = [unit for unit in self.named_units if unit.state not in GONE_UNITS]
        return completeness.Dossier(
            self.row, {unit.unit_role: unit for unit in live}, self.permits,
            interface=bool(self.count("interfaces")),
        )  # fmt: skip


def known(row: Project) -> Known:
    """Give what this page knows of a project; the session forgets what nobody holds."""
    pages: dict[int, Known] = g.setdefault("known_projects", {})
    return pages.setdefault(row.id, Known(row))


def site_tabs(row: Project) -> list[Tab]:
    """Ask the domains above for their tabs; work begins with the approval (4.5)."""
    return tab_asked.send(project=row) if row.state in WORKING_STATES else []


def arranged(found: list[Tab]) -> list[Tab]:
    """Put the tabs in the order of screens.md 4.3, unknown ones last."""
    places = {name: place for place, name in enumerate(ORDER)}
    return sorted(found, key=lambda tab: places.get(tab.name, len(ORDER)))


def numbers(row: Project) -> list[dict[str, Any]]:
    """Give the numbers of the head card; each leads to the tab it counts."""
    actor = scope.current()
    open_tabs = {
        tab.name for tab in site_tabs(row)
        if tab.permission is None or actor.can(*tab.permission)
    }  # fmt: skip

    count = known(row).count

    def number(label: str, value: int, tab: str) -> dict[str, Any]:
        url = url_for("ProjectView.show", pk=row.id, tab=tab) if tab in open_tabs else None
        return {"label": label, "value": value, "url": url}

    found = [
        number(gettext("On site"), count("people"), "people"),
        number(gettext("Teams"), count("teams"), "people"),
        number(gettext("Open warnings"), count("alerts"), "alerts"),
    ]
    if queries.sees_whole(row, actor):
        amount = specs(Project)["contract_amount"]
        found.append({"label": amount.label, "value": amount.shown(row), "unit": amount.kind.unit})
    return found
