"""企业注册: applying and applying again, by somebody who has no account (screens.md 2.3)."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.security import generate_password_hash

from app.core import checks, clock, scope, settings
from app.core.columns import specs
from app.core.errors import NotFound, Refusal, refuse_all
from app.enterprises import events, states
from app.enterprises.choices import EnterpriseState, EnterpriseType
from app.enterprises.errors import (
    AlreadyApplied,
    AlreadyRegistered,
    MarksUntouched,
    NameTaken,
    NotReturned,
    QualificationMissing,
    QualificationTwice,
    UsernameTaken,
)  # fmt: skip
from app.enterprises.models import BUILDERS, PENDING, Enterprise
from app.enterprises.services import values as waiting
from app.extensions import db
from app.reference import services as reference
from app.reference import workdays

# the version of the words in templates/enterprises/commitment.html
COMMITMENT_VERSION = "2026-11"
REVIEW_DAYS = settings.declare(
    "enterprises.review_days", 5, label=_("Working days to review a registration"), low=1, high=30
)
NO_ANSWER = (EnterpriseState.SUBMITTED, EnterpriseState.RETURNED)


def register(
    values: dict[str, Any],
    *,
    actor: scope.Principal,  # noqa: ARG001 - a verb has one
) -> str:
    """Take an application and give its number; the sign-in name and hash wait in it.

    ``values`` holds the columns of the form, ``qualifications`` as a list of rows and the
    ``password`` as typed. Refuses an enterprise, a name or a sign-in name already there.
    """
    given = dict(values)
    password, rows = given.pop("password"), given.pop("qualifications", None) or []
    refuse_all(_problems(given, rows) + _password_problems(password, given.get("username")))
    with scope.system_scope("an applicant has no account yet"):
        refuse_all(_taken(given))
        row = Enterprise(
            **given, state=EnterpriseState.DRAFT, application_no=_new_number(),
            district_code=waiting.district_of(given["region_code"]),
            password_hash=generate_password_hash(password), agreed_version=COMMITMENT_VERSION,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        waiting.replace_qualifications(row, rows)
        _send(row)
        return str(row.application_no)


def resubmit(
    application_id: int,
    values: dict[str, Any],
    *,
    actor: scope.Principal,  # noqa: ARG001 - a verb has one
) -> str:
    """Take a corrected application as a new attempt and keep the former one beside it.

    ``reply`` holds words to the reviewer; without them at least one marked field has changed.
    """
    given = dict(values)
    rows, reply = given.pop("qualifications", None) or [], given.pop("reply", None) or ""
    with scope.system_scope("an applicant has no account yet"):
        row = db.session.get(Enterprise, application_id, with_for_update=True)
        if row is None or row.is_deleted:
            raise NotFound
        if row.state is not EnterpriseState.RETURNED:
            raise NotReturned
        given |= {"enterprise_type": row.enterprise_type}
        given.setdefault("username", row.username)
        refuse_all(_problems(given, rows) + _untouched(row, given, rows, reply))
        refuse_all(_taken(given, row.id))
        row.previous = {
            "fields": waiting.pack(Enterprise, {name: getattr(row, name) for name in given}),
            "qualifications": waiting.packed_qualifications(row.id),
            "returned_fields": row.returned_fields,
        }
        waiting.put_in_force(row, given)
        waiting.replace_qualifications(row, rows)
        row.attempt += 1
        row.returned_fields = None
        _send(row, reply)
        return str(row.application_no)


def _untouched(
    row: Enterprise, given: Mapping[str, Any], rows: list[Mapping[str, Any]], reply: str
) -> list[Refusal]:
    """Refuse to send again what was returned, with no marked field changed and no words."""
    marked = set(row.returned_fields or {})
    if reply or not marked:
        return []
    changed = {name for name, value in given.items() if value != getattr(row, name)}
    if waiting.packed_qualifications(row.id) != waiting.packed_rows(rows):
        changed.add("qualifications")
    return [] if marked & changed else [MarksUntouched()]


def username_problem(username: str) -> str:
    """Say what is wrong with a sign-in name while it is typed; nothing when it is free."""
    try:
        name = checks.username(username)
    except checks.Invalid as problem:
        return str(problem)
    with scope.system_scope("is the sign-in name taken"):
        return str(UsernameTaken()) if _name_in_use(name) else ""


def _send(row: Enterprise, words: str = "") -> None:
    row.submitted_at = clock.now()
    row.review_due_on = workdays.working_days_after(
        clock.today(), settings.get(REVIEW_DAYS), reference.working_calendar()
    )
    states.REGISTRATION.fire("submit", row, actor=scope.SYSTEM, remark=words)


def misfits(values: Mapping[str, Any]) -> list[Refusal]:
    """Give what a form with other errors is told too, so that its user reads all at once.

    Whether code and name are taken is told only once the form is right and its captcha spent.
    """
    problems = _unfit(values, values.get("qualifications") or [])
    name = values.get("username")
    fits = not any(problem.field == "username" for problem in problems)
    if name and fits and (words := username_problem(name)):
        problems.append(Refusal(words, field="username"))
    return problems


def _problems(given: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> list[Refusal]:
    missing = _missing(given)
    return [*([missing] if missing else []), *_unfit(given, rows)]


def _unfit(given: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> list[Refusal]:
    problems: list[Refusal] = []
    for name, rule in (("username", checks.username), ("postcode", checks.postcode)):
        if given.get(name):
            try:
                rule(given[name])
            except checks.Invalid as problem:
                problems.append(Refusal(str(problem), field=name))
    if given["enterprise_type"] in BUILDERS and not rows:
        problems.append(QualificationMissing())
    seen: set[str] = set()
    for number in (str(row.get("certificate_no") or "") for row in rows):
        if number and number in seen:
            problems.append(QualificationTwice(number))
        seen.add(number)
    return problems


def _missing(given: Mapping[str, Any]) -> Refusal | None:
    kind = given.get("enterprise_type")
    if not isinstance(kind, EnterpriseType):
        return Refusal(_("Choose the type of the enterprise first"), field="enterprise_type")
    for name in ("name", "credit_code", "region_code", "agent_mobile", "username"):
        if not given.get(name):
            label = specs(Enterprise)[name].label
            return Refusal(_("%(label)s is required", label=label), field=name)
    return None


def _password_problems(password: str, username: str | None) -> list[Refusal]:
    try:
        checks.password(password or "", username or "")
    except checks.Invalid as problem:
        return [Refusal(str(problem), field="password")]
    return []


def _taken(given: Mapping[str, Any], own: int = 0) -> list[Refusal]:
    found: list[Refusal] = []
    living = select(Enterprise.state).where(
        Enterprise.id != own, Enterprise.is_deleted.is_(False),
        Enterprise.state != EnterpriseState.REJECTED,
    )  # fmt: skip
    state = db.session.scalar(living.where(Enterprise.credit_code == given["credit_code"]))
    if state is not None:
        found.append(AlreadyApplied() if state in NO_ANSWER else AlreadyRegistered())
    elif db.session.scalar(living.where(Enterprise.name == given["name"])) is not None:
        found.append(NameTaken())
    if _name_in_use(given["username"], own):
        found.append(UsernameTaken())
    return found


def _name_in_use(username: str, own: int = 0) -> bool:
    from sqlalchemy import func, text

    held = db.session.scalar(
        select(Enterprise.id).where(
            func.lower(Enterprise.username) == username.lower(), Enterprise.id != own,
            text(PENDING),
        )
    )  # fmt: skip
    return held is not None or any(events.username_asked.send(username=username))


def _new_number() -> str:
    while True:
        number = f"QY{clock.today():%Y%m%d}{secrets.randbelow(10**8):08d}"
        taken = select(Enterprise.id).where(Enterprise.application_no == number)
        if db.session.scalar(taken) is None:
            return number
