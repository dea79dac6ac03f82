"""工资专用账户: registered, reviewed, frozen, closed, and whose they are (screens.md 10.7)."""

from datetime import date, timedelta

import pytest

from app.core.errors import NotAllowed
from app.extensions import db
from app.projects.models import ProjectUnit
from app.wages import services
from app.wages.choices import AccountState
from app.wages.models import WageAccount
from tests.factories import enterprises, numbered, projects, roster, wages
from tests.roster.conftest import NOON, principal_of
from tests.wages.conftest import refusals

DAY = timedelta(days=1)


def values(unit, **more):
    return {
        "unit_id": unit.id, "account_name": f"{unit.name}一期农民工工资专用账户",
        "bank_code": "102", "bank_branch": "江门分行", "account_no": numbered("62220011"),
        "opened_on": date(2026, 10, 8), "tripartite_file": projects.stored_file(),
        "contact_name": "陈财务", "contact_mobile": "13800138000", **more,
    }  # fmt: skip


@pytest.fixture
def official(site):
    return principal_of(enterprises.official(district=site.project.district_code))


def test_a_registered_account_waits_for_the_review_and_is_encrypted(site, sub):
    row = services.register_account(site.project, values(site.side), actor=sub)
    db.session.flush()
    stored = db.session.execute(
        WageAccount.__table__.select().with_only_columns(WageAccount.account_no_hash)
        .where(WageAccount.id == row.id)
    ).scalar()  # fmt: skip
    assert row.state is AccountState.SUBMITTED
    assert stored
    assert stored != row.account_no


@pytest.mark.parametrize(("change", "field", "words"), [
    pytest.param({"account_name": "某公司基本户"}, "account_name", "农民工工资专用账户", id="name"),
    pytest.param({"tripartite_file": None}, "tripartite_file", "三方协议", id="no agreement"),
    pytest.param({"account_no": None}, "account_no", "银行账号", id="no number"),
    pytest.param({"filed_on": date(2026, 10, 1), "filed_file": "file"}, "filed_on", "备案日期",
                 id="filed before it was opened"),
    pytest.param({"filed_on": date(2026, 10, 9)}, "filed_file", "备案回执", id="no receipt"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_field(site, sub, change, field, words):
    if "filed_file" in change:
        change = change | {"filed_file": projects.stored_file()}
    found = refusals(
        services.register_account, site.project, values(site.side, **change), actor=sub
    )
    assert list(found) == [field]
    assert words in found[field]


def test_a_unit_has_one_live_account_on_a_project(site, gc):
    found = refusals(services.register_account, site.project, values(site.main), actor=gc)
    assert "已有工资专用账户" in found["unit_id"]


def test_a_number_is_one_account_in_the_city_unless_its_ledger_differs(site, sub, stranger):
    first = services.register_account(site.project, values(site.side), actor=sub)
    again = values(site.far, account_no=first.account_no)
    step = db.session.begin_nested()
    found = refusals(services.register_account, site.elsewhere, again, actor=stranger)
    assert "其他项目" in found["account_no"]
    step.rollback()
    made = services.register_account(
        site.elsewhere, again | {"sub_ledger_no": "02"}, actor=stranger
    )
    assert made.account_no == first.account_no


def test_a_unit_of_somebody_else_is_refused(site, sub, stranger):
    for actor in (sub, stranger):
        found = refusals(services.register_account, site.project, values(site.main), actor=actor)
        assert "不属于" in found["unit_id"]


def test_a_reviewed_account_keeps_its_number_and_bank(site, gc):
    paper = projects.stored_file()
    found = refusals(
        services.edit_account, site.account,
        {"account_no": "622200119999", "bank_code": "103", "tripartite_file": paper}, actor=gc,
    )  # fmt: skip
    assert set(found) == {"account_no", "bank_code"}
    services.edit_account(site.account, {"low_balance": 5000, "tripartite_file": paper}, actor=gc)
    assert site.account.low_balance == 5000


def test_the_district_reviews_freezes_and_thaws_and_the_contractor_does_not(site, sub, official):
    row = services.register_account(site.project, values(site.side), actor=sub)
    with pytest.raises(NotAllowed):
        services.decide_account(row, "approve", actor=sub)
    for verb, state in (("approve", AccountState.ACTIVE), ("freeze", AccountState.FROZEN),
                        ("thaw", AccountState.ACTIVE)):  # fmt: skip
        services.decide_account(row, verb, "核对", actor=official)
        assert row.state is state


def test_an_account_closes_after_thirty_days_of_notice_without_debt(site, gc, official):
    row = site.account
    assert "尚未申请" in str(refusals(services.decide_account, row, "close_account", "结清",
                                    actor=official))  # fmt: skip
    services.ask_closing(
        row,
        {"notice_from": NOON.date() - 29 * DAY, "closed_file": projects.stored_file()},
        actor=gc,
    )
    assert "满30日" in str(refusals(services.decide_account, row, "close_account", "结清",
                                  actor=official))  # fmt: skip
    services.ask_closing(
        row,
        {"notice_from": NOON.date() - 30 * DAY, "closed_file": projects.stored_file()},
        actor=gc,
    )
    sheet = wages.payroll([roster.worker(site.main_team)], "2026-10", account_id=row.id)
    assert "6000.00" in str(refusals(services.decide_account, row, "close_account", "结清",
                                     actor=official))  # fmt: skip
    wages.pay(sheet, date(2026, 11, 12))
    services.decide_account(row, "close_account", "结清", actor=official)
    assert (row.state, row.closed_on) == (AccountState.CLOSED, NOON.date())
    assert services.register_account(site.project, values(site.main), actor=gc)


def test_an_older_balance_never_replaces_a_younger(site, gc):
    services.tell_balance(site.account, 8000, NOON - DAY, actor=gc)
    assert refusals(services.tell_balance, site.account, 9000, NOON - 2 * DAY, actor=gc)
    services.tell_balance(site.account, 7000, NOON, actor=gc)
    assert site.account.balance == 7000


def test_the_page_shows_the_number_masked_and_the_stranger_nothing(city, browse):
    page = browse(city.firm_user, city.project).get("/wage-accounts/list/").text
    assert "工资专用账户" in page
    assert "****" in page
    shown = browse(city.firm_user, city.project).get(f"/wage-accounts/show/{city.account}")
    assert shown.status_code == 200
    for user in (city.sub_user, city.stranger_user):
        assert browse(user).get(f"/wage-accounts/show/{city.account}").status_code == 404


def test_the_queue_of_the_district_shows_what_waits_and_moves_it(city, browse, system):
    with system():
        side = wages.account(
            db.session.get(ProjectUnit, city.side), state=AccountState.SUBMITTED
        ).id
        office = enterprises.official()
    browser = browse(office)
    assert f"/wage-account-reviews/show/{side}" in browser.get("/wage-account-reviews/list/").text
    browser.post(f"/wage-account-reviews/move/approve/{side}")
    with system():
        assert db.session.get(WageAccount, side).state is AccountState.ACTIVE
