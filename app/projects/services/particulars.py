"""What another system says of an approved project (screens.md 4.8, 7.4 Project.PartUpdate)."""

from collections.abc import Mapping
from typing import Any

from app.core import adjusted, scope
from app.core.errors import NotAllowed
from app.extensions import db
from app.projects.models import Project

# neither locked nor reviewed by 4.8: they decide nothing and are in force at once
PARTICULARS = (
    "description", "total_investment", "building_area", "building_length", "approval_no",
    "approval_level", "land_permit_no", "planning_permit_no", "size", "nature", "function",
    "sender_project_no",
)  # fmt: skip


def take_particulars(
    project: Project, values: Mapping[str, Any], *, actor: scope.Principal
) -> list[str]:
    """Put particulars in force that people have not put in; give the columns that differ and stay.

    Reviewed fields stay until their change is approved, and what was put in by hand stays too.
    """
    if actor.audience is not scope.Audience.SYSTEM and project.id not in actor.projects:
        raise NotAllowed
    said = {
        name: value for name, value in values.items()
        if value not in (None, "") and getattr(project, name) != value
    }  # fmt: skip
    by_hand = adjusted.by_hand([project])[project.id]
    taken = {n: v for n, v in said.items() if n in PARTICULARS and n not in by_hand}
    if taken:
        with scope.system_scope("particulars a site system sent of its own project"):
            for name, value in taken.items():
                setattr(project, name, value)
            db.session.flush()
    return [name for name in said if name not in taken]
