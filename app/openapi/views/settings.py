"""设置接口: settings of a project's interface, and its secret (screens.md 7.1)."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.core import scope
from app.core.errors import Refusal
from app.core.forms import form_class
from app.core.views import BasePage
from app.core.views.pages import answer, new_form, read_form, submit
from app.extensions import db
from app.openapi import debugging, queries, services
from app.openapi.choices import Environment
from app.openapi.forms import ClientForm
from app.openapi.models import ApiClient
from app.openapi.refusals import PasswordNeeded
from app.openapi.views.cards import settings_context
from app.openapi.views.reach import kept_client, kept_project, project_of, unkept
from app.permissions import Area
from app.projects.models import Project
from app.projects.states import require

SECTIONS = [
    (_("Vendor and software"), [
        "vendor_name", "vendor_credit_code", "vendor_contact", "vendor_mobile", "software",
        "software_version",
    ]),
    (_("Access"), [
        "enabled", "environment", "scopes", "ip_allow", "callback_url", "valid_to", "corp_key",
    ]),
]  # fmt: skip
FORM_PAGE = "appbuilder/general/model/add.html"


class InterfacePage(BasePage):
    """设置接口 of one project: its vendors, their access numbers and secrets."""

    route_base = "/interface"
    default_view = "settings"
    class_permission_name = Area.INTERFACES
    method_permission_name = {
        "settings": "read", "debug": "read",
        "add": "write", "edit": "write", "secret": "write", "move": "write",
    }  # fmt: skip
    title = _("Interface settings")

    @expose("/<int:project_id>/")
    @has_access
    def settings(self, project_id: int) -> str:
        """Show the accesses of a project and what may be done with them."""
        project = project_of(project_id)
        return self.page("openapi/settings.html", **settings_context(project))

    @expose("/<int:project_id>/add", methods=["GET", "POST"])
    @has_access
    def add(self, project_id: int) -> Any:
        """Open an access; the answer shows number and secret this once."""
        project = kept_project(project_id)
        require("interface", project)
        form = new_form(
            _form(), enabled=True, environment=Environment.TRIAL,
            scopes=["TEAM", "WORKER", "ATTENDANCE", "WAGE"],
        )  # fmt: skip
        if request.method == "POST":
            opened = submit(
                form, lambda values, *, actor: services.open_client(project, values, actor=actor)
            )
            if opened is not None:
                return self._once(project_id, opened.client.app_id, opened.secret)
        return self._form_page(form, gettext("Set up an interface"), project_id)

    @expose("/client/<int:pk>/edit", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Any:
        """Change the settings of an access."""
        client = kept_client(pk)
        require("interface", db.session.get_one(Project, client.project_id))
        form = read_form(_form(), client)
        form.last_day_kept = client.valid_to
        if request.method == "POST":
            changed = submit(
                form, lambda values, *, actor: services.change_client(client, values, actor=actor)
            )
            if changed is not None:
                flash(gettext("Saved"), "success")
                return _back(client.project_id)
        return self._form_page(form, gettext("Change the interface"), client.project_id)

    @expose("/client/<int:pk>/secret", methods=["GET", "POST"])
    @has_access
    def secret(self, pk: int) -> Any:
        """Replace the secret against one's own password and a reason."""
        client = kept_client(pk)
        problem, field = "", ""
        if request.method == "POST":
            try:
                fresh = services.replace_secret(
                    client, password=request.form.get("password", ""),
                    reason=request.form.get("reason", ""), actor=scope.current(),
                )  # fmt: skip
                db.session.commit()
            except Refusal as refusal:
                db.session.rollback()
                problem, field = str(refusal), refusal.field
                if isinstance(refusal, PasswordNeeded):
                    services.count_wrong_password(actor=scope.current())
                    db.session.commit()
            else:
                return self._once(client.project_id, client.app_id, fresh)
        return self.page(
            "openapi/reset.html", title=gettext("Replace the secret"), client=kept_client(pk),
            problem=problem, field=field, reason=request.form.get("reason", ""),
        )  # fmt: skip

    @expose("/client/<int:pk>/<any(disable, enable, live):verb>", methods=["POST"])
    @has_access
    def move(self, pk: int, verb: str) -> Response:
        """Close an access, open it again, or let it work in the project itself."""
        client = kept_client(pk)
        verbs = {
            "disable": services.disable, "enable": services.enable, "live": services.go_live,
        }  # fmt: skip
        project_id = client.project_id
        answer(verbs[verb], client, success=gettext("Saved"))
        return _back(project_id)

    @expose("/<int:project_id>/debug", methods=["GET", "POST"])
    @has_access
    def debug(self, project_id: int) -> Any:
        """Sign a request with a typed secret, which is neither stored nor logged."""
        project = project_of(project_id)
        clients = queries.clients_of(project_id)
        typed = {name: request.form.get(name, "") for name in debugging.FIELDS}
        typed["app_id"] = typed["app_id"] or (clients[0].app_id if clients else "")
        shown = debugging.sign(typed) if request.method == "POST" else None
        page = self.page(
            "openapi/debug.html", title=gettext("Try the interface"), project=project,
            clients=clients, typed=typed, shown=shown, methods=debugging.methods(),
            address=request.host_url.rstrip("/") + current_app.config["OPEN_API_PATH"],
        )  # fmt: skip
        return unkept(page)

    def _form_page(self, form: Any, title: str, project_id: int) -> str:
        drawn = [(name, [form[one] for one in columns], True) for name, columns in SECTIONS]
        return self.page(
            FORM_PAGE, title=title, sections=drawn, form_hidden=form.hidden_tag(),
            form_errors=form.form_errors, cancel_url=url_for(".settings", project_id=project_id),
        )  # fmt: skip

    def _once(self, project_id: int, app_id: str, secret: str) -> Response:
        return unkept(
            self.page(
                "openapi/secret.html", title=gettext("Access number and secret"), app_id=app_id,
                secret=secret, back_url=url_for(".settings", project_id=project_id),
                address=request.host_url.rstrip("/") + current_app.config["OPEN_API_PATH"],
            )
        )  # fmt: skip


def _form() -> Any:
    names = [name for _title, columns in SECTIONS for name in columns]
    return form_class(ApiClient, names, base=ClientForm)


def _back(project_id: int) -> Response:
    return redirect(url_for("InterfacePage.settings", project_id=project_id))
