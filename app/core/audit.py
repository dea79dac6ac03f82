"""The audit: every insert, update and delete of a business row, written by triggers (D8).

Code cannot forget it, because code does not write it; nobody may change it.
"""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Identity, Index, Integer, String, func
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import ColumnSpec, Instant, Text, column
from app.extensions import db


class AuditEntry(db.Model):  # type: ignore[name-defined,misc]
    """One change of one row: who, when, through which door, before and after."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "project_id", "table_name", "row_id"), Index(None, "at"))
    __scope__ = scope.Scope(government_sees=scope.DISTRICTS, append_only=True, by_trigger=True)
    __audited__ = False

    project_id: Mapped[Any] = mapped_column(BigInteger, primary_key=True, server_default="0")
    id: Mapped[Any] = mapped_column(BigInteger, Identity(), primary_key=True, index=True)
    at: Mapped[Any] = column(Instant, label=_("Time"), server_default=func.clock_timestamp())
    table_name: Mapped[Any] = column(Text(63), label=_("Object"), nullable=False)
    row_id: Mapped[Any] = mapped_column(BigInteger, nullable=False)
    action: Mapped[Any] = column(Text(6), label=_("Action"), nullable=False)
    actor: Mapped[Any | None] = mapped_column(Integer)
    door: Mapped[Any] = column(Text(10), label=_("Door"))
    reason: Mapped[Any | None] = mapped_column(
        SqlText, info={"spec": ColumnSpec(Text(1000), _("Reason"))}
    )
    request_id: Mapped[Any] = column(Text(40), label=_("Request number"))
    address: Mapped[Any] = column(Text(45), label=_("Network address"))
    before: Mapped[Any | None] = mapped_column(JSONB)
    after: Mapped[Any | None] = mapped_column(JSONB)
    enterprise_id: Mapped[Any | None] = mapped_column(BigInteger)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    district_code: Mapped[Any | None] = mapped_column(String(6))

    __mapper_args__ = {"primary_key": [id]}

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


def triggers(table: str, *, audited: bool, stateful: bool, in_project: bool) -> list[str]:
    """Give the statements that put the platform's triggers on a table.

    One pass over an inserted row writes its audit and logs its first state. All triggers are by
    row: a distributed PostgreSQL knows no transition tables (D8).
    """
    lines = []
    if in_project:
        lines.append(
            f"create trigger fill_district before insert on {table} for each row"
            " when (new.district_code is null) execute function fill_district()"
        )
    kept = "both" if audited and stateful else "audit" if audited else "state"
    if audited or stateful:
        lines.append(
            f"create trigger written after insert on {table}"
            f" for each row execute function write_new('{table}', '{kept}')"
        )
    if audited:
        lines.append(
            f"create trigger audit after update or delete on {table}"
            f" for each row execute function write_audit('{table}')"
        )
    if stateful:
        lines.append(
            f"create trigger state_log after update of state on {table}"
            f" for each row execute function log_state('{table}')"
        )
    return lines
