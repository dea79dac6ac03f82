"""Names of the fields of an application, those of its named participants included."""

from flask_babel import gettext

from app.core import dictionaries
from app.core.columns.base import specs
from app.projects.choices import BLOCKS
from app.projects.models import Project, ProjectUnit

PERMITS = "permits"  # stands in a review as one field; each permit has a form of its own


def field_label(name: str) -> str:
    """Give the label of a field by its name in the form, such as ``owner_credit_code``."""
    declared = specs(Project)
    if name in declared:
        return str(declared[name].label)
    if name == PERMITS:
        return gettext("Construction permits")
    prefix, _line, column = name.partition("_")
    spec = specs(ProjectUnit).get(column)
    if prefix not in BLOCKS or spec is None:
        return name
    return f"{dictionaries.label('unit_role', BLOCKS[prefix])}：{spec.label}"
