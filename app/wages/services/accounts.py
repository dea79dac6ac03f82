"""工资专用账户: registered, reviewed, frozen, closed; the balance told (screens.md 10.7)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import clock, scope
from app.core.errors import Refusal, refuse_all
from app.extensions import db
from app.projects.models import Project
from app.projects.services.numbers import claim_city_key, hold_lock, release_city_key
from app.roster.services.doors import door_of, missing, open_columns
from app.wages import queries
from app.wages.choices import AccountState
from app.wages.errors import (
    AccountTaken,
    AccountThere,
    NotNow,
    NotYourUnit,
    WageRefusal,
    WrongAccountName,
)
from app.wages.models import NAME_ENDS, WageAccount
from app.wages.services.places import keeps, own_unit
from app.wages.states import ACCOUNT_FLOW

CITY_KEY = "wage_account"
NOTICE_DAYS = 30
# what names the account at the bank; reviewed once, it is closed rather than changed
FIXED = ("unit_id", "account_no", "sub_ledger_no", "bank_code", "opened_on")
Values = Mapping[str, Any]


def register_account(project: Project, values: Values, *, actor: scope.Principal) -> WageAccount:
    """Register a unit's special account; it works at once, marked 账户审核中 until reviewed."""
    kept = _kept(values)
    unit = own_unit(project, kept.get("unit_id"), actor)
    hold_lock(f"wage account {project.id}")
    refuse_all([
        *missing(WageAccount, kept, door_of(actor)), *_of_name(kept), *_of_dates(kept),
        *([AccountThere(unit)] if _live(project.id, unit.id) else []),
    ])  # fmt: skip
    row = WageAccount(project_id=project.id, **kept)
    db.session.add(row)
    db.session.flush()
    _claim(row)
    return row


def edit_account(row: WageAccount, values: Values, *, actor: scope.Principal) -> WageAccount:
    """Change an account; once it is reviewed, number, bank and opening stay as they are."""
    if not may_keep(row, actor):
        raise NotNow(gettext("A closed account is not changed: register the one in use"))
    merged = _kept({name: getattr(row, name) for name in open_columns(WageAccount)} | dict(values))
    moved = [name for name in FIXED if merged[name] != getattr(row, name)]
    problems: list[Refusal] = [
        *missing(WageAccount, merged, door_of(actor)), *_of_name(merged), *_of_dates(merged),
    ]  # fmt: skip
    if row.state is not AccountState.SUBMITTED:
        problems += [
            WageRefusal(
                gettext("The account is reviewed: for another bank, number or opening, close it and"
                        " register a new one"), field=name,
            )
            for name in moved
        ]  # fmt: skip
    elif "unit_id" in moved:
        problems.append(NotYourUnit())
    refuse_all(problems)
    if moved:
        release_city_key(CITY_KEY, row.project_id, row.id)
    for name, value in merged.items():
        setattr(row, name, value)
    db.session.flush()
    if moved:
        _claim(row)
    return row


def tell_balance(
    row: WageAccount, balance: Decimal | None, at: datetime | None, *, actor: scope.Principal
) -> WageAccount:
    """Enter the balance a statement shows; an older one never replaces a younger."""
    at = at or clock.now()
    if not may_keep(row, actor):
        raise NotNow(gettext("A closed account has no balance any more"))
    if balance is None:
        raise WageRefusal(gettext("Enter the balance of the statement"), field="balance")
    if at > clock.now():
        raise WageRefusal(gettext("The time of a balance is not in the future"), field="balance_on")
    if row.balance_on is not None and at < row.balance_on:
        raise WageRefusal(
            gettext("A younger balance is on record: enter the one of the latest statement"),
            field="balance_on",
        )  # fmt: skip
    row.balance, row.balance_on = balance, at
    db.session.flush()
    return row


