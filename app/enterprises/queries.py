"""Reads of the enterprise domain: facts of registered enterprises, applications, hints."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from flask_babel import gettext
from sqlalchemy import case, literal, or_, select
from werkzeug.security import check_password_hash

from app.core import clock, names, scope
from app.core.columns import specs
from app.enterprises.choices import ChangeState, EnterpriseState, EnterpriseType
from app.enterprises.models import Enterprise, EnterpriseChange, Qualification
from app.extensions import db
from app.reference import workdays

T = TypeVar("T")
SOON = timedelta(days=30)
MOST_CHANGES = 10
MOST_ALIKE = 50  # names compared character by character, those that share most first
ALIKE = 0.9
PENDING_STATES = (
    EnterpriseState.SUBMITTED, EnterpriseState.RETURNED, EnterpriseState.REJECTED,
)  # fmt: skip
# legal forms and words nearly every builder's name holds: they make no two names alike
COMMON = re.compile(
    r"有限责任公司|股份有限公司|有限公司|集团|建设工程|建筑工程|工程|建设|建筑|劳务|公司"
)


@dataclass(frozen=True)
class Facts:
    """What other domains may know of a registered enterprise."""

    id: int
    enterprise_type: EnterpriseType
    name: str
    credit_code: str
    district_code: str
    agent_name: str
    agent_mobile: str
    qualification_kinds: tuple[str, ...]


@dataclass(frozen=True)
class Application:
    """An application without an account: its row, number and state."""

    id: int
    application_no: str
    state: EnterpriseState


def registered(credit_code: str) -> Facts | None:
    """Give the facts of an approved enterprise by its code, None when none is registered."""
    fields = (
        Enterprise.id, Enterprise.enterprise_type, Enterprise.name, Enterprise.credit_code,
        Enterprise.district_code, Enterprise.agent_name, Enterprise.agent_mobile,
    )  # fmt: skip
    with scope.system_scope("an enterprise is found by its code") as connection:
        row = connection.execute(
            select(*fields).where(
                Enterprise.credit_code == credit_code, Enterprise.is_deleted.is_(False),
                Enterprise.state == EnterpriseState.APPROVED,
            )
        ).one_or_none()  # fmt: skip
        if row is None:
            return None
        kinds = connection.scalars(
            select(Qualification.kind)
            .where(Qualification.enterprise_id == row.id, Qualification.is_deleted.is_(False))
            .order_by(Qualification.id)
        )
        return Facts(*row, tuple(kinds))


def application_of(username: str, password: str, refused_hash: str = "") -> Application | None:
    """Give the application with this sign-in name and password, newest first.

    ``refused_hash`` is compared when there is none, so that both answers take equally long.
    """
    with scope.system_scope("an applicant shows his application's password") as connection:
        row = connection.execute(
            select(
                Enterprise.id, Enterprise.application_no, Enterprise.state,
                Enterprise.password_hash,
            )
            .where(
                Enterprise.username == username, Enterprise.state.in_(PENDING_STATES),
                Enterprise.is_deleted.is_(False),
            )
            .order_by(Enterprise.id.desc())
            .limit(1)
        ).one_or_none()  # fmt: skip
    stored = (row.password_hash if row else None) or refused_hash
    right = bool(stored) and check_password_hash(stored, password)
    return Application(row.id, row.application_no, row.state) if row and right else None


def find_application(application_no: str, agent_mobile: str) -> Application | None:
    """Give the application with this number whose agent has this mobile."""
    with scope.system_scope("the progress of a registration is looked up") as connection:
        row = connection.execute(
            select(Enterprise.id, Enterprise.application_no, Enterprise.state).where(
                Enterprise.application_no == application_no.strip().upper(),
                Enterprise.agent_mobile == agent_mobile, Enterprise.is_deleted.is_(False),
            )
        ).one_or_none()  # fmt: skip
    return Application(*row) if row else None


def hints(row: Enterprise) -> list[dict[str, str]]:
    """Give what a reviewer should look at twice: twins elsewhere and papers near their end."""
    return _twins(row) + expiries(row, clock.today())


def _twins(row: Enterprise) -> list[dict[str, str]]:
    rules: list[tuple[str, Any]] = [
        (gettext("same legal representative"),
         Enterprise.legal_person_id_number_hash == row.legal_person_id_number_hash),
        (gettext("same mobile"), or_(
            Enterprise.agent_mobile == row.agent_mobile,
            Enterprise.legal_person_phone == row.legal_person_phone)),
    ]  # fmt: skip
    others = (
        Enterprise.id != row.id, Enterprise.is_deleted.is_(False),
        Enterprise.state != EnterpriseState.DRAFT,
    )  # fmt: skip
    found = []
    with scope.system_scope("twins of an application are looked for") as connection:
        for words, rule in rules:
            for name in connection.scalars(select(Enterprise.name).where(rule, *others).limit(5)):
                found.append({"text": f"{words}：{name}", "tone": "amber"})
        shared = _shared_pieces(row.name)
        alike = select(Enterprise.name).where(shared > 0, *others).order_by(shared.desc())
        every = list(connection.scalars(alike.limit(MOST_ALIKE)))
    return found + [
        {"text": f"{gettext('similar name')}：{name}", "tone": "amber"}
        for name in every if similar(row.name, name)
    ][:5]  # fmt: skip


def _shared_pieces(name: str) -> Any:
    """Count the pairs of neighbouring characters of a name's distinctive part in other names."""
    core = COMMON.sub("", names.compare_key(name)) or name
    pieces = {core[at : at + 2] for at in range(max(len(core) - 1, 1))}
    return sum(
        (case((Enterprise.name.icontains(piece, autoescape=True), 1), else_=0)
         for piece in sorted(pieces)),
        start=literal(0),
    )  # fmt: skip


