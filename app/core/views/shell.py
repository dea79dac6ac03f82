"""What the shell around every page shows: project switch, account, public links."""

from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from app.core import scope
from app.core.figures import figure
from app.core.views import crumbs
from app.core.views.table import table_body
from app.extensions import db

CHOSEN = "project_id"
FORM_PROJECT = "for_project"


def chosen_project_id() -> int | None:
    """Give the project this request works in.

    A form and its pickers stay in the project they were opened for, whatever another tab has
    chosen since; everything else works in the project chosen at the top of the page.
    """
    number = g.get(FORM_PROJECT) or _form_project() or session.get(CHOSEN)
    return int(number) if number else None


def project_of_request(user_id: int) -> int | None:
    """Give the project a request of an account works in, before its principal is known."""
    number = _form_project(user_id) or session.get(CHOSEN)
    return int(number) if number else None


def work_in(number: int | None) -> str:
    """Stay in the project of a row for the rest of this request; give the proof a form carries.

    Without a number it is the project this request works in anyway.
    """
    number = number or chosen_project_id()
    if number is None:
        return ""
    setattr(g, FORM_PROJECT, number)
    return str(_serializer().dumps([number, scope.current().user_id]))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="project")


def _form_project(reader: int | None = None) -> int | None:
    proof = request.args.get(FORM_PROJECT) or request.form.get(FORM_PROJECT)
    if not proof:
        return None
    try:
        number, user_id = _serializer().loads(proof)
    except (BadSignature, ValueError, TypeError):
        return None
    return number if user_id == (reader or scope.current().user_id) else None


def choose_project(number: int | None) -> None:
    """Fix the project for all pages below 项目 until it is switched (screens.md 4.3)."""
    session[CHOSEN] = number


def _context() -> dict[str, Any]:
    actor = scope.current()
    if actor.user is None:
        return {"shell": None, "public_links": _public_links()}
    return {
        "breadcrumbs": crumbs.trail(),
        "menu_path": crumbs.line(),
        "shell": {
            "project": _project(),
            "projects_url": _url("SiteView.options") if _has_projects(actor) else "",
            "switch_url": _url("SiteView.switch"),
            "user_name": actor.name,
            "password_url": _url("PasswordView.change"),
            "home_url": "/",
            "logout_url": _url("SignInView.logout"),
        },
        "public_links": [],
    }


def _project() -> dict[str, Any] | None:
    number = session.get(CHOSEN)  # the header says what is chosen, whatever a form is about
    if number is None or not _has_projects(scope.current()):
        return None
    known = g.setdefault("shell_projects", {})  # a page draws several templates
    if number not in known:
        table = db.metadata.tables["project"]
        wanted = select(table.c.id, table.c.name).where(table.c.id == number)
        row = db.session.execute(wanted).first()
        known[number] = {"id": row[0], "name": row[1]} if row else None
    found: dict[str, Any] | None = known[number]
    return found


def _has_projects(actor: scope.Principal) -> bool:
    """Tell whether the principal works on projects; system administrators see none."""
    return actor.audience is not scope.Audience.LOGIN


def _public_links() -> list[tuple[str, str]]:
    found = [
        (gettext("Register"), _url("RegistrationPage.choose")),
        (gettext("Progress of a registration"), _url("RegistrationPage.progress")),
        (gettext("Guides"), _url("PublicGuidePage.index")),
    ]
    return [(label, url) for label, url in found if url]


def _url(endpoint: str) -> str:
    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def install(app: Flask) -> None:
    """Give every template the shell, and what draws the rows of its lists."""
    app.context_processor(_context)
    app.add_template_global(table_body)
    app.add_template_filter(figure)
