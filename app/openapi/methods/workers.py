"""项目工人: ProjectWorker.Add, .Update and .Query (open-api.md 9.5)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.core import checks, dictionaries
from app.core.errors import Refusal, Refusals
from app.extensions import db
from app.openapi import errors, wire
from app.openapi.choices import Content
from app.openapi.methods import people, rows, worker_items
from app.openapi.methods.base import (
    Done,
    Method,
    Task,
    counted,
    head,
    masked,
    of_company,
    of_person,
    of_team,
    team_of,
    told,
)  # fmt: skip
from app.openapi.methods.worker_items import CHANGED_ITEM, COLUMNS, ITEM, LIST, WITHOUT_HEAD
from app.openapi.schemas import (
    COMPANY,
    EXCUSED,
    PAGING,
    PROJECT,
    SOME_COMPANY,
    SOME_PERSON,
    SOME_PROJECT,
    SOME_TEAM,
    TEAM,
    fields_of,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Schema
from app.projects.models import ProjectUnit
from app.roster import services
from app.roster.choices import OFFERED_DOCUMENTS, MovementKind
from app.roster.errors import AlreadyOnProject, NotOnRoster, TwiceInList
from app.roster.models import Movement, ProjectWorker, Team
from app.roster.services import ages

MOST = 5


def _in_head(values: Mapping[str, Any]) -> bool:
    """Tell whether the head must name the team: one city's items name it themselves."""
    return not all(item.get("teamSysNo") for item in values.get(LIST) or [{}])


SOME_NAMES: Schema = (*SOME_PROJECT, *SOME_COMPANY, *SOME_TEAM, Field("teamName", max_length=100))
HEAD = (*PROJECT, *COMPANY, replace(TEAM[0], required=_in_head),
        Field("teamName", max_length=100, required=True))  # fmt: skip
ADD = (
    *HEAD,
    Field(LIST, Kind.LIST, required=True, max_items=MOST, items=(*ITEM, *WITHOUT_HEAD)),
)
UPDATE = (
    *SOME_NAMES,
    Field(LIST, Kind.LIST, required=True, max_items=MOST, items=(*CHANGED_ITEM, *SOME_TEAM)),
)
FLAT = (*SOME_NAMES, *CHANGED_ITEM)
QUERY = (*PAGING, *PROJECT, *SOME_COMPANY, *SOME_TEAM, *SOME_PERSON)
PICTURES = ("id_front", "id_back", "face_photo")
ROW: Schema = (
    *HEAD, *(field if field.kind is not Kind.IMAGE else Field(field.name)
             for field in fields_of(ProjectWorker, without=PICTURES)),
    Field("issueCardDate", Kind.DATE), Field("issueCardPic"), Field("issueCardPicUrl"),
    Field("hasContract", Kind.FLAG), Field("gender", numeric=True), Field("birthday", Kind.DATE),
    Field("birth_place_code"), Field("payRollTopBankName"), Field("teamLeaderName"),
    Field("entryAttachmentUrl"), Field("exitAttachmentUrl"),
)  # fmt: skip
NAMES = {
    "unit_id": "corpCode", "team_id": "teamSysNo", "from_on": "teamSysNo",
    **{spec.name: name for name, spec in COLUMNS.items()},
}  # fmt: skip


def check_add(task: Task) -> dict[str, Any]:
    """Read workers for a team of the project, or each for the team he names."""
    data = worker_items.mended(task.data)
    read = task.read(ADD, excused=EXCUSED, assumed={"idCardType": "01"}, data=data)
    problems: list[str] = []
    found, teams, days = [], [], []
    for place, item in enumerate(read[LIST]):
        teams.append(_team(task, read, item, place))
        found.append(worker_items.values_of(item, (LIST, place), problems))
        days.append(worker_items.stay_of(item))
    if problems:
        raise errors.ParameterRefused(*problems)
    remarks = dict.fromkeys(_remark(team, read.get("teamName")) for team in teams)
    return {"teams": teams, "rows": found, "days": days, "remark": ";".join(filter(None, remarks))}


