"""工资专用账户: the special accounts of units on a project (screens.md 10.7)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from app.core import scope
from app.core.columns import (
    AccountNumber,
    Code,
    Date,
    Document,
    Instant,
    Mobile,
    Money,
    PersonName,
    Ref,
    State,
    Text,
    column,
)
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.wages.choices import AccountState
from app.wages.models.shared import EVERYWHERE, FORM

NAME_ENDS = "农民工工资专用账户"  # 人社部发〔2021〕53号 第六条


def _filed(values: Mapping[str, Any]) -> bool:
    return bool(values.get("filed_on"))


class WageAccount(ProjectRow):
    """工资专用账户: a unit's account of one project, out of which wages are paid (10.7).

    One live account a unit and project. ``balance`` is the last one told, by a statement or by
    the transactions; what came in and went out is summed from 专户流水 and the transfers.
    """

    __areas__ = (Area.WAGES,)
    __scope__ = scope.by_project_unit(government_writes=True)
    __picker__ = ("account_name",)
    __table_args__ = (
        Index(
            "uq_wage_account_live_unit", "project_id", "unit_id", unique=True,
            postgresql_where=text("state <> 'CLOSED' and not is_deleted"),
        ),
        Index(
            "uq_wage_account_number", "project_id", "account_no_hash",
            text("coalesce(sub_ledger_no, '')"), unique=True,
            postgresql_where=text("not is_deleted"),
        ),
        CheckConstraint("filed_on >= opened_on", name="filed_after_opening"),
        CheckConstraint("state <> 'CLOSED' or closed_on is not null", name="closed_is_dated"),
        CheckConstraint("closed_on >= opened_on", name="closed_after_opening"),
    )  # fmt: skip

    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Account holder"), required_at=EVERYWHERE, nullable=False,
        index=True,
    )  # fmt: skip
    account_name: Mapped[Any] = column(
        Text(200), label=_("Name of the account"), required_at=EVERYWHERE, nullable=False,
        api="accountName",
        help=_("Unit, project and the words 农民工工资专用账户, with which it must end"),
    )  # fmt: skip
    bank_code: Mapped[Any] = column(
        Code("bank"), label=_("Bank of the account"), required_at=EVERYWHERE, nullable=False,
        api="payBankCode",
    )  # fmt: skip
    bank_branch: Mapped[Any] = column(
        Text(100), label=_("Branch"), required_at=FORM, api="payBankName"
    )
    account_no: Mapped[Any] = column(
        AccountNumber, label=_("Account no."), required_at=EVERYWHERE, nullable=False,
        sheet="专用账户账号", api="payBankCardNumber",
    )  # fmt: skip
    sub_ledger_no: Mapped[Any] = column(
        Text(30), label=_("Sub-ledger no."), sheet="子账簿号", api="subLedgerNo",
        help=_("Where one bank account keeps a ledger for each project"),
    )  # fmt: skip
    bank_union_no: Mapped[Any] = column(Text(12), label=_("Union no. of the bank"), api="unionNo")
    opened_on: Mapped[Any] = column(
        Date(past=True), label=_("Opened on"), required_at=EVERYWHERE, nullable=False,
        api="openDate",
        help=_("Within 30 days of the construction contract (人社部发〔2021〕53号 第六条)"),
    )  # fmt: skip
    filed_on: Mapped[Any] = column(
        Date(past=True), label=_("Filed on"), api="fileDate",
        help=_("With the supervising office within 30 days of the opening"),
    )  # fmt: skip
    filed_file: Mapped[Any] = column(
        Document, label=_("Receipt of the filing"), required_at=FORM, when=_filed
    )
    tripartite_file: Mapped[Any] = column(
        Document, label=_("Three-party agreement"), required_at=FORM,
        help=_("Of owner, contractor and bank"),
    )  # fmt: skip
    contact_name: Mapped[Any] = column(
        PersonName, label=_("Contact of the account"), required_at=FORM, api="contactName"
    )
    contact_mobile: Mapped[Any] = column(
        Mobile, label=_("Mobile of the contact"), required_at=FORM, api="contactPhone"
    )
    low_balance: Mapped[Any] = column(Money, label=_("Low-balance mark (yuan)"))
    balance: Mapped[Any] = column(Money, label=_("Balance (yuan)"), readonly=True, api="balance")
    balance_on: Mapped[Any] = column(Instant, label=_("Balance at"), readonly=True)
    close_asked_on: Mapped[Any] = column(Date, label=_("Closing asked for on"), readonly=True)
    notice_from: Mapped[Any] = column(Date, label=_("No-arrears notice from"), readonly=True)
    closed_on: Mapped[Any] = column(Date, label=_("Account closed on"), readonly=True)
    closed_file: Mapped[Any] = column(Document, label=_("Proof of the closing"), readonly=True)
    state: Mapped[Any] = column(
        State(AccountState), label=_("State of the account"), default=AccountState.SUBMITTED,
        nullable=False, index=True,
    )  # fmt: skip
