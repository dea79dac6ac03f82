"""Section 9.9 and the methods of screens.md 7.4 about wages, from the outside."""

import json
from datetime import timedelta

import pytest

from app.core import scope
from app.extensions import db
from app.wages import services
from app.wages.choices import EntryWay, PayrollState
from app.wages.models import Payroll, PayrollLine
from tests.factories import people
from tests.openapi.methods.test_teams import paper
from tests.openapi.site_system import china_now
from tests.openapi.test_journey import enrol, enter, page, team


def day(**shift):
    return china_now(**shift).strftime("%Y-%m-%d")


LAST_MONTH = (china_now().replace(day=1)).strftime("%Y-%m")


@pytest.fixture
def crew(site):
    """Give two people who have been on site since two months, in ``site.team``."""
    humans = [people.person(), people.person()]
    site.team = team(site)
    enrol(site, site.team, *humans)
    enter(site, site.team, *humans, day=china_now(days=-60))
    return humans


def line(site, human, **changes):
    return {
        "idCardType": "01", "idCardNumber": site.encrypt(human.id_number), "days": 20,
        "workHours": "160.5", "payRollBankCardNumber": site.encrypt("6222000000000000017"),
        "payRollBankCode": "102", "payRollBankName": "江门支行",
        "payBankCardNumber": site.encrypt("20120190000001"), "payBankCode": "102",
        "payBankName": "江门支行", "totalPayAmount": "6000.50", "actualAmount": "5800.50",
        "isBackPay": 0, "balanceDate": day(days=-1), **changes,
    }  # fmt: skip


def message(site, *lines, **changes):
    return {**site.head, "teamSysNo": site.team, "payMonth": LAST_MONTH,
            "detailList": list(lines), **changes}  # fmt: skip


def pay(site, *lines, **changes):
    return site.write("Payroll.Add", message(site, *lines, **changes))


def numbers(outcome):
    assert outcome["status"] == 20, outcome
    return [one["payrollCode"] for one in json.loads(outcome["result"])]


def asked(site, **more):
    head = {name: site.head[name] for name in ("corpCode", "corpName")}
    return page(site, "Payroll.Query", payMonth=LAST_MONTH, **head, **more)


def test_wages_that_are_paid_count_at_once_and_wait_for_the_review(site, crew, system):
    (number,) = numbers(pay(site, *(line(site, human) for human in crew)))
    data = asked(site)
    assert data["payrollCode"] == number == data["rows"][0]["payrollCode"]
    assert [one["workerName"] for one in data["detailList"]] == sorted(
        (human.name for human in crew), key=[one["workerName"] for one in data["detailList"]].index
    )
    first = data["detailList"][0]
    assert (first["totalPayAmount"], first["actualAmount"]) == (6000.5, 5800.5)
    assert (first["days"], first["workHours"], first["isBackPay"]) == (20, 160.5, 0)
    assert site.decrypt(first["payRollBankCardNumber"]) == "6222000000000000017"
    assert first["teamName"] == "钢筋一班"
    with system():
        payroll = db.session.query(Payroll).filter_by(payroll_no=number).one()
        assert (payroll.entry_way, payroll.state) == (
            EntryWay.PAID_ALREADY, PayrollState.SUBMITTED,
        )  # fmt: skip
        paid = db.session.query(PayrollLine).filter_by(payroll_id=payroll.id).all()
        assert {row.pay_state for row in paid} == {"20"}
        assert {row.txn_no for row in paid} == {number}, "the payroll's number stands for one"
        services.review_payroll(payroll, actor=scope.SYSTEM)
        assert payroll.state is PayrollState.PAID


def test_the_papers_of_a_payroll_are_kept(site, crew):
    numbers(pay(site, line(site, crew[0]), attachments=[paper("签字表.jpg")]))
    assert [one["name"] for one in asked(site)["attachments"]] == ["签字表.jpg"]
    reply = site.call("Payroll.Add", message(site, line(site, crew[0]), attachments=[paper()] * 6))
    assert reply["message"] == "[attachments]数量超过限制5!"


