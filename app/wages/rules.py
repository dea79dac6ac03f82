"""WAGE-001 施工单位多月未发工资 (alert-rules.md section 3, rule 3).

Wages are matched by the month they belong to, not by the date of payment; a month is due on
the project's pay day, moved back to the last working day.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import (
    CTE,
    Date,
    Integer,
    Numeric,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.attendance.models import AttendanceDay
from app.core.columns import N_
from app.core.money import yuan
from app.core.rules import ORANGE, RED, Limits, Parameter, Reach, finding, row_link, rule
from app.core.states import StateLog
from app.projects.choices import WAGE_ROLES, ProjectState, UnitState
from app.projects.models import Project, ProjectUnit
from app.reference.models import CalendarDay
from app.roster.choices import WORKER
from app.roster.models import ProjectWorker
from app.wages.choices import AGAIN, PAID, SHEET_STATES, UNPAID, CashState
from app.wages.endings import months_left
from app.wages.models import Payroll, PayrollLine, net_payable
from app.wages.terms import terms_before, waiting_since

A, L, PR, U, W = AttendanceDay, PayrollLine, Payroll, ProjectUnit, ProjectWorker
LEAST_DAYS = 10
# SPC interpretation on refusing to pay labour remuneration (法释〔2013〕3号), article 3
SINGLE_MONTHS, SINGLE_AMOUNT, GROUP_HEADS, GROUP_AMOUNT = 3, 5000, 10, 30000


def sentence(facts: Mapping[str, Any]) -> str:
    """Say which months are unpaid, for how many workers, and what that may mean."""
    known = {
        "name": facts["name"], "n": len(facts["months"]), "heads": facts["heads"],
        "months": "、".join(m["month"] for m in facts["months"]),
    }  # fmt: skip
    if all(m.get("net") is None for m in facts["months"]):
        text = gettext(
            "%(name)s has not paid the wages of %(n)s months (%(months)s); %(heads)s workers are"
            " concerned, the amount is unknown for want of a payroll", **known
        )  # fmt: skip
    else:
        text = gettext(
            "%(name)s has not paid the wages of %(n)s months (%(months)s); %(heads)s workers are"
            " concerned, known amount %(amount)s yuan",
            amount=yuan(Decimal(str(facts["amount"]))), **known,
        )  # fmt: skip
    if facts["criminal"]:
        text += gettext("; the thresholds of refusing to pay labour remuneration are met")
    if facts.get("doubtful"):
        text += gettext("; data in doubt: no attendance reached the platform")
    if facts.get("provisional"):
        text += gettext("; holidays of the year are not published yet")
    return text


def _terms(day: date) -> Any:
    return (
        func.jsonb_to_recordset(literal(terms_before(day), JSONB))
        .table_valued(
            column("month", String), column("pay_day", Integer), column("due_on", Date),
            column("first_on", Date), column("next_on", Date), column("provisional", String),
            column("number", Integer),
        )
        .render_derived(name="terms", with_types=True)
    )  # fmt: skip


def _units(reach: Reach) -> CTE:
    """Give the units under wage rules; an enterprise's units on a project are one firm."""
    gone = (UnitState.DECLINED, UnitState.WITHDRAWN)
    firm = func.coalesce("e" + cast(U.enterprise_id, String), "u" + cast(U.id, String))
    return (
        select(U.project_id, U.id.label("unit_id"), firm.label("firm"), U.enterprise_id, U.name)
        .where(U.unit_role.in_(WAGE_ROLES), U.state.not_in(gone), U.is_deleted.is_(False),
               reach.within(project=U.project_id))
        .cte("wage_units")
    )  # fmt: skip


def _attended(units: CTE, since: date, until: date) -> CTE:
    """Give who had a valid day in which month; managers only where a wage sheet lists them."""
    listed = exists().where(L.project_id == A.project_id, L.project_worker_id == A.worker_id)
    return (
        select(
            A.project_id, units.c.firm, func.to_char(A.work_on, "YYYY-MM").label("month"),
            A.worker_id,
        )
        .join(W, and_(W.project_id == A.project_id, W.id == A.worker_id))
        .join(units, and_(units.c.project_id == A.project_id, units.c.unit_id == A.unit_id))
        .where(A.valid.is_(True), A.work_on >= since, A.work_on < until,
               or_(W.work_role == WORKER, listed))
        .distinct()
        .cte("attended")
    )  # fmt: skip


