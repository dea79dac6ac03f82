"""The one page that shows a first password, and what keeps a reload from making another."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import make_response, request
from flask_appbuilder import BaseView
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.core import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def first_password_page(
    page: BaseView, username: str, password: str, back: str, *, closed: bool = False
) -> Response:
    """Show a first password this once, in the answer itself; nothing keeps the answer.

    It never goes into the session: that is a cookie, signed but readable. A ``closed`` account
    has it too, and stays closed until it is enabled.
    """
    html: Any = page.render_template(
        "ui/first_password.html", title=gettext("First password"), username=username,
        password=password, back_url=back, closed=closed,
    )  # fmt: skip
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


def asking_now() -> dict[str, Any]:
    """Give the part of a button's address that says when its page was made (milliseconds)."""
    return {"asked": (clock.now() - EPOCH) // MILLISECOND}


def asked_at() -> datetime | None:
    """Give when the page with the button that was pressed was made; None where it says nothing."""
    raw = request.args.get("asked", "")
    known = raw.isdecimal() and len(raw) == 13
    return EPOCH + int(raw) * MILLISECOND if known else None
