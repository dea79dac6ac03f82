"""The lines of a payroll: made from attendance and contract, typed over, checked (10.6)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from app.core import clock
from app.core.errors import Refusal
from app.core.names import same_name
from app.wages.amounts import suggested, to_pay
from app.wages.choices import (
    ACCOUNT,
    FAILED,
    HELD,
    PAID,
    UNPAID,
    CashState,
    EntryWay,
    HoldReason,
    TrustMark,
)
from app.wages.errors import WageRefusal
from app.wages.models import Payroll, PayrollLine
from app.wages.queries.choosing import Candidate

TYPED = (
    "days", "hours", "quantity", "payable", "overtime_pay", "allowance", "tax_social",
    "deduction", "deduction_kind", "deduction_note", "advance", "paid", "pay_channel",
    "pay_proof", "hold_reason", "paid_on", "pay_state", "fail_reason", "txn_no", "days_reason",
)  # fmt: skip
Row = Mapping[str, Any]


def line_of(payroll: Payroll, known: Candidate, row: Row, door: str) -> PayrollLine:
    """Make one line: what was typed, else what attendance and contract say."""
    worker = known.worker
    line = PayrollLine(
        project_id=payroll.project_id, payroll_id=payroll.id, unit_id=payroll.unit_id,
        project_worker_id=worker.id, pay_method=worker.pay_method, rate=worker.pay_rate,
        days=known.days, hours=known.hours, pay_channel=ACCOUNT, payable=known.amount or Decimal(0),
        pay_state=UNPAID, bank_code=worker.bank_code, card_no=worker.bank_card_no,
        account_name=worker.bank_account_name or worker.name,
    )  # fmt: skip
    write_line(payroll, line, {"pay_channel": ACCOUNT, **row}, door)
    return line


def write_line(payroll: Payroll, line: PayrollLine, row: Row, door: str) -> None:
    """Write what was typed; by form the amount paid follows from the others."""
    typed = {name: row[name] for name in TYPED if name in row}
    for name, value in typed.items():
        if (
            name not in ("pay_state", "pay_channel", "days", "hours", "payable")
            or value is not None
        ):
            setattr(line, name, value)
    if line.pay_method == "piece" and typed.get("payable") is None and line.quantity is not None:
        line.payable = suggested("piece", line.rate, 0, Decimal(0), line.quantity) or line.payable
    if door == "form" or line.paid is None:
        line.paid = to_pay(vars_of(line))
    _stand(payroll, line)


def vars_of(line: PayrollLine) -> dict[str, Any]:
    """Give the amounts of a line by name."""
    return {name: getattr(line, name) for name in (*TYPED, "pay_method")}


def _stand(payroll: Payroll, line: PayrollLine) -> None:
    """Put state and mark of a line right: what cannot be paid is held back, the rest go on."""
    if line.pay_channel != ACCOUNT:
        line.cash_state = line.cash_state or CashState.WAITING
        line.trust_mark = TrustMark.CASH_WAITING
    else:
        line.cash_state, line.trust_mark = None, TrustMark.UNCONFIRMED
    if payroll.entry_way is EntryWay.PAID_ALREADY:
        return
    line.paid_on = line.txn_no = None
    line.pay_state = HELD if line.pay_channel == ACCOUNT and line.hold_reason else UNPAID


def hold_what_cannot_be_paid(payroll: Payroll, line: PayrollLine, worker: Any) -> bool:
    """Hold back a line without a valid card; tell whether it was (10.6, Never stops the rest)."""
    if payroll.entry_way is EntryWay.PAID_ALREADY or line.pay_channel != ACCOUNT:
        return False
    if line.hold_reason is None:
        line.hold_reason = reason_to_hold(worker)
    line.pay_state = HELD if line.hold_reason else UNPAID
    return line.pay_state == HELD


def reason_to_hold(worker: Any) -> HoldReason | None:
    """Give why a worker's card cannot be paid to, None where it can."""
    if not worker.bank_card_no_hash:
        return HoldReason.NO_CARD
    account = worker.bank_account_name or worker.name
    if not same_name(account, worker.name) and not worker.account_name_proof:
        return HoldReason.NAME_DIFFERS
    return None


