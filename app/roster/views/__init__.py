"""Screens of the roster: teams, workers, specialists, managers, corrections of persons."""

from app.roster.views.certificates import CertificateView
from app.roster.views.passes import PassPage
from app.roster.views.person_corrections import DisputeView, PersonCorrectionView
from app.roster.views.replacements import ReplacementReviewView, ReplacementView
from app.roster.views.staff import ManagerView, SpecialistView
from app.roster.views.teams import TeamView
from app.roster.views.trainings import TrainingView
from app.roster.views.visitors import VisitorView
from app.roster.views.workers import WorkerView

PAGES = [
    PassPage, PersonCorrectionView, ReplacementView, TrainingView, CertificateView, VisitorView,
]  # fmt: skip

__all__ = [
    "PAGES", "DisputeView", "ManagerView", "PersonCorrectionView", "ReplacementReviewView",
    "ReplacementView", "SpecialistView", "TeamView", "WorkerView",
]  # fmt: skip
