"""项目关联: inviting enterprises, answering, expiry, leaving (screens.md 5)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import select, text

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.errors import NotFound
from app.core.notices import Notice
from app.extensions import db
from app.projects import events, queries
from app.projects.choices import (
    GENERAL_CONTRACTOR,
    GONE_UNITS,
    INVITED_ROLES,
    LABOUR,
    OPEN_INVITATIONS,
    OTHER_ROLES,
    PROFESSIONAL,
    UnitState,
)
from app.projects.errors import (
    AlreadyInvited,
    InvitationGone,
    NotInvitee,
    NotInviter,
    OutOfOrder,
    UnitLocked,
)
from app.projects.models import Project, ProjectUnit
from app.projects.queries import facts, registry
from app.projects.services.gaps import renew_gaps, unit_gaps
from app.projects.services.unit_checks import check_unit, takes_part
from app.projects.states import UNIT_FLOW, is_open, require

INVITATION_DAYS = 15  # screens.md 5.2
ENTERED = text(
    "update project set unit_ids = array_append(unit_ids, :unit)"
    " where id = :project and not (:unit = any(unit_ids))"
)
SERVER_FACTS = {
    "state", "enterprise_id", "project_name", "inviter_name", "invited_at", "expires_on",
    "reject_reason", "exit_on", "exit_reason", "parent_id", "settlement_file", "incomplete",
    "complete_by",
}  # fmt: skip


def invite_unit(
    project: Project, values: Mapping[str, Any], *, actor: scope.Principal
) -> ProjectUnit:
    """Invite an enterprise onto a project, or register a unit that needs no acceptance.

    A registered enterprise waits for acceptance, an unknown code for registration; 002–005
    and 012 are registered at once. Any registered enterprise may be invited as 001 or 006.
    """
    require("invite", project)
    role = values.get("unit_role")
    if role not in (*INVITED_ROLES, *OTHER_ROLES):
        raise OutOfOrder(gettext("Choose a role from the list"), field="unit_role")
    parent = _parent(project, values, actor)
    _may_invite(project, role, parent, actor)
    check_unit(project, values, None)
    row = ProjectUnit(
        project_id=project.id, parent_id=parent.id, project_name=project.name,
        inviter_name=parent.name, **_facts(values),
    )  # fmt: skip
    if role in INVITED_ROLES:
        known = _address(project, row)
        row.state = UnitState.INVITED if known else UnitState.WAITING_REGISTRATION
    else:
        row.state = UnitState.REGISTERED
    renew_gaps(row)
    db.session.add(row)
    db.session.flush()
    events.unit_invited.send(unit=row, actor=actor)
    return row


def change_unit(
    unit: ProjectUnit, values: Mapping[str, Any], *, actor: scope.Principal
) -> ProjectUnit:
    """Mend an invitation nobody has answered, or a unit that needs no acceptance.

    Of an accepted unit only what it still lacks is filled in. With another code it is another
    enterprise's invitation: it is addressed anew, and its fifteen days begin again. A registered
    enterprise keeps its own name.
    """
    if not mendable(unit):
        raise UnitLocked(unit)
    require_inviter(unit, actor)
    project = project_of(unit)
    require("invite", project)
    values = {**values, "unit_role": unit.unit_role}
    if unit.state is UnitState.ACCEPTED:
        values = _filling(unit, values)
    if values.get("parent_id") not in (None, unit.parent_id):
        _move_below(unit, _parent(project, values, actor), project, actor)
    check_unit(project, values, unit)
    former = unit.credit_code, unit.name
    for name, value in _facts(values).items():
        setattr(unit, name, value)
    if unit.unit_role in INVITED_ROLES and unit.credit_code != former[0]:
        unit.enterprise_id = None
        _send_anew(project, unit, actor)
    elif unit.enterprise_id is not None:
        unit.name = former[1]
    renew_gaps(unit)
    db.session.flush()
    return unit


def mendable(unit: ProjectUnit) -> bool:
    """Tell whether a unit's form is open: unanswered, without acceptance, or still incomplete."""
    if unit.state is UnitState.REGISTERED:
        return unit.unit_role in OTHER_ROLES
    return unit.state in OPEN_INVITATIONS or (
        unit.state is UnitState.ACCEPTED and bool(unit.incomplete)
    )


