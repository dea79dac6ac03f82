"""劳动合同: WorkerContract.Add and .Query (open-api.md 9.7)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Integer, literal, select, union_all

from app.core.errors import Refusal
from app.extensions import db
from app.openapi import errors, wire
from app.openapi.choices import Content
from app.openapi.methods import people, rows
from app.openapi.methods.base import (
    Done,
    Method,
    Task,
    counted,
    head,
    of_company,
    of_person,
    told,
    unit_of,
)  # fmt: skip
from app.openapi.schemas import (
    COMPANY,
    EXCUSED,
    PAGING,
    PERSON,
    PROJECT,
    SOME_COMPANY,
    SOME_PERSON,
    columns_of,
    fields_of,
    told_files,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Schema
from app.projects.models import ProjectUnit
from app.roster import services
from app.roster.models import Contract, ProjectWorker

LIST = "contractList"
MOST = 5
PIECE = "piece"
COLUMNS = columns_of(Contract)
AGREED = fields_of(Contract, endDate={"required": True})
ADD = (
    *PROJECT,
    Field(LIST, Kind.LIST, required=True, max_items=MOST, items=(*COMPANY, *PERSON, *AGREED)),
)
QUERY = (*PAGING, *PROJECT, *SOME_COMPANY, *SOME_PERSON)
ROW: Schema = told_files((*PROJECT, *COMPANY, *PERSON, Field("workerName"), *AGREED))
NAMES = {
    "worker": "idCardNumber", "id_number": "idCardNumber", "contract_signed_on": "startDate",
    **{spec.name: name for name, spec in COLUMNS.items()},
}  # fmt: skip


def check_add(task: Task) -> list[dict[str, Any]]:
    """Read contracts of workers; the companies must take part in the project."""
    read = task.read(ADD, excused=EXCUSED, assumed={"idCardType": "01"})
    problems: list[str] = []
    found = []
    for place, item in enumerate(read[LIST]):
        path = (LIST, place)
        if item.get("corpCode") or item.get("corpName"):
            try:
                unit_of(task, item)
            except errors.ParameterRefused as wrong:
                problems += [f"{errors.at(path, '')}{message}" for message in wrong.messages]
        values = _signed(rows.values_of(COLUMNS, item, path, problems), task.today)
        if item["endDate"] < item["startDate"]:
            problems.append(errors.at((*path, "endDate"), "不能小于开始日期!"))
        found.append({**item, "values": values})
    if problems:
        raise errors.ParameterRefused(*problems)
    return found


def _signed(values: dict[str, Any], today: date) -> dict[str, Any]:
    """Let startDate stand for the signing date (screens.md 7.4); a unit means pay by the piece."""
    if start := values.get("contract_from"):
        values["contract_signed_on"] = min(start, today)
    if not values.get("pay_rate"):
        values.pop("pay_rate", None)  # nought is how some write that none was agreed
    if values.get("pay_unit"):
        values["pay_method"] = PIECE
    return values


def add(task: Task, items: list[dict[str, Any]]) -> Done:
    """Put contracts on record, all or none; what the wire lacks is 待补齐."""
    count = len(items)
    stays = people.stays(task, items)
    missing = [
        errors.at((LIST, place, "idCardNumber"), people.unknown(item["idCardNumber"]))
        for place, item in enumerate(items) if people.key_of(item) not in stays
    ]  # fmt: skip
    if missing:
        return Done(";".join(missing), succeeded=False, items=count, accepted=0)
    try:
        with db.session.begin_nested():
            ready = [
                {"worker": stays[people.key_of(item)], **rows.kept(item["values"])}
                for item in items
            ]
            signed = services.sign_contracts(task.project(), ready, actor=task.actor)
    except Refusal as problem:
        return Done(told(problem, NAMES, LIST), succeeded=False, items=count, accepted=0)
    notes = [str(line) for one in signed for line in one.notices]
    return Done(";".join(dict.fromkeys(notes)), items=count, accepted=count)


def query(task: Task) -> dict[str, Any]:
    """List the contracts of the project: those in force, and those before and after them."""
    page = wire.paging(task.data)
    read = task.read(QUERY, excused=EXCUSED)
    both = union_all(
        _narrowed(select(ProjectWorker.id, literal(0, Integer)), read).where(
            ProjectWorker.project_id == task.caller.project_id, ProjectWorker.has_contract,
            ProjectWorker.is_deleted.is_(False),
        ),
        _narrowed(
            select(ProjectWorker.id, Contract.id)
            .join(Contract, Contract.worker_id == ProjectWorker.id), read,
        ).where(Contract.project_id == task.caller.project_id, Contract.is_deleted.is_(False)),
    ).subquery()  # fmt: skip
    stay_id, other_id = both.c
    found = select(stay_id, other_id)
    total = counted(found, stay_id)
    pairs = db.session.execute(
        found.order_by(stay_id, other_id).offset(page.offset).limit(page.size)
    )
    return page.reply(total, task.reply(ROW, [_row(task, *pair) for pair in pairs]))


def _narrowed(found: Any, read: Mapping[str, Any]) -> Any:
    joined = found.join(ProjectUnit, ProjectUnit.id == ProjectWorker.unit_id)
    return of_person(of_company(joined, read), read, ProjectWorker)


def _row(task: Task, stay_id: int, other_id: int) -> dict[str, Any]:
    stay = db.session.get_one(ProjectWorker, stay_id)
    agreed = db.session.get_one(Contract, other_id) if other_id else stay
    return {
        **rows.shown(COLUMNS, agreed), **head(task, stay.unit), "workerName": stay.name,
        "idCardType": stay.id_type, "idCardNumber": stay.id_number,
    }  # fmt: skip


METHODS = (
    Method(
        "WorkerContract.Add", "上传工人劳动合同信息", ADD, Content.WORKER, check=check_add,
        work=add,
        notes=(
            "每次最多5份,每份最多2个附件,全部成功或全部失败;startDate 视为签订日期。",
            "contractPeriodType:0 固定期限,1 以完成一定工作为期限;同一开始日期再次上传的视为更正。",
            "合同编号、计薪方式等接口没有的内容列入待补齐。",
        ),
    ),
    Method("WorkerContract.Query", "查询工人劳动合同信息", QUERY, Content.WORKER, reply=ROW,
           answer=query),
)  # fmt: skip
