"""Signing in: lock-out, sessions that end, forced changes of password, rights from one table.

The framework's manager asks the database for every right; ours answers from the principal,
which is loaded once a request. Its REST security routes are closed.
"""

from typing import Any

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_appbuilder.security.sqla.manager import SecurityManager as FrameworkManager
from flask_login import logout_user
from werkzeug.security import check_password_hash

from app.core import clock, scope
from app.core.views import drafting
from app.identity import lockout, principals
from app.identity.models import Account
from app.identity.views import SignInView
from app.identity.views.signing_in import TIMED_OUT

# answered without asking who asks: the database may be away
NOBODYS_ENDPOINTS = {"static", "appbuilder.static", "healthz", "readyz"}
FREE_ENDPOINTS = {"SignInView.logout", "PasswordView.change", "static", "appbuilder.static"}


class SecurityManager(FrameworkManager):
    """The framework's security, answered from the principal."""

    user_model = Account
    authdbview = SignInView

    def __init__(self, appbuilder: Any) -> None:
        super().__init__(appbuilder)
        _install(current_app)

    def load_user(self, pk: Any) -> Any:
        """Give the account the principal was loaded with; never read it a second time."""
        user = scope.current().user
        return user if user is not None and str(user.id) == str(pk) else None

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Answer a right from the principal; a menu entry asks for its area's ``read``."""
        actor = scope.current()
        if permission_name == "menu_access":
            lines = current_app.extensions["menu_lines"].get(view_name, [])
            return any(
                actor.can(permission, area) and audience in (None, actor.audience)
                for permission, area, audience in lines
            )
        return actor.can(permission_name.removeprefix("can_"), str(view_name))

    def get_user_menu_access(self, menu_names: Any = None) -> set[str]:
        """Give the menu entries of the principal."""
        return {name for name in menu_names or [] if self.has_access("menu_access", name)}

    def is_item_public(self, permission_name: str, view_name: str) -> bool:  # noqa: ARG002
        """Nothing is public through rights: public pages ask for none."""
        return False

    def auth_user_db(self, username: str, password: str) -> Account | None:
        """Check name and password; five failures in 15 minutes lock the name for 15.

        Failures count under the name as typed, so that the lock tells nobody which names
        exist; an unknown account costs the same time as a wrong password.
        """
        if not username or lockout.is_locked(username):
            return None
        account = self.find_user(username=username)
        known = account is not None and bool(account.password) and principals.usable(account)
        stored = account.password if known else self.fake_hash
        right = check_password_hash(stored, password) and bool(password.strip("\x00"))
        if not known or not right:
            return None
        account.login_count = (account.login_count or 0) + 1
        account.last_login = clock.local(clock.now()).replace(tzinfo=None)
        self.session.flush()
        return account

    @property
    def fake_hash(self) -> str:
        """Give the hash that is compared when there is no account."""
        return str(current_app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"])

    def register_views(self) -> None:
        """Register signing in; the screens stand in ``app.menu``, REST routes nowhere."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.limiter.limit(self.auth_rate_limit, methods=["POST"])(self.auth_view.blueprint)


def _install(app: Flask) -> None:
    app.before_request(_load_principal)
    app.before_request(_require_new_password)


def _load_principal() -> None:
    if request.endpoint in NOBODYS_ENDPOINTS or request.path.startswith("/static/"):
        g.principal = scope.NOBODY
        return
    if _timed_out():
        user_id = int(session["_user_id"])
        logout_user()
        drafting.leave(user_id)
        session[TIMED_OUT] = True
    g.principal = principals.for_request()
    if g.principal.user is not None:
        now = int(clock.now().timestamp())
        if now - session.get("seen", 0) > 60:
            session["seen"] = now


def _timed_out() -> bool:
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
