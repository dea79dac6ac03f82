"""Reads of the wage domain, across rows."""

from app.wages.queries.sheets import (
    due_this_month,
    due_together,
    lines_of,
    unpaid,
    unpaid_of,
    unsettled_of,
)

__all__ = [
    "due_this_month",
    "due_together",
    "lines_of",
    "unpaid",
    "unpaid_of",
    "unsettled_of",
]
