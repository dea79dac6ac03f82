"""工资专用账户, 银行回盘: WageAccount.Add, .Query, BankReceipt.Add (screens.md 7.4, 10.6, 10.7)."""

from typing import Any

from sqlalchemy import select

from app.core.errors import Refusal
from app.extensions import db
from app.openapi import errors
from app.openapi.choices import Content
from app.openapi.methods import people, rows
from app.openapi.methods.base import (
    Done,
    Method,
    Task,
    head,
    listed,
    of_company,
    told,
    unit_of,
)  # fmt: skip
from app.openapi.schemas import (
    COMPANY,
    EXCUSED,
    PAGING,
    PERSON,
    PROJECT,
    SOME_COMPANY,
    columns_of,
    fields_of,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Latest, Schema
from app.projects.models import ProjectUnit
from app.roster.models import ProjectWorker
from app.wages import services
from app.wages.choices import AccountState, ReceiptResult
from app.wages.models import Payroll, WageAccount
from app.wages.queries.payrolls import lines_in

COLUMNS = columns_of(WageAccount)
FIELDS = fields_of(WageAccount)
TIME = Field("balanceTime", Kind.INSTANT, latest=Latest(errors.NOT_AFTER_NOW, by_day=False))
ADD = (*PROJECT, *COMPANY, *FIELDS, TIME)
QUERY = (*PAGING, *PROJECT, *SOME_COMPANY)
ROW: Schema = (*PROJECT, *COMPANY, *FIELDS, TIME, Field("state"), Field("stateName"))
NAMES = {
    "unit_id": "corpCode", "balance_on": "balanceTime",
    **{spec.name: name for name, spec in COLUMNS.items()},
}  # fmt: skip
LIST, MOST = "detailList", 50
RECEIPT: Schema = (
    *PERSON, Field("result", Kind.INTEGER, required=True, minimum=0, maximum=2),
    Field("amount", Kind.MONEY, digits=16),
    Field("valueDate", Kind.DATE, latest=Latest(errors.NOT_AFTER_TODAY)),
    Field("txnNo", max_length=64), Field("failReason", max_length=100),
)  # fmt: skip
RECEIPTS = (
    *PROJECT,
    Field("payrollCode", max_length=32, required=True),
    Field(LIST, Kind.LIST, required=True, max_items=MOST, items=RECEIPT),
)
RESULTS = {1: ReceiptResult.PAID, 0: ReceiptResult.FAILED, 2: ReceiptResult.RETURNED_BY_BANK}
OF_RECEIPT = {"paid_on": "valueDate", "txn_no": "txnNo", "fail_reason": "failReason",
              "amount": "amount"}  # fmt: skip


def check_add(task: Task) -> dict[str, Any]:
    """Read a special account of a unit of the project."""
    read = task.read(ADD, excused=EXCUSED)
    problems: list[str] = []
    values = rows.values_of(COLUMNS, read, (), problems)
    if problems:
        raise errors.ParameterRefused(*problems)
    balance = values.pop("balance", None)
    unit = unit_of(task, read)
    return {"values": {**values, "unit_id": unit.id}, "balance": balance,
            "at": read.get("balanceTime")}  # fmt: skip


def add(task: Task, checked: dict[str, Any]) -> Done:
    """Register an account; of the one that is there already the balance is told."""
    values = checked["values"]
    row = db.session.scalars(
        select(WageAccount).where(
            WageAccount.project_id == task.caller.project_id,
            WageAccount.unit_id == values["unit_id"], WageAccount.state != AccountState.CLOSED,
            WageAccount.is_deleted.is_(False),
        )
    ).first()  # fmt: skip
    try:
        with db.session.begin_nested():
            if row is None:
                row = services.register_account(task.project(), values, actor=task.actor)
            elif row.account_no == values["account_no"]:
                services.edit_account(row, values, actor=task.actor)
            else:
                text = errors.at(["payBankCardNumber"], errors.ACCOUNT_EXISTS)
                return Done(text, succeeded=False, accepted=0)
            if checked["balance"] is not None:
                services.tell_balance(row, checked["balance"], checked["at"], actor=task.actor)
    except Refusal as problem:
        return Done(told(problem, NAMES), succeeded=False, accepted=0)
    return Done()


def query(task: Task) -> dict[str, Any]:
    """List the special accounts of the project."""
    read = task.read(QUERY, excused=EXCUSED)
    found = (
        select(WageAccount, ProjectUnit)
        .join(ProjectUnit, ProjectUnit.id == WageAccount.unit_id)
        .where(WageAccount.project_id == task.caller.project_id,
               WageAccount.is_deleted.is_(False))
    )  # fmt: skip

    def row(account: WageAccount, unit: ProjectUnit) -> dict[str, Any]:
        return {
            **head(task, unit), **rows.shown(COLUMNS, account),
            "balanceTime": account.balance_on, "state": account.state.name,
            "stateName": account.state.label,
        }  # fmt: skip

    return listed(task, of_company(found, read), ROW, row, key=WageAccount.id)


def check_receipts(task: Task) -> dict[str, Any]:
    """Read what the bank answered about lines of a payroll."""
    read = task.read(RECEIPTS, excused=EXCUSED, assumed={"idCardType": "01"})
    payroll = db.session.scalars(
        select(Payroll).where(
            Payroll.project_id == task.caller.project_id,
            Payroll.payroll_no == read["payrollCode"],
            Payroll.is_deleted.is_(False),
        )
    ).one_or_none()
    if payroll is None:
        raise errors.ParameterRefused(errors.at(["payrollCode"], errors.OUT_OF_RANGE))
    return {"payroll": payroll, "items": read[LIST]}


def receive(task: Task, checked: dict[str, Any]) -> Done:
    """Write the bank's answers line by line, all or none; one told again changes nothing."""
    payroll, items = checked["payroll"], checked["items"]
    count = len(items)
    lines = {line.project_worker_id: line for line in lines_in(payroll)}
    by_person = {
        (stay.id_type, stay.id_number_hash): lines[stay.id].id
        for stay in db.session.scalars(
            select(ProjectWorker).where(ProjectWorker.project_id == task.caller.project_id,
                                        ProjectWorker.id.in_(lines))
        )
    }  # fmt: skip
    missing = [
        errors.at((LIST, place, "idCardNumber"), errors.NOT_ON_PAYROLL)
        for place, item in enumerate(items) if people.key_of(item) not in by_person
    ]  # fmt: skip
    if missing:
        return Done(";".join(missing), succeeded=False, items=count, accepted=0)
    answers = [
        {
            "line_id": by_person[people.key_of(item)], "result": RESULTS[item["result"]],
            **{name: item.get(wire) for name, wire in OF_RECEIPT.items()},
        }
        for item in items
    ]  # fmt: skip
    try:
        with db.session.begin_nested():
            services.record_answers(payroll, answers, actor=task.actor)
    except Refusal as problem:
        return Done(told(problem, OF_RECEIPT, LIST), succeeded=False, items=count, accepted=0)
    return Done(items=count, accepted=count)


METHODS = (
    Method(
        "WageAccount.Add", "上传工资专用账户信息", ADD, Content.WAGE, check=check_add, work=add,
        notes=(
            "账户名称须以“农民工工资专用账户”结尾;登记后即可使用,标记账户审核中。",
            "同一账号再次上传的,补充账户信息并更新余额。",
        ),
    ),
    Method("WageAccount.Query", "查询工资专用账户信息", QUERY, Content.WAGE, reply=ROW,
           answer=query),
    Method(
        "BankReceipt.Add", "上传银行回盘信息", RECEIPTS, Content.WAGE, check=check_receipts,
        work=receive,
        notes=(
            "payrollCode 为工资单编号;result:1 成功,0 失败,2 退票。",
            "成功的填 amount、valueDate、txnNo,失败和退票的填 failReason;重复上传不重复计算。",
        ),
    ),
)  # fmt: skip
