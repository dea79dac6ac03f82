"""劳动合同: contracts of a stay beside the one in force, which stands on the stay itself."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

import app.roster.models.workers  # noqa: F401 - the stay is declared first
from app.core import scope
from app.core.columns import ChoiceOf, Code, Date, Documents, Money, Ref, Text, column
from app.core.columns import Integer as Whole
from app.core.models import ProjectRow
from app.permissions import Area
from app.roster.choices import EmploymentType
from app.roster.models.shared import BOTH, CONTRACT_SCANS, EVERYWHERE, FORM, closed_term, piecework


class Contract(ProjectRow):
    """劳动合同 of a stay that is over or yet to begin (screens.md 8.2, open-api.md 9.7).

    The contract in force stands on the stay, where lists, sheets and rules read it; the columns
    of both have the same names, and ``services.contracts`` moves values between them. The files
    belong to the stay. What a new contract demands is declared here.
    """

    __areas__ = (Area.ROSTER,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("contract_no",)

    worker_id: Mapped[Any] = column(
        Ref("ProjectWorker"), label=_("Worker"), nullable=False, readonly=True, index=True
    )
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    employment_type: Mapped[Any] = column(
        ChoiceOf(EmploymentType), label=_("Form of employment"), required_at=FORM,
        default=EmploymentType.CONTRACT, sheet="用工形式",
    )  # fmt: skip
    contract_no: Mapped[Any] = column(
        Text(50), label=_("Contract no."), required_at=BOTH, sheet="合同编号"
    )
    contract_signed_on: Mapped[Any] = column(
        Date(past=True), label=_("Contract signed on"), required_at=BOTH, sheet="签订日期"
    )
    contract_term: Mapped[Any] = column(
        Code("contract_term"), label=_("Contract term"), required_at=EVERYWHERE,
        sheet="期限类型", api="contractPeriodType",
    )  # fmt: skip
    contract_from: Mapped[Any] = column(
        Date, label=_("Contract from"), required_at=EVERYWHERE, sheet="开始日期", api="startDate"
    )
    contract_to: Mapped[Any] = column(
        Date, label=_("Contract to"), required_at=BOTH, when=closed_term, sheet="结束日期",
        api="endDate",
    )  # fmt: skip
    pay_method: Mapped[Any] = column(
        Code("pay_method"), label=_("Way of pay"), required_at=BOTH, sheet="计薪方式"
    )
    pay_rate: Mapped[Any] = column(
        Money, label=_("Pay rate"), required_at=BOTH, sheet="计薪单价", api="unitPrice"
    )
    pay_unit: Mapped[Any] = column(
        Code("measure_unit"), label=_("Unit of measure"), required_at=BOTH, when=piecework,
        sheet="计量单位", api="unit",
    )  # fmt: skip
    contract_pay_day: Mapped[Any] = column(
        Whole(1, 31), label=_("Agreed pay day"), required_at=FORM
    )
    contract_files: Mapped[Any] = column(
        Documents(CONTRACT_SCANS, of="worker_id"), label=_("Contract (scan)"), api="attachments"
    )
