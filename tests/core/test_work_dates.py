"""The work date of an instant, in Python and in SQL (alert-rules.md 1)."""

from datetime import date, datetime

import pytest
from sqlalchemy import DateTime, literal, select

from app.core import clock
from app.core.work_dates import work_date, work_date_of
from app.extensions import db


@pytest.mark.parametrize(
    ("hour", "minute", "day"), [(0, 0, 4), (2, 0, 4), (3, 59, 4), (4, 0, 5), (23, 59, 5)]
)
def test_a_work_date_ends_at_four(work, hour, minute, day):
    at = datetime(2026, 11, 5, hour, minute, tzinfo=clock.CHINA)

    assert work_date(at) == date(2026, 11, day)
    found = db.session.scalar(select(work_date_of(literal(at, DateTime(timezone=True)))))
    assert found == date(2026, 11, day)
