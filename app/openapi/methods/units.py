"""参建单位: ProjectSubContractor.Add, .Update and .Query (open-api.md 9.3)."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.columns.base import specs
from app.core.errors import Refusal
from app.extensions import db
from app.openapi import codes, errors
from app.openapi.choices import Content
from app.openapi.methods import rows
from app.openapi.methods.base import Done, Method, Task, head, listed, of_company, told, unit_of
from app.openapi.schemas import (
    COMPANY,
    EXCUSED,
    PAGING,
    PROJECT,
    SOME_COMPANY,
    SOME_PROJECT,
    columns_of,
    fields_of,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Schema
from app.projects import services
from app.projects.choices import GENERAL_CONTRACTOR, GONE_UNITS, NAMED_ROLES, UnitState
from app.projects.models import ProjectUnit
from app.projects.services.gaps import renew_gaps
from app.projects.services.invitations import mendable

BANKS = "bankInfos"
BANK: Schema = (
    Field("bankCode", Kind.CODE, required=True, dictionary="bank_code"),
    Field("bankName", max_length=100, required=True),
    Field("bankNumber", max_length=30, required=True, encrypted=True),
    Field("bankLinkNumber", max_length=30),
)
MOMENT: dict[str, Any] = {"kind": Kind.INSTANT, "dated_only": True}
FIELDS = fields_of(
    ProjectUnit, without=("credit_code", "name"),
    corpType={"required": True}, entryTime=MOMENT, exitTime=MOMENT,
    pmIDCardNumber={"max_length": 30},
)  # fmt: skip
ADD = (*PROJECT, *COMPANY, *FIELDS, Field(BANKS, Kind.LIST, items=BANK))
UPDATE = (
    *SOME_PROJECT, *COMPANY, *(replace(field, required=False) for field in FIELDS),
    Field(BANKS, Kind.LIST, items=BANK),
)  # fmt: skip
QUERY = (*PAGING, *PROJECT, *SOME_COMPANY)
ROW: Schema = ADD
COLUMNS = columns_of(ProjectUnit)
NAMES = {"exit_on": "exitTime", **{spec.name: name for name, spec in COLUMNS.items()}}
NEEDS = tuple(name for name in EXCUSED if not name.startswith("corp"))
# where there is no unified code, nine characters of an organisation code (section 8)
ORGANISATION = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
OTHERS = {"013": "012", "014": "012"}
LEFT = "参建单位退场"
OWN = "总承包单位、建设单位、监理、勘察和设计单位以项目登记为准,请在项目信息中登记或变更!"


def check_add(task: Task) -> dict[str, Any]:
    """Read a participating unit."""
    return _values(task.read(ADD, excused=NEEDS))


def check_update(task: Task) -> dict[str, Any]:
    """Read what is said of a unit that takes part in the project."""
    read = task.read(UPDATE, excused=NEEDS)
    return {"unit": unit_of(task, read), **_values(read)}


def _values(read: Mapping[str, Any]) -> dict[str, Any]:
    problems: list[str] = []
    days = {
        name: clock.local(value).date() for name, value in read.items()
        if isinstance(value, datetime)
    }  # fmt: skip
    code = read["corpCode"].strip().upper()
    rest = {**read, **days}
    if ORGANISATION.fullmatch(code):
        rest.pop("corpCode")
    values = rows.values_of(COLUMNS, rest, (), problems)
    if values.get("exit_on") and values["exit_on"] < values.get("entry_on", values["exit_on"]):
        problems.append(errors.at(["exitTime"], errors.NOT_BEFORE_HISTORY))
    if problems:
        raise errors.ParameterRefused(*problems)
    values.setdefault("credit_code", code.replace("-", ""))
    if role := values.get("unit_role"):
        values["unit_role"] = OTHERS.get(role, role)
    return {"values": values, "banks": read.get(BANKS)}


def add(task: Task, checked: dict[str, Any]) -> Done:
    """Invite or register a unit; one that takes part already is told so (section 10)."""
    values = dict(checked["values"])
    left_on = values.pop("exit_on", None)
    present = _present(task, values["credit_code"])
    if present is not None:
        return Done(errors.unit_exists(present.name), succeeded=False, accepted=0)
    if values["unit_role"] in (GENERAL_CONTRACTOR, *NAMED_ROLES):
        return Done(errors.at(["corpType"], OWN), succeeded=False, accepted=0)
    try:
        with db.session.begin_nested():
            unit = services.invite_unit(task.project(), values, actor=task.actor)
            _keep_banks(unit, checked["banks"])
            _leave(task, unit, left_on)
    except Refusal as problem:
        return Done(told(problem, NAMES), succeeded=False, accepted=0)
    return Done()


def update(task: Task, checked: dict[str, Any]) -> Done:
    """Mend a unit as far as its form could be; what was accepted stays as accepted (5.2)."""
    unit, values = checked["unit"], dict(checked["values"])
    left_on = values.pop("exit_on", None)
    otherwise = {
        name: value for name, value in values.items()
        if value is not None and getattr(unit, name) != value
    }  # fmt: skip
    note = ""
    try:
        with db.session.begin_nested():
            if otherwise and mendable(unit):
                whole = {name: getattr(unit, name) for name in specs(ProjectUnit)} | otherwise
                services.change_unit(unit, whole, actor=task.actor)
            _keep_banks(unit, checked["banks"])
            _leave(task, unit, left_on)
            kept = [name for name, value in otherwise.items() if getattr(unit, name) != value]
            note = ";".join(errors.at([NAMES[name]], errors.KEPT_AS_AGREED) for name in kept)
    except Refusal as problem:
        return Done(told(problem, NAMES), succeeded=False, accepted=0)
    return Done(note)


def _present(task: Task, code: str) -> ProjectUnit | None:
    return db.session.scalars(
        select(ProjectUnit).where(
            ProjectUnit.project_id == task.caller.project_id,
            func.upper(ProjectUnit.credit_code) == code,
            ProjectUnit.state.not_in(GONE_UNITS), ProjectUnit.is_deleted.is_(False),
        )
    ).first()  # fmt: skip


def _keep_banks(unit: ProjectUnit, banks: list[dict[str, Any]] | None) -> None:
    if banks is not None:
        unit.wage_banks = json.dumps(banks, ensure_ascii=False)
    renew_gaps(unit)
    db.session.flush()


def _leave(task: Task, unit: ProjectUnit, left_on: Any) -> None:
    if left_on and unit.state is not UnitState.EXITED:
        leaving = {"exit_on": left_on, "exit_reason": LEFT}
        services.exit_unit(unit, leaving, actor=task.actor)


def query(task: Task) -> dict[str, Any]:
    """List the units of the project."""
    read = task.read(QUERY, excused=EXCUSED)
    gone = tuple(state for state in GONE_UNITS if state is not UnitState.EXITED)
    found = select(ProjectUnit).where(
        ProjectUnit.project_id == task.caller.project_id, ProjectUnit.is_deleted.is_(False),
        ProjectUnit.state.not_in(gone),
    )  # fmt: skip

    def row(unit: ProjectUnit) -> dict[str, Any]:
        told_ = {**rows.shown(COLUMNS, unit), **head(task, unit)}
        for name in ("entryTime", "exitTime"):
            told_[name] = rows.midnight(told_[name]) if told_[name] else None
        told_["corpType"] = codes.outward("unit_role", unit.unit_role)
        return {**told_, BANKS: json.loads(unit.wage_banks or "[]")}

    return listed(task, of_company(found, read), ROW, row, key=ProjectUnit.id)


METHODS = (
    Method(
        "ProjectSubContractor.Add", "上传参建单位信息", ADD, Content.TEAM, check=check_add,
        work=add, excused=NEEDS,
        notes=(
            "上传后即可使用:已注册企业待其接受邀请,未注册的待注册;002—005、012 直接登记。",
            "重复上传的结果为失败,文本含“参建单位已存在”;接口没有的合同等内容列入待补齐。",
        ),
    ),
    Method(
        "ProjectSubContractor.Update", "修改参建单位信息", UPDATE, Content.TEAM,
        check=check_update, work=update, excused=NEEDS,
        notes=(
            "以 corpCode 确定单位;对方已接受的内容不覆盖,在结果文本中列出。",
            "填写 exitTime 的,单位及其班组、人员于该日退场。",
        ),
    ),
    Method("ProjectSubContractor.Query", "查询参建单位信息", QUERY, Content.TEAM, reply=ROW,
           answer=query),
)  # fmt: skip