def ask_closing(row: WageAccount, values: Values, *, actor: scope.Principal) -> WageAccount:
    """Ask for the closing of an account, with the day the no-arrears notice was posted."""
    if row.state not in (AccountState.ACTIVE, AccountState.FROZEN) or not may_keep(row, actor):
        raise NotNow(gettext("Only a reviewed account that is still open can be closed"))
    notice, proof = values.get("notice_from"), values.get("closed_file")
    problems: list[Refusal] = []
    if not notice:
        problems.append(
            WageRefusal(gettext("Enter the day the notice was posted"), field="notice_from")
        )
    elif notice > clock.today():
        problems.append(
            WageRefusal(gettext("The notice is posted before the closing is asked for"),
                        field="notice_from")
        )  # fmt: skip
    if not proof:
        problems.append(
            WageRefusal(gettext("Upload the proof of the notice and the settlement"),
                        field="closed_file")
        )  # fmt: skip
    refuse_all(problems)
    row.notice_from, row.closed_file, row.close_asked_on = notice, proof, clock.today()
    db.session.flush()
    return row


def decide_account(
    row: WageAccount, verb: str, remark: str = "", *, actor: scope.Principal
) -> WageAccount:
    """Approve, freeze, unfreeze or close an account; closing needs notice and no debt."""
    if verb == "close_account":
        refuse_all(list(_against_closing(row)))
        row.closed_on = clock.today()
    ACCOUNT_FLOW.fire(verb, row, actor=actor, remark=remark)
    if verb == "close_account":
        release_city_key(CITY_KEY, row.project_id, row.id)
    return row


def may_keep(row: WageAccount, actor: scope.Principal) -> bool:
    """Tell whether a principal changes an account: its unit's, or any of his project."""
    return row.state is not AccountState.CLOSED and keeps(row.project_id, row.unit_id, actor)


def _against_closing(row: WageAccount) -> Iterator[Refusal]:
    """Say what stands against the closing (724 第二十七条; 人社部发〔2021〕53号 第九、十条)."""
    today = clock.today()
    if row.close_asked_on is None or row.notice_from is None:
        yield NotNow(gettext("The unit has not asked for the closing yet"))
    elif row.notice_from + timedelta(days=NOTICE_DAYS) > today:
        yield NotNow(
            gettext("The no-arrears notice has to stand for 30 days: from %(day)s on",
                    day=(row.notice_from + timedelta(days=NOTICE_DAYS)).isoformat())
        )  # fmt: skip
    owed = queries.owed_out_of(row)
    if owed > 0:
        yield NotNow(
            gettext("Wages of %(amount)s yuan paid out of this account are still open", amount=owed)
        )


def _kept(values: Values) -> dict[str, Any]:
    found = {name: values.get(name) for name in open_columns(WageAccount)}
    return {name: None if value in ("", []) else value for name, value in found.items()}


def _of_name(values: Values) -> Iterator[Refusal]:
    name = values.get("account_name")
    if name and not str(name).endswith(NAME_ENDS):
        yield WrongAccountName(NAME_ENDS)


def _of_dates(values: Values) -> Iterator[Refusal]:
    opened, filed = values.get("opened_on"), values.get("filed_on")
    if opened and filed and filed < opened:
        yield WageRefusal(
            gettext("The account is filed after it was opened: check both dates"), field="filed_on"
        )


def _live(project_id: int, unit_id: int) -> bool:
    found = db.session.scalar(
        select(WageAccount.id).where(
            WageAccount.project_id == project_id, WageAccount.unit_id == unit_id,
            WageAccount.state != AccountState.CLOSED, WageAccount.is_deleted.is_(False),
        ).limit(1)
    )  # fmt: skip
    return found is not None


def _claim(row: WageAccount) -> None:
    """Take the number, with its sub-ledger, for this account in the whole city."""
    value = f"{row.account_no}/{row.sub_ledger_no or ''}"
    claim_city_key(CITY_KEY, value, row.project_id, row.id, refusal=AccountTaken)
