"""Enterprises and their administrators."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image

from app.core import scope
from app.enterprises import services
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.models import Enterprise
from app.extensions import db
from app.identity import principals
from app.identity import services as identity
from app.identity.models import Account
from tests.factories import numbered, people

ADMIN_ROLES = {
    EnterpriseType.GENERAL_CONTRACTOR: "gc_admin",
    EnterpriseType.PROFESSIONAL_SUBCONTRACTOR: "prof_sub_admin",
    EnterpriseType.LABOUR_SUBCONTRACTOR: "labour_sub_admin",
}
KINDS = {
    EnterpriseType.GENERAL_CONTRACTOR: "gc",
    EnterpriseType.PROFESSIONAL_SUBCONTRACTOR: "prof_sub",
    EnterpriseType.LABOUR_SUBCONTRACTOR: "labor_sub",
}
PASSWORD = "Correct-horse-12"
CAPTCHA = "ABCDE"
DATA = Path(__file__).parents[2] / "app" / "reference" / "data"


def enterprise(
    kind: EnterpriseType = EnterpriseType.GENERAL_CONTRACTOR,
    *,
    district: str = "440703",
    **values: Any,
) -> Enterprise:
    """Make an approved enterprise."""
    legal, agent = people.person(), people.person()
    row = Enterprise(**{
        "enterprise_type": kind, "name": numbered("江门市试验建筑有限公司"),
        "credit_code": people.credit_code("440703"),
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


def system_administrator() -> int:
    """Open the account of a system administrator, who belongs to no office and no enterprise."""
    return identity.open_account(
        username=numbered("sysadmin"), name="系统管理员", audience=scope.Audience.LOGIN,
        role="sys_admin",
        password_hash=identity.generate_password_hash(PASSWORD, "pbkdf2:sha256:1"),
    )  # fmt: skip


def picture(colour: str = "red") -> bytes:
    """Draw a small picture for uploads."""
    out = io.BytesIO()
    Image.new("RGB", (200, 240), colour).save(out, "PNG")
    return out.getvalue()


def firm_name() -> str:
    """Give a name unlike any other, so that no two applications look alike."""
    return f"{people.person().name}{people.person().name}{numbered('劳务')}有限公司"


def posted(
    kind: EnterpriseType = EnterpriseType.GENERAL_CONTRACTOR, **changes: Any
) -> dict[str, Any]:
    """Give a whole registration form as a browser posts it, files included."""
    legal, agent = people.person(), people.person()
    data: dict[str, Any] = {
        "name": firm_name(), "credit_code": people.credit_code("440703"), "region_code": "440703",
        "address": "东华一路8号", "legal_person": legal.name, "legal_person_id_type": "01",
        "legal_person_id_number": legal.id_number, "legal_person_phone": legal.mobile,
        "agent_name": agent.name, "agent_id_type": "01", "agent_id_number": agent.id_number,
        "agent_mobile": agent.mobile, "licence_file": upload("licence.png"),
        "authorisation_file": upload("letter.png"), "username": numbered("builder"),
        "password": PASSWORD, "again": PASSWORD, "captcha": CAPTCHA, "agreed": "y",
    }  # fmt: skip
    if kind is not EnterpriseType.LABOUR_SUBCONTRACTOR:
        data |= {
            "safety_licence_no": numbered("JZ"), "safety_licence_valid_to": "2029-12-31",
            "safety_licence_file": upload("safety.png"), **qualification(0),
        }  # fmt: skip
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def qualification(at: int, **changes: Any) -> dict[str, Any]:
    """Give one row of certificates as a browser posts it."""
    row = {
        "kind": codes("qualification_type"), "name": "建筑工程施工总承包",
        "certificate_no": numbered("D344"), "level": codes("qualification_level"),
        "valid_to": "2029-06-30", "file": upload(f"certificate{at}.png"), **changes,
    }  # fmt: skip
    return {f"qualifications-{at}-{name}": value for name, value in row.items()}


def codes(table: str) -> str:
    """Give the first code on offer in a list."""
    with (DATA / f"{table}.csv").open(encoding="utf-8") as handle:
        return next(row["code"] for row in csv.DictReader(handle) if row["offered"] == "1")


def upload(name: str) -> tuple[io.BytesIO, str]:
    """Give a picture as the test client uploads it."""
    return io.BytesIO(picture()), name


def application(
    kind: EnterpriseType = EnterpriseType.LABOUR_SUBCONTRACTOR, **values: Any
) -> Enterprise:
    """Make an application that waits, through the service."""
    legal, agent = people.person(), people.person()
    number = services.register(
        {
            "enterprise_type": kind, "name": firm_name(),
            "credit_code": people.credit_code("440703"), "region_code": "440703",
            "address": "东华一路8号",
            "legal_person": legal.name, "legal_person_id_type": "01",
            "legal_person_id_number": legal.id_number, "legal_person_phone": legal.mobile,
            "agent_name": agent.name, "agent_id_type": "01", "agent_id_number": agent.id_number,
            "agent_mobile": agent.mobile, "username": numbered("builder"), "password": PASSWORD,
            "qualifications": [], **values,
        },
        actor=scope.NOBODY,
    )  # fmt: skip
    return db.session.query(Enterprise).filter_by(application_no=number).one()


def certificate(**values: Any) -> dict[str, Any]:
    """Give one certificate as a service takes it."""
    return {
        "kind": codes("qualification_type"), "name": "建筑工程施工总承包",
        "certificate_no": numbered("D344"), "level": codes("qualification_level"),
        "valid_to": date(2029, 6, 30), **values,
    }  # fmt: skip


def principal(user_id: int) -> scope.Principal:
    """Load the principal of an account as a request would."""
    with scope.login_scope("test"):
        return principals.principal_of(db.session.get(Account, user_id))
