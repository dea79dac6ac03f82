"""班组: Team.Add and Team.Query (open-api.md 9.4)."""

import json
from typing import Any

from sqlalchemy import select

from app.core.errors import Refusal
from app.extensions import db
from app.openapi import errors, wire
from app.openapi.choices import Content
from app.openapi.methods import rows
from app.openapi.methods.base import Done, Method, Task, counted, of_company, told, unit_of
from app.openapi.schemas import (
    COMPANY,
    EXCUSED,
    PAGING,
    PROJECT,
    SOME_COMPANY,
    SOME_TEAM,
    attachments,
    columns_of,
    fields_of,
)  # fmt: skip
from app.openapi.wire import Field, Latest
from app.projects.models import ProjectUnit
from app.roster import services
from app.roster.errors import TeamNameTaken
from app.roster.models import Team

LEADER = ("leader_name", "leader_mobile", "leader_id_type", "leader_id_number")
COLUMNS = columns_of(Team)
ADD_COLUMNS = {name: spec for name, spec in COLUMNS.items() if spec.name not in LEADER}
LONG = {"max_length": 50}
PASSED = {"latest": Latest(errors.NOT_AFTER_NOW)}
FIELDS = fields_of(
    Team, without=("team_no", *LEADER),
    teamName={"max_length": 100}, responsiblePersonName=LONG, entryTime=PASSED, exitTime=PASSED,
)  # fmt: skip
ADD = (
    *PROJECT, *COMPANY, *FIELDS,
    attachments("entryAttachments", 5), attachments("exitAttachments", 5),
)  # fmt: skip
QUERY = (*PAGING, *PROJECT, *SOME_TEAM, Field("teamName", max_length=100), *SOME_COMPANY)
ROW = (*PROJECT, *COMPANY, *fields_of(Team))
ADD_EXCUSED = tuple(name for name in EXCUSED if name != "teamName")
NAMES = {"unit_id": "corpCode", **{spec.name: name for name, spec in COLUMNS.items()}}


def check_add(task: Task) -> dict[str, Any]:
    """Read a team; its company must take part in the project."""
    read = task.read(ADD, excused=ADD_EXCUSED)
    problems: list[str] = []
    values = rows.values_of(ADD_COLUMNS, read, (), problems)
    entry_on, exit_on = values.get("entry_on"), values.get("exit_on")
    if entry_on and exit_on and exit_on < entry_on:
        problems.append(errors.at(["exitTime"], errors.NOT_BEFORE_HISTORY))
    if problems:
        raise errors.ParameterRefused(*problems)
    return {**values, "unit_id": unit_of(task, read).id}


def add(task: Task, values: dict[str, Any]) -> Done:
    """Add a team; one of this name answers with its number, which clients cut out.

    A team that is said to have left is added and leaves on that day.
    """
    left_on = values.pop("exit_on", None)
    if number := _number(task, values):
        return Done(errors.team_exists(number), succeeded=False, accepted=0)
    try:
        with db.session.begin_nested():
            (team,) = services.add_teams(task.project(), [values], actor=task.actor)
            if left_on:
                services.exit_team(team, {"moved_on": left_on}, actor=task.actor)
    except TeamNameTaken as taken:
        known = taken.team_no or _number(task, values)
        return Done(errors.team_exists(known or 0), succeeded=False, accepted=0)
    except Refusal as problem:
        return Done(told(problem, NAMES), succeeded=False, accepted=0)
    return Done(json.dumps({"teamSysNo": int(team.team_no)}, separators=(",", ":")))


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
    page = wire.paging(task.data)
    read = task.read(QUERY, excused=EXCUSED)
    found = (
        select(Team, ProjectUnit)
        .join(ProjectUnit, ProjectUnit.id == Team.unit_id)
        .where(Team.project_id == task.caller.project_id, Team.is_deleted.is_(False))
    )
    if number := read.get("teamSysNo"):
        found = found.where(Team.team_no == number)
    if name := read.get("teamName"):
        found = found.where(Team.name.contains(name, autoescape=True))
    found = of_company(found, read)
    total = counted(found, Team.id)
    pairs = db.session.execute(found.order_by(Team.id).offset(page.offset).limit(page.size))
    listed = [
        {
            **rows.shown(COLUMNS, team),
            "projectCode": task.caller.project_no,
            "corpCode": unit.credit_code,
            "corpName": unit.name,
        }
        for team, unit in pairs
    ]
    return page.reply(total, task.reply(ROW, listed))


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
    Method("Team.Query", "查询班组信息", QUERY, Content.TEAM, reply=ROW, answer=query),
)  # fmt: skip
