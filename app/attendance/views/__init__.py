"""Screens of attendance: report, punches, corrections (screens.md 9.1 to 9.3)."""

from app.attendance.views.corrections import CorrectionView
from app.attendance.views.odd import OddPunchView
from app.attendance.views.punches import PunchView
from app.attendance.views.report import ReportPage

PAGES = (CorrectionView, OddPunchView)

__all__ = ["PAGES", "CorrectionView", "OddPunchView", "PunchView", "ReportPage"]