def _team(task: Task, read: Mapping[str, Any], item: Mapping[str, Any], place: int) -> Team:
    own = item.get("teamSysNo")
    if own is None or "teamSysNo" in read:
        return team_of(task, read)
    try:
        return team_of(task, {**read, "teamSysNo": own})
    except errors.ParameterRefused as wrong:
        raise errors.ParameterRefused(
            *(f"[{LIST}][{place}]{message}" for message in wrong.messages)
        ) from None


def _remark(team: Team, name: str | None) -> str:
    """Say that the number, which decides, names a team of another name: no refusal.

    Teams are renamed on the screen, and clients go on sending the name they know.
    """
    if not name or checks.fold_text(name) == checks.fold_text(team.name):
        return ""
    return errors.at(["teamName"], errors.team_named(team.name))


def add(task: Task, checked: dict[str, Any]) -> Done:
    """Enrol workers, all or none; the entry follows with WorkerEntryExit.Add."""
    found, teams = checked["rows"], checked["teams"]
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
                {"unit_id": team.unit_id, "team_id": team.id, **rows.kept(row)}
                for row, team in zip(found, teams, strict=True)
            ]
            workers = services.enrol_workers(task.project(), ready, actor=task.actor)
            _move(task, workers, checked["days"])
    except Refusal as problem:
        return Done(_said(problem), succeeded=False, items=count, accepted=0)
    young = [
        errors.at((LIST, place, "idCardNumber"), said)
        for place, worker in enumerate(workers) for said in ages.warnings(worker)
    ]  # fmt: skip
    remarks = [checked["remark"], *young]
    return Done(";".join(filter(None, remarks)), items=count, accepted=count)


def _move(task: Task, workers: Iterable[ProjectWorker], days: Iterable[Any]) -> None:
    """Record the entry and exit that came with the workers, first all who came."""
    pairs = list(zip(workers, days, strict=True))
    for which, kind in enumerate((MovementKind.ENTRY, MovementKind.EXIT)):
        moved = [
            {"worker": worker, "kind": kind, "moved_on": both[which]}
            for worker, both in pairs if both[which]
        ]  # fmt: skip
        if moved:
            services.record_movements(task.project(), moved, actor=task.actor)


def _said(problem: Refusal, *, flat: bool = False) -> str:
    """Give the text of a refusal; workers who are there already stand on a line each."""
    singles = problem.problems if isinstance(problem, Refusals) else [problem]
    there = [one for one in singles if isinstance(one, (AlreadyOnProject, TwiceInList))]
    others = [told(one, NAMES, "" if flat else LIST) for one in singles if one not in there]
    numbers = dict.fromkeys(one.id_number for one in there)
    lines = [errors.workers_exist(masked(number) for number in numbers)] if there else []
    return ";".join([*lines, *dict.fromkeys(others)])


def check_update(task: Task) -> dict[str, Any]:
    """Read changes of workers, flat or as a list: both come, even from one program."""
    data = worker_items.mended(task.data)
    flat = LIST not in wire.Members(data)
    schema = FLAT if flat else UPDATE
    read = task.read(schema, excused=EXCUSED, assumed={"idCardType": "01"}, data=data)
    problems: list[str] = []
    found = []
    for place, item in enumerate([read] if flat else read[LIST]):
        values = worker_items.values_of(item, () if flat else (LIST, place), problems)
        number = item.get("teamSysNo") or read.get("teamSysNo")
        team = team_of(task, {**read, "teamSysNo": number}) if number else None
        found.append({**values, "team_id": team.id if team else None})
    if problems:
        raise errors.ParameterRefused(*problems)
    return {"rows": found, "flat": flat}


def update(task: Task, checked: dict[str, Any]) -> Done:
    """Change stays that go on, all or none; a name that differs is a data conflict (7.4)."""
    found, flat = checked["rows"], checked["flat"]
    count = len(found)
    try:
        with db.session.begin_nested():
            ready = [rows.kept(row) for row in found]
            workers = services.update_workers(task.project(), ready, actor=task.actor)
    except Refusal as problem:
        text = _strangers(problem, found, flat=flat) or _said(problem, flat=flat)
        return Done(text, succeeded=False, items=count, accepted=0)
    notes = [str(line) for worker in workers for line in worker.notices]
    return Done(";".join(dict.fromkeys(notes)), items=count, accepted=count)


