"""What an inviter may know of an enterprise: whether it is registered, its name, its cover."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from sqlalchemy import or_, select

from app.core import scope
from app.enterprises.choices import EnterpriseState
from app.enterprises.models import Enterprise, Qualification
from app.projects.choices import INVITED_ROLES, LABOUR

BUILDING_KINDS = ("3", "6")  # 建筑业, 设计施工一体化
LABOUR_WORD = "劳务"


@dataclass(frozen=True)
class Registered:
    """An approved enterprise, as much of it as an inviter needs."""

    id: int
    name: str
    covers: bool


def find_enterprise(credit_code: str, role: str, today: date) -> Registered | None:
    """Find an approved enterprise by its code; None while it is not registered.

    ``covers`` says whether a valid qualification on file fits the role: a labour
    qualification for labour work, any other building qualification for specialist work.
    Units other than subcontractors need none.
    """
    firms, held = Enterprise.__table__.c, Qualification.__table__.c
    with scope.system_scope("the name of an enterprise to invite") as connection:
        row = connection.execute(
            select(firms.id, firms.name).where(
                firms.credit_code == credit_code,
                firms.state == EnterpriseState.APPROVED,
                firms.is_deleted.is_(False),
            )
        ).one_or_none()
        if row is None:
            return None
        names = connection.scalars(
            select(held.name).where(
                held.enterprise_id == row.id,
                held.kind.in_(BUILDING_KINDS),
                or_(held.valid_to.is_(None), held.valid_to >= today),
                held.is_deleted.is_(False),
            )
        ).all()
    wants_labour = role == LABOUR
    fits = any((LABOUR_WORD in name) is wants_labour for name in names)
    return Registered(row.id, row.name, fits or role not in INVITED_ROLES)


def is_applying(credit_code: str) -> bool:
    """Tell whether a registration of this code is under review now."""
    firms = Enterprise.__table__.c
    with scope.system_scope("is a registration under review") as connection:
        return (
            connection.execute(
                select(firms.id).where(
                    firms.credit_code == credit_code,
                    firms.state.in_((EnterpriseState.SUBMITTED, EnterpriseState.RETURNED)),
                    firms.is_deleted.is_(False),
                )
            ).first()
            is not None
        )


def cover_warning() -> str:
    """Say that no qualification on file covers the role."""
    return gettext("No valid qualification on file covers this role: check before inviting")
