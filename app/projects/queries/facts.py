"""Numbers beside a project: people on site, teams, open warnings, what others answer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from app.core import scope
from app.extensions import db
from app.projects import events
from app.projects.choices import GONE_UNITS, OWNER
from app.projects.models import ProjectUnit

# What is counted by project: the table of a higher domain, found by its name so that this domain
# need not know the one above it, and the states that count.
COUNTED = {
    "people": ("project_worker", ("ON_SITE",)),
    "teams": ("team", ("ON_SITE",)),
    "alerts": ("alert", ("OPEN", "ACKNOWLEDGED", "HANDLING")),
    "interfaces": ("api_client", ("TRIAL", "TESTED", "LIVE")),  # set up (screens.md 7.1)
}
Counts = dict[str, dict[int, int]]


def counts(project_ids: list[int], *names: str) -> Counts:
    """Count what the principal may see of ``COUNTED``, by name and project, in one statement."""
    found: Counts = {name: {} for name in names}
    parts = [_by_project(name, project_ids) for name in names if project_ids]
    wanted = [part for part in parts if part is not None]
    if wanted:
        for name, number, count in db.session.execute(union_all(*wanted)):
            found[name][number] = count
    return found


def _by_project(name: str, project_ids: list[int]) -> Select[Any] | None:
    table, states = COUNTED[name]
    rows = db.metadata.tables.get(table)
    if rows is None:
        return None
    return (
        select(literal(name), rows.c.project_id, func.count())
        .where(
            rows.c.project_id.in_(project_ids),
            rows.c.state.in_(states),
            rows.c.is_deleted.is_(False),
        )
        .group_by(rows.c.project_id)
    )


def interfaces(project_ids: list[int]) -> list[int]:
    """Give those of the projects whose interface is set up (screens.md 7.1)."""
    return list(counts(project_ids, "interfaces")["interfaces"])


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
