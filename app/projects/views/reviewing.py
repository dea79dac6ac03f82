"""An application as its reviewer reads it: every field with its value, to be marked."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from app.core import dictionaries
from app.core.columns.base import specs
from app.core.columns.files import describe_all
from app.projects.choices import BLOCKS
from app.projects.forms import PERMIT_SECTION, sections
from app.projects.models import Permit, Project, ProjectUnit
from app.projects.queries.labels import PERMITS, field_label
from app.projects.views import tabs
from app.projects.views.around import known

Group = dict[str, Any]


def review_groups(row: Project, value: Callable[[Project, str], Any]) -> list[Group]:
    """Give the whole form by section as {title, items: [{name, label, value or rows}]}.

    ``value`` shows a column of the project; fields that do not apply are left out
    (screens.md 2.4, 4.5).
    """
    units = {unit.unit_role: unit for unit in known(row).named_units}
    values = {name: getattr(row, name) for name in specs(Project)}
    groups: list[Group] = []
    for title, names in sections():
        items = []
        for name in names:
            if name in values:
                if specs(Project)[name].demanded(values) or values[name] is not None:
                    shown = value(row, name)
                    items.append({"name": name, "label": field_label(name), "value": shown})
            else:
                items += _of_unit(name, units)
        groups.append({"title": title, "items": items})
    papers = next(group for group in groups if group["title"] == PERMIT_SECTION)
    papers["items"].insert(0, _permits(row))
    return groups


def _of_unit(name: str, units: dict[str, ProjectUnit]) -> list[dict[str, Any]]:
    prefix, _line, column = name.partition("_")
    unit = units.get(BLOCKS[prefix])
    if unit is None:
        shown = None
        wanted = column == "name"
    else:
        shown = specs(ProjectUnit)[column].masked(unit)
        wanted = getattr(unit, column) not in (None, "", False) or column == "credit_code"
        wanted = wanted and not (column in tabs.TYPES and getattr(unit, tabs.TYPES[column]) is None)
    role = dictionaries.label("unit_role", BLOCKS[prefix])
    label = field_label(name).removeprefix(f"{role}：")
    return [{"name": name, "label": label, "value": shown}] if wanted else []


def _permits(row: Project) -> dict[str, Any]:
    """Give the permits as one field; each is read with its pictures."""
    declared, found = specs(Permit), known(row).permits
    describe_all(*found)
    rows = [
        (
            f"{gettext('Permit')} {at}",
            [(declared[n].label, tabs.with_unit(permit, n, declared[n].shown(permit)))
             for n in PERMIT_FACTS
             if getattr(permit, n) not in (None, "", [])],
        )
        for at, permit in enumerate(found, 1)
    ]  # fmt: skip
    return {"name": PERMITS, "label": field_label(PERMITS), "rows": rows}


PERMIT_FACTS = (
    "permit_no", "permit_name", "issuer", "issued_on", "valid_to", "contract_amount",
    "permit_images", "contract_images",
)  # fmt: skip
