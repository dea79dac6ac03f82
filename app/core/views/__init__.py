"""The base view every screen inherits: label, form, list, mask and filter from the columns.

A domain's view names a model, an area, its columns and its services; everything else (the
filters, the pickers, the export, the moves of its flow, unmasking) is read from the columns
and is the same on every screen.
"""

from app.core.columns.links import with_references
from app.core.views.base import BaseModelView, Interface, action
from app.core.views.details import Tab, join_tab
from app.core.views.excerpts import Column, excerpt
from app.core.views.lists import Computed
from app.core.views.pages import BasePage, answer, back_or, new_form, read_form

__all__ = [
    "BaseModelView", "BasePage", "Column", "Computed", "Interface", "Tab", "action", "answer",
    "back_or", "excerpt", "join_tab", "new_form", "read_form", "with_references",
]  # fmt: skip
