"""What an application held when it was submitted, so that the next reviewer sees what changed.

A snapshot holds for every field a mark that tells whether it changed and the text people may
read: numbers of persons stand in it as keyed hash and mask, never in full.
"""

from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from app.core.columns.base import ColumnSpec, specs
from app.core.columns.files import Document
from app.core.columns.secrets import Hashed
from app.extensions import db
from app.projects.choices import BLOCKS, GENERAL_CONTRACTOR, NAMED_ROLES
from app.projects.models import Permit, Project, ProjectUnit
from app.projects.queries.labels import PERMITS

# what the system keeps of the matter itself, and what it reckons from other fields
SKIPPED = {
    "state", "submitted_at", "attempt", "review_due_on", "opinion", "returned_fields",
    "labour_ratio",
}  # fmt: skip
PERMIT_FACTS = ("permit_no", "permit_name", "issuer", "issued_on", "valid_to", "permit_images",
                "contract_images")  # fmt: skip


def _entry(spec: ColumnSpec, value: Any) -> list[str]:
    if value in (None, "", []):
        return ["", ""]
    if isinstance(spec.kind, Hashed):
        return [spec.kind.fingerprint(value) or "", str(spec.kind.mask(value))]
    return [str(spec.kind.text(value)), _readable(spec, value)]


def _readable(spec: ColumnSpec, value: Any) -> str:
    """Give a value as pages show it, with its unit; a file as a word."""
    if isinstance(spec.kind, Document):
        return str(spec.kind.cell(value))
    shown = spec.kind.mask(value)
    words = shown.striptags() if isinstance(shown, Markup) else str(shown)
    return f"{words} {spec.kind.unit}" if spec.kind.unit else words


def snapshot(project: Project) -> dict[str, list[str]]:
    """Give every field of an application as [mark, readable text]."""
    found = {
        name: _entry(spec, getattr(project, name))
        for name, spec in specs(Project).items()
        if name not in SKIPPED
    }
    units = select(ProjectUnit).where(
        ProjectUnit.project_id == project.id,
        ProjectUnit.unit_role.in_(NAMED_ROLES),
        ProjectUnit.unit_role != GENERAL_CONTRACTOR,
        ProjectUnit.is_deleted.is_(False),
    )
    for unit in db.session.scalars(units):
        for name in ("name", "credit_code", "leader_name", "leader_mobile", "leader_id_number",
                     "leader_certificate_no", "owner_id_number"):  # fmt: skip
            entry = _entry(specs(ProjectUnit)[name], getattr(unit, name))
            found[f"unit {unit.unit_role} {name}"] = entry
    permits = select(Permit).where(Permit.project_id == project.id, Permit.is_deleted.is_(False))
    for permit in db.session.scalars(permits):
        for name in PERMIT_FACTS:
            entry = _entry(specs(Permit)[name], getattr(permit, name))
            found[f"permit {permit.id} {name}"] = entry
    return found


def label_of(key: str) -> str:
    """Give the label of a snapshot's field."""
    from app.core import dictionaries

    if key.startswith("unit "):
        _unit, role, name = key.split(" ", 2)
        return f"{dictionaries.label('unit_role', role)}：{specs(ProjectUnit)[name].label}"
    if key.startswith("permit "):
        return str(specs(Permit)[key.split(" ", 2)[2]].label)
    return str(specs(Project)[key].label)


def answers_marks(project: Project) -> bool:
    """Tell whether a field the reviewer marked has changed since the last submission."""
    marks, last = project.returned_fields or {}, (project.previous or {}).get("last")
    if not marks or not last:
        return True
    now = snapshot(project)
    changed = {
        key for key in {*last, *now} if last.get(key, [""])[0] != now.get(key, [""])[0]
    }  # fmt: skip
    return any(_touched(name, changed, {*last, *now}) for name in marks)


def _touched(mark: str, changed: set[str], known: set[str]) -> bool:
    """Tell whether a mark of the form stands on what changed; on what is not kept, on anything."""
    if mark == PERMITS:
        return any(key.startswith("permit ") for key in changed)
    prefix, _rest, name = mark.partition("_")
    key = f"unit {BLOCKS[prefix]} {name}" if prefix in BLOCKS else mark
    return key in changed if key in known else bool(changed)


def differences(project: Project) -> list[dict[str, Any]]:
    """Give what changed since the previous submission: {label, old, new}; none the first time."""
    kept = project.previous or {}
    before, last = kept.get("before"), kept.get("last") or {}
    if not before:
        return []
    found = []
    for key in [*last, *(k for k in before if k not in last)]:
        old, new = before.get(key, ["", ""]), last.get(key, ["", ""])
        if old[0] != new[0]:
            old_text, new_text = old[1], new[1]
            if old_text == new_text:  # a file, or digits beneath a mask
                new_text = f"{new_text} *"
            found.append({"label": label_of(key), "old": old_text, "new": new_text})
    return found