def problems_of(
    payroll: Payroll, line: PayrollLine, known: Candidate | None, door: str
) -> Iterator[Refusal]:
    """Say what is wrong with a line; the words name its worker."""
    yield from _of_amounts(line, door)
    yield from _of_attendance(line, known, door)
    yield from _of_deduction(line, door)
    yield from _of_payment(payroll, line, door)


def _of_amounts(line: PayrollLine, door: str) -> Iterator[Refusal]:
    if line.payable is None:
        yield WageRefusal(gettext("Enter the amount payable"), field="payable")
        return
    if line.paid < 0:
        yield WageRefusal(
            gettext("Tax, deduction and advance exceed the amount payable: check them"),
            field="payable",
        )
    elif line.paid > line.payable:
        yield WageRefusal(gettext("The amount paid is not above the amount payable"), field="paid")
    elif door == "sheet" and line.paid != to_pay(vars_of(line)):
        yield WageRefusal(
            gettext("The amount paid is payable less tax, deduction and advance: %(amount)s",
                    amount=to_pay(vars_of(line))),
            field="paid",
        )  # fmt: skip
    parts = sum((getattr(line, name) or Decimal(0) for name in ("overtime_pay", "allowance")),
                Decimal(0))  # fmt: skip
    if parts > line.payable:
        yield WageRefusal(
            gettext("Overtime pay and allowances are parts of the amount payable"),
            field="overtime_pay",
        )
    if line.pay_method == "piece" and line.quantity is None and door == "form" and line.payable:
        yield WageRefusal(gettext("Piece work needs the quantity"), field="quantity")


def _of_attendance(line: PayrollLine, known: Candidate | None, door: str) -> Iterator[Refusal]:
    if known is None or door == "api" or line.days_reason:
        return
    if (line.days or 0) != known.days or (line.hours or 0) != known.hours:
        yield WageRefusal(
            gettext("Attendance has %(days)s days and %(hours)s hours: give the reason of the"
                    " difference", days=known.days, hours=known.hours),
            field="days_reason",
        )  # fmt: skip


def _of_deduction(line: PayrollLine, door: str) -> Iterator[Refusal]:
    if not line.deduction or door == "api":
        return
    if line.deduction_kind is None:
        yield WageRefusal(gettext("Say what is deducted for"), field="deduction_kind")
    if not line.deduction_note:
        yield WageRefusal(gettext("Give a note on the deduction"), field="deduction_note")


def _of_payment(payroll: Payroll, line: PayrollLine, door: str) -> Iterator[Refusal]:
    if payroll.entry_way is not EntryWay.PAID_ALREADY:
        return
    if line.pay_state not in (PAID, FAILED, HELD):
        yield WageRefusal(
            gettext("Say of each line whether it is paid, failed or held back"), field="pay_state"
        )
    elif line.pay_state == PAID:
        if line.paid_on is None:
            yield WageRefusal(gettext("Enter the date of payment"), field="paid_on")
        elif line.paid_on > clock.today():
            yield WageRefusal(gettext("The date of payment is not in the future"), field="paid_on")
        if not line.txn_no and door != "api":
            yield WageRefusal(gettext("Enter the transaction no."), field="txn_no")
    elif line.pay_state == FAILED and not line.fail_reason:
        yield WageRefusal(gettext("Enter the bank's reason of the failure"), field="fail_reason")
    elif line.pay_state == HELD and line.hold_reason is None:
        yield WageRefusal(gettext("Give the reason of holding back"), field="hold_reason")


def told(problems: Sequence[Refusal], row: int, name: str) -> list[Refusal]:
    """Give problems of a row the name of its worker and its place."""
    found: list[Refusal] = []
    for problem in problems:
        one = WageRefusal(f"{name}：{problem}", field=problem.field)
        one.row = row
        found.append(one)
    return found
