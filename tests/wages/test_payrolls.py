"""工资发放: suggested, typed over, submitted, reviewed, paid line by line (screens.md 10.6)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core.errors import IllegalMove, NotAllowed, Refusal
from app.extensions import db
from app.projects.models import Project
from app.roster.choices import StayState
from app.roster.models import ProjectWorker
from app.wages import services
from app.wages.choices import (
    CashState,
    ConfirmState,
    DeductionKind,
    EntryWay,
    HoldReason,
    PayrollState,
    ReceiptResult,
    TrustMark,
)
from app.wages.models import BankReceipt, LineCard, PayrollLine
from app.wages.queries.choosing import Which, candidates
from app.wages.queries.payrolls import lines_in, totals, warnings
from tests.factories import attendance, enterprises, projects, roster, states
from tests.roster.conftest import principal_of
from tests.wages.conftest import refusals

OCTOBER = "2026-10"
PAID_ON = date(2026, 11, 13)
CARD = {"bank_code": "102", "bank_card_no": "6222021234567890123", "account_type": "debit",
        "bank_branch": "江门分行"}  # fmt: skip


def worker(team, days=3, **more):
    """Make a worker of 320 a day with a card and some valid days in October."""
    row = roster.worker(
        team, entry_on=date(2026, 9, 1), **{"pay_method": "daily", "pay_rate": 320, **CARD, **more}
    )
    for number in range(days):
        on = date(2026, 10, 12) + timedelta(days=number)
        punches = (attendance.punch(row, text, on) for text in ("in 07:00", "out 16:00"))
        attendance.record(db.session.get(Project, row.project_id), *punches)
    return row


def draft(site, workers, actor, rows=None, **more):
    values = {"unit_id": site.main.id, "team_id": site.main_team.id, "wage_month": OCTOBER, **more}
    rows = rows or [{"project_worker_id": one.id} for one in workers]
    return services.draft_payroll(site.project, values, rows, actor=actor)


def reviewed(site, workers, actor):
    row = draft(site, workers, actor)
    services.ask_workers(row, actor=actor)
    services.sign_lines(row, {"signed_file": projects.stored_file()}, actor=actor)
    services.submit_payroll(row, actor=actor)
    return services.review_payroll(row, actor=actor)


def paid(line, txn="T1", **more):
    return {"line_id": line.id, "result": ReceiptResult.PAID, "paid_on": PAID_ON, "txn_no": txn,
            **more}  # fmt: skip


def failed(line):
    return {"line_id": line.id, "result": ReceiptResult.FAILED, "fail_reason": "户名不符"}


def test_a_draft_suggests_attendance_times_rate(site, gc):
    row = draft(site, [worker(site.main_team, 3), worker(site.main_team, 1)], gc)
    first, second = lines_in(row)
    assert (first.days, first.hours, first.payable, first.paid) == (3, Decimal("22.5"), 960, 960)
    assert second.payable == 320
    assert (row.state, row.entry_way) == (PayrollState.DRAFT, EntryWay.REVIEWED_FIRST)
    assert row.account_id == site.account.id
    assert totals([row.id])[row.id].payable == Decimal("1280.00")


def test_step_one_offers_who_attended_left_failed_or_all(site, gc):
    here, left, absent = (worker(site.main_team, n) for n in (2, 2, 0))
    left.exit_on = date(2026, 10, 20)
    states.put(ProjectWorker, left, StayState.EXITED)

    def names(which):
        found = candidates(site.project.id, site.main.id, OCTOBER, which=which)
        return {one.worker.id for one in found}

    assert names(Which.UNPAID) == {here.id, left.id}
    assert names(Which.LEAVERS) == {left.id}
    assert names(Which.ALL) == {here.id, left.id, absent.id}
    row = reviewed(site, [here, left], gc)
    services.record_answers(row, [failed(lines_in(row)[0])], actor=gc)
    assert names(Which.UNPAID) == set()
    assert names(Which.FAILED) == {lines_in(row)[0].project_worker_id}


def test_without_an_account_nothing_is_made(site, gc, sub):
    site.account.is_deleted = True
    db.session.flush()
    assert "先登记工资专用账户" in refusals(draft, site, [worker(site.main_team)], gc)["account_id"]


def test_a_subcontractor_is_paid_out_of_the_general_contractors_account(site, sub):
    row = draft(site, [worker(site.side_team)], sub, unit_id=site.side.id,
                team_id=site.side_team.id)  # fmt: skip
    assert row.account_id == site.account.id
    assert row.account_label == site.account.account_name


@pytest.mark.parametrize(("more", "field", "words"), [
    pytest.param({"wage_month": "2026-12"}, "wage_month", "不能晚于当前月份", id="the future"),
    pytest.param({"wage_month": None}, "wage_month", "月份", id="no month"),
    pytest.param({"batch_kind": "back_pay"}, "back_pay_month", "月份", id="back pay of no month"),
    pytest.param({"batch_kind": "back_pay", "back_pay_month": OCTOBER}, "back_pay_month", "之前",
                 id="back pay of the same month"),
    pytest.param({"team_id": 0}, "team_id", "班组", id="no team"),
])  # fmt: skip
def test_a_head_that_does_not_fit_is_refused_at_its_field(site, gc, more, field, words):
    found = refusals(draft, site, [worker(site.main_team)], gc, **more)
    assert list(found) == [field]
    assert words in found[field]


def test_a_foreign_worker_or_unit_is_refused(site, gc, stranger):
    assert refusals(draft, site, [worker(site.far_team)], gc)
    assert "不属于" in refusals(draft, site, [worker(site.main_team)], stranger)["unit_id"]


def test_what_is_paid_follows_from_the_other_amounts(site, gc):
    row = draft(site, [worker(site.main_team)], gc)
    line = lines_in(row)[0]
    services.edit_lines(row, {line.id: {
        "payable": Decimal(1000), "tax_social": Decimal(56), "advance": Decimal(100),
        "deduction": Decimal(44), "deduction_kind": DeductionKind.MEALS, "deduction_note": "伙食",
    }}, actor=gc)  # fmt: skip
    assert line.paid == 800


@pytest.mark.parametrize(("typed", "field", "words"), [
    pytest.param({"advance": Decimal(2000)}, "payable", "超过应发", id="more taken than earned"),
    pytest.param({"deduction": Decimal(10)}, "deduction_kind", "扣款", id="a deduction of no kind"),
    pytest.param({"days": Decimal(9)}, "days_reason", "原因", id="other days without a reason"),
    pytest.param({"overtime_pay": Decimal(5000)}, "overtime_pay", "应发", id="more overtime"),
])  # fmt: skip
def test_a_line_that_does_not_fit_is_refused_and_nothing_written(site, gc, typed, field, words):
    row = draft(site, [worker(site.main_team)], gc)
    line = lines_in(row)[0]
    found = refusals(services.edit_lines, row, {line.id: typed}, actor=gc)
    assert any(name.endswith(field) and words in told for name, told in found.items()), found
    assert lines_in(row)[0].payable == 960
    assert lines_in(row)[0].advance is None


def test_piece_work_is_paid_by_quantity(site, gc):
    one = worker(site.main_team, pay_method="piece", pay_rate=Decimal("35.55"))
    row = draft(site, [one], gc)
    line = lines_in(row)[0]
    services.edit_lines(row, {line.id: {"quantity": Decimal("10.5"), "payable": None}}, actor=gc)
    assert line.payable == Decimal("373.28")


def test_a_worker_without_a_card_is_held_back_and_the_others_go_on(site, gc):
    row = reviewed(site, [worker(site.main_team), worker(site.main_team, bank_card_no=None)], gc)
    good, held = lines_in(row)
    assert (held.pay_state, held.hold_reason) == ("50", HoldReason.NO_CARD)
    assert services.send_to_bank(row, actor=gc) == [good]
    assert row.sent_on is not None
    services.record_answers(row, [paid(good)], actor=gc)
    assert row.state is PayrollState.PARTLY_PAID


def test_the_way_of_a_payroll_reviewed_first(site, gc):
    row = draft(site, [worker(site.main_team)], gc)
    assert "提交工人确认" in str(refusals(services.submit_payroll, row, actor=gc))
    services.ask_workers(row, actor=gc)
    assert "remark" in refusals(services.submit_payroll, row, actor=gc)
    services.submit_payroll(row, "工人尚在外地", actor=gc)
    assert "signed_file" in refusals(services.review_payroll, row, actor=gc)
    services.sign_lines(row, {"signed_file": projects.stored_file()}, actor=gc)
    services.review_payroll(row, actor=gc)
    line = lines_in(row)[0]
    assert line.confirm_state is ConfirmState.CONFIRMED
    services.record_answers(row, [paid(line, amount=line.paid)], actor=gc, proven=True)
    assert (row.state, line.pay_state, line.paid_on) == (PayrollState.PAID, "20", PAID_ON)
    assert line.trust_mark is TrustMark.BANK_CONFIRMED
    assert "尚未锁定" in str(refusals(services.archive_payroll, row, actor=gc))


def test_a_returned_payroll_becomes_a_draft_again(site, gc):
    row = draft(site, [worker(site.main_team)], gc)
    services.ask_workers(row, actor=gc)
    services.submit_payroll(row, "出差", actor=gc)
    services.return_payroll(row, "出勤天数不对", actor=gc)
    assert (row.state, row.returned_reason) == (PayrollState.RETURNED, "出勤天数不对")
    services.correct_payroll(row, actor=gc)
    services.drop_payroll(row, actor=gc)
    assert lines_in(row) == []


def test_only_the_general_contractor_reviews(site, sub):
    row = draft(site, [worker(site.side_team)], sub, unit_id=site.side.id,
                team_id=site.side_team.id)  # fmt: skip
    services.ask_workers(row, actor=sub)
    services.submit_payroll(row, "出差", actor=sub)
    with pytest.raises(NotAllowed):
        services.review_payroll(row, actor=sub)


def test_a_payment_made_already_counts_from_its_submission(site, gc):
    row = draft(site, [worker(site.main_team)], gc, entry_way=EntryWay.PAID_ALREADY)
    line = lines_in(row)[0]
    found = refusals(services.submit_payroll, row, actor=gc)
    assert set(found) == {"bank_receipt", "pay_state"}
    services.edit_payroll(row, {"bank_receipt": projects.stored_file()}, actor=gc)
    services.edit_lines(
        row, {line.id: {"pay_state": "20", "paid_on": PAID_ON, "txn_no": "T9"}}, actor=gc
    )
    services.submit_payroll(row, actor=gc)
    assert (row.state, line.trust_mark) == (PayrollState.SUBMITTED, TrustMark.UNCONFIRMED)
    services.review_payroll(row, actor=gc)
    assert row.state is PayrollState.PAID


def test_a_second_monthly_line_is_refused_on_submission_and_another_kind_is_taken(site, gc):
    one = worker(site.main_team)
    reviewed(site, [one], gc)
    again = draft(site, [one], gc)
    assert again.batch_no == 2
    assert one.name in refusals(services.ask_workers, again, actor=gc)["batch_kind"]
    other = draft(site, [one], gc, batch_kind="living")
    services.ask_workers(other, actor=gc)
    assert other.state is PayrollState.WITH_WORKERS


def test_who_was_not_on_the_roster_of_the_month_is_refused(site, gc):
    late = roster.worker(site.main_team, entry_on=date(2026, 11, 2), pay_rate=1, **CARD)
    row = draft(site, [late], gc)
    assert late.name in str(refusals(services.ask_workers, row, actor=gc))


def test_a_failed_line_is_paid_again_to_the_card_of_now(site, gc):
    one = worker(site.main_team)
    row = reviewed(site, [one], gc)
    line = lines_in(row)[0]
    services.record_answers(row, [failed(line)], actor=gc, proven=True)
    assert (row.state, line.pay_state) == (PayrollState.PARTLY_PAID, "30")
    one.bank_card_no, one.bank_code = "6217001234567890123", "105"
    db.session.flush()
    services.pay_again(row, [line], actor=gc)
    kept = db.session.query(LineCard).one()
    assert (kept.card_no, kept.bank_code, kept.try_no) == (CARD["bank_card_no"], "102", 0)
    assert (line.card_no, line.retry_no, line.pay_state) == ("6217001234567890123", 1, "40")
    services.record_answers(row, [paid(line, "T2")], actor=gc, proven=True)
    assert row.state is PayrollState.PAID
    assert db.session.query(BankReceipt).count() == 2


def test_an_answer_told_twice_counts_once_and_another_is_refused(site, gc):
    row = reviewed(site, [worker(site.main_team), worker(site.main_team)], gc)
    line = lines_in(row)[0]
    assert services.record_answers(row, [paid(line)], actor=gc, proven=True) == 1
    assert services.record_answers(row, [paid(line)], actor=gc, proven=True) == 0
    with pytest.raises(Refusal):
        services.record_answers(row, [paid(line, "T2")], actor=gc, proven=True)
    with pytest.raises(Refusal):
        services.record_answers(row, [failed(line)], actor=gc, proven=True)
    assert db.session.query(BankReceipt).count() == 1


def test_a_sum_the_bank_tells_otherwise_is_refused(site, gc):
    row = reviewed(site, [worker(site.main_team)], gc)
    line = lines_in(row)[0]
    with pytest.raises(Refusal) as caught:
        services.record_answers(row, [paid(line, amount=Decimal(1))], actor=gc)
    assert "960" in str(caught.value)


def test_cash_counts_once_the_district_accepts_the_proof(site, gc):
    row = draft(site, [worker(site.main_team)], gc)
    line = lines_in(row)[0]
    services.edit_lines(
        row, {line.id: {"pay_channel": "cash", "pay_proof": [projects.stored_file()]}}, actor=gc
    )
    assert (line.cash_state, line.trust_mark) == (CashState.WAITING, TrustMark.CASH_WAITING)
    with pytest.raises(NotAllowed):
        services.decide_cash(line, accepted=True, actor=gc)
    office = principal_of(enterprises.official(district=site.project.district_code))
    assert refusals(services.decide_cash, line, accepted=False, actor=office)
    services.decide_cash(line, accepted=True, actor=office)
    assert line.cash_state is CashState.ACCEPTED


def test_a_paid_payroll_is_paid_no_more(site, gc):
    row = reviewed(site, [worker(site.main_team)], gc)
    line = lines_in(row)[0]
    services.record_answers(row, [paid(line)], actor=gc)
    for step in (
        lambda: services.send_to_bank(row, actor=gc),
        lambda: services.pay_again(row, [line], actor=gc),
        lambda: services.record_answers(row, [paid(line, "T2")], actor=gc),
    ):
        with pytest.raises(Refusal):
            step()
    with pytest.raises(IllegalMove):
        services.return_payroll(row, "不对", actor=gc)


def test_what_is_odd_is_told_and_goes_on(site, gc):
    row = draft(site, [worker(site.main_team)], gc)
    line = lines_in(row)[0]
    services.edit_lines(row, {line.id: {
        "payable": Decimal(60000), "days": Decimal(40), "hours": Decimal(500),
        "days_reason": "补记", "deduction": Decimal(20000), "deduction_kind": DeductionKind.MEALS,
        "deduction_note": "借支",
    }}, actor=gc)  # fmt: skip
    words = "".join(warnings(row))
    for part in ("超过当月天数", "11小时", "20%", "50,000"):
        assert part in words
    poor = draft(site, [worker(site.main_team, pay_rate=10)], gc)
    assert "最低工资" in "".join(warnings(poor))
    assert db.session.query(PayrollLine).count() == 2
