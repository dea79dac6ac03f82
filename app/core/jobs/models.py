"""Tables of jobs: when they run, and what came of each run."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import DateTime, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import Choice, ChoiceOf, Flag, Instant, Integer, Json, LongText, Text, column
from app.core.columns.codes import N_, TONES
from app.core.jobs.registry import title_of
from app.core.models import Entity

OWN = "created_by = nullif(current_setting('app.actor', true), '')::integer"
OWN_OR_CLOCK = f"{OWN} or created_by is null"


class RunState(Choice):
    """How far a run has come."""

    WAITING = N_("Waiting to run")
    RUNNING = N_("Running")
    DONE = N_("Finished")
    FAILED = N_("Failed")


TONES.update({"WAITING": "grey", "RUNNING": "blue", "DONE": "green", "FAILED": "red"})


class Badge(ChoiceOf):
    """A choice drawn as a badge; it belongs to no flow."""

    badged = True


class JobRun(Entity):
    """One run of a job: asked for by whom, how far, with which result."""

    __scope__ = scope.Scope(
        tenant_sees=OWN, government_sees=OWN_OR_CLOCK,
        login_sees=f"{scope.SIGNED_IN} and ({OWN_OR_CLOCK})",
    )  # fmt: skip
    __audited__ = False
    __table_args__ = (Index(None, "name", "id"), Index(None, "created_at"))

    name: Mapped[Any] = column(Text(80), label=_("Job"), nullable=False)
    args: Mapped[Any] = column(Json, label=_("Given values"), nullable=False, server_default="{}")
    state: Mapped[Any] = column(
        Badge(RunState), label=_("Result"), nullable=False, server_default="WAITING"
    )
    percent: Mapped[Any] = column(
        Integer(0, 100, "%"), label=_("Progress"), nullable=False, server_default="0"
    )
    text: Mapped[Any] = column(Text(200), label=_("Step"))
    started_at: Mapped[Any] = column(Instant, label=_("Started"))
    finished_at: Mapped[Any] = column(Instant, label=_("Ended"))
    rows: Mapped[Any] = column(Integer, label=_("Rows"))
    error: Mapped[Any] = column(LongText(2000), label=_("Error"))
    url: Mapped[Any] = column(Text(300), label=_("Result page"))
    attempts: Mapped[Any] = column(Integer, label=_("Attempts"), nullable=False, server_default="0")

    def __str__(self) -> str:
        return title_of(self.name)

    @property
    def seconds(self) -> float | None:
        """Give how long the run took, in seconds."""
        if self.started_at is None or self.finished_at is None:
            return None
        return float((self.finished_at - self.started_at).total_seconds())


class Schedule(Entity):
    """When a job runs by itself; administrators change it (screens.md 15)."""

    __scope__ = scope.shared("when jobs run is no secret", login_sees=scope.SIGNED_IN)

    name: Mapped[Any] = column(Text(80), label=_("Job"), nullable=False, unique=True, readonly=True)
    cron: Mapped[Any] = column(
        Text(80), label=_("Schedule"), required_at="form", nullable=False,
        help=_("Minute, hour, day, month, weekday (0 is Sunday), for example 0 2 * * *"),
        example="0 2 * * *",
    )  # fmt: skip
    enabled: Mapped[Any] = column(
        Flag, label=_("Switched on"), required_at="form", nullable=False, server_default="true"
    )
    last_tick: Mapped[Any | None] = mapped_column(DateTime(timezone=True))

    def __str__(self) -> str:
        return title_of(self.name)
