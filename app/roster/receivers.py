"""Drafts of posts that the forms of project and unit have named (screens.md 4.2 D, 5.2, 8.4)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import scope
from app.core.views import Tab
from app.extensions import db
from app.permissions import Area
from app.projects.choices import GENERAL_CONTRACTOR, INVITED_ROLES
from app.projects.events import (
    invitation_ended,
    project_approved,
    project_saved,
    tab_asked,
    unit_accepted,
    unit_exit_asked,
    unit_exit_drawn,
    unit_exited,
    unit_invited,
    waiting_logins_asked,
)  # fmt: skip
from app.projects.models import ProjectUnit
from app.roster.choices import (
    LABOUR_MANAGER,
    PROJECT_MANAGER,
    SAFETY_LEADER,
    TECHNICAL_LEADER,
    StaffKind,
)
from app.roster.events import workers_joined, workers_left
from app.roster.services import (
    draft_staff,
    drop_drafts,
    end_posts,
    open_named_login,
    waiting_logins,
)
from app.roster.services.releases import ask_again, ask_releases, settle_releases
from app.roster.services.units import exit_lines, exit_people
from app.roster.states import STAY_FLOW
from app.roster.views.excerpts import people_tab
from app.roster.views.panels import unit_tables

NAMED = (
    ("manager", PROJECT_MANAGER, "manager_certificate_no"),
    ("labour_manager", LABOUR_MANAGER, ""),
    ("technical_leader", TECHNICAL_LEADER, ""),
    ("safety_leader", SAFETY_LEADER, ""),
)
BEGINNINGS = ("enter", "arrive", "begin", "come")
WAITING = ("take_back", "withdraw")
UNIT_POSTS = {"leader": PROJECT_MANAGER, "labour_manager": LABOUR_MANAGER}


@project_saved.connect
def draft_project_staff(*, project: Any, actor: scope.Principal) -> None:  # noqa: ARG001
    """Keep drafts of the posts a project names; one it no longer names goes while it is a draft."""
    with scope.system_scope("posts named by the project form are drafted"):
        unit_id = db.session.scalars(
            select(ProjectUnit.id).where(
                ProjectUnit.project_id == project.id,
                ProjectUnit.unit_role == GENERAL_CONTRACTOR,
                ProjectUnit.is_deleted.is_(False),
            )
        ).first()
        for prefix, post, certificate in NAMED if unit_id else ():
            values = _named(project, prefix) | {"post": post, "unit_id": unit_id}
            if certificate:
                values["certificate_no"] = getattr(project, certificate)
            if values.get("name"):
                draft_staff(project.id, StaffKind.MANAGER, values, origin=f"project:{prefix}")
            else:
                drop_drafts(project.id, f"project:{prefix}")


@project_approved.connect
def open_labour_manager(*, project: Any, actor: scope.Principal) -> str | None:
    """Draft the named posts of an approved project and open the labour manager's login.

    Gives the reviewer a sentence when the login did not open.
    """
    draft_project_staff(project=project, actor=actor)
    with scope.system_scope("the labour manager's login opens with the approval"):
        return open_named_login(project)


@unit_invited.connect
@unit_accepted.connect
def draft_unit_staff(*, unit: Any, actor: scope.Principal) -> None:  # noqa: ARG001
    """Keep drafts of the leader and the labour manager a subcontractor's unit names."""
    if unit.unit_role not in INVITED_ROLES:
        return
    with scope.system_scope("posts named by the invitation are drafted"):
        for prefix, post in UNIT_POSTS.items():
            values = _named(unit, prefix) | {"post": post, "unit_id": unit.id}
            if values.get("name"):
                draft_staff(
                    unit.project_id, StaffKind.MANAGER, values,
                    origin=f"unit:{unit.id}:{prefix}",
                )  # fmt: skip


@invitation_ended.connect
def drop_unit_drafts(*, unit: Any, actor: scope.Principal) -> None:  # noqa: ARG001
    """Let the drafts an invitation made go with it; sent again, it makes them anew."""
    with scope.system_scope("drafts named by the invitation go with it"):
        origins = [f"unit:{unit.id}:{prefix}" for prefix in UNIT_POSTS]
        drop_drafts(unit.project_id, *origins)


workers_left.connect(end_posts)


@workers_joined.connect
def workers_have_joined(*, workers: Iterable[Any], **_facts: Any) -> None:
    """Ask the sites where new workers still are for their exit (screens.md 8.2, 释放)."""
    ask_releases(workers)


@STAY_FLOW.moved_together.connect
def stays_have_begun(*, rows: Iterable[Any], verb: str, **_facts: Any) -> None:
    """Ask as well when an expected stay or a draft begins."""
    if verb in BEGINNINGS:
        ask_releases(rows)
    elif verb == "restore":
        ask_again(rows)
    elif verb in WAITING:
        settle_releases(rows)


@workers_left.connect
def workers_have_left(*, workers: Iterable[Any], **_facts: Any) -> None:
    """End the requests for an exit that these exits answer."""
    settle_releases(workers)


unit_exit_asked.connect(exit_lines)
unit_exit_drawn.connect(unit_tables)
waiting_logins_asked.connect(waiting_logins)


@tab_asked.connect
def offer_tab(*, project: Any) -> Tab:  # noqa: ARG001 - the same for every project
    """Give 班组与人员 to a project's page."""
    return Tab("people", gettext("Teams and workers"), people_tab, ("read", str(Area.ROSTER)))


@unit_exited.connect
def let_people_leave(*, unit: Any, actor: scope.Principal) -> None:
    """Let the teams and workers of a unit leave with it: its form, not theirs, was filled in."""
    exit_people(unit, actor=replace(actor, door=scope.Door.SYSTEM))


def _named(row: Any, prefix: str) -> dict[str, Any]:
    return {
        "name": getattr(row, f"{prefix}_name", None),
        "id_type": getattr(row, f"{prefix}_id_type", None) or "01",
        "id_number": getattr(row, f"{prefix}_id_number", None),
        "mobile": getattr(row, f"{prefix}_mobile", None),
    }
