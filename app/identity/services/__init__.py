"""Writes of the identity domain: accounts, passwords, logins of sites."""

from werkzeug.security import generate_password_hash

from app.identity.errors import UsernameTaken, WrongPassword
from app.identity.services.accounts import (
    change_password,
    force_if_old,
    has_account,
    hashed,
    initial_password,
    is_taken,
    open_account,
    renew_admin_role,
    reset_administrator,
    reset_password,
    set_active,
    set_password,
    sign_out,
)  # fmt: skip
from app.identity.services.officials import open_official, reset_official, switch_account
from app.identity.services.sites import (
    close_site_login,
    close_unit_logins,
    create_sub_account,
    issue_first_password,
    limit_site_login,
    login_among,
    login_refusal,
    open_site_login,
    reset_sub_account,
    set_sub_active,
)  # fmt: skip

__all__ = [
    "UsernameTaken", "WrongPassword", "change_password", "close_site_login",
    "close_unit_logins", "create_sub_account", "force_if_old", "generate_password_hash",
    "has_account", "hashed",
    "initial_password", "is_taken", "issue_first_password", "limit_site_login", "login_among",
    "login_refusal",
    "open_account", "open_official", "open_site_login",
    "renew_admin_role", "reset_administrator", "reset_official", "reset_password",
    "reset_sub_account",
    "set_active", "set_password", "set_sub_active", "sign_out", "switch_account",
]  # fmt: skip
