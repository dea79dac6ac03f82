"""What several templates look up on a project: its units and its teams."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from app.core import checks, scope
from app.core.columns.base import spec_of
from app.core.sheets import Dependent
from app.extensions import db
from app.projects.models import Project
from app.roster.choices import TeamState
from app.roster.models import Contract, Team
from app.roster.models.shared import piecework
from app.roster.queries import employing_units, fingerprint

CODE_NOTE = _("Of a unit of this project")
UNIT, TEAM, MEASURE = "所属单位统一社会信用代码", "班组名称", "计量单位"


def measured() -> dict[str, Dependent]:
    """Let 计量单位 have words for piecework alone."""
    return {MEASURE: Dependent(spec_of(Contract, "pay_method").sheet, _measures)}


def _measures() -> dict[str, list[str]]:
    units = [label for _code, label in spec_of(Contract, "pay_unit").kind.choices()]
    return {
        label: units if piecework({"pay_method": code}) else []
        for code, label in spec_of(Contract, "pay_method").kind.choices()
    }


def code_alone(text: str, _values: Any) -> str:
    """Read a credit code where no project says which units there are."""
    return checks.credit_code(text)


def same(text: str, _values: Any) -> str:
    """Take a text as it is where no project says what it refers to."""
    return text


def owners_of(model: Any, live: Sequence[Any]) -> Callable[..., dict[str, list[Any]]]:
    """Give the function that finds the rows of a model in these states pictures are for."""

    def owners(
        project: Project, numbers: Iterable[str] = (), ids: Iterable[int] = ()
    ) -> dict[str, list[Any]]:
        hashes = {fingerprint(number) for number in numbers}
        found: dict[str, list[Any]] = {}
        for row in db.session.scalars(
            select(model).where(
                model.project_id == project.id, model.state.in_(live), model.is_deleted.is_(False),
                or_(model.id_number_hash.in_(hashes), model.id.in_(list(ids))),
            )
        ):  # fmt: skip
            found.setdefault(row.id_number, []).append(row)
        return found

    return owners


class Places:
    """The employing units and the teams the user keeps, found by what a sheet says."""

    def __init__(self, project: Project) -> None:
        self.units: dict[str, list[Any]] = {}
        for unit in db.session.scalars(employing_units(project.id, scope.current())):
            self.units.setdefault(unit.credit_code, []).append(unit)
        self.teams = {
            (team.unit_id, checks.fold_text(team.name)): team
            for team in db.session.scalars(
                select(Team).where(
                    Team.project_id == project.id, Team.is_deleted.is_(False),
                    Team.is_management.is_(False), Team.state != TeamState.EXITED,
                )
            )
        }  # fmt: skip

    def unit(self, text: str, _values: Any) -> int:
        """Find a unit by its credit code."""
        found = self.units.get(checks.credit_code(text))
        if not found:
            raise checks.Invalid(
                gettext(
                    "No unit of this project that you keep has this code: compare it with the list"
                    " of units"
                )
            )
        return int(found[0].id)

    def team(self, text: str, values: Any) -> int:
        """Find a team of the unit by its name; of an enterprise in two roles, of either."""
        code = next(
            (c for c, units in self.units.items() for u in units if u.id == values.get("unit_id")),
            None,
        )
        if code is None:
            raise checks.Invalid(gettext("The team is found once the unit is right"))
        for unit in self.units[code]:
            team = self.teams.get((unit.id, checks.fold_text(text)))
            if team is not None:
                values["unit_id"] = unit.id
                return int(team.id)
        raise checks.Invalid(
            gettext(
                "The unit has no team “%(name)s” on site: add the team first or correct the name",
                name=text[:40],
            )
        )

    def offered(self) -> Mapping[str, list[str]]:
        """Give the words of the drop-downs: codes of units and names of teams."""
        return {UNIT: self.codes(), TEAM: self.teams_named()}

    def codes(self) -> list[str]:
        """Give the credit codes of the units."""
        return sorted(code for code in self.units if code)

    def names(self) -> list[str]:
        """Give the names of the units."""
        return sorted({unit.name for units in self.units.values() for unit in units})

    def names_by_code(self) -> Dependent:
        """Give the name offered once the code of a unit is chosen."""
        return Dependent(UNIT, {c: [self.units[c][0].name] for c in self.codes()})

    def teams_named(self) -> list[str]:
        """Give the names of the teams."""
        return sorted({team.name for team in self.teams.values()})

    def dependents(self) -> Mapping[str, Dependent]:
        """Give the teams offered once the unit is chosen: its own."""
        words = {
            code: sorted(
                {t.name for t in self.teams.values() if t.unit_id in {unit.id for unit in units}}
            )
            for code, units in sorted(self.units.items())
            if code
        }
        return {TEAM: Dependent(UNIT, words)}
