"""What the interface hears of the projects."""

from typing import Any

from app.core import clock, scope
from app.openapi import queries, services
from app.projects.events import project_approved
from app.roster.events import sender_asked


@project_approved.connect
def go_live(*, project: Any, **_facts: Any) -> None:
    """Put the accesses of an approved project in force (screens.md 7.1)."""
    with scope.act_as(scope.SYSTEM):
        for client in queries.clients_of(project.id):
            services.settle_state(client, project, clock.today())


@sender_asked.connect
def name_vendor(*, row: Any) -> str | None:
    """Name the vendor whose site system sent a row, as far as the reader may know."""
    return queries.vendor_of(row.project_id, row.created_at)
