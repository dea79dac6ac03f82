"""Tables of attendance: the ledger of punches, what is thought of them, days, corrections.

``punch`` is append-only and partitioned by month (D6). A punch without a row in
``punch_state`` is valid as it came; otherwise its last row there holds what is thought of it,
so that the current state of a page of punches is one statement over an index, and a list of
one rare state starts from ``punch_state``.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
)  # fmt: skip
from sqlalchemy import (
    Date as SqlDate,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

import app.attendance.devices.models  # noqa: F401 - devices are declared with the others
from app.attendance.choices import (
    OTHER_REASON,
    CorrectionState,
    OddKind,
    OddState,
    PunchState,
)  # fmt: skip
from app.core import chain, database, scope
from app.core.columns import (
    ChoiceOf,
    Code,
    Date,
    DocumentNumber,
    Documents,
    Flag,
    Instant,
    Number,
    Picture,
    Ref,
    Refs,
    State,
    Text,
    TimeOfDay,
    case,
    column,
)  # fmt: skip
from app.core.models import ProjectRow
from app.extensions import db
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.roster.models import ProjectWorker, Team

FORM = ("form",)
EVERYWHERE = ("form", "sheet", "api")
ChainLink = chain.ChainLink
READ_ONLY = scope.Scope(
    scope.either(scope.PROJECTS, scope.UNITS), None, scope.DISTRICTS, None, append_only=True
)
DAY_SCOPE = scope.Scope(scope.either(scope.PROJECTS, scope.UNITS), None, scope.DISTRICTS, None)


@case(_("the reason is another one"))
def _other(values: Mapping[str, Any]) -> bool:
    return values.get("reason") == OTHER_REASON


class Punch(db.Model):  # type: ignore[name-defined,misc]
    """打卡记录: one passage at a gate, or one half of a correction; never changed (D6).

    Its identity is project, document, second and direction. ``unit_id`` and ``team_id`` of an
    unmatched punch are those it was sent for, if they were named.
    """

    __tablename__ = "punch"
    __areas__ = (Area.ATTENDANCE,)
    __scope__ = READ_ONLY
    __audited__ = False
    __in_project__ = True
    __picker__ = ("name",)

    project_id: Mapped[Any] = mapped_column(BigInteger, ForeignKey("project.id"), primary_key=True)
    id_number_hash: Mapped[Any] = mapped_column(String(64), primary_key=True)
    punched_at: Mapped[Any] = column(
        Instant, label=_("Punched at"), nullable=False, primary_key=True, api="date"
    )
    direction: Mapped[Any] = column(
        Code("direction"), label=_("Direction"), nullable=False, primary_key=True, api="direction"
    )
    id: Mapped[Any] = mapped_column(BigInteger, Identity(), nullable=False)
    district_code: Mapped[Any] = mapped_column(
        String(6), nullable=False, server_default=FetchedValue()
    )
    worker_id: Mapped[Any | None] = mapped_column(BigInteger)
    unit_id: Mapped[Any] = column(Ref(ProjectUnit), label=_("Unit"))
    team_id: Mapped[Any] = column(Ref(Team), label=_("Team"))
    id_type: Mapped[Any] = column(
        Code("id_type"), label=_("Document type"), nullable=False, api="idCardType"
    )
    id_number: Mapped[Any] = column(
        DocumentNumber(), label=_("Document number"), nullable=False, api="idCardNumber"
    )
    name: Mapped[Any] = column(Text(50), label=_("Name"))
    received_at: Mapped[Any] = column(Instant, label=_("Received at"), nullable=False)
    attend_method: Mapped[Any] = column(
        Code("attend_method"), label=_("Way of passing"), api="attendType"
    )
    channel: Mapped[Any] = column(Text(50), label=_("Gate"), api="channel")
    channel_known: Mapped[Any] = column(Flag, label=_("Registered channel"), nullable=False)
    device_sn: Mapped[Any] = column(Text(64), label=_("Device"))
    lng: Mapped[Any] = column(Number(9, 6, low=None), label=_("Longitude"), api="lng")
    lat: Mapped[Any] = column(Number(9, 6, low=None), label=_("Latitude"), api="lat")
    similarity: Mapped[Any] = column(Number(5, 2), label=_("Similarity"))
    photo_id: Mapped[Any] = column(Picture, label=_("Photo"), api="image")
    source: Mapped[Any] = column(Code("data_source"), label=_("Source"), nullable=False)
    batch: Mapped[Any | None] = mapped_column(String(64))
    correction_id: Mapped[Any | None] = mapped_column(BigInteger)
    replaces: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))

    __table_args__ = (
        Index(None, "project_id", "punched_at", "id", postgresql_include=["unit_id"]),
        Index(None, "unit_id", "punched_at", "id", postgresql_include=["project_id"]),
        Index(None, "district_code", "punched_at", "id"),
        Index(None, "id"),
        {"postgresql_partition_by": "RANGE (punched_at)"},
    )
    __mapper_args__ = {"primary_key": [id], "eager_defaults": False}


class PunchMark(db.Model):  # type: ignore[name-defined,misc]
    """One change of what is thought of a punch; the last one holds (table ``punch_state``)."""

    __tablename__ = "punch_state"
    __scope__ = READ_ONLY
    __audited__ = False

    project_id: Mapped[Any] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[Any] = mapped_column(BigInteger, Identity(), primary_key=True, index=True)
    punch_id: Mapped[Any] = mapped_column(BigInteger, nullable=False)
    punched_at: Mapped[Any] = mapped_column(DateTime(timezone=True), nullable=False)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    district_code: Mapped[Any] = mapped_column(String(6), nullable=False)
    state: Mapped[Any] = column(ChoiceOf(PunchState), label=_("State"), nullable=False)
    worker_id: Mapped[Any | None] = mapped_column(BigInteger)
    reason: Mapped[Any | None] = mapped_column(String(200))
    actor: Mapped[Any | None] = mapped_column(Integer)
    door: Mapped[Any | None] = mapped_column(String(10))
    at: Mapped[Any] = mapped_column(
        DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()
    )

    __table_args__ = (
        Index(None, "project_id", "punch_id", "id"),
        Index(None, "project_id", "state", "punched_at"),
        Index(None, "unit_id", "state", "punched_at"),
        Index(None, "district_code", "state", "punched_at"),
    )
    __mapper_args__ = {"primary_key": [id]}


class AttendanceDay(db.Model):  # type: ignore[name-defined,misc]
    """日考勤: one person's work date on one project, computed from the punches.

    ``seconds`` are the project's own hours after the missing rest is taken off, ``pairs`` holds
    [in, out] instants with the ids of their punches; ``first_at`` and ``last_at`` are punches.
    """

    __tablename__ = "attendance_day"
    __scope__ = DAY_SCOPE
    __audited__ = False

    project_id: Mapped[Any] = mapped_column(BigInteger, ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[Any] = mapped_column(BigInteger, primary_key=True)
    work_on: Mapped[Any] = mapped_column(SqlDate, primary_key=True)
    id: Mapped[Any] = mapped_column(BigInteger, Identity(), nullable=False, index=True)
    worker_id: Mapped[Any] = mapped_column(BigInteger, nullable=False)
    unit_id: Mapped[Any] = mapped_column(BigInteger, nullable=False)
    team_id: Mapped[Any] = mapped_column(BigInteger, nullable=False)
    district_code: Mapped[Any] = mapped_column(String(6), nullable=False)
    seconds: Mapped[Any] = mapped_column(Integer, nullable=False)
    span_seconds: Mapped[Any] = mapped_column(Integer, nullable=False)
    first_at: Mapped[Any] = mapped_column(DateTime(timezone=True), nullable=False)
    last_at: Mapped[Any] = mapped_column(DateTime(timezone=True), nullable=False)
    punch_count: Mapped[Any] = mapped_column(SmallInteger, nullable=False)
    missing_count: Mapped[Any] = mapped_column(SmallInteger, nullable=False)
    valid: Mapped[Any] = mapped_column(Boolean, nullable=False)
    manual: Mapped[Any] = mapped_column(Boolean, nullable=False)
    pairs: Mapped[Any] = mapped_column(JSONB, nullable=False)
    loose: Mapped[Any] = mapped_column(JSONB, nullable=False)
    sources: Mapped[Any] = mapped_column(ARRAY(String(10)), nullable=False)
    computed_at: Mapped[Any] = mapped_column(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )

    __table_args__ = (
        Index(None, "project_id", "worker_id", "work_on"),
        Index(None, "project_id", "work_on"),
        Index(None, "person_id", "work_on"),
        Index(None, "unit_id", "work_on"),
        Index(None, "district_code", "work_on"),
    )


class PersonDay(db.Model):  # type: ignore[name-defined,misc]
    """A person's work date over all projects, overlap counted once; read by rules only."""

    __tablename__ = "person_day"
    __scope__ = scope.system_only("hours over all projects are a fact of the whole city")
    __audited__ = False

    person_id: Mapped[Any] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    work_on: Mapped[Any] = mapped_column(SqlDate, primary_key=True)
    project_ids: Mapped[Any] = mapped_column(ARRAY(BigInteger), nullable=False)
    seconds: Mapped[Any] = mapped_column(Integer, nullable=False)
    span_seconds: Mapped[Any] = mapped_column(Integer, nullable=False)
    presence_seconds: Mapped[Any] = mapped_column(Integer, nullable=False)
    rest_minutes: Mapped[Any] = mapped_column(SmallInteger, nullable=False)
    first_at: Mapped[Any] = mapped_column(DateTime(timezone=True), nullable=False)
    last_at: Mapped[Any] = mapped_column(DateTime(timezone=True), nullable=False)
    punch_count: Mapped[Any] = mapped_column(SmallInteger, nullable=False)
    missing_count: Mapped[Any] = mapped_column(SmallInteger, nullable=False)
    valid: Mapped[Any] = mapped_column(Boolean, nullable=False)
    manual: Mapped[Any] = mapped_column(Boolean, nullable=False)
    computed_at: Mapped[Any] = mapped_column(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )

    __table_args__ = (Index(None, "work_on"),)


