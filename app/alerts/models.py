"""Tables of the alert domain: alerts, their timeline, the thresholds in force."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    Index,
    Integer,
    String,
    UniqueConstraint,
    case,
    func,
    literal,
)  # fmt: skip
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from app.alerts.choices import (
    AlertState,
    CloseKind,
    Decision,
    EventKind,
    HandlingResult,
    Layer,
    Level,
    LevelKind,
    Office,
)  # fmt: skip
from app.core import scope
from app.core.columns import (
    ChoiceOf,
    Date,
    Document,
    Documents,
    Flag,
    Instant,
    LongText,
    Ref,
    State,
    Text,
    column,
)  # fmt: skip
from app.core.models import Entity, ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit

# A tenant sees its own part: what is meant for the site, or what its own enterprise recorded.
MINE = f"({scope.PROJECTS} or {scope.UNITS})"
VIEWERS = "viewers && nullif(current_setting('app.enterprises', true), '')::bigint[]"
AUDIENCE = scope.Scope(
    tenant_sees=f"(tenant_sees or {VIEWERS}) and {MINE}",
    government_sees=scope.DISTRICTS,
)


# seconds: a step of level is wider than any deadline, and none at all is the farthest
LEVEL_STEP, NEVER = 10**12, 10**11


class Alert(ProjectRow):
    """预警: one finding of a rule on a project, from its opening to its close."""

    __areas__ = (Area.ALERTS,)
    __scope__ = AUDIENCE
    __picker__ = ("subject",)
    __table_args__ = (
        UniqueConstraint("project_id", "dedupe_key"),
        Index(None, "project_id", "state", "first_seen_at"),
        Index(None, "rule_code", "state"),
    )

    rule_code: Mapped[Any] = column(Text(20), label=_("Rule"), nullable=False)
    category: Mapped[Any] = column(Text(40), label=_("Category"), nullable=False)
    unit_id: Mapped[Any] = column(Ref(ProjectUnit), label=_("Unit"), index=True)
    enterprise_id: Mapped[Any | None] = mapped_column(BigInteger)
    team_id: Mapped[Any | None] = mapped_column(BigInteger, index=True)
    person_hash: Mapped[Any | None] = mapped_column(String(64), index=True)
    subject: Mapped[Any] = column(Text(200), label=_("Subject"))
    dedupe_key: Mapped[Any | None] = mapped_column(String(200), nullable=False)
    episode: Mapped[Any | None] = mapped_column(String(200), index=True)
    about_on: Mapped[Any] = column(Date, label=_("Date it is about"))
    level: Mapped[Any] = column(LevelKind(), label=_("Level"), nullable=False)
    highest_level: Mapped[Any] = column(LevelKind(), label=_("Highest level"), nullable=False)
    state: Mapped[Any] = column(
        State(AlertState), label=_("State"), default=AlertState.OPEN, nullable=False
    )
    close_kind: Mapped[Any] = column(ChoiceOf(CloseKind), label=_("Way of closing"))
    closed_at: Mapped[Any] = column(Instant, label=_("Closed at"))
    rule_version: Mapped[Any | None] = mapped_column(Integer, nullable=False)
    parameter_version: Mapped[Any | None] = mapped_column(Integer, nullable=False)
    parameters: Mapped[Any | None] = mapped_column(JSONB, nullable=False)
    facts: Mapped[Any | None] = mapped_column(JSONB, nullable=False)
    evidence: Mapped[Any | None] = mapped_column(JSONB)
    ending: Mapped[Any | None] = mapped_column(JSONB)
    sentence: Mapped[Any] = column(LongText(2000), label=_("Reason"))
    first_seen_at: Mapped[Any] = column(Instant, label=_("Opened at"), nullable=False)
    last_seen_at: Mapped[Any] = column(Instant, label=_("Last seen"), nullable=False)
    reopened_at: Mapped[Any] = column(Instant, label=_("Opened again at"))
    due_at: Mapped[Any] = column(Instant, label=_("Respond by"), index=True)
    responsible: Mapped[Any] = column(Text(50), label=_("Responsible person"))
    escalation_step: Mapped[Any] = mapped_column(Integer, default=0, server_default="0")
    office: Mapped[Any] = column(ChoiceOf(Office), label=_("Reported to"), nullable=False)
    acknowledged_at: Mapped[Any] = column(Instant, label=_("Acknowledged at"))
    handled_at: Mapped[Any] = column(Instant, label=_("First handled at"))
    result: Mapped[Any] = column(ChoiceOf(HandlingResult), label=_("Result"))
    # the first urging the enterprise has not answered with a record of handling
    urged_at: Mapped[Any] = column(Instant, label=_("Urged at"))
    tenant_sees: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=True)
    viewers: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))
    doubtful: Mapped[Any] = column(Flag, label=_("Data in doubt"), nullable=False, default=False)
    exempt_until: Mapped[Any] = column(Date, label=_("Exempt until"))
    exempt_basis: Mapped[Any] = column(Text(200), label=_("Basis of the exemption"))
    exempt_file: Mapped[Any] = column(Document, label=_("Document of the exemption"))

    @hybrid_property
    def level_rank(self) -> int:
        """Give the rank of the level, by which lists are ordered."""
        return self.level.rank

    @level_rank.inplace.expression
    @classmethod
    def _level_rank(cls) -> Any:
        return case({level: level.rank for level in Level}, value=cls.level)

    @hybrid_property
    def urgency(self) -> int:
        """Give the order of a list that waits: the highest level, then the nearest deadline."""
        due = int(self.due_at.timestamp()) if self.due_at else NEVER
        return self.level.rank * LEVEL_STEP - due

    @urgency.inplace.expression
    @classmethod
    def _urgency(cls) -> Any:
        due = func.coalesce(
            sql_cast(func.floor(func.extract("epoch", cls.due_at)), BigInteger),
            literal(NEVER, BigInteger),
        )
        steps = {level: literal(level.rank * LEVEL_STEP, BigInteger) for level in Level}
        return case(steps, value=cls.level) - due

    @property
    def number(self) -> str:
        """Give the number people quote."""
        return number_of(self.id)

    def __str__(self) -> str:
        return named(self.id, self.subject)


def number_of(row_id: int) -> str:
    """Give the number people quote an alert by."""
    return f"YJ{row_id:08d}"


def named(row_id: int, subject: str | None) -> str:
    """Give what an alert is called."""
    return f"{number_of(row_id)} {subject or ''}".strip()


class AlertEvent(ProjectRow):
    """One entry of an alert's timeline, with the evidence of that moment; never changed."""

    __areas__ = (Area.ALERTS,)
    __scope__ = AUDIENCE
    __picker__ = ("kind",)
    __table_args__ = (Index(None, "project_id", "alert_id", "id"),)

    alert_id: Mapped[Any] = column(Ref(Alert), label=_("Alert"), nullable=False, index=True)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    kind: Mapped[Any] = column(ChoiceOf(EventKind), label=_("Step"), nullable=False)
    at: Mapped[Any] = column(Instant, label=_("At"), nullable=False)
    actor: Mapped[Any | None] = mapped_column(Integer)
    level: Mapped[Any] = column(LevelKind(), label=_("Level"))
    office: Mapped[Any] = column(ChoiceOf(Office), label=_("Reported to"))
    sentence: Mapped[Any] = column(LongText(2000), label=_("Reason"))
    evidence: Mapped[Any | None] = mapped_column(JSONB)
    parameters: Mapped[Any | None] = mapped_column(JSONB)
    rule_version: Mapped[Any | None] = mapped_column(Integer)
    parameter_version: Mapped[Any | None] = mapped_column(Integer)
    remark: Mapped[Any] = column(LongText(500), label=_("Remark"))
    measure: Mapped[Any] = column(LongText(500), label=_("Measure taken"), required_at=("form",))
    result: Mapped[Any] = column(ChoiceOf(HandlingResult), label=_("Result"), required_at=("form",))
    finished_on: Mapped[Any] = column(
        Date(past=True), label=_("Finished on"), required_at=("form",),
        when=lambda values: values.get("result") is HandlingResult.MENDED,
    )  # fmt: skip
    decision: Mapped[Any] = column(ChoiceOf(Decision), label=_("Decision of the bureau"))
    proof: Mapped[Any] = column(
        Documents(10), label=_("Proof"), help=_("Orange and red alerts need proof")
    )
    tenant_sees: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=True)
    viewers: Mapped[Any | None] = mapped_column(ARRAY(BigInteger))


