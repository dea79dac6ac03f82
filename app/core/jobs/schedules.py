"""When jobs run by themselves: the table administrators change, and firing its ticks once."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from flask_babel import lazy_gettext as _
from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import clock, scope
from app.core.errors import NotAllowed, Refusal
from app.core.jobs import queue
from app.core.jobs.models import Schedule
from app.core.jobs.registry import find, jobs
from app.extensions import db

FIELDS = 5
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS = re.compile(r"([0-7])(?:-([0-7]))?")


class BadSchedule(Refusal):
    """The five fields of a schedule cannot be read."""

    def __init__(self) -> None:
        super().__init__(
            _("Give minute, hour, day, month and weekday, for example 0 2 * * *"), field="cron"
        )


class BadWeekday(BadSchedule):
    """The weekdays of a schedule cannot be read."""

    def __init__(self) -> None:
        Refusal.__init__(
            self, _("Give weekdays as 1, 1,3,5, 1-5 or *: 0 and 7 are Sunday, without steps"),
            field="cron",
        )  # fmt: skip


class NeverRuns(BadSchedule):
    """The schedule names a day that no year has, such as 30 February."""

    def __init__(self) -> None:
        Refusal.__init__(
            self, _("No day fits this schedule, so it would never run: check day and month"),
            field="cron",
        )  # fmt: skip


class FutureDay(Refusal):
    """A job is asked to run for a day that has not come."""

    def __init__(self) -> None:
        super().__init__(_("The day lies in the future: choose today or earlier"), field="day")


def trigger(cron: str) -> CronTrigger:
    """Give the trigger of a cron line in Chinese time; raises BadSchedule and its kinds."""
    fields = cron.split()
    if len(fields) != FIELDS:
        raise BadSchedule
    minute, hour, day, month, weekday = fields
    try:
        found = CronTrigger(
            minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday),
            timezone=clock.CHINA,
        )  # fmt: skip
    except (ValueError, TypeError):
        raise BadSchedule from None
    if found.get_next_fire_time(None, clock.now()) is None:
        raise NeverRuns
    return found


def _weekdays(field: str) -> str:
    """Give the weekdays of a cron line by name, day by day: the scheduler counts from Monday."""
    if field == "*":
        return field
    names: list[str] = []
    for part in field.lower().split(","):
        if part in WEEKDAYS:
            names.append(part)
            continue
        found = DAYS.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first > last:
            raise BadWeekday
        names += WEEKDAYS[first : last + 1]
    return ",".join(names)


def synchronise(connection: Connection) -> None:
    """Add the schedules of declared jobs that the table lacks; what is there stays."""
    rows = [
        {"name": job.name, "cron": job.cron, "enabled": True, "source": "system"}
        for job in jobs().values()
        if job.cron
    ]
    for row in rows:
        connection.execute(insert(Schedule).values(**row).on_conflict_do_nothing())


def change(row: Schedule, values: dict[str, Any], *, actor: scope.Principal) -> Schedule:
    """Change when a job runs; refuses what is no cron line. The clock follows within seconds."""
    if not actor.can("write", "jobs"):
        raise NotAllowed
    trigger(values["cron"])
    with scope.system_scope("an administrator changes a schedule"):
        row.cron, row.enabled = " ".join(values["cron"].split()), bool(values["enabled"])
        row.last_tick = clock.now()
        db.session.flush()
    return row


def start_now(row: Schedule, *, day: date | None = None, actor: scope.Principal) -> int:
    """Ask for a run of a scheduled job at once, for a day if given; give its number."""
    if not actor.can("write", "jobs"):
        raise NotAllowed
    if day is not None and day > clock.today():
        raise FutureDay
    if day is not None:
        find(row.name).check_day(day, clock.today())
    args: dict[str, Any] = {"day": day} if day else {}
    return queue.defer(row.name, **args)


def in_force(connection: Connection) -> dict[str, str]:
    """Give the cron lines that are switched on, by job, of jobs this release declares."""
    found = connection.execute(select(Schedule.name, Schedule.cron).where(Schedule.enabled))
    return {name: cron for name, cron in found if name in jobs()}


def overdue(connection: Connection, now: datetime) -> list[str]:
    """Give the jobs whose tick passed while nobody watched; note those never seen before."""
    late = []
    for name, cron, last in connection.execute(
        select(Schedule.name, Schedule.cron, Schedule.last_tick).where(Schedule.enabled)
    ).all():
        if name not in jobs():
            continue
        if last is None:
            connection.execute(update(Schedule).where(Schedule.name == name).values(last_tick=now))
            continue
        due = trigger(cron).get_next_fire_time(None, last + timedelta(seconds=1))
        if due is not None and due <= now:
            late.append(name)
    return late


def fire(connection: Connection, name: str, now: datetime) -> int | None:
    """Put the run of one tick into the queue; None when this tick was fired already."""
    tick = now.replace(second=0, microsecond=0)
    mine = connection.execute(
        update(Schedule)
        .where(
            Schedule.name == name, Schedule.enabled,
            or_(Schedule.last_tick.is_(None), Schedule.last_tick < tick),
        )
        .values(last_tick=now)
        .returning(Schedule.id)
    ).first()  # fmt: skip
    return queue.write(connection, find(name), {}, None) if mine else None
