"""工资: Payroll.Add and .Query, on the payrolls of 10.6 (open-api.md 9.9, screens.md 7.4)."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.errors import Refusal, Refusals
from app.extensions import db
from app.openapi import codes, errors, wire
from app.openapi.choices import Content
from app.openapi.methods import people, rows
from app.openapi.methods.base import (
    Done,
    Method,
    Task,
    counted,
    head,
    masked,
    of_company,
    of_person,
    of_team,
    team_of,
    told,
)  # fmt: skip
from app.openapi.schemas import (
    COMPANY,
    EXCUSED,
    PAGING,
    PERSON,
    PROJECT,
    SOME_PERSON,
    SOME_TEAM,
    TEAM,
    columns_of,
    fields_of,
    told_files,
)  # fmt: skip
from app.openapi.wire import Field, Kind, Latest, Schema
from app.projects.models import Project, ProjectUnit
from app.roster.models import ProjectWorker, Team
from app.wages import services
from app.wages.choices import BACK_PAY, MONTHLY, PAID, SHEET_STATES, EntryWay
from app.wages.models import Payroll, PayrollLine, WageAccount
from app.wages.queries.choosing import bounds
from app.wages.queries.payrolls import lines_in

LIST, MOST = "detailList", 20
HALF = "half_month"
OF_PAYROLL, OF_LINE = columns_of(Payroll), columns_of(PayrollLine)
PAID_AFTER = {"latest": Latest(errors.PAID_NOT_AFTER_TODAY)}
BANK: Schema = (
    Field("payRollBankCode", Kind.CODE, required=True, dictionary="bank_code"),
    Field("payRollBankName", max_length=100, required=True),
    Field("payBankCardNumber", max_length=30, required=True, encrypted=True),
    Field("payBankCode", Kind.CODE, required=True, dictionary="bank_code"),
    Field("payBankName", max_length=100, required=True),
)


def _back_pay(values: Mapping[str, Any]) -> bool:
    return bool(values.get("isBackPay"))


ITEM: Schema = (
    *PERSON,
    *fields_of(
        PayrollLine,
        payRollBankCardNumber={"required": True, "max_length": 30},
        totalPayAmount={"required": True, "digits": 16}, actualAmount={"required": True,
                                                                       "digits": 16},
        balanceDate={"required": True, **PAID_AFTER},
    ),
    *BANK,
    Field("isBackPay", Kind.FLAG, required=True),
    Field("backPayMonth", Kind.MONTH, required=_back_pay),
    Field("thirdPayRollCode", max_length=50),
)  # fmt: skip
FILES = tuple(field for field in fields_of(Payroll) if field.name == "attachments")
ADD = (
    *PROJECT, *COMPANY, *TEAM,
    Field("payMonth", Kind.MONTH, required=True, latest=Latest(errors.NOT_AFTER_TODAY)), *FILES,
    Field(LIST, Kind.LIST, required=True, max_items=MOST, items=ITEM),
)  # fmt: skip
QUERY = (
    *PAGING, *PROJECT, Field("payMonth", Kind.MONTH, required=True), *COMPANY, *SOME_TEAM,
    Field("payrollCode", max_length=32), *SOME_PERSON,
)  # fmt: skip
ROW: Schema = (
    *told_files((*PROJECT, *COMPANY, *TEAM, Field("teamName"), Field("payrollCode"),
                 Field("payMonth"), *FILES)),
    Field("state"), Field("stateName"),
    Field(LIST, Kind.LIST, items=(Field("workerName"), Field("teamName"), *ITEM)),
)  # fmt: skip
NAMES = {
    "unit_id": "corpCode", "team_id": "teamSysNo", "wage_month": "payMonth",
    "back_pay_month": "backPayMonth", "project_worker_id": "idCardNumber",
    **{spec.name: name for name, spec in OF_LINE.items()},
}  # fmt: skip


def check_add(task: Task) -> dict[str, Any]:
    """Read one month's wages of a team, as they were paid."""
    read = task.read(ADD, excused=EXCUSED, assumed={"idCardType": "01"})
    problems: list[str] = []
    team = team_of(task, read)
    papers = rows.values_of(OF_PAYROLL, {"attachments": read.get("attachments", [])}, (), problems)
    lines = [
        rows.values_of(OF_LINE, item, (LIST, place), problems)
        for place, item in enumerate(read[LIST])
    ]
    if problems:
        raise errors.ParameterRefused(*problems)
    month = _month(read["payMonth"])
    return {"team": team, "month": month, "papers": papers, "items": read[LIST], "lines": lines}


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def add(task: Task, checked: dict[str, Any]) -> Done:
    """Record wages that are paid: they count at once and are reviewed afterwards (10.6)."""
    items, count = checked["items"], len(checked["items"])
    stays = _stays(task, checked)
    strangers = [
        errors.at((LIST, place, "idCardNumber"), errors.payroll_stranger(masked(number)))
        for place, number in enumerate(item["idCardNumber"] for item in items)
        if people.key_of(items[place]) not in stays
    ]
    if strangers:
        return Done(";".join(strangers), succeeded=False, items=count, accepted=0)
    groups: dict[tuple[bool, Any], list[int]] = {}
    for place, item in enumerate(items):
        back = item["isBackPay"]
        groups.setdefault((back, item.get("backPayMonth") if back else None), []).append(place)
    made: list[str] = []
    places: list[int] = []
    try:
        with db.session.begin_nested():
            for (back, of_month), places in groups.items():
                month = _month(of_month) if back else None
                made.append(_record(task, checked, stays, places, month))
    except Refusal as problem:
        return Done(_said(problem, places), succeeded=False, items=count, accepted=0)
    codes_ = [{"payrollCode": number} for number in dict.fromkeys(made)]
    return Done(json.dumps(codes_, separators=(",", ":")), items=count, accepted=count)


