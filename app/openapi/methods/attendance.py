"""考勤: WorkerAttendance.Add and .Query (open-api.md 9.8)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import select

from app.attendance import services
from app.attendance.choices import PunchState
from app.attendance.devices import queries as devices
from app.attendance.models import Punch
from app.attendance.services import PunchInput, PunchOutcome
from app.core import clock, files, raw, settings
from app.extensions import db
from app.openapi import codes, errors, sandbox, wire
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
)  # fmt: skip
from app.openapi.schemas import (
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
from app.openapi.settings import PUNCHES_A_CALL
from app.openapi.wire import Field, Kind, Schema
from app.projects.models import ProjectUnit
from app.roster.models import Team

LIST = "dataList"
MOST = 20
DAY = timedelta(days=1)
COLUMNS = columns_of(Punch)
PLACE = {"places": 15, "digits": 18}
ITEM = fields_of(
    Punch,
    idCardType={"required": True}, idCardNumber={"required": True, "max_length": 30},
    date={"required": True}, direction={"required": True},
    image={"max_bytes": PICTURE_LIMIT}, lng=PLACE, lat=PLACE,
)  # fmt: skip
COMPANY_TOO: Schema = SOME_COMPANY  # the head names none, but some clients send it
ADD = (
    *PROJECT, *COMPANY_TOO, *TEAM,
    Field(LIST, Kind.LIST, required=True, max_items=MOST, items=ITEM),
)  # fmt: skip


HEAD = ADD[:-1]
ASSUMED = {"idCardType": "01"}
TEAM_OF = """
    select id, project_id, unit_id from team
    where project_id = %s and team_no = %s and not is_deleted
"""


@cache
def _add(most: int) -> Schema:
    """Give the fields of the method with the city's own limit of a batch."""
    return (*HEAD, replace(ADD[-1], max_items=most))


class Gate(NamedTuple):
    """The team a message names, as far as a punch needs it."""

    id: int
    project_id: int
    unit_id: int


QUERY = (
    *PAGING, *PROJECT, Field("date", Kind.DATE, required=True), *SOME_TEAM, *SOME_COMPANY,
    *SOME_PERSON,
)  # fmt: skip
# one client reads places as whole numbers: they stay out of the reply (section 5)
REPLIED = ("date", "direction", "idCardType", "idCardNumber", "attendType", "channel")
ROW: Schema = (
    *PROJECT, *TEAM, Field("teamName"), Field("workerName"),
    *(field for field in ITEM if field.name in REPLIED),
)  # fmt: skip


def check_add(task: Task) -> dict[str, Any]:
    """Read punches for a team of the project."""
    read = _read(task)
    team = _team(task, read)
    problems: list[str] = []
    pictures = {"image": COLUMNS["image"]}
    found: list[dict[str, Any]] = read[LIST]
    for place, item in enumerate(found):
        if item.get("image"):
            clean = rows.values_of(pictures, {"image": item["image"]}, (LIST, place), problems)
            item["image"] = clean.get("photo_id")
    if problems:
        raise errors.ParameterRefused(*problems)
    return {"team": team, "items": found}


def _read(task: Task) -> dict[str, Any]:
    """Read the message: plainly written items at once, any others with every care."""
    most = settings.get(PUNCHES_A_CALL)
    items = wire.Members(task.data).get(LIST)
    if isinstance(items, list) and len(items) <= most:
        found = wire.read_items(
            ITEM, items, secret=task.caller.secret, codes=codes.codes, assumed=ASSUMED
        )
        if found is not None:
            if task.caller.in_sandbox:
                sandbox.refuse_real_persons((ADD[-1],), {LIST: found})
            head = {name: value for name, value in task.data.items() if value is not items}
            return {**task.read(HEAD, excused=EXCUSED, data=head), LIST: found}
    return task.read(_add(most), excused=EXCUSED, assumed=ASSUMED)


def _team(task: Task, read: Mapping[str, Any]) -> Gate:
    """Find the team, and see that it is the company's where the message names one."""
    row = raw.execute(TEAM_OF, task.caller.project_id, read["teamSysNo"]).fetchone()
    if row is None or read.get("corpCode") or read.get("corpName"):
        team = team_of(task, read)
        return Gate(team.id, team.project_id, team.unit_id)
    return Gate(*row)


