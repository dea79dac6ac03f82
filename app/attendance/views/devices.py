"""考勤设备: the devices of the chosen project (screens.md 7.2)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.attendance.devices import queries, services
from app.attendance.devices.models import Device
from app.attendance.models import Punch
from app.core import scope
from app.core.columns.base import specs
from app.core.columns.codes import badge
from app.core.views import BaseModelView, Computed, Interface, Tab, answer, new_form
from app.core.views.pages import submit
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project
from app.projects.states import require

WHAT = ["device_sn", "name", "vendor", "model", "direction", "liveness", "installed_on"]
WHERE = ["location", "gate", "ip", "port"]
STATE = ["enabled", "bound", "last_heartbeat_at", "clock_offset", "queue_length", "firmware",
         "face_count"]  # fmt: skip
DRIFT_SECONDS = 300


class DeviceView(BaseModelView):
    """考勤设备 of one project."""

    datamodel = Interface(Device)
    route_base = "/devices"
    class_permission_name = Area.INTERFACES
    method_permission_name = {"switch": "write"}
    list_title, show_title = _("Devices"), _("Device")
    add_title, edit_title = _("Register a device"), _("Edit the device")
    add_label = _("Register a device")
    empty_title = _("No device yet")
    empty_text = _("Register the devices at the gates: punches that name none of them are marked"
                   " as of an unregistered channel.")  # fmt: skip
    list_columns = ["name", "device_sn", "direction", "location", "net", "last_heartbeat_at",
                    "clock", "today", "enabled", "bound"]  # fmt: skip
    card_columns = ("name", "location", "net", "today")
    name_column = "name"
    keyword_columns = ("name", "device_sn", "location", "gate")
    search_columns = ["enabled", "bound", "direction", "vendor"]
    order_columns = ["last_heartbeat_at", "installed_on"]
    base_order = ("id", "desc")
    form_sections = [(_("Device"), WHAT), (_("Where the device stands"), WHERE)]
    edit_sections = [(_("Device"), WHAT[1:]), (_("Where the device stands"), WHERE)]
    show_sections = [
        (_("Device"), WHAT),
        (_("Where the device stands"), WHERE),
        (_("Reports of the device"), STATE),
    ]
    computed = {
        "net": Computed(_("Network state"), lambda row, _facts: _net(row)),
        "clock": Computed(_("Clock offset"), lambda row, _facts: _offset(row)),
        "today": Computed(
            _("Punches today"), lambda row, facts: facts.get(row.id, 0), numeric=True
        ),
    }
    left_out = ("clock_offset",)  # told by the column of the clock
    add_service = staticmethod(services.register_device)
    edit_service = staticmethod(services.change_device)

    def project_id(self) -> int | None:
        """Give the project chosen at the top."""
        return chosen_project_id()

    def facts(self, rows: Any) -> dict[int, int]:
        """Count what passed today at the devices of a page."""
        return queries.punches_today(rows)

    def _keeps(self, project_id: int) -> bool:
        return self.allowed("write") and project_id in scope.current().projects

    def may_add(self) -> bool:
        """Tell whether the form is offered: to who keeps the chosen project."""
        number = chosen_project_id()
        return super().may_add() and number is not None and self._keeps(number)

    def may_edit(self, row: Any) -> bool:
        """Tell whether the device is the user's to change."""
        return super().may_edit(row) and self._keeps(row.project_id)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """Show and take the form of a new device of the chosen project."""
        if not self.may_add():
            abort(403 if chosen_project_id() else 404)
        project = db.session.get_one(Project, chosen_project_id())
        require("interface", project)
        form = new_form(self._class_of(self.form_sections, self.form_base), project_id=project.id)
        if request.method == "POST":

            def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Device:
                return services.register_device(project, values, actor=actor)

            row = submit(form, save)
            if row is not None:
                flash(gettext("The device is registered"), "success")
                return redirect(url_for(".show", pk=row.id))
        return self.form_page(form, self.form_sections, self.add_title, url_for(".list"))

    @expose("/<pk>/<any(bind, unbind, enable, disable):verb>", methods=["POST"])
    @has_access
    def switch(self, pk: str, verb: str) -> Response:
        """Bind, unbind, enable or disable a device."""
        row = self.row(pk)
        number = row.id
        verbs = {
            "bind": services.bind_device, "unbind": services.unbind_device,
            "enable": services.enable_device, "disable": services.disable_device,
        }  # fmt: skip
        answer(verbs[verb], row, success=gettext("Saved"))
        return redirect(url_for(".show", pk=number))

    def head(self, row: Any) -> dict[str, Any]:
        """Head the page with whether the device answers."""
        return {**super().head(row), "subtitle": row.location, "state_badge": _state(row)}

    def head_facts(self, row: Any) -> Any:
        """Tell what passed today, and the clock."""
        return [
            {"label": gettext("Punches today"), "value": queries.punches_today([row])[row.id],
             "url": url_for(".show", pk=row.id, tab="today")},
            {"label": gettext("Clock offset"), "value": _offset(row)},
        ]  # fmt: skip

    def buttons(self, row: Any) -> Any:
        """Give 编辑, 启用/停用 and 绑定/解绑."""
        found = super().buttons(row)
        if not self.may_edit(row):
            return found
        return [*found, *_switches(row)]

    def tabs(self, row: Any) -> Any:
        """Add today's passages."""
        return [*super().tabs(row), Tab("today", _("Punches today"), _passages)]


def _switches(row: Device) -> list[dict[str, Any]]:
    def one(verb: str, label: str, confirm: str = "") -> dict[str, Any]:
        return {"label": label, "method": "post", "confirm": confirm or None,
                "url": url_for("DeviceView.switch", pk=row.id, verb=verb)}  # fmt: skip

    if not row.bound:
        return [one("bind", gettext("Bind to the project"))]
    switch = (
        one("disable", gettext("Take out of use"))
        if row.enabled
        else one("enable", gettext("Put into use"))
    )
    return [switch, one("unbind", gettext("Unbind"), gettext(
        "The device leaves this project and can be bound to another. Unbind it?"
    ))]  # fmt: skip


def _state(row: Device) -> dict[str, str]:
    if not row.bound:
        return {"label": gettext("Unbound"), "tone": "grey"}
    if not row.enabled:
        return {"label": gettext("Out of use"), "tone": "red"}
    if row.online:
        return {"label": gettext("Online"), "tone": "green"}
    return {"label": gettext("Offline"), "tone": "amber"}


def _net(row: Device) -> Any:
    return badge(**_state(row))


def _offset(row: Device) -> Any:
    shown = specs(Device)["clock_offset"].kind.show(row.clock_offset)
    if row.clock_offset is not None and abs(row.clock_offset) > DRIFT_SECONDS:
        return badge(shown, "red")
    return shown


def _passages(row: Device) -> dict[str, Any]:
    kinds = specs(Punch)
    lines = [
        {
            "at": kinds["punched_at"].kind.show(one.punched_at), "name": one.name,
            "direction": kinds["direction"].kind.show(one.direction),
            "received": kinds["received_at"].kind.show(one.received_at),
        }
        for one in queries.passages_today(row)
    ]  # fmt: skip
    html = render_template("attendance/passages.html", lines=lines, most=queries.MOST_SHOWN)
    return {"tab_html": Markup(html)}  # noqa: S704 - a template of ours
