"""The registry of rules: a rule is one SELECT, with its law, its thresholds and its words.

A rule's function receives the limits in force and the reach of the run, and gives a SELECT
whose rows are the findings. The nightly scan, an arrival of data and a back-test run the same
SELECT over everything, over some projects, or over some persons (architecture, decision D5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Select,
    SmallInteger,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB

from app.extensions import db

BLUE, YELLOW, ORANGE, RED = 1, 2, 3, 4


@dataclass(frozen=True)
class Parameter:
    """One threshold: default, bounds, and in which direction a district may tighten it."""

    default: Any
    low: Any = None
    high: Any = None
    options: tuple[Any, ...] = ()
    stricter: str = ""  # "lower", "higher", or nothing where no direction is the stricter one

    def accepts(self, value: Any) -> bool:
        """Tell whether a value lies within the bounds."""
        if self.options:
            return value in self.options
        if isinstance(self.default, bool):
            return isinstance(value, bool)
        if isinstance(self.default, (list, tuple)):
            return isinstance(value, (list, tuple)) and bool(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def weakens(self, value: Any, than: Any) -> bool:
        """Tell whether a value is laxer than the one of the layer above."""
        if self.stricter == "lower":
            return bool(value > than)
        return bool(value < than) if self.stricter == "higher" else False


@dataclass(frozen=True)
class Layers:
    """The thresholds of one rule as stored: of the city, of districts, of single projects."""

    city: Mapping[str, Any] = field(default_factory=dict)
    districts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    projects: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    version: int = 1

    def in_force(self, rule: "Rule", project_id: int, district_code: str) -> dict[str, Any]:
        """Give the thresholds of one project, the nearer layer over the farther."""
        defaults = {name: p.default for name, p in rule.parameters.items()}
        return {
            **defaults, **self.city, **self.districts.get(district_code, {}),
            **self.projects.get(project_id, {}),
        }  # fmt: skip


class Limits:
    """The thresholds as SQL: an attribute gives the value for the project of the row.

    A SELECT that reads them must have the table ``project`` in its FROM.
    """

    def __init__(self, rule: "Rule", layers: Layers) -> None:
        self._rule, self._layers = rule, layers

    def city(self, name: str) -> Any:
        """Give the city's own value, for what must be known before the SELECT is written."""
        return self._layers.city.get(name, self._rule.parameters[name].default)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._rule.parameters:
            raise AttributeError(name)
        table = db.metadata.tables["project"]
        whens = [
            (table.c.id == number, literal(values[name]))
            for number, values in self._layers.projects.items() if name in values
        ] + [
            (table.c.district_code == code, literal(values[name]))
            for code, values in self._layers.districts.items() if name in values
        ]  # fmt: skip
        last = literal(self.city(name))
        return case(*whens, else_=last) if whens else last


@dataclass(frozen=True)
class Reach:
    """What a run looks at; None stands for everything."""

    day: date
    project_ids: tuple[int, ...] | None = None
    person_hashes: tuple[str, ...] | None = None
    team_ids: tuple[int, ...] | None = None

    def within(
        self, *, project: Any = None, person: Any = None, team: Any = None
    ) -> ColumnElement[bool]:
        """Give the condition that keeps a SELECT inside the reach."""
        parts = [
            column.in_(wanted)
            for column, wanted in (
                (project, self.project_ids), (person, self.person_hashes), (team, self.team_ids),
            )
            if column is not None and wanted is not None
        ]  # fmt: skip
        return and_(true(), *parts)


@dataclass(frozen=True)
class Rule:
    """One rule. ``grain`` says what a finding depends on: person, team or project.

    ``asleep``: condition on ``project`` under which the rule neither opens nor closes.
    ``window_days``: findings about a date older than this are left as they are.
    ``lasting``: what a person has closed stays closed while the facts stay the same; with
    ``settles_after`` the explanation of a handled alert ends it after so many days.
    ``raise_after``: level goes up when so many days have passed, again after so many more.
    ``office_hours``: hours to an acknowledgement before the next office is told; without it
    the clock of the level runs.
    ``decided``: the bureau ends it by a decision from any open state.
    """

    code: str
    select: Callable[[Limits, Reach], Select[Any]]
    name: Any
    category: str
    basis: str
    sentence: Callable[[Mapping[str, Any]], str]
    closes_when: Any
    mend: Any
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    levels: tuple[str, ...] = ("blue", "yellow", "orange", "red")
    mend_endpoint: str = ""
    version: int = 1
    grain: str = "project"
    asleep: tuple[str, ...] = ()
    window_days: int | None = None
    lasting: bool = False
    settles_after: int | None = None
    raise_after: tuple[Any, ...] = ()
    office_hours: tuple[int, ...] = ()
    decided: bool = False

    def findings(self, layers: Layers, reach: Reach) -> Select[Any]:
        """Give the SELECT of this rule over a reach."""
        return self.select(Limits(self, layers), reach)


_rules: dict[str, Rule] = {}


def rule(code: str, **facts: Any) -> Callable[[Callable[..., Select[Any]]], Rule]:
    """Register a SELECT as a rule."""

    def register(function: Callable[..., Select[Any]]) -> Rule:
        if code in _rules and _rules[code].select.__qualname__ != function.__qualname__:
            raise ValueError(f"{code} is registered twice")
        _rules[code] = Rule(code=code, select=function, **facts)
        return _rules[code]

    return register


def registered() -> dict[str, Rule]:
    """Give every rule by its code, in order of registration."""
    return dict(_rules)


def get(code: str) -> Rule:
    """Give a rule; KeyError names a code that is not known."""
    return _rules[code]


FINDING: dict[str, Any] = {
    "project_id": BigInteger, "district_code": String, "unit_id": BigInteger,
    "enterprise_id": BigInteger, "team_id": BigInteger, "person_hash": String,
    "subject": String, "dedupe_key": String, "level": SmallInteger, "facts": JSONB,
    "evidence": JSONB, "about_on": Date, "tenant_sees": Boolean,
    "viewers": ARRAY(BigInteger), "episode": String,
}  # fmt: skip


def finding(**columns: Any) -> Select[Any]:
    """Give the SELECT of findings: named columns, the rest empty."""
    given: dict[str, Any] = {"tenant_sees": true(), **columns}
    parts = []
    for name, kind in FINDING.items():
        value = given.pop(name, None)
        parts.append(cast(null() if value is None else value, kind).label(name))
    if given:
        raise TypeError(f"a finding has no column {', '.join(given)}")
    return select(*parts)


def row_link(kind: str, number: Any, label: Any = "") -> Any:
    """Give the JSON of one row a finding was computed from."""
    return func.jsonb_build_object("kind", kind, "id", number, "label", label)