def add(task: Task, checked: dict[str, Any]) -> Done:
    """Keep punches; good ones stay even when the outcome of the batch is failed."""
    items = checked["items"]
    named = any(item.get("channel") for item in items)
    gates = devices.channels(task.caller.project_id) if named else {}
    outcomes = services.record_punches(
        task.caller.site or task.project(),
        [_input(item, checked["team"], gates) for item in items],
        actor=task.actor,
    )
    pairs = list(zip(items, outcomes, strict=True))
    bad = [
        _refused(task, place, item, outcome)
        for place, (item, outcome) in enumerate(pairs)
        if not outcome.accepted
    ]
    strangers = [
        f"[{LIST}][{place}]{masked(item['idCardNumber'])}"
        for place, (item, outcome) in enumerate(pairs)
        if outcome.accepted and outcome.state is PunchState.UNMATCHED
    ]
    notes = [f"未匹配到在场工人,考勤已保留,无需重传:{'、'.join(strangers)}"] if strangers else []
    return Done(
        ";".join([*bad, *notes]), succeeded=not bad, items=len(items),
        accepted=len(items) - len(bad),
    )  # fmt: skip


def _input(item: Mapping[str, Any], team: Any, gates: Mapping[str, str]) -> PunchInput:
    photo = files.keep(item["image"]) if item.get("image") else None
    serial = gates.get(item.get("channel") or "")
    return PunchInput(
        channel_known=serial is not None, device_sn=serial, id_type=item["idCardType"],
        id_number=item["idCardNumber"], at=item["date"],
        direction=item["direction"], team=team, attend_method=item.get("attendType"),
        channel=item.get("channel"), lng=_degrees(item, "lng"), lat=_degrees(item, "lat"),
        photo_id=photo,
    )  # fmt: skip


def _degrees(item: Mapping[str, Any], name: str) -> Any:
    """Give a coordinate as it is stored, to six decimals; none where it is no place on earth."""
    value = item.get(name)
    most = 180 if name == "lng" else 90
    return None if value is None or abs(value) > most else round(value, 6)


def _refused(task: Task, place: int, item: Mapping[str, Any], outcome: PunchOutcome) -> str:
    path = (LIST, place, "date")
    if clock.local(item["date"]).date() > task.today:
        return errors.at(path, f"{errors.NOT_AFTER_THE_DAY}{outcome.message}")
    return errors.at(path, outcome.message)


def query(task: Task) -> dict[str, Any]:
    """List the punches of one day of the project."""
    page = wire.paging(task.data)
    read = task.read(QUERY, excused=EXCUSED)
    begin = rows.midnight(read["date"])
    found = (
        select(Punch, Team, ProjectUnit)
        .outerjoin(Team, Team.id == Punch.team_id)
        .outerjoin(ProjectUnit, ProjectUnit.id == Punch.unit_id)
        .where(
            Punch.project_id == task.caller.project_id, Punch.punched_at >= begin,
            Punch.punched_at < begin + DAY,
        )
    )  # fmt: skip
    if number := read.get("teamSysNo"):
        found = found.where(Team.team_no == number)
    found = of_person(of_company(found, read), read, Punch)
    total = counted(found, Punch.id)
    listed = db.session.execute(
        found.order_by(Punch.punched_at, Punch.id).offset(page.offset).limit(page.size)
    )
    return page.reply(total, task.reply(ROW, [_row(task, *triple) for triple in listed]))


def _row(task: Task, punch: Punch, team: Team | None, _unit: Any) -> dict[str, Any]:
    own = {name: spec for name, spec in COLUMNS.items() if name in REPLIED}
    return {
        **rows.shown(own, punch),
        "projectCode": task.caller.project_no,
        "teamSysNo": team.team_no if team else None,
        "teamName": team.name if team else None,
        "workerName": punch.name,
    }


METHODS = (
    Method(
        "WorkerAttendance.Add", "上传工人考勤信息", ADD, Content.ATTENDANCE, check=check_add,
        work=add, repeats=True,
        notes=(
            "每次最多20条;direction:01 进,02 出。重复上传不重复计算。",
            "时间晚于系统时间5分钟以上的条目不予受理但存入异常流水,其余条目照常保存,结果为失败。",
            "未匹配到在场工人的条目照常保存,结果为成功,文本列出人员。",
        ),
    ),
    Method("WorkerAttendance.Query", "查询工人考勤信息", QUERY, Content.ATTENDANCE, reply=ROW,
           answer=query),
)  # fmt: skip