def _on_roster(units: CTE, terms: Any, until: date) -> CTE:
    """Give months with ten construction days on the roster, of projects without any device.

    A project no attendance has ever reached has no device; the result is marked 数据存疑.
    """
    day = func.generate_series(
        terms.c.first_on, terms.c.next_on - 1, literal("1 day").op("::")(column("interval"))
    ).table_valued("at").render_derived(name="days")  # fmt: skip
    on = cast(day.c.at, Date)
    state = (
        select(StateLog.state_to)
        .where(StateLog.table_name == "project", StateLog.row_id == Project.id,
               StateLog.at < func.timezone("Asia/Shanghai", cast(on + 1, String).op("::")(
                   column("timestamp"))))
        .order_by(StateLog.id.desc()).limit(1).scalar_subquery()
    )  # fmt: skip
    silent = ~exists().where(A.project_id == Project.id, A.work_on < until)
    stopped = exists().where(
        CalendarDay.day == on, CalendarDay.kind != "holiday", CalendarDay.working.is_(False),
        CalendarDay.district.in_(("", Project.district_code)), CalendarDay.is_deleted.is_(False),
    )  # fmt: skip
    return (
        select(W.project_id, units.c.firm, terms.c.month)
        .select_from(Project)
        .join(terms, terms.c.pay_day == func.coalesce(Project.pay_day, 15))
        .join(day, true())
        .join(W, and_(W.project_id == Project.id, W.work_role == WORKER, W.entry_on <= on,
                      or_(W.exit_on.is_(None), W.exit_on > on), W.is_deleted.is_(False)))
        .join(units, and_(units.c.project_id == W.project_id, units.c.unit_id == W.unit_id))
        .where(silent, Project.actual_start <= on, ~stopped,
               func.coalesce(state, ProjectState.ACTIVE.name) == ProjectState.ACTIVE.name)
        .group_by(W.project_id, units.c.firm, terms.c.month)
        .having(func.count(func.distinct(on)) >= LEAST_DAYS)
        .cte("on_roster")
    )  # fmt: skip


def _lines(units: CTE, reach: Reach, bank_wd: int) -> CTE:
    """Give net and paid of every line by the month it belongs to (section 1)."""
    month = case((PR.is_back_pay.is_(True), PR.back_pay_month), else_=PR.wage_month)
    net = net_payable()
    proven = or_(
        L.txn_no.is_not(None),
        and_(L.source == "api", func.coalesce(PR.third_party_no, PR.payroll_no).is_not(None)),
    )
    by_account = or_(L.pay_channel == "account", L.cash_state == CashState.ACCEPTED)
    paid = and_(L.pay_state == PAID, L.paid_on <= reach.day, proven, by_account)
    sent_on = cast(func.timezone("Asia/Shanghai", PR.sent_on), Date)
    awaited = and_(
        L.pay_state.in_((UNPAID, AGAIN)), sent_on >= waiting_since(reach.day, bank_wd),
        sent_on <= reach.day,
    )  # fmt: skip
    return (
        select(
            L.project_id, units.c.firm, month.label("month"),
            L.project_worker_id.label("worker_id"), PR.is_back_pay, net.label("net"),
            case((paid, L.paid), else_=0).label("paid"),
            case((awaited, net), else_=0).label("awaited"), sent_on.label("sent_on"),
        )
        .join(PR, and_(PR.project_id == L.project_id, PR.id == L.payroll_id))
        .join(units, and_(units.c.project_id == PR.project_id, units.c.unit_id == PR.unit_id))
        .where(PR.state.in_(SHEET_STATES), PR.is_deleted.is_(False), L.is_deleted.is_(False))
        .cte("wage_lines")
    )  # fmt: skip


def _sums(limits: Limits, terms: Any, lines: CTE) -> Any:
    """Add up net and paid of each firm and month; what is on its way counts if sent in time."""
    net = [
        func.sum(lines.c.net).filter(lines.c.is_back_pay.is_(back)) for back in (False, True)
    ]  # fmt: skip
    awaited = func.sum(lines.c.awaited).filter(lines.c.sent_on <= terms.c.due_on)
    return (
        select(
            lines.c.project_id, lines.c.firm, lines.c.month, func.greatest(*net).label("net"),
            (func.sum(lines.c.paid) + func.coalesce(awaited, 0)).label("paid"),
        )
        .join(Project, Project.id == lines.c.project_id)
        .join(terms, and_(
            terms.c.month == lines.c.month,
            terms.c.pay_day == func.coalesce(Project.pay_day, limits.city("payday")),
        ))
        .group_by(lines.c.project_id, lines.c.firm, lines.c.month)
        .subquery("sums")
    )  # fmt: skip


