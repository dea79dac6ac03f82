"""Screens of the reference domain: options of long lists, dictionaries, the calendar."""

from typing import Any

from flask import jsonify, request
from flask_appbuilder import expose

from app.core import dictionaries
from app.core.views import BasePage

SIZE = 20


class DictionaryView(BasePage):
    """Answers pickers over long code lists; codes and labels are no secret."""

    route_base = "/dictionary"
    default_view = "options"

    @expose("/<table>")
    def options(self, table: str) -> Any:
        """Give codes whose label or number holds what was typed, twenty at a time."""
        term = request.args.get("q", "").strip()[:30]
        raw = request.args.get("page", "1")
        first = (max(int(raw), 1) - 1) * SIZE if raw.isdigit() and len(raw) < 6 else 0  # noqa: PLR2004
        rows = [
            {"id": code, "text": label}
            for code, label in dictionaries.options(table)
            if term in label or code.startswith(term)
        ]
        return jsonify(
            results=rows[first : first + SIZE], pagination={"more": len(rows) > first + SIZE}
        )


PAGES = (DictionaryView,)
