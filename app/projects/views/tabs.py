"""Parts of the project's detail page: completeness, units, permits."""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext
from markupsafe import Markup

from app.core import dictionaries, scope
from app.core.columns.base import ColumnSpec, specs
from app.core.columns.files import describe_all
from app.core.views.importing import import_button
from app.core.views.shell import chosen_project_id
from app.permissions import Area
from app.projects import queries
from app.projects.choices import (
    BLOCKS,
    INVITED_ROLES,
    LABOUR,
    PROFESSIONAL,
    UnitState,
)
from app.projects.forms import BLOCK_LABELS, block_names
from app.projects.models import Permit, Project, ProjectUnit
from app.projects.queries import facts
from app.projects.states import is_open
from app.projects.views.around import known

# the state stands early: on a narrow screen the columns at the end are scrolled for
UNIT_COLUMNS = (
    "name", "unit_role", "state", "credit_code", "leader_name", "leader_mobile",
    "contract_amount", "labour_amount", "entry_on",
)  # fmt: skip
MOST_UNITS = 50  # the list of units holds the rest
UNIT_CARD = ("name", "unit_role", "state")  # what a telephone shows of a unit
PERMIT_COLUMNS = (
    "permit_no", "permit_name", "issuer", "issued_on", "valid_to", "permit_images",
    "contract_images",
)  # fmt: skip


# the kind of a document says nothing without its number
TYPES = {"leader_id_type": "leader_id_number", "owner_id_type": "owner_id_number"}


class WithUnits:
    """Shows numbers on detail pages with their unit: 万元, ㎡, minutes."""

    def value(self, row: Any, name: str) -> Any:
        """Give one value for reading, with the unit of its kind."""
        return with_unit(row, name, super().value(row, name))  # type: ignore[misc]


def with_unit(row: Any, name: str, shown: Any) -> Any:
    """Give a shown number with the unit of its kind."""
    unit = specs(type(row))[name].kind.unit
    return f"{shown} {unit}" if unit and getattr(row, name) is not None else shown


def completeness_note(share: int, lacking: list[str], *, offer: bool, locked: bool) -> Markup:
    """Draw the completeness bar with what is missing, also beside the disabled 确认.

    ``locked``: the contractor is told why the approved application is no longer edited.
    """
    return Markup(  # noqa: S704 - the template escapes
        render_template(
            "projects/completeness.html",
            share=share,
            lacking=lacking,
            offer=offer and lacking,
            locked=locked,
        )
    )


def unit_buttons(row: Project) -> list[dict[str, Any]]:
    """Give the buttons that bring units onto a project, as far as the user may."""
    actor = scope.current()
    if not is_open("invite", row.state) or not actor.can("invite", str(Area.UNITS)):
        return []
    wanted = [
        (PROFESSIONAL, gettext("Add a professional subcontractor")),
        (LABOUR, gettext("Add a labour subcontractor")),
        ("other", gettext("Add another unit")),
    ]
    if actor.audience is scope.Audience.TENANT and row.id not in actor.projects:
        own = queries.own_roles([row.id], actor).get(row.id, [])
        leads = any(
            u.unit_role == PROFESSIONAL and u.state is UnitState.ACCEPTED and u.id in actor.units
            for u in own
        )
        wanted = wanted[1:2] if leads else []
    found = [
        {"label": label, "url": url_for("UnitView.add", project=row.id, role=role)}
        for role, label in wanted
    ]
    # an import goes into the project chosen at the top
    here = found and actor.audience is scope.Audience.TENANT and chosen_project_id() == row.id
    return [*found, *(import_button("T1", gettext("Import units")) if here else [])]


def units_tab(row: Project) -> dict[str, Any]:
    """Give the participating units of 5.1."""
    found = queries.units(row, most=MOST_UNITS)
    total = len(found) if len(found) < MOST_UNITS else queries.unit_count(row)
    every = [{"label": gettext("Participating units"), "url": url_for("UnitView.list")}]
    people = facts.unit_on_site([unit.id for unit in found])
    return {
        "rows": [_unit_row(unit, people.get(unit.id, 0)) for unit in found],
        # the buttons of 5.1 stand in the head card, above every tab
        "toolbar": every if total > len(found) else [],
        "count_text": gettext("%(n)s units", n=total),
        "empty": {
            "title": gettext("No units yet"),
            "text": gettext("The general contractor adds units with the buttons above."),
        },
    }


