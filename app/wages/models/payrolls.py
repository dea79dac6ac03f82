"""工资发放: payrolls, their lines, receipts of the bank (screens.md 10.6)."""

from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    UniqueConstraint,
    case,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import (
    BankCard,
    ChoiceOf,
    Code,
    Date,
    Document,
    Documents,
    Flag,
    Instant,
    Money,
    Month,
    Number,
    Picture,
    Ref,
    State,
    Text,
    column,
)  # fmt: skip
from app.core.columns import Integer as Whole
from app.core.models import ProjectRow
from app.permissions import Area
from app.projects.models import ProjectUnit
from app.roster.models import ProjectWorker, Team
from app.wages.choices import (
    CashState,
    ConfirmState,
    DeductionKind,
    EntryWay,
    HoldReason,
    PayrollState,
    ReceiptResult,
    TrustMark,
)  # fmt: skip
from app.wages.models.accounts import WageAccount
from app.wages.models.plans import PayrollPlan
from app.wages.models.shared import (
    BOTH,
    DEDUCTION_SHARE,
    EVERYWHERE,
    FORM,
    back_pay,
    deducted,
    is_paid,
    outside_account,
    paid_already,
)


class Payroll(ProjectRow):
    """工资单: one unit's wages of one month, team and batch."""

    __areas__ = (Area.WAGES,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("payroll_no",)
    __table_args__ = (
        UniqueConstraint("project_id", "payroll_no"),
        Index(None, "project_id", "unit_id", "wage_month"),
        Index(
            "uq_payroll_batch",
            "project_id",
            "unit_id",
            "team_id",
            "wage_month",
            "batch_kind",
            "batch_no",
            unique=True,
            postgresql_where=text("not is_deleted"),
        ),
        CheckConstraint(
            "not is_back_pay or back_pay_month is not null", name="back_pay_names_month"
        ),
        CheckConstraint("back_pay_month < wage_month", name="back_pay_is_of_an_earlier_month"),
    )

    payroll_no: Mapped[Any] = column(
        Text(32), label=_("Payroll no."), readonly=True, api="payRollCode"
    )
    entry_way: Mapped[Any] = column(
        ChoiceOf(EntryWay), label=_("Way of entry"), required_at=FORM, nullable=False,
        default=EntryWay.REVIEWED_FIRST,
    )  # fmt: skip
    wage_month: Mapped[Any] = column(
        Month, label=_("Wage month"), required_at=EVERYWHERE, nullable=False, sheet="所属月份",
        api="payMonth",
    )  # fmt: skip
    batch_kind: Mapped[Any] = column(
        Code("batch_kind"), label=_("Kind of batch"), required_at=BOTH, nullable=False,
        default="monthly", sheet="批次类型",
    )  # fmt: skip
    batch_no: Mapped[Any] = column(Whole(1, 99), label=_("Batch no."), default=1, readonly=True)
    unit_id: Mapped[Any] = column(
        Ref(ProjectUnit), label=_("Employing unit"), required_at=EVERYWHERE, nullable=False,
        index=True,
    )  # fmt: skip
    team_id: Mapped[Any] = column(
        Ref(Team, parent="unit_id"), label=_("Team"), required_at=EVERYWHERE, index=True
    )
    account_id: Mapped[Any] = column(
        Ref(WageAccount), label=_("Paying special account"), required_at=FORM, index=True
    )
    # a subcontractor does not see the general contractor's account, only what it is called
    account_label: Mapped[Any] = column(Text(200), label=_("Paid out of"), readonly=True)
    account_under_review: Mapped[Any] = column(
        Flag, label=_("Account under review"), nullable=False, default=False, readonly=True
    )
    sent_on: Mapped[Any] = column(Instant, label=_("Sent to the bank at"), readonly=True)
    publicity_on: Mapped[Any] = column(Date, label=_("Posted on"))
    publicity_img: Mapped[Any] = column(Picture, label=_("Photo of the posting"))
    plan_id: Mapped[Any] = column(Ref(PayrollPlan), label=_("Payroll plan"))
    is_back_pay: Mapped[Any] = column(
        Flag, label=_("Back pay"), nullable=False, default=False, readonly=True
    )
    back_pay_month: Mapped[Any] = column(
        Month, label=_("Month of the back pay"), required_at=BOTH, when=back_pay, sheet="补发月份"
    )
    bank_batch_no: Mapped[Any] = column(Text(64), label=_("Batch no. of the bank"))
    third_party_no: Mapped[Any] = column(
        Text(64), label=_("Payroll no. of the sender"), api="thirdPayRollCode"
    )
    signed_file: Mapped[Any] = column(
        Document, label=_("Signed wage sheet"),
        help=_("Needed before the review where lines are not confirmed by their workers"),
    )  # fmt: skip
    papers: Mapped[Any] = column(Documents(5), label=_("Attachments"), api="attachments")
    unsigned_reason: Mapped[Any] = column(
        Text(200), label=_("Reason of unsigned lines"), readonly=True
    )
    returned_reason: Mapped[Any] = column(Text(500), label=_("Reason of the return"), readonly=True)
    bank_receipt: Mapped[Any] = column(
        Document, label=_("Bank voucher"), required_at=BOTH, when=paid_already
    )
    state: Mapped[Any] = column(
        State(PayrollState), label=_("State"), default=PayrollState.DRAFT, nullable=False,
        index=True,
    )  # fmt: skip


class PayrollLine(ProjectRow):
    """工资明细: one worker on one payroll."""

    __areas__ = (Area.WAGES,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("account_name",)
    __table_args__ = (
        UniqueConstraint("project_id", "payroll_id", "project_worker_id"),
        Index(None, "project_id", "project_worker_id"),
        CheckConstraint("payable >= 0", name="payable_not_negative"),
        CheckConstraint("paid between 0 and payable", name="paid_within_payable"),
        CheckConstraint(
            "least(overtime_pay, allowance, tax_social, deduction, advance) >= 0",
            name="parts_not_negative",
        ),
        CheckConstraint(
            "coalesce(overtime_pay, 0) + coalesce(allowance, 0) <= payable",
            name="parts_within_payable",
        ),
        CheckConstraint("pay_state <> '20' or paid_on is not null", name="paid_is_dated"),
    )

    payroll_id: Mapped[Any] = column(Ref(Payroll), label=_("Payroll"), nullable=False, index=True)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    project_worker_id: Mapped[Any] = column(
        Ref(ProjectWorker), label=_("Worker"), required_at=EVERYWHERE, nullable=False
    )
    days: Mapped[Any] = column(Number(5, 1), label=_("Days attended"), sheet="出勤天数", api="days")
    hours: Mapped[Any] = column(
        Number(6, 1), label=_("Hours in all"), sheet="总工时", api="workHours"
    )
    pay_method: Mapped[Any] = column(Code("pay_method"), label=_("Way of pay"), readonly=True)
    rate: Mapped[Any] = column(Money, label=_("Rate"), readonly=True)
    quantity: Mapped[Any] = column(Number(12, 2), label=_("Quantity of work"), sheet="工程量")
    payable: Mapped[Any] = column(
        Money, label=_("Amount payable"), required_at=EVERYWHERE, nullable=False,
        sheet="应发金额", api="totalPayAmount",
    )  # fmt: skip
    overtime_pay: Mapped[Any] = column(Money, label=_("Overtime pay in it"), sheet="其中加班工资")
    allowance: Mapped[Any] = column(Money, label=_("Allowances in it"), sheet="津贴补贴")
    tax_social: Mapped[Any] = column(
        Money, label=_("Tax and social insurance"), sheet="个税社保代扣"
    )
    deduction: Mapped[Any] = column(Money, label=_("Deduction"), sheet="扣款")
    deduction_kind: Mapped[Any] = column(
        ChoiceOf(DeductionKind), label=_("Kind of deduction"), required_at=BOTH, when=deducted,
        sheet="扣款类别",
    )  # fmt: skip
    deduction_note: Mapped[Any] = column(
        Text(100), label=_("Note on the deduction"), required_at=BOTH, when=deducted,
        sheet="扣款说明",
    )  # fmt: skip
    advance: Mapped[Any] = column(Money, label=_("Advance set off"), sheet="预支抵扣")
    paid: Mapped[Any] = column(
        Money, label=_("Amount paid"), required_at=EVERYWHERE, sheet="实发金额",
        api="actualAmount",
    )  # fmt: skip
    pay_channel: Mapped[Any] = column(
        Code("pay_channel"), label=_("Way of payment"), required_at=BOTH, nullable=False,
        default="account", sheet="发放方式",
    )  # fmt: skip
    pay_proof: Mapped[Any] = column(
        Documents(5), label=_("Proof of payment"), required_at=FORM, when=outside_account
    )
    cash_state: Mapped[Any] = column(
        ChoiceOf(CashState), label=_("Review by the district"), readonly=True
    )
    bank_code: Mapped[Any] = column(Code("bank"), label=_("Bank"), readonly=True)
    card_no: Mapped[Any] = column(
        BankCard, label=_("Card no."), readonly=True, api="payRollBankCardNumber"
    )
    account_name: Mapped[Any] = column(Text(50), label=_("Account name"), readonly=True)
    hold_reason: Mapped[Any] = column(ChoiceOf(HoldReason), label=_("Reason of holding back"))
    paid_on: Mapped[Any] = column(
        Date(past=True), label=_("Paid on"), required_at=EVERYWHERE, when=is_paid,
        sheet="发放日期", api="balanceDate",
    )  # fmt: skip
    pay_state: Mapped[Any] = column(
        Code("pay_state"), label=_("State of payment"), nullable=False, default="0", index=True
    )
    fail_reason: Mapped[Any] = column(Text(100), label=_("Reason of the failure"))
    retry_no: Mapped[Any] = column(Whole(0, 99), label=_("Tries again"), default=0, readonly=True)
    txn_no: Mapped[Any] = column(
        Text(64), label=_("Transaction no."), required_at=BOTH, when=is_paid, sheet="银行流水号"
    )
    trust_mark: Mapped[Any] = column(ChoiceOf(TrustMark), label=_("Mark"), readonly=True)
    confirm_state: Mapped[Any] = column(
        ChoiceOf(ConfirmState), label=_("Confirmation by the worker"), nullable=False,
        default=ConfirmState.UNCONFIRMED,
    )  # fmt: skip
    days_reason: Mapped[Any] = column(Text(100), label=_("Reason of a different number of days"))


def net_payable() -> Any:
    """Give net of a line in 元, as an expression (alert-rules.md section 1, net).

    A deduction counts only with a note and up to a fifth of the wage: what goes beyond is owed
    (工资支付暂行规定 第十六条).
    """
    counted = case(
        (
            PayrollLine.deduction_note.is_not(None),
            func.least(PayrollLine.deduction, PayrollLine.payable * DEDUCTION_SHARE),
        ),
        else_=0,
    )
    return (
        PayrollLine.payable
        - func.coalesce(PayrollLine.tax_social, 0)
        - func.coalesce(counted, 0)
        - func.coalesce(PayrollLine.advance, 0)
    )


class LineCard(ProjectRow):
    """收款账户的留存: the card a payment was tried on before 换卡重发 took another (10.6)."""

    __areas__ = (Area.WAGES,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("account_name",)
    __table_args__ = (UniqueConstraint("project_id", "line_id", "try_no"),)

    line_id: Mapped[Any] = column(Ref(PayrollLine), label=_("Line"), nullable=False)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    try_no: Mapped[Any] = column(Whole(0, 99), label=_("Try"), nullable=False, default=0)
    bank_code: Mapped[Any] = column(Code("bank"), label=_("Bank"))
    card_no: Mapped[Any] = column(BankCard, label=_("Card no."))
    account_name: Mapped[Any] = column(Text(50), label=_("Account name"))
    pay_state: Mapped[Any] = column(Code("pay_state"), label=_("State of payment"))
    fail_reason: Mapped[Any] = column(Text(100), label=_("Reason of the failure"))


class BankReceipt(ProjectRow):
    """银行回执: what the bank answered about one line; never changed."""

    __areas__ = (Area.WAGES,)
    __scope__ = scope.by_project_unit()
    __picker__ = ("txn_no",)
    __table_args__ = (UniqueConstraint("project_id", "line_id", "try_no"),)

    payroll_id: Mapped[Any] = column(Ref(Payroll), label=_("Payroll"), nullable=False, index=True)
    line_id: Mapped[Any] = column(Ref(PayrollLine), label=_("Line"), nullable=False)
    unit_id: Mapped[Any | None] = mapped_column(BigInteger, nullable=False)
    try_no: Mapped[Any] = column(Whole(0, 99), label=_("Try"), nullable=False, default=0)
    result: Mapped[Any] = column(
        ChoiceOf(ReceiptResult), label=_("Result"), required_at=BOTH, nullable=False
    )
    amount: Mapped[Any] = column(Money, label=_("Amount"), required_at=BOTH)
    value_on: Mapped[Any] = column(Date(past=True), label=_("Value date"), required_at=BOTH)
    txn_no: Mapped[Any] = column(Text(64), label=_("Transaction no."))
    fail_reason: Mapped[Any] = column(Text(100), label=_("Reason of the failure"))
    file: Mapped[Any] = column(Document, label=_("File of the bank"))
    matched: Mapped[Any | None] = mapped_column(Boolean, nullable=False, default=False)
