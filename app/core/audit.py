"""The audit: every insert, update and delete of a business row, written by triggers (D8).

Code cannot forget it, because code does not write it; nobody may change it.
"""

from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, String, func
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.extensions import db


class AuditEntry(db.Model):  # type: ignore[name-defined,misc]
    """One change of one row: who, when, through which door, before and after."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "project_id", "table_name", "row_id"), Index(None, "at"))
    __scope__ = scope.Scope(government_sees=scope.DISTRICTS, append_only=True)
    __audited__ = False

    project_id: Mapped[Any] = mapped_column(BigInteger, primary_key=True, server_default="0")
    id: Mapped[Any] = mapped_column(BigInteger, Identity(), primary_key=True, index=True)
    at: Mapped[Any | None] = mapped_column(
        DateTime(timezone=True), server_default=func.clock_timestamp()
    )
    table_name: Mapped[Any | None] = mapped_column(String(63), nullable=False)
    row_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    action: Mapped[Any | None] = mapped_column(String(6), nullable=False)
    actor: Mapped[Any | None] = mapped_column(Integer)
    door: Mapped[Any | None] = mapped_column(String(10))
    reason: Mapped[Any | None] = mapped_column(SqlText)
    request_id: Mapped[Any | None] = mapped_column(String(40))
    address: Mapped[Any | None] = mapped_column(String(45))
    before: Mapped[Any | None] = mapped_column(JSONB)
    after: Mapped[Any | None] = mapped_column(JSONB)
    enterprise_id: Mapped[Any | None] = mapped_column(BigInteger)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger)
    district_code: Mapped[Any | None] = mapped_column(String(6))

    __mapper_args__ = {"primary_key": [id]}


def triggers(table: str, *, audited: bool, stateful: bool, in_project: bool) -> list[str]:
    """Give the statements that put the platform's triggers on a table."""
    lines = []
    if in_project:
        lines.append(
            f"create trigger fill_district before insert on {table}"
            " for each row execute function fill_district()"
        )
    if audited:
        lines.append(
            f"create trigger audit after insert or update or delete on {table}"
            f" for each row execute function write_audit('{table}')"
        )
    if stateful:
        lines.append(
            f"create trigger state_log after insert or update of state on {table}"
            f" for each row execute function log_state('{table}')"
        )
    return lines
