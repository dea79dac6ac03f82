"""The enterprises of the demonstration city, their officials and accounts."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from app.core import clock, scope
from app.demo import papers, plan
from app.demo.people import PeopleGenerator
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.models import Enterprise, Qualification
from app.extensions import db
from app.identity import services as identity

ROLES = {
    EnterpriseType.GENERAL_CONTRACTOR: "gc_admin",
    EnterpriseType.PROFESSIONAL_SUBCONTRACTOR: "prof_sub_admin",
    EnterpriseType.LABOUR_SUBCONTRACTOR: "labour_sub_admin",
}
QUALIFICATIONS = {
    EnterpriseType.GENERAL_CONTRACTOR: "建筑工程施工总承包",
    EnterpriseType.PROFESSIONAL_SUBCONTRACTOR: "机电设备安装工程专业承包",
    EnterpriseType.LABOUR_SUBCONTRACTOR: "施工劳务",
}
OFFICIALS = (
    ("city", "市住建局", "city_admin", None),
    ("district", "蓬江区住建局", "district_reviewer", "440703"),
    ("kaiping", "开平市住建局", "district_reviewer", "440783"),
)


@cache
def stored_password() -> str:
    """Give the stored form of the one password of the demonstration."""
    return identity.hashed(plan.PASSWORD)


def create(people: PeopleGenerator) -> dict[str, Enterprise]:
    """Make the enterprises with their qualifications and administrators."""
    return {firm.key: _firm(firm, people, number) for number, firm in enumerate(plan.FIRMS, 1)}


def _firm(firm: plan.Firm, people: PeopleGenerator, number: int) -> Enterprise:
    legal, agent = people.person(), people.person()
    row = Enterprise(
        enterprise_type=firm.kind, name=firm.name, credit_code=people.credit_code(firm.district),
        district_code=firm.district, region_code=firm.district, address="建设二路" + f"{number}号",
        established_on=date(2012, 5, number), registered_capital=5000, legal_person=legal.name,
        legal_person_id_number=legal.id_number, legal_person_phone=legal.mobile,
        agent_name=agent.name, agent_id_number=agent.id_number, agent_mobile=agent.mobile,
        office_phone=f"0750-30000{number:02d}", licence_file=papers.document("营业执照"),
        authorisation_file=papers.document("授权委托书"), username=firm.key,
        safety_licence_no=f"粤JZ安许证字〔2024〕{number:06d}",
        safety_licence_valid_to=clock.today() + timedelta(days=700),
        safety_licence_file=papers.document("安全生产许可证"),
        application_no=f"QY20260101{number:04d}", submitted_at=clock.now(),
        state=EnterpriseState.APPROVED,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(
        Qualification(
            enterprise_id=row.id,
            district_code=firm.district,
            kind="3",
            name=QUALIFICATIONS[firm.kind],
            certificate_no=f"D2440{number:05d}",
            level="second",
            valid_to=clock.today() + timedelta(days=900),
            file=papers.document("资质证书"),
        )  # fmt: skip
    )
    db.session.flush()
    identity.open_account(
        username=firm.key, name=agent.name, audience=scope.Audience.TENANT, role=ROLES[firm.kind],
        enterprise_id=row.id, password_hash=stored_password(), mobile=agent.mobile,
    )  # fmt: skip
    return row


def officials() -> None:
    """Open the accounts of the city, two districts and the system administrator."""
    stored = stored_password()
    for username, name, role, district in OFFICIALS:
        identity.open_account(
            username=username, name=name, audience=scope.Audience.GOVERNMENT, role=role,
            district_code=district, password_hash=stored,
        )  # fmt: skip
    identity.open_account(
        username="sysadmin", name="系统管理员", audience=scope.Audience.LOGIN, role="sys_admin",
        password_hash=stored,
    )  # fmt: skip


def applicant(people: PeopleGenerator) -> Any:
    """Leave one registration waiting for its review."""
    person = people.person()
    row = Enterprise(
        enterprise_type=EnterpriseType.LABOUR_SUBCONTRACTOR, name="江门外海劳务有限公司（演示）",
        credit_code=people.credit_code("440704"), district_code="440703", region_code="440703",
        address="外海大道9号", legal_person=person.name, legal_person_id_number=person.id_number,
        legal_person_phone=person.mobile, agent_name=person.name,
        agent_id_number=person.id_number, agent_mobile=person.mobile, username="waihai",
        password_hash=stored_password(), licence_file=papers.document("营业执照"),
        application_no="QY202601019999", submitted_at=clock.now(),
        review_due_on=clock.today() + timedelta(days=5), state=EnterpriseState.SUBMITTED,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
