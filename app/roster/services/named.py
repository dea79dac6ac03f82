"""The labour manager's login that the project form names (screens.md 4.2 D, 8.4)."""

from typing import Any

from flask_babel import gettext
from sqlalchemy import or_, select

from app.core import scope
from app.core.errors import Refusal
from app.extensions import db
from app.identity import services as identity
from app.identity.queries import awaits_first_use
from app.projects.models import Project
from app.roster.choices import NAMED_LABOUR_MANAGER, StaffState
from app.roster.models import StaffMember
from app.roster.queries import login_not_opened
from app.roster.services.posts import usual_areas


def open_named_login(project: Project) -> str | None:
    """Open the labour manager's login of a project that has just been approved.

    A person who has a login of the general contractor gets the project added. The reviewer who
    approves never sees a password: a new login has one nobody knows until the contractor's
    administrator asks for it, once, on the person's page (`issue_first_password`). A sign-in
    name somebody else holds does not stop the approval: the draft keeps the wish, and saving it
    with another name opens the login. Gives a sentence when it did not open.
    """
    row = db.session.scalars(
        select(StaffMember).where(
            StaffMember.project_id == project.id, StaffMember.draft_of == NAMED_LABOUR_MANAGER,
            StaffMember.is_deleted.is_(False),
        )
    ).first()  # fmt: skip
    if row is None or row.user_id or not project.labour_manager_username:
        return None
    row.has_account, row.username = True, project.labour_manager_username
    row.can_write = list(usual_areas(row.post)) or None
    try:
        with db.session.begin_nested():
            row.user_id, _unknown = identity.open_site_login(
                project_id=project.id, unit_id=row.unit_id, whole_project=True,
                username=row.username, name=row.name, mobile=row.mobile, role="labour_manager",
                can_write=row.can_write, actor=scope.SYSTEM,
            )  # fmt: skip
    except Refusal as problem:
        db.session.flush()
        return gettext(
            "The login %(username)s of the labour manager %(name)s could not be opened"
            " (%(problem)s). The general contractor is asked for another sign-in name.",
            username=row.username, name=row.name, problem=problem,
        )  # fmt: skip
    db.session.flush()
    return None


def waiting_logins(*, project: Project) -> list[dict[str, Any]]:
    """Give the labour manager's login of a project while nobody has signed in with it.

    One that could not be opened stands there too, not ``opened``.
    """
    rows = db.session.scalars(
        select(StaffMember).where(
            StaffMember.project_id == project.id, StaffMember.draft_of == NAMED_LABOUR_MANAGER,
            StaffMember.is_deleted.is_(False), StaffMember.state != StaffState.EXITED,
            or_(StaffMember.user_id.is_not(None), login_not_opened()),
        )
        .order_by(StaffMember.user_id.is_not(None), StaffMember.id)
    )  # fmt: skip
    return [
        {
            "row_id": row.id, "name": row.name, "username": row.username,
            "opened": row.user_id is not None,
        }
        for row in rows
        if row.user_id is None or awaits_first_use(row.user_id)
    ]  # fmt: skip
