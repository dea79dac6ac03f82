"""Projects and the units on them."""

from datetime import date, time
from decimal import Decimal
from typing import Any

from app.enterprises.models import Enterprise
from app.extensions import db
from app.projects.choices import GENERAL_CONTRACTOR, LABOUR, ProjectState, UnitState
from app.projects.models import Project, ProjectUnit
from tests.factories import counter, numbered, people


def project(of: Enterprise, *, district: str = "440703", **values: Any) -> Project:
    """Make a project under construction with its general contractor as unit 009."""
    manager, labour = people.person(), people.person()
    row = Project(**{
        "district_code": district, "general_contractor_id": of.id,
        "general_contractor_name": of.name, "name": numbered("试验项目"),
        "project_no": f"{district}20260101{next(counter):03d}", "category": "01",
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
