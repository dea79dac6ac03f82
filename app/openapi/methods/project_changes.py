"""修改项目: Project.Add, .Update and .PartUpdate of the project of the key (open-api.md 9.2)."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core import checks
from app.openapi import codes, errors
from app.openapi.choices import Content
from app.openapi.methods import rows
from app.openapi.methods.base import Done, Method, Task
from app.openapi.methods.projects import COLUMNS as STORED
from app.openapi.schemas import PROJECT, SOME_PROJECT, fields_of
from app.openapi.wire import Field, Kind, Schema
from app.projects import queries, services
from app.projects.choices import GENERAL_CONTRACTOR
from app.projects.models import Project

LICENCES = "builderLicenses"
PLACE: dict[str, Any] = {"places": 15, "digits": 18}
COLUMNS = {name: spec for name, spec in STORED.items() if name not in ("projectCode", "prjStatus")}
STATUS = Field("prjStatus", Kind.CODE, required=True, dictionary="project_status")
# what stands in other columns, or in none
BESIDE: Schema = (
    Field("buildCorpName", max_length=200), Field("buildCorpCode", max_length=18),
    Field("buildPlanNum", max_length=50, encrypted=True),
    Field("prjPlanNum", max_length=50, encrypted=True),
    Field("linkMan", max_length=50), Field("linkPhone", max_length=50),
    Field("lat", Kind.NUMBER, **PLACE), Field("lng", Kind.NUMBER, **PLACE),
    Field("nationNum", max_length=3),
)  # fmt: skip
DAYS = ("planned_start", "planned_end")
OWN = fields_of(Project, without=("project_no", "state", *DAYS))
WHOLE: Schema = (
    Field("contractorCorpCode", max_length=18, required=True),
    Field("contractorCorpName", max_length=200, required=True),
    *(replace(field, required=field.name in ("name", "category")) for field in OWN),
    *fields_of(Project, without=("project_no", "state", *(
        spec.name for spec in COLUMNS.values() if spec.name not in DAYS
    ))),
    *BESIDE, Field("areaCode", Kind.CODE, required=True, dictionary="area_code"),
    Field(LICENCES, Kind.LIST, required=True, items=(
        Field("prjName", max_length=255, required=True),
        Field("builderLicenseNum", max_length=50, required=True, encrypted=True),
    )),
    STATUS,
)  # fmt: skip
ADD = WHOLE
UPDATE = (*PROJECT, *WHOLE)
PART = (
    *SOME_PROJECT,
    *(replace(field, required=False) for field in OWN if field.name != "name"),
    *BESIDE, STATUS,
)  # fmt: skip
MORE = {"buildPlanNum": "land_permit_no", "prjPlanNum": "planning_permit_no"}
CONTACT = {"linkMan": "labour_manager_name", "linkPhone": "labour_manager_mobile"}
NAMES = {
    **{spec.name: name for name, spec in COLUMNS.items()},
    **{column: name for name, column in (MORE | CONTACT).items()},
    "district_code": "areaCode",
}  # fmt: skip


def check_add(task: Task) -> dict[str, Any]:
    """Read a whole project; the access number names which one it is."""
    return _values(task.read(_tolerant(task, ADD)))


def check_update(task: Task) -> dict[str, Any]:
    """Read a whole project again."""
    return _values(task.read(_tolerant(task, UPDATE), excused=("projectCode",)))


def check_part(task: Task) -> dict[str, Any]:
    """Read some particulars of the project."""
    return _values(task.read(PART))


def _tolerant(task: Task, schema: Schema) -> Schema:
    """Take permits as text too: one client sends them so."""
    sent = next((v for k, v in task.data.items() if k.lower() == LICENCES.lower()), None)
    as_text = isinstance(sent, str) and not sent.strip().startswith("[")
    return tuple(field for field in schema if not (as_text and field.name == LICENCES))


def _values(read: Mapping[str, Any]) -> dict[str, Any]:
    problems: list[str] = []
    values = rows.values_of(COLUMNS, read, (), problems)
    if problems:
        raise errors.ParameterRefused(*problems)
    values |= {column: read[name] for name, column in MORE.items() if name in read}
    return {"values": values, "read": read}


def add(task: Task, checked: dict[str, Any]) -> Done:
    """Answer with the number of the project the access number belongs to."""
    project = task.project()
    read = checked["read"]
    unit = queries.unit_of_role(project, GENERAL_CONTRACTOR)
    code = read["contractorCorpCode"].upper()
    if unit is None or code != (unit.credit_code or "").upper():
        text = errors.at(["contractorCorpCode"], "不是接入编号所属项目的总承包单位!")
        return Done(text, succeeded=False, accepted=0)
    if checks.fold_text(read["name"]) != checks.fold_text(project.name):
        text = errors.at(["name"], f"接入编号已绑定项目“{project.name}”,其他项目请先在平台申请!")
        return Done(text, succeeded=False, accepted=0)
    update(task, checked)
    return Done(json.dumps({"projectCode": task.caller.project_no}, separators=(",", ":")))


def update(task: Task, checked: dict[str, Any]) -> Done:
    """Take the particulars nobody has put in by hand; what is reviewed is told and stays."""
    project, read = task.project(), checked["read"]
    stay = services.take_particulars(project, checked["values"], actor=task.actor)
    told = [NAMES[name] for name in stay]
    told += [
        name for name, column in CONTACT.items()
        if name in read and read[name] != getattr(project, column)
    ]  # fmt: skip
    state = codes.outward("project_status", project.state.name.lower())
    if read.get("prjStatus") not in (None, state):
        told.append("prjStatus")
    if "areaCode" in read and read["areaCode"] != project.district_code:
        told.append("areaCode")
    return Done(";".join(errors.at([name], errors.REVIEWED) for name in dict.fromkeys(told)))


NOTE = (
    "项目须先在平台申请并取得接入编号;需审核的内容不直接生效,在结果文本中列出,请办理项目变更。",
)
METHODS = (
    Method(
        "Project.Add", "上传项目信息", ADD, Content.TEAM, check=check_add, work=add, excused=(),
        notes=(*NOTE, '成功后 result 为文本 {"projectCode":"…"}。'),
    ),
    Method("Project.Update", "修改项目信息", UPDATE, Content.TEAM, check=check_update,
           work=update, excused=("projectCode",), notes=NOTE),
    Method("Project.PartUpdate", "修改项目部分信息", PART, Content.TEAM, check=check_part,
           work=update, excused=(), notes=NOTE),
)  # fmt: skip
