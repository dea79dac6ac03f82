"""When a job runs, in words: 每天 02:00 for the cron line 0 2 * * * (screens.md 15)."""

from babel.dates import get_day_names
from flask_babel import get_locale, gettext

FIELDS, DAYS = 5, 7
ANY = "*"


def spoken(cron: str) -> str:
    """Give a cron line in words; one that is more than a common case stays as it is."""
    fields = cron.split()
    if len(fields) != FIELDS or fields[3] != ANY:
        return cron
    minute, hour, day, _month, weekday = fields
    if hour == ANY and (day, weekday) == (ANY, ANY):
        return _within_hours(minute) or cron
    if not (minute.isdecimal() and hour.isdecimal()):
        return cron
    return _daily(f"{int(hour):02}:{int(minute):02}", day, weekday) or cron


def _within_hours(minute: str) -> str:
    if minute == ANY:
        return gettext("Every minute")
    if minute.isdecimal():
        return gettext("Every hour at minute %(n)s", n=f"{int(minute):02}")
    step = minute.removeprefix("*/")
    return gettext("Every %(n)s minutes", n=step) if step.isdecimal() else ""


def _daily(time: str, day: str, weekday: str) -> str:
    if (day, weekday) == (ANY, ANY):
        return gettext("Every day at %(time)s", time=time)
    if weekday == ANY and day.isdecimal():
        return gettext("Day %(n)s of every month at %(time)s", n=day, time=time)
    if day == ANY and weekday.isdecimal() and int(weekday) <= DAYS:
        names = get_day_names("wide", locale=get_locale())
        return gettext("Every %(day)s at %(time)s", day=names[(int(weekday) - 1) % DAYS], time=time)
    return ""
