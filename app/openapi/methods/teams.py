"""班组: Team.Add, .Update and .Query (open-api.md 9.4)."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.core.errors import Refusal
from app.extensions import db
from app.openapi import errors
from app.openapi.choices import Content
from app.openapi.methods import rows
from app.openapi.methods.base import (
    Done,
    Method,
    Task,
    head,
    listed,
    of_company,
    of_team,
    team_of,
    told,
    unit_of,
)  # fmt: skip
from app.openapi.schemas import (
    COMPANY,
    EXCUSED,
    PAGING,
    PROJECT,
    SOME_COMPANY,
    SOME_PROJECT,
    SOME_TEAM,
    TEAM,
    columns_of,
    fields_of,
    told_files,
)  # fmt: skip
from app.openapi.wire import Field, Latest
from app.projects.models import ProjectUnit
from app.roster import services
from app.roster.choices import TeamState
from app.roster.errors import TeamNameTaken
from app.roster.models import Team

LEADER = ("leader_name", "leader_mobile", "leader_id_type", "leader_id_number")
COLUMNS = columns_of(Team)
TAKEN_COLUMNS = {
    name: spec for name, spec in COLUMNS.items() if spec.name not in (*LEADER, "team_no")
}
LONG = {"max_length": 50}
PASSED = {"latest": Latest(errors.NOT_AFTER_NOW)}
FIELDS = fields_of(
    Team, without=("team_no", *LEADER),
    teamName={"max_length": 100}, responsiblePersonName=LONG, entryTime=PASSED, exitTime=PASSED,
)  # fmt: skip
ADD = (*PROJECT, *COMPANY, *FIELDS)
# one client sends what changed alone
UPDATE = (
    *TEAM, *SOME_PROJECT, *SOME_COMPANY, *(replace(field, required=False) for field in FIELDS),
)  # fmt: skip
QUERY = (*PAGING, *PROJECT, *SOME_TEAM, Field("teamName", max_length=100), *SOME_COMPANY)
ROW = told_files((*PROJECT, *COMPANY, *fields_of(Team)))
ADD_EXCUSED = tuple(name for name in EXCUSED if name != "teamName")
NAMES = {
    "unit_id": "corpCode", "moved_on": "exitTime",
    **{spec.name: name for name, spec in COLUMNS.items()},
}  # fmt: skip


def check_add(task: Task) -> dict[str, Any]:
    """Read a team; its company must take part in the project."""
    read = task.read(ADD, excused=ADD_EXCUSED)
    return {**_values(read, None), "unit_id": unit_of(task, read).id}


def check_update(task: Task) -> dict[str, Any]:
    """Read what is said of a team of the project."""
    read = task.read(UPDATE, excused=EXCUSED)
    team = team_of(task, read)
    return {"team": team, "values": _values(read, team)}


def _values(read: Mapping[str, Any], team: Team | None) -> dict[str, Any]:
    problems: list[str] = []
    values = rows.values_of(TAKEN_COLUMNS, read, (), problems)
    entry_on = values.get("entry_on") or (team.entry_on if team else None)
    exit_on = values.get("exit_on")
    if entry_on and exit_on and exit_on < entry_on:
        problems.append(errors.at(["exitTime"], errors.NOT_BEFORE_HISTORY))
    if problems:
        raise errors.ParameterRefused(*problems)
    return values


def add(task: Task, values: dict[str, Any]) -> Done:
    """Add a team; one of this name answers with its number, which clients cut out.

    A team that is said to have left is added and leaves on that day.
    """
    left_on = values.pop("exit_on", None)
    if number := _number(task, values):
        return Done(errors.team_exists(number), succeeded=False, accepted=0)
    try:
        with db.session.begin_nested():
            (team,) = services.add_teams(task.project(), [rows.kept(values)], actor=task.actor)
            if left_on:
                services.exit_team(team, {"moved_on": left_on}, actor=task.actor)
    except TeamNameTaken as taken:
        known = taken.team_no or _number(task, values)
        return Done(errors.team_exists(known or 0), succeeded=False, accepted=0)
    except Refusal as problem:
        return Done(told(problem, NAMES), succeeded=False, accepted=0)
    return Done(_outcome(team))


def update(task: Task, checked: dict[str, Any]) -> Done:
    """Change a team; a date of exit lets it leave, one that has left already stays as it is."""
    team, values = checked["team"], dict(checked["values"])
    left_on = values.pop("exit_on", None)
    gone = team.state is TeamState.EXITED and left_on in (None, team.exit_on)
    try:
        with db.session.begin_nested():
            if not gone:
                services.edit_team(team, rows.kept(values), actor=task.actor)
            if left_on and not gone:
                services.exit_team(team, {"moved_on": left_on}, actor=task.actor)
    except TeamNameTaken as taken:
        return Done(errors.team_exists(taken.team_no or 0), succeeded=False, accepted=0)
    except Refusal as problem:
        return Done(told(problem, NAMES), succeeded=False, accepted=0)
    return Done(_outcome(team))


def _outcome(team: Team) -> str:
    return json.dumps({"teamSysNo": int(team.team_no)}, separators=(",", ":"))


def _number(task: Task, values: dict[str, Any]) -> int | None:
    """Give the number of the company's team that has this name."""
    return db.session.scalar(
        select(Team.team_no).where(
            Team.project_id == task.caller.project_id, Team.unit_id == values["unit_id"],
            Team.name == values["name"], Team.is_deleted.is_(False),
        )
    )  # fmt: skip


def query(task: Task) -> dict[str, Any]:
    """List the teams of the project."""
    read = task.read(QUERY, excused=EXCUSED)
    found = (
        select(Team, ProjectUnit)
        .join(ProjectUnit, ProjectUnit.id == Team.unit_id)
        .where(Team.project_id == task.caller.project_id, Team.is_deleted.is_(False))
    )
    if name := read.get("teamName"):
        found = found.where(Team.name.contains(name, autoescape=True))
    found = of_company(of_team(found, read), read)

    def row(team: Team, unit: ProjectUnit) -> dict[str, Any]:
        return {**head(task, unit, team), **rows.shown(COLUMNS, team)}

    return listed(task, found, ROW, row, key=Team.id)


METHODS = (
    Method(
        "Team.Add", "上传班组信息", ADD, Content.TEAM, check=check_add, work=add,
        excused=ADD_EXCUSED,
        notes=(
            "同一参建单位内班组名称唯一,重复时结果为失败,文本含已有班组编号。",
            "entryTime、exitTime 不能晚于当天,exitTime 不能早于 entryTime;"
            "有 exitTime 的,登记后即为已退场,不再接收工人。",
            '成功后 result 为文本 {"teamSysNo":1500000001}。',
        ),
    ),
    Method(
        "Team.Update", "修改班组信息", UPDATE, Content.TEAM, check=check_update, work=update,
        notes=(
            "班组以 teamSysNo 为准,所属企业不可修改;未填的字段保持不变。",
            "填写 exitTime 的,班组及其在场工人于该日退场。",
        ),
    ),
    Method("Team.Query", "查询班组信息", QUERY, Content.TEAM, reply=ROW, answer=query),
)  # fmt: skip
