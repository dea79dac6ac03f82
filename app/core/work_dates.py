"""The work date an instant belongs to: it runs from 04:00 to 03:59 (alert-rules.md 1)."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Interval, cast, func, literal
from sqlalchemy.sql.elements import ColumnElement

from app.core import clock

NIGHT = timedelta(hours=4)


def work_date(at: datetime) -> date:
    """Give the work date of an instant, in China: 02:00 on the 5th belongs to the 4th."""
    return (clock.local(at) - NIGHT).date()


def work_date_of(column: Any) -> ColumnElement[date]:
    """Give the same of a column, as SQL; null where it is null."""
    return cast(func.timezone(str(clock.CHINA), column) - literal(NIGHT, Interval), Date)