def _stays(task: Task, checked: Mapping[str, Any]) -> dict[people.Key, ProjectWorker]:
    """Give the stay each line is about: the one in the unit and month that is paid."""
    found: dict[people.Key, ProjectWorker] = {}
    wanted = {people.key_of(item) for item in checked["items"]}
    first, last = bounds(checked["month"])

    def apart(stay: ProjectWorker) -> tuple[bool, bool, int]:
        there = (stay.entry_on or first) <= last and (stay.exit_on or last) >= first
        return not there, stay.team_id != checked["team"].id, -stay.id

    listed = db.session.scalars(
        select(ProjectWorker).where(
            ProjectWorker.project_id == task.caller.project_id,
            ProjectWorker.unit_id == checked["team"].unit_id,
            ProjectWorker.id_number_hash.in_({number for _kind, number in wanted}),
            ProjectWorker.is_deleted.is_(False),
        )
    )
    for stay in sorted(listed, key=apart):
        found.setdefault((stay.id_type, stay.id_number_hash), stay)
    return found


def _record(
    task: Task, checked: Mapping[str, Any], stays: Mapping[people.Key, ProjectWorker],
    places: list[int], back_month: str | None,
) -> str:  # fmt: skip
    """Make and submit one payroll of some lines; gives its number."""
    project, team, month = task.project(), checked["team"], checked["month"]
    items = [checked["items"][place] for place in places]
    workers = [stays[people.key_of(item)].id for item in items]
    if known := _recorded(project, month, workers, items):
        return known
    lines = [
        {
            **_typed(checked["lines"][place]), "project_worker_id": worker, "pay_state": PAID,
            "txn_no": item.get("thirdPayRollCode"),
        }
        for place, worker, item in zip(places, workers, items, strict=True)
    ]  # fmt: skip
    kind = BACK_PAY if back_month else _kind(project, team, month, workers)
    head_ = {
        "unit_id": team.unit_id, "team_id": team.id, "wage_month": month, "batch_kind": kind,
        "back_pay_month": back_month, "entry_way": EntryWay.PAID_ALREADY,
        "third_party_no": next((i["thirdPayRollCode"] for i in items
                                if i.get("thirdPayRollCode")), None),
    }  # fmt: skip
    payroll = services.draft_payroll(project, head_, lines, actor=task.actor)
    for name, value in rows.kept(checked["papers"]).items():
        setattr(payroll, name, value or None)
    _as_paid(payroll, dict(zip(workers, items, strict=True)))
    services.submit_payroll(payroll, actor=task.actor)
    return str(payroll.payroll_no)


