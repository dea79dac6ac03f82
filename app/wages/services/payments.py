"""How wages get paid: sent to the bank, answered line by line, held back, sent again (10.6)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select

from app.core import clock, scope
from app.core.errors import NotAllowed, Refusal, refuse_all
from app.extensions import db
from app.permissions import Area
from app.roster.models import ProjectWorker
from app.wages.choices import (
    ACCOUNT,
    AGAIN,
    FAILED,
    HELD,
    LINE_MOVES,
    PAID,
    UNPAID,
    CashState,
    PayrollPlanState,
    PayrollState,
    ReceiptResult,
    TrustMark,
)
from app.wages.errors import NotNow, WageRefusal
from app.wages.events import payments_stored
from app.wages.models import BankReceipt, LineCard, Payroll, PayrollLine, PayrollPlan
from app.wages.queries.payrolls import lines_in
from app.wages.services.lines import reason_to_hold
from app.wages.services.payrolls import lock
from app.wages.services.places import whole_project
from app.wages.states import PAYROLL_FLOW, PAYROLL_PLAN_FLOW

PAYING = (PayrollState.REVIEWED, PayrollState.PARTLY_PAID)
ANSWERS = {ReceiptResult.PAID: PAID, ReceiptResult.FAILED: FAILED,
           ReceiptResult.RETURNED_BY_BANK: FAILED}  # fmt: skip
Answer = Mapping[str, Any]


def lines_to_send(payroll: Payroll) -> list[PayrollLine]:
    """Give the lines the bank is to pay: not paid yet, through the account, to a card."""
    return [
        line for line in lines_in(payroll)
        if line.pay_channel == ACCOUNT and line.card_no and line.pay_state in (UNPAID, AGAIN)
    ]  # fmt: skip


def send_to_bank(payroll: Payroll, *, actor: scope.Principal) -> list[PayrollLine]:
    """Give the lines of a bank file of a reviewed payroll and note when it was sent."""
    _paying(payroll, actor)
    lines = lines_to_send(payroll)
    if not lines:
        raise NotNow(gettext("No line waits for the bank: all are paid, failed or held back"))
    payroll.sent_on = clock.now()
    db.session.flush()
    return lines


def record_answers(
    payroll: Payroll, answers: Sequence[Answer], *, actor: scope.Principal, proven: bool = False
) -> int:
    """Write what the bank answered, a line and try once; give how many answers were new.

    An answer told again is passed over; another one about a paid line is refused. ``proven``
    says that the answers are the bank's own file.
    """
    _paying(payroll, actor)
    lines = {line.id: line for line in lines_in(payroll)}
    problems: list[Refusal] = []
    fresh = 0
    for place, answer in enumerate(answers):
        line = lines.get(answer["line_id"])
        if line is None:
            problems.append(_at(place, gettext("This line is not of this payroll")))
        elif not _told_before(line, answer):
            problems += [_at(place, words) for words in _against(line, answer)]
            if not problems:
                _answer(payroll, line, answer, proven=proven)
                fresh += 1
    refuse_all(problems)
    db.session.flush()
    settle(payroll)
    return fresh


def hold_line(
    payroll: Payroll, line: PayrollLine, reason: Any, *, actor: scope.Principal
) -> PayrollLine:
    """Hold back a line that cannot be paid now, with the reason (暂缓发放)."""
    _paying(payroll, actor)
    if reason is None:
        raise WageRefusal(gettext("Give the reason of holding back"), field="hold_reason")
    _move(line, HELD)
    line.hold_reason = reason
    db.session.flush()
    settle(payroll)
    return line


def pay_again(
    payroll: Payroll, lines: Sequence[PayrollLine], *, actor: scope.Principal
) -> list[PayrollLine]:
    """换卡重发: failed and held lines are tried on the worker's card of now; the old is kept."""
    _paying(payroll, actor)
    problems: list[Refusal] = []
    for place, line in enumerate(lines):
        worker = db.session.get_one(ProjectWorker, line.project_worker_id)
        if line.payroll_id != payroll.id or line.pay_state not in (FAILED, HELD):
            problems.append(
                _at(place, gettext("%(name)s: only failed and held lines are paid again",
                                   name=worker.name))
            )  # fmt: skip
        elif reason := reason_to_hold(worker):
            problems.append(
                _at(place, gettext("%(name)s: %(reason)s; change the wage card on the worker's"
                                   " page first", name=worker.name, reason=reason.label))
            )  # fmt: skip
        elif not problems:
            _take_card(line, worker)
    refuse_all(problems)
    db.session.flush()
    settle(payroll)
    return list(lines)


def decide_cash(
    line: PayrollLine, remark: str = "", *, accepted: bool, actor: scope.Principal
) -> PayrollLine:
    """Accept or refuse the proof of a payment in cash, as the district; accepted it counts."""
    if actor.audience is not scope.Audience.GOVERNMENT or not actor.can("approve", str(Area.WAGES)):
        raise NotAllowed
    if line.pay_channel == ACCOUNT or line.cash_state is not CashState.WAITING:
        raise NotNow(gettext("This payment does not wait for the district"))
    if not accepted and not remark.strip():
        raise WageRefusal(gettext("Say why the proof is not accepted"), field="remark")
    line.cash_state = CashState.ACCEPTED if accepted else CashState.REFUSED
    line.trust_mark = TrustMark.CASH_ACCEPTED if accepted else TrustMark.UNCONFIRMED
    line.fail_reason = None if accepted else remark[:100]
    db.session.flush()
    payments_stored.send(project_id=line.project_id)
    return line


