"""The accesses of a project as cards, on their page and as a tab of the project (7.1)."""

from datetime import timedelta
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.views import Tab, join_tab
from app.openapi import queries, services
from app.openapi.choices import ClientState, Environment
from app.openapi.models import ApiCall, ApiClient
from app.openapi.refusals import NotTheGeneralContractor
from app.permissions import Area
from app.projects.models import Project
from app.projects.states import is_open

SHOWN = (
    "vendor_name", "vendor_credit_code", "vendor_contact", "vendor_mobile", "software",
    "software_version", "enabled", "environment", "scopes", "ip_allow", "callback_url",
)  # fmt: skip
SOON = timedelta(days=30)


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
                "facts": _facts(client, project, flows.get(client.id, queries.Traffic())),
                "hint": _hint(client, standing, project),
                "buttons": [
                    *(_buttons(client, standing, open_still=adds) if keeps else []),
                    *_readings(client),
                ],
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
            {"label": gettext("Devices"), "url": url_for("DeviceView.list")},
            {
                "label": gettext("Try the interface"),
                "url": url_for("InterfacePage.debug", project_id=project.id),
            },
        ],
    }


def _facts(client: ApiClient, project: Project, flow: queries.Traffic) -> list[tuple[Any, Any]]:
    declared = specs(ApiClient)
    last = specs(ApiCall)["called_at"].kind.show(flow.last_at)
    return [
        (_("Access number (appid)"), client.app_id),
        (_("Access secret"), gettext("Shown once; replace it if it is lost")),
        *[(declared[name].label, declared[name].masked(client)) for name in SHOWN],
        (_("Valid to"), _validity(client, project)),
        (_("Last call"), last),
        (_("Carried out today"), flow.ok_today),
        (_("Failed today"), flow.failed_today),
    ]


def _validity(client: ApiClient, project: Project) -> str:
    """Tell the last day of an access: as set, 90 days after completion, or none yet."""
    ended = services.last_day(client, project.actual_end)
    if ended is None:
        return gettext("Until 90 days after the completion of the project")
    return specs(ApiClient)["valid_to"].kind.show(ended)


def _hint(client: ApiClient, standing: ClientState, project: Project) -> str:
    """Say what is to be done next with an access."""
    if standing is ClientState.TRIAL:
        return gettext("Let the vendor run the self-test; its calls work in a sandbox till then.")
    if standing is ClientState.TESTED and client.environment is Environment.TRIAL:
        return gettext(
            "The self-test is passed. Going live gives a new access number; the secret stays."
        )
    if standing is ClientState.TESTED:
        return gettext("Live as soon as the project is approved.")
    ended = services.last_day(client, project.actual_end)
    if standing is ClientState.LIVE and ended and ended <= clock.today() + SOON:
        return gettext(
            "The access ends on %(day)s: tell the vendor, or set a later day.",
            day=specs(ApiClient)["valid_to"].kind.show(ended),
        )
    return ""


def _readings(client: ApiClient) -> list[dict[str, Any]]:
    """Give the buttons that change nothing: document, self-test, calls."""
    return [
        {
            "label": gettext("Interface document (PDF)"), "method": "get",
            "url": url_for("DocumentPage.pdf", pk=client.id),
        },
        {
            "label": gettext("Interface document (HTML)"), "method": "get",
            "url": url_for("DocumentPage.html", pk=client.id),
        },
        {
            "label": gettext("Self-test"), "method": "get",
            "url": url_for("SelfTestPage.show", pk=client.id),
        },
        {
            "label": gettext("Call log"), "method": "get",
            "url": url_for("CallLogView.list", project=client.project_id, app_id=client.app_id),
        },
    ]  # fmt: skip


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
    if open_still and standing is ClientState.TESTED and client.environment is Environment.TRIAL:
        found.append({
            "label": gettext("Go live"), "url": url("move", verb="live"), "method": "post",
            "tone": "primary",
            "confirm": gettext(
                "The site system gets a new access number and works in the project itself. Go live?"
            ),
        })  # fmt: skip
    if open_still and standing is ClientState.DISABLED:
        found.append({
            "label": gettext("Enable"), "url": url("move", verb="enable"), "method": "post",
            "tone": "primary",
        })  # fmt: skip
    return found


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
