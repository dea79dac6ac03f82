"""下载接口文档: HTML and PDF of one access (screens.md 7.1)."""

from typing import ClassVar

from flask import current_app, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.core import printing
from app.core.views import BasePage
from app.core.views.exports import ExportMixin, Paper
from app.core.views.pages import download
from app.openapi import handbook
from app.openapi.models import ApiClient
from app.openapi.views.reach import seen_client
from app.permissions import Area


class DocumentPage(ExportMixin, BasePage):
    """接口文档 of an access; a worker draws its PDF first where that takes long."""

    route_base = "/interface/document"
    default_view = "html"
    class_permission_name = Area.INTERFACES
    method_permission_name: ClassVar[dict[str, str]] = {"html": "read", "pdf": "read"}
    title = _("Interface document")

    @expose("/<int:pk>.html")
    @has_access
    def html(self, pk: int) -> Response:
        """Download the document as one HTML file."""
        client = seen_client(pk)
        text = handbook.html(client, _address())
        return download(text.encode(), f"{_name(client)}.html", "text/html; charset=utf-8")

    @expose("/<int:pk>.pdf")
    @has_access
    def pdf(self, pk: int) -> Response:
        """Download the document as a PDF."""
        client = seen_client(pk)
        drawn = handbook.drawn(client, _address())
        if drawn is None:
            return self._defer_export(_name(client))
        return download(drawn, f"{_name(client)}.pdf", printing.MIME)

    def asked_paper(self) -> Paper | None:
        """Give what the address asks a worker to write."""
        client = seen_client((request.view_args or {})["pk"])
        address = _address()
        return Paper(
            _name(client), "pdf", lambda _keys, _title: handbook.pdf(client, address), 1, 1
        )

    def export_keys(self, most: int) -> list[int]:  # noqa: ARG002 - one file, never more
        """Give the access the address names."""
        return [(request.view_args or {}).get("pk", 0)]


def _address() -> str:
    return request.host_url.rstrip("/") + current_app.config["OPEN_API_PATH"]


def _name(client: ApiClient) -> str:
    return f"{handbook.TITLE}（{client.vendor_name}）"
