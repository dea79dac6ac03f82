"""The templates people import with, in the order of screens.md 14."""

from app.imports.errors import NoSuchTemplate
from app.imports.templates import (
    certificates,
    contracts,
    movements,
    punches,
    staff,
    teams,
    trainings,
    units,
    workers,
)
from app.imports.templates.base import Effect, Kind, Taken, Template

TEMPLATES: dict[str, Template] = {
    one.code: one
    for one in (
        units.TEMPLATE,
        teams.TEMPLATE,
        workers.TEMPLATE,
        staff.TEMPLATE,
        movements.TEMPLATE,
        contracts.TEMPLATE,
        punches.TEMPLATE,
        trainings.TEMPLATE,
        certificates.TEMPLATE,
    )
}  # fmt: skip


def template_of(code: str) -> Template:
    """Give a template by its code; NoSuchTemplate when there is none."""
    if code not in TEMPLATES:
        raise NoSuchTemplate(code)
    return TEMPLATES[code]


__all__ = ["TEMPLATES", "Effect", "Kind", "Taken", "Template", "template_of"]
