"""Numbers beside a project: people on site, teams, open warnings, what others answer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.core import scope
from app.extensions import db
from app.projects import events
from app.projects.choices import GONE_UNITS, OWNER
from app.projects.models import ProjectUnit


def counted(table: str, states: tuple[str, ...], project_ids: list[int]) -> dict[int, int]:
    """Count the visible rows of a table of a higher domain in some states, by project.

    The table is found by its name, so that this domain need not know the one above it.
    """
    rows = db.metadata.tables.get(table)
    if rows is None or not project_ids:
        return {}
    query = (
        select(rows.c.project_id, func.count())
        .where(
            rows.c.project_id.in_(project_ids),
            rows.c.state.in_(states),
            rows.c.is_deleted.is_(False),
        )
        .group_by(rows.c.project_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def on_site(project_ids: list[int]) -> dict[int, int]:
    """Count the workers on site the principal may see, by project."""
    return counted("project_worker", ("ON_SITE",), project_ids)


def teams(project_ids: list[int]) -> dict[int, int]:
    """Count the teams on site the principal may see, by project."""
    return counted("team", ("ON_SITE",), project_ids)


def open_alerts(project_ids: list[int]) -> dict[int, int]:
    """Count the open warnings the principal may see, by project."""
    return counted("alert", ("OPEN", "ACKNOWLEDGED", "HANDLING"), project_ids)


def interfaces(project_ids: list[int]) -> list[int]:
    """Give those of the projects whose interface is set up (screens.md 7.1)."""
    return list(counted("api_client", ("TRIAL", "TESTED", "LIVE"), project_ids))


def unit_on_site(unit_ids: list[int]) -> dict[int, int]:
    """Count the workers on site of units: 在场人数 of screens.md 18, who is expected left out."""
    return unit_people(unit_ids, ("ON_SITE",))


def somebody_entered(unit_id: int) -> bool:
    """Tell whether anybody of a unit is or was on site."""
    return bool(unit_people([unit_id], ("ON_SITE", "EXITED")))


def unit_people(
    unit_ids: list[int], states: tuple[str, ...] = ("ON_SITE", "EXPECTED")
) -> dict[int, int]:
    """Count the workers of units who are on site or expected (for expiry), or in ``states``."""
    rows = db.metadata.tables.get("project_worker")
    if rows is None or not unit_ids:
        return {}
    query = (
        select(rows.c.unit_id, func.count())
        .where(
            rows.c.unit_id.in_(unit_ids),
            rows.c.state.in_(states),
            rows.c.is_deleted.is_(False),
        )
        .group_by(rows.c.unit_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


@dataclass(frozen=True)
class ExitLine:
    """What leaves with a unit, or is still owed: shown before its exit (screens.md 5.4)."""

    label: str
    value: str
    unpaid: bool = False


def leaving(unit: ProjectUnit) -> list[ExitLine]:
    """Ask the domains above what leaves with a unit and what it still owes its workers."""
    return [line for answer in events.unit_exit_asked.send(unit=unit) for line in answer]


def answered(project_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Ask the domains above for today's attendance rate and this month's wages."""
    found: dict[int, dict[str, Any]] = {number: {} for number in project_ids}
    for answer in events.site_facts_asked.send(project_ids=project_ids):
        for number, facts in answer.items():
            found.setdefault(number, {}).update(facts)
    return found


def owner_names(project_ids: list[int]) -> dict[int, str]:
    """Give the owner's name of visible projects; subcontractors read the name, not the unit."""
    if not project_ids:
        return {}
    rows = ProjectUnit.__table__.c
    with scope.system_scope("the owner's name stands on the project") as connection:
        found = connection.execute(
            select(rows.project_id, rows.name).where(
                rows.project_id.in_(project_ids),
                rows.unit_role == OWNER,
                rows.is_deleted.is_(False),
                rows.state.not_in(GONE_UNITS),
            )
        )
        return {row[0]: row[1] for row in found}
