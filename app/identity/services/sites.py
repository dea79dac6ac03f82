"""企业子账号 and the logins of people on site: limited accounts that see only their sites."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select, update

from app.core import checks, clock, scope
from app.core.errors import NotFound, Refusal
from app.extensions import db
from app.identity import lockout, queries
from app.identity.choices import SubRole
from app.identity.errors import AlreadyOver, MoreThanOwn, NoSuchAccount, SiteNeeded, UsernameTaken
from app.identity.models import Account, SiteAccess
from app.identity.services import accounts
from app.permissions import ROLES
from app.projects.models import ProjectUnit


def open_site_login(
    *, project_id: int, unit_id: int, whole_project: bool, username: str, name: str,
    mobile: str | None, role: str, can_write: list[str] | None, actor: scope.Principal,
    account: int | None = None,
) -> tuple[int, str | None]:  # fmt: skip
    """Give a person a login on one site: (account, first password or None).

    ``role`` and ``can_write`` hold on this site alone; an empty list of areas lets it read only.
    The same person's login in the same enterprise (``account``, where it is known to be his) gets
    the site added and keeps its password; any other holder of the sign-in name is a refusal.
    Nobody grants more than he has.
    """
    unit = _unit(unit_id, project_id)
    _refuse_more(role, actor)
    _refuse_wider(project_id, actor, whole_project=whole_project)
    enterprise = unit.enterprise_id or next(iter(actor.enterprises), None)
    known = _of_username(username)
    if known is None:
        number, password = _open(username, name, mobile, role, enterprise=enterprise)
    elif known.id == account or _is_his(known, enterprise, mobile):
        number, password = known.id, None
    else:
        raise UsernameTaken
    _grant(number, unit, username, role, whole_project=whole_project, can_write=can_write)
    return number, password


def login_refusal(
    username: str, *, enterprise_id: int | None, mobile: str | None
) -> Refusal | None:
    """Give what refuses a person of an enterprise a login of this name; None when nothing does.

    His own login on another site of the enterprise is no obstacle (screens.md 4.2 D).
    """
    try:
        username = checks.username(username)
    except checks.Invalid as problem:
        return Refusal(str(problem), field="username")
    known = _of_username(username)
    if known is not None and _is_his(known, enterprise_id, mobile):
        return None
    return UsernameTaken() if accounts.is_taken(username) else None


def _is_his(known: Any, enterprise_id: int | None, mobile: str | None) -> bool:
    return bool(known.enterprise_id == enterprise_id and known.limited and known.mobile == mobile)


def limit_site_login(
    *, project_id: int, user_id: int, role: str, can_write: list[str] | None,
    actor: scope.Principal,
) -> None:  # fmt: skip
    """Set what a login does on one site; it holds from the next request on."""
    _refuse_more(role, actor)
    rows = db.session.scalars(
        select(SiteAccess).where(
            SiteAccess.project_id == project_id, SiteAccess.user_id == user_id, SiteAccess.active
        )
    )
    for row in rows:
        row.role, row.can_write = role, can_write
    db.session.flush()


def login_among(
    numbers: Iterable[int], unit: ProjectUnit, actor: scope.Principal
) -> tuple[int, str] | None:
    """Give the usable login a person has at the enterprise of a unit: (account, sign-in name).

    ``numbers`` are the accounts known to be his.
    """
    enterprise = unit.enterprise_id or next(iter(actor.enterprises), None)
    with scope.login_scope("the login a person has at the enterprise") as connection:
        found = connection.execute(
            select(Account.id, Account.username)
            .where(
                Account.id.in_(list(numbers)), Account.enterprise_id == enterprise,
                Account.limited.is_(True), Account.active.is_(True),
            )
            .order_by(Account.id)
        ).first()  # fmt: skip
    return (found.id, found.username) if found else None


def close_site_login(*, project_id: int, user_id: int, actor: scope.Principal) -> None:  # noqa: ARG001 - who acts stands in the audit
    """Take one site from a login, such as when its person leaves the project."""
    rows = db.session.scalars(
        select(SiteAccess).where(SiteAccess.project_id == project_id, SiteAccess.user_id == user_id)
    )
    for row in rows:
        row.active = False
    db.session.flush()
    _end_sessions(user_id)


def close_unit_logins(unit: ProjectUnit) -> None:
    """Take the project from every login of a unit; other sites of the same people stay."""
    rows = db.session.scalars(
        select(SiteAccess).where(
            SiteAccess.project_id == unit.project_id, SiteAccess.unit_id == unit.id,
            SiteAccess.active,
        )
    )  # fmt: skip
    for row in list(rows):
        row.active = False
        _end_sessions(row.user_id)
    db.session.flush()


def issue_first_password(
    *, project_id: int, user_id: int, actor: scope.Principal, asked: datetime | None = None
) -> tuple[str, str]:
    """Give sign-in name and a new first password of an unused login of one's own project.

    For logins that opened without anybody at the screen, such as with an approval. Only the
    administrator of the login's enterprise gets one, and only until its first use; afterwards
    a forgotten password is reset among the sub-accounts.
    """
    site = db.session.scalars(
        select(SiteAccess).where(
            SiteAccess.project_id == project_id, SiteAccess.user_id == user_id, SiteAccess.active
        )
    ).first()
    if site is None or not queries.awaits_first_use(user_id):
        raise NoSuchAccount
    _own_account(user_id, actor)
    return site.username, accounts.reset_password(user_id, asked=asked)


def create_sub_account(values: Mapping[str, Any], *, actor: scope.Principal) -> tuple[int, str]:
    """Open a sub-account on the chosen projects and give its first password, shown once.

    ``values``: username, name, mobile, role, projects (units of the own enterprise are found
    by them), valid_to (last day).
    """
    role: SubRole = values["role"]
    if not actor.enterprises:
        raise MoreThanOwn
    _refuse_more(role.role, actor)
    units = _own_units(values.get("projects") or [], actor)
    last: date | None = values.get("valid_to")
    if last is not None and last < clock.today():
        raise AlreadyOver
    number, password = _open(
        values["username"], values["name"], values["mobile"], role.role,
        enterprise=actor.enterprises[0], last=last,
    )  # fmt: skip
    for unit in units:
        whole = unit.project_id in actor.projects
        _grant(number, unit, values["username"], role.role, whole_project=whole, can_write=None,
               until=last)  # fmt: skip
    return number, password


def set_sub_active(user_id: int, *, active: bool, actor: scope.Principal) -> None:
    """Disable a sub-account of the own enterprise at once, or let it sign in again."""
    _own_account(user_id, actor)
    accounts.set_active(user_id, active=active)


def reset_sub_account(
    user_id: int, *, actor: scope.Principal, asked: datetime | None = None
) -> str:
    """Give a sub-account of the own enterprise a new first password, shown once."""
    _own_account(user_id, actor)
    return accounts.reset_password(user_id, asked=asked)


def _open(
    username: str, name: str, mobile: str | None, role: str, *, enterprise: int | None,
    last: date | None = None,
) -> tuple[int, str]:  # fmt: skip
    try:
        username = checks.username(username)
    except checks.Invalid as problem:
        raise Refusal(str(problem), field="username") from None
    if accounts.is_taken(username):
        raise UsernameTaken
    password = accounts.initial_password()
    lockout.forget(username)
    number = accounts.open_account(
        username=username, name=name, audience=scope.Audience.TENANT, role=role,
        password_hash=accounts.hashed(password), enterprise_id=enterprise, limited=True,
        mobile=mobile, must_change_password=True, valid_to=_end_of(last),
    )  # fmt: skip
    return number, password


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day + timedelta(days=1), time(), clock.CHINA) if day else None


def _grant(
    user_id: int, unit: ProjectUnit, username: str, role: str, *, whole_project: bool,
    can_write: list[str] | None, until: date | None = None,
) -> None:  # fmt: skip
    row = db.session.scalars(
        select(SiteAccess).where(
            SiteAccess.project_id == unit.project_id, SiteAccess.user_id == user_id,
            SiteAccess.unit_id == unit.id,
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        row = SiteAccess(
            project_id=unit.project_id, user_id=user_id, unit_id=unit.id, username=username,
            enterprise_id=unit.enterprise_id,
        )  # fmt: skip
        db.session.add(row)
    row.whole_project, row.role, row.can_write = whole_project, role, can_write
    row.valid_to, row.active = until, True
    db.session.flush()


def _unit(unit_id: int, project_id: int) -> ProjectUnit:
    unit = db.session.get(ProjectUnit, unit_id)
    if unit is None or unit.project_id != project_id:
        raise NotFound(_("This unit is not on the project"), field="unit_id")
    return unit


def _own_units(projects: list[int], actor: scope.Principal) -> list[ProjectUnit]:
    if not projects:
        raise SiteNeeded
    found = list(
        db.session.scalars(
            select(ProjectUnit).where(
                ProjectUnit.project_id.in_(projects), ProjectUnit.id.in_(actor.units),
                ProjectUnit.enterprise_id.in_(actor.enterprises),
                ProjectUnit.is_deleted.is_(False),
            )
        )
    )  # fmt: skip
    if {unit.project_id for unit in found} != set(projects):
        raise NotFound(_("Choose projects your enterprise takes part in"), field="projects")
    return found


def _refuse_more(role: str, actor: scope.Principal) -> None:
    if actor.audience is scope.Audience.SYSTEM:
        return
    rights = {(verb, str(area)) for area, verbs in ROLES.get(role, {}).items() for verb in verbs}
    own = {(verb, str(area)) for verb, area in actor.permissions}
    if role not in ROLES or not rights <= own:
        raise MoreThanOwn


def _refuse_wider(project_id: int, actor: scope.Principal, *, whole_project: bool) -> None:
    tenant = actor.audience is scope.Audience.TENANT
    if tenant and whole_project and project_id not in actor.projects:
        raise MoreThanOwn


def _of_username(username: str) -> Any:
    with scope.login_scope("is the sign-in name taken") as connection:
        return connection.execute(
            select(Account.id, Account.enterprise_id, Account.limited, Account.mobile).where(
                Account.username == username
            )
        ).one_or_none()


def _own_account(user_id: int, actor: scope.Principal) -> None:
    with scope.login_scope("a sub-account of the own enterprise") as connection:
        found = connection.execute(
            select(Account.id).where(
                Account.id == user_id, Account.enterprise_id.in_(actor.enterprises),
                Account.limited.is_(True),
            )
        ).first()  # fmt: skip
    if found is None:
        raise NoSuchAccount


def _end_sessions(user_id: int) -> None:
    with scope.login_scope("a site was taken from a login") as connection:
        connection.execute(
            update(Account)
            .where(Account.id == user_id)
            .values(session_epoch=Account.session_epoch + 1)
        )
