"""登录: name and password, the captcha, the session that begins and where it goes on (2.1)."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.const import FLAMSG_ERR_SEC_ACCESS_DENIED
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext
from flask_login import login_user, logout_user
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from app.core import clock, drafts, scope
from app.core.errors import Refusal
from app.core.views import drafting, shell
from app.enterprises import captcha, tokens
from app.enterprises.queries import application_of
from app.extensions import db
from app.identity import lockout, services
from app.identity.forms import SignInForm
from app.identity.models import Account

FAILED = "failed"  # how often this browser failed to sign in
TIMED_OUT = "timed_out"  # this browser's session has just ended by itself


class SignInView(AuthDBView):
    """登录: name and password; an unapproved applicant is led to his application instead."""

    login_template = "appbuilder/general/security/login_db.html"

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Any:
        """Show and take the sign-in form."""
        user_id = scope.current().user_id
        if scope.current().user is not None and user_id is not None:
            drafts.adopt(user_id)
            db.session.commit()
            if project_id := drafting.project_left(user_id):
                shell.choose_project(project_id)
            return self._go_on()
        if request.method == "POST":
            name = request.form.get("username", "").strip()[:64]
            return self._sign_in(name, request.form.get("password", "")[:200])
        _say_why()
        return self._page()

    def _page(self, *, captcha_problem: str = "", name: str = "") -> str:
        form = SignInForm()
        if not _asks_captcha(name):
            del form.captcha
        elif captcha_problem:
            form.captcha.errors = [captcha_problem]
        return self.render_template(
            self.login_template, title=self.title, form=form, appbuilder=self.appbuilder,
            captcha_url=url_for("CaptchaPage.picture"),
            forgotten_url=url_for("ForgottenPage.index"),
        )  # fmt: skip

    def _sign_in(self, username: str, password: str) -> Any:
        if _asks_captcha(username):
            try:
                captcha.check(request.form.get("captcha", ""))
            except Refusal as problem:
                return self._page(captcha_problem=str(problem), name=username), 401
            finally:
                db.session.commit()
        if lockout.is_locked(username):
            return self._refuse(username)
        account = self.appbuilder.sm.auth_user_db(username, password)
        if account is not None:
            lockout.forget(username)
            services.force_if_old(account)
            db.session.commit()
            number = account.id
            begin_session(account)
            drafts.adopt(number)
            db.session.commit()
            return self._go_on()
        application = application_of(username, password, self.appbuilder.sm.fake_hash)
        if application is not None:
            lockout.forget(username)
            db.session.commit()
            return redirect(url_for("RegistrationPage.show", token=tokens.issue(application.id)))
        lockout.count(username)
        db.session.commit()
        session[FAILED] = session.get(FAILED, 0) + 1
        return self._refuse(username)

    def _go_on(self) -> Response:
        """Go to the page the user was on, or home; a step that was refused is no page."""
        wanted = request.args.get("next", "")
        home = self.appbuilder.get_url_for_index
        return redirect(get_safe_redirect(wanted) if wanted and _is_page(wanted) else home)

    def _refuse(self, username: str) -> Any:
        if lockout.is_locked(username):
            flash(gettext("The account is locked. Try again in 15 minutes"), "danger")
        else:
            flash(gettext("User name or password is wrong"), "danger")
        return self._page(name=username), 401

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        """End every session of the account: a copy of the cookie is worth nothing afterwards."""
        actor = scope.current()
        if actor.user_id is not None:
            services.sign_out(actor.user_id)
            db.session.commit()
        logout_user()
        session.clear()
        return redirect(url_for("SignInView.login"))


def _is_page(address: str) -> bool:
    """Tell whether an address can be opened, not only sent to."""
    routes = current_app.create_url_adapter(request)
    try:
        if routes is not None:
            routes.match(urlsplit(address).path, method="GET")
    except MethodNotAllowed:
        return False
    except HTTPException:
        return True
    return True


def _say_why() -> None:
    """Ask to sign in where the framework tells a stranger that he lacks a right."""
    told, refused = session.pop("_flashes", []), str(FLAMSG_ERR_SEC_ACCESS_DENIED)
    kept = [pair for pair in told if str(pair[1]) != refused]
    if kept:
        session["_flashes"] = kept
    if session.pop(TIMED_OUT, False):
        flash(gettext("You were signed out because the session ended: sign in again"), "warning")
    elif len(kept) < len(told):
        flash(gettext("Sign in first"), "warning")


def _asks_captcha(username: str) -> bool:
    """Tell whether a captcha is due: this browser or this name has failed twice."""
    if session.get(FAILED, 0) >= lockout.CAPTCHA_AFTER:
        return True
    return bool(username) and lockout.failures(username) >= lockout.CAPTCHA_AFTER


def begin_session(account: Account) -> None:
    """Begin a session with new content, bound to the account's epoch and the clock.

    Who goes on in a browser where his session had ended works in the same project again.
    """
    language, project_id = session.get("locale"), drafting.project_left(account.id)
    session.clear()
    session["locale"] = language or "zh"
    login_user(account)
    session["epoch"] = account.session_epoch
    if project_id:
        shell.choose_project(project_id)
    session["began"] = session["seen"] = int(clock.now().timestamp())
