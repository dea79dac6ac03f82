"""Writing accounts: opening, limiting, locking, passwords. All as the signing-in role."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import delete, func, insert, select, text, update
from werkzeug.security import check_password_hash, generate_password_hash

from app.core import checks, clock, scope, settings
from app.core.errors import NotAllowed, NotFound, Refusal
from app.enterprises.choices import EnterpriseType
from app.enterprises.models import PENDING, Enterprise
from app.extensions import db
from app.identity import lockout
from app.identity.errors import AlreadyShown, UsernameTaken, WrongPassword
from app.identity.models import Account
from app.permissions import Area

PASSWORD_DAYS = settings.declare(
    "identity.password_days",
    180,
    label=_("Days after which a password is changed"),
    low=30,
    high=730,
)

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
ROLE_LINKS = db.metadata.tables["ab_user_role"]
ROLES = db.metadata.tables["ab_role"]


def hashed(password: str) -> str:
    """Give the stored form of a password."""
    return generate_password_hash(password)


def initial_password() -> str:
    """Make a first password of 12 signs; shown once, changed at the first sign-in."""
    return "".join(secrets.choice(ALPHABET) for _i in range(10)) + "!" + str(secrets.randbelow(10))


def has_account(username: str) -> bool:
    """Tell whether an account has the sign-in name, in whatever letter case."""
    with scope.login_scope("is the sign-in name taken") as connection:
        found = connection.execute(
            select(Account.id).where(func.lower(Account.username) == username.lower())
        )
        return found.first() is not None


def is_taken(username: str) -> bool:
    """Tell whether an account or a waiting application has the sign-in name."""
    if has_account(username):
        return True
    with scope.system_scope("is the sign-in name taken by an application") as connection:
        held = select(Enterprise.id).where(
            func.lower(Enterprise.username) == username.lower(), text(PENDING)
        )
        return connection.scalar(held) is not None


def open_account(
    *, username: str, name: str, audience: scope.Audience, role: str,
    password_hash: str | None = None, enterprise_id: int | None = None, limited: bool = False,
    district_code: str | None = None, mobile: str | None = None,
    must_change_password: bool = False, valid_to: Any = None,
) -> int:  # fmt: skip
    """Open an account with one role and give its number; refuse a taken sign-in name.

    A waiting application may hold the name too: its own account opens by this very call.
    Whoever lets people choose names asks ``is_taken`` first.
    """
    if has_account(username):
        raise UsernameTaken
    with scope.login_scope("an account is opened") as connection:
        number = connection.execute(
            insert(Account).values(
                username=username, last_name=name, first_name="", email=f"{username}@local",
                password=password_hash, active=True, audience=audience.value,
                enterprise_id=enterprise_id, limited=limited, district_code=district_code,
                mobile=mobile, must_change_password=must_change_password, valid_to=valid_to,
                password_changed_at=clock.now(), login_count=0, fail_login_count=0,
                created_on=clock.local(clock.now()).replace(tzinfo=None),
            ).returning(Account.id)
        ).scalar_one()  # fmt: skip
        connection.execute(
            insert(ROLE_LINKS).values(
                user_id=number,
                role_id=select(ROLES.c.id).where(ROLES.c.name == role).scalar_subquery(),
            )
        )
    return number


def change_password(user_id: int | None, *, old: str, new: str, again: str) -> int:
    """Change one's own password, end all other sessions, give the new epoch."""
    with scope.login_scope("a user changes his password") as connection:
        row = connection.execute(
            select(Account.username, Account.password, Account.session_epoch).where(
                Account.id == user_id
            )
        ).one()
        if not check_password_hash(row.password, old):
            raise WrongPassword
        if new != again:
            raise Refusal(_("The two new passwords differ"), field="again")
        if new == old:
            raise Refusal(_("The new password must differ from the present one"), field="new")
        try:
            checks.password(new, row.username)
        except checks.Invalid as problem:
            raise Refusal(problem, field="new") from None
        _store(connection, user_id, new, forced=False)
    return row.session_epoch + 1


