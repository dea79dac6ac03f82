"""用户: every account of the system, and the door by which an official gets his (screens.md 1)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from typing import Any

from flask import abort, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from app.core import checks, clock, dictionaries, scope
from app.core.columns.base import EMPTY
from app.core.columns.codes import badge
from app.core.views import BaseModelView, Computed, Interface, answer, new_form
from app.core.views.asked import integer
from app.core.views.first_password import asked_at, asking_now, first_password_page
from app.core.views.pages import submit
from app.extensions import db
from app.identity import queries, services
from app.identity.forms import OfficialForm
from app.identity.models import Account
from app.identity.words import KINDS, role_label
from app.permissions import ROLES, Area

FORM = ("username", "name", "role", "district_code")


class AccountAdminView(BaseModelView):
    """用户: list, detail, opening an official's account; no personal data of workers."""

    datamodel = Interface(Account)
    class_permission_name = Area.USERS
    method_permission_name = {"switch": "write", "reset": "write"}
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "run_action"}
    list_title = _("Accounts")
    add_title = add_label = _("Open an official's account")
    submit_label = _("Open the account")
    add_service = staticmethod(services.open_official)
    form_sections = [("", ["username"])]
    show_sections = [("", ["username", "last_name", "mobile"])]
    left_out = ("mobile",)  # asked by a form of its own, under the word of an official
    list_columns = ["username", "last_name", "kind", "role", "district", "mobile", "active",
                    "last_login"]  # fmt: skip
    card_columns = ("username", "role", "active", "last_login")
    search_columns: list[str] = []  # type: ignore[valid-type]
    keyword_columns = ("username", "last_name")
    order_columns = ["username", "last_login"]
    base_order = ("username", "asc")
    computed = {
        "kind": Computed(_("Kind"), lambda row, _f: gettext(KINDS[row.audience])),
        "role": Computed(_("Role"), lambda row, facts: _roles(facts.get(row.id))),
        "district": Computed(_("District"), lambda row, _f: _district(row)),
        "active": Computed(_("State"), lambda row, _f: badge(*_state(row))),
        "last_login": Computed(_("Last sign-in"), lambda row, _f: _minute(row.last_login)),
    }  # fmt: skip

    # --- rows: accounts are no rows of the platform, they are never taken out ----------------

    def filtered(self) -> Select[Any]:
        """Give the accounts asked for."""
        query = select(Account).select_from(Account)  # counts name no column
        for clause in self._clauses():
            query = query.where(clause)
        return query

    def row(self, pk: Any) -> Any:
        """Load one account or answer 404."""
        found = db.session.get(Account, integer(str(pk), -1))
        return found if found is not None else abort(404)

    def facts(self, rows: Any) -> dict[int, list[str]]:  # type: ignore[valid-type]
        """Read the roles of the accounts on the page, in one go."""
        return queries.roles_of([row.id for row in rows])

    def extra_filters(self) -> Any:
        """Filter by role, kind and state."""
        return [
            {"name": "role", "label": gettext("Role"), "kind": "select",
             "choices": [(name, role_label(name)) for name in ROLES],
             "where": queries.has_role, "primary": True},
            {"name": "kind", "label": gettext("Kind"), "kind": "select",
             "choices": [(code, gettext(word)) for code, word in KINDS.items()],
             "where": lambda code: Account.audience == code, "primary": True},
            {"name": "state", "label": gettext("State"), "kind": "select",
             "choices": [("1", gettext("Active")), ("0", gettext("Disabled"))],
             "where": lambda code: Account.active.is_(code == "1"), "primary": True},
        ]  # fmt: skip

    # --- detail ---------------------------------------------------------------------------

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Give what is known of an account; a mobile stands masked."""
        roles = queries.roles_of([row.id]).get(row.id)
        valid_to = clock.local(row.valid_to) if row.valid_to else None
        return {"timeline": [], "sections": [
            (gettext("Account"), [
                (gettext("Sign-in name"), row.username), (gettext("Real name"), row.last_name),
                (gettext("Mobile"), checks.mask_mobile(row.mobile) if row.mobile else None),
                (gettext("Kind"), gettext(KINDS[row.audience])), (gettext("Role"), _roles(roles)),
                (gettext("District"), _district(row)),
                (gettext("Valid to"), _minute(valid_to) if valid_to else gettext("No end")),
            ]),
            (gettext("Signing in"), [
                (gettext("Last sign-in"), _minute(row.last_login)),
                (gettext("Sign-ins"), row.login_count or 0),
                (gettext("Password changed"), _minute(
                    clock.local(row.password_changed_at) if row.password_changed_at else None)),
                (gettext("Must change the password"),
                 gettext("Yes") if row.must_change_password else gettext("No")),
            ]),
        ]}  # fmt: skip

    def head(self, row: Any) -> dict[str, Any]:
        """Give the head card with the account's state."""
        label, tone = _state(row)
        return {**super().head(row), "subtitle": row.get_full_name(),
                "state_badge": {"label": label, "tone": tone}}  # fmt: skip

    def buttons(self, row: Any) -> Any:
        """Offer what the list offers."""
        return [{**item, "tone": "danger" if item.get("danger") else ""}
                for item in self.row_actions(row) if item["method"] == "post"]  # fmt: skip

    def row_actions(self, row: Any) -> Any:
        """Give 查看, and for others' accounts 停用 or 启用 and 重置密码."""
        found: Any = [{"label": gettext("View"), "url": url_for(".show", pk=row.id),
                       "method": "get"}]  # fmt: skip
        if not self.allowed("write") or row.id == scope.current().user_id:
            return found
        verb = gettext("Disable") if row.active else gettext("Enable")
        found.append({
            "label": verb, "method": "post", "danger": bool(row.active),
            "url": url_for(".switch", pk=row.id, on=int(not row.active)),
            "confirm": gettext("%(verb)s the account %(name)s?", verb=verb, name=row.username),
        })  # fmt: skip
        if row.audience != scope.Audience.TENANT.value:
            found.append({
                "label": gettext("Reset password"), "method": "post",
                "url": url_for(".reset", pk=row.id, **asking_now()),
                "confirm": gettext("The account %(name)s gets a new first password and is"
                                   " signed out.", name=row.username),
            })  # fmt: skip
        return found

    # --- what changes an account ----------------------------------------------------------

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form; the first password is shown this once."""
        if not self.may_add():
            abort(403)
        form = new_form(OfficialForm)
        if request.method == "POST":
            made = submit(form, services.open_official)
            if made is not None:
                name = form.username.data
                return first_password_page(self, name, made[1], url_for(".show", pk=made[0]))
        form.username.answer_url = url_for("RegistrationPage.username")
        return self.form_page(form, [("", [*FORM])], self.add_title, url_for(".list"))

    @expose("/switch/<pk>/<int:on>", methods=["POST"])
    @has_access
    def switch(self, pk: str, on: int) -> Response:
        """Disable an account at once, or enable it."""
        row = self.row(pk)
        answer(_switch, row.id, success=gettext("Saved"), active=bool(on))
        return redirect(url_for(".show", pk=pk))

    @expose("/reset/<pk>", methods=["POST"])
    @has_access
    def reset(self, pk: str) -> Any:
        """Give an official a new first password, shown this once."""
        row = self.row(pk)
        made = answer(services.reset_official, row.id, asked=asked_at())
        if made is None:
            return redirect(url_for(".show", pk=pk))
        return first_password_page(self, made[0], made[1], url_for(".show", pk=pk))


def _switch(number: int, *, active: bool, actor: scope.Principal) -> None:
    services.switch_account(number, active=active, actor=actor)


def _roles(names: Any) -> str:
    return "、".join(role_label(name) for name in names or []) or EMPTY


def _district(row: Account) -> str:
    if row.audience != scope.Audience.GOVERNMENT.value:
        return EMPTY
    code = row.district_code
    return dictionaries.label("district", code) if code else gettext("Whole city")


def _state(row: Account) -> tuple[str, str]:
    if not row.active:
        return gettext("Disabled"), "red"
    if row.suspended:
        return gettext("Enterprise disabled"), "red"
    if row.valid_to is not None and row.valid_to <= clock.now():
        return gettext("Ended"), "grey"
    return gettext("Active"), "green"


def _minute(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else EMPTY
