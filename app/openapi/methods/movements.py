"""进退场: WorkerEntryExit.Add and .Query (open-api.md 9.6)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.core.errors import Refusal
from app.extensions import db
from app.openapi import errors
from app.openapi.choices import Content
from app.openapi.methods import people, rows
from app.openapi.methods.base import (
    Done,
    Method,
    Task,
    head,
    listed,
    of_company,
    of_person,
    of_team,
    team_of,
    told,
)  # fmt: skip
from app.openapi.schemas import (
    COMPANY,
    EXCUSED,
    PAGING,
    PERSON,
    PICTURE_LIMIT,
    PROJECT,
    SOME_COMPANY,
    SOME_PERSON,
    SOME_TEAM,
    TEAM,
    columns_of,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Latest, Schema
from app.projects.models import ProjectUnit
from app.roster import services
from app.roster.choices import MovementKind
from app.roster.models import Movement, ProjectWorker, Team

LIST = "workerList"
MOST = 50
ENTRY, EXIT = "1", "0"
COLUMNS = columns_of(Movement)
ADD = (
    *PROJECT, *COMPANY, *TEAM,
    Field(
        LIST, Kind.LIST, required=True, max_items=MOST,
        items=(
            *PERSON,
            Field("date", Kind.DATE, required=True, latest=Latest(errors.NOT_AFTER_THE_DAY)),
            Field("type", Kind.CODE, required=True, dictionary="entry_exit_type", numeric=True),
            Field("voucher", Kind.FILE, max_bytes=PICTURE_LIMIT),
        ),
    ),
)  # fmt: skip
QUERY = (
    *PAGING, *PROJECT, *SOME_COMPANY, *SOME_TEAM, *SOME_PERSON,
    Field("entryExitDate", Kind.DATE),
)  # fmt: skip
ROW: Schema = (
    *PROJECT, *COMPANY, *TEAM, Field("teamName"), Field("workerName"), *PERSON,
    Field("date", Kind.DATE), Field("dateTime", Kind.INSTANT), Field("type", numeric=True),
    Field("entryExitId", Kind.INTEGER), Field("voucher"),
)  # fmt: skip
NAMES = {
    "worker": "idCardNumber", "worker_id": "idCardNumber", "moved_on": "date", "kind": "type",
    "voucher": "voucher", "entry_on": "date", "exit_on": "date",
}  # fmt: skip


def check_add(task: Task) -> list[dict[str, Any]]:
    """Read entries and exits for a team of the project."""
    read = task.read(ADD, excused=EXCUSED, assumed={"idCardType": "01"})
    team_of(task, read)
    problems: list[str] = []
    found = []
    voucher = {"voucher": COLUMNS["voucher"]}
    for place, item in enumerate(read[LIST]):
        path = (LIST, place)
        files = rows.values_of(voucher, {"voucher": item.get("voucher")} if item.get("voucher")
                               else {}, path, problems)  # fmt: skip
        found.append({**item, "files": files})
    if problems:
        raise errors.ParameterRefused(*problems)
    return found


def add(task: Task, items: list[dict[str, Any]]) -> Done:
    """Record entries and exits, all or none; a person is found whatever his team is now."""
    count = len(items)
    stays = people.stays(task, items)
    missing = [
        errors.at((LIST, place, "idCardNumber"), people.unknown(item["idCardNumber"]))
        for place, item in enumerate(items)
        if people.key_of(item) not in stays
    ]
    wrong = missing or _before(items, stays)
    if wrong:
        return Done(";".join(wrong), succeeded=False, items=count, accepted=0)
    try:
        with db.session.begin_nested():
            ready = [_ready(item, stays[people.key_of(item)]) for item in items]
            services.record_movements(task.project(), ready, actor=task.actor)
    except Refusal as problem:
        return Done(told(problem, NAMES, LIST), succeeded=False, items=count, accepted=0)
    return Done(items=count, accepted=count)


def _before(
    items: list[dict[str, Any]], stays: Mapping[tuple[str, str], ProjectWorker]
) -> list[str]:
    """Tell whose date lies before a movement that is known already."""
    workers = {stay.id for stay in stays.values()}
    latest: dict[int, Any] = {}
    for worker, day in db.session.execute(
        select(Movement.worker_id, Movement.moved_on).where(
            Movement.worker_id.in_(workers), Movement.is_deleted.is_(False)
        )
    ):
        latest[worker] = max(day, latest.get(worker, day))
    return [
        errors.at((LIST, place, "date"), errors.NOT_BEFORE_HISTORY)
        for place, item in enumerate(items)
        if item["date"] < latest.get(stays[people.key_of(item)].id, item["date"])
    ]


def _ready(item: dict[str, Any], stay: ProjectWorker) -> dict[str, Any]:
    kind = MovementKind.ENTRY if item["type"] == ENTRY else MovementKind.EXIT
    return {"worker": stay, "kind": kind, "moved_on": item["date"], **rows.kept(item["files"])}


def query(task: Task) -> dict[str, Any]:
    """List the entries and exits of the project."""
    read = task.read(QUERY, excused=EXCUSED)
    found = (
        select(Movement, ProjectWorker, ProjectUnit, Team)
        .join(ProjectWorker, ProjectWorker.id == Movement.worker_id)
        .join(ProjectUnit, ProjectUnit.id == Movement.unit_id)
        .outerjoin(Team, Team.id == Movement.team_id)
        .where(Movement.project_id == task.caller.project_id, Movement.is_deleted.is_(False))
    )
    if day := read.get("entryExitDate"):
        found = found.where(Movement.moved_on == day)
    found = of_person(of_company(of_team(found, read), read), read, ProjectWorker)

    def row(movement: Movement, stay: Any, unit: Any, team: Any) -> dict[str, Any]:
        return {
            **head(task, unit, team), "workerName": stay.name, "idCardType": stay.id_type,
            "idCardNumber": stay.id_number, "date": movement.moved_on,
            "dateTime": rows.midnight(movement.moved_on), "entryExitId": movement.id,
            "type": ENTRY if movement.kind is MovementKind.ENTRY else EXIT,
            "voucher": rows.address(movement.voucher),
        }  # fmt: skip

    return listed(task, found, ROW, row, key=Movement.id)


METHODS = (
    Method(
        "WorkerEntryExit.Add", "上传工人进退场信息", ADD, Content.WORKER,
        check=check_add, work=add,
        notes=("type:1 进场,0 退场。每次最多50人,全部成功或全部失败。",),
    ),
    Method("WorkerEntryExit.Query", "查询工人进退场信息", QUERY, Content.WORKER, reply=ROW,
           answer=query),
)  # fmt: skip
