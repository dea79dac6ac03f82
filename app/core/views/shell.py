"""What the shell around every page shows: project switch, account, public links."""

from typing import Any

from flask import Flask, session, url_for
from flask_babel import gettext
from sqlalchemy import select

from app.core import scope
from app.core.views.table import table_body
from app.extensions import db

CHOSEN = "project_id"


def chosen_project_id() -> int | None:
    """Give the project chosen at the top of the page."""
    number = session.get(CHOSEN)
    return int(number) if number else None


def choose_project(number: int | None) -> None:
    """Fix the project for all pages below 项目 until it is switched (screens.md 4.3)."""
    session[CHOSEN] = number


def _context() -> dict[str, Any]:
    actor = scope.current()
    if actor.user is None:
        return {"shell": None, "public_links": _public_links()}
    return {
        "shell": {
            "project": _project(),
            "projects_url": _url("SiteView.options"),
            "switch_url": _url("SiteView.switch"),
            "unread": 0,
            "user_name": actor.name,
            "password_url": _url("PasswordView.change"),
            "home_url": "/",
            "logout_url": _url("SignInView.logout"),
        },
        "public_links": [],
    }


def _project() -> dict[str, Any] | None:
    number = chosen_project_id()
    if number is None or scope.current().audience is scope.Audience.LOGIN:
        return None
    table = db.metadata.tables["project"]
    row = db.session.execute(select(table.c.id, table.c.name).where(table.c.id == number)).first()
    return {"id": row[0], "name": row[1]} if row else None


def _public_links() -> list[tuple[str, str]]:
    found = [
        (gettext("Register"), _url("RegistrationPage.choose")),
        (gettext("Progress of a registration"), _url("RegistrationPage.progress")),
        (gettext("Guides"), _url("PublicGuidePage.index")),
    ]
    return [(label, url) for label, url in found if url]


def _url(endpoint: str) -> str:
    from flask import current_app

    return url_for(endpoint) if endpoint in current_app.view_functions else ""


def install(app: Flask) -> None:
    """Give every template the shell, and what draws the rows of its lists."""
    app.context_processor(_context)
    app.add_template_global(table_body)