class AlertParameter(Entity):
    """A threshold that differs from the program's default, for one layer, from a date on."""

    __areas__ = (Area.ALERTS,)
    __scope__ = scope.shared("thresholds are read by every scan", government_writes=True)
    __picker__ = ("name",)
    __table_args__ = (
        UniqueConstraint("rule_code", "name", "layer", "district_code", "project_id", "version"),
    )

    rule_code: Mapped[Any] = column(Text(20), label=_("Rule"), nullable=False)
    name: Mapped[Any] = column(Text(40), label=_("Threshold"), nullable=False)
    layer: Mapped[Any] = column(ChoiceOf(Layer), label=_("Layer"), nullable=False)
    district_code: Mapped[Any] = mapped_column(String(6), default="", server_default="")
    project_id: Mapped[Any] = mapped_column(BigInteger, default=0, server_default="0")
    value: Mapped[Any | None] = mapped_column(JSONB, nullable=False)
    effective_from: Mapped[Any] = column(Date, label=_("In force from"), nullable=False)
    effective_to: Mapped[Any] = column(Date, label=_("In force to"))
    version: Mapped[Any | None] = mapped_column(Integer, nullable=False)
    basis: Mapped[Any] = column(Text(200), label=_("Basis"))
    file: Mapped[Any] = column(Document, label=_("Document"))
    decided_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
