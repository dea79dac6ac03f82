"""工人、工人资质与行为记录: Worker.Query and the queries beside it (open-api.md 9.11, 11)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.core import clock, dictionaries
from app.extensions import db
from app.incidents.queries import offences_on, watched_on
from app.openapi import wire
from app.openapi.choices import Content
from app.openapi.methods import rows
from app.openapi.methods.base import Method, Task, counted, listed, of_person
from app.openapi.methods.worker_items import COLUMNS
from app.openapi.schemas import EXCUSED, PAGING, PERSON, SOME_PERSON, SOME_PROJECT, fields_of
from app.openapi.wire import Field, Kind, Schema
from app.roster.models import Certificate, ProjectWorker

QUERY = (*PAGING, *SOME_PROJECT, *SOME_PERSON)
OF_PERSON = (
    "workerName", "idCardType", "idCardNumber", "workType", "nation", "address", "politicsType",
    "joinedTime", "cellPhone", "cultureLevelType", "Specialty", "hasBadMedicalHistory",
    "urgentLinkMan", "urgentLinkManPhone", "workDate", "maritalStatus", "grantOrg", "startDate",
    "expiryDate",
)  # fmt: skip
PERSON_ROW: Schema = (
    *(field for field in fields_of(ProjectWorker) if field.name in OF_PERSON),
    Field("gender", numeric=True), Field("birthday", Kind.DATE), Field("birthPlaceCode"),
    Field("isJoined", Kind.FLAG), Field("headImage"),
)  # fmt: skip
NAMED: Schema = (Field("workerName"), *PERSON)
CERTIFICATE_ROW: Schema = (
    *NAMED, Field("certificationType", Kind.CODE, dictionary="person_certificate_kind"),
    Field("certificationName"), Field("certificationNo"), Field("grantOrg"),
    Field("grantDate", Kind.DATE), Field("expiryDate", Kind.DATE),
    Field("certificationStatus", Kind.CODE, dictionary="certificate_status"),
)  # fmt: skip
BAD_ROW: Schema = (
    *NAMED, Field("badRecordTypeCode"),
    Field("badRecordLevelType", Kind.CODE, dictionary="draft_bad_record_level"),
    Field("occurrenceDate", Kind.DATE), Field("reason"),
)  # fmt: skip
GOOD_ROW: Schema = (
    *NAMED, Field("goodRecordTypeCode"), Field("goodRecordLevelType"),
    Field("occurrenceDate", Kind.DATE), Field("details"),
)  # fmt: skip
BLACK_ROW: Schema = (
    *NAMED, Field("blackReason"), Field("startDate", Kind.DATE), Field("endDate", Kind.DATE),
)  # fmt: skip
VALID, EXPIRED = "1", "4"
SEVERITY = {"COMMON": "52", "LARGER": "53", "MAJOR": "54"}


def workers(task: Task) -> dict[str, Any]:
    """List the persons of the project, each once, as his latest stay knows him."""
    read = task.read(QUERY, excused=EXCUSED)
    latest = (
        select(func.max(ProjectWorker.id))
        .where(ProjectWorker.project_id == task.caller.project_id,
               ProjectWorker.is_deleted.is_(False))
        .group_by(ProjectWorker.person_id)
    )  # fmt: skip
    found = of_person(
        select(ProjectWorker).where(ProjectWorker.id.in_(latest)), read, ProjectWorker
    )
    return listed(task, found, PERSON_ROW, _person, key=ProjectWorker.id)


def _person(stay: ProjectWorker) -> dict[str, Any]:
    own = {name: spec for name, spec in COLUMNS.items() if name in OF_PERSON}
    return {
        **rows.shown(own, stay), "gender": stay.sex, "birthday": stay.birth_on,
        "birthPlaceCode": stay.id_number[:6] if stay.id_type == "01" else None,
        "isJoined": stay.union_member, "headImage": rows.address(stay.id_portrait),
    }  # fmt: skip


def certificates(task: Task) -> dict[str, Any]:
    """List the certificates of the people of the project."""
    read = task.read(QUERY, excused=EXCUSED)
    found = of_person(
        select(Certificate, ProjectWorker)
        .join(ProjectWorker, ProjectWorker.id == Certificate.worker_id)
        .where(Certificate.project_id == task.caller.project_id,
               Certificate.is_deleted.is_(False), ProjectWorker.is_deleted.is_(False)),
        read, ProjectWorker,
    )  # fmt: skip

    def row(one: Certificate, stay: ProjectWorker) -> dict[str, Any]:
        over = one.valid_to is not None and one.valid_to < task.today
        return {
            **_named(stay), "certificationType": one.kind, "certificationName": one.name,
            "certificationNo": one.number, "grantOrg": one.issuer, "grantDate": one.issued_on,
            "expiryDate": one.valid_to, "certificationStatus": EXPIRED if over else VALID,
        }  # fmt: skip

    return listed(task, found, CERTIFICATE_ROW, row, key=Certificate.id)


def _named(stay: ProjectWorker) -> dict[str, Any]:
    return {"workerName": stay.name, "idCardType": stay.id_type, "idCardNumber": stay.id_number}


def bad_records(task: Task) -> dict[str, Any]:
    """List the incidents of the project people took part in, as the bureau verified them.

    Class and date, no narrative: as adding a worker shows them (alert-rules.md, EVT-001).
    """
    read = task.read(QUERY, excused=EXCUSED)
    found = of_person(offences_on(task.caller.project_id), read, ProjectWorker)

    def row(incident: Any, stay: ProjectWorker) -> dict[str, Any]:
        return {
            **_named(stay), "badRecordTypeCode": incident.kind,
            "badRecordLevelType": SEVERITY.get(incident.severity.name),
            "occurrenceDate": clock.local(incident.occurred_at).date(),
            "reason": dictionaries.label("incident_kind", incident.kind),
        }  # fmt: skip

    return listed(task, found, BAD_ROW, row, key=ProjectWorker.id)


def good_records(task: Task) -> dict[str, Any]:
    """Answer that no good conduct is on record: nobody keeps any here."""
    return nothing(task, QUERY)


def nothing(task: Task, schema: Schema) -> dict[str, Any]:
    """Give an empty page of a list nobody keeps here; the question is checked all the same."""
    task.read(schema, excused=EXCUSED)
    return wire.paging(task.data).reply(0, [])


def black_list(task: Task) -> dict[str, Any]:
    """List the people of the project who are on the watch list of the bureau."""
    page = wire.paging(task.data)
    read = task.read(QUERY, excused=EXCUSED)
    found = of_person(
        select(ProjectWorker).where(
            ProjectWorker.id.in_(watched := watched_on(task.caller.project_id, task.today))
        ),
        read, ProjectWorker,
    )  # fmt: skip
    total = counted(found, ProjectWorker.id)
    chosen = found.order_by(ProjectWorker.id).offset(page.offset).limit(page.size)
    listed_ = [_black(stay, watched[stay.id]) for stay in db.session.scalars(chosen)]
    return page.reply(total, task.reply(BLACK_ROW, listed_))


def _black(stay: ProjectWorker, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**_named(stay), "blackReason": entry["reason"], "startDate": entry["from_on"],
            "endDate": entry["to_on"]}  # fmt: skip


METHODS = (
    Method("Worker.Query", "查询工人信息", QUERY, Content.WORKER, reply=PERSON_ROW,
           answer=workers, notes=("只返回在本项目登记过的人员,每人一行。",)),
    Method("WorkerCredential.Query", "查询工人资质信息", QUERY, Content.WORKER,
           reply=CERTIFICATE_ROW, answer=certificates),
    Method("WorkerBadRecord.Query", "查询工人不良行为信息", QUERY, Content.WORKER, reply=BAD_ROW,
           answer=bad_records, notes=("本项目经主管部门核实的事件;诉求人、受害人和证人不计。",)),
    Method("WorkerGoodRecord.Query", "查询工人良好行为信息", QUERY, Content.WORKER, reply=GOOD_ROW,
           answer=good_records, notes=("本市暂不采集良好行为,返回空列表。",)),
    Method("WorkerBlackList.Query", "查询工人黑名单信息", QUERY, Content.WORKER, reply=BLACK_ROW,
           answer=black_list, notes=("返回本项目人员中处于重点关注期内的人员。",)),
)  # fmt: skip
