"""企业注册审核: passing, returning and refusing applications; closing enterprises (2.4, 15)."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from app.core import clock, scope
from app.core.columns import specs
from app.core.errors import Refusal
from app.enterprises import events, queries, states
from app.enterprises.errors import HasHints, NothingMarked
from app.enterprises.models import Enterprise
from app.extensions import db

QUALIFICATIONS = "qualifications"
LONGEST_REASON = 200


def approve(row: Enterprise, *, actor: scope.Principal, opinion: str = "") -> None:
    """Pass an application: the account of its administrator opens in the same transaction."""
    password_hash = row.password_hash
    states.REGISTRATION.fire("approve", row, actor=actor, remark=opinion)
    _decided(row, actor, opinion)
    row.returned_fields = None
    row.password_hash = None
    db.session.flush()
    events.enterprise_approved.send(
        enterprise_id=row.id, enterprise_type=row.enterprise_type, name=row.name,
        credit_code=row.credit_code, username=row.username, password_hash=password_hash,
        mobile=row.agent_mobile, agent_name=row.agent_name, actor=actor,
    )  # fmt: skip


def approve_many(rows: list[Enterprise], *, actor: scope.Principal) -> None:
    """Pass several applications together; those with hints are looked at one by one."""
    hinted = [row.name for row in rows if queries.hints(row)]
    if hinted:
        raise HasHints("、".join(hinted))
    for row in rows:
        approve(row, actor=actor)


def return_application(
    row: Enterprise, marks: Mapping[str, str], *, actor: scope.Principal, opinion: str = ""
) -> None:
    """Return an application with at least one marked field, each with its reason."""
    known = {**specs(Enterprise), QUALIFICATIONS: None}
    kept = {
        name: reason.strip()[:LONGEST_REASON] for name, reason in marks.items() if name in known
    }
    if not kept:
        raise NothingMarked
    if any(not reason for reason in kept.values()):
        raise Refusal(_("Give a reason beside every marked field"))
    marked = [f"{queries.field_label(name)}：{reason}" for name, reason in kept.items()]
    words = [opinion.strip(), *marked] if opinion.strip() else marked
    states.REGISTRATION.fire("return", row, actor=actor, remark="；".join(words))
    row.returned_fields = kept
    _decided(row, actor, opinion)
    db.session.flush()


def reject(row: Enterprise, reason: str, *, actor: scope.Principal) -> None:
    """Refuse an application for good; its name, code and sign-in name become free."""
    states.REGISTRATION.fire("reject", row, actor=actor, remark=reason)
    _decided(row, actor, reason)
    db.session.flush()


def disable(row: Enterprise, reason: str, *, actor: scope.Principal) -> None:
    """Close an enterprise: nobody of it signs in until it is enabled again."""
    states.STANDING.fire("disable", row, actor=actor, remark=reason)
    events.enterprise_disabled.send(enterprise_id=row.id, actor=actor)


def enable(row: Enterprise, reason: str, *, actor: scope.Principal) -> None:
    """Open a closed enterprise again."""
    states.STANDING.fire("enable", row, actor=actor, remark=reason)
    events.enterprise_enabled.send(enterprise_id=row.id, actor=actor)


def _decided(row: Enterprise, actor: scope.Principal, opinion: str) -> None:
    row.reviewed_at = clock.now()
    row.reviewed_by = actor.user_id
    row.opinion = opinion.strip()[:500] or None