class Workers(Refs):
    """补录人员: anybody of the project; a chosen team narrows the search (screens.md 9.3)."""

    def attributes(self) -> dict[str, Any]:
        return {"data-narrow": "team_id"}


class Correction(ProjectRow):
    """补录: working times entered by hand for workers and dates (screens.md 9.3).

    ``unit_id`` is set where all its workers belong to one unit, whose users then see it.
    """

    __areas__ = (Area.ATTENDANCE,)
    __scope__ = scope.by_project_unit(government_writes=True)
    __picker__ = ("title",)

    unit_id: Mapped[Any] = column(Ref(ProjectUnit), label=_("Unit"), readonly=True, index=True)
    team_id: Mapped[Any] = column(
        Ref(Team),
        label=_("Team"),
        help=_("Leave the workers empty to enter everybody of the team who was on site"),
    )
    worker_ids: Mapped[Any] = column(Workers(ProjectWorker), label=_("Whose attendance"), wide=True)
    work_on: Mapped[Any] = column(
        Date(past=True), label=_("Work date"), required_at=EVERYWHERE, nullable=False, index=True,
        sheet="日期",
    )  # fmt: skip
    until_on: Mapped[Any] = column(
        Date(past=True), label=_("Until"), help=_("Only for several days with the same times")
    )
    in_time: Mapped[Any] = column(
        TimeOfDay, label=_("Start of work"), required_at=EVERYWHERE, nullable=False,
        sheet="上班时间",
    )  # fmt: skip
    out_time: Mapped[Any] = column(
        TimeOfDay, label=_("End of work"), required_at=EVERYWHERE, nullable=False,
        sheet="下班时间",
    )  # fmt: skip
    out_next_day: Mapped[Any] = column(
        Flag, label=_("Ends on the following day"), nullable=False, default=False
    )
    reason: Mapped[Any] = column(
        Code("manual_reason"), label=_("Reason of the correction"), required_at=EVERYWHERE,
        nullable=False, sheet="补录原因",
    )  # fmt: skip
    note: Mapped[Any] = column(
        Text(200), label=_("What happened"), required_at=("form", "sheet"), when=_other, wide=True,
        sheet="说明",
    )  # fmt: skip
    proof: Mapped[Any] = column(
        Documents(10), label=_("Proof"),
        help=_("Required for more than 3 days back or more than 10 workers"),
    )  # fmt: skip
    title: Mapped[Any] = column(Text(200), label=_("Whose attendance"), readonly=True)
    worker_count: Mapped[Any | None] = mapped_column(Integer)
    district_too: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
    warning: Mapped[Any] = column(Text(500), label=_("Warning"), readonly=True)
    odd_id: Mapped[Any | None] = mapped_column(BigInteger)
    # a sheet brings no files: the proof is made up for within three days (screens.md 0)
    incomplete: Mapped[Any] = column(
        Flag, label=_("To be completed"), nullable=False, default=False, readonly=True
    )
    complete_by: Mapped[Any] = column(Instant, label=_("Complete by"), readonly=True)
    state: Mapped[Any] = column(
        State(CorrectionState), label=_("State"), default=CorrectionState.PENDING, nullable=False
    )


