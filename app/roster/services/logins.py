"""The login of a post: one a person for all sites, limited by the post, closed with it (8.4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.core import checks, scope
from app.core.errors import Refusal
from app.core.notices import Notice
from app.extensions import db
from app.identity import services as identity
from app.projects.choices import GENERAL_CONTRACTOR
from app.projects.models import ProjectUnit
from app.roster.choices import StaffState
from app.roster.errors import Missing, NotEditable, RosterRefusal
from app.roster.models import StaffMember
from app.roster.services.posts import usual_areas, usual_role

LIMITS = ("post", "can_write")


def login_problems(values: dict[str, Any], row: StaffMember | None) -> Iterator[Refusal]:
    """Refuse a login without a well-formed name, or another name than the login has."""
    if not values.get("has_account"):
        return
    if not values.get("username"):
        yield Missing(gettext("Give the sign-in name of the login"), field="username")
        return
    if row is not None and row.user_id:
        if values["username"] != row.username:
            yield NotEditable(
                gettext("This person signs in as %(name)s: a login keeps its name",
                        name=row.username),
                field="username",
            )  # fmt: skip
        return
    try:
        values["username"] = checks.username(values["username"])
    except checks.Invalid as problem:
        yield RosterRefusal(str(problem), field="username")


def open_login(row: StaffMember, unit: ProjectUnit, *, actor: scope.Principal) -> None:
    """Open the login a post wants; who has one of the enterprise gets the project added.

    ``initial_password`` of the row holds the first password of a new login, this once.
    """
    if not row.has_account or row.user_id or not row.username:
        return
    row.can_write = row.can_write or list(usual_areas(row.post)) or None
    own = identity.login_among(_accounts_of(row), unit, actor)
    if own is not None and own[1] != row.username:
        row.username = own[1]
        words = gettext(
            "%(name)s has the login %(username)s already: it gets this project added",
            name=row.name, username=own[1],
        )  # fmt: skip
        row.notices = [*row.notices, Notice(words, "username")]
    row.user_id, row.initial_password = identity.open_site_login(
        project_id=row.project_id, unit_id=unit.id, account=own[0] if own else None,
        whole_project=unit.unit_role == GENERAL_CONTRACTOR, username=row.username,
        name=row.name, mobile=row.mobile, role=usual_role(row.post, row.can_write),
        can_write=row.can_write or [], actor=actor,
    )  # fmt: skip


def _accounts_of(row: StaffMember) -> list[int]:
    """Give the accounts the same document has had on posts anywhere in the city."""
    rows = StaffMember.__table__.c
    with scope.system_scope("the login a person has on another site") as connection:
        found = connection.scalars(
            select(rows.user_id).where(
                rows.id_number_hash == row.id_number_hash, rows.id_type == row.id_type,
                rows.user_id.is_not(None), rows.is_deleted.is_(False),
            )
        )  # fmt: skip
        return sorted(set(found))


def follow_edit(
    row: StaffMember, before: Mapping[str, Any], unit: ProjectUnit, *, actor: scope.Principal
) -> None:
    """Open, close or limit the login as the saved post says; it holds from the next request."""
    if not row.user_id:
        open_login(row, unit, actor=actor)
    elif not row.has_account:
        close_login(row, actor=actor)
        row.user_id = None
    elif any(getattr(row, name) != before[name] for name in LIMITS):
        row.can_write = row.can_write or list(usual_areas(row.post)) or None
        _limit(row, actor)
    db.session.flush()


def close_login(row: StaffMember, *, actor: scope.Principal) -> None:
    """Take the project from a post's login, unless the person is on another post of it."""
    if not row.user_id:
        return
    other = db.session.scalars(
        select(StaffMember)
        .where(
            StaffMember.project_id == row.project_id, StaffMember.user_id == row.user_id,
            StaffMember.id != row.id, StaffMember.state == StaffState.ON_SITE,
            StaffMember.has_account.is_(True), StaffMember.is_deleted.is_(False),
        )
        .order_by(StaffMember.id)
    ).first()  # fmt: skip
    if other is not None:
        _limit(other, actor)
    else:
        identity.close_site_login(project_id=row.project_id, user_id=row.user_id, actor=actor)


def _limit(row: StaffMember, actor: scope.Principal) -> None:
    identity.limit_site_login(
        project_id=row.project_id, user_id=row.user_id, can_write=row.can_write or [],
        role=usual_role(row.post, row.can_write), actor=actor,
    )  # fmt: skip
