"""Reads of the identity domain: the sub-accounts of an enterprise and their sites."""

from collections.abc import Iterable
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import Select, func, select, text

from app.core import scope
from app.extensions import db
from app.identity.models import Account, SiteAccess
from app.projects.models import Project, ProjectUnit

SITES_A_PAGE = 20

ROLES_OF = text("""
    select ur.user_id, r.name from ab_user_role ur join ab_role r on r.id = ur.role_id
    where ur.user_id = any(:ids)
""")


RIGHTS_OF = text("""
    select pvr.role_id, p.name, v.name from ab_permission_view_role pvr
    join ab_permission_view pv on pv.id = pvr.permission_view_id
    join ab_permission p on p.id = pv.permission_id join ab_view_menu v on v.id = pv.view_menu_id
    where pvr.role_id = any(:ids)
""")
HOLDERS_OF = text(
    "select role_id, count(*) from ab_user_role where role_id = any(:ids) group by role_id"
)


def roles_of(numbers: Iterable[int]) -> dict[int, list[str]]:
    """Give the names of the roles of accounts, as the signing-in role reads them."""
    found: dict[int, list[str]] = {}
    for user_id, name in db.session.execute(ROLES_OF, {"ids": list(numbers)}):
        found.setdefault(user_id, []).append(name)
    return found


def rights_of(numbers: Iterable[int]) -> dict[int, dict[str, set[str]]]:
    """Give the rights of roles by area: {role: {area: verbs}}."""
    found: dict[int, dict[str, set[str]]] = {}
    for role_id, right, area in db.session.execute(RIGHTS_OF, {"ids": list(numbers)}):
        held = found.setdefault(role_id, {}).setdefault(area, set())
        held.add(right.removeprefix("can_"))
    return found


def holders_of(numbers: Iterable[int]) -> dict[int, int]:
    """Count the accounts that hold each of some roles."""
    rows = db.session.execute(HOLDERS_OF, {"ids": list(numbers)})
    return {role_id: count for role_id, count in rows}  # noqa: C416 - rows are no pairs


def has_role(name: str) -> Any:
    """Give the condition that an account holds a role."""
    return Account.roles.any(Role.name == name)


def awaits_first_use(user_id: int, enterprises: Iterable[int] | None = None) -> bool:
    """Tell whether nobody has signed in with a limited account yet, of these enterprises."""
    limited = [Account.limited.is_(True)] if enterprises is None else _limited(enterprises)
    with scope.login_scope("has a login been used") as connection:
        found = connection.execute(
            select(Account.login_count).where(Account.id == user_id, *limited)
        ).one_or_none()
    return found is not None and not found[0]


def is_sub_account(user_id: int, enterprises: Iterable[int]) -> bool:
    """Tell whether a limited account belongs to one of these enterprises."""
    with scope.login_scope("is a login one of the own enterprise") as connection:
        query = select(Account.id).where(Account.id == user_id, *_limited(enterprises))
        return connection.scalar(query) is not None


def count_sub_accounts(enterprises: Iterable[int]) -> int:
    """Count the limited accounts of the own enterprise."""
    with scope.login_scope("the sub-accounts of the own enterprise are counted") as connection:
        query = select(func.count()).where(*_limited(enterprises))
        return connection.scalar(query) or 0


def sub_accounts(
    enterprises: Iterable[int], *, first: int = 0, most: int = 20
) -> list[dict[str, Any]]:
    """Give a page of the own enterprise's limited accounts with role and sites, newest first."""
    with scope.login_scope("the sub-accounts of the own enterprise are listed") as connection:
        found = [
            dict(row._mapping)
            for row in connection.execute(
                select(
                    Account.id, Account.username, Account.last_name.label("name"),
                    Account.mobile, Account.active, Account.valid_to, Account.last_login,
                )
                .where(*_limited(enterprises))
                .order_by(Account.id.desc()).offset(first).limit(most)
            )
        ]  # fmt: skip
        numbers = [row["id"] for row in found]
        roles: dict[int, str] = dict(connection.execute(ROLES_OF, {"ids": numbers}).all())  # type: ignore[arg-type]
    sites: dict[int, list[str]] = {}
    for user_id, name in db.session.execute(
        select(SiteAccess.user_id, Project.name)
        .join(Project, Project.id == SiteAccess.project_id)
        .where(SiteAccess.user_id.in_(numbers), SiteAccess.active, ~SiteAccess.is_deleted)
    ):
        sites.setdefault(user_id, []).append(name)
    return [
        {**row, "role": roles.get(row["id"], ""), "sites": sites.get(row["id"], [])}
        for row in found
    ]


def _limited(enterprises: Iterable[int]) -> tuple[Any, ...]:
    return Account.enterprise_id.in_(tuple(enterprises)), Account.limited.is_(True)


def own_sites(
    actor: scope.Principal, term: str = "", page: int = 1
) -> tuple[list[tuple[int, str]], bool]:
    """Give one page of the own enterprise's projects for a picker, and whether more follow."""
    query = (
        _sites_of(actor)
        .where(Project.name.contains(term, autoescape=True))
        .offset((page - 1) * SITES_A_PAGE)
        .limit(SITES_A_PAGE + 1)
    )
    found = [(number, name) for number, name in db.session.execute(query)]
    return found[:SITES_A_PAGE], len(found) > SITES_A_PAGE


def chosen_sites(actor: scope.Principal, numbers: Iterable[int]) -> list[tuple[int, str]]:
    """Give those of some projects the own enterprise takes part in."""
    query = _sites_of(actor).where(Project.id.in_(tuple(numbers)))
    return [(number, name) for number, name in db.session.execute(query)]


def _sites_of(actor: scope.Principal) -> Select[Any]:
    return (
        select(Project.id, Project.name)
        .join(ProjectUnit, ProjectUnit.project_id == Project.id)
        .where(
            ProjectUnit.id.in_(actor.units), ProjectUnit.enterprise_id.in_(actor.enterprises),
            Project.is_deleted.is_(False),
        )
        .distinct()
        .order_by(Project.id.desc())
    )  # fmt: skip
