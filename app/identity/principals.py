"""Loading the principal of a request: once, in a short transaction of its own (D2)."""

from typing import Any

from flask import g, has_request_context, request, session
from sqlalchemy import select, text

from app.core import clock, dictionaries, scope
from app.core.views.shell import project_of_request
from app.extensions import db
from app.identity import site_rights
from app.identity.models import Account

RIGHTS = text("""
    select r.name, p.name, v.name from ab_user_role ur
    join ab_role r on r.id = ur.role_id
    left join ab_permission_view_role pvr on pvr.role_id = r.id
    left join ab_permission_view pv on pv.id = pvr.permission_view_id
    left join ab_permission p on p.id = pv.permission_id
    left join ab_view_menu v on v.id = pv.view_menu_id
    where ur.user_id = :user
""")
OWN_UNITS = text("""
    select id, project_id, unit_role from project_unit
    where enterprise_id = :enterprise and is_deleted is false
    and state in ('ACCEPTED', 'REGISTERED', 'EXITED') and unit_role in ('001', '006', '009')
""")
SITES = text("""
    select unit_id, project_id, whole_project, role, can_write from site_access
    where user_id = :user and active and is_deleted is false
    and (valid_to is null or valid_to >= :today)
""")
SAFE = {"GET", "HEAD", "OPTIONS"}
# changes the chosen project and no row
SWITCH = "SiteView.switch"


def for_request() -> scope.Principal:
    """Give the principal of the signed-in session, nobody where there is none."""
    user_id = session.get("_user_id")
    if not user_id or not str(user_id).isdecimal():
        return scope.NOBODY
    g.principal = scope.NOBODY
    try:
        account = db.session.scalars(
            select(Account).where(Account.id == int(user_id))
        ).one_or_none()
        if account is None or not usable(account) or session.get("epoch") != account.session_epoch:
            return scope.NOBODY
        principal = principal_of(account)
        db.session.expunge(account)
        return principal
    finally:
        db.session.rollback()


def usable(account: Account) -> bool:
    """Tell whether an account may sign in at all today."""
    open_still = account.valid_to is None or account.valid_to > clock.now()
    return bool(account.active) and not account.suspended and open_still


def principal_of(account: Account) -> scope.Principal:
    """Read rights and scope of an account; the transaction must belong to nobody."""
    rows = db.session.execute(RIGHTS, {"user": account.id}).all()
    pairs = frozenset((p.removeprefix("can_"), v) for _role, p, v in rows if p and v)
    facts: dict[str, Any] = {"permissions": pairs}
    audience = scope.Audience(account.audience)
    if audience is scope.Audience.TENANT:
        facts |= _site_scope(account, pairs) if account.limited else _tenant_scope(account)
    elif audience is scope.Audience.GOVERNMENT:
        facts["districts"] = _districts(account)
    return scope.Principal(
        audience, account.id, account.username, account.get_full_name(),
        roles=frozenset(r for r, _p, _v in rows), user=account, **facts,
    )  # fmt: skip


def _tenant_scope(account: Account) -> dict[str, Any]:
    rows = _as_system(OWN_UNITS, {"enterprise": account.enterprise_id})
    return {
        "enterprises": (account.enterprise_id,),
        "units": tuple(r[0] for r in rows),
        "projects": tuple(r[1] for r in rows if r[2] == "009"),
    }


def _site_scope(account: Account, pairs: site_rights.Rights) -> dict[str, Any]:
    rows = _as_system(SITES, {"user": account.id, "today": clock.today()})
    sites = [
        site_rights.Site(project, unit, whole, site_rights.rights_on(role, areas, pairs))
        for unit, project, whole, role, areas in rows
    ]
    here = project_of_request(account.id) if has_request_context() else None
    rights = site_rights.rights_of_request(sites, here, pairs)
    changing = has_request_context() and request.method not in SAFE and request.endpoint != SWITCH
    seen = site_rights.reachable(sites, rights, changing=changing)
    return {
        "permissions": rights,
        "units": tuple(site.unit_id for site in seen),
        "projects": tuple(site.project_id for site in seen if site.whole_project),
    }


def _as_system(query: Any, values: dict[str, Any]) -> list[Any]:
    db.session.connection().exec_driver_sql("set local role app_system")
    rows = list(db.session.execute(query, values))
    db.session.connection().exec_driver_sql("set local role app_login")
    return rows


def _districts(account: Account) -> tuple[str, ...]:
    if account.district_code:
        return (account.district_code,)
    return tuple(sorted(dictionaries.codes("district")))


def renew() -> scope.Principal:
    """Read the scope of the present principal anew after it has changed within a request."""
    now = scope.current()
    if now.user is None:
        return now
    with scope.login_scope("the scope of this request has changed"):
        renewed = principal_of(now.user)
    scope.adopt(renewed)
    return renewed
