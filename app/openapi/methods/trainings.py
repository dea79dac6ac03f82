"""培训: ProjectTraining.Add and .Query (open-api.md 9.10)."""

from typing import Any

from sqlalchemy import select

from app.core.errors import Refusal
from app.extensions import db
from app.openapi import errors, wire
from app.openapi.choices import Content
from app.openapi.methods import people, rows
from app.openapi.methods.base import Done, Method, Task, counted, masked, told
from app.openapi.schemas import (
    EXCUSED,
    PAGING,
    PERSON,
    PROJECT,
    columns_of,
    fields_of,
    told_files,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Latest, Schema
from app.roster import services
from app.roster.choices import TrainingResult
from app.roster.models import Trainee, Training
from app.roster.queries import papers

LIST = "workers"
COLUMNS, OF_TRAINEE = columns_of(Training), columns_of(Trainee)
FIELDS = fields_of(
    Training,
    trainingTypeCode={"listed": True},
    trainingDate={"latest": Latest(errors.NOT_AFTER_TODAY)},
)  # fmt: skip
TRAINEE: Schema = (*PERSON, Field("isPass", Kind.FLAG, required=True), *fields_of(Trainee))
ADD = (*PROJECT, *FIELDS, Field(LIST, Kind.LIST, items=TRAINEE))
QUERY = (
    *PAGING, *PROJECT, Field("trainingDate", Kind.DATE),
    Field("typeCode", Kind.CODE, dictionary="training_type", listed=True),
)  # fmt: skip
ROW: Schema = (
    *told_files((*PROJECT, *FIELDS)),
    Field(LIST, Kind.LIST, items=(Field("workerName"), *TRAINEE)),
)  # fmt: skip
NAMES = {"people": LIST, **{spec.name: name for name, spec in COLUMNS.items()}}
MOST_SCORE = 100


def check_add(task: Task) -> dict[str, Any]:
    """Read a session; somebody who is not on the roster is refused at once (section 10)."""
    read = task.read(ADD, excused=EXCUSED, assumed={"idCardType": "01"})
    problems: list[str] = []
    values = rows.values_of(COLUMNS, read, (), problems)
    items = read.get(LIST, [])
    stays = people.stays(task, items)
    found = []
    for place, item in enumerate(items):
        path = (LIST, place)
        one = rows.values_of(OF_TRAINEE, item, path, problems)
        if one.get("score") is not None and not 0 <= one["score"] <= MOST_SCORE:
            problems.append(errors.at((*path, "trainingScore"), errors.OUT_OF_RANGE))
        if people.key_of(item) not in stays:
            problems.append(
                errors.trainee_unknown(item["idCardType"], masked(item["idCardNumber"]))
            )
        result = TrainingResult.PASSED if item["isPass"] else TrainingResult.FAILED
        found.append({**one, "result": result, "worker": stays.get(people.key_of(item))})
    if problems:
        raise errors.ParameterRefused(*problems)
    return {**values, "people": found}


def add(task: Task, values: dict[str, Any]) -> Done:
    """Put a session on record with who took part."""
    count = max(1, len(values["people"]))
    try:
        with db.session.begin_nested():
            services.record_trainings(task.project(), [rows.kept(values)], actor=task.actor)
    except Refusal as problem:
        return Done(told(problem, NAMES), succeeded=False, items=count, accepted=0)
    return Done(items=count, accepted=count)


def query(task: Task) -> dict[str, Any]:
    """List the sessions of the project with who took part."""
    page = wire.paging(task.data)
    read = task.read(QUERY, excused=EXCUSED)
    found = select(Training).where(
        Training.project_id == task.caller.project_id, Training.is_deleted.is_(False)
    )
    if day := read.get("trainingDate"):
        found = found.where(Training.trained_on == day)
    if kind := read.get("typeCode"):
        found = found.where(Training.kind == kind)
    total = counted(found, Training.id)
    chosen = found.order_by(Training.id).offset(page.offset).limit(page.size)
    sessions = list(db.session.scalars(chosen))
    there = papers.trainees(session.id for session in sessions)
    listed = [
        {
            **rows.shown(COLUMNS, session), "projectCode": task.caller.project_no,
            LIST: [_trainee(one) for one in there[session.id]],
        }
        for session in sessions
    ]  # fmt: skip
    return page.reply(total, task.reply(ROW, listed))


def _trainee(one: Trainee) -> dict[str, Any]:
    return {
        **rows.shown(OF_TRAINEE, one), "workerName": one.worker.name,
        "idCardType": one.worker.id_type, "idCardNumber": one.worker.id_number,
        "isPass": one.result is TrainingResult.PASSED,
    }  # fmt: skip


METHODS = (
    Method(
        "ProjectTraining.Add", "上传项目培训信息", ADD, Content.WORKER, check=check_add, work=add,
        notes=("培训日期不能晚于当天;workers 可不填;人员须先上传;附件最多10个。",),
    ),
    Method("ProjectTraining.Query", "查询项目培训信息", QUERY, Content.WORKER, reply=ROW,
           answer=query),
)  # fmt: skip