def _cells(row: Any, names: tuple[str, ...], url: str | None) -> list[dict[str, Any]]:
    declared = specs(type(row))
    return [
        {
            "name": name, "label": _headed(declared[name]), "html": declared[name].masked(row),
            "numeric": declared[name].kind.numeric, "primary": name == names[0],
            "url": url if name == names[0] else None,
        }
        for name in names
    ]  # fmt: skip


def _headed(spec: ColumnSpec) -> str:
    return f"{spec.label}({spec.kind.unit})" if spec.kind.unit else str(spec.label)


def _unit_row(unit: ProjectUnit, people: int) -> dict[str, Any]:
    url = url_for("UnitView.show", pk=unit.id)
    cells = _cells(unit, UNIT_COLUMNS, url)
    for cell in cells:
        cell["card"] = cell["name"] in UNIT_CARD
    cells.append(
        {"name": "people", "label": gettext("On site"), "html": people, "numeric": True,
         "card": True}
    )  # fmt: skip
    return {"id": unit.id, "cells": cells, "selectable": False,
            "actions": [{"label": gettext("Details"), "url": url}]}  # fmt: skip


def permits_tab(row: Project) -> dict[str, Any]:
    """Give the permits, with the button to add one while the application is open."""
    found = known(row).permits
    describe_all(*found)
    may = may_write_permits(row)
    button = {"label": gettext("Add a permit"), "icon": "plus", "primary": True,
              "url": url_for("PermitView.add", project=row.id)}  # fmt: skip
    text = gettext("Several permits may be added, each with its number and pictures.")
    return {
        "rows": [_permit_row(permit, may=may) for permit in found],
        "toolbar": [button] if may else [],
        "count_text": gettext("%(n)s permits", n=len(found)),
        "empty": {"title": gettext("No permit yet"), "text": text,
                  "button": button if may else None},
    }  # fmt: skip


def may_write_permits(row: Project) -> bool:
    """Tell whether permits are added and changed now, by this user."""
    actor = scope.current()
    return (
        is_open("permits", row.state)
        and row.id in actor.projects
        and actor.can("write", str(Area.PROJECTS))
    )


def _permit_row(permit: Permit, *, may: bool) -> dict[str, Any]:
    url = url_for("PermitView.show", pk=permit.id)
    actions = [{"label": gettext("Details"), "url": url}]
    if may:
        actions += [
            {"label": gettext("Edit"), "url": url_for("PermitView.edit", pk=permit.id)},
            {"label": gettext("Remove"), "url": url_for("PermitView.remove", pk=permit.id),
             "method": "post", "danger": True,
             "confirm": gettext("The permit is taken out of the application. Continue?")},
        ]  # fmt: skip
    return {"id": permit.id, "cells": _cells(permit, PERMIT_COLUMNS, url), "selectable": False,
            "actions": actions}  # fmt: skip


def role_words(role: str) -> str:
    """Give the title of the invitation form of a role."""
    if role in INVITED_ROLES:
        return gettext("Add a unit: %(role)s", role=dictionaries.label("unit_role", role))
    return gettext("Add another unit")


def participants(row: Project) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """Give owner, supervisor, surveyor and designer as sections of the detail page."""
    units = {unit.unit_role: unit for unit in known(row).named_units}
    declared = specs(ProjectUnit)
    found: list[tuple[Any, list[tuple[Any, Any]]]] = []
    for prefix, role in BLOCKS.items():
        unit = units.get(role)
        title = BLOCK_LABELS[prefix]
        if unit is not None:
            pairs = [
                (declared[name].label, declared[name].masked(unit))
                for name in block_names(prefix)
                if getattr(unit, name) not in (None, "", False)
                and not (name in TYPES and getattr(unit, TYPES[name]) is None)
            ]
            found.append((title, pairs))
        elif prefix == "supervisor" and row.no_supervisor_reason:
            label = specs(Project)["no_supervisor_reason"].label
            found.append((title, [(label, row.no_supervisor_reason)]))
    return found
