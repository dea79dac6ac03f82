"""沙箱: a project of its own for each client in the trial environment (screens.md 7.4).

Its rows stand in the tables of the real projects, so that every rule answers as it will later,
but in a district no office has and under an enterprise nobody signs in for: only the client's own
calls reach them. Persons are known in the whole city, so test persons alone are taken in.
"""

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock, scope
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.models import Enterprise
from app.extensions import db
from app.openapi import errors, wire
from app.openapi.models import ApiClient
from app.openapi.wire import Kind, Schema
from app.projects.choices import GENERAL_CONTRACTOR, ProjectState, UnitState
from app.projects.models import Project, ProjectUnit
from app.projects.services.numbers import hold_lock, project_number

DISTRICT = "440799"  # no office has it
TEST_PLACE, TEST_PASSPORT, TEST_CORP = "100001", "TEST", "91100001"
CONTRACTOR = ("联调沙箱施工单位", "91100001MA0000001Y")
PERSONS, DAYS = 20, 9000
FIRST_BIRTH = date(1970, 1, 1)
# methods that write what stands outside the project: enterprises, and invitations to them
OUTSIDE = ("Corp.Upload", "ProjectSubContractor.Add", "ProjectSubContractor.Update")
REAL_PERSON = (
    f"联调环境只接受测试证件号码(身份证以{TEST_PLACE}开头,其他证件以{TEST_PASSPORT}开头),"
    "请勿上传真实人员信息!"
)
REAL_CORP = f"联调环境只接受测试单位(统一社会信用代码以{TEST_CORP}开头),请勿上传真实单位信息!"


def open_sandbox(client: ApiClient) -> Project:
    """Give a client its sandbox: a project under construction with the real contractor's name."""
    real = db.session.get_one(Project, client.project_id)
    with scope.act_as(scope.SYSTEM):
        contractor = db.session.execute(
            select(ProjectUnit.credit_code, ProjectUnit.name).where(
                ProjectUnit.project_id == real.id, ProjectUnit.unit_role == GENERAL_CONTRACTOR
            )
        ).first()
        project = _project(client.vendor_name)
        code, name = contractor or CONTRACTOR[::-1]
        db.session.add(
            ProjectUnit(
                project_id=project.id, district_code=DISTRICT, unit_role=GENERAL_CONTRACTOR,
                credit_code=code, name=name, state=UnitState.REGISTERED,
                entry_on=project.actual_start, project_name=project.name,
            )
        )  # fmt: skip
        client.sandbox_id = project.id
        db.session.flush()
    return project


def _project(vendor: str) -> Project:
    today = clock.today()
    begun = today - timedelta(days=365)
    row = Project(
        district_code=DISTRICT, general_contractor_id=_enterprise(),
        general_contractor_name=CONTRACTOR[0], project_no=project_number(DISTRICT, today),
        name=f"{vendor}联调沙箱", category="01", nature="001", address="联调沙箱",
        industry_department="housing", investment_type="1", contract_amount=Decimal(1000),
        labour_cost=Decimal(200), labour_ratio=Decimal(20), planned_start=begun,
        planned_end=today + timedelta(days=3650), actual_start=begun, shift_start=time(7),
        shift_end=time(18), injury_insured=True, accident_insured=True,
        state=ProjectState.ACTIVE,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _enterprise() -> int:
    """Give the enterprise the sandboxes stand under; nobody has an account of it."""
    hold_lock("the enterprise of the sandboxes")
    found = db.session.scalar(select(Enterprise.id).where(Enterprise.district_code == DISTRICT))
    if found is None:
        row = Enterprise(
            enterprise_type=EnterpriseType.GENERAL_CONTRACTOR, name=CONTRACTOR[0],
            credit_code=CONTRACTOR[1], district_code=DISTRICT, address="联调沙箱",
            state=EnterpriseState.APPROVED,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        found = row.id
    return int(found)


def invented_numbers(client_id: int) -> list[str]:
    """Give identity numbers of nobody, of which every client has its own."""
    born = FIRST_BIRTH + timedelta(days=client_id % DAYS)
    block = client_id // DAYS * PERSONS
    return [_number(born, block + place) for place in range(1, PERSONS + 1)]


def _number(born: date, place: int) -> str:
    head = f"{TEST_PLACE}{born:%Y%m%d}{place:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(head, weights, strict=True))
    return head + "10X98765432"[total % 11]


def refuse_real_persons(schema: Schema, values: Mapping[str, Any]) -> None:
    """Refuse numbers of persons that are none of the test range; every one is named."""
    problems = [errors.at(path, REAL_PERSON) for path in _real(schema, values, ())]
    if problems:
        raise errors.ParameterRefused(*problems)


def _real(
    schema: Schema, values: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[tuple[str | int, ...]]:
    for one in schema:
        value = values.get(one.name)
        if one.kind is Kind.ID_NUMBER and value and not _invented(str(value)):
            yield (*path, one.label)
        if one.items and isinstance(value, list):
            for place, item in enumerate(value):
                yield from _real(one.items, item, (*path, one.label, place))


def _invented(number: str) -> bool:
    return number.upper().startswith((TEST_PLACE, TEST_PASSPORT))


def refuse_real_firms(method: str, data: Mapping[str, Any]) -> None:
    """Refuse to write about a real enterprise from the trial environment."""
    code = str(wire.Members(data).get("corpCode") or "")
    if method in OUTSIDE and code and not code.upper().startswith(TEST_CORP):
        raise errors.ParameterRefused(errors.at(["corpCode"], REAL_CORP))


def place_of(client: ApiClient, *, live: bool = False) -> tuple[str, str, str]:
    """Give what a vendor fills in: project number, code and name of the firm; or those of live."""
    project, unit = Project.__table__.c, ProjectUnit.__table__.c
    with scope.system_scope("the sandbox of an access is shown to who keeps it") as connection:
        found = connection.execute(
            select(project.project_no, unit.credit_code, unit.name)
            .join_from(Project.__table__, ProjectUnit.__table__, unit.project_id == project.id)
            .where(
                project.id == (client.project_id if live else client.sandbox_id),
                unit.unit_role == GENERAL_CONTRACTOR,
            )
        ).one()
    return found.project_no, found.credit_code, found.name
