"""The way from a list to the card of its import template (screens.md 14)."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext

from app.core import scope

PAGE = "TemplatePage.index"
AREA = "imports"


def import_button(code: str, label: str = "") -> list[dict[str, Any]]:
    """Give 批量导入 as a button of a list, where there are imports and the user may import."""
    if PAGE not in current_app.view_functions or not scope.current().can("write", AREA):
        return []
    return [{"label": label or gettext("Import several"), "icon": "import",
             "url": url_for(PAGE, _anchor=f"template-{code}")}]  # fmt: skip