def _filling(unit: ProjectUnit, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of an accepted unit with what it lacks; the rest stays as accepted."""
    kept = {name: getattr(unit, name) for name in specs(ProjectUnit)}
    lacking = {spec.name for spec in unit_gaps(unit)}
    return kept | {name: value for name, value in values.items() if name in lacking}


def accept_invitation(unit: ProjectUnit, *, actor: scope.Principal) -> None:
    """Accept: the project opens to the enterprise within its unit's scope at once."""
    _is_invitee(unit, actor)
    _refuse_closed(unit)
    if unit.state is UnitState.INVITED and unit.expires_on and unit.expires_on < clock.today():
        raise InvitationGone
    UNIT_FLOW.fire("accept", unit, actor=actor)
    with scope.system_scope("an accepted unit sees its project") as connection:
        connection.execute(ENTERED, {"unit": unit.id, "project": unit.project_id})
    db.session.expire_all()
    events.scope_changed.send(actor=actor)
    events.unit_accepted.send(unit=unit, actor=scope.current())


def decline_invitation(unit: ProjectUnit, *, actor: scope.Principal, remark: str = "") -> None:
    """Decline with a reason the inviter reads."""
    _is_invitee(unit, actor)
    unit.reject_reason = remark.strip()[:200] or None
    UNIT_FLOW.fire("decline", unit, actor=actor, remark=remark)
    events.invitation_ended.send(unit=unit, actor=actor)


def withdraw_invitation(unit: ProjectUnit, *, actor: scope.Principal, remark: str = "") -> None:
    """Take back an invitation nobody has answered."""
    require_inviter(unit, actor)
    require("invite", project_of(unit))
    UNIT_FLOW.fire("withdraw", unit, actor=actor, remark=remark)
    events.invitation_ended.send(unit=unit, actor=actor)


def invite_again(unit: ProjectUnit, *, actor: scope.Principal) -> None:
    """Send a declined or expired invitation once more; fifteen days run anew.

    One whose code is still nobody's waits for the registration (screens.md 5.2).
    """
    require_inviter(unit, actor)
    project = project_of(unit)
    require("invite", project)
    if takes_part(project, unit.credit_code, unit.id):
        raise AlreadyInvited
    unit.reject_reason = None
    UNIT_FLOW.fire("invite", unit, actor=actor)
    _send_anew(project, unit, actor)


def link_registered(enterprise_id: int, credit_code: str, name: str) -> int:
    """Turn invitations that waited for a registration into open ones; gives how many."""
    db.session.flush()
    with scope.act_as(scope.SYSTEM):
        rows = list(
            db.session.scalars(
                select(ProjectUnit).where(
                    ProjectUnit.credit_code == credit_code,
                    ProjectUnit.enterprise_id.is_(None),
                    ProjectUnit.unit_role.in_(INVITED_ROLES),
                    ProjectUnit.state.in_(OPEN_INVITATIONS),
                    ProjectUnit.is_deleted.is_(False),
                )
            )
        )
        for row in rows:
            row.enterprise_id, row.name = enterprise_id, name
            row.expires_on = clock.today() + timedelta(days=INVITATION_DAYS)
        waiting = [row for row in rows if row.state is UnitState.WAITING_REGISTRATION]
        UNIT_FLOW.fire_many("register", waiting, actor=scope.SYSTEM)
        db.session.flush()
    db.session.expire_all()
    return len(rows)


def expire_invitations(today: date, *, actor: scope.Principal) -> int:
    """Let invitations end whose fifteen days are over; gives how many ended.

    One with people on site stays open, and so does one whose registration is under review
    (screens.md 5.2).
    """
    rows = list(
        db.session.scalars(
            select(ProjectUnit).where(
                ProjectUnit.state.in_(OPEN_INVITATIONS),
                ProjectUnit.expires_on < today,
                ProjectUnit.is_deleted.is_(False),
            )
        )
    )
    people = facts.unit_people([row.id for row in rows])
    ending = [
        row
        for row in rows
        if not people.get(row.id)
        and not (
            row.state is UnitState.WAITING_REGISTRATION and registry.is_applying(row.credit_code)
        )
    ]
    UNIT_FLOW.fire_many("expire", ending, actor=actor)
    for row in ending:
        events.invitation_ended.send(unit=row, actor=actor)
    return len(ending)


def unit_warnings(unit: ProjectUnit) -> list[Notice]:
    """Say what looks odd without being wrong, for inviter and reviewer."""
    found: list[Notice] = []
    if unit.no_qualification_warning:
        found.append(Notice(registry.cover_warning(), "credit_code"))
    project = queries.project(unit.project_id)
    if project is None or unit.contract_amount is None or project.contract_amount is None:
        return found
    if queries.subcontract_sum(project) > project.contract_amount:
        words = gettext("The subcontracts together exceed the contract of the project")
        found.append(Notice(words, "contract_amount"))
    return found


# --- what the verbs share ----------------------------------------------------------------------


def _facts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: values[name]
        for name in specs(ProjectUnit)
        if name in values and name not in SERVER_FACTS
    }