class OddPunch(ProjectRow):
    """异常流水: items refused for a clock too far ahead, and unmatched punches (screens.md 9.2)."""

    __areas__ = (Area.ATTENDANCE,)
    __scope__ = scope.by_project_unit()
    __audited__ = False

    kind: Mapped[Any] = column(ChoiceOf(OddKind), label=_("Kind"), nullable=False)
    punch_id: Mapped[Any | None] = mapped_column(BigInteger)
    punched_at: Mapped[Any] = column(Instant, label=_("Punched at"), nullable=False)
    received_at: Mapped[Any] = column(Instant, label=_("Received at"), nullable=False)
    unit_id: Mapped[Any] = column(Ref(ProjectUnit), label=_("Unit"))
    team_id: Mapped[Any] = column(Ref(Team), label=_("Team"))
    id_type: Mapped[Any] = column(Code("id_type"), label=_("Document type"), nullable=False)
    id_number: Mapped[Any] = column(DocumentNumber(), label=_("Document number"), nullable=False)
    name: Mapped[Any] = column(Text(50), label=_("Name"))
    direction: Mapped[Any] = column(Code("direction"), label=_("Direction"), nullable=False)
    attend_method: Mapped[Any] = column(Code("attend_method"), label=_("Way of passing"))
    channel: Mapped[Any] = column(Text(50), label=_("Gate"))
    device_sn: Mapped[Any] = column(Text(64), label=_("Device"))
    photo_id: Mapped[Any] = column(Picture, label=_("Photo"))
    state: Mapped[Any] = column(
        State(OddState), label=_("State"), default=OddState.OPEN, nullable=False
    )

    __table_args__ = (
        Index(None, "project_id", "state", "punched_at"),
        UniqueConstraint("project_id", "id_number_hash", "punched_at", "direction"),
    )


class MonthLock(ProjectRow):
    """锁定本月: a month of a project that only an approved change may touch (screens.md 9.1)."""

    __scope__ = scope.by_project()
    __picker__ = ("month",)

    month: Mapped[Any | None] = mapped_column(String(7), nullable=False)

    __table_args__ = (UniqueConstraint("project_id", "month"),)


database.at_deployment(
    "select make_coming_punch_partitions((now() at time zone 'Asia/Shanghai')::date, 12)"
)
