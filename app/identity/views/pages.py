"""Changing one's password, what to do without one, the sub-accounts of an enterprise."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from datetime import timedelta
from typing import Any

from flask import abort, flash, jsonify, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import checks, clock, scope
from app.core.errors import Refusal
from app.core.figures import figure
from app.core.forms import BaseForm
from app.core.views import BasePage, new_form
from app.core.views.asked import integer
from app.core.views.first_password import asked_at, asking_now, first_password_page
from app.core.views.keeping import SizeMixin
from app.core.views.pages import submit
from app.core.views.paging import Page, pager
from app.enterprises.models import Enterprise
from app.extensions import db
from app.identity import lockout, queries, services
from app.identity.choices import SubRole
from app.identity.errors import AlreadyShown, TriedTooOften
from app.identity.forms import SubAccountForm
from app.identity.models import Account
from app.permissions import Area


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
        problem: Refusal | None = None
        if request.method == "POST":
            name = actor.user.username
            try:
                if lockout.is_locked(name):
                    raise TriedTooOften
                epoch = services.change_password(
                    actor.user_id,
                    old=request.form.get("old", ""),
                    new=request.form.get("new", ""),
                    again=request.form.get("again", ""),
                )
                db.session.commit()
            except Refusal as refusal:
                db.session.rollback()
                problem = _counted(refusal, name)
            else:
                lockout.forget(name)
                db.session.commit()
                session["epoch"] = epoch
                flash(gettext("Your password has been changed"), "success")
                return redirect(self.appbuilder.get_url_for_index)
        return self.page("identity/password.html", problem=problem,
                         forced=actor.user.must_change_password)  # fmt: skip


def _counted(refusal: Refusal, username: str) -> Refusal:
    """Count a wrong present password as the sign-in does; the fifth one locks (2.1)."""
    if not isinstance(refusal, services.WrongPassword):
        return refusal
    lockout.count(username)
    db.session.commit()
    return TriedTooOften() if lockout.is_locked(username) else refusal


class ForgottenPage(BasePage):
    """忘记密码: who gives a new password; there is no SMS."""

    route_base = "/forgotten"
    default_view = "index"
    title = _("Forgotten password")

    @expose("/", methods=["GET"])
    def index(self) -> Any:
        """Say whom to ask."""
        return self.page("identity/forgotten.html")


class SubAccountView(SizeMixin, BasePage):
    """企业子账号: limited accounts of the own enterprise (screens.md 2.5)."""

    route_base = "/sub-accounts"
    default_view = "list"
    class_permission_name = Area.ACCOUNTS
    audience = scope.Audience.TENANT
    method_permission_name = {
        "list": "read",
        "sites": "read",
        "keep_size": "read",
        "add": "write",
        "switch": "write",
        "reset": "write",
    }
    title = _("Sub-accounts")

    @expose("/list/", methods=["GET"])
    @has_access
    def list(self) -> Any:
        """Show the accounts with role, sites and state."""
        actor = _administrator()
        page = self._page_of(queries.count_sub_accounts(actor.enterprises))
        found = queries.sub_accounts(
            actor.enterprises, first=page.number * page.size, most=page.size
        )
        rows = [self._row(row) for row in found]
        add = {"label": gettext("Add a sub-account"), "url": url_for(".add"), "icon": "plus",
               "primary": True}  # fmt: skip
        may = actor.can("write", Area.ACCOUNTS)
        return self.page(
            "identity/sub_accounts.html", rows=rows, toolbar=[add] if may else [],
            count_text=gettext("%(n)s records in all", n=figure(page.total)),
            pager=pager(page), page_sizes=self.page_sizes(page.size),
            empty={
                "title": gettext("No sub-account yet"),
                "text": gettext("Open accounts for labour managers, staff and clerks; "
                                "each sees only the projects you choose."),
                "button": add if may else None,
            },
        )  # fmt: skip

    def _page_of(self, total: int) -> Page:
        """Give the asked page of so many accounts; past the end, the last."""
        size = self._size()
        last = max(total - 1, 0) // size
        number = min(max(integer(request.args.get("page"), 0), 0), last)
        return Page([], number, size, total, more=number < last)

    def _row(self, row: dict[str, Any]) -> dict[str, Any]:
        labels = {one.role: one.label for one in SubRole}
        shown = {
            "username": row["username"], "name": row["name"],
            "mobile": checks.mask_mobile(row["mobile"]) if row["mobile"] else None,
            "role": labels.get(row["role"], row["role"]), "sites": "、".join(row["sites"]),
            "valid_to": (clock.local(row["valid_to"]) - timedelta(seconds=1)).date()
            if row["valid_to"] else gettext("No end"),
            "active": gettext("Active") if row["active"] else gettext("Disabled"),
        }  # fmt: skip
        return {
            "id": row["id"], "actions": self._actions(row),
            "cells": [
                {"name": name, "label": SUB_LABELS[name], "html": value,
                 "primary": name == "username"}
                for name, value in shown.items()
            ],
        }  # fmt: skip

    def _actions(self, row: dict[str, Any]) -> list[dict[str, Any]]:  # type: ignore[valid-type]
        if not scope.current().can("write", Area.ACCOUNTS):
            return []
        verb = gettext("Disable") if row["active"] else gettext("Enable")
        return [
            {"label": verb, "method": "post", "danger": row["active"],
             "url": url_for(".switch", pk=row["id"], on=int(not row["active"])),
             "confirm": gettext("%(verb)s the account %(name)s?", verb=verb, name=row["username"])},
            {"label": gettext("Reset password"), "method": "post",
             "url": url_for(".reset", pk=row["id"], **asking_now()),
             "confirm": gettext("The account %(name)s gets a new first password and is signed out.",
                                name=row["username"])},
        ]  # fmt: skip

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form; the first password is shown once."""
        actor = _administrator()
        form = new_form(SubAccountForm)
        if request.method == "POST":
            made = submit(form, services.create_sub_account)
            if made is not None:
                return first_password_page(self, form.username.data, made[1], url_for(".list"))
        return self._form_page(form, actor)

    def _form_page(self, form: BaseForm, actor: scope.Principal) -> str:
        form.projects.lookup_url = url_for(".sites")
        wanted = {integer(str(one), -1) for one in form.projects.typed or []}
        found = queries.chosen_sites(actor, wanted)
        form.projects.chosen = [(str(number), name) for number, name in found]
        form.username.answer_url = url_for("RegistrationPage.username")
        fields = [form[name] for name in SUB_FORM]
        return self.page(
            "appbuilder/general/model/add.html", title=gettext("Add a sub-account"),
            sections=[("", fields, True)], form=form, form_errors=form.form_errors,
            cancel_url=url_for(".list"), submit_label=gettext("Open the account"),
        )  # fmt: skip

    @expose("/sites", methods=["GET"])
    @has_access
    def sites(self) -> Any:
        """Answer the picker with the own enterprise's projects, twenty at a time."""
        term = request.args.get("q", "").strip()[:50]
        page = max(integer(request.args.get("page"), 1), 1)
        found, more = queries.own_sites(_administrator(), term, page)
        return jsonify(
            results=[{"id": number, "text": name} for number, name in found],
            pagination={"more": more},
        )

    @expose("/switch/<int:pk>/<int:on>", methods=["POST"])
    @has_access
    def switch(self, pk: int, on: int) -> Response:
        """Disable an account at once, or enable it."""
        _administrator()
        services.set_sub_active(pk, active=bool(on), actor=scope.current())
        db.session.commit()
        flash(gettext("Saved"), "success")
        return redirect(url_for(".list"))

    @expose("/reset/<int:pk>", methods=["POST"])
    @has_access
    def reset(self, pk: int) -> Any:
        """Give a new first password, shown once."""
        _administrator()
        back = url_for(".list")
        try:
            password = services.reset_sub_account(pk, actor=scope.current(), asked=asked_at())
        except AlreadyShown as problem:
            flash(str(problem), "danger")
            return redirect(back)
        name, active = db.session.execute(
            select(Account.username, Account.active).where(Account.id == pk)
        ).one()
        db.session.commit()
        return first_password_page(self, name, password, back, closed=not active)


