"""Pages of 工资分账: its tabs and the reviews of the district (screens.md 10)."""

from app.wages.views.accounts import AccountReviewView, AccountView
from app.wages.views.allocations import SplitPlanView, WagePlanView
from app.wages.views.payrolls import PayrollView
from app.wages.views.transfers import SplitTransferView, WageTransferView

PAGES = (WagePlanView, SplitTransferView, WageTransferView, PayrollView, AccountView)

__all__ = [
    "PAGES",
    "AccountReviewView",
    "AccountView",
    "PayrollView",
    "SplitPlanView",
    "SplitTransferView",
    "WagePlanView",
    "WageTransferView",
]
