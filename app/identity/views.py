"""Signing in and out, changing one's password, the administrator's list of accounts."""

from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.sqla.models import Role
from flask_appbuilder.security.views import AuthDBView, RoleModelView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from app.core import clock, scope
from app.core.errors import Refusal
from app.core.views import BasePage
from app.extensions import db
from app.identity import services
from app.identity.models import Account
from app.permissions import Area


class SignInView(AuthDBView):
    """登录: name and password; an unapproved applicant is led to his application instead."""

    login_template = "appbuilder/general/security/login_db.html"

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Any:
        """Show and take the sign-in form."""
        if scope.current().user is not None:
            return redirect(self.appbuilder.get_url_for_index)
        if request.method == "POST":
            return self._sign_in(
                request.form.get("username", "").strip(), request.form.get("password", "")
            )
        return self._page()

    def _page(self) -> str:
        return self.render_template(
            self.login_template, title=self.title, form=LoginForm_db(), appbuilder=self.appbuilder
        )

    def _sign_in(self, username: str, password: str) -> Any:
        account = self.appbuilder.sm.auth_user_db(username, password)
        if account is not None:
            begin_session(account)
            return redirect(get_safe_redirect(request.args.get("next", "")))
        if url := services.application_page(username, password):
            return redirect(url)
        if services.is_locked(username):
            flash(gettext("The account is locked. Try again in 15 minutes"), "danger")
        else:
            flash(gettext("User name or password is wrong"), "danger")
        return self._page(), 401

    @expose("/logout/")
    def logout(self) -> Response:
        """End the session."""
        logout_user()
        session.clear()
        return redirect(url_for("SignInView.login"))


def begin_session(account: Account) -> None:
    """Begin a session with new content, bound to the account's epoch and the clock."""
    language = session.get("locale")
    session.clear()
    session["locale"] = language or "zh"
    login_user(account)
    session["epoch"] = account.session_epoch
    session["began"] = session["seen"] = int(clock.now().timestamp())


class PasswordView(BasePage):
    """修改密码: asked for at the first sign-in and after a reset."""

    route_base = "/password"
    default_view = "change"
    title = _("Change password")

    @expose("/change", methods=["GET", "POST"])
    def change(self) -> Any:
        """Show and take the form."""
        actor = scope.current()
        if actor.user is None:
            return redirect(url_for("SignInView.login"))
        problem = ""
        if request.method == "POST":
            try:
                epoch = services.change_password(
                    actor.user_id,
                    old=request.form.get("old", ""),
                    new=request.form.get("new", ""),
                    again=request.form.get("again", ""),
                )
                db.session.commit()
            except Refusal as refusal:
                db.session.rollback()
                problem = str(refusal)
            else:
                session["epoch"] = epoch
                flash(gettext("Your password has been changed"), "success")
                return redirect(self.appbuilder.get_url_for_index)
        return self.page("identity/password.html", problem=problem,
                         forced=actor.user.must_change_password)  # fmt: skip


class AccountAdminView(ModelView):
    """用户: the system administrator's list of accounts; no personal data of workers."""

    datamodel = SQLAInterface(Account)
    class_permission_name = Area.USERS
    method_permission_name = {"list": "read", "show": "read"}
    include_route_methods = {"list", "show"}
    list_title = _("Accounts")
    show_title = _("Account")
    list_columns = ["username", "last_name", "first_name", "active", "last_login", "login_count"]
    show_columns = ["username", "last_name", "first_name", "active", "last_login", "login_count"]
    add_columns = edit_columns = ["username"]
    search_columns = ["username"]
    order_columns = ["username", "last_login"]
    base_order = ("username", "asc")
    label_columns = {
        "username": _("Sign-in name"), "last_name": _("Family name"),
        "first_name": _("Given name"), "active": _("Active"), "last_login": _("Last sign-in"),
        "login_count": _("Sign-ins"),
    }  # fmt: skip


class RoleAdminView(RoleModelView):
    """角色: the roles beside ours; ours are rewritten at every deployment."""

    datamodel = SQLAInterface(Role)
    class_permission_name = Area.USERS
    method_permission_name = {"list": "read", "show": "read"}
    include_route_methods = {"list", "show"}
    list_title = _("Roles")
    show_title = _("Role")
    list_columns = ["name"]
    show_columns = ["name"]
    add_columns = edit_columns = ["name"]
    search_columns = ["name"]
    base_order = ("name", "asc")
    label_columns = {"name": _("Name")}


PAGES = ()
