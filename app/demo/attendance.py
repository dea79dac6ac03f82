"""Two months of punches: pairs with the noon out, a few missing outs, a few long days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from app.attendance.services import PunchInput, record_punches
from app.core import clock, scope
from app.demo import plan
from app.demo.rosters import Crew, Hand
from app.extensions import db
from app.projects.models import Project

IN, OUT = "01", "02"
BATCH = 8000
GATE = replace(scope.SYSTEM, door=scope.Door.API)  # gates send through the interface
LONG_TEAM, LONG_DAYS = "混凝土班", 3
LONG_WORKERS = 4


def create(projects: dict[str, Project], crews: list[Crew], chance: Random) -> int:
    """Record the punches of all crews, day by day as a gate would send them."""
    days = plan.working_days(clock.today())
    total = 0
    for key in ("main", "kaiping"):
        batch: list[PunchInput] = []
        for day in days:
            for crew in crews:
                if crew.site == key:
                    batch += _crew_day(crew, day, days, chance)
            if len(batch) >= BATCH:
                total += _send(projects[key], batch)
                batch = []
        total += _send(projects[key], batch)
    return total


def _send(project: Project, batch: list[PunchInput]) -> int:
    if batch:
        # they arrived when the gate sent them: later than 45 days they would wait for approval
        sent_at = max(punch.at for punch in batch) + timedelta(hours=1)
        with clock.frozen(sent_at), scope.act_as(GATE):
            record_punches(project, batch, actor=GATE)
        db.session.commit()
    return len(batch)


def _crew_day(crew: Crew, day: date, days: list[date], chance: Random) -> Iterator[PunchInput]:
    for position, worker in enumerate(crew.hands):
        if day < worker.entry_on or chance.random() < 0.07:
            continue
        late = crew.name == LONG_TEAM and day in days[-LONG_DAYS:] and position < LONG_WORKERS
        yield from _worker_day(worker, day, chance, long=late)


def _worker_day(worker: Hand, day: date, chance: Random, *, long: bool) -> Iterator[PunchInput]:
    start = _at(day, time(6, 40), chance, 25)
    end = _at(day, time(20, 30) if long else time(17, 50), chance, 20)
    if long or chance.random() < 0.6:
        moments = [(start, IN), (end, OUT)]
    else:
        noon = _at(day, time(11, 30), chance, 10)
        moments = [(start, IN), (noon, OUT), (noon + timedelta(minutes=95), IN), (end, OUT)]
    if chance.random() < 0.015:
        moments.pop()
    for at, direction in moments:
        yield PunchInput(
            id_type="01", id_number=worker.number, at=at, direction=direction,
            name=worker.name, attend_method="001", channel="1号门",
            channel_known=True,
        )  # fmt: skip


def _at(day: date, moment: time, chance: Random, minutes: int) -> datetime:
    base = datetime.combine(day, moment, tzinfo=clock.CHINA)
    return base + timedelta(seconds=chance.randrange(minutes * 60))
