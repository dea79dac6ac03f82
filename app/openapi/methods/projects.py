"""项目: Project.Query (open-api.md 9.2)."""

from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.openapi import codes, wire
from app.openapi.methods import rows
from app.openapi.methods.base import Method, Task
from app.openapi.schemas import PAGING, columns_of, fields_of
from app.openapi.wire import Field, Kind
from app.projects.choices import GENERAL_CONTRACTOR
from app.projects.models import Permit, Project, ProjectUnit

COLUMNS = {name: spec for name, spec in columns_of(Project).items() if name != "prjStatus"}
QUERY = (
    *PAGING, Field("projectCode", max_length=32), Field("contractorCorpCode", max_length=18),
    Field("contractorCorpName", max_length=200),
)  # fmt: skip
LICENCES = Field(
    "builderLicenses",
    Kind.LIST,
    items=(Field("prjName"), Field("builderLicenseNum", encrypted=True)),
)
ROW = (
    *fields_of(Project, without=("state",)),
    Field("contractorCorpCode"), Field("contractorCorpName"), LICENCES,
    Field("buildPlanNum", encrypted=True), Field("prjPlanNum", encrypted=True),
    Field("areaCode"), Field("linkMan"), Field("linkPhone"),
    Field("prjStatus", Kind.CODE, dictionary="project_status"),
    Field("lat", Kind.NUMBER, places=6), Field("lng", Kind.NUMBER, places=6),
)  # fmt: skip


def query(task: Task) -> dict[str, Any]:
    """Give the project of the key, if it is the one asked for."""
    page = wire.paging(task.data)
    read = task.read(QUERY)
    project = task.project()
    contractor = db.session.execute(
        select(ProjectUnit.credit_code, ProjectUnit.name).where(
            ProjectUnit.project_id == project.id, ProjectUnit.unit_role == GENERAL_CONTRACTOR
        )
    ).first()
    code, name = contractor or (None, project.general_contractor_name)
    fits = all(
        wanted is None or wanted.upper() == (known or "").upper()
        for wanted, known in (
            (read.get("contractorCorpCode"), code), (read.get("contractorCorpName"), name),
        )
    )  # fmt: skip
    found = [_row(task, project, code, name)] if fits else []
    listed = found if page.index == 0 else []
    return page.reply(len(found), task.reply(ROW, listed))


def _row(task: Task, project: Project, code: str | None, name: str | None) -> dict[str, Any]:
    permits = db.session.scalars(
        select(Permit)
        .where(Permit.project_id == project.id, Permit.is_deleted.is_(False))
        .order_by(Permit.id)
    )
    lng, lat = project.location or (None, None)
    return {
        **rows.shown(COLUMNS, project),
        "projectCode": task.caller.project_no,
        "contractorCorpCode": code,
        "contractorCorpName": name,
        "builderLicenses": [
            {"prjName": one.permit_name, "builderLicenseNum": one.permit_no} for one in permits
        ],
        "buildPlanNum": project.land_permit_no,
        "prjPlanNum": project.planning_permit_no,
        "areaCode": project.district_code,
        "linkMan": project.labour_manager_name,
        "linkPhone": project.labour_manager_mobile,
        "prjStatus": codes.outward("project_status", project.state.name.lower()),
        "lat": lat,
        "lng": lng,
    }


METHODS = (
    Method(
        "Project.Query", "查询项目信息", QUERY, reply=ROW, answer=query,
        notes=("只返回接入编号所属的项目;projectCode、contractorCorpCode、contractorCorpName任填其一。",),
    ),
)  # fmt: skip