class AdministratorPage(BasePage):
    """重置管理员密码 of an enterprise, by the city office: there is no SMS to recover it."""

    route_base = "/administrators"
    default_view = "reset"
    class_permission_name = Area.ACCOUNTS
    method_permission_name = {"reset": "write"}

    @expose("/<int:enterprise_id>/reset", methods=["POST"])
    @has_access
    def reset(self, enterprise_id: int) -> Any:
        """Give the administrator of an enterprise in one's scope a new first password."""
        actor = scope.current()
        if actor.audience is not scope.Audience.GOVERNMENT:
            abort(403)
        if db.session.get(Enterprise, enterprise_id) is None:
            abort(404)
        back = url_for("DirectoryView.show", pk=enterprise_id)
        try:
            username, password = services.reset_administrator(
                enterprise_id, actor=actor, asked=asked_at()
            )
        except AlreadyShown as problem:
            flash(str(problem), "danger")
            return redirect(back)
        db.session.commit()
        return first_password_page(self, username, password, back)


def _administrator() -> scope.Principal:
    actor = scope.current()
    if actor.audience is not scope.Audience.TENANT or not actor.enterprises:
        abort(403)
    return actor


SUB_FORM = ("username", "name", "mobile", "role", "projects", "valid_to")
SUB_LABELS = {
    "username": _("Sign-in name"), "name": _("Real name"), "mobile": _("Mobile"),
    "role": _("Role"), "sites": _("Projects"), "valid_to": _("Valid to"), "active": _("State"),
}  # fmt: skip
