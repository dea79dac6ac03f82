"""Tables of the project domain: project, units, permits."""

from app.projects.models.participants import Permit, ProjectUnit, Sequence
from app.projects.models.project import EXEMPT, Project

__all__ = ["EXEMPT", "Permit", "Project", "ProjectUnit", "Sequence"]
