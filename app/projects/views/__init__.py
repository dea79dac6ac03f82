"""Screens of the project domain: 工程信息, 我的邀请, 项目, 项目审核."""

from app.projects.views.invitations import InvitationView
from app.projects.views.permits import PermitView
from app.projects.views.projects import ProjectView
from app.projects.views.reviews import ProjectReviewView
from app.projects.views.sites import SiteView
from app.projects.views.units import UnitView

PAGES = (UnitView, PermitView)

__all__ = [
    "PAGES",
    "InvitationView",
    "PermitView",
    "ProjectReviewView",
    "ProjectView",
    "SiteView",
    "UnitView",
]
