"""Tables of the attendance domain: the day book of a project and of a person."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.models import Entity, ProjectRow


class AttendanceDay(ProjectRow):
    """日考勤 of one person on one project."""

    __scope__ = scope.by_project_unit()
    __table_args__ = (UniqueConstraint("project_id", "person_id", "work_on"),)

    person_id: Mapped[Any] = mapped_column(BigInteger, index=True)
    worker_id: Mapped[Any | None] = mapped_column(BigInteger, index=True)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    team_id: Mapped[Any | None] = mapped_column(BigInteger)
    work_on: Mapped[Any] = mapped_column(Date)
    seconds: Mapped[Any] = mapped_column(Integer, default=0)
    first_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    last_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    pair_count: Mapped[Any] = mapped_column(Integer, default=0)
    missing_count: Mapped[Any] = mapped_column(Integer, default=0)
    valid: Mapped[Any] = mapped_column(Boolean, default=False)
    manual: Mapped[Any] = mapped_column(Boolean, default=False)


class PersonDay(Entity):
    """日考勤 of one person over all projects."""

    __scope__ = scope.system_only("hours over all projects are answered by services")
    __table_args__ = (UniqueConstraint("person_id", "work_on"), Index(None, "work_on"))

    person_id: Mapped[Any] = mapped_column(BigInteger)
    work_on: Mapped[Any] = mapped_column(Date)
    seconds: Mapped[Any] = mapped_column(Integer, default=0)
