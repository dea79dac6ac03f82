"""企业变更: locked, reviewed and direct fields, and what becomes of a request (screens.md 3)."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import checks, clock, generated, scope
from app.core.errors import NotAllowed, NotFound, Refusal, refuse_all
from app.enterprises import events, states
from app.enterprises.choices import ChangeState, EnterpriseState
from app.enterprises.errors import (
    AlreadyRegistered,
    ChangeNeeds,
    ChangePending,
    NameTaken,
    NothingChanged,
    QualificationMissing,
    QualificationTwice,
)  # fmt: skip
from app.enterprises.models import BUILDERS, Enterprise, EnterpriseChange, Qualification
from app.enterprises.services import values as waiting
from app.extensions import db
from app.permissions import Area

QUALIFICATIONS = "qualifications"
LOCKED = ("credit_code", "enterprise_type")
LEGAL_PERSON = (
    "legal_person", "legal_person_id_type", "legal_person_id_number", "legal_person_phone",
)  # fmt: skip
REVIEWED: tuple[str, ...] = (
    "name", "region_code", "address", *LEGAL_PERSON, "licence_file", "licence_valid_to",
    "register_type", "established_on", "registered_capital", "safety_licence_no",
    "safety_licence_valid_to", "safety_licence_file",
)  # fmt: skip
DIRECT = (
    "agent_name", "agent_id_type", "agent_id_number", "agent_mobile", "authorisation_file",
    "office_phone", "email", "postcode", "website",
)  # fmt: skip
# what is declared beyond these lists is reviewed; the sign-in name is an account's matter
REVIEWED_TOO = generated.unnamed(
    Enterprise, generated.enterable, {*LOCKED, *REVIEWED, *DIRECT, "username"}
)
REVIEWED += tuple(REVIEWED_TOO)
PROVEN = {"name", *LEGAL_PERSON, QUALIFICATIONS}


def request_change(
    enterprise_id: int, values: Mapping[str, Any], *, actor: scope.Principal,
    reason: str = "", proof: list[int] | None = None,
) -> list[EnterpriseChange]:  # fmt: skip
    """Take new values: direct ones hold at once, reviewed ones wait; give what was made.

    ``values`` may hold any of the fields and ``qualifications``; what equals the present
    value is no change. Reviewed fields ask for a reason, some for proof.
    """
    row = db.session.get(Enterprise, enterprise_id)
    if row is None or row.state is not EnterpriseState.APPROVED:
        raise NotFound
    changed = _differences(row, values)
    if not changed:
        raise NothingChanged
    reviewed = {n: v for n, v in changed.items() if n in REVIEWED or n == QUALIFICATIONS}
    direct = {n: v for n, v in changed.items() if n in DIRECT}
    refuse_all(_problems(row, values, reviewed, reason, proof))
    made = []
    if direct:
        made.append(_apply_direct(row, values, direct, reason, actor))
    if reviewed:
        made.append(_await_review(row, values, reviewed, reason, proof))
    return made


def propose_change(enterprise_id: int, values: Mapping[str, Any], *, ask: bool) -> bool:
    """Compare values another system sent of an enterprise; tell whether any differ.

    With ``ask`` all of them wait in one request for the review, the direct ones too: the
    enterprise itself has not said them, and may take the request back (screens.md 7.4). While
    another request waits no second one is made.
    """
    with scope.system_scope("values a site system sent are compared with an enterprise"):
        row = db.session.get_one(Enterprise, enterprise_id)
        given = {name: value for name, value in values.items() if value not in (None, "")}
        changed = _differences(row, given)
        if not changed or not ask or waits(row.id):
            return bool(changed)
        if "name" in changed and _name_taken(given["name"], row.id):
            raise NameTaken
        reason = str(_("Sent by the interface of a project and different from what is registered"))
        db.session.add(_new(row, changed, reason, ChangeState.SUBMITTED))
        db.session.flush()
    return True


def change_misfits(
    enterprise_id: int, values: Mapping[str, Any], *, reason: str, proof: list[int] | None
) -> list[Refusal]:
    """Give what a request with other errors is told too: the reason, the proof, what waits."""
    row = db.session.get_one(Enterprise, enterprise_id)
    changed = _differences(row, values)
    reviewed = {n: v for n, v in changed.items() if n in REVIEWED or n == QUALIFICATIONS}
    return _problems(row, values, reviewed, reason, proof)


def _differences(row: Enterprise, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for name in (*REVIEWED, *DIRECT):
        if name in values and values[name] != getattr(row, name):
            old, new = {name: getattr(row, name)}, {name: values[name]}
            found[name] = {
                "old": waiting.pack(Enterprise, old)[name],
                "new": waiting.pack(Enterprise, new)[name],
            }
    if QUALIFICATIONS in values:
        before = waiting.packed_qualifications(row.id)
        after = waiting.packed_rows(values[QUALIFICATIONS] or [])
        if before != after:
            found[QUALIFICATIONS] = {"old": before, "new": after}
    return found


def _problems(
    row: Enterprise, values: Mapping[str, Any], reviewed: Mapping[str, Any], reason: str,
    proof: list[int] | None,
) -> list[Refusal]:  # fmt: skip
    problems: list[Refusal] = []
    if values.get("postcode"):
        try:
            checks.postcode(values["postcode"])
        except checks.Invalid as problem:
            problems.append(Refusal(str(problem), field="postcode"))
    if not reviewed:
        return problems
    if waits(row.id):
        problems.append(ChangePending())
    if not reason.strip():
        problems.append(ChangeNeeds("reason", _("Give the reason of the change")))
    if PROVEN & set(reviewed) and not proof:
        problems.append(
            ChangeNeeds("proof", _("Upload proof for the name, legal person or qualifications"))
        )
    rows = values.get(QUALIFICATIONS)
    if rows is not None:
        if row.enterprise_type in BUILDERS and not rows:
            problems.append(QualificationMissing())
        given = [str(one.get("certificate_no") or "") for one in rows]
        twice = sorted({number for number in given if number and given.count(number) > 1})
        problems += [QualificationTwice(number) for number in twice]
    if "name" in reviewed and _name_taken(values["name"], row.id):
        problems.append(NameTaken())
    return problems


def waits(enterprise_id: int) -> bool:
    """Tell whether a change of an enterprise waits for its decision: no second one is taken."""
    query = select(EnterpriseChange.id).where(
        EnterpriseChange.enterprise_id == enterprise_id, EnterpriseChange.is_deleted.is_(False),
        EnterpriseChange.state == ChangeState.SUBMITTED,
    )  # fmt: skip
    return db.session.scalar(query) is not None


def _name_taken(name: str, own: int) -> bool:
    with scope.system_scope("is the name of an enterprise taken") as connection:
        query = select(Enterprise.id).where(
            Enterprise.name == name, Enterprise.id != own, Enterprise.is_deleted.is_(False),
            Enterprise.state != EnterpriseState.REJECTED,
        )  # fmt: skip
        return connection.scalar(query) is not None


def _apply_direct(
    row: Enterprise, values: Mapping[str, Any], fields: dict[str, Any], reason: str,
    actor: scope.Principal,
) -> EnterpriseChange:  # fmt: skip
    with scope.system_scope("direct fields of the own enterprise are in force at once"):
        waiting.put_in_force(row, {name: values[name] for name in fields})
    change = _new(row, fields, reason, ChangeState.IN_FORCE)
    change.direct = True
    db.session.add(change)
    db.session.flush()
    events.enterprise_changed.send(enterprise_id=row.id, fields=list(fields), actor=actor)
    return change


def _await_review(
    row: Enterprise, values: Mapping[str, Any], fields: dict[str, Any], reason: str,
    proof: list[int] | None,
) -> EnterpriseChange:  # fmt: skip
    change = _new(row, fields, reason, ChangeState.SUBMITTED)
    plain = {name: values[name] for name in fields if name != QUALIFICATIONS}
    fresh = waiting.file_numbers(Enterprise, plain)
    if QUALIFICATIONS in fields:
        kept: set[int] = set()
        for old in fields[QUALIFICATIONS]["old"]:
            kept |= waiting.file_numbers(Qualification, old)
        for new in fields[QUALIFICATIONS]["new"]:
            fresh |= waiting.file_numbers(Qualification, new)
        fresh -= kept
    db.session.add(change)
    db.session.flush()
    waiting.take_over(fresh | set(proof or []), change)
    change.files, change.proof = sorted(fresh) or None, proof or None
    db.session.flush()
    return change


def _new(
    row: Enterprise, fields: dict[str, Any], reason: str, state: ChangeState
) -> EnterpriseChange:
    return EnterpriseChange(
        enterprise_id=row.id, district_code=row.district_code, state=state,
        change_no=f"BG{clock.today():%Y%m%d}{secrets.randbelow(10**8):08d}",
        changed_fields=fields, reason=reason.strip() or None,
    )  # fmt: skip


def approve_change(change: EnterpriseChange, *, actor: scope.Principal, opinion: str = "") -> None:
    """Put the new values in force, qualifications and scans included."""
    states.CHANGE.fire("approve", change, actor=actor, remark=opinion)
    _decided(change, actor, opinion)
    change.files = None
    db.session.flush()
    fields = change.changed_fields
    plain = {n: f["new"] for n, f in fields.items() if n != QUALIFICATIONS}
    with scope.system_scope("an approved change comes into force"):
        row = db.session.get(Enterprise, change.enterprise_id)
        waiting.put_in_force(row, waiting.unpack(Enterprise, plain), change_id=change.id)
        if QUALIFICATIONS in fields:
            rows = [waiting.unpack(Qualification, one) for one in fields[QUALIFICATIONS]["new"]]
            waiting.replace_qualifications(row, rows, change_id=change.id)
    events.enterprise_changed.send(
        enterprise_id=change.enterprise_id, fields=list(fields), actor=actor
    )


def return_change(change: EnterpriseChange, reason: str, *, actor: scope.Principal) -> None:
    """Return a request: the enterprise corrects it and submits another."""
    states.CHANGE.fire("return", change, actor=actor, remark=reason)
    _decided(change, actor, reason)
    db.session.flush()


def reject_change(change: EnterpriseChange, reason: str, *, actor: scope.Principal) -> None:
    """Refuse a request; the old values stay."""
    states.CHANGE.fire("reject", change, actor=actor, remark=reason)
    _decided(change, actor, reason)
    db.session.flush()


def withdraw_change(change: EnterpriseChange, *, actor: scope.Principal) -> None:
    """Take one's own request back before it is decided."""
    states.CHANGE.fire("withdraw", change, actor=actor)


