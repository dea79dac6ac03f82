"""设置接口: settings of a project's interface, its secret, its call log (screens.md 7.1, 7.3)."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.errors import Refusal
from app.core.forms import form_class
from app.core.views import BaseModelView, BasePage, Tab, join_tab
from app.core.views.base import Interface
from app.core.views.pages import answer, download, new_form, read_form, submit
from app.extensions import db
from app.openapi import debugging, document, queries, services
from app.openapi.choices import ClientState
from app.openapi.endpoint import OpenApiView
from app.openapi.forms import ClientForm
from app.openapi.models import ApiCall, ApiClient
from app.openapi.refusals import NotTheGeneralContractor, PasswordNeeded
from app.permissions import Area
from app.projects.models import Project
from app.projects.states import is_open, require

SECTIONS = [
    (_("Vendor and software"), [
        "vendor_name", "vendor_credit_code", "vendor_contact", "vendor_mobile", "software",
        "software_version",
    ]),
    (_("Access"), [
        "enabled", "scopes", "ip_allow", "callback_url", "valid_to", "corp_key",
    ]),
]  # fmt: skip
SHOWN = (
    "vendor_name", "vendor_credit_code", "vendor_contact", "vendor_mobile", "software",
    "software_version", "enabled", "scopes", "ip_allow", "callback_url", "valid_to",
)  # fmt: skip
FORM_PAGE = "appbuilder/general/model/add.html"


class InterfacePage(BasePage):
    """设置接口 of one project: its vendors, their access numbers and secrets."""

    route_base = "/interface"
    default_view = "settings"
    class_permission_name = Area.INTERFACES
    method_permission_name = {
        "settings": "read", "document": "read", "debug": "read",
        "add": "write", "edit": "write", "secret": "write", "move": "write",
    }  # fmt: skip
    title = _("Interface settings")

    @expose("/<int:project_id>/")
    @has_access
    def settings(self, project_id: int) -> str:
        """Show the accesses of a project and what may be done with them."""
        project = _project(project_id)
        return self.page("openapi/settings.html", **settings_context(project))

    @expose("/<int:project_id>/add", methods=["GET", "POST"])
    @has_access
    def add(self, project_id: int) -> Any:
        """Open an access; the answer shows number and secret this once."""
        project = _kept_project(project_id)
        require("interface", project)
        form = new_form(_form(), enabled=True, scopes=["TEAM", "WORKER", "ATTENDANCE", "WAGE"])
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
        client = _client(pk)
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
        client = _client(pk)
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
            "openapi/reset.html", title=gettext("Replace the secret"), client=_client(pk),
            problem=problem, field=field, reason=request.form.get("reason", ""),
        )  # fmt: skip

    @expose("/client/<int:pk>/<any(disable, enable):verb>", methods=["POST"])
    @has_access
    def move(self, pk: int, verb: str) -> Response:
        """Close an access, or open it again."""
        client = _client(pk)
        verbs = {"disable": services.disable, "enable": services.enable}
        project_id = client.project_id
        answer(verbs[verb], client, success=gettext("Saved"))
        return _back(project_id)

    @expose("/document")
    @has_access
    def document(self) -> Response:
        """Download the interface document, written from the schemas in force."""
        text = document.markdown(current_app.config["OPEN_API_PATH"])
        return download(text.encode(), "接口文档.md", "text/markdown; charset=utf-8")

    @expose("/<int:project_id>/debug", methods=["GET", "POST"])
    @has_access
    def debug(self, project_id: int) -> Any:
        """Sign a request with a typed secret, which is neither stored nor logged."""
        project = _project(project_id)
        clients = queries.clients_of(project_id)
        typed = {name: request.form.get(name, "") for name in debugging.FIELDS}
        typed["app_id"] = typed["app_id"] or (clients[0].app_id if clients else "")
        shown = debugging.sign(typed) if request.method == "POST" else None
        page = self.page(
            "openapi/debug.html", title=gettext("Try the interface"), project=project,
            clients=clients, typed=typed, shown=shown, methods=debugging.methods(),
            address=request.host_url.rstrip("/") + current_app.config["OPEN_API_PATH"],
        )  # fmt: skip
        return _unkept(page)

    def _form_page(self, form: Any, title: str, project_id: int) -> str:
        drawn = [(name, [form[one] for one in columns], True) for name, columns in SECTIONS]
        return self.page(
            FORM_PAGE, title=title, sections=drawn, form_hidden=form.hidden_tag(),
            form_errors=form.form_errors, cancel_url=url_for(".settings", project_id=project_id),
        )  # fmt: skip

    def _once(self, project_id: int, app_id: str, secret: str) -> Response:
        return _unkept(
            self.page(
                "openapi/secret.html", title=gettext("Access number and secret"), app_id=app_id,
                secret=secret, back_url=url_for(".settings", project_id=project_id),
                address=request.host_url.rstrip("/") + current_app.config["OPEN_API_PATH"],
            )
        )  # fmt: skip


class CallLogView(BaseModelView):
    """调用日志: calls of a project's clients, without personal data."""

    route_base = "/interface/calls"
    datamodel = Interface(ApiCall)
    class_permission_name = Area.INTERFACES
    list_title = _("Call log")
    show_title = _("Call")
    list_columns = [
        "called_at", "path", "outcome", "code", "items", "accepted", "rejected", "duration_ms",
        "sample", "app_id",
    ]  # fmt: skip
    card_columns = ("called_at", "path", "outcome")
    search_columns = ["path", "called_at", "code", "app_id", "outcome"]
    order_columns = ["called_at", "duration_ms"]
    base_order = ("called_at", "desc")
    show_sections = [
        (_("Call"), [
            "request_id", "called_at", "app_id", "address", "path", "serial", "items",
            "accepted", "rejected", "code", "outcome", "duration_ms", "sample", "body_hash",
        ]),
    ]  # fmt: skip
    empty_title = _("No calls yet")
    empty_text = _("Calls appear here as soon as the site system reaches the interface.")

    def restrict(self, query: Any) -> Any:
        """Narrow to the project the page was opened for."""
        number = request.args.get("project", "")
        return query.where(ApiCall.project_id == int(number)) if _short(number) else query

    def list_context(self) -> dict[str, Any]:
        """Keep the project while filtering."""
        number = request.args.get("project", "")
        kept: dict[str, Any] = {"project": number} if _short(number) else {}
        return {**super().list_context(), "filter_hidden": kept,
                "reset_url": url_for(".list", **kept)}  # fmt: skip


