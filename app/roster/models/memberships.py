"""班组归属: the teams a stay has belonged to, each from a day on."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

import app.roster.models.workers  # noqa: F401 - the stay is declared first
from app.core import scope
from app.core.columns import Date, Ref, Text, column
from app.core.models import ProjectRow
from app.roster.models.shared import FORM
from app.roster.models.teams import Team


class TeamMembership(ProjectRow):
    """班组归属: one stay in one team of a project (screens.md 8.2, 调班组).

    Each entry opens one, 调班组 closes it and opens the next, the exit closes the last. On a day
    the one that began last counts. ``from_on`` is empty while a stay by interface has no entry
    date; ``to_on`` is the last day in the team. A move on the day of the entry leaves the first
    team with that one day on record, and none that counts.
    """

    # a history itself; the audit has the move as a change of the stay's team
    __audited__ = False
    __scope__ = scope.by_project_unit()
    __picker__ = ("reason",)
    __table_args__ = (
        Index(None, "project_id", "worker_id"),
        Index(None, "project_id", "team_id"),
        CheckConstraint("to_on >= from_on", name="to_not_before_from"),
    )

    worker_id: Mapped[Any] = column(Ref("ProjectWorker"), label=_("Worker"), nullable=False)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    team_id: Mapped[Any] = column(
        Ref(Team), label=_("New team"), required_at=FORM, nullable=False,
        help=_("Teams of the worker's own company; for another company record exit and entry"),
    )  # fmt: skip
    from_on: Mapped[Any] = column(
        Date, label=_("In the new team from"), required_at=FORM,
        help=_("The first day in the new team: no punch of the old team lies after it"),
    )  # fmt: skip
    to_on: Mapped[Any] = column(Date, label=_("Last day in the team"), readonly=True)
    reason: Mapped[Any] = column(Text(200), label=_("Reason of the move"), required_at=FORM)
