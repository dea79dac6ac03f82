"""项目工人: ProjectWorker.Add and .Query (open-api.md 9.5)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from app.core import checks, dictionaries
from app.core.errors import Refusal, Refusals
from app.extensions import db
from app.openapi import errors, wire
from app.openapi.choices import Content
from app.openapi.methods import rows
from app.openapi.methods.base import (
    Done,
    Method,
    Task,
    counted,
    masked,
    of_company,
    of_person,
    team_of,
    told,
)  # fmt: skip
from app.openapi.schemas import (
    CARD_LIMIT,
    COMPANY,
    EXCUSED,
    PAGING,
    PICTURE_LIMIT,
    PROJECT,
    SOME_COMPANY,
    SOME_PERSON,
    SOME_TEAM,
    TEAM,
    columns_of,
    fields_of,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Latest, Schema
from app.projects.models import ProjectUnit
from app.roster import services
from app.roster.choices import OFFERED_DOCUMENTS
from app.roster.errors import AlreadyOnProject, TwiceInList
from app.roster.models import ProjectWorker, Team
from app.roster.services import ages

MOST = 5
LIST = "workerList"
COLUMNS = columns_of(ProjectWorker)
RESIDENTS = ("81", "82", "83", "9")


def _card(values: Mapping[str, Any]) -> bool:
    return values.get("idCardType", "01") == "01"


def _chinese(values: Mapping[str, Any]) -> bool:
    """Tell whether the person holds the card of a citizen, not a residence permit (screens 0)."""
    number = str(values.get("idCardNumber", ""))
    return _card(values) and not number.startswith(RESIDENTS)


ITEM = fields_of(
    ProjectWorker, without=("entry_on", "exit_on"),
    isTeamLeader={"required": True}, workRole={"required": True},
    nation={"required": _chinese}, politicsType={"required": _chinese},
    grantOrg={"required": _card}, address={"required": True},
    headImage={"required": True, "max_bytes": PICTURE_LIMIT},
    cultureLevelType={"required": True}, cellPhone={"max_length": 20},
    idCardNumber={"max_length": 30},
    positiveIDCardImage={"max_bytes": CARD_LIMIT}, negativeIDCardImage={"max_bytes": CARD_LIMIT},
)  # fmt: skip
ISSUED = Field("issueCardDate", Kind.DATE, latest=Latest(errors.NOT_AFTER_TODAY))
HEAD = (*PROJECT, *COMPANY, *TEAM, Field("teamName", max_length=100, required=True))
ADD = (
    *HEAD,
    Field(LIST, Kind.LIST, required=True, max_items=MOST, items=(*ITEM, ISSUED)),
)
QUERY = (*PAGING, *PROJECT, *SOME_COMPANY, *SOME_TEAM, *SOME_PERSON)
WITHOUT_PICTURES = ("id_portrait", "id_front", "id_back", "face_photo")
ROW: Schema = (
    *HEAD, *fields_of(ProjectWorker, without=WITHOUT_PICTURES), ISSUED,
    Field("hasContract", Kind.FLAG), Field("gender", numeric=True), Field("birthday", Kind.DATE),
    Field("birth_place_code"), Field("payRollTopBankName"),
)  # fmt: skip
NAMES = {
    "unit_id": "corpCode", "team_id": "teamSysNo",
    **{spec.name: name for name, spec in COLUMNS.items()},
}  # fmt: skip


def check_add(task: Task) -> dict[str, Any]:
    """Read workers for a team of the project."""
    read = task.read(ADD, excused=EXCUSED, assumed={"idCardType": "01"}, data=_mended(task.data))
    team = team_of(task, read)
    problems: list[str] = []
    found = []
    for place, item in enumerate(read[LIST]):
        path = (LIST, place)
        checked = COLUMNS if item["idCardType"] in OFFERED_DOCUMENTS else {}
        values = rows.values_of(checked, item, path, problems)
        if item.get("issueCardDate"):
            values["card_issued_at"] = rows.midnight(item["issueCardDate"])
        if values.get("union_joined_on"):
            values["union_member"] = True
        found.append({"id_type": item["idCardType"], "id_number": item["idCardNumber"], **values})
    if problems:
        raise errors.ParameterRefused(*problems)
    return {"team": team, "rows": found, "remark": _remark(team, read.get("teamName"))}


def _remark(team: Team, name: str | None) -> str:
    """Say that the number, which decides, names a team of another name: no refusal.

    Teams are renamed on the screen, and clients go on sending the name they know.
    """
    if not name or checks.fold_text(name) == checks.fold_text(team.name):
        return ""
    return errors.at(["teamName"], errors.team_named(team.name))


def _mended(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read a card without end (长期) and the name of an ethnic group with its 族."""
    whole = wire.Members(data).get(LIST)
    if isinstance(whole, str):  # one client sends its lists as JSON text
        with suppress(errors.ParameterRefused):
            whole = wire.load(whole)
    if not isinstance(whole, list):
        return data
    items = []
    for item in whole:
        if not isinstance(item, dict):
            items.append(item)
            continue
        members = dict(item)
        for key, value in item.items():
            if key.lower() == "expirydate" and isinstance(value, str) and value.strip() == "长期":
                members[key] = ""
            if key.lower() == "nation" and isinstance(value, str) and len(value.strip()) > 1:
                members[key] = value.strip().removesuffix("族")
        items.append(members)
    rest = {key: value for key, value in data.items() if key.lower() != LIST.lower()}
    return {**rest, LIST: items}


