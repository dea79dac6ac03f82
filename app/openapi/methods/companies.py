"""企业: Corp.Upload, .Query and the queries beside it (open-api.md 9.1, 9.11)."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core import scope
from app.core.errors import Refusal
from app.enterprises import services
from app.enterprises.choices import EnterpriseState
from app.enterprises.models import Enterprise, Qualification
from app.extensions import db
from app.openapi import errors, wire
from app.openapi.choices import Content
from app.openapi.companies import UploadedCompany
from app.openapi.methods import rows
from app.openapi.methods.base import Done, Method, Task, told
from app.openapi.methods.persons import nothing
from app.openapi.schemas import PAGING, SOME_COMPANY, SOME_PROJECT, columns_of, fields_of
from app.openapi.wire import Field, Kind, Schema
from app.projects.models import ProjectUnit

COLUMNS = columns_of(Enterprise)
ADD: Schema = (
    *fields_of(
        Enterprise,
        corpCode={"required": True, "max_length": 18}, corpName={"required": True},
        areaCode={"required": True},
    ),
    Field("licenseNum", max_length=50), Field("legalManDuty", max_length=50),
    Field("legaManProTitle", max_length=50),
    Field("factRegCapital", Kind.NUMBER, places=4), Field("capitalCurrencyType", Kind.CODE,
                                                          dictionary="currency"),
    Field("registerDate", Kind.DATE), Field("faxNumber", max_length=20),
    Field("remark", max_length=500),
)  # fmt: skip
QUERY = (*PAGING, *SOME_COMPANY, *SOME_PROJECT, Field("creditType", max_length=20))
# what anybody may know of a registered enterprise; the rest its own project alone
PUBLIC = ("corpCode", "corpName", "corpType", "areaCode", "address", "establishDate",
          "regCapital", "legalMan")  # fmt: skip
CREDENTIAL_ROW: Schema = (
    *SOME_COMPANY, Field("qualificationType", Kind.CODE, dictionary="corp_credential_category"),
    Field("qualificationName"), Field("certificateNo"), Field("qualificationLevel"),
    Field("validDate", Kind.DATE),
    Field("qualificationStatus", Kind.CODE, dictionary="corp_credential_status"),
)  # fmt: skip
RECORD_ROW: Schema = (*SOME_COMPANY, Field("recordTypeCode"), Field("occurrenceDate", Kind.DATE),
                      Field("details"))  # fmt: skip
BLACK_ROW: Schema = (*SOME_COMPANY, Field("blackReason"), Field("startDate", Kind.DATE),
                     Field("endDate", Kind.DATE))  # fmt: skip
NAMES = {spec.name: name for name, spec in COLUMNS.items()}
VALID, EXPIRED = "1", "4"
WAITING = "与企业登记信息不一致的内容已转为企业变更申请,待主管部门审核!"
COMPARED = "该企业已注册,与登记信息不一致的内容未覆盖,请由该企业在页面申请变更!"


def check_upload(task: Task) -> dict[str, Any]:
    """Read a company."""
    read = task.read(ADD)
    problems: list[str] = []
    values = rows.values_of(COLUMNS, read, (), problems)
    if problems:  # clients match another letter case than the field has (section 10)
        raise errors.ParameterRefused(*(one.replace("[website]", "[webSite]") for one in problems))
    return {"read": read, "values": values}


def upload(task: Task, checked: dict[str, Any]) -> Done:
    """Compare with a registered enterprise, which is never overwritten; keep any other.

    What differs becomes a change request of an enterprise that takes part in the project.
    """
    values = checked["values"]
    code = values["credit_code"]
    with scope.system_scope("is the enterprise a site system names registered") as connection:
        firm = Enterprise.__table__.c
        registered = connection.scalar(
            select(firm.id).where(
                firm.credit_code == code,
                firm.state == EnterpriseState.APPROVED,
                firm.is_deleted.is_(False),
            )
        )
    if registered is None:
        return _keep(task, checked["read"], code)
    taking_part = db.session.scalar(_taking_part(task).where(
        ProjectUnit.enterprise_id == registered
    ))  # fmt: skip
    try:
        with db.session.begin_nested():
            asked = services.propose_change(registered, values, ask=bool(taking_part))
    except Refusal as problem:
        return Done(told(problem, NAMES), succeeded=False, accepted=0)
    if not asked:
        return Done()
    return Done(WAITING if taking_part else COMPARED)


def _taking_part(task: Task) -> Any:
    return select(ProjectUnit.enterprise_id).where(
        ProjectUnit.project_id == task.caller.project_id, ProjectUnit.is_deleted.is_(False),
        ProjectUnit.enterprise_id.is_not(None),
    )  # fmt: skip


def _keep(task: Task, read: Mapping[str, Any], code: str) -> Done:
    row = db.session.scalars(
        select(UploadedCompany).where(
            UploadedCompany.project_id == task.caller.project_id,
            UploadedCompany.credit_code == code,
        )
    ).one_or_none()
    if row is None:
        row = UploadedCompany(project_id=task.caller.project_id, credit_code=code)
        db.session.add(row)
    row.company_name, row.is_deleted = read["corpName"], False
    row.content = json.dumps({name: _plain(value) for name, value in read.items()})
    db.session.flush()
    return Done()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def query(task: Task) -> dict[str, Any]:
    """List the companies of the project by code or name: registered ones, else as uploaded."""
    page = wire.paging(task.data)
    read = task.read(QUERY)
    if not read.get("corpCode") and not read.get("corpName"):
        raise errors.ParameterRefused(errors.at(["corpCode"], errors.MISSING))
    own = task.project().general_contractor_id
    there = list(db.session.scalars(_taking_part(task)))
    found: dict[str, dict[str, Any]] = {}
    for row in db.session.scalars(_asked(select(UploadedCompany), read, UploadedCompany)):
        found[row.credit_code] = {**json.loads(row.content or "{}"), "corpCode": row.credit_code}
    with scope.system_scope("the enterprises that take part in a project"):
        firms = _asked(select(Enterprise), read, Enterprise).where(Enterprise.id.in_(there))
        for firm in db.session.scalars(firms):
            told_ = rows.shown(COLUMNS, firm)
            shown = told_ if firm.id == own else {name: told_.get(name) for name in PUBLIC}
            found[firm.credit_code] = shown
    listed = [found[code] for code in sorted(found)]
    chosen = listed[page.offset : page.offset + page.size]
    return page.reply(len(listed), task.reply(ADD, chosen))


def _asked(found: Any, read: Mapping[str, Any], model: Any) -> Any:
    found = found.where(model.is_deleted.is_(False))
    if code := read.get("corpCode"):
        found = found.where(func.upper(model.credit_code) == code.upper())
    if name := read.get("corpName"):
        column = UploadedCompany.company_name if model is UploadedCompany else model.name
        found = found.where(column == name)
    return found


def credentials(task: Task) -> dict[str, Any]:
    """List the qualifications of enterprises that take part in the project."""
    page = wire.paging(task.data)
    read = task.read(QUERY)
    there = list(db.session.scalars(_taking_part(task)))
    with scope.system_scope("the qualifications of enterprises that take part in a project"):
        found = (
            _asked(select(Qualification, Enterprise), read, Enterprise)
            .join(Enterprise, Enterprise.id == Qualification.enterprise_id)
            .where(Enterprise.id.in_(there), Qualification.is_deleted.is_(False))
            .order_by(Qualification.id)
        )
        listed = [_credential(task, *pair) for pair in db.session.execute(found)]
    chosen = listed[page.offset : page.offset + page.size]
    return page.reply(len(listed), task.reply(CREDENTIAL_ROW, chosen))


def _credential(task: Task, one: Qualification, firm: Enterprise) -> dict[str, Any]:
    over = one.valid_to is not None and one.valid_to < task.today
    return {
        "corpCode": firm.credit_code, "corpName": firm.name, "qualificationType": one.kind,
        "qualificationName": one.name, "certificateNo": one.certificate_no,
        "qualificationLevel": one.level, "validDate": one.valid_to,
        "qualificationStatus": EXPIRED if over else VALID,
    }  # fmt: skip


def no_records(task: Task) -> dict[str, Any]:
    """Answer that no records of enterprises are kept here."""
    return nothing(task, QUERY)


NONE = ("本市暂不采集,返回空列表。",)
METHODS = (
    Method(
        "Corp.Upload", "上传企业信息", ADD, Content.TEAM, check=check_upload, work=upload,
        excused=(),
        notes=("已注册企业的信息不覆盖:参建企业不一致的内容转为企业变更申请,待主管部门审核。",),
    ),
    Method("Corp.Query", "查询企业信息", QUERY, reply=ADD, answer=query, excused=(),
           notes=("corpCode、corpName 任填其一;只返回本项目参建或上传过的企业。",)),
    Method("CorpCredential.Query", "查询企业资质信息", QUERY, reply=CREDENTIAL_ROW,
           answer=credentials),
    Method("CorpBadRecord.Query", "查询企业不良行为信息", QUERY, reply=RECORD_ROW,
           answer=no_records, notes=NONE),
    Method("CorpGoodRecord.Query", "查询企业良好行为信息", QUERY, reply=RECORD_ROW,
           answer=no_records, notes=NONE),
    Method("CorpBlackList.Query", "查询企业黑名单信息", QUERY, reply=BLACK_ROW,
           answer=no_records, notes=NONE),
)  # fmt: skip