def _strangers(problem: Refusal, found: list[dict[str, Any]], *, flat: bool) -> str:
    """Name the step before for people who are not on the roster of the project."""
    singles = problem.problems if isinstance(problem, Refusals) else [problem]
    places = [getattr(one, "row", 0) for one in singles if isinstance(one, NotOnRoster)]
    return ";".join(
        errors.at(("idCardNumber",) if flat else (LIST, place, "idCardNumber"),
                  people.unknown(found[place]["id_number"]))
        for place in places
    )  # fmt: skip


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
    found = of_person(of_company(of_team(found, read), read), read, ProjectWorker)
    total = counted(found, ProjectWorker.id)
    triples = list(db.session.execute(
        found.order_by(ProjectWorker.id).offset(page.offset).limit(page.size)
    ))  # fmt: skip
    papers = _papers(stay.id for stay, _team, _unit in triples)
    return page.reply(total, task.reply(ROW, [_row(task, papers, *one) for one in triples]))


def _papers(stays: Iterable[int]) -> dict[tuple[int, MovementKind], int]:
    """Give the papers of the last entry and exit of some stays."""
    listed = db.session.execute(
        select(Movement.worker_id, Movement.kind, Movement.voucher)
        .where(Movement.worker_id.in_(list(stays)), Movement.is_deleted.is_(False),
               Movement.voucher.is_not(None))
        .order_by(Movement.id)
    )  # fmt: skip
    return {(worker, kind): number for worker, kind, number in listed}


def _row(
    task: Task, papers: Mapping[Any, int], stay: Any, team: Any, unit: Any
) -> dict[str, Any]:  # fmt: skip
    own = {name: spec for name, spec in COLUMNS.items() if spec.name not in PICTURES}
    number = stay.id_number if stay.id_type == "01" else None
    bank = dictionaries.label("bank", stay.bank_code) if stay.bank_code else None
    face = rows.address(stay.face_photo)
    return {
        **rows.shown(own, stay),
        **head(task, unit, team),
        "issueCardDate": stay.card_issued_at, "issueCardPic": face, "issueCardPicUrl": face,
        "hasContract": bool(stay.has_contract),
        "gender": stay.sex, "birthday": stay.birth_on,
        "birth_place_code": number[:6] if number else None,
        "payRollTopBankName": bank, "teamLeaderName": team.leader_name,
        "entryAttachmentUrl": rows.address(papers.get((stay.id, MovementKind.ENTRY))),
        "exitAttachmentUrl": rows.address(papers.get((stay.id, MovementKind.EXIT))),
    }  # fmt: skip


METHODS = (
    Method(
        "ProjectWorker.Add", "上传项目工人信息", ADD, Content.WORKER, check=check_add, work=add,
        notes=(
            "每次最多5人,全部成功或全部失败;证件类型支持01、08、10、12、17—20、99。",
            "上传后为草稿,进场以 WorkerEntryExit.Add 为准;先有考勤的,自首次考勤起视为在场。",
            "可选字段为空的,列入待补齐,三日内在页面补齐。",
            "班组以 teamSysNo 为准;teamName 与班组现名不一致的,照常登记,并在结果文本中提示。",
            "未满18周岁的照常保存并作标记,结果为成功,文本列出人员。",
            "也可不填表头,由每个工人填写 teamSysNo;填写 inDate、outDate 的,同时登记进场、退场。",
        ),
    ),
    Method(
        "ProjectWorker.Update", "修改项目工人信息", UPDATE, Content.WORKER, check=check_update,
        work=update,
        notes=(
            "可将工人字段与表头同级填写(一人),也可填写 workerList(最多5人)。",
            "未填的字段保持不变;证件以登记为准,姓名不一致的不覆盖,标记数据冲突。",
            "teamSysNo 与现班组不同的,自当天起调入该班组。",
        ),
    ),
    Method("ProjectWorker.Query", "查询项目工人信息", QUERY, Content.WORKER, reply=ROW,
           answer=query),
)  # fmt: skip