def add(task: Task, checked: dict[str, Any]) -> Done:
    """Enrol workers, all or none; the entry follows with WorkerEntryExit.Add."""
    found, team = checked["rows"], checked["team"]
    count = len(found)
    odd = [
        errors.at((LIST, place, "idCardType"), errors.CARD_KIND)
        for place, row in enumerate(found)
        if row["id_type"] not in OFFERED_DOCUMENTS
    ]
    if odd:
        return Done(";".join(odd), succeeded=False, items=count, accepted=0)
    try:
        with db.session.begin_nested():
            ready = [
                {"unit_id": team.unit_id, "team_id": team.id, **rows.kept(row)} for row in found
            ]
            workers = services.enrol_workers(task.project(), ready, actor=task.actor)
    except Refusal as problem:
        return Done(_said(problem), succeeded=False, items=count, accepted=0)
    young = [
        errors.at((LIST, place, "idCardNumber"), said)
        for place, worker in enumerate(workers) for said in ages.warnings(worker)
    ]  # fmt: skip
    remarks = [checked["remark"], *young]
    return Done(";".join(filter(None, remarks)), items=count, accepted=count)


def _said(problem: Refusal) -> str:
    """Give the text of a refusal; workers who are there already stand on a line each."""
    singles = problem.problems if isinstance(problem, Refusals) else [problem]
    there = [one for one in singles if isinstance(one, (AlreadyOnProject, TwiceInList))]
    others = [told(one, NAMES, LIST) for one in singles if one not in there]
    numbers = dict.fromkeys(one.id_number for one in there)
    lines = [errors.workers_exist(masked(number) for number in numbers)] if there else []
    return ";".join([*lines, *dict.fromkeys(others)])


def query(task: Task) -> dict[str, Any]:
    """List the stays of the project, the latest state of each."""
    page = wire.paging(task.data)
    read = task.read(QUERY, excused=EXCUSED)
    found = (
        select(ProjectWorker, Team, ProjectUnit)
        .join(Team, Team.id == ProjectWorker.team_id)
        .join(ProjectUnit, ProjectUnit.id == ProjectWorker.unit_id)
        .where(
            ProjectWorker.project_id == task.caller.project_id,
            ProjectWorker.is_deleted.is_(False),
        )
    )
    if number := read.get("teamSysNo"):
        found = found.where(Team.team_no == number)
    found = of_person(of_company(found, read), read, ProjectWorker)
    total = counted(found, ProjectWorker.id)
    listed = db.session.execute(
        found.order_by(ProjectWorker.id).offset(page.offset).limit(page.size)
    )
    return page.reply(total, task.reply(ROW, [_row(task, *triple) for triple in listed]))


def _row(task: Task, stay: Any, team: Any, unit: Any) -> dict[str, Any]:
    own = {name: spec for name, spec in COLUMNS.items() if spec.name not in WITHOUT_PICTURES}
    number = stay.id_number if stay.id_type == "01" else None
    return {
        **rows.shown(own, stay),
        "projectCode": task.caller.project_no,
        "corpCode": unit.credit_code,
        "corpName": unit.name,
        "teamSysNo": team.team_no,
        "teamName": team.name,
        "issueCardDate": stay.card_issued_at,
        "hasContract": bool(stay.has_contract),
        "gender": stay.sex,
        "birthday": stay.birth_on,
        "birth_place_code": number[:6] if number else None,
        "payRollTopBankName": dictionaries.label("bank", stay.bank_code)
        if stay.bank_code
        else None,
    }


METHODS = (
    Method(
        "ProjectWorker.Add", "上传项目工人信息", ADD, Content.WORKER, check=check_add, work=add,
        notes=(
            "每次最多5人,全部成功或全部失败;证件类型支持01、08、10、12、17—20、99。",
            "上传后为草稿,进场以 WorkerEntryExit.Add 为准;先有考勤的,自首次考勤起视为在场。",
            "可选字段为空的,列入待补齐,三日内在页面补齐。",
            "班组以 teamSysNo 为准;teamName 与班组现名不一致的,照常登记,并在结果文本中提示。",
            "未满18周岁的照常保存并作标记,结果为成功,文本列出人员。",
        ),
    ),
    Method("ProjectWorker.Query", "查询项目工人信息", QUERY, Content.WORKER, reply=ROW,
           answer=query),
)  # fmt: skip
