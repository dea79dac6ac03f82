"""调用日志: calls of a project's clients, without personal data (screens.md 7.3)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core.views import BaseModelView, answer
from app.core.views.base import Interface
from app.extensions import db
from app.openapi import replaying
from app.openapi.models import ApiCall
from app.permissions import Area


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
    method_permission_name = {"replay": "write"}
    search_columns = ["called_at", "path", "code", "app_id", "outcome", "environment"]
    order_columns = ["called_at", "duration_ms"]
    base_order = ("called_at", "desc")
    show_sections = [
        (_("Call"), [
            "request_id", "called_at", "app_id", "address", "path", "serial", "items",
            "accepted", "rejected", "code", "outcome", "duration_ms", "sample", "body_hash",
            "environment",
        ]),
    ]  # fmt: skip
    empty_title = _("No calls yet")
    empty_text = _("Calls appear here as soon as the site system reaches the interface.")

    def restrict(self, query: Any) -> Any:
        """Narrow to the project the page was opened for."""
        number = request.args.get("project", "")
        return query.where(ApiCall.project_id == int(number)) if _short(number) else query

    def buttons(self, row: Any) -> list[dict[str, Any]]:
        """Offer 重放 for calls in the trial environment."""
        found = super().buttons(row)
        if self.allowed("write") and replaying.may_replay(row):
            found.append({
                "label": gettext("Send again"), "method": "post",
                "url": url_for(".replay", pk=row.id),
                "confirm": gettext("The call is signed anew and carried out in the sandbox once"
                                   " more. Send it again?"),
            })  # fmt: skip
        return found

    @expose("/<pk>/replay", methods=["POST"])
    @has_access
    def replay(self, pk: str) -> Response:
        """Send a call of the trial environment again and show the new one."""
        row = self.row(pk)
        number = row.id
        request_id = answer(replaying.replay, row)
        if request_id is None:
            return redirect(url_for(".show", pk=number))
        fresh = db.session.scalar(select(ApiCall.id).where(ApiCall.request_id == request_id))
        flash(gettext("The call was sent again: this is the new one"), "success")
        return redirect(url_for(".show", pk=fresh or number))

    def list_context(self) -> dict[str, Any]:
        """Keep the project while filtering."""
        number = request.args.get("project", "")
        kept: dict[str, Any] = {"project": number} if _short(number) else {}
        return {**super().list_context(), "filter_hidden": kept,
                "reset_url": url_for(".list", **kept)}  # fmt: skip


def _short(number: str) -> bool:
    return number.isdecimal() and len(number) < 19
