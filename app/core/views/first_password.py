"""The one page that shows a first password."""

from typing import Any

from flask import make_response
from flask_appbuilder import BaseView
from flask_babel import gettext
from werkzeug.wrappers import Response


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
