"""What jobs there are: declared beside their functions, found by name."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _

from app.core.errors import Refusal


class UnknownJob(Refusal):
    """No job of this name is declared."""

    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(_("There is no job named “%(name)s”", name=name))


class FarDay(Refusal):
    """A job is asked to run for a day it can no longer run for."""

    def __init__(self, first: date) -> None:
        super().__init__(
            _("This job can run again for days since %(day)s only", day=first.isoformat()),
            field="day",
        )


@dataclass(frozen=True)
class Job:
    """One declared job: its function, when it runs by itself, how often it tries again."""

    name: str
    function: Callable[..., Any]
    title: Any
    cron: str
    retries: int
    alone: bool
    days_back: int | None = None

    @property
    def wants_run(self) -> bool:
        """Tell whether the function takes ``run``, to report its progress."""
        return "run" in inspect.signature(self.function).parameters

    def check_day(self, day: date, today: date) -> None:
        """Refuse a day farther back than the job can look; raises FarDay."""
        if self.days_back is not None and day < today - timedelta(days=self.days_back):
            raise FarDay(today - timedelta(days=self.days_back))


_jobs: dict[str, Job] = {}


def job(
    name: str,
    *,
    cron: str = "",
    title: Any = "",
    retries: int = 2,
    alone: bool | None = None,
    days_back: int | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a job. ``cron`` has five fields, in Chinese time, Sunday is 0.

    ``retries`` counts how often a failed run is tried again, each time later. A job with
    ``alone`` never runs twice at once; that is the rule for those with a cron.
    The function may take ``run`` (``core.jobs.Run``), and ``day`` as text where it may be
    run again for a past day, at most ``days_back`` days ago; it gives the number of rows it
    handled, or nothing.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        lonely = bool(cron) if alone is None else alone
        _jobs[name] = Job(name, function, title or name, cron, retries, lonely, days_back)
        return function

    return declare


def jobs() -> dict[str, Job]:
    """Give every declared job by name."""
    return dict(sorted(_jobs.items()))


def find(name: str) -> Job:
    """Give a job by name; raises UnknownJob."""
    if name not in _jobs:
        raise UnknownJob(name)
    return _jobs[name]


def title_of(name: str) -> str:
    """Give what people call a job; its name where this release has it no more."""
    return str(_jobs[name].title) if name in _jobs else name