def settle(payroll: Payroll) -> None:
    """Let the state of a payroll follow its lines, and its plan what was paid."""
    states = [line.pay_state for line in lines_in(payroll)]
    if states and all(state == PAID for state in states):
        PAYROLL_FLOW.fire("pay", payroll, actor=scope.SYSTEM)
    elif payroll.state is PayrollState.REVIEWED and any(s != UNPAID for s in states):
        PAYROLL_FLOW.fire("pay_part", payroll, actor=scope.SYSTEM)
    if payroll.plan_id:
        carry_out(payroll.plan_id)
    payments_stored.send(project_id=payroll.project_id)


def carry_out(plan_id: int) -> None:
    """Sum what was paid of a payroll plan and let its state follow."""
    plan = db.session.get(PayrollPlan, plan_id)
    if plan is None:
        return
    plan.executed_amount = db.session.scalar(
        select(func.coalesce(func.sum(PayrollLine.paid), 0))
        .join(Payroll, (Payroll.project_id == PayrollLine.project_id)
              & (Payroll.id == PayrollLine.payroll_id))
        .where(Payroll.plan_id == plan_id, Payroll.project_id == plan.project_id,
               PayrollLine.pay_state == PAID, PayrollLine.is_deleted.is_(False),
               Payroll.is_deleted.is_(False))
    ) or Decimal(0)  # fmt: skip
    follow(PAYROLL_PLAN_FLOW, plan, PayrollPlanState)


def follow(flow: Any, plan: Any, state: Any) -> None:
    """Let a plan be carried out in part, in full or in part again, as its sum says."""
    db.session.flush()
    full = plan.executed_amount >= plan.amount
    if full and plan.state in (state.CONFIRMED, state.RUNNING):
        flow.fire("finish_plan", plan, actor=scope.SYSTEM)
    elif not full and plan.state is state.DONE:
        flow.fire("reopen_plan", plan, actor=scope.SYSTEM)
    elif not full and plan.executed_amount > 0 and plan.state is state.CONFIRMED:
        flow.fire("begin_plan", plan, actor=scope.SYSTEM)


def _paying(payroll: Payroll, actor: scope.Principal) -> None:
    """Refuse who does not pay this payroll, and a payroll that is not to be paid now."""
    if not whole_project(payroll.project_id, actor) and payroll.unit_id not in actor.units:
        raise NotAllowed
    lock(payroll)
    if payroll.state not in PAYING:
        raise NotNow(
            gettext("Wages are paid once the payroll is reviewed, and not after all are paid: this"
                    " one is %(state)s", state=payroll.state.label)
        )  # fmt: skip


def _at(place: int, words: str) -> WageRefusal:
    problem = WageRefusal(words)
    problem.row = place
    return problem


def _told_before(line: PayrollLine, answer: Answer) -> bool:
    """Tell whether the same answer about the same try is on record."""
    if line.pay_state != ANSWERS[answer["result"]]:
        return False
    return bool(
        line.pay_state != PAID or not answer.get("txn_no") or line.txn_no == answer["txn_no"]
    )


def _against(line: PayrollLine, answer: Answer) -> list[str]:
    found = []
    target, name = ANSWERS[answer["result"]], line.account_name
    if target not in LINE_MOVES[line.pay_state]:
        found.append(gettext("%(name)s: this line is paid already or held back", name=name))
    amount = answer.get("amount")
    if target == PAID:
        if amount is not None and amount != line.paid:
            found.append(
                gettext("%(name)s: the bank paid %(bank)s, the sheet says %(sheet)s", name=name,
                        bank=amount, sheet=line.paid)
            )  # fmt: skip
        if not answer.get("paid_on") or answer["paid_on"] > clock.today():
            found.append(gettext("%(name)s: enter the day of payment, not after today", name=name))
        if not answer.get("txn_no"):
            found.append(gettext("%(name)s: enter the transaction no.", name=name))
    elif not answer.get("fail_reason"):
        found.append(gettext("%(name)s: enter the bank's reason of the failure", name=name))
    return found


def _answer(payroll: Payroll, line: PayrollLine, answer: Answer, *, proven: bool) -> None:
    _move(line, ANSWERS[answer["result"]])
    if line.pay_state == PAID:
        line.paid_on, line.txn_no, line.fail_reason = answer["paid_on"], answer["txn_no"], None
        if line.pay_channel == ACCOUNT:
            line.trust_mark = TrustMark.BANK_CONFIRMED if proven else TrustMark.UNCONFIRMED
    else:
        line.fail_reason = answer["fail_reason"][:100]
    if proven:
        db.session.add(
            BankReceipt(
                project_id=payroll.project_id, payroll_id=payroll.id, line_id=line.id,
                unit_id=payroll.unit_id, try_no=line.retry_no, result=answer["result"],
                amount=answer.get("amount"), value_on=answer.get("paid_on"),
                txn_no=answer.get("txn_no"), fail_reason=line.fail_reason,
                file=answer.get("file"),
            )
        )  # fmt: skip


def _move(line: PayrollLine, target: str) -> None:
    """Give a line its next state of payment, as the table of the flow allows."""
    if target not in LINE_MOVES[line.pay_state]:
        raise NotNow(gettext("%(name)s: this line is paid already or held back",
                             name=line.account_name))  # fmt: skip
    line.pay_state = target


def _take_card(line: PayrollLine, worker: ProjectWorker) -> None:
    db.session.add(
        LineCard(
            project_id=line.project_id, line_id=line.id, unit_id=line.unit_id,
            try_no=line.retry_no, bank_code=line.bank_code, card_no=line.card_no,
            account_name=line.account_name, pay_state=line.pay_state,
            fail_reason=line.fail_reason,
        )
    )  # fmt: skip
    _move(line, AGAIN)
    line.retry_no += 1
    line.bank_code, line.card_no = worker.bank_code, worker.bank_card_no
    line.account_name = worker.bank_account_name or worker.name
    line.hold_reason = line.fail_reason = None