def correct_locked(
    row: Enterprise, values: Mapping[str, Any], reason: str, *, actor: scope.Principal
) -> EnterpriseChange:
    """Correct code or type, which only the city does, with a reason (screens.md 3)."""
    if not actor.can("write", Area.ENTERPRISES) or actor.audience is scope.Audience.TENANT:
        raise NotAllowed
    changed = {
        name: {
            "old": waiting.pack(Enterprise, {name: getattr(row, name)})[name],
            "new": waiting.pack(Enterprise, {name: values[name]})[name],
        }
        for name in LOCKED
        if values.get(name) is not None and values[name] != getattr(row, name)
    }
    if not changed:
        raise NothingChanged
    if not reason.strip():
        raise ChangeNeeds("reason", _("Give the reason of the change"))
    if "credit_code" in changed and _code_taken(values["credit_code"], row.id):
        raise AlreadyRegistered
    for name in changed:
        setattr(row, name, values[name])
    change = _new(row, changed, reason, ChangeState.IN_FORCE)
    change.direct = True
    db.session.add(change)
    db.session.flush()
    events.enterprise_changed.send(enterprise_id=row.id, fields=list(changed), actor=actor)
    return change


def _code_taken(code: str, own: int) -> bool:
    with scope.system_scope("is the code of an enterprise taken") as connection:
        query = select(Enterprise.id).where(
            Enterprise.credit_code == code, Enterprise.id != own,
            Enterprise.is_deleted.is_(False), Enterprise.state != EnterpriseState.REJECTED,
        )  # fmt: skip
        return connection.scalar(query) is not None


def _decided(change: EnterpriseChange, actor: scope.Principal, opinion: str) -> None:
    change.reviewed_at = clock.now()
    change.reviewed_by = actor.user_id
    change.opinion = opinion.strip()[:500] or None
