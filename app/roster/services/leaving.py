"""The end of a post: by its form, with the stay, on its last day; its login ends with it (8.4)."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import clock, scope
from app.core.errors import Refusal
from app.extensions import db
from app.projects.models import Project
from app.roster.choices import MovementKind, StaffState, StayState
from app.roster.errors import DateRefused, Missing
from app.roster.models import ProjectWorker, StaffMember
from app.roster.services.logins import close_login
from app.roster.services.movements import OTHER, record_movements
from app.roster.services.posts import single
from app.roster.states import STAFF_FLOW, STAY_FLOW

log = logging.getLogger("app.roster")


def exit_staff(
    row: StaffMember, values: Mapping[str, Any], *, actor: scope.Principal
) -> StaffMember:
    """End a post: the login loses this project at once, and the stay in 项目管理部 ends."""
    left_on = values.get("moved_on") or clock.today()
    reason = (values.get("remark") or "").strip()
    if single(row.post) and not reason:
        raise Missing(gettext("Give the reason of the replacement in words"), field="remark")
    if row.on_post_from and left_on < row.on_post_from:
        raise DateRefused(gettext("The end lies before the beginning"), field="moved_on")
    if left_on > clock.today():
        raise DateRefused(gettext("An exit cannot lie in the future"), field="moved_on")
    leave_post(row, left_on, reason, actor=actor)
    end_stay(row, values, left_on, actor)
    return row


def leave_post(
    row: StaffMember, left_on: date, reason: str, *, actor: scope.Principal, verb: str = "exit"
) -> None:
    """Close a post and its login on this project; the stay is the caller's matter."""
    row.on_post_to, row.replace_reason, row.replaced_at = left_on, reason or None, clock.now()
    row.incomplete, row.complete_by = False, None
    STAFF_FLOW.fire(verb, row, actor=actor if verb == "exit" else scope.SYSTEM, remark=reason)
    close_login(row, actor=actor)


def end_posts(workers: Iterable[ProjectWorker], *, actor: scope.Principal) -> None:
    """End the posts of people whose stay has ended: whoever leaves the site is on no post."""
    left = {worker.id: worker for worker in workers}
    for row in _posts(StaffMember.worker_id.in_(left)) if left else ():
        worker = left[row.worker_id]
        day = max(worker.exit_on or clock.today(), row.on_post_from or date.min)
        leave_post(row, day, gettext("Left the site"), actor=actor, verb="vacate")


def end_due_posts(day: date, *, actor: scope.Principal = scope.SYSTEM) -> int:
    """End the posts whose last day has come, with their logins; gives how many.

    One that cannot end, such as for a punch after that day, stops no other. Safe to run twice.
    """
    done = 0
    for row in _posts(StaffMember.on_post_to <= day):
        try:
            with db.session.begin_nested():
                last = row.on_post_to
                leave_post(row, last, gettext("The last day on the post"), actor=actor,
                           verb="vacate")  # fmt: skip
                end_stay(row, {}, last, actor)
        except Refusal:
            log.warning("a post could not end", exc_info=True)
            continue
        done += 1
    return done


def _posts(*conditions: Any) -> list[StaffMember]:
    return list(
        db.session.scalars(
            select(StaffMember)
            .where(
                StaffMember.state == StaffState.ON_SITE, StaffMember.is_deleted.is_(False),
                *conditions,
            )
            .order_by(StaffMember.id)
        )
    )  # fmt: skip


def end_stay(
    row: StaffMember, values: Mapping[str, Any], left_on: Any, actor: scope.Principal
) -> None:
    """End the stay a post was the last reason for; one that has not begun is dropped."""
    worker = db.session.get(ProjectWorker, row.worker_id) if row.worker_id else None
    project = db.session.get(Project, row.project_id)
    other = db.session.scalars(
        select(StaffMember.id).where(
            StaffMember.worker_id == row.worker_id,
            StaffMember.id != row.id,
            StaffMember.state == StaffState.ON_SITE,
            StaffMember.is_deleted.is_(False),
        )
    ).first()
    if worker is None or project is None or other:
        return
    if worker.state is StayState.EXPECTED:
        STAY_FLOW.fire("withdraw", worker, actor=scope.SYSTEM)
        worker.is_deleted = True
    if worker.state is not StayState.ON_SITE:
        return
    record_movements(
        project,
        [{"worker": worker, "kind": MovementKind.EXIT,
          "moved_on": max(left_on, worker.entry_on or left_on),
          "reason": values.get("reason") or OTHER, "settled": bool(values.get("settled")),
          "settlement_file": values.get("settlement_file")}],
        actor=actor,
    )  # fmt: skip
