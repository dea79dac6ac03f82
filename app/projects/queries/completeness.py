"""资料完整度: what an application still lacks before it may be confirmed (screens.md 4.4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy import inspect, select

from app.core import scope
from app.core.columns.base import ColumnSpec, specs
from app.extensions import db
from app.projects.choices import GONE_UNITS, NAMED_ROLES, OWNER, SUPERVISOR
from app.projects.models import Permit, Project, ProjectUnit
from app.projects.queries.facts import interfaces


@dataclass
class Dossier:
    """A project with what the checklist looks at beside it."""

    project: Project
    units: dict[str, ProjectUnit] = field(default_factory=dict)
    permits: list[Permit] = field(default_factory=list)
    interface: bool = False


def dossiers(rows: Iterable[Project]) -> dict[int, Dossier]:
    """Read what the checklists of these projects need: three statements, however many rows."""
    found = {row.id: Dossier(row) for row in rows}
    if not found:
        return found
    for unit in db.session.scalars(
        select(ProjectUnit).where(
            ProjectUnit.project_id.in_(found),
            ProjectUnit.unit_role.in_(NAMED_ROLES),
            ProjectUnit.is_deleted.is_(False),
            ProjectUnit.state.not_in(GONE_UNITS),
        )
    ):
        found[unit.project_id].units[unit.unit_role] = unit
    for permit in db.session.scalars(
        select(Permit).where(Permit.project_id.in_(found), Permit.is_deleted.is_(False))
    ):
        found[permit.project_id].permits.append(permit)
    for number in interfaces(list(found)):
        found[number].interface = True
    return found


def shares(rows: Iterable[Project]) -> dict[int, int]:
    """Give the completeness of visible projects in whole per cent, the same for every reader.

    It is reckoned over the whole project: a subcontractor, who does not see its permits, its
    interface and its other units, reads the figure and none of these rows.
    """
    known = set(db.session.identity_map.keys())
    with scope.system_scope("the completeness of a project is one figure for all"):
        found = dossiers(rows)
        reckoned = {number: percentage(one) for number, one in found.items()}
    for one in found.values():
        for row in (*one.units.values(), *one.permits):
            if inspect(row).key not in known:  # nobody finds it by its key afterwards
                db.session.expunge(row)
    return reckoned


def missing_columns(row: Any) -> list[ColumnSpec]:
    """Give the columns of the form that are demanded and empty."""
    declared = specs(type(row))
    values = {name: getattr(row, name) for name in declared}
    return [
        spec
        for name, spec in declared.items()
        if spec.required("form", values) and values[name] in (None, "", [])
    ]


def checklist(dossier: Dossier) -> list[tuple[str, bool]]:
    """Give what 确认 asks for, and whether it is there, in the order of 4.4."""
    row = dossier.project
    owner, supervisor = dossier.units.get(OWNER), dossier.units.get(SUPERVISOR)
    permitted = any(p.permit_images and p.contract_images for p in dossier.permits)
    exempt = bool(row.no_permit_reason and row.no_permit_file)
    bonded = bool(row.bond_type) and not [
        s for s in missing_columns(row) if s.name in {"bond_amount", "bond_file", "exempt_reason"}
    ]
    return [
        (gettext("Owner"), owner is not None and not missing_columns(owner)),
        (
            gettext("Supervisor, or the reason for having none"),
            bool(row.no_supervisor_reason)
            or (supervisor is not None and not missing_columns(supervisor)),
        ),
        (gettext("Construction permit with both pictures"), permitted or exempt),
        (gettext("Labour manager"), bool(row.labour_manager_name and row.labour_manager_mobile)),
        (
            gettext("Contract and labour cost"),
            bool(row.contract_no and row.contract_amount and row.labour_cost),
        ),
        (gettext("Wage deposit"), bonded),
        (
            gettext("Interface, or the reason for entering by hand"),
            dossier.interface or bool(row.manual_entry and row.manual_entry_reason),
        ),
    ]


def missing(dossier: Dossier) -> list[str]:
    """Name what is missing, the empty required fields of the form after the checklist."""
    found = [label for label, there in checklist(dossier) if not there]
    return found + [str(spec.label) for spec in missing_columns(dossier.project)]


def percentage(dossier: Dossier) -> int:
    """Give the share of required fields and checklist items that are there, in whole per cent.

    Rounded down, so that only a full application shows 100.
    """
    row = dossier.project
    values = {name: getattr(row, name) for name in specs(Project)}
    wanted = [spec for spec in specs(Project).values() if spec.required("form", values)]
    items = checklist(dossier)
    all_of_them = len(wanted) + len(items)
    lacking = len(missing_columns(row)) + sum(not there for _label, there in items)
    return (all_of_them - lacking) * 100 // all_of_them
