"""进退场: WorkerEntryExit.Add (open-api.md 9.6)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.core.errors import Refusal
from app.extensions import db
from app.openapi import errors
from app.openapi.choices import Content
from app.openapi.methods import rows
from app.openapi.methods.base import Done, Method, Task, masked, person_key, team_of, told
from app.openapi.schemas import (
    COMPANY,
    EXCUSED,
    PICTURE_LIMIT,
    PROJECT,
    TEAM,
    columns_of,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Latest
from app.roster import services
from app.roster.choices import MovementKind, StayState
from app.roster.models import Movement, ProjectWorker

LIST = "workerList"
MOST = 50
ENTRY = "1"
COLUMNS = columns_of(Movement)
ADD = (
    *PROJECT, *COMPANY, *TEAM,
    Field(
        LIST, Kind.LIST, required=True, max_items=MOST,
        items=(
            Field("idCardType", Kind.CODE, required=True, dictionary="id_card_type"),
            Field("idCardNumber", Kind.ID_NUMBER, required=True, max_length=30),
            Field("date", Kind.DATE, required=True, latest=Latest(errors.NOT_AFTER_THE_DAY)),
            Field("type", Kind.CODE, required=True, dictionary="entry_exit_type", numeric=True),
            Field("voucher", Kind.FILE, max_bytes=PICTURE_LIMIT),
        ),
    ),
)  # fmt: skip
NAMES = {
    "worker": "idCardNumber", "worker_id": "idCardNumber", "moved_on": "date", "kind": "type",
    "voucher": "voucher", "entry_on": "date", "exit_on": "date",
}  # fmt: skip
ORDER = {StayState.ON_SITE: 0, StayState.EXPECTED: 1, StayState.DRAFT: 2, StayState.EXITED: 3}


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
    stays = _stays(task, items)
    missing = [
        errors.at((LIST, place, "idCardNumber"), unknown(item["idCardNumber"]))
        for place, item in enumerate(items)
        if _key(item) not in stays
    ]
    wrong = missing or _before(items, stays)
    if wrong:
        return Done(";".join(wrong), succeeded=False, items=count, accepted=0)
    try:
        with db.session.begin_nested():
            ready = [_ready(item, stays[_key(item)]) for item in items]
            services.record_movements(task.project(), ready, actor=task.actor)
    except Refusal as problem:
        return Done(told(problem, NAMES, LIST), succeeded=False, items=count, accepted=0)
    return Done(items=count, accepted=count)


def unknown(number: str) -> str:
    """Tell that nobody of this number works on the project, and what to send first."""
    return f"没有找到证件号码为{masked(number)}的工人信息,请先上传项目工人信息!"


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["idCardType"], person_key(item["idCardNumber"])


def _stays(task: Task, items: list[dict[str, Any]]) -> dict[tuple[str, str], ProjectWorker]:
    """Give the stay each person's movement belongs to: the live one, else the latest."""
    found: dict[tuple[str, str], ProjectWorker] = {}
    listed = db.session.scalars(
        select(ProjectWorker)
        .where(
            ProjectWorker.project_id == task.caller.project_id,
            ProjectWorker.id_number_hash.in_({key for _kind, key in map(_key, items)}),
            ProjectWorker.is_deleted.is_(False),
        )
        .order_by(ProjectWorker.id.desc())
    )
    for stay in sorted(listed, key=lambda row: ORDER[row.state]):
        found.setdefault((stay.id_type, stay.id_number_hash), stay)
    return found


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
        if item["date"] < latest.get(stays[_key(item)].id, item["date"])
    ]


def _ready(item: dict[str, Any], stay: ProjectWorker) -> dict[str, Any]:
    kind = MovementKind.ENTRY if item["type"] == ENTRY else MovementKind.EXIT
    return {"worker": stay, "kind": kind, "moved_on": item["date"], **rows.kept(item["files"])}


METHODS = (
    Method(
        "WorkerEntryExit.Add", "上传工人进退场信息", ADD, Content.WORKER,
        check=check_add, work=add,
        notes=("type:1 进场,0 退场。每次最多50人,全部成功或全部失败。",),
    ),
)  # fmt: skip
