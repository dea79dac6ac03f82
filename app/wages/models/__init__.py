"""Tables of the wage domain: accounts, plans, transfers, payrolls, transactions (screens.md 10)."""

from app.wages.models.accounts import NAME_ENDS, WageAccount
from app.wages.models.payrolls import BankReceipt, LineCard, Payroll, PayrollLine, net_payable
from app.wages.models.plans import AllocationPlan, PayrollPlan
from app.wages.models.shared import DEDUCTION_SHARE
from app.wages.models.transactions import AccountTransaction
from app.wages.models.transfers import Transfer

__all__ = [
    "DEDUCTION_SHARE",
    "NAME_ENDS",
    "AccountTransaction",
    "AllocationPlan",
    "BankReceipt",
    "LineCard",
    "Payroll",
    "PayrollLine",
    "PayrollPlan",
    "Transfer",
    "WageAccount",
    "net_payable",
]
