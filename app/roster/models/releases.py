"""释放: a site is asked to close the stay of somebody who has begun elsewhere (screens.md 8.2)."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

import app.roster.models.workers  # noqa: F401 - the stay is declared first
from app.core import scope
from app.core.columns import Date, Instant, LongText, Ref, State, Text, column
from app.core.models import ProjectRow
from app.permissions import Area
from app.roster.choices import ReleaseState
from app.roster.models.shared import FORM

ASKING = (
    "new_project_id = any (nullif(current_setting('app.projects', true), '')::bigint[])"
    " or new_unit_id = any (nullif(current_setting('app.units', true), '')::bigint[])"
)


class StayRelease(ProjectRow):
    """申请释放: the stay ``worker_id`` is to close because ``new_worker_id`` has begun.

    The row belongs to the stay that is to close; both sites read it, services write it. Names of
    the two projects are all either side learns of the other.
    """

    __areas__ = (Area.ROSTER,)
    __scope__ = scope.Scope(
        tenant_sees=scope.either(scope.PROJECTS, scope.UNITS, ASKING),
        government_sees=scope.DISTRICTS,
    )
    __picker__ = ("name",)
    __table_args__ = (
        Index(
            "uq_stay_release_pending_worker_id", "project_id", "worker_id", unique=True,
            postgresql_where=text("state = 'PENDING' and not is_deleted"),
        ),
        Index(None, "new_worker_id"),
        Index(None, "state", "due_at"),
    )  # fmt: skip

    worker_id: Mapped[Any] = column(
        Ref("ProjectWorker"), label=_("Worker"), nullable=False, index=True
    )
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    name: Mapped[Any] = column(Text(50), label=_("Name"), nullable=False)
    site_name: Mapped[Any] = column(Text(100), label=_("Project to leave"))
    new_site_name: Mapped[Any] = column(Text(100), label=_("Project he has entered"))
    new_project_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    new_unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    new_worker_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    new_entry_on: Mapped[Any] = column(Date, label=_("Entry there"))
    asked_at: Mapped[Any] = column(Instant, label=_("Exit asked for at"), nullable=False)
    due_at: Mapped[Any] = column(Instant, label=_("Exit due by"), nullable=False)
    answer: Mapped[Any] = column(
        LongText(200), label=_("Answer of the site"), required_at=FORM,
        help=_("The other site reads it. The clock goes on: whoever is right settles it with the"
               " other site, which records the exit there"),
    )  # fmt: skip
    answered_at: Mapped[Any] = column(Instant, label=_("Answered at"))
    left_on: Mapped[Any] = column(Date, label=_("Left on"))
    state: Mapped[Any] = column(
        State(ReleaseState), label=_("State"), default=ReleaseState.PENDING, nullable=False
    )
