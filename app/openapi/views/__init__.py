"""Pages of the interface: settings, document, self-test, call log (screens.md 7.1, 7.3, 7.4)."""

from app.openapi.endpoint import OpenApiView
from app.openapi.views import cards as _cards
from app.openapi.views.calls import CallLogView
from app.openapi.views.documents import DocumentPage
from app.openapi.views.selftest import SelfTestPage
from app.openapi.views.settings import InterfacePage

PAGES = (OpenApiView, InterfacePage, SelfTestPage, DocumentPage, CallLogView)
tab_content = _cards.tab_content

__all__ = ["PAGES", "tab_content"]