def test_the_same_payment_sent_again_is_not_paid_twice(site, crew):
    sent = line(site, crew[0], thirdPayRollCode="V-1")
    first = numbers(pay(site, sent))
    assert numbers(pay(site, sent)) == first
    assert asked(site)["totalCount"] == 1


def test_a_second_payroll_of_a_month_is_a_half_monthly_one(site, crew, system):
    (first,) = numbers(pay(site, line(site, crew[0])))
    (others,) = numbers(pay(site, line(site, crew[1])))
    (second,) = numbers(pay(site, line(site, crew[0], totalPayAmount=100, actualAmount=100)))
    with system():
        kinds = {row.payroll_no: row.batch_kind for row in db.session.query(Payroll).filter(
            Payroll.payroll_no.in_([first, others, second]))}  # fmt: skip
    assert kinds == {first: "monthly", others: "monthly", second: "half_month"}


def test_back_pay_stands_on_a_payroll_of_its_own_with_its_month(site, crew, system):
    made_good = f"{china_now().replace(day=1) - timedelta(days=1):%Y-%m}"
    back = line(site, crew[1], isBackPay=1, backPayMonth=made_good)
    found = numbers(pay(site, line(site, crew[0]), back))
    with system():
        listed = db.session.query(Payroll).filter(Payroll.payroll_no.in_(found))
        months = {row.batch_kind: row.back_pay_month for row in listed}
    assert months == {"monthly": None, "back_pay": made_good}
    told = [row["detailList"][0] for row in asked(site)["rows"]]
    assert [one.get("backPayMonth") for one in told] == [None, made_good]


