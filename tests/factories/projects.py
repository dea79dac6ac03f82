"""Projects and the units on them."""

from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from app.core import scope
from app.core.files import StoredFile
from app.enterprises.models import Enterprise
from app.extensions import db
from app.projects.choices import (
    GENERAL_CONTRACTOR,
    LABOUR,
    PayCycle,
    ProjectState,
    UnitState,
    WageMode,
)
from app.projects.models import Project, ProjectUnit
from app.projects.states import UNIT_FLOW
from tests.factories import counter, numbered, people


def project(of: Enterprise, *, district: str = "440703", **values: Any) -> Project:
    """Make a project under construction with its general contractor as unit 009."""
    manager, labour = people.person(), people.person()
    row = Project(**{
        "district_code": district, "general_contractor_id": of.id,
        "general_contractor_name": of.name, "name": numbered("试验项目"),
        "project_no": f"{district}2026{next(counter):07d}", "category": "01",
        "nature": "001", "address": "建设路1号", "industry_department": "housing",
        "investment_type": "1", "contract_no": numbered("HT"),
        "contract_signed_on": date(2026, 1, 5), "contract_amount": Decimal(8000),
        "labour_cost": Decimal(1600), "labour_ratio": Decimal(20),
        "planned_start": date(2026, 2, 1), "planned_end": date(2027, 12, 31),
        "actual_start": date(2026, 2, 1), "shift_start": time(7), "shift_end": time(18),
        "safety_leader_name": manager.name, "safety_leader_mobile": manager.mobile,
        "manager_name": manager.name, "manager_id_number": manager.id_number,
        "manager_mobile": manager.mobile, "manager_certificate_no": "粤1440000000000",
        "labour_manager_name": labour.name, "labour_manager_id_number": labour.id_number,
        "labour_manager_mobile": labour.mobile, "bond_type": "cash",
        "injury_insured": True, "accident_insured": True, "state": ProjectState.ACTIVE,
        **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    unit(row, of, role=GENERAL_CONTRACTOR, state=UnitState.REGISTERED)
    return row


def unit(
    on: Project, of: Enterprise | None, *, role: str = LABOUR,
    state: UnitState = UnitState.ACCEPTED, **values: Any,
) -> ProjectUnit:  # fmt: skip
    """Make a unit of an enterprise on a project."""
    row = ProjectUnit(**{
        "project_id": on.id, "district_code": on.district_code, "unit_role": role,
        "enterprise_id": of.id if of else None,
        "credit_code": of.credit_code if of else people.credit_code("440703"),
        "name": of.name if of else numbered("参建单位"), "entry_on": date(2026, 2, 1),
        "state": state, "project_name": on.name, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    on.unit_ids = [*on.unit_ids, row.id]
    db.session.flush()
    return row


def general_contractor_unit(of: Project) -> ProjectUnit:
    """Give the general contractor's unit of a project."""
    return (
        db.session.query(ProjectUnit)
        .filter_by(project_id=of.id, unit_role=GENERAL_CONTRACTOR)
        .one()
    )


def stored_file(owner: int | None = None, name: str = "凭证.pdf") -> int:
    """Make an upload that waits for its row, of a user or of the system."""
    with scope.system_scope("an upload of a test") as connection:
        return connection.execute(
            insert(StoredFile)
            .values(
                original_name=name, mime="application/pdf", size=10, sha256="0" * 64,
                key="00/none", created_by=owner,
            )
            .returning(StoredFile.id)
        ).scalar_one()  # fmt: skip


def application(owner: int | None = None, **values: Any) -> dict[str, Any]:
    """Give the values of a complete application form, files of a user included."""
    manager, labour, safety = people.person(), people.person(), people.person()
    given = {
        "district_code": "440703", "name": numbered("申请项目"), "category": "01",
        "nature": "001", "address": "建设路1号", "industry_department": "housing",
        "investment_type": "1", "contract_no": numbered("HT"),
        "contract_signed_on": date(2026, 1, 5), "contract_amount": Decimal(8000),
        "labour_cost": Decimal(1600), "pay_cycle": PayCycle.MONTHLY,
        "planned_start": date(2026, 2, 1), "planned_end": date(2027, 12, 31), "pay_day": 15,
        "shift_start": time(7), "shift_end": time(18), "rest_minutes": 90,
        "standard_hours": Decimal(8), "manager_name": manager.name, "manager_id_type": "01",
        "manager_id_number": manager.id_number, "manager_mobile": manager.mobile,
        "manager_certificate_no": "粤1440000000000", "labour_manager_name": labour.name,
        "labour_manager_id_type": "01", "labour_manager_id_number": labour.id_number,
        "labour_manager_mobile": labour.mobile, "safety_leader_name": safety.name,
        "safety_leader_mobile": safety.mobile, "bond_type": "exempt",
        "exempt_reason": "连续两年未拖欠", "injury_insured": False, "accident_insured": False,
        "contract_pages": [stored_file(owner)], "manual_entry": True,
        "manual_entry_reason": "工地无网络", "owner_name": numbered("建设单位"),
        "owner_credit_code": people.credit_code("440703"), "owner_leader_name": "赵一",
        "owner_leader_mobile": people.person().mobile, "supervisor_name": numbered("监理单位"),
        "supervisor_credit_code": people.credit_code("440703"), "supervisor_leader_name": "钱二",
        "supervisor_leader_mobile": people.person().mobile,
        "supervisor_leader_certificate_no": "44000001",
    }  # fmt: skip
    return {**given, **values}


def permit_values(owner: int | None = None, **values: Any) -> dict[str, Any]:
    """Give the values of a complete permit form."""
    return {
        "permit_no": numbered("440703202601050"), "permit_name": "试验工程",
        "issuer": "蓬江区住房和城乡建设局", "issued_on": date(2026, 1, 5),
        "permit_images": [stored_file(owner)], "contract_images": [stored_file(owner)], **values,
    }  # fmt: skip


def subcontract(credit_code: str, owner: int | None = None, **values: Any) -> dict[str, Any]:
    """Give the values of a complete invitation form."""
    leader, labour = people.person(), people.person()
    return {
        "unit_role": LABOUR, "credit_code": credit_code, "name": numbered("分包单位"),
        "contact_name": "孙三", "contact_mobile": "0750-3456789",
        "contract_no": numbered("FB"), "signed_on": date(2026, 1, 20), "work_scope": "钢筋劳务",
        "contract_amount": Decimal(500), "labour_amount": Decimal(400),
        "wage_mode": WageMode.BY_GENERAL_CONTRACTOR, "agency_agreement": stored_file(owner),
        "entry_on": date(2026, 2, 10), "planned_exit_on": date(2027, 6, 30),
        "contract_file": stored_file(owner), "leader_name": leader.name, "leader_id_type": "01",
        "leader_id_number": leader.id_number, "leader_mobile": leader.mobile,
        "labour_manager_name": labour.name, "labour_manager_id_type": "01",
        "labour_manager_id_number": labour.id_number, "labour_manager_mobile": labour.mobile,
        **values,
    }  # fmt: skip


def move(row: ProjectUnit, verb: str) -> None:
    """Fire a move of a unit's flow as the system."""
    UNIT_FLOW.fire(verb, row, actor=scope.SYSTEM)
