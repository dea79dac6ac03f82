"""What a unit owes its workers (screens.md 5.4, alert-rules.md section 1)."""

from datetime import date
from decimal import Decimal

import pytest

from app.wages import queries
from app.wages.choices import PayrollState
from tests.factories import enterprises, projects, roster, wages


@pytest.fixture
def worker(work):
    unit = projects.general_contractor_unit(projects.project(enterprises.enterprise()))
    return roster.worker(roster.team(unit))


def owed(worker):
    return queries.unpaid(worker.project_id, worker.unit_id)


def test_what_is_payable_and_not_paid_is_owed(worker):
    wages.pay(wages.payroll([worker], "2026-08"), date(2026, 9, 15))
    wages.payroll([worker], "2026-09", line={"payable": 5000, "advance": 300, "tax_social": 200})

    assert owed(worker) == Decimal(4500)


@pytest.mark.parametrize("state", [PayrollState.DRAFT, PayrollState.RETURNED])
def test_a_draft_and_a_returned_payroll_owe_nothing(worker, state):
    wages.payroll([worker], "2026-08", state=state)

    assert owed(worker) == 0


@pytest.mark.parametrize(
    ("line", "net"),
    [
        pytest.param({"deduction": 100}, 1000, id="without a note it does not count"),
        pytest.param({"deduction": 100, "deduction_note": "赔偿"}, 900, id="with a note it does"),
        pytest.param({"deduction": 900, "deduction_note": "赔偿"}, 800, id="up to a fifth"),
    ],
)
def test_a_deduction_lowers_what_is_owed_within_the_law(worker, line, net):
    wages.payroll([worker], "2026-08", line={"payable": 1000, **line})

    assert owed(worker) == net
