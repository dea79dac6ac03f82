"""Two requests at one moment: nothing is submitted or paid twice (screens.md 10.6)."""

from datetime import date
from types import SimpleNamespace

import pytest
from flask import g

from app.core import scope
from app.core.errors import Refusal
from app.extensions import db
from app.wages import services
from app.wages.choices import PayrollState, ReceiptResult
from app.wages.models import BankReceipt, Payroll, PayrollLine
from app.wages.queries.payrolls import lines_in
from tests.factories import enterprises, projects, roster, wages
from tests.roster import test_parallel as twice
from tests.wages.test_payrolls import CARD

together = twice.together
cleaned = twice.committed


@pytest.fixture
def sheets(cleaned, prepared_app):
    """A worker on two drafts of one month, and on a reviewed payroll of another month."""
    with prepared_app.app_context():
        g.principal = scope.SYSTEM
        firm = enterprises.enterprise()
        unit = projects.general_contractor_unit(projects.project(firm))
        wages.account(unit)
        team = roster.team(unit)
        worker = roster.worker(team, entry_on=date(2026, 8, 1), **CARD)
        found = SimpleNamespace(
            drafts=[
                wages.payroll([worker], "2026-10", state=PayrollState.DRAFT).id
                for _number in range(2)
            ],
            reviewed=wages.payroll([worker], "2026-09", state=PayrollState.REVIEWED).id,
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
    return found


def test_of_two_monthly_payrolls_of_one_worker_one_goes_on(sheets, together):
    def ask(number):
        payroll = db.session.get(Payroll, sheets.drafts[number])
        return services.ask_workers(payroll, actor=scope.SYSTEM).id

    outcomes = together(ask)

    assert len([one for one in outcomes if isinstance(one, int)]) == 1
    assert len([one for one in outcomes if isinstance(one, Refusal)]) == 1


def test_of_two_answers_about_one_line_one_is_written(sheets, together, prepared_app):
    def pay(number):
        payroll = db.session.get(Payroll, sheets.reviewed)
        line = lines_in(payroll)[0]
        told = {"line_id": line.id, "result": ReceiptResult.PAID, "paid_on": date(2026, 10, 15),
                "txn_no": f"T{number}"}  # fmt: skip
        return services.record_answers(payroll, [told], actor=scope.SYSTEM, proven=True)

    outcomes = together(pay)

    assert [one for one in outcomes if isinstance(one, int)] == [1]
    with prepared_app.app_context():
        g.principal = scope.SYSTEM
        assert db.session.query(BankReceipt).count() == 1
        assert db.session.get(Payroll, sheets.reviewed).state is PayrollState.PAID
        assert db.session.query(PayrollLine).filter_by(pay_state="20").count() == 1
