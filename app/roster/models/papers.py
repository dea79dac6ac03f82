"""What is kept about a stay: certificates, and its entries and exits."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column

import app.roster.models.workers  # noqa: F401 - the stay is declared first
from app.core import scope
from app.core.columns import ChoiceOf, Code, Date, Document, Flag, Instant, Ref, Text, column
from app.core.models import ProjectRow
from app.permissions import Area
from app.roster.choices import CertCheck, MovementKind
from app.roster.models.shared import BOTH, EVERYWHERE, special_certificate


class Certificate(ProjectRow):
    """证书 of a worker (screens.md 8.2)."""

    __areas__ = (Area.ROSTER, Area.STAFF)
    __scope__ = scope.by_project_unit()
    __picker__ = ("number",)

    worker_id: Mapped[Any] = column(
        Ref("ProjectWorker"), label=_("Worker"), nullable=False, readonly=True, index=True
    )
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    kind: Mapped[Any] = column(
        Code("cert_kind"), label=_("Kind of certificate"), required_at=BOTH, sheet="证书类型"
    )
    special_type: Mapped[Any] = column(
        Code("special_cert_type"), label=_("Special work category"), required_at=BOTH,
        when=special_certificate, sheet="特种作业类别",
    )  # fmt: skip
    name: Mapped[Any] = column(Text(100), label=_("Certificate name"))
    number: Mapped[Any] = column(
        Text(50), label=_("Certificate no."), required_at=BOTH, sheet="证书编号"
    )
    issuer: Mapped[Any] = column(Text(100), label=_("Issuing authority"), sheet="发证机关")
    issued_on: Mapped[Any] = column(Date(past=True), label=_("Issued on"), sheet="发证日期")
    valid_to: Mapped[Any] = column(Date, label=_("Valid to"), required_at=BOTH, sheet="有效期至")
    file: Mapped[Any] = column(Document, label=_("Certificate (scan)"))
    verify_state: Mapped[Any] = column(
        ChoiceOf(CertCheck), label=_("Certificate check"), nullable=False,
        default=CertCheck.UNCHECKED, readonly=True,
    )  # fmt: skip
    verify_remark: Mapped[Any] = column(Text(200), label=_("Basis of the check"), readonly=True)
    verified_at: Mapped[Any] = column(Instant, label=_("Checked at"), readonly=True)
    verified_by: Mapped[Any | None] = mapped_column(Integer)


class Movement(ProjectRow):
    """进退场: one entry or exit of a stay; history is never rewritten (screens.md 8.3)."""

    __areas__ = (Area.ROSTER,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("kind",)

    worker_id: Mapped[Any] = column(
        Ref("ProjectWorker"), label=_("Worker"), nullable=False, index=True
    )
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    team_id: Mapped[Any | None] = mapped_column(BigInteger)
    kind: Mapped[Any] = column(
        ChoiceOf(MovementKind), label=_("Kind"), required_at=EVERYWHERE, api="type", sheet="类型"
    )
    moved_on: Mapped[Any] = column(
        Date, label=_("Date"), required_at=EVERYWHERE, api="date", sheet="日期"
    )
    reason: Mapped[Any] = column(
        Code("exit_reason"), label=_("Reason"), sheet="原因",
        sheet_note=_("Of an exit; empty: other"),
    )  # fmt: skip
    settled: Mapped[Any] = column(
        Flag, label=_("Wages settled"), sheet="是否结清工资",
        sheet_note=_("Of an exit; the settlement statement is added on the screen"),
    )  # fmt: skip
    settlement_file: Mapped[Any] = column(Document, label=_("Settlement statement"))
    voucher: Mapped[Any] = column(Document, label=_("Attachment of the movement"), api="voucher")
    remark: Mapped[Any] = column(Text(200), label=_("Remark"))
