"""Screens of the identity domain: signing in, sub-accounts, the system's accounts and roles."""

from app.identity.views.accounts import AccountAdminView
from app.identity.views.pages import (
    AdministratorPage,
    ForgottenPage,
    PasswordView,
    SignInView,
    SubAccountView,
)
from app.identity.views.roles import RoleAdminView

PAGES = (PasswordView, ForgottenPage, SubAccountView, AdministratorPage)

__all__ = ["PAGES", "AccountAdminView", "RoleAdminView", "SignInView"]
