"""A unit leaves a project with all that is its own (screens.md 5.4)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import clock, scope
from app.extensions import db
from app.projects import events
from app.projects.choices import GENERAL_CONTRACTOR, GONE_UNITS, NAMED_ROLES
from app.projects.errors import OutOfOrder, StatementMissing, UnitLocked, UnitsBelow
from app.projects.models import ProjectUnit
from app.projects.queries import facts
from app.projects.services.invitations import project_of, require_inviter
from app.projects.states import UNIT_FLOW, require


def exit_unit(unit: ProjectUnit, values: Mapping[str, Any], *, actor: scope.Principal) -> None:
    """Let a unit leave on a day, with a reason; all that is its own leaves with it (5.4).

    Teams, workers, posts and logins of the unit end in the same transaction, or nothing does.
    While wages are unpaid a settlement statement is asked for; labour units below it go first.
    """
    if unit.unit_role in (GENERAL_CONTRACTOR, *NAMED_ROLES):
        raise OutOfOrder(gettext("Units the application names stay as long as the project"))
    require_inviter(unit, actor)
    require("exit_unit", project_of(unit))
    left, reason = values.get("exit_on"), (values.get("exit_reason") or "").strip()
    _refuse_day(unit, left)
    if UNIT_FLOW.transition("exit", unit.state) is None:
        raise UnitLocked(unit)
    with whole_project(unit, actor) as wide:
        _refuse_leaving(unit, values)
        unit.exit_on, unit.exit_reason = left, reason or None
        unit.settlement_file = values.get("settlement_file")
        UNIT_FLOW.fire("exit", unit, actor=wide, remark=reason)
        events.unit_exited.send(unit=unit, actor=wide)
        db.session.flush()


def _refuse_day(unit: ProjectUnit, left: date | None) -> None:
    """Refuse a day of exit in the future, or before the unit came in.

    A unit of which nobody has entered may leave before its entry date, from its invitation on.
    """
    if left is None or left > clock.today():
        raise OutOfOrder(gettext("The exit date is today or earlier"), field="exit_on")
    if unit.entry_on is None or left >= unit.entry_on:
        return
    if facts.somebody_entered(unit.id):
        raise OutOfOrder(
            gettext("The unit's entry date is %(day)s and people of it have entered: the exit"
                    " date cannot lie before it", day=unit.entry_on),
            field="exit_on",
        )  # fmt: skip
    invited = clock.local(unit.invited_at).date() if unit.invited_at else None
    if invited and left < invited:
        raise OutOfOrder(
            gettext("The unit was invited on %(day)s: it cannot leave before that", day=invited),
            field="exit_on",
        )


@contextmanager
def whole_project(unit: ProjectUnit, actor: scope.Principal) -> Iterator[scope.Principal]:
    """Work on all rows of the unit's project: a parent sees of a unit below only its name."""
    wide = replace(actor, projects=tuple({*actor.projects, unit.project_id}))
    with scope.act_as(wide):
        yield wide


def _refuse_leaving(unit: ProjectUnit, values: Mapping[str, Any]) -> None:
    below = db.session.scalars(
        select(ProjectUnit.name).where(
            ProjectUnit.project_id == unit.project_id,
            ProjectUnit.parent_id == unit.id,
            ProjectUnit.state.not_in(GONE_UNITS),
            ProjectUnit.is_deleted.is_(False),
        )
    ).all()
    if below:
        raise UnitsBelow(list(below))
    if any(line.unpaid for line in facts.leaving(unit)) and not values.get("settlement_file"):
        raise StatementMissing
