"""调用日志: calls of a project's clients, without personal data (screens.md 7.3)."""

from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext as _

from app.core.views import BaseModelView
from app.core.views.base import Interface
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
