"""Reads of the wage domain, across rows."""

from app.wages.queries.funds import balance_line, in_month, moved_on, owed_out_of
from app.wages.queries.sheets import (
    due_this_month,
    due_together,
    lines_of,
    unpaid,
    unpaid_of,
    unsettled_of,
)

__all__ = [
    "balance_line",
    "due_this_month",
    "due_together",
    "in_month",
    "lines_of",
    "moved_on",
    "owed_out_of",
    "unpaid",
    "unpaid_of",
    "unsettled_of",
]