def _parent(project: Project, values: Mapping[str, Any], actor: scope.Principal) -> ProjectUnit:
    number = values.get("parent_id")
    if number is None:
        own = [u for u in queries.own_roles([project.id], actor).get(project.id, [])
               if u.state not in GONE_UNITS]  # fmt: skip
        found = own[0] if own else queries.unit_of_role(project, GENERAL_CONTRACTOR)
    else:
        found = db.session.scalars(
            select(ProjectUnit).where(
                ProjectUnit.id == number,
                ProjectUnit.project_id == project.id,
                ProjectUnit.unit_role.in_((GENERAL_CONTRACTOR, PROFESSIONAL)),
                ProjectUnit.state.not_in(GONE_UNITS),
                ProjectUnit.is_deleted.is_(False),
            )
        ).one_or_none()
    if found is None:
        raise NotFound(gettext("Choose the parent unit from the list"), field="parent_id")
    return found


def _move_below(
    unit: ProjectUnit, parent: ProjectUnit, project: Project, actor: scope.Principal
) -> None:
    """Put an unanswered unit below another parent of the same project."""
    if parent.id == unit.id:
        raise NotFound(gettext("Choose the parent unit from the list"), field="parent_id")
    _may_invite(project, unit.unit_role, parent, actor)
    unit.parent_id = parent.id


def _may_invite(project: Project, role: str, parent: ProjectUnit, actor: scope.Principal) -> None:
    """Refuse an inviter who is neither general contractor nor parent of a labour unit."""
    if actor.audience is scope.Audience.SYSTEM or project.id in actor.projects:
        return
    own = parent.id in actor.units and parent.unit_role == PROFESSIONAL
    if not own or role != LABOUR or parent.state is not UnitState.ACCEPTED:
        raise NotInviter


def project_of(unit: ProjectUnit) -> Project:
    """Give the project of a unit; refuse what the principal may not see."""
    found = queries.project(unit.project_id)
    if found is None:
        raise NotFound
    return found


def _refuse_closed(unit: ProjectUnit) -> None:
    """Refuse to let a unit into a project that has ended or was not approved.

    The invited enterprise does not see the project itself yet.
    """
    rows = Project.__table__.c
    with scope.system_scope("whether the project of an invitation still runs") as connection:
        state = connection.scalar(select(rows.state).where(rows.id == unit.project_id))
    if state is None or not is_open("accept", state):
        raise InvitationGone


def _is_invitee(unit: ProjectUnit, actor: scope.Principal) -> None:
    if actor.audience is scope.Audience.SYSTEM:
        return
    if unit.enterprise_id is None or unit.enterprise_id not in actor.enterprises:
        raise NotInvitee


def require_inviter(unit: ProjectUnit, actor: scope.Principal) -> None:
    """Refuse whoever is neither the general contractor nor the parent of a unit."""
    if actor.audience is scope.Audience.SYSTEM or unit.project_id in actor.projects:
        return
    if unit.parent_id not in actor.units or unit.enterprise_id in actor.enterprises:
        raise NotInviter


def _send_anew(project: Project, unit: ProjectUnit, actor: scope.Principal) -> None:
    """Send an open invitation to whoever has its code now, in the state that fits the answer."""
    known = _address(project, unit)
    if known and unit.state is UnitState.WAITING_REGISTRATION:
        UNIT_FLOW.fire("register", unit, actor=scope.SYSTEM)
    elif not known and unit.state is UnitState.INVITED:
        UNIT_FLOW.fire("await", unit, actor=scope.SYSTEM)
    db.session.flush()
    events.unit_invited.send(unit=unit, actor=actor)


def _address(project: Project, row: ProjectUnit) -> bool:
    """Address an invitation to the enterprise of its code; tell whether there is one.

    An enterprise the invitation has reached before stays its addressee while it is disabled.
    """
    known = registry.find_enterprise(row.credit_code, row.unit_role, clock.today())
    row.invited_at = clock.now()
    row.expires_on = clock.today() + timedelta(days=INVITATION_DAYS)
    row.project_name = project.name
    if known is not None:
        row.enterprise_id, row.name = known.id, known.name
    row.no_qualification_warning = known is not None and not known.covers
    return row.enterprise_id is not None
