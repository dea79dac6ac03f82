"""Writing accounts: opening, limiting, locking, passwords. All as the signing-in role."""

import secrets
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import insert, select, update
from werkzeug.security import check_password_hash, generate_password_hash

from app.core import checks, clock, scope
from app.core.errors import Refusal
from app.core.events import Event
from app.extensions import db
from app.identity.models import Account

# asked when a sign-in fails: receivers give the address of a pending application, or None
sign_in_refused = Event("identity.sign_in_refused")

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
ROLE_LINKS = db.metadata.tables["ab_user_role"]
ROLES = db.metadata.tables["ab_role"]


class UsernameTaken(Refusal):
    """Another account, or an application, has the sign-in name."""

    def __init__(self, field: str = "username") -> None:
        super().__init__(_("This sign-in name is taken: choose another"), field=field)


class WrongPassword(Refusal):
    """The present password does not match."""

    def __init__(self) -> None:
        super().__init__(_("The present password is wrong"), field="old")


def hashed(password: str) -> str:
    """Give the stored form of a password."""
    return generate_password_hash(password)


def initial_password() -> str:
    """Make a first password of 12 signs; shown once, changed at the first sign-in."""
    return "".join(secrets.choice(ALPHABET) for _i in range(10)) + "!" + str(secrets.randbelow(10))


def is_taken(username: str) -> bool:
    """Tell whether an account has the sign-in name."""
    with scope.login_scope("is the sign-in name taken") as connection:
        found = connection.execute(select(Account.id).where(Account.username == username))
        return found.first() is not None


def is_locked(username: str) -> bool:
    """Tell whether an account is locked now."""
    with scope.login_scope("is the account locked") as connection:
        until = connection.execute(
            select(Account.locked_until).where(Account.username == username)
        ).scalar()
    return until is not None and until > clock.now()


def application_page(username: str, password: str) -> str | None:
    """Give the address of the application this name and password belong to."""
    answers = sign_in_refused.send(username=username, password=password)
    return answers[0] if answers else None


def open_account(
    *, username: str, name: str, audience: scope.Audience, role: str,
    password_hash: str | None = None, enterprise_id: int | None = None, limited: bool = False,
    district_code: str | None = None, mobile: str | None = None,
    must_change_password: bool = False,
) -> int:  # fmt: skip
    """Open an account with one role and give its number; refuse a taken sign-in name."""
    if is_taken(username):
        raise UsernameTaken
    with scope.login_scope("an account is opened") as connection:
        number = connection.execute(
            insert(Account).values(
                username=username, last_name=name, first_name="", email=f"{username}@local",
                password=password_hash, active=True, audience=audience.value,
                enterprise_id=enterprise_id, limited=limited, district_code=district_code,
                mobile=mobile, must_change_password=must_change_password,
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


def reset_password(user_id: int) -> str:
    """Give an account a new first password, shown once; ends its sessions."""
    password = initial_password()
    with scope.login_scope("a password is reset") as connection:
        _store(connection, user_id, password, forced=True)
    return password


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
            must_change_password=forced, password_changed_at=clock.now(),
            locked_until=None, first_failure_at=None, fail_login_count=0,
        )
    )  # fmt: skip
