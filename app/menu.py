"""Every view, in menu order, on one page."""

from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.permissions import Area

# (view, name, label, icon, category); a view without a label stands in no menu.
Entry = tuple[Any, str, Any, str, str]

CATEGORIES: dict[str, tuple[Any, str]] = {
    "project": (_("Project"), "project"),
    "review": (_("Waiting for my review"), "review"),
    "supervision": (_("Supervision"), "alert"),
    "administration": (_("Administration"), "settings"),
}


def entries() -> list[Entry]:
    """Give the menu, top to bottom (screens.md 1)."""
    return []


def pages() -> list[Any]:
    """Give the views that stand in no menu."""
    from app.reference.views import DictionaryView

    return [DictionaryView]


def areas() -> dict[str, str]:
    """Give the area whose ``read`` shows a menu entry, by its name."""
    found = {name: str(view.class_permission_name) for view, name, _l, _i, _c in entries()}
    for _view, name, _label, _icon, category in entries():
        if category:
            found.setdefault(category, found[name])
    return found


def build(app: Flask) -> AppBuilder:
    """Start the framework and register every view."""
    builder = AppBuilder()
    builder.init_app(app, db.session)
    for view, name, label, icon, category in entries():
        label_of, icon_of = CATEGORIES.get(category, ("", ""))
        builder.add_view(
            view, name, label=label, icon=icon, category=category,
            category_label=label_of, category_icon=icon_of,
        )  # fmt: skip
    for view in pages():
        builder.add_view_no_menu(view)
    return builder


__all__ = ["Area", "areas", "build", "entries", "pages"]