def _unpaid(limits: Limits, reach: Reach, units: CTE, parts: dict[str, Any]) -> CTE:
    """Give the months that count: they existed, they are due, and next to nothing was paid."""
    terms, lines = parts["terms"], parts["lines"]
    firms = select(
        units.c.project_id, units.c.firm, func.min(units.c.unit_id).label("unit_id"),
        func.min(units.c.enterprise_id).label("enterprise_id"),
        func.min(units.c.name).label("name"),
    ).group_by(units.c.project_id, units.c.firm).subquery("firms")  # fmt: skip
    sums = _sums(limits, terms, lines)

    def seen(source: CTE) -> Any:
        return exists().where(
            source.c.project_id == firms.c.project_id,
            source.c.firm == firms.c.firm,
            source.c.month == terms.c.month,
        )

    sheet = and_(sums.c.net > 0, sums.c.paid <= cast(limits.unpaid_ratio, Numeric) * sums.c.net)
    none = sums.c.month.is_(None)
    worked = seen(parts["attended"])
    return (
        select(
            firms, Project.district_code, terms.c.month, terms.c.number, terms.c.due_on,
            terms.c.provisional, sums.c.net, sums.c.paid, (~worked).label("doubtful"),
        )
        .select_from(firms)
        .join(Project, Project.id == firms.c.project_id)
        .join(terms, terms.c.pay_day == func.coalesce(Project.pay_day, limits.city("payday")))
        .outerjoin(sums, and_(
            sums.c.project_id == firms.c.project_id, sums.c.firm == firms.c.firm,
            sums.c.month == terms.c.month,
        ))
        .where(
            literal(reach.day, Date) > terms.c.due_on + cast(limits.grace_days, Integer),
            or_(worked, seen(parts["on_roster"])), or_(sheet, none),
        )
        .cte("unpaid_months")
    )  # fmt: skip


def _workers(unpaid: CTE, attended: CTE, lines: CTE) -> CTE:
    """Give the workers of the unpaid months who got nothing, their months and known amounts."""
    named = (
        select(attended.c.project_id, attended.c.firm, attended.c.month, attended.c.worker_id)
        .union(select(lines.c.project_id, lines.c.firm, lines.c.month, lines.c.worker_id))
        .subquery("named")
    )
    due = (
        select(
            named.c.project_id, named.c.firm, named.c.month, named.c.worker_id,
            func.coalesce(func.sum(lines.c.net), 0).label("net"),
        )
        .join(unpaid, and_(*(named.c[x] == unpaid.c[x] for x in ("project_id", "firm", "month"))))
        .outerjoin(lines, and_(*(
            named.c[x] == lines.c[x] for x in ("project_id", "firm", "month", "worker_id")
        )))
        .group_by(named.c.project_id, named.c.firm, named.c.month, named.c.worker_id)
        .having(func.coalesce(func.sum(lines.c.paid), 0) <= 0)
        .subquery("due")
    )  # fmt: skip
    return (
        select(
            due.c.project_id, due.c.firm, due.c.worker_id, func.count().label("months"),
            func.sum(due.c.net).label("amount"),
        )
        .group_by(due.c.project_id, due.c.firm, due.c.worker_id)
        .cte("unpaid_workers")
    )  # fmt: skip


def _counted(limits: Limits, unpaid: CTE) -> CTE:
    """Count the months of each firm; where they must be consecutive, the longest run."""
    run = unpaid.c.number - func.row_number().over(
        partition_by=(unpaid.c.project_id, unpaid.c.firm), order_by=unpaid.c.number
    )
    island = case((cast(limits.consecutive, String) == "true", run), else_=0)
    numbered = (
        select(unpaid, island.label("island"))
        .select_from(unpaid).join(Project, Project.id == unpaid.c.project_id)
        .subquery("numbered")
    )  # fmt: skip
    size = func.count().over(
        partition_by=(numbered.c.project_id, numbered.c.firm, numbered.c.island)
    )
    return select(numbered, size.label("size")).cte("counted_months")