def set_password(user_id: int, password: str) -> None:
    """Give an account a password that need not be changed, such as a demonstration's."""
    with scope.login_scope("a password is set") as connection:
        _store(connection, user_id, password, forced=False)


def reset_password(user_id: int, *, asked: datetime | None = None) -> str:
    """Give an account a new first password, shown once; ends its sessions.

    ``asked`` is when the page that asks was made: a password set since then stays, so that
    reloading the page that shows it makes no second one.
    """
    password = initial_password()
    with scope.login_scope("a password is reset") as connection:
        present = select(Account.password_changed_at).where(Account.id == user_id)
        changed = connection.scalar(present.with_for_update())
        if asked is not None and changed is not None and changed > asked:
            raise AlreadyShown
        _store(connection, user_id, password, forced=True)
        name = connection.scalar(select(Account.username).where(Account.id == user_id))
    lockout.forget(str(name))
    return password


def reset_administrator(
    enterprise_id: int, *, actor: scope.Principal, asked: datetime | None = None
) -> tuple[str, str]:
    """Give the administrator of an enterprise a new first password: (sign-in name, password)."""
    if not actor.can("write", Area.ACCOUNTS):
        raise NotAllowed
    with scope.login_scope("the administrator of an enterprise is found") as connection:
        row = connection.execute(
            select(Account.id, Account.username)
            .where(Account.enterprise_id == enterprise_id, Account.limited.is_(False))
            .order_by(Account.id)
            .limit(1)
        ).one_or_none()
    if row is None:
        raise NotFound(_("This enterprise has no administrator's account"))
    return row.username, reset_password(row.id, asked=asked)


def sign_out(user_id: int) -> None:
    """End every session of an account, so that no copied cookie outlives the signing out."""
    with scope.login_scope("a user signs out") as connection:
        connection.execute(
            update(Account)
            .where(Account.id == user_id)
            .values(session_epoch=Account.session_epoch + 1)
        )


def set_active(user_id: int, *, active: bool) -> None:
    """Let an account sign in, or end it at once."""
    with scope.login_scope("an account is opened or closed") as connection:
        connection.execute(
            update(Account).where(Account.id == user_id).values(
                active=active, session_epoch=Account.session_epoch + 1
            )
        )  # fmt: skip


def _store(connection: Any, user_id: int | None, password: str, *, forced: bool) -> None:
    connection.execute(
        update(Account).where(Account.id == user_id).values(
            password=hashed(password), session_epoch=Account.session_epoch + 1,
            must_change_password=forced, password_changed_at=clock.now(), fail_login_count=0,
        )
    )  # fmt: skip


def renew_admin_role(enterprise_id: int, roles: Mapping[EnterpriseType, str]) -> None:
    """Give the unlimited accounts of an enterprise the role of its present type."""
    kind = db.session.get(Enterprise, enterprise_id).enterprise_type
    with scope.login_scope("an enterprise's type was corrected") as connection:
        numbers = list(
            connection.scalars(
                select(Account.id).where(
                    Account.enterprise_id == enterprise_id, Account.limited.is_(False)
                )
            )
        )
        role = connection.scalar(select(ROLES.c.id).where(ROLES.c.name == roles[kind]))
        connection.execute(delete(ROLE_LINKS).where(ROLE_LINKS.c.user_id.in_(numbers)))
        for number in numbers:
            connection.execute(insert(ROLE_LINKS).values(user_id=number, role_id=role))


def force_if_old(account: Account) -> None:
    """Ask for a new password when the present one is older than the city allows."""
    since = account.password_changed_at
    days = settings.get(PASSWORD_DAYS)
    if since is not None and (clock.now() - since).days >= days:
        account.must_change_password = True
        db.session.flush()