def similar(one: str, other: str) -> bool:
    """Tell whether two names differ only in legal form, spelling or a character."""
    left, right = (COMMON.sub("", names.compare_key(name)) for name in (one, other))
    if not left or not right:
        return names.same_name(one, other)
    if left == right:
        return True
    matcher = difflib.SequenceMatcher(None, left, right)
    return matcher.real_quick_ratio() > ALIKE and matcher.ratio() > ALIKE


def expiries(row: Enterprise, today: date) -> list[dict[str, str]]:
    """Give the papers that have expired or will within thirty days."""
    papers: list[tuple[Any, date | None]] = [
        (specs(Enterprise)[name].label, getattr(row, name))
        for name in ("licence_valid_to", "safety_licence_valid_to")
    ]
    papers += [
        (f"{gettext('Qualification')} {number}", until)
        for number, until in db.session.execute(
            select(Qualification.certificate_no, Qualification.valid_to).where(
                Qualification.enterprise_id == row.id, Qualification.is_deleted.is_(False)
            )
        )
    ]
    found = []
    for label, until in papers:
        if until and until < today:
            words = gettext("%(paper)s has expired on %(day)s", paper=label, day=until)
            found.append({"text": words, "tone": "red"})
        elif until and until <= today + SOON:
            words = gettext("%(paper)s expires on %(day)s", paper=label, day=until)
            found.append({"text": words, "tone": "amber"})
    return found


def field_label(name: str) -> str:
    """Give the label of a field of the registration form."""
    if name == "qualifications":
        return gettext("Qualification certificates")
    return str(specs(Enterprise)[name].label)


def waiting(today: date) -> Callable[[Enterprise], Mapping[str, Any]]:
    """Give a function that tells how long an application waits and how long is left."""

    def facts(row: Enterprise) -> Mapping[str, Any]:
        began = clock.local(row.submitted_at).date() if row.submitted_at else today
        due = row.review_due_on
        return {"waited": (today - began).days, "left": (due - today).days if due else None}

    return facts


def change_waiting(
    today: date, days: int, calendar: workdays.Calendar
) -> Callable[[EnterpriseChange], Mapping[str, Any]]:
    """Give a function that tells how long a request waits, and how much of ``days`` is left.

    ``days`` are working days; what is left is told in days of the calendar.
    """

    def facts(row: EnterpriseChange) -> Mapping[str, Any]:
        began = clock.local(row.created_at).date()
        due = workdays.working_days_after(began, days, calendar)
        return {"waited": (today - began).days, "left": (due - today).days}

    return facts


def still_returned(latest: Iterable[tuple[T, ChangeState, Iterable[str]]]) -> list[T]:
    """Give the returned changes that no later request takes up, of the latest ones, newest first.

    Each comes with its state and the fields it names.
    """
    found: list[T] = []
    later: set[str] = set()
    for change, state, fields in latest:
        if state is ChangeState.RETURNED and later.isdisjoint(fields):
            found.append(change)
        if state is not ChangeState.WITHDRAWN:
            later.update(fields)
    return found


def returned_changes(enterprise_id: int) -> list[EnterpriseChange]:
    """Give the returned changes an enterprise has not taken up again, newest first."""
    rows = db.session.scalars(
        select(EnterpriseChange)
        .where(
            EnterpriseChange.enterprise_id == enterprise_id,
            EnterpriseChange.is_deleted.is_(False), EnterpriseChange.direct.is_(False),
        )
        .order_by(EnterpriseChange.id.desc())
        .limit(MOST_CHANGES)
    )  # fmt: skip
    return still_returned((row, row.state, row.changed_fields) for row in rows)
