"""工资发放: made, submitted, reviewed, returned, archived (screens.md 10.6).

Submissions of one project and month follow each other under a lock and look at the state again
under it, so that of two at once one is told and nothing is paid twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select

from app.attendance.queries import locked_months
from app.core import clock, scope
from app.core.errors import NotAllowed, Refusal, refuse_all
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project, ProjectUnit
from app.projects.services.numbers import draw_number, hold_lock
from app.roster.models import Team
from app.roster.services.doors import door_of
from app.wages.choices import BACK_PAY, ConfirmState, EntryWay, PayrollPlanState, PayrollState
from app.wages.errors import NoAccount, NotNow, WageRefusal
from app.wages.events import payments_stored
from app.wages.models import Payroll, PayrollPlan
from app.wages.queries.choosing import Candidate, candidates
from app.wages.queries.payrolls import (
    lines_in,
    named,
    paid_monthly_elsewhere,
    strangers,
    unsigned,
)
from app.wages.services.lines import (
    hold_what_cannot_be_paid,
    line_of,
    problems_of,
    told,
    write_line,
)
from app.wages.services.places import account_facts, keeps, own_unit, payer_of, whole_project
from app.wages.states import PAYROLL_FLOW

HEAD = ("plan_id", "bank_batch_no", "third_party_no", "publicity_on", "publicity_img",
        "bank_receipt", "signed_file")  # fmt: skip
OPEN_PLANS = (PayrollPlanState.CONFIRMED, PayrollPlanState.RUNNING, PayrollPlanState.DONE)
Values = Mapping[str, Any]


def draft_payroll(
    project: Project, values: Values, rows: Sequence[Values], *, actor: scope.Principal
) -> Payroll:
    """Make a payroll with a line for each worker named; what is not typed is suggested."""
    door = door_of(actor)
    unit = own_unit(project, values.get("unit_id"), actor)
    team = _team(project, unit, values.get("team_id"))
    refuse_all(_of_head(values, rows))
    payroll = _head(project, unit, team, values, door)
    db.session.add(payroll)
    db.session.flush()
    known = _known(payroll, [row["project_worker_id"] for row in rows])
    problems: list[Refusal] = []
    for place, row in enumerate(rows):
        found = known.get(row["project_worker_id"])
        if found is None:
            problems += told([_not_here()], place, str(row.get("name") or place + 1))
            continue
        line = line_of(payroll, found, row, door)
        # a suggestion is only looked at when it is submitted
        wrong = list(problems_of(payroll, line, found, door)) if door != "form" else []
        hold_what_cannot_be_paid(payroll, line, found.worker)
        problems += told(wrong, place, found.worker.name)
        db.session.add(line)
    refuse_all(problems)
    db.session.flush()
    return payroll


def edit_payroll(payroll: Payroll, values: Values, *, actor: scope.Principal) -> Payroll:
    """Change what stands beside the lines of a draft: plan, numbers, vouchers, way of entry."""
    _editable(payroll, actor)
    if number := values.get("plan_id"):
        _plan(payroll, number)
    for name in HEAD:
        if name in values:
            setattr(payroll, name, values[name] or None)
    db.session.flush()
    return payroll


def edit_lines(
    payroll: Payroll, changes: Mapping[int, Values], *, actor: scope.Principal
) -> Payroll:
    """Type over lines of a draft; all are written or none."""
    _editable(payroll, actor)
    door = door_of(actor)
    lines = {line.id: line for line in lines_in(payroll)}
    known = _known(payroll, [line.project_worker_id for line in lines.values()])
    problems: list[Refusal] = []
    for place, (number, row) in enumerate(changes.items()):
        line = lines.get(number)
        if line is None:
            raise NotNow(gettext("The payroll has changed meanwhile: open it again"))
        found = known.get(line.project_worker_id)
        with db.session.no_autoflush:
            write_line(payroll, line, row, door)
            wrong = told(
                list(problems_of(payroll, line, found, door)), place, str(line.account_name)
            )
            if found is not None:
                hold_what_cannot_be_paid(payroll, line, found.worker)
        for one in wrong:
            one.field = f"l{number}-{one.field}"
        problems += wrong
    if problems:
        db.session.expire_all()
    refuse_all(problems)
    db.session.flush()
    return payroll


def drop_payroll(payroll: Payroll, *, actor: scope.Principal) -> None:
    """Remove a draft with its lines."""
    _editable(payroll, actor)
    for line in lines_in(payroll):
        line.is_deleted = True
    payroll.is_deleted = True
    db.session.flush()


def ask_workers(payroll: Payroll, *, actor: scope.Principal) -> Payroll:
    """Show the lines to the workers before the bank file (待工人确认)."""
    if payroll.entry_way is not EntryWay.REVIEWED_FIRST:
        raise NotNow(gettext("A payment already made is submitted at once"))
    _own(payroll, actor)
    lock(payroll)
    _submittable(payroll, actor)
    PAYROLL_FLOW.fire("ask_workers", payroll, actor=actor)
    return payroll


def submit_payroll(payroll: Payroll, reason: str = "", *, actor: scope.Principal) -> Payroll:
    """Hand a payroll in; what was paid already counts from now on."""
    _own(payroll, actor)
    lock(payroll)
    if payroll.entry_way is EntryWay.REVIEWED_FIRST:
        if payroll.state is PayrollState.DRAFT:
            raise NotNow(gettext("Show the lines to the workers first: press “%(verb)s”",
                                 verb=gettext("Ask the workers")))  # fmt: skip
        open_lines = unsigned(payroll)
        if open_lines and not reason.strip() and payroll.signed_file is None:
            raise WageRefusal(
                gettext("%(n)s lines are not confirmed: upload the signed wage sheet, or give the"
                        " reason", n=open_lines), field="remark",
            )  # fmt: skip
        payroll.unsigned_reason = reason.strip()[:200] or None if open_lines else None
    _submittable(payroll, actor)
    PAYROLL_FLOW.fire("submit", payroll, actor=actor, remark=reason)
    if payroll.entry_way is EntryWay.PAID_ALREADY:
        payments_stored.send(project_id=payroll.project_id)
    return payroll


def review_payroll(payroll: Payroll, remark: str = "", *, actor: scope.Principal) -> Payroll:
    """Pass a payroll, as the general contractor; one already paid is done with it."""
    if not whole_project(payroll.project_id, actor):
        raise NotAllowed(gettext("The general contractor reviews the payrolls of its project"))
    lock(payroll)
    if payroll.entry_way is EntryWay.REVIEWED_FIRST:
        if (
            payroll.state is PayrollState.SUBMITTED
            and unsigned(payroll)
            and not payroll.signed_file
        ):
            raise WageRefusal(
                gettext("Upload the signed wage sheet before the review: not every worker has"
                        " confirmed electronically"), field="signed_file",
            )  # fmt: skip
        PAYROLL_FLOW.fire("review", payroll, actor=actor, remark=remark)
    else:
        if not actor.can("review", str(Area.WAGES)) and actor is not scope.SYSTEM:
            raise NotAllowed
        PAYROLL_FLOW.fire("pay", payroll, actor=scope.SYSTEM, remark=remark)
    return payroll


def return_payroll(payroll: Payroll, remark: str, *, actor: scope.Principal) -> Payroll:
    """Return a payroll with the reason; what it says was paid counts no more."""
    if not whole_project(payroll.project_id, actor):
        raise NotAllowed(gettext("The general contractor reviews the payrolls of its project"))
    lock(payroll)
    PAYROLL_FLOW.fire("return", payroll, actor=actor, remark=remark)
    payroll.returned_reason = remark[:500]
    db.session.flush()
    payments_stored.send(project_id=payroll.project_id)
    return payroll


def correct_payroll(payroll: Payroll, *, actor: scope.Principal) -> Payroll:
    """Take a returned payroll up again as a draft."""
    _own(payroll, actor)
    PAYROLL_FLOW.fire("correct", payroll, actor=actor)
    return payroll


def archive_payroll(payroll: Payroll, *, actor: scope.Principal) -> Payroll:
    """Archive a paid payroll of a month whose attendance is locked; only back pay follows."""
    if not whole_project(payroll.project_id, actor):
        raise NotAllowed
    if payroll.wage_month not in locked_months(payroll.project_id):
        raise NotNow(
            gettext("The attendance of %(month)s is not locked yet: lock the month first",
                    month=payroll.wage_month)
        )  # fmt: skip
    PAYROLL_FLOW.fire("archive", payroll, actor=actor)
    return payroll


def sign_lines(payroll: Payroll, values: Values, *, actor: scope.Principal) -> Payroll:
    """File the wage sheet the workers signed on paper: its lines are confirmed (724 第三十一条)."""
    _own(payroll, actor)
    if payroll.state not in (PayrollState.DRAFT, PayrollState.WITH_WORKERS, PayrollState.SUBMITTED):
        raise NotNow(gettext("The signed sheet is filed before the review"))
    if not values.get("signed_file"):
        raise WageRefusal(gettext("Upload the signed wage sheet"), field="signed_file")
    payroll.signed_file = values["signed_file"]
    for line in lines_in(payroll):
        if line.confirm_state is not ConfirmState.OBJECTED:
            line.confirm_state = ConfirmState.CONFIRMED
    db.session.flush()
    return payroll


def may_edit(payroll: Payroll, actor: scope.Principal) -> bool:
    """Tell whether a principal changes a payroll: a draft of a unit he acts for."""
    return payroll.state is PayrollState.DRAFT and keeps(payroll.project_id, payroll.unit_id, actor)


def lock(payroll: Payroll) -> None:
    """Let whoever moves payrolls of one project and month follow each other; look again."""
    db.session.flush()
    hold_lock(f"payroll {payroll.project_id} {payroll.wage_month}")
    db.session.refresh(payroll)


def _own(payroll: Payroll, actor: scope.Principal) -> None:
    if not keeps(payroll.project_id, payroll.unit_id, actor):
        raise NotAllowed


def _editable(payroll: Payroll, actor: scope.Principal) -> None:
    if not may_edit(payroll, actor):
        raise NotNow(gettext("Only a draft is changed: a submitted payroll is returned first"))


def _submittable(payroll: Payroll, actor: scope.Principal) -> None:
    """Refuse what 10.6 refuses on submission; one SELECT each, under the lock."""
    door, lines = door_of(actor), lines_in(payroll)
    problems: list[Refusal] = []
    if not lines:
        problems.append(NotNow(gettext("The payroll has no line: choose the workers again")))
    if names := strangers(payroll):
        problems.append(
            WageRefusal(gettext("Not on the roster of the month: %(names)s. Remove them, or record"
                                " their entry", names=named(names)))
        )  # fmt: skip
    if names := paid_monthly_elsewhere(payroll):
        problems.append(
            WageRefusal(gettext("Already on a monthly payroll of this month: %(names)s. Choose"
                                " another kind of batch", names=named(names)), field="batch_kind")
        )  # fmt: skip
    if payroll.entry_way is EntryWay.PAID_ALREADY and door == "form" and not payroll.bank_receipt:
        problems.append(WageRefusal(gettext("Upload the bank voucher"), field="bank_receipt"))
    known = _known(payroll, [line.project_worker_id for line in lines])
    for place, line in enumerate(lines):
        found = known.get(line.project_worker_id)
        problems += told(list(problems_of(payroll, line, found, door)), place,
                         str(found.worker.name if found else line.account_name))  # fmt: skip
    refuse_all(problems)


def _team(project: Project, unit: ProjectUnit, number: Any) -> Team:
    row = db.session.scalars(
        select(Team).where(
            Team.id == number, Team.project_id == project.id, Team.unit_id == unit.id,
            Team.is_deleted.is_(False),
        )
    ).one_or_none() if isinstance(number, int) else None  # fmt: skip
    if row is None:
        raise WageRefusal(gettext("Choose a team of this unit"), field="team_id")
    return row


def _plan(payroll: Payroll, number: Any) -> None:
    """Refuse a plan of another unit or month, or one that is not confirmed."""
    found = db.session.scalar(
        select(PayrollPlan.id).where(
            PayrollPlan.id == number, PayrollPlan.project_id == payroll.project_id,
            PayrollPlan.unit_id == payroll.unit_id, PayrollPlan.wage_month == payroll.wage_month,
            PayrollPlan.state.in_(OPEN_PLANS), PayrollPlan.is_deleted.is_(False),
        )
    )  # fmt: skip
    if found is None:
        raise WageRefusal(
            gettext("Choose a confirmed plan of this unit and month"), field="plan_id"
        )


def _of_head(values: Values, rows: Sequence[Values]) -> list[Refusal]:
    found: list[Refusal] = []
    month, back = values.get("wage_month"), values.get("back_pay_month")
    if not month:
        found.append(WageRefusal(gettext("Choose the wage month"), field="wage_month"))
    elif month > f"{clock.today():%Y-%m}":
        found.append(
            WageRefusal(
                gettext("The wage month is not after the present month"), field="wage_month"
            )
        )
    if values.get("batch_kind") == BACK_PAY:
        if not back:
            found.append(
                WageRefusal(gettext("Choose the month that is made good"), field="back_pay_month")
            )
        elif month and back >= month:
            found.append(
                WageRefusal(gettext("Back pay is for a month before the wage month"),
                            field="back_pay_month")
            )  # fmt: skip
    if not rows:
        found.append(WageRefusal(gettext("Tick at least one worker"), field="rowid"))
    numbers = [row["project_worker_id"] for row in rows]
    if len(set(numbers)) < len(numbers):
        found.append(WageRefusal(gettext("A worker stands on one payroll once"), field="rowid"))
    return found


def _head(project: Project, unit: ProjectUnit, team: Team, values: Values, door: str) -> Payroll:
    """Make the head: number, batch number, and the account the wages are paid out of."""
    account = account_facts(project.id, payer_of(unit))
    if not account and door in ("form", "sheet"):
        raise NoAccount
    month, kind = values["wage_month"], values.get("batch_kind") or "monthly"
    hold_lock(f"payroll {project.id} {month}")
    batch_no = 1 + (db.session.scalar(
        select(func.max(Payroll.batch_no)).where(
            Payroll.project_id == project.id, Payroll.unit_id == unit.id,
            Payroll.team_id == team.id, Payroll.wage_month == month, Payroll.batch_kind == kind,
            Payroll.is_deleted.is_(False),
        )
    ) or 0)  # fmt: skip
    number = draw_number(f"payroll {project.id} {month}")
    return Payroll(
        project_id=project.id, unit_id=unit.id, team_id=team.id, wage_month=month,
        payroll_no=f"GZ{month.replace('-', '')}{number:05d}", batch_kind=kind, batch_no=batch_no,
        entry_way=values.get("entry_way") or EntryWay.REVIEWED_FIRST,
        is_back_pay=kind == BACK_PAY,
        back_pay_month=values.get("back_pay_month") if kind == BACK_PAY else None,
        account_id=account.get("id"), account_label=account.get("account_name"),
        account_under_review=bool(account) and account["state"].name == "SUBMITTED",
        **{name: values[name] for name in HEAD if values.get(name)},
    )  # fmt: skip


def _known(payroll: Payroll, numbers: Sequence[int]) -> dict[int, Candidate]:
    month = payroll.back_pay_month or payroll.wage_month
    found = candidates(
        payroll.project_id, payroll.unit_id, month, team_id=payroll.team_id, only=numbers
    )
    return {one.worker.id: one for one in found}


def _not_here() -> Refusal:
    return WageRefusal(
        gettext("Not a worker of this unit: choose from the list"), field="project_worker_id"
    )