@pytest.mark.parametrize("month", ["2025-01", LAST_MONTH])
def test_back_pay_of_a_month_nobody_worked_or_of_this_one_fails_whole(site, crew, month):
    back = line(site, crew[1], isBackPay=1, backPayMonth=month)
    outcome = pay(site, line(site, crew[0]), back)
    assert outcome["status"] == 10
    assert asked(site)["totalCount"] == 0, "all or none"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param({"balanceDate": day(days=1)}, "[balanceDate]发放日期不能大于今天", id="day"),
        pytest.param({"balanceDate": ""}, "[balanceDate]不能为空!", id="no day"),
        pytest.param({"totalPayAmount": "1.005"}, "[totalPayAmount]格式不正确!", id="fen"),
        pytest.param({"totalPayAmount": "-1"}, "[totalPayAmount]格式不正确!", id="negative"),
        pytest.param({"payBankCode": "xx"}, "[payBankCode]参数值不正确,请参见银行代码字典表!",
                     id="bank"),
        pytest.param({"isBackPay": 1}, "[backPayMonth]不能为空!", id="month of back pay"),
        pytest.param({"payRollBankCardNumber": "x"}, "[payRollBankCardNumber]解密失败!", id="card"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused_at_once(site, crew, changes, text):
    reply = site.call("Payroll.Add", message(site, line(site, crew[0], **changes)))
    assert reply["code"] == "-1"
    assert f"[detailList][0]{text}" in reply["message"]
    assert asked(site)["totalCount"] == 0


def test_a_month_to_come_is_refused_in_the_known_words(site, crew):
    sent = message(site, line(site, crew[0]), payMonth=china_now(days=40).strftime("%Y-%m"))
    reply = site.call("Payroll.Add", sent)
    assert (reply["code"], reply["message"]) == ("-1", "[payMonth]不能大于今天!")


def test_more_than_twenty_lines_are_too_many(site, crew):
    reply = site.call("Payroll.Add", message(site, *[line(site, crew[0])] * 21))
    assert reply["message"] == "[detailList]数量超过限制20!"


def test_wages_of_a_stranger_are_refused_in_the_known_words_and_nothing_is_written(site, crew):
    outcome = pay(site, line(site, crew[0]), line(site, people.person()))
    assert outcome["status"] == 10
    assert outcome["result"].startswith("[detailList][1][idCardNumber]")
    assert outcome["result"].endswith("的工人信息,不允许上传该工人的工资发放信息!")
    assert asked(site)["totalCount"] == 0


def test_more_paid_than_payable_is_refused_with_the_line_it_is_about(site, crew):
    outcome = pay(site, line(site, crew[0]), line(site, crew[1], actualAmount="6000.51"))
    assert outcome["status"] == 10
    assert outcome["result"].startswith("[detailList][1][actualAmount]")
    assert asked(site)["totalCount"] == 0


def test_a_payroll_is_asked_for_by_number_team_person_and_day(site, crew, neighbour):
    (number,) = numbers(pay(site, *(line(site, human) for human in crew)))
    assert asked(site, payRollCode=number, teamSysNo=site.team)["totalCount"] == 1
    one = asked(site, idCardType="01", idCardNumber=site.encrypt(crew[1].id_number))
    assert [row["workerName"] for row in one["rows"][0]["detailList"]] == [crew[1].name]
    assert asked(site, payrollCode="GZ1")["rows"] == []
    by_day = page(site, "Payroll.Query", payMonth=f"{LAST_MONTH}-15")
    assert by_day["totalCount"] == 1
    assert page(neighbour, "Payroll.Query", payMonth=LAST_MONTH)["totalCount"] == 0


# 10.7 and the bank's answers


def account(site, **changes):
    return {
        "corpCode": site.head["corpCode"], "corpName": site.head["corpName"],
        "accountName": "某项目农民工工资专用账户", "payBankCode": "102", "payBankName": "江门支行",
        "payBankCardNumber": site.encrypt("20120190000001"), "openDate": "2026-02-01", **changes,
    }  # fmt: skip


def test_an_account_is_registered_and_its_balance_told(site):
    assert site.write("WageAccount.Add", account(site, balance="1000.00"))["status"] == 20
    again = site.write("WageAccount.Add", account(site, balance="900.50", contactName="王会计"))
    assert again["status"] == 20, again
    (row,) = page(site, "WageAccount.Query")["rows"]
    assert (row["balance"], row["contactName"]) == (900.5, "王会计")
    assert site.decrypt(row["payBankCardNumber"]) == "20120190000001"
    assert row["stateName"] == "待审核"


@pytest.mark.parametrize(
    ("changes", "text"),
    [({"accountName": "某项目账户"}, "[accountName]"),
     ({"payBankCardNumber": "second"}, "[payBankCardNumber]该单位在本项目已有工资专用账户")],
)  # fmt: skip
def test_a_wrong_account_fails_with_its_field(site, changes, text):
    assert site.write("WageAccount.Add", account(site))["status"] == 20
    wrong = {k: site.encrypt("20120190000002") if v == "second" else v for k, v in changes.items()}
    outcome = site.write("WageAccount.Add", account(site, **wrong))
    assert outcome["status"] == 10
    assert outcome["result"].startswith(text)


def test_the_banks_answers_need_a_payroll_that_waits_for_them(site, crew):
    (number,) = numbers(pay(site, line(site, crew[0])))
    answer = {"idCardType": "01", "idCardNumber": site.encrypt(crew[0].id_number), "result": 1,
              "amount": "5800.50", "valueDate": day(), "txnNo": "B1"}  # fmt: skip
    early = site.write("BankReceipt.Add", {"payrollCode": number, "detailList": [answer]})
    assert early["status"] == 10
    unknown = site.call("BankReceipt.Add", {"payrollCode": "GZ0", "detailList": [answer]})
    assert (unknown["code"], unknown["message"]) == ("-1", "[payrollCode]值超出范围或无效!")
