"""Screens of the enterprise domain, public and behind the sign-in."""

from app.enterprises.views.directory import DirectoryView
from app.enterprises.views.information import InformationPage
from app.enterprises.views.public import CaptchaPage, RegistrationPage
from app.enterprises.views.review import ChangeReviewView, RegistrationReviewView

PAGES = (RegistrationPage, CaptchaPage)

__all__ = [
    "PAGES", "CaptchaPage", "ChangeReviewView", "DirectoryView", "InformationPage",
    "RegistrationPage", "RegistrationReviewView",
]  # fmt: skip
