"""Accounts of officials and of the system: opening, disabling, resetting (screens.md 1).

The screen of the system administrator and the command ``open-account`` are the two doors.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core import scope
from app.core.errors import NotAllowed
from app.extensions import db
from app.identity import lockout
from app.identity.choices import OfficialRole
from app.identity.errors import DistrictNeeded, NoSuchAccount, NotOneself, UsernameTaken
from app.identity.models import Account
from app.identity.services import accounts
from app.permissions import Area


def open_official(values: Mapping[str, Any], *, actor: scope.Principal) -> tuple[int, str]:
    """Open an official's account: (account, first password, shown once and changed at first use).

    ``values``: username, name, role (``OfficialRole``), district_code (six digits; empty: the
    whole city). Refuses a taken name, and a district reviewer without a district.
    """
    _may_write(actor)
    role: OfficialRole = values["role"]
    district = values.get("district_code") or None
    if role is OfficialRole.DISTRICT_REVIEWER and district is None:
        raise DistrictNeeded
    username = values["username"]
    if accounts.is_taken(username):
        raise UsernameTaken
    lockout.forget(username)
    password = accounts.initial_password()
    system = role is OfficialRole.SYS_ADMIN
    number = accounts.open_account(
        username=username, name=values["name"], role=role.role,
        audience=scope.Audience.LOGIN if system else scope.Audience.GOVERNMENT,
        district_code=None if system else district, password_hash=accounts.hashed(password),
        must_change_password=True,
    )  # fmt: skip
    return number, password


def switch_account(user_id: int, *, active: bool, actor: scope.Principal) -> None:
    """Disable any account at once, or let it sign in again; nobody disables himself."""
    _may_write(actor)
    _other(user_id, actor)
    accounts.set_active(user_id, active=active)


def reset_official(
    user_id: int, *, actor: scope.Principal, asked: datetime | None = None
) -> tuple[str, str]:
    """Give an official a new first password: (sign-in name, password).

    Enterprises' accounts are reset by their own administrator or by the city office
    (screens.md 2.5), so that nobody who runs the system gets into an enterprise's data.
    """
    _may_write(actor)
    row = _other(user_id, actor)
    if row.audience == scope.Audience.TENANT.value:
        raise NotAllowed
    return row.username, accounts.reset_password(user_id, asked=asked)


def _may_write(actor: scope.Principal) -> None:
    if actor.audience is not scope.Audience.SYSTEM and not actor.can("write", Area.USERS):
        raise NotAllowed


def _other(user_id: int, actor: scope.Principal) -> Any:
    if user_id == actor.user_id:
        raise NotOneself
    with scope.login_scope("an account is managed by the system administrator"):
        row = db.session.execute(
            select(Account.username, Account.audience).where(Account.id == user_id)
        ).one_or_none()
    if row is None:
        raise NoSuchAccount
    return row
