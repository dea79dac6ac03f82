"""专户流水: what moved on a special account, by the bank's own word (screens.md 10.9)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from app.core import scope
from app.core.columns import (
    AccountNumber,
    ChoiceOf,
    Code,
    Documents,
    Instant,
    Money,
    Ref,
    State,
    Text,
    case,
    column,
)
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.wages.choices import Direction, TransactionState
from app.wages.models.accounts import WageAccount
from app.wages.models.payrolls import Payroll, PayrollLine
from app.wages.models.shared import EVERYWHERE, FORM, POSITIVE
from app.wages.models.transfers import Transfer

WITHOUT_COUNTERPART = ("fee", "interest")
PROVEN = ("court", "other_out")


@case(_("it is neither a fee nor interest"))
def _has_counterpart(values: Mapping[str, Any]) -> bool:
    return values.get("txn_class") not in WITHOUT_COUNTERPART


@case(_("it is a judicial deduction or another expense"))
def _proven(values: Mapping[str, Any]) -> bool:
    return values.get("txn_class") in PROVEN


class AccountTransaction(ProjectRow):
    """One line of an account's statement. Never edited: a wrong one is reversed (冲正).

    ``transfer_id``, ``payroll_id`` and ``line_id`` are 对应记录: what of our own it bears out.
    """

    __areas__ = (Area.WAGES,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("txn_no",)
    __table_args__ = (
        Index(
            "uq_account_transaction_txn_no",
            "project_id",
            "account_id",
            "txn_no",
            unique=True,
            postgresql_where=text("state = 'BOOKED' and not is_deleted"),
        ),
        Index(None, "project_id", "account_id", "txn_at"),
        CheckConstraint("amount > 0", name="transaction_above_nought"),
        CheckConstraint(
            "state <> 'REVERSED' or reversal_reason is not null", name="reversed_with_reason"
        ),
        CheckConstraint("num_nonnulls(transfer_id, payroll_id) <= 1", name="linked_once"),
    )

    account_id: Mapped[Any] = column(
        Ref(WageAccount), label=_("Special account"), required_at=EVERYWHERE, nullable=False,
        index=True,
    )  # fmt: skip
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Account holder"), nullable=False, readonly=True
    )
    txn_at: Mapped[Any] = column(
        Instant(past=True), label=_("Transaction at"), required_at=EVERYWHERE, nullable=False,
        sheet="交易时间", api="txnTime",
    )  # fmt: skip
    in_out: Mapped[Any] = column(
        ChoiceOf(Direction), label=_("In or out"), required_at=EVERYWHERE, nullable=False,
        sheet="收/支", api="inOut",
    )  # fmt: skip
    amount: Mapped[Any] = column(
        Money(POSITIVE), label=_("Amount (yuan)"), required_at=EVERYWHERE, nullable=False,
        sheet="金额", api="amount",
    )  # fmt: skip
    txn_no: Mapped[Any] = column(
        Text(64), label=_("No. of the transaction"), required_at=EVERYWHERE, nullable=False,
        sheet="交易流水号", api="txnNo",
    )  # fmt: skip
    counterparty: Mapped[Any] = column(
        Text(200), label=_("Name of the other side"), required_at=EVERYWHERE, nullable=False,
        sheet="对方户名", api="counterparty",
    )  # fmt: skip
    counterparty_account: Mapped[Any] = column(
        AccountNumber, label=_("Account of the other side"), required_at=FORM,
        when=_has_counterpart, sheet="对方账号", api="counterpartyAccount",
    )  # fmt: skip
    counterparty_bank: Mapped[Any] = column(
        Text(100), label=_("Bank of the other side"), required_at=FORM, when=_has_counterpart,
        sheet="对方开户行", api="counterpartyBank",
    )  # fmt: skip
    purpose: Mapped[Any] = column(
        Text(200), label=_("Words of the bank"), sheet="用途摘要", api="purpose"
    )
    txn_class: Mapped[Any] = column(
        Code("account_txn_class"), label=_("Class of the transaction"), sheet="分类",
        api="txnClass", help=_("Empty: proposed from amount, date and the other side"),
    )  # fmt: skip
    transfer_id: Mapped[Any] = column(Ref(Transfer), label=_("Transfer it bears out"))
    payroll_id: Mapped[Any] = column(Ref(Payroll), label=_("Payroll it bears out"))
    line_id: Mapped[Any] = column(Ref(PayrollLine), label=_("Line it bears out"), index=True)
    balance_after: Mapped[Any] = column(
        Money, label=_("Balance after it (yuan)"), sheet="交易后余额", api="balanceAfter"
    )
    proof: Mapped[Any] = column(
        Documents(5), label=_("Proof of the transaction"), required_at=FORM, when=_proven
    )
    reversal_reason: Mapped[Any] = column(
        Text(200), label=_("Reason of the reversal"), readonly=True
    )
    state: Mapped[Any] = column(
        State(TransactionState), label=_("State"), default=TransactionState.BOOKED,
        nullable=False, index=True,
    )  # fmt: skip
