"""参建单位 as a list brings them: invited, registered, mended, taken back (14, T1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import scope
from app.core.columns.base import specs
from app.core.errors import NotAllowed, Refusal, Refusals, refuse_all
from app.core.notices import Notice
from app.extensions import db
from app.permissions import Area
from app.projects.choices import (
    GONE_UNITS,
    INVITED_ROLES,
    OPEN_INVITATIONS,
    OTHER_ROLES,
    UnitState,
)
from app.projects.errors import AlreadyInvited, OutOfOrder
from app.projects.models import Project, ProjectUnit
from app.projects.services.gaps import renew_gaps
from app.projects.services.invitations import (
    change_unit,
    invite_unit,
    mendable,
    unit_warnings,
    withdraw_invitation,
)

Values = Mapping[str, Any]
ROLES = (*INVITED_ROLES, *OTHER_ROLES)


@dataclass
class RecordedUnit:
    """What became of one row: the unit, whether it is new or changed, its values before."""

    row: ProjectUnit
    new: bool
    changed: bool
    before: dict[str, Any] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


def record_units(
    project: Project, rows: Iterable[Values], *, actor: scope.Principal
) -> list[RecordedUnit]:
    """Invite or register units, all or none; gives what became of each row, in order.

    A unit of the same code that takes part already is mended, as far as its form could be. What
    a subcontractor's row leaves empty is 待补齐. Refusals carry ``row``.
    """
    if actor.audience is not scope.Audience.SYSTEM and not actor.can("invite", Area.UNITS):
        raise NotAllowed
    found: list[RecordedUnit] = []
    problems: list[Refusal] = []
    seen: set[str] = set()
    for index, row in enumerate(rows):
        given = {name: value for name, value in row.items() if value not in (None, "", [])}
        try:
            _refuse_twice(given, seen)
            with db.session.begin_nested():
                found.append(_record(project, given, actor))
        except Refusal as problem:
            several = problem.problems if isinstance(problem, Refusals) else [problem]
            for single in several:
                single.row = index  # type: ignore[attr-defined]
                problems.append(single)
    refuse_all(problems)
    return found


def _refuse_twice(given: Values, seen: set[str]) -> None:
    code = given.get("credit_code") or ""
    if code in seen:
        raise OutOfOrder(
            gettext("This code stands twice in the list: leave one of the rows out"),
            field="credit_code",
        )
    seen.add(code)


def _record(project: Project, given: dict[str, Any], actor: scope.Principal) -> RecordedUnit:
    if given.get("unit_role") not in ROLES:
        raise OutOfOrder(gettext("Choose a role from the list"), field="unit_role")
    present = _present(project, given["credit_code"])
    if present is None:
        unit = invite_unit(project, _with_contact(given), actor=actor)
        return RecordedUnit(unit, new=True, changed=True, notices=_notices(unit, given))
    if present.unit_role != given["unit_role"]:
        raise AlreadyInvited
    if present.enterprise_id is not None:
        given.pop("name", None)  # a registered enterprise keeps its own
    before = {n: getattr(present, n) for n, value in given.items() if getattr(present, n) != value}
    if before:
        if not mendable(present):
            raise _settled(present, next(iter(before)))
        whole = {name: getattr(present, name) for name in specs(ProjectUnit)} | given
        change_unit(present, whole, actor=actor)
    return RecordedUnit(
        present, new=False, changed=bool(before), before=before, notices=_notices(present, given)
    )


def _settled(unit: ProjectUnit, name: str) -> OutOfOrder:
    """Say of a unit nobody changes from outside any more what to do with its row."""
    spec = specs(ProjectUnit)[name]
    return OutOfOrder(
        gettext(
            "“%(name)s” is %(state)s, so its %(column)s stays “%(value)s”: write that into the"
            " cell or leave the row out", name=unit.name, state=unit.state.label,
            column=spec.label, value=spec.masked(unit),
        ),
        field=name,
    )  # fmt: skip


def _present(project: Project, code: str) -> ProjectUnit | None:
    return db.session.scalars(
        select(ProjectUnit).where(
            ProjectUnit.project_id == project.id, ProjectUnit.credit_code == code,
            ProjectUnit.unit_role.in_(ROLES), ProjectUnit.state.not_in(GONE_UNITS),
            ProjectUnit.is_deleted.is_(False),
        )
    ).first()  # fmt: skip


def _with_contact(given: dict[str, Any]) -> dict[str, Any]:
    """Let the leader be the contact of a unit that needs no acceptance: its form asks no more."""
    if given["unit_role"] not in OTHER_ROLES:
        return given
    return {
        "contact_name": given.get("leader_name"), "contact_mobile": given.get("leader_mobile"),
        **given,
    }  # fmt: skip


def _notices(unit: ProjectUnit, given: Values) -> list[str]:
    found: list[str] = [*unit_warnings(unit)]
    if given.get("name") and given["name"] != unit.name:
        words = gettext(
            "This code is registered as “%(name)s”: that name was taken", name=unit.name
        )
        found.append(Notice(words, "name"))
    return found


def take_back_units(
    units: Iterable[tuple[ProjectUnit, Values | None]], *, actor: scope.Principal
) -> None:
    """Take units back that nothing depends on; one with values from before has these again.

    An open invitation is withdrawn, a unit that needs no acceptance goes as if never entered.
    """
    for unit, before in units:
        if before is not None:
            for name, value in before.items():
                setattr(unit, name, value)
            renew_gaps(unit)
        elif unit.state in OPEN_INVITATIONS:
            words = gettext("The import was taken back")
            withdraw_invitation(unit, remark=words, actor=actor)
        elif unit.state is UnitState.REGISTERED:
            unit.is_deleted = True
    db.session.flush()
