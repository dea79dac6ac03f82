"""The templates people import with; each is read from the columns of its model (D3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import checks, scope
from app.core.columns import CreditCode, Text
from app.core.columns.base import Kind
from app.core.sheets import SheetColumn, SheetSpec, sheet_columns
from app.extensions import db
from app.imports.errors import NoSuchTemplate
from app.projects.models import Project
from app.roster.choices import TeamState
from app.roster.models import ProjectWorker, Team
from app.roster.queries import employing_units

# The order of screens.md 14; a column declared later without a place here comes last.
WORKER_ORDER = (
    "unit_id", "team_id", "name", "id_type", "id_number", "mobile", "entry_on", "nationality",
    "sex", "birth_on", "nation", "address", "id_issuer", "id_valid_from", "id_valid_to",
    "work_permit_no", "work_permit_valid_to", "education", "politics", "marital",
    "is_team_leader", "work_type", "special_duty", "serious_illness", "health_on",
    "emergency_name", "emergency_mobile", "bank_code", "account_type", "bank_branch",
    "bank_card_no", "employment_type", "contract_no", "contract_signed_on", "contract_term",
    "contract_from", "contract_to", "pay_method", "pay_rate", "pay_unit", "contract_pay_day",
    "injury_insured", "accident_insured", "remark",
)  # fmt: skip
EXAMPLES = {
    "unit_id": "91440700MA4UK0QX9E", "team_id": "钢筋一班", "name": "张三",
    "id_type": "居民身份证", "id_number": "440703198504120002", "mobile": "13800138000",
    "entry_on": "2026-11-01", "nation": "汉", "address": "江门市蓬江区建设路1号",
    "id_issuer": "江门市公安局蓬江分局", "id_valid_from": "2020-01-01", "id_valid_to": "长期",
    "education": "初中", "work_type": "钢筋工", "emergency_name": "李四",
    "emergency_mobile": "13900139000", "bank_branch": "江门蓬江支行",
    "bank_card_no": "6222021234567890128", "contract_no": "HT-001", "pay_rate": "350.00",
    "contract_pay_day": "15", "remark": "",
}  # fmt: skip
ENDLESS = frozenset({"长期", "长期有效", "永久", "—", "-", "/", "无"})
ENDING = {"id_valid_to", "contract_to", "work_permit_valid_to"}
Lookup = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Template:
    """One template of the page 批量导入模板."""

    code: str
    title: Any
    purpose: Any
    sheet: Callable[[Project | None], SheetSpec]


def worker_sheet(project: Project | None = None) -> SheetSpec:
    """Give T3: one row is one worker joining a team of the project.

    Without a project units and teams are not looked up: their cells are only read.
    """
    places = Places(project) if project is not None else None
    declared = {spec.name: spec for spec in sheet_columns(ProjectWorker).values()}
    names = [n for n in WORKER_ORDER if n in declared]
    names += [n for n in declared if n not in WORKER_ORDER]
    lookups: dict[str, tuple[Kind, Lookup]] = {
        "unit_id": (CreditCode(), places.unit if places else _code),
        "team_id": (Text(100), places.team if places else _same),
    }
    columns = []
    for name in names:
        kind, lookup = lookups.get(name, (None, None))
        columns.append(
            SheetColumn(
                declared[name], example=EXAMPLES.get(name, ""), lookup=lookup, kind_for_cell=kind,
                empty_words=ENDLESS if name in ENDING else frozenset(),
            )
        )  # fmt: skip
    return SheetSpec("T3", _("Workers"), tuple(columns), lists=places.offered() if places else {})


def _code(text: str, _values: Any) -> str:
    return checks.credit_code(text)


def _same(text: str, _values: Any) -> str:
    return text


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
        return {
            "所属单位统一社会信用代码": sorted(code for code in self.units if code),
            "班组名称": sorted({team.name for team in self.teams.values()}),
        }


TEMPLATES = {
    "T3": Template(
        "T3", _("Workers"),
        _("Register workers of teams on site, with wage card and contract. Add the teams first."),
        worker_sheet,
    ),
}  # fmt: skip


def template_of(code: str) -> Template:
    """Give a template by its code; NoSuchTemplate when there is none."""
    if code not in TEMPLATES:
        raise NoSuchTemplate(code)
    return TEMPLATES[code]