def _short(number: str) -> bool:
    return number.isdecimal() and len(number) < 19


def settings_context(project: Project) -> dict[str, Any]:
    """Give what the settings page, and the tab 接口设置 of a project, show."""
    flows = queries.traffic(project.id)
    keeps = services.may_keep(project, scope.current())
    adds = keeps and is_open("interface", project.state)
    return {
        "project": project,
        "may_keep": keeps,
        "address": request.host_url.rstrip("/") + current_app.config["OPEN_API_PATH"],
        "cards": [
            {
                "client": client,
                "state": standing,
                "tone": "green" if standing is ClientState.LIVE else standing.tone,
                "facts": _facts(client, flows.get(client.id, queries.Traffic())),
                "buttons": _buttons(client, standing, open_still=adds) if keeps else [],
            }
            for client in queries.clients_of(project.id)
            for standing in [services.standing(client, project, clock.today())]
        ],
        "add_url": url_for("InterfacePage.add", project_id=project.id) if adds else None,
        "links": [
            *(
                [
                    {
                        "label": gettext("Set up an interface"),
                        "icon": "plus",
                        "tone": "primary",
                        "url": url_for("InterfacePage.add", project_id=project.id),
                    }
                ]
                if adds
                else []
            ),
            {"label": gettext("Call log"), "url": url_for("CallLogView.list", project=project.id)},
            {
                "label": gettext("Try the interface"),
                "url": url_for("InterfacePage.debug", project_id=project.id),
            },
            {
                "label": gettext("Download the interface document"),
                "url": url_for("InterfacePage.document"),
            },
        ],
    }


def _facts(client: ApiClient, flow: queries.Traffic) -> list[tuple[Any, Any]]:
    declared = specs(ApiClient)
    last = specs(ApiCall)["called_at"].kind.show(flow.last_at)
    return [
        (_("Access number (appid)"), client.app_id),
        (_("Access secret"), gettext("Shown once; replace it if it is lost")),
        *[(declared[name].label, declared[name].masked(client)) for name in SHOWN],
        (_("Last call"), last),
        (_("Carried out today"), flow.ok_today),
        (_("Failed today"), flow.failed_today),
    ]


def _buttons(client: ApiClient, standing: ClientState, *, open_still: bool) -> list[dict[str, Any]]:
    def url(endpoint: str, **values: Any) -> str:
        return url_for(f"InterfacePage.{endpoint}", pk=client.id, **values)

    # a leaked secret is replaced, and an access closed, whatever the state of the project
    found = [
        {"label": gettext("Replace the secret"), "url": url("secret"), "method": "get"},
    ]
    if open_still:
        found.insert(0, {"label": gettext("Edit"), "url": url("edit"), "method": "get"})
    if standing in (ClientState.LIVE, ClientState.TRIAL, ClientState.TESTED):
        found.append({
            "label": gettext("Disable"), "url": url("move", verb="disable"), "method": "post",
            "tone": "danger",
            "confirm": gettext("The site system can no longer send or ask anything. Disable?"),
        })  # fmt: skip
    if open_still and standing is ClientState.DISABLED:
        found.append({
            "label": gettext("Enable"), "url": url("move", verb="enable"), "method": "post",
            "tone": "primary",
        })  # fmt: skip
    return found


def _form() -> Any:
    names = [name for _title, columns in SECTIONS for name in columns]
    return form_class(ApiClient, names, base=ClientForm)


def _project(project_id: int) -> Project:
    """Load a project whose interface the reader may see: its contractor's, or the office's."""
    project = db.session.get(Project, project_id)
    actor = scope.current()
    office = actor.audience is scope.Audience.GOVERNMENT
    if project is None or project.is_deleted or not (office or services.may_keep(project, actor)):
        abort(404)
    return project


def _kept_project(project_id: int) -> Project:
    project = _project(project_id)
    if not services.may_keep(project, scope.current()):
        abort(403)
    return project


def _client(pk: int) -> ApiClient:
    client = db.session.get(ApiClient, pk)
    if client is None or client.is_deleted:
        abort(404)
    _kept_project(client.project_id)
    return client


def _back(project_id: int) -> Response:
    return redirect(url_for("InterfacePage.settings", project_id=project_id))


def _unkept(page: str) -> Response:
    """Send a page that no browser keeps."""
    response = current_app.make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def tab_content(project: Project) -> dict[str, Any]:
    """Give the tab 接口设置 of a project's page; subcontractors are told whose it is."""
    actor = scope.current()
    office = actor.audience is scope.Audience.GOVERNMENT
    if not (office or services.may_keep(project, actor)):
        return {"tab_html": str(NotTheGeneralContractor())}
    return {"tab_html": Markup(render_template("openapi/cards.html", **settings_context(project)))}  # noqa: S704 - a template of ours


join_tab(
    Project,
    Tab("interface", _("Interface settings"), tab_content, ("read", str(Area.INTERFACES))),
)
PAGES = (OpenApiView, InterfacePage, CallLogView)
