"""Closed lists of the wage domain (screens.md 10, 17, 20)."""

from app.core.columns import N_, Choice


class EntryWay(Choice):
    """录入方式: reviewed before payment, or recorded after it."""

    REVIEWED_FIRST = N_("Reviewed before payment")
    PAID_ALREADY = N_("Recorded after payment")


class PayrollState(Choice):
    """State of a payroll, of either way of entry (screens.md 20)."""

    DRAFT = N_("Draft")
    WITH_WORKERS = N_("Waiting for the workers")
    SUBMITTED = N_("Submitted")
    REVIEWED = N_("Reviewed")
    RETURNED = N_("Returned for changes")
    PARTLY_PAID = N_("Partly paid")
    PAID = N_("Paid")
    ARCHIVED = N_("Archived")


class AccountState(Choice):
    """账户状态 of a special account: it works while under review, marked 账户审核中."""

    SUBMITTED = N_("Waiting for review")
    ACTIVE = N_("Account in order")
    FROZEN = N_("Frozen")
    CLOSED = N_("Account closed")


USABLE_ACCOUNTS = (AccountState.SUBMITTED, AccountState.ACTIVE)


class MoneyKind(Choice):
    """分账款 or 工资款: what a plan of allocation or a transfer moves."""

    SPLIT = N_("Split money")
    WAGE = N_("Wage money")


class AllocationState(Choice):
    """State of a plan of allocation (screens.md 20, Plan)."""

    DRAFT = N_("Draft")
    SUBMITTED = N_("Submitted")
    CONFIRMED = N_("Confirmed")
    RUNNING = N_("Being carried out")
    DONE = N_("Fully carried out")
    VOID = N_("Made void")


class PayrollPlanState(Choice):
    """State of a payroll plan (screens.md 20, Plan)."""

    DRAFT = N_("Draft")
    SUBMITTED = N_("Submitted")
    CONFIRMED = N_("Confirmed")
    RUNNING = N_("Being carried out")
    DONE = N_("Fully carried out")
    VOID = N_("Made void")


class TransferState(Choice):
    """确认状态 of a transfer (screens.md 10.4)."""

    PENDING = N_("Waiting for confirmation")
    PAYEE_CONFIRMED = N_("Confirmed by the payee")
    RECEIPT_CONFIRMED = N_("Confirmed by the bank receipt")
    DISPUTED = N_("Disputed by the payee")
    VOID = N_("Made void")


RECEIVED = (TransferState.PAYEE_CONFIRMED, TransferState.RECEIPT_CONFIRMED)


class EnteredFor(Choice):
    """录入方: the payer itself, or the payee for a payer without a login."""

    PAYER = N_("Payer")
    PAYEE = N_("Entered by the payee for the payer")


class Direction(Choice):
    """收/支 of an account transaction."""

    IN = N_("Money in")
    OUT = N_("Money out")


class TransactionState(Choice):
    """State of an account transaction: never edited, only reversed (screens.md 10.9)."""

    BOOKED = N_("Booked")
    REVERSED = N_("Reversed")


class DeductionKind(Choice):
    """扣款类别."""

    DAMAGE = N_("Compensation")
    MEALS = N_("Meals")
    TOOLS = N_("Tools")
    OTHER = N_("Other")


class CashState(Choice):
    """区审核 of a payment in cash."""

    WAITING = N_("Waiting for review")
    ACCEPTED = N_("Accepted")
    REFUSED = N_("Not accepted")


class HoldReason(Choice):
    """暂缓发放原因."""

    NO_CARD = N_("No wage card")
    CARD_INVALID = N_("Card not valid")
    NAME_DIFFERS = N_("Account name differs")
    UNREACHABLE = N_("Worker cannot be reached")
    OTHER = N_("Other")


class TrustMark(Choice):
    """核对标记: how far a payment is borne out."""

    BANK_CONFIRMED = N_("Confirmed by the bank")
    UNCONFIRMED = N_("Not confirmed by the bank")
    CASH_WAITING = N_("Cash, waiting for review")
    CASH_ACCEPTED = N_("Cash, accepted")


class ConfirmState(Choice):
    """工人确认."""

    UNCONFIRMED = N_("Not confirmed")
    CONFIRMED = N_("Confirmed by the worker")
    OBJECTED = N_("Objected to")
    TIMED_OUT = N_("Taken as agreed after the time limit")


class ReceiptResult(Choice):
    """Result of one line of a bank file."""

    PAID = N_("Paid")
    FAILED = N_("Failed")
    RETURNED_BY_BANK = N_("Returned by the bank")


# codes of the dictionary pay_state
UNPAID, PAID, FAILED, AGAIN, HELD = "0", "20", "30", "40", "50"
# which state of payment may follow which (screens.md 20, PayrollLine)
LINE_MOVES = {
    UNPAID: (PAID, FAILED, HELD), FAILED: (AGAIN,), HELD: (AGAIN,), AGAIN: (PAID, FAILED), PAID: (),
}  # fmt: skip
MONTHLY, BACK_PAY = "monthly", "back_pay"
ACCOUNT, CASH, OTHERWISE = "account", "cash", "other"
# payrolls whose lines are a wage sheet in the sense of the rules: no draft, nothing returned
SHEET_STATES = (
    PayrollState.WITH_WORKERS, PayrollState.SUBMITTED, PayrollState.REVIEWED,
    PayrollState.PARTLY_PAID, PayrollState.PAID, PayrollState.ARCHIVED,
)  # fmt: skip
