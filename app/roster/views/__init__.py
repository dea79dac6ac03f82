"""Screens of the roster: teams, workers, specialists, managers."""

from app.roster.views.staff import ManagerView, SpecialistView
from app.roster.views.teams import TeamView
from app.roster.views.workers import WorkerView

__all__ = ["ManagerView", "SpecialistView", "TeamView", "WorkerView"]
