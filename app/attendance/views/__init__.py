"""Screens of attendance: report, punches, corrections (screens.md 9.1 to 9.3)."""

from app.attendance.views.corrections import CorrectionView
from app.attendance.views.devices import DeviceView
from app.attendance.views.odd import OddPunchView
from app.attendance.views.punches import PunchView
from app.attendance.views.report import ReportPage
from app.attendance.views.silence import SilentTeamsPage

PAGES = (CorrectionView, DeviceView, OddPunchView, SilentTeamsPage)

__all__ = [
    "PAGES",
    "CorrectionView",
    "DeviceView",
    "OddPunchView",
    "PunchView",
    "ReportPage",
    "SilentTeamsPage",
]
