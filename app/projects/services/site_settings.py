"""项目设置: what the general contractor decides for its site (screens.md 4.9)."""

from collections.abc import Mapping
from typing import Any

from app.core import scope
from app.core.errors import NotAllowed, NotFound, Stale
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project
from app.projects.states import require

SETTINGS = ("allow_same_team",)


def may_set(project: Project, actor: scope.Principal) -> bool:
    """Tell whether a principal keeps the settings: of the general contractor, with the right."""
    keeps = actor.audience is scope.Audience.TENANT and project.id in actor.projects
    return keeps and actor.can("adjust", str(Area.PROJECTS))


def change_settings(
    project: Project, values: Mapping[str, Any], *, actor: scope.Principal
) -> Project:
    """Change the settings of a project; the audit keeps who changed what, and when."""
    if actor.audience is scope.Audience.TENANT and project.id not in actor.projects:
        raise NotFound
    if actor.audience is not scope.Audience.SYSTEM and not may_set(project, actor):
        raise NotAllowed
    require("adjust", project)
    if str(values.get("row_version") or project.row_version) != str(project.row_version):
        raise Stale
    # the labour manager keeps them, whose rights end at the rows of the site
    with scope.system_scope("the settings of a site are kept by its labour manager"):
        for name in SETTINGS:
            if name in values:
                setattr(project, name, bool(values[name]))
        db.session.flush()
    return project
