"""分账款拨付 and 工资款拨付: money moved between units, with the bank's word (10.4, 10.5)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import (
    AccountNumber,
    ChoiceOf,
    Code,
    Date,
    Document,
    Flag,
    Instant,
    Money,
    Month,
    Ref,
    State,
    Text,
    case,
    column,
)
from app.core.columns import Integer as Whole
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.wages.choices import EnteredFor, MoneyKind, TransferState
from app.wages.models.accounts import WageAccount
from app.wages.models.plans import BETWEEN_UNITS, AllocationPlan, of_payee
from app.wages.models.shared import EVERYWHERE, FORM, LIVE, POSITIVE


def _for_wages(values: Mapping[str, Any]) -> bool:
    # a form is of one kind and does not ask for it
    return values.get("kind") is not MoneyKind.SPLIT


@case(_("the payer has no special account here"))
def _typed(values: Mapping[str, Any]) -> bool:
    return not values.get("payer_account_id")


@case(_("there is no plan for it"))
def _unplanned(values: Mapping[str, Any]) -> bool:
    return not values.get("plan_id")


class Transfer(ProjectRow):
    """拨付: one movement of 分账款 or 工资款 into a special account.

    ``payer_bank`` is the bank of the paying account, registered here or typed; a transaction
    number stands once a bank. What the payee or the bank has confirmed counts.
    """

    __areas__ = (Area.WAGES,)
    __scope__ = BETWEEN_UNITS
    __picker__ = ("txn_no",)
    __table_args__ = (
        UniqueConstraint("project_id", "transfer_no"),
        Index(
            "uq_transfer_txn_no", "project_id", "payer_bank", "txn_no", unique=True,
            postgresql_where=text(LIVE),
        ),
        CheckConstraint("amount > 0", name="transfer_above_nought"),
        CheckConstraint("payer_unit_id <> payee_unit_id", name="transfer_between_two"),
        CheckConstraint(
            "state not in ('PAYEE_CONFIRMED', 'RECEIPT_CONFIRMED') or confirmed_at is not null",
            name="confirmed_is_dated",
        ),
        CheckConstraint(
            "plan_id is not null or no_plan_reason is not null", name="planned_or_reasoned"
        ),
    )  # fmt: skip

    kind: Mapped[Any] = column(
        ChoiceOf(MoneyKind), label=_("Kind of money"), nullable=False, readonly=True, sheet="类型",
        api="transferType",
    )  # fmt: skip
    transfer_no: Mapped[Any] = column(
        Text(32), label=_("Transfer no."), readonly=True, api="transferCode"
    )
    payer_unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Paying unit"), required_at=EVERYWHERE, nullable=False,
        index=True,
    )  # fmt: skip
    payer_account_id: Mapped[Any] = column(
        Ref(WageAccount, parent="payer_unit_id"), label=_("Paying account"), index=True
    )
    payer_bank: Mapped[Any] = column(
        Code("bank"), label=_("Bank of the payer"), required_at=FORM, when=_typed,
        api="payerBankCode",
    )  # fmt: skip
    payer_account_no: Mapped[Any] = column(
        AccountNumber, label=_("Account no. of the payer"), required_at=FORM, when=_typed,
        sheet="付款账号", api="payerAccountNo",
    )  # fmt: skip
    payer_account_name: Mapped[Any] = column(
        Text(200), label=_("Account name of the payer"), required_at=FORM, when=_typed,
        api="payerAccountName",
    )  # fmt: skip
    payee_unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Receiving unit of the money"), required_at=EVERYWHERE,
        nullable=False, index=True,
    )  # fmt: skip
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False, index=True)
    payee_account_id: Mapped[Any] = column(
        Ref(WageAccount, parent="payee_unit_id"), label=_("Receiving special account"),
        required_at=EVERYWHERE, nullable=False, index=True,
    )  # fmt: skip
    payee_account_name: Mapped[Any] = column(
        Text(200), label=_("Account name of the payee"), readonly=True
    )
    payee_bank: Mapped[Any] = column(Code("bank"), label=_("Bank of the payee"), readonly=True)
    plan_id: Mapped[Any] = column(
        Ref(AllocationPlan), label=_("Plan carried out"), sheet="对应计划编号", api="planCode",
        index=True,
    )  # fmt: skip
    no_plan_reason: Mapped[Any] = column(
        Text(200), label=_("Reason of a transfer without a plan"), required_at=EVERYWHERE,
        when=_unplanned, api="noPlanReason",
    )  # fmt: skip
    txn_no: Mapped[Any] = column(
        Text(64), label=_("No. of the transaction"), required_at=EVERYWHERE, nullable=False,
        sheet="交易流水号", api="txnNo",
    )  # fmt: skip
    txn_on: Mapped[Any] = column(
        Date(past=True), label=_("Transaction date"), required_at=EVERYWHERE, nullable=False,
        sheet="交易日期", api="txnDate",
    )  # fmt: skip
    amount: Mapped[Any] = column(
        Money(POSITIVE), label=_("Amount transferred (yuan)"), required_at=EVERYWHERE,
        nullable=False, sheet="交易金额", api="amount",
    )  # fmt: skip
    purpose: Mapped[Any] = column(
        Text(100), label=_("Purpose"), required_at=FORM, sheet="用途", api="purpose"
    )
    wage_month: Mapped[Any] = column(
        Month, label=_("Wage month"), required_at=EVERYWHERE, when=_for_wages, api="payMonth"
    )
    head_count: Mapped[Any] = column(
        Whole(1, 100_000), label=_("Number of people"), api="headCount"
    )
    receipt: Mapped[Any] = column(Document, label=_("Bank receipt of it"), required_at=FORM)
    entered_for: Mapped[Any] = column(
        ChoiceOf(EnteredFor), label=_("Entered by"), nullable=False, default=EnteredFor.PAYER,
        readonly=True,
    )  # fmt: skip
    account_under_review: Mapped[Any] = column(
        Flag, label=_("Account under review"), nullable=False, default=False, readonly=True
    )
    confirm_by: Mapped[Any] = column(Date, label=_("Confirm by"), readonly=True)
    confirmed_at: Mapped[Any] = column(Instant, label=_("Confirmed at"), readonly=True)
    dispute_reason: Mapped[Any] = column(Text(500), label=_("Reason of the dispute"), readonly=True)
    remark: Mapped[Any] = column(Text(200), label=_("Remark"), api="remark")
    state: Mapped[Any] = column(
        State(TransferState), label=_("State"), default=TransferState.PENDING, nullable=False,
        index=True,
    )  # fmt: skip


Transfer.__follows__ = staticmethod(of_payee)
