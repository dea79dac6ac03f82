"""Verbs of the wage domain: accounts, plans, transfers, payrolls, transactions."""

from app.wages.services.accounts import (
    ask_closing,
    decide_account,
    edit_account,
    register_account,
    tell_balance,
)
from app.wages.services.payments import (
    decide_cash,
    hold_line,
    pay_again,
    record_answers,
    send_to_bank,
)
from app.wages.services.payrolls import (
    OPEN_PLANS,
    archive_payroll,
    ask_workers,
    correct_payroll,
    draft_payroll,
    drop_payroll,
    edit_lines,
    edit_payroll,
    return_payroll,
    review_payroll,
    sign_lines,
    submit_payroll,
)

__all__ = [
    "OPEN_PLANS",
    "archive_payroll",
    "ask_closing",
    "ask_workers",
    "correct_payroll",
    "decide_account",
    "decide_cash",
    "draft_payroll",
    "drop_payroll",
    "edit_account",
    "edit_lines",
    "edit_payroll",
    "hold_line",
    "pay_again",
    "record_answers",
    "register_account",
    "return_payroll",
    "review_payroll",
    "send_to_bank",
    "sign_lines",
    "submit_payroll",
    "tell_balance",
]
