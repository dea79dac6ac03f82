"""What stands around a project's own page: numbers and tabs of the domains above (4.3)."""

from typing import Any

from flask import url_for
from flask_babel import gettext

from app.core import scope
from app.core.columns.base import specs
from app.core.views import Tab
from app.projects import queries
from app.projects.choices import WORKING_STATES
from app.projects.events import tab_asked
from app.projects.models import Project
from app.projects.queries import facts

ORDER = ("units", "permits", "interface", "people", "attendance", "alerts", "incidents",
         "review", "log")  # fmt: skip


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

    def number(label: str, value: int, tab: str) -> dict[str, Any]:
        url = url_for("ProjectView.show", pk=row.id, tab=tab) if tab in open_tabs else None
        return {"label": label, "value": value, "url": url}

    found = [
        number(gettext("On site"), facts.on_site([row.id]).get(row.id, 0), "people"),
        number(gettext("Teams"), facts.teams([row.id]).get(row.id, 0), "people"),
        number(gettext("Open warnings"), facts.open_alerts([row.id]).get(row.id, 0), "alerts"),
    ]
    if queries.sees_whole(row, actor):
        amount = specs(Project)["contract_amount"]
        found.append({"label": amount.label, "value": amount.shown(row), "unit": amount.kind.unit})
    return found
