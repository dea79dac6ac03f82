"""WAGE-001: a contractor has not paid wages for several months (alert-rules.md 3.3)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask_babel import force_locale

from app.alerts import facts, parameters
from app.alerts.choices import AlertState, Layer, Level
from app.alerts.models import AlertEvent
from app.core import rules, scope
from app.extensions import db
from app.reference.models import CalendarDay
from app.wages.choices import CashState, EntryWay, PayrollState
from app.wages.models import PayrollLine
from app.wages.rules import sentence
from app.wages.terms import terms_before, waiting_since
from tests.factories import enterprises, projects, roster, wages
from tests.factories.alerts import alerts, day_of, only, scan

MONTHS = ("2026-08", "2026-09", "2026-10")
TWO_DUE, THREE_DUE = date(2026, 10, 16), date(2026, 11, 14)


@pytest.fixture
def site(work):
    return projects.project(enterprises.enterprise(), pay_day=15)


@pytest.fixture
def unit(site):
    return projects.unit(
        site, enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
    )


def crew(unit, number=6, months=MONTHS, **values):
    """Make workers of a unit with a valid day in each month."""
    team = roster.team(unit)
    workers = [roster.worker(team, **values) for _n in range(number)]
    for worker in workers:
        for month in months:
            day_of(worker, date.fromisoformat(f"{month}-05"))
    return workers


def months(alert):
    return [m["month"] for m in alert.facts["months"]]


def test_due_dates_are_the_pay_day_moved_back_to_a_working_day(work):
    due = {t["month"]: t["due_on"] for t in terms_before(date(2026, 11, 22)) if t["pay_day"] == 15}

    assert [due[m] for m in MONTHS] == ["2026-09-15", "2026-10-15", "2026-11-13"]


def test_two_months_are_orange_on_the_day_after_the_second_due_date_and_three_red(unit):
    crew(unit)

    scan("WAGE-001", date(2026, 10, 15))
    assert alerts("WAGE-001") == []
    scan("WAGE-001", TWO_DUE)
    alert = only("WAGE-001")
    assert (alert.level, months(alert), alert.unit_id) == (
        Level.ORANGE, ["2026-08", "2026-09"], unit.id,
    )  # fmt: skip
    scan("WAGE-001", date(2026, 11, 13))
    assert only("WAGE-001").level is Level.ORANGE
    scan("WAGE-001", THREE_DUE)
    assert (only("WAGE-001").level, months(only("WAGE-001"))) == (Level.RED, list(MONTHS))


def test_paying_one_month_brings_red_back_to_orange_and_two_close_it(unit):
    workers = crew(unit)
    sheets = [wages.payroll(workers, month) for month in MONTHS]
    scan("WAGE-001", THREE_DUE)

    wages.pay(sheets[0], date(2026, 11, 20))
    scan("WAGE-001", date(2026, 11, 20))
    assert only("WAGE-001").level is Level.ORANGE
    wages.pay(sheets[1], date(2026, 11, 21))
    scan("WAGE-001", date(2026, 11, 21))

    assert only("WAGE-001").state is AlertState.CLOSED
    last = db.session.query(AlertEvent).order_by(AlertEvent.id.desc()).first()
    assert "仍未发放的工资月份：" in last.sentence


def test_a_month_without_a_valid_day_does_not_exist_for_this_rule(unit):
    crew(unit, months=("2026-09",))

    scan("WAGE-001", TWO_DUE)

    assert alerts("WAGE-001") == []


def test_paid_late_but_never_two_months_behind_is_nothing(unit):
    workers = crew(unit)
    paid = {"2026-08": date(2026, 9, 15), "2026-09": date(2026, 10, 20),
            "2026-10": date(2026, 11, 13)}  # fmt: skip
    for month, on in paid.items():
        wages.pay(wages.payroll(workers, month), on)

    for day in (TWO_DUE, date(2026, 10, 21), THREE_DUE):
        scan("WAGE-001", day)

    assert alerts("WAGE-001") == []


def test_managers_and_the_supervisors_staff_are_no_workers(site, unit):
    supervisor = projects.unit(site, None, role="007")
    crew(projects.general_contractor_unit(site), 3, work_role="10")
    crew(supervisor, 4)

    scan("WAGE-001", THREE_DUE)

    assert alerts("WAGE-001") == []


def test_managers_enter_when_a_wage_sheet_lists_them(site):
    managers = crew(projects.general_contractor_unit(site), 3, work_role="10")
    for month in MONTHS:
        wages.payroll(managers, month)

    scan("WAGE-001", THREE_DUE)

    assert only("WAGE-001").facts["heads"] == 3


@pytest.mark.parametrize(("paid", "counted"), [(1, 2), (2, 0)])
def test_a_month_counts_while_at_most_a_tenth_is_paid(unit, paid, counted):
    workers = crew(unit, 10, months=("2026-08", "2026-09"))
    for month in ("2026-08", "2026-09"):
        wages.pay(wages.payroll(workers, month), date(2026, 10, 1), share=paid)

    scan("WAGE-001", TWO_DUE)

    assert [len(months(alert)) for alert in alerts("WAGE-001")] == ([counted] if counted else [])


def test_ten_unpaid_workers_make_two_months_red_and_nine_do_not(site, unit):
    other = projects.unit(
        site, enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
    )
    crew(unit, 9, months=("2026-08", "2026-09"))
    crew(other, 10, months=("2026-08", "2026-09"))

    scan("WAGE-001", TWO_DUE)

    levels = {alert.unit_id: alert.level for alert in alerts("WAGE-001")}
    assert levels == {unit.id: Level.ORANGE, other.id: Level.RED}


def test_without_a_payroll_nothing_is_said_of_the_criminal_thresholds(unit):
    crew(unit, 10)
    scan("WAGE-001", THREE_DUE)
    told = only("WAGE-001").facts

    assert [told[name] for name in ("single", "group", "criminal")] == [None, None, None]
    with force_locale("zh"):
        assert facts.value("criminal", told["criminal"]) == "无法判断（未登记工资单）"
        assert facts.value("group", False) == "否"


@pytest.mark.parametrize(
    ("number", "line", "criminal"),
    [
        pytest.param(1, {"payable": 1700}, True, id="one worker, three months, 5100"),
        pytest.param(1, {"payable": 1600}, False, id="one worker, three months, 4800"),
        pytest.param(10, {"payable": 1000}, True, id="ten workers, 30000"),
        pytest.param(9, {"payable": 1100}, False, id="nine workers, 29700"),
    ],
)
def test_the_criminal_thresholds_are_shown(unit, number, line, criminal):
    workers = crew(unit, number)
    for month in MONTHS:
        wages.payroll(workers, month, line=line)

    scan("WAGE-001", THREE_DUE)

    assert only("WAGE-001").facts["criminal"] is criminal


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        pytest.param({}, True, id="paid with date and transaction number"),
        pytest.param({"txn_no": None}, False, id="without a transaction number"),
        pytest.param({"txn_no": None, "source": "api"}, True, id="the interface names its payroll"),
        pytest.param({"pay_channel": "cash"}, False, id="cash before acceptance"),
        pytest.param(
            {"pay_channel": "cash", "cash_state": CashState.ACCEPTED}, True, id="cash accepted"
        ),
        pytest.param({"pay_state": "30"}, False, id="failed"),
        pytest.param({"pay_state": "50"}, False, id="held back"),
    ],
)
def test_what_counts_as_paid_whatever_the_door(unit, line, counts):
    workers = crew(unit, 2, months=("2026-08", "2026-09"))
    wages.payroll(workers, "2026-08")
    wages.payroll(
        workers, "2026-09", entry_way=EntryWay.PAID_ALREADY,
        line={"pay_state": "20", "paid_on": date(2026, 10, 14), "txn_no": "T1", **line},
    )  # fmt: skip

    scan("WAGE-001", TWO_DUE)

    assert bool(alerts("WAGE-001")) is not counts


@pytest.mark.parametrize("state", [PayrollState.DRAFT, PayrollState.RETURNED])
def test_drafts_and_returned_payrolls_pay_nothing(unit, state):
    workers = crew(unit, 2, months=("2026-08", "2026-09"))
    for month in ("2026-08", "2026-09"):
        wages.pay(wages.payroll(workers, month, state=state), date(2026, 10, 1))

    scan("WAGE-001", TWO_DUE)

    assert len(alerts("WAGE-001")) == 1


def test_a_confirmed_sheet_of_nothing_never_counts(unit):
    workers = crew(unit, 2, months=("2026-08", "2026-09"))
    wages.payroll(workers, "2026-08", line={"payable": 0})

    scan("WAGE-001", TWO_DUE)

    assert alerts("WAGE-001") == []


@pytest.mark.parametrize(
    ("sent", "day", "found"),
    [
        pytest.param(15, date(2026, 10, 19), 0, id="two working days after the sending"),
        pytest.param(15, date(2026, 10, 20), 1, id="a third one"),
        pytest.param(16, date(2026, 10, 19), 1, id="sent after the due date"),
    ],
)
def test_a_batch_sent_in_time_counts_while_receipts_are_awaited(unit, sent, day, found):
    workers = crew(unit, 2, months=("2026-08", "2026-09"))
    wages.payroll(workers, "2026-08")
    wages.payroll(workers, "2026-09", sent_on=datetime(2026, 10, sent, 2, tzinfo=UTC))

    scan("WAGE-001", day)

    assert len(alerts("WAGE-001")) == found


def test_receipts_are_awaited_for_two_working_days(work):
    assert waiting_since(date(2026, 10, 19), 2) == date(2026, 10, 15)


def test_back_pay_belongs_to_the_month_it_names(unit):
    workers = crew(unit, 2, months=("2026-08", "2026-09"))
    for month in ("2026-08", "2026-09"):
        wages.payroll(workers, month)
    late = wages.payroll(
        workers, "2026-10", batch_kind="back_pay", is_back_pay=True, back_pay_month="2026-08"
    )
    wages.pay(late, date(2026, 10, 14))

    scan("WAGE-001", TWO_DUE)

    assert alerts("WAGE-001") == []


def test_a_deduction_without_a_note_or_above_a_fifth_does_not_lower_what_is_owed(unit):
    workers = crew(unit, 1, months=("2026-08", "2026-09"))
    for month in ("2026-08", "2026-09"):
        wages.payroll(
            workers, month, line={"payable": 1000, "deduction": 900, "deduction_note": "赔偿"}
        )

    scan("WAGE-001", TWO_DUE)

    assert [m["net"] for m in only("WAGE-001").facts["months"]] == [800, 800]


def test_without_any_attendance_ten_construction_days_on_the_roster_count_in_doubt(unit):
    team = roster.team(unit)
    roster.worker(team, entry_on=date(2026, 8, 1))

    scan("WAGE-001", TWO_DUE)

    alert = only("WAGE-001")
    assert (months(alert), alert.doubtful) == (["2026-08", "2026-09"], True)


def test_nine_construction_days_on_the_roster_do_not_count(unit):
    team = roster.team(unit)
    roster.worker(team, entry_on=date(2026, 8, 23))

    scan("WAGE-001", TWO_DUE)

    assert alerts("WAGE-001") == []


@pytest.mark.parametrize(
    ("district", "deleted", "found"),
    [
        pytest.param("", False, 0, id="a stop of the whole city takes a day"),
        pytest.param("440703", False, 0, id="so does one of the project's district"),
        pytest.param("440704", False, 1, id="one of another district does not"),
        pytest.param("440703", True, 1, id="nor does one that was taken back"),
    ],
)
def test_a_stop_day_counts_where_it_holds(unit, district, deleted, found):
    db.session.add(CalendarDay(
        day=date(2026, 8, 25), kind="stop", district=district, working=False, name="台风停工",
        is_deleted=deleted,
    ))  # fmt: skip
    roster.worker(roster.team(unit), entry_on=date(2026, 8, 22))

    scan("WAGE-001", TWO_DUE)

    assert len(alerts("WAGE-001")) == found


def test_the_known_amount_is_told_to_the_fen(unit):
    facts = {
        "name": "某劳务公司", "heads": 1, "amount": "99999999999999.99", "criminal": False,
        "months": [{"month": "2026-08", "net": 1}],
    }  # fmt: skip

    assert "99,999,999,999,999.99" in sentence(facts)


def test_a_suspended_month_has_no_construction_days(site, unit):
    from app.core.states import StateLog

    for at, state in ((datetime(2026, 7, 31, tzinfo=UTC), "SUSPENDED"),
                      (datetime(2026, 8, 31, 16, tzinfo=UTC), "ACTIVE")):  # fmt: skip
        db.session.add(StateLog(
            project_id=site.id, table_name="project", row_id=site.id, verb="suspend",
            state_to=state, at=at, district_code="440703",
        ))  # fmt: skip
    roster.worker(roster.team(unit), entry_on=date(2026, 8, 1))

    scan("WAGE-001", TWO_DUE)

    assert [months(a) for a in alerts("WAGE-001")] == []


def test_where_months_must_follow_each_other_a_paid_one_between_breaks_the_run(unit):
    workers = crew(unit)
    wages.pay(wages.payroll(workers, "2026-09"), date(2026, 10, 15))
    scan("WAGE-001", THREE_DUE)
    assert len(alerts("WAGE-001", state=AlertState.OPEN)) == 1

    parameters.change(
        rules.get("WAGE-001"), "consecutive", value=True, layer=Layer.CITY, actor=scope.SYSTEM,
        effective_from=date(2026, 1, 1),
    )  # fmt: skip
    scan("WAGE-001", THREE_DUE)

    assert alerts("WAGE-001", state=AlertState.OPEN) == []


def test_lines_know_their_payrolls_project(unit):
    sheet = wages.payroll(crew(unit, 1), "2026-08")

    line = db.session.query(PayrollLine).one()
    assert (line.payroll_id, line.district_code) == (sheet.id, "440703")


def test_an_amount_is_told_to_the_fen(app):
    facts = {"name": "甲", "months": [{"month": "2026-09", "net": 1}], "heads": 1,
             "amount": Decimal("90071992547409.93"), "criminal": False}  # fmt: skip
    with app.test_request_context():
        assert "90,071,992,547,409.93" in rules.get("WAGE-001").sentence(facts)
