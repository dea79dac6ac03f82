"""Pages of 工资分账: seven tabs and the reviews of the district (screens.md 10)."""

from app.wages.views.accounts import AccountReviewView, AccountView
from app.wages.views.payrolls import PayrollView

PAGES = (PayrollView,)

__all__ = ["PAGES", "AccountReviewView", "AccountView", "PayrollView"]
