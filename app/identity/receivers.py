"""What accounts do when something happens to an enterprise or to a scope."""

from typing import Any

from sqlalchemy import update

from app.core import scope
from app.core.acting import principal_asked
from app.core.saved_filters import roles_asked
from app.enterprises import events
from app.enterprises.choices import EnterpriseType
from app.extensions import db
from app.identity import principals, services
from app.identity.choices import OfficialRole, SubRole
from app.identity.models import Account
from app.identity.words import role_label
from app.projects.events import login_asked, scope_changed, unit_exited

ADMIN_ROLES = {
    EnterpriseType.GENERAL_CONTRACTOR: "gc_admin",
    EnterpriseType.PROFESSIONAL_SUBCONTRACTOR: "prof_sub_admin",
    EnterpriseType.LABOUR_SUBCONTRACTOR: "labour_sub_admin",
}


SHARED_WITH: dict[scope.Audience, tuple[SubRole | OfficialRole, ...]] = {
    scope.Audience.TENANT: tuple(SubRole),
    scope.Audience.GOVERNMENT: (
        OfficialRole.CITY_ADMIN, OfficialRole.DISTRICT_REVIEWER, OfficialRole.INSPECTOR,
    ),
}  # fmt: skip


@roles_asked.connect
def roles_to_share_with(*, actor: scope.Principal) -> list[tuple[str, str]]:
    """Give one's own roles and those that work with the same lists, each with its word."""
    names = [*sorted(actor.roles), *(one.role for one in SHARED_WITH.get(actor.audience, ()))]
    return [(name, role_label(name)) for name in dict.fromkeys(names)]


@events.enterprise_approved.connect
def open_administrator(
    *, enterprise_id: int, enterprise_type: EnterpriseType, username: str, password_hash: str,
    agent_name: str, mobile: str, **_facts: Any,
) -> None:  # fmt: skip
    """Open the administrator's account with the password chosen at registration."""
    services.open_account(
        username=username, name=agent_name, audience=scope.Audience.TENANT,
        role=ADMIN_ROLES[enterprise_type], password_hash=password_hash,
        enterprise_id=enterprise_id, mobile=mobile,
    )  # fmt: skip


@events.username_asked.connect
def has_account(*, username: str) -> bool:
    """Tell whether an account has a sign-in name."""
    return services.has_account(username)


@login_asked.connect
def site_login(*, username: str, enterprise_id: int | None, mobile: str | None) -> Any:
    """Say what refuses a person of an enterprise a login of this name."""
    return services.login_refusal(username, enterprise_id=enterprise_id, mobile=mobile)


@events.enterprise_disabled.connect
def suspend(*, enterprise_id: int, **_facts: Any) -> None:
    """End every session of an enterprise and let nobody of it sign in."""
    _set_suspended(enterprise_id, suspended=True)


@events.enterprise_enabled.connect
def resume(*, enterprise_id: int, **_facts: Any) -> None:
    """Let the accounts of an enterprise sign in again."""
    _set_suspended(enterprise_id, suspended=False)


@events.enterprise_changed.connect
def change_role(*, enterprise_id: int, fields: list[str], **_facts: Any) -> None:
    """Give the administrators the role of a corrected enterprise type."""
    if "enterprise_type" in fields:
        services.renew_admin_role(enterprise_id, ADMIN_ROLES)


def _set_suspended(enterprise_id: int, *, suspended: bool) -> None:
    with scope.login_scope("an enterprise is disabled or enabled") as connection:
        connection.execute(
            update(Account)
            .where(Account.enterprise_id == enterprise_id)
            .values(suspended=suspended, session_epoch=Account.session_epoch + 1)
        )


@scope_changed.connect
def read_scope_anew(**_facts: Any) -> None:
    """Let the principal of this request see what it has just been given."""
    principals.renew()


@unit_exited.connect
def end_site_logins(*, unit: Any, actor: scope.Principal) -> None:  # noqa: ARG001 - in the audit
    """Take the project from every login of a unit that leaves."""
    services.close_unit_logins(unit)


@principal_asked.connect
def principal_now(*, user_id: int) -> scope.Principal | None:
    """Give the principal of an account that a job works for, None when it may not sign in."""
    with scope.login_scope("a job goes on as the user who asked for it"):
        account = db.session.get(Account, user_id)
        if account is None or not principals.usable(account):
            return None
        return principals.principal_of(account)
