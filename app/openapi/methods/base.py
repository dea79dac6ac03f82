"""What a method of the interface is, and the task it works on."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import func, select

from app.core import checks, clock, scope
from app.core.columns.base import spec_of
from app.core.errors import Refusal, Refusals
from app.extensions import db
from app.openapi import codes, errors, sandbox, wire
from app.openapi.choices import Content
from app.openapi.schemas import EXCUSED
from app.openapi.wire import Schema
from app.projects.choices import GENERAL_CONTRACTOR, ON_SITE_UNITS
from app.projects.models import Project, ProjectUnit
from app.roster.models import ProjectWorker, Team


@dataclass(frozen=True)
class Caller:
    """A client as the methods know it: bound to one project, with its own secret."""

    id: int
    project_id: int
    project_no: str
    app_id: str
    secret: str = field(repr=False)
    in_sandbox: bool = False  # in the trial environment
    site: Any = field(default=None, repr=False)  # what is known of the project already


@dataclass(frozen=True)
class Done:
    """What became of a write: its text for the asker, and how many items went in."""

    result: str = ""
    succeeded: bool = True
    items: int = 1
    accepted: int = 1


@dataclass
class Task:
    """One call under way: who asks, what was sent, when."""

    caller: Caller
    actor: scope.Principal
    data: Mapping[str, Any]
    now: datetime
    accept_plain: bool = False

    @property
    def today(self) -> date:
        """The day in China."""
        return clock.local(self.now).date()

    def read(
        self, schema: Schema, *, excused: Collection[str] = (), assumed: Any = None,
        data: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Read what was sent by a schema; every problem at once."""
        values = wire.read(
            schema, self.data if data is None else data, secret=self.caller.secret,
            codes=codes.codes, titles=codes.title, now=self.now,
            accept_plain=self.accept_plain, excused=excused, assumed=assumed,
        ).or_refuse()  # fmt: skip
        if self.caller.in_sandbox:
            sandbox.refuse_real_persons(schema, values)
        return values

    def project(self) -> Project:
        """Give the project of the caller."""
        return db.session.get_one(Project, self.caller.project_id)

    def reply(self, schema: Schema, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Write rows as the caller reads them."""
        return wire.write_rows(schema, rows, secret=self.caller.secret)


@dataclass(frozen=True)
class Method:
    """One method: its schemas, the right it asks for and the verb behind it.

    A query has ``answer(task)``. A write has ``check(task)``, which refuses at once what the
    message alone shows, and ``work(task, checked)``, whose outcome is asked for later.
    """

    name: str
    title: str
    schema: Schema
    content: Content | None = None
    reply: Schema = ()
    answer: Callable[[Task], Any] | None = None
    check: Callable[[Task], Any] | None = None
    work: Callable[[Task, Any], Done] | None = None
    repeats: bool = False  # a repeated request is told the first serial instead of refused
    excused: tuple[str, ...] = EXCUSED  # what the project of the key stands for
    notes: tuple[str, ...] = ()


def person_key(number: str) -> str:
    """Give the keyed hash a document number is found by."""
    kind: Any = spec_of(ProjectWorker, "id_number").kind
    return kind.fingerprint(kind.normal(number))


def masked(number: str) -> str:
    """Give a document number as messages show it (section 10)."""
    return checks.mask_identity(number)


def counted(found: Any, key: Any) -> int:
    """Count the rows of a query."""
    narrow = found.with_only_columns(key).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(narrow)) or 0


def of_company(found: Any, read: Mapping[str, Any]) -> Any:
    """Narrow a query that joins units to the company a message names."""
    if code := read.get("corpCode"):
        return found.where(func.upper(ProjectUnit.credit_code) == code.upper())
    if name := read.get("corpName"):
        return found.where(ProjectUnit.name == name)
    return found


def of_person(found: Any, read: Mapping[str, Any], model: Any) -> Any:
    """Narrow a query to the person a message names."""
    if number := read.get("idCardNumber"):
        found = found.where(model.id_number_hash == person_key(number))
    if kind := read.get("idCardType"):
        found = found.where(model.id_type == kind)
    return found


def of_team(found: Any, read: Mapping[str, Any]) -> Any:
    """Narrow a query that joins teams to the team a message names."""
    number = read.get("teamSysNo")
    return found if number is None else found.where(Team.team_no == number)


def listed(
    task: Task, found: Any, schema: Schema, row: Callable[..., dict[str, Any]], *, key: Any,
    order: tuple[Any, ...] = (),
) -> dict[str, Any]:  # fmt: skip
    """Give the page of a query that was asked for; ``row`` writes the entities of one row."""
    page = wire.paging(task.data)
    chosen = found.order_by(*(order or (key,))).offset(page.offset).limit(page.size)
    rows = [row(*one) for one in db.session.execute(chosen)]
    return page.reply(counted(found, key), task.reply(schema, rows))


def head(task: Task, unit: Any = None, team: Any = None) -> dict[str, Any]:
    """Give what rows of replies say of project, company and team."""
    return {
        "projectCode": task.caller.project_no,
        "corpCode": unit.credit_code if unit else None,
        "corpName": unit.name if unit else None,
        "teamSysNo": team.team_no if team else None,
        "teamName": team.name if team else None,
    }


def unit_of(task: Task, values: Mapping[str, Any]) -> ProjectUnit:
    """Find the participating unit a message names; the general contractor when it names none.

    Raises ParameterRefused when the company does not take part: the step before is missing.
    """
    query = select(ProjectUnit).where(
        ProjectUnit.project_id == task.caller.project_id,
        ProjectUnit.is_deleted.is_(False),
        ProjectUnit.state.in_(ON_SITE_UNITS),
    )
    code, name = values.get("corpCode"), values.get("corpName")
    if code:
        query = query.where(func.upper(ProjectUnit.credit_code) == code.upper())
    elif name:
        query = query.where(ProjectUnit.name == name)
    else:
        query = query.where(ProjectUnit.unit_role == GENERAL_CONTRACTOR)
    unit = db.session.scalars(query.order_by(ProjectUnit.unit_role.desc())).first()
    if unit is None:
        which = "corpCode" if code or not name else "corpName"
        raise errors.ParameterRefused(
            errors.at([which], "不是该项目的参建单位,请先上传参建单位信息!")
        )
    return unit


def team_of(task: Task, values: Mapping[str, Any]) -> Team:
    """Find the team a message names by its number, and see that it is the company's.

    Raises ParameterRefused when the project, or the company, has no such team.
    """
    team = db.session.scalars(
        select(Team).where(
            Team.project_id == task.caller.project_id,
            Team.team_no == values["teamSysNo"],
            Team.is_deleted.is_(False),
        )
    ).one_or_none()
    if team is None:
        raise errors.ParameterRefused(errors.at(["teamSysNo"], errors.OUT_OF_RANGE))
    code, name = values.get("corpCode"), values.get("corpName")
    unit = db.session.get_one(ProjectUnit, team.unit_id)
    same = code.upper() == unit.credit_code if code else name in (None, unit.name)
    if not same:
        which = "corpCode" if code else "corpName"
        raise errors.ParameterRefused(errors.at([which], "与班组所属企业不一致!"))
    return team


def told(problem: Refusal, names: Mapping[str, str], items: str = "") -> str:
    """Give a service's refusal as the text of an outcome, naming item and field.

    ``names`` gives the wire's name of a column, ``items`` the list the rows stand in.
    """
    singles = problem.problems if isinstance(problem, Refusals) else [problem]
    return ";".join(dict.fromkeys(_one(single, names, items) for single in singles))


def _one(problem: Refusal, names: Mapping[str, str], items: str) -> str:
    path: list[str | int] = []
    row = getattr(problem, "row", None)
    if items and isinstance(row, int):
        path += [items, row]
    if name := names.get(problem.field):
        path.append(name)
    with force_locale("zh"):
        return errors.at(path, str(problem))
