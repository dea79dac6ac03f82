"""拨付计划 and 拨付: who may plan, move, confirm, dispute, and what counts (10.1 to 10.5)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core import settings
from app.core.errors import NotAllowed
from app.extensions import db
from app.projects.models import ProjectUnit
from app.wages import services
from app.wages.choices import AllocationState, EnteredFor, MoneyKind, TransferState
from app.wages.models import AllocationPlan, Transfer
from app.wages.services.transfers import SUB_ACCOUNT_MODE, over_plan
from tests.factories import numbered, projects, states, wages
from tests.roster.conftest import NOON
from tests.wages.conftest import refusals

DAY = timedelta(days=1)


@pytest.fixture
def owner(site):
    return projects.unit(site.project, None, unit_role="008", state="REGISTERED")


@pytest.fixture
def side_account(site):
    site.side.unit_role = "006"
    db.session.flush()
    return wages.account(site.side)


def planned(payer, payee, account, **more):
    return {
        "plan_month": "2026-11", "payer_unit_id": payer.id, "payee_unit_id": payee.id,
        "payee_account_id": account.id, "amount": Decimal(1000), "due_on": date(2026, 11, 25),
        **more,
    }  # fmt: skip


def moved(payer, payee, account, **more):
    return {
        "payer_unit_id": payer.id, "payee_unit_id": payee.id, "payee_account_id": account.id,
        "payer_bank": "102", "payer_account_no": "6222000011112222",
        "payer_account_name": "付款户", "no_plan_reason": "补充", "txn_no": numbered("TX"),
        "txn_on": date(2026, 11, 20), "amount": Decimal(1000), "purpose": "分账款",
        "receipt": projects.stored_file(), **more,
    }  # fmt: skip


def test_the_owners_money_is_confirmed_by_the_bank_receipt_alone(site, gc, owner):
    row = services.transfer_split(site.project, moved(owner, site.main, site.account), actor=gc)
    assert (row.state, row.entered_for) == (TransferState.RECEIPT_CONFIRMED, EnteredFor.PAYEE)
    assert row.confirmed_at == NOON


def test_a_transfer_counts_for_its_plan_once_the_payee_confirms(site, gc, sub, side_account):
    values = planned(site.main, site.side, side_account, wage_month="2026-10", head_count=2)
    plan = services.plan_wages(site.project, values, actor=gc)
    services.submit_plan(plan, actor=gc)
    with pytest.raises(NotAllowed):
        services.confirm_plan(plan, actor=gc)
    services.confirm_plan(plan, actor=sub)
    more = {"plan_id": plan.id, "no_plan_reason": None, "wage_month": "2026-10"}
    half = moved(site.main, site.side, side_account, amount=Decimal(600), **more)
    first = services.transfer_wages(site.project, half, actor=gc)
    assert (first.state, plan.executed_amount) == (TransferState.PENDING, 0)
    assert first.confirm_by == NOON.date() + 3 * DAY
    with pytest.raises(NotAllowed):
        services.confirm_transfer(first, actor=gc)
    services.confirm_transfer(first, actor=sub)
    assert (plan.executed_amount, plan.state) == (600, AllocationState.RUNNING)
    rest = services.transfer_wages(
        site.project, {**half, "txn_no": "TX-REST", "receipt": projects.stored_file()}, actor=gc
    )
    assert over_plan(rest)
    services.contest_transfer(rest, "未到账", actor=sub)
    assert plan.executed_amount == 600
    services.confirm_transfer(rest, actor=sub)
    assert (plan.executed_amount, plan.state) == (1200, AllocationState.DONE)


def test_a_transaction_number_stands_once_a_bank_until_it_is_void(site, gc, sub, side_account):
    values = moved(site.main, site.side, side_account, wage_month="2026-10", txn_no="SAME")
    first = services.transfer_wages(site.project, values, actor=gc)
    values = {**values, "receipt": projects.stored_file()}
    found = refusals(services.transfer_wages, site.project, values, actor=gc)
    assert "已登记" in found["txn_no"]
    services.void_transfer(first, "录错", actor=gc)
    assert services.transfer_wages(site.project, values, actor=gc).state is TransferState.PENDING


@pytest.mark.parametrize(("change", "field"), [
    pytest.param({"amount": None}, "amount", id="no amount"),
    pytest.param({"txn_on": NOON.date() + DAY}, "txn_on", id="a day to come"),
    pytest.param({"no_plan_reason": None}, "no_plan_reason", id="no plan and no reason"),
    pytest.param({"receipt": None}, "receipt", id="no receipt"),
    pytest.param({"payee_account_id": 0}, "payee_account_id", id="no account"),
    pytest.param({"payer_bank": None}, "payer_bank", id="a payer of no bank"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_field(site, gc, owner, change, field):
    values = moved(owner, site.main, site.account)
    found = refusals(services.transfer_split, site.project, {**values, **change}, actor=gc)
    assert field in found
    assert db.session.query(Transfer).count() == 0


def test_nobody_pays_himself_nor_a_unit_above_him(site, gc, sub, side_account):
    same = planned(site.main, site.main, site.account)
    assert "不能与付款单位相同" in refusals(
        services.plan_split, site.project, same, actor=gc
    )["payee_unit_id"]  # fmt: skip
    upwards = planned(site.side, site.main, site.account)
    found = refusals(services.plan_split, site.project, upwards, actor=sub)
    assert found


def test_one_live_plan_stands_between_two_units_in_a_month(site, gc, owner):
    values = planned(owner, site.main, site.account)
    plan = services.plan_split(site.project, values, actor=gc)
    assert "本月已有计划" in refusals(
        services.plan_split, site.project, values, actor=gc
    )["plan_month"]  # fmt: skip
    services.void_plan(plan, "重做", actor=gc)
    assert services.plan_split(site.project, values, actor=gc).version == 1


def test_a_confirmed_plan_changes_as_a_new_version_with_a_reason(site, gc, owner):
    plan = services.plan_split(site.project, planned(owner, site.main, site.account), actor=gc)
    services.submit_plan(plan, actor=gc)
    services.confirm_plan(plan, actor=gc)
    assert refusals(services.edit_plan, plan, {"amount": Decimal(5)}, actor=gc)
    assert "reason" in refusals(services.change_plan, plan, {"amount": Decimal(900)}, "", actor=gc)
    services.change_plan(plan, {"amount": Decimal(900)}, "进度调整", actor=gc)
    assert (plan.amount, plan.version, plan.change_reason) == (900, 2, "进度调整")
    states.put(AllocationPlan, plan, AllocationState.VOID)
    assert refusals(services.change_plan, plan, {"amount": Decimal(9)}, "再调", actor=gc)


def test_the_planned_date_lies_in_the_month_or_the_next(site, gc, owner):
    for due, fits in ((date(2026, 12, 31), True), (date(2027, 1, 1), False)):
        values = planned(owner, site.main, site.account, due_on=due)
        if fits:
            services.void_plan(services.plan_split(site.project, values, actor=gc), "试", actor=gc)
        else:
            assert "due_on" in refusals(services.plan_split, site.project, values, actor=gc)


def test_the_city_may_forbid_wage_money_to_subcontractors(site, gc, side_account):
    settings.change(SUB_ACCOUNT_MODE, "forbid")
    values = moved(site.main, site.side, side_account, wage_month="2026-10")
    assert "代发" in str(refusals(services.transfer_wages, site.project, values, actor=gc))


def test_the_four_tabs_show_their_own_rows_and_the_stranger_none(city, browse, system):
    with system():
        side, main = (db.session.get(ProjectUnit, n) for n in (city.side, city.main))
        into = wages.account(side)
        split, wage = wages.plan(side, main), wages.plan(main, side, kind=MoneyKind.WAGE)
        sent = wages.transfer(main, into, kind=MoneyKind.WAGE, wage_month="2026-10")
        pages = {"split-plans": split.plan_no, "wage-plans": wage.plan_no,
                 "wage-transfers": sent.transfer_no}  # fmt: skip
        number = sent.id
    browser = browse(city.firm_user, city.project)
    for page, text in pages.items():
        shown = browser.get(f"/{page}/list/").text
        assert text in shown
        assert not any(other in shown for other in set(pages.values()) - {text})
        assert text not in browse(city.stranger_user, city.elsewhere).get(f"/{page}/list/").text
    assert "还没有" in browser.get("/split-transfers/list/").text
    browse(city.firm_user, city.project).post(f"/wage-transfers/move/confirm_receipt/{number}")
    with system():
        assert db.session.get(Transfer, number).state is TransferState.PENDING
    browse(city.sub_user, city.project).post(f"/wage-transfers/move/confirm_receipt/{number}")
    with system():
        assert db.session.get(Transfer, number).state is TransferState.PAYEE_CONFIRMED
