"""Enterprises and their administrators."""

from typing import Any

from app.core import scope
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.models import Enterprise
from app.extensions import db
from app.identity import services as identity
from tests.factories import numbered, people

ADMIN_ROLES = {
    EnterpriseType.GENERAL_CONTRACTOR: "gc_admin",
    EnterpriseType.PROFESSIONAL_SUBCONTRACTOR: "prof_sub_admin",
    EnterpriseType.LABOUR_SUBCONTRACTOR: "labour_sub_admin",
}
PASSWORD = "Correct-horse-12"


def enterprise(
    kind: EnterpriseType = EnterpriseType.GENERAL_CONTRACTOR,
    *,
    district: str = "440703",
    **values: Any,
) -> Enterprise:
    """Make an approved enterprise."""
    legal, agent = people.person(), people.person()
    row = Enterprise(**{
        "enterprise_type": kind, "name": numbered("江门市试验建筑有限公司"), "credit_code": people.credit_code("440703"),
        "district_code": district, "region_code": district, "address": "建设路1号",
        "legal_person": legal.name, "legal_person_id_number": legal.id_number,
        "legal_person_phone": legal.mobile, "agent_name": agent.name,
        "agent_id_number": agent.id_number, "agent_mobile": agent.mobile,
        "username": numbered("firm"), "state": EnterpriseState.APPROVED,
        "application_no": numbered("QY"), **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def admin(of: Enterprise, *, password: str = PASSWORD) -> int:
    """Open the administrator's account of an enterprise."""
    return identity.open_account(
        username=numbered("admin"), name="管理员", audience=scope.Audience.TENANT,
        role=ADMIN_ROLES[of.enterprise_type], enterprise_id=of.id,
        password_hash=identity.generate_password_hash(password, "pbkdf2:sha256:1"),
    )  # fmt: skip


def official(role: str = "district_reviewer", *, district: str | None = "440703") -> int:
    """Open an official's account; no district means the city office."""
    return identity.open_account(
        username=numbered("official"), name="审核员", audience=scope.Audience.GOVERNMENT,
        role=role, district_code=district,
        password_hash=identity.generate_password_hash(PASSWORD, "pbkdf2:sha256:1"),
    )  # fmt: skip
