"""Units and teams named by rows: loaded through the principal's scope, never believed."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from app.core import dictionaries, scope
from app.extensions import db
from app.projects.choices import ON_SITE_UNITS
from app.projects.models import Project, ProjectUnit
from app.roster import queries
from app.roster.choices import TeamState
from app.roster.errors import (
    TeamExited,
    TeamNotHere,
    UnitNotHere,
    UnitNotOnSite,
    UnitWithoutWorkers,
)
from app.roster.models import Team


class Places:
    """The visible units and teams of one project that a list of rows names."""

    def __init__(
        self, project: Project, rows: Iterable[Mapping[str, Any]], actor: scope.Principal
    ) -> None:
        self.project, self.actor = project, actor
        named = list(rows)
        self.units = {
            row.id: row for row in _load(ProjectUnit, project, {r.get("unit_id") for r in named})
        }
        self.teams = {
            row.id: row for row in _load(Team, project, {r.get("team_id") for r in named})
        }

    def unit(self, number: Any) -> ProjectUnit:
        """Give a unit that takes new rows from this principal, or refuse."""
        row = self.units.get(number)
        if row is None or not queries.may_write(row, self.actor):
            raise UnitNotHere
        if row.state not in ON_SITE_UNITS:
            raise UnitNotOnSite(row.name, row.state.label)
        return row

    def employer(self, number: Any) -> ProjectUnit:
        """Give a unit that takes new teams and workers from this principal, or refuse."""
        row = self.unit(number)
        if not queries.employs(row):
            raise UnitWithoutWorkers(row.name, dictionaries.label("unit_role", row.unit_role))
        return row

    def team(self, number: Any, unit: ProjectUnit) -> Team:
        """Give a team of a unit that has not left, or refuse."""
        row = self.teams.get(number)
        if row is None or row.unit_id != unit.id:
            raise TeamNotHere
        if row.state is TeamState.EXITED:
            raise TeamExited(row.name)
        return row


def _load(model: Any, project: Project, numbers: set[Any]) -> list[Any]:
    wanted = {number for number in numbers if isinstance(number, int)}
    if not wanted:
        return []
    return list(
        db.session.scalars(
            select(model).where(
                model.id.in_(wanted), model.project_id == project.id,
                model.is_deleted.is_(False),
            )
        )
    )  # fmt: skip
