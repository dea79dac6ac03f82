"""One walk through the product: who reads, and every address and tab there is to read.

The house tests that look at every page share it, so that a new page is in all of them at once.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import Any

from werkzeug.routing import Rule

from app.core import scope
from app.core.columns.base import specs
from app.core.columns.links import Ref
from app.core.views.base import BaseModelView
from app.enterprises.choices import EnterpriseType
from app.identity import services as identity
from app.projects.choices import LABOUR, PROFESSIONAL
from app.projects.models import ProjectUnit
from tests.factories import enterprises, numbered, projects
from tests.house.world import NO_ROW, World

SUBCONTRACTORS = {
    "prof_sub_admin": (PROFESSIONAL, EnterpriseType.PROFESSIONAL_SUBCONTRACTOR),
    "labour_sub_admin": (LABOUR, EnterpriseType.LABOUR_SUBCONTRACTOR),
}
SITE = ("labour_manager", "clerk", "project_staff")
CITY = ("city_admin", "inspector", "leader", "editor")
TAB = re.compile(r'href="([^"]*[?&;]tab=[^"#]*)"')


def reader(world: World, role: str) -> int:
    """Open a login of a role that sees as much of the victim as the role ever does."""
    if role == "gc_admin":
        return world.users["owner"]
    if role in SUBCONTRACTORS:
        part, kind = SUBCONTRACTORS[role]
        firm = enterprises.enterprise(kind)
        projects.unit(world.victim.project, firm, role=part)
        return enterprises.admin(firm)
    if role in SITE:
        return _on_site(world.victim.unit, role)
    if role == "sys_admin":
        return world.users["system_office"]
    return enterprises.official(role, district=None if role in CITY else "440703")


def _on_site(unit: ProjectUnit, role: str) -> int:
    number, _password = identity.open_site_login(
        project_id=unit.project_id, unit_id=unit.id, whole_project=True,
        username=numbered("reader_"), name="查看员", mobile="13800138000", role=role,
        can_write=["roster", "attendance", "wages", "alerts", "incidents"], actor=scope.SYSTEM,
    )  # fmt: skip
    identity.set_password(number, enterprises.PASSWORD)
    return number


def in_project(browser: Any, number: int | None) -> Any:
    """Choose the project of the header, as a reader of the victim has."""
    with browser.session_transaction() as session:
        session["project_id"] = number
    return browser


def get_rules(app: Any) -> list[Rule]:
    """Every rule that answers GET but files of the program and leaving."""
    return [
        rule for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.endpoint.endswith(("static", "logout"))
    ]  # fmt: skip


def addresses(world: World, app: Any) -> dict[str, str]:
    """Every address that answers GET, with the victim's numbers in it, and its endpoint."""
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    return {
        rule.build(values)[1]: rule.endpoint
        for rule in get_rules(app)
        for values in _values(world, rule, views.get(rule.endpoint.split(".")[0]))
    }


def _values(world: World, rule: Rule, view: Any) -> Iterator[dict[str, Any]]:
    if not rule.arguments:
        yield {}
    elif rule.endpoint in world.numbers:
        yield world.numbers[rule.endpoint]
    elif isinstance(view, BaseModelView) and rule.endpoint not in NO_ROW:
        number = world.row(view.model, view)
        for more in _choices(view, rule.arguments - {"pk"}):
            yield {"pk": number, **more} if "pk" in rule.arguments else more


def _choices(view: BaseModelView, names: set[str]) -> list[dict[str, Any]]:
    """Every value of the rest of an address."""
    if not names:
        return [{}]
    if names == {"column"}:
        return [
            {"column": n} for n, spec in specs(view.model).items() if isinstance(spec.kind, Ref)
        ]
    if names == {"verb"} and view.flow:
        return [{"verb": move.verb} for move in view.flow.transitions]
    return []


def opened(found: dict[str, str], get: Callable[[str], Any]) -> Iterable[tuple[str, str, Any]]:
    """Open every address, and every tab a page has; give address, endpoint with tab, answer."""
    waiting, seen = sorted(found.items(), reverse=True), set(found)
    while waiting:
        url, name = waiting.pop()
        answer = get(url)
        yield url, name, answer
        if answer.status_code == 200 and answer.mimetype == "text/html":
            for link in map(unescape, TAB.findall(answer.get_data(as_text=True))):
                path, _mark, query = link.partition("?")
                if path == url.partition("?")[0] and link not in seen:
                    seen.add(link)
                    waiting.append((link, f"{found.get(path, name)}?{query}"))
