"""Pages of the imports."""

from app.imports.views.runs import ImportEvidenceView, ImportRunView
from app.imports.views.wizard import TemplatePage

PAGES = (ImportRunView, ImportEvidenceView)

__all__ = ["ImportEvidenceView", "ImportRunView", "TemplatePage"]