def _typed(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != "card_no"}


def _as_paid(payroll: Payroll, items: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep the card that was paid to, and a transaction number where the sender has none."""
    for line in lines_in(payroll):
        item = items[line.project_worker_id]
        line.card_no = item["payRollBankCardNumber"]
        line.bank_code = item["payRollBankCode"]
        line.txn_no = line.txn_no or payroll.payroll_no
    if payroll.account_id is None:
        item = next(iter(items.values()))
        payroll.account_label = f"{item['payBankName']} ****{item['payBankCardNumber'][-4:]}"
    db.session.flush()


def _recorded(
    project: Project, month: str, workers: list[int], items: list[Mapping[str, Any]]
) -> str | None:
    """Give the payroll on record that says all of this already: sent again, it is not paid twice.

    Lines are the same by the sender's own number, person, day and amount.
    """
    if not all(item.get("thirdPayRollCode") for item in items):
        return None
    known = {
        (worker, txn_no, paid_on, paid): number
        for worker, txn_no, paid_on, paid, number in db.session.execute(
            select(PayrollLine.project_worker_id, PayrollLine.txn_no, PayrollLine.paid_on,
                   PayrollLine.paid, Payroll.payroll_no)
            .join(Payroll, (Payroll.project_id == PayrollLine.project_id)
                  & (Payroll.id == PayrollLine.payroll_id))
            .where(PayrollLine.project_id == project.id, Payroll.wage_month == month,
                   PayrollLine.project_worker_id.in_(workers), PayrollLine.is_deleted.is_(False),
                   Payroll.is_deleted.is_(False), Payroll.state.in_(SHEET_STATES))
        )
    }  # fmt: skip
    numbers = {
        known.get((worker, item["thirdPayRollCode"], item["balanceDate"], item["actualAmount"]))
        for worker, item in zip(workers, items, strict=True)
    }
    return numbers.pop() if len(numbers) == 1 else None


def _kind(project: Project, team: Team, month: str, workers: Iterable[int]) -> str:
    """Give 月结, or 半月 where one of the workers has his 月结 of the month already (7.4)."""
    there = db.session.scalar(
        select(PayrollLine.id)
        .join(Payroll, (Payroll.project_id == PayrollLine.project_id)
              & (Payroll.id == PayrollLine.payroll_id))
        .where(
            Payroll.project_id == project.id, Payroll.team_id == team.id,
            Payroll.wage_month == month, Payroll.batch_kind == MONTHLY,
            Payroll.state.in_(SHEET_STATES), Payroll.is_deleted.is_(False),
            PayrollLine.project_worker_id.in_(list(workers)), PayrollLine.is_deleted.is_(False),
        )
        .limit(1)
    )  # fmt: skip
    return HALF if there else MONTHLY


def _said(problem: Refusal, places: list[int]) -> str:
    """Give the text of a refusal, each line named by its place in the message."""
    singles = problem.problems if isinstance(problem, Refusals) else [problem]
    texts = []
    for single in singles:
        of_line = "row" in vars(single)
        if of_line:
            single.row = places[single.row]  # type: ignore[attr-defined]
        texts.append(told(single, NAMES, LIST if of_line else ""))
    return ";".join(dict.fromkeys(texts))


def query(task: Task) -> dict[str, Any]:
    """List the payrolls of a month; the first one stands beside the rows as well (9.9)."""
    page = wire.paging(task.data)
    read = task.read(QUERY, excused=EXCUSED)
    found = (
        select(Payroll, ProjectUnit, Team)
        .join(ProjectUnit, ProjectUnit.id == Payroll.unit_id)
        .outerjoin(Team, Team.id == Payroll.team_id)
        .where(Payroll.project_id == task.caller.project_id, Payroll.is_deleted.is_(False),
               Payroll.wage_month == _month(read["payMonth"]))
    )  # fmt: skip
    if number := read.get("payrollCode"):
        found = found.where(Payroll.payroll_no == number)
    found = of_company(of_team(found, read), read)
    if read.get("idCardNumber"):
        found = found.where(_of_person(read).exists())
    total = counted(found, Payroll.id)
    chosen = found.order_by(Payroll.id).offset(page.offset).limit(page.size)
    listed = [_row(task, read, *one) for one in db.session.execute(chosen)]
    replied = task.reply(ROW, listed)
    return {**page.reply(total, replied), **(replied[0] if replied else {})}


def _of_person(read: Mapping[str, Any]) -> Any:
    return of_person(
        select(PayrollLine.id)
        .join(ProjectWorker, ProjectWorker.id == PayrollLine.project_worker_id)
        .where(PayrollLine.project_id == Payroll.project_id,
               PayrollLine.payroll_id == Payroll.id, PayrollLine.is_deleted.is_(False)),
        read, ProjectWorker,
    )  # fmt: skip


def _row(
    task: Task, read: Mapping[str, Any], payroll: Payroll, unit: Any, team: Any
) -> dict[str, Any]:  # fmt: skip
    account = db.session.get(WageAccount, payroll.account_id) if payroll.account_id else None
    lines = of_person(
        select(PayrollLine, ProjectWorker)
        .join(ProjectWorker, ProjectWorker.id == PayrollLine.project_worker_id)
        .where(PayrollLine.project_id == payroll.project_id,
               PayrollLine.payroll_id == payroll.id, PayrollLine.is_deleted.is_(False))
        .order_by(PayrollLine.id),
        read, ProjectWorker,
    )  # fmt: skip
    of_head = {
        **head(task, unit, team), "payrollCode": payroll.payroll_no,
        "payMonth": payroll.wage_month, "state": payroll.state.name,
        "stateName": payroll.state.label,
    }  # fmt: skip
    if "attachments" in OF_PAYROLL:
        of_head |= rows.shown({"attachments": OF_PAYROLL["attachments"]}, payroll)
    return {**of_head, LIST: [
        _line(payroll, account, of_head["teamName"], *pair) for pair in db.session.execute(lines)
    ]}  # fmt: skip


def _line(
    payroll: Payroll, account: Any, team_name: str | None, line: PayrollLine, stay: Any
) -> dict[str, Any]:
    own = rows.shown(OF_LINE, line)
    back = payroll.back_pay_month
    return {
        **own, "workerName": stay.name, "teamName": team_name, "idCardType": stay.id_type,
        "idCardNumber": stay.id_number,
        "payRollBankCode": codes.outward("bank", line.bank_code) if line.bank_code else None,
        "payRollBankName": stay.bank_branch,
        "payBankCardNumber": account.account_no if account else None,
        "payBankCode": codes.outward("bank", account.bank_code) if account else None,
        "payBankName": (account.bank_branch if account else None) or payroll.account_label,
        "isBackPay": payroll.is_back_pay,
        "backPayMonth": date.fromisoformat(f"{back}-01") if back else None,
        "thirdPayRollCode": line.txn_no,
    }  # fmt: skip


METHODS = (
    Method(
        "Payroll.Add", "上传工资发放信息", ADD, Content.WAGE, check=check_add, work=add,
        notes=(
            "每次最多20人,全部成功或全部失败;为“已发补录”,上传即计入,由总承包单位事后复核。",
            "同月同班组已有月结记录的工人,再次上传的批次类型为半月;isBackPay 为1的为补发。",
            "同一 thirdPayRollCode、人员、日期和金额重复上传的,返回首次的工资单编号,不重复计算。",
            '成功后 result 为文本 [{"payrollCode":"…"}]。',
        ),
    ),
    Method(
        "Payroll.Query", "查询工资发放信息", QUERY, Content.WAGE, reply=ROW, answer=query,
        notes=("payMonth 为 yyyy-MM;data 同时含 rows 和首张工资单的内容。",),
    ),
)  # fmt: skip
