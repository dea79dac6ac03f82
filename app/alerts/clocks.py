"""Response clocks: how long an office has until the first record of handling.

蓝 7 days, 黄 5 working days, 橙 3 working days, 红 24 hours (alert-rules.md section 1).
"""

from datetime import date, datetime, time, timedelta

from app.alerts.choices import Level, Office
from app.core import clock
from app.core.rules import Rule
from app.reference import services as reference
from app.reference import workdays

RED_HOURS, BLUE_DAYS = 24, 7
WORKING_DAYS = {Level.YELLOW: 5, Level.ORANGE: 3}
OFFICES = list(Office)


class Clocks:
    """The clocks of one run: the instant of the run and the city's calendar."""

    def __init__(self, day: date) -> None:
        same = day == clock.today()
        self.at = clock.now() if same else datetime.combine(day, time(6), tzinfo=clock.CHINA)
        self.calendar = reference.working_calendar()

    def due(self, rule: Rule, level: Level, step: int, opened_at: datetime) -> datetime | None:
        """Give the instant by which an answer is due at a step of escalation."""
        if rule.office_hours:
            if step >= len(rule.office_hours):
                return None
            return opened_at + timedelta(hours=rule.office_hours[step])
        return self.after(level, self.at)

    def after(self, level: Level, start: datetime) -> datetime:
        """Give the end of a level's clock that starts at an instant."""
        if level is Level.RED:
            return start + timedelta(hours=RED_HOURS)
        if level is Level.BLUE:
            return start + timedelta(days=BLUE_DAYS)
        local = clock.local(start)
        end = workdays.working_days_after(local.date(), WORKING_DAYS[level], self.calendar)
        return datetime.combine(end, time(23, 59, 59), tzinfo=clock.CHINA)


def first_office(rule: Rule, level: Level) -> Office:
    """Give the office whose turn it is first: 橙 and up are the district's as well."""
    if rule.decided:
        return Office.DISTRICT
    return Office.CONTRACTOR if level in (Level.ORANGE, Level.RED) else Office.LABOUR_OFFICER


def next_office(office: Office) -> Office:
    """Give the office above; above the city there is none."""
    return OFFICES[min(OFFICES.index(office) + 1, len(OFFICES) - 1)]
