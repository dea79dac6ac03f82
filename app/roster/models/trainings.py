"""培训: sessions, and who took part with which result."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ARRAY, BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

import app.roster.models.workers  # noqa: F401 - the stay is declared first
from app.core import scope
from app.core.columns import ChoiceOf, Code, Date, Documents, LongText, Number, Ref, Text, column
from app.core.models import ProjectRow
from app.permissions import Area
from app.roster.choices import TrainingResult
from app.roster.models.shared import BOTH, EVERYWHERE

OF_MY_UNITS = "unit_ids && nullif(current_setting('app.units', true), '')::bigint[]"


class Training(ProjectRow):
    """培训: one session (open-api.md 9.10), held by a unit or, without one, for the whole site.

    ``unit_ids`` are the units whose people took part: they see the session, and of those present
    their own.
    """

    __areas__ = (Area.ROSTER,)
    __scope__ = scope.Scope(
        scope.either(scope.PROJECTS, scope.UNITS, OF_MY_UNITS),
        scope.either(scope.PROJECTS, scope.UNITS),
        scope.DISTRICTS,
    )

    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    unit_ids: Mapped[Any] = mapped_column(
        ARRAY(BigInteger), nullable=False, default=list, server_default="{}"
    )
    kind: Mapped[Any] = column(
        Code("training_type"), label=_("Kind of training"), required_at=EVERYWHERE,
        sheet="培训类型", api="trainingTypeCode",
    )  # fmt: skip
    name: Mapped[Any] = column(
        Text(100), label=_("Name of the training"), required_at=("form", "api"), api="trainingName"
    )
    trained_on: Mapped[Any] = column(
        Date(past=True), label=_("Day of the training"), required_at=EVERYWHERE, index=True,
        sheet="培训日期", api="trainingDate",
    )  # fmt: skip
    hours: Mapped[Any] = column(
        Number(5, 1, _("hours")), label=_("Training hours"), required_at=EVERYWHERE, sheet="学时",
        api="trainingDuration",
    )  # fmt: skip
    trainer: Mapped[Any] = column(Text(50), label=_("Trainer"), api="trainer")
    organiser: Mapped[Any] = column(Text(100), label=_("Organiser"), api="trainingOrg")
    place: Mapped[Any] = column(Text(200), label=_("Place of the training"), api="trainingAddress")
    description: Mapped[Any] = column(
        LongText(500), label=_("Content of the training"), api="description"
    )
    files: Mapped[Any] = column(
        Documents(10), label=_("Sign-in sheet and papers"), api="attachments"
    )


class Trainee(ProjectRow):
    """参训人员: one worker at one session, with the result."""

    __areas__ = (Area.ROSTER,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("training_id",)

    training_id: Mapped[Any] = column(
        Ref("Training"), label=_("Training"), nullable=False, readonly=True, index=True
    )
    worker_id: Mapped[Any] = column(
        Ref("ProjectWorker"), label=_("Worker"), nullable=False, readonly=True, index=True
    )
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    result: Mapped[Any] = column(
        ChoiceOf(TrainingResult), label=_("Result of the training"), required_at=BOTH, sheet="结果"
    )
    score: Mapped[Any] = column(Number(4, 1), label=_("Score"), api="trainingScore")

    __table_args__ = (
        Index(
            "uq_trainee_once_training", "project_id", "training_id", "worker_id", unique=True,
            postgresql_where=text("not is_deleted"),
        ),
    )  # fmt: skip

    def __str__(self) -> str:
        return str(self.worker or "")
