"""Pages of 工资分账: seven tabs and the reviews of the district (screens.md 10)."""

from app.wages.views.accounts import AccountReviewView, AccountView

PAGES = ()

__all__ = ["PAGES", "AccountReviewView", "AccountView"]