def _unpaid_people(counted: CTE, workers: CTE) -> Any:
    """Count the unpaid workers of a firm and what is known to be owed to them."""
    single = and_(workers.c.months >= SINGLE_MONTHS, workers.c.amount >= SINGLE_AMOUNT)
    return (
        select(
            func.count().label("heads"), func.coalesce(func.sum(workers.c.amount), 0).label("all"),
            func.coalesce(func.bool_or(single), false()).label("single"),
        )
        .where(
            workers.c.project_id == counted.c.project_id, workers.c.firm == counted.c.firm
        )
        .lateral("people")
    )  # fmt: skip


def _findings(limits: Limits, counted: CTE, workers: CTE) -> Select[Any]:
    c, people = counted.c, _unpaid_people(counted, workers)
    most = func.max(c.size)
    heads, amount = func.max(people.c.heads), func.max(people.c["all"])
    # below a threshold nothing is known as long as a month has no payroll
    unknown = func.bool_or(c.net.is_(None))
    single, group = (
        case((met, true()), (unknown, null()), else_=false())
        for met in (
            func.bool_or(people.c.single), and_(heads >= GROUP_HEADS, amount >= GROUP_AMOUNT)
        )
    )  # fmt: skip
    level = case(
        (or_(most >= func.min(limits.red), heads >= func.min(limits.red_heads)), RED), else_=ORANGE
    )
    month = func.jsonb_build_object(
        "month", c.month, "due", func.to_char(c.due_on, "YYYY-MM-DD"), "net", c.net, "paid", c.paid
    )
    key = func.concat("WAGE-001:", c.firm)
    return (
        finding(
            project_id=c.project_id, district_code=c.district_code, unit_id=func.min(c.unit_id),
            enterprise_id=func.min(c.enterprise_id), subject=func.min(c.name), dedupe_key=key,
            episode=func.concat(key, ":", c.project_id), level=level,
            facts=func.jsonb_build_object(
                "name", func.min(c.name), "months",
                func.jsonb_agg(aggregate_order_by(month, c.number)), "heads", heads,
                "amount", amount, "single", single, "group", group,
                "criminal", or_(single, group),
                "doubtful", func.bool_or(c.doubtful),
                "provisional", func.bool_or(c.provisional == "true"),
            ),
            evidence=func.jsonb_agg(
                aggregate_order_by(row_link("wage_month", c.unit_id, c.month), c.number)
            ),
        )
        .select_from(counted)
        .join(Project, Project.id == c.project_id)
        .join(people, true())
        .group_by(c.project_id, c.district_code, c.firm)
        .having(most >= func.min(limits.months))
    )  # fmt: skip


@rule(
    "WAGE-001",
    name=_("Contractor has not paid wages for several months"),
    category=N_("Wages"),
    basis="保障农民工工资支付条例 第十二、十四、三十、三十一、五十五、五十六条；劳动法 第五十条；"
          "最高人民法院 法释〔2013〕3号 第三条",
    parameters={
        "months": Parameter(2, 2, 6, stricter="lower"),
        "red": Parameter(3, 2, 6, stricter="lower"),
        "red_heads": Parameter(10, 3, 50, stricter="lower"),
        "unpaid_ratio": Parameter(0.10, 0, 0.5, stricter="higher"),
        "grace_days": Parameter(0, 0, 5, stricter="lower"),
        "bank_wd": Parameter(2, 0, 5, stricter="lower"),
        "payday": Parameter(15, 1, 31),
        "consecutive": Parameter(default=False),
    },
    sentence=sentence,
    closes_when=_("The wages of enough of the months named are paid: fewer unpaid months than the"
                  " limit remain"),
    mend=_("Pay the months named above through the special account and upload the bank receipts"),
    mend_endpoint="PayrollView.list",
    levels=("orange", "red"),
    grain="project",
    ended=months_left,
)  # fmt: skip
def wages_unpaid_for_months(limits: Limits, reach: Reach) -> Select[Any]:
    """A contractor owes the wages of several months on one project."""  # noqa: D401 - a rule states its condition
    terms, units = _terms(reach.day), _units(reach)
    first = date.fromisoformat(terms_before(reach.day)[-1]["first_on"])
    attended = _attended(units, first, reach.day)
    lines = _lines(units, reach, limits.city("bank_wd"))
    parts = {"terms": terms, "attended": attended, "lines": lines,
             "on_roster": _on_roster(units, terms, reach.day)}  # fmt: skip
    unpaid = _unpaid(limits, reach, units, parts)
    return _findings(limits, _counted(limits, unpaid), _workers(unpaid, attended, lines))
