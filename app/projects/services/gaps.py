"""待补齐 of a unit: what its form demands and a sheet could not bring (screens.md 0, 5.2, 14)."""

from datetime import date, datetime, time, timedelta

from app.core import clock
from app.core.columns.base import ColumnSpec, due_columns
from app.projects.choices import INVITED_ROLES
from app.projects.models import ProjectUnit

DAYS = 3


def deadline(entry_on: date | None, saved_on: date) -> datetime:
    """Give 24:00 in China of the third day after entry, or after saving if that is later."""
    day = max(entry_on or saved_on, saved_on)
    return datetime.combine(day + timedelta(days=DAYS + 1), time(), tzinfo=clock.CHINA)


def unit_gaps(unit: ProjectUnit) -> list[ColumnSpec]:
    """Give what a subcontractor's unit still lacks; other units lack nothing."""
    return due_columns(unit) if unit.unit_role in INVITED_ROLES else []


def renew_gaps(unit: ProjectUnit) -> None:
    """Set or clear the mark; a later saving never moves a running deadline."""
    unit.incomplete = bool(unit_gaps(unit))
    if not unit.incomplete:
        unit.complete_by = None
    elif unit.complete_by is None:
        unit.complete_by = deadline(unit.entry_on, clock.today())
