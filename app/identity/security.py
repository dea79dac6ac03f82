"""Signing in: lock-out, sessions that end, forced changes of password, rights from one table.

The framework's manager asks the database for every right; ours answers from the principal,
which is loaded once a request. Its REST security routes are closed.
"""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, redirect, request, session, url_for
from flask_appbuilder.security.sqla.manager import SecurityManager as FrameworkManager
from flask_login import logout_user

from app.core import clock, scope
from app.extensions import db
from app.identity import principals
from app.identity.models import Account
from app.identity.views import AccountAdminView, NoTokens, SignInView

FAILURES = 5
WINDOW = timedelta(minutes=15)
FREE_ENDPOINTS = {"SignInView.logout", "PasswordView.change", "static", "appbuilder.static"}


class SecurityManager(FrameworkManager):
    """The framework's security, answered from the principal."""

    user_model = Account
    userdbmodelview = AccountAdminView
    authdbview = SignInView
    security_api = NoTokens
    userstatschartview = None

    def __init__(self, appbuilder: Any) -> None:
        super().__init__(appbuilder)
        from flask import current_app

        _install(current_app)

    def load_user(self, pk: Any) -> Any:
        """Give the account the principal was loaded with; never read it a second time."""
        user = scope.current().user
        return user if user is not None and str(user.id) == str(pk) else None

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Answer a right from the principal; a menu entry asks for its area's ``read``."""
        actor = scope.current()
        if permission_name == "menu_access":
            from app import menu

            area = menu.areas().get(view_name)
            return actor.can("read", area) if area else ("menu_access", view_name) in (
                actor.permissions
            )
        return actor.can(permission_name.removeprefix("can_"), str(view_name))

    def get_user_menu_access(self, menu_names: Any = None) -> set[str]:
        """Give the menu entries of the principal."""
        return {name for name in menu_names or [] if self.has_access("menu_access", name)}

    def is_item_public(self, permission_name: str, view_name: str) -> bool:  # noqa: ARG002
        """Nothing is public through rights: public pages ask for none."""
        return False

    def auth_user_db(self, username: str, password: str) -> Any:
        """Check name and password; five failures in 15 minutes lock the account for 15."""
        account = self.find_user(username=username) if username else None
        if account and account.locked_until and account.locked_until > clock.now():
            return None
        if account and not principals.usable(account):
            return None
        return super().auth_user_db(username, password)

    def on_user_login_failed(self, user: Any) -> None:
        """Count failures within the window and lock."""
        now = clock.now()
        if user.first_failure_at is None or now - user.first_failure_at > WINDOW:
            user.first_failure_at, user.fail_login_count = now, 1
        if (user.fail_login_count or 0) >= FAILURES:
            user.locked_until = now + WINDOW
            user.first_failure_at, user.fail_login_count = None, 0
        self.session.commit()

    def on_user_login(self, user: Any) -> None:
        """Begin a session anew: new content, epoch and clock."""
        language = session.get("locale")
        session.clear()
        session["locale"] = language or "zh"
        session["epoch"] = user.session_epoch
        session["began"] = session["seen"] = int(clock.now().timestamp())
        user.first_failure_at = user.locked_until = None
        self.session.commit()


def _install(app: Flask) -> None:
    app.before_request(_load_principal)
    app.before_request(_require_new_password)


def _load_principal() -> None:
    if request.endpoint in {"static", "appbuilder.static"} or request.path.startswith("/static/"):
        g.principal = scope.NOBODY
        return
    if _timed_out():
        logout_user()
        session.clear()
    g.principal = principals.for_request()
    if g.principal.user is not None:
        now = int(clock.now().timestamp())
        if now - session.get("seen", 0) > 60:  # noqa: PLR2004 - write the cookie once a minute
            session["seen"] = now


def _timed_out() -> bool:
    from flask import current_app

    if not session.get("_user_id"):
        return False
    now = clock.now().timestamp()
    idle = current_app.config["SESSION_IDLE_MINUTES"] * 60
    whole = current_app.config["SESSION_HOURS"] * 3600
    return now - session.get("seen", 0) > idle or now - session.get("began", 0) > whole


def _require_new_password() -> Response | None:
    user = scope.current().user
    if user is None or not user.must_change_password or request.endpoint in FREE_ENDPOINTS:
        return None
    if request.path.startswith(("/static/", "/lang/")):
        return None
    return redirect(url_for("PasswordView.change"))  # type: ignore[return-value]


def end_sessions(account: Account) -> None:
    """End every session of an account, such as after its password changed."""
    account.session_epoch = (account.session_epoch or 1) + 1
    db.session.flush()
