"""Screens of the roster: teams, workers, specialists, managers."""

from app.roster.views.replacements import ReplacementReviewView, ReplacementView
from app.roster.views.staff import ManagerView, SpecialistView
from app.roster.views.teams import TeamView
from app.roster.views.workers import WorkerView

PAGES = [ReplacementView]

__all__ = [
    "PAGES", "ManagerView", "ReplacementReviewView", "ReplacementView", "SpecialistView",
    "TeamView", "WorkerView",
]  # fmt: skip
