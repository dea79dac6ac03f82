"""Screens of the identity domain: signing in, sub-accounts, the system's accounts and roles."""

from app.identity.views.accounts import AccountAdminView
from app.identity.views.pages import (
    AdministratorPage,
    ForgottenPage,
    PasswordView,
    SubAccountView,
)
from app.identity.views.roles import RoleAdminView
from app.identity.views.signing_in import SignInView

PAGES = (PasswordView, ForgottenPage, SubAccountView, AdministratorPage)

__all__ = ["PAGES", "AccountAdminView", "RoleAdminView", "SignInView"]
