"""What every page shares: rendering, running a service once, answering refusals."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, flash, redirect, request, send_file, url_for
from flask_appbuilder import BaseView
from werkzeug.wrappers import Response as BaseResponse

from app.core import guard, scope
from app.core.errors import Refusal, Stale
from app.core.forms import BaseForm
from app.core.views import shell
from app.extensions import db

# browsers drop control characters and read a backslash as a slash: either may hide another host
LEADS_AWAY = re.compile(r"^//|[\x00-\x20\\]")


class BasePage(BaseView):
    """A page of its own: approvals, reports, wizards."""

    route_base: str | None = None
    title: Any = ""

    def page(self, template: str, **context: Any) -> str:
        """Render a template in the shell."""
        context.setdefault("title", self.title)
        return self.render_template(template, **context)


def answer(service: Callable[..., Any], *args: Any, success: Any = None, **options: Any) -> Any:
    """Run a service and commit once; a refusal undoes everything and is told to the user.

    Gives what the service gave, or None when it refused.
    """
    try:
        with guard.sentences():
            outcome = service(*args, actor=scope.current(), **options)
            db.session.commit()
    except Refusal as problem:
        flash(str(problem), "danger")
        return None
    if success is not None:
        flash(str(success), "success")
    return True if outcome is None else outcome


def submit(form: BaseForm, service: Callable[..., Any]) -> Any:
    """Run a service with a form's values and commit; refusals go beside their fields.

    Gives what the service gave, or None when the form must be shown again. What was uploaded
    is kept either way.
    """
    fine = form.validate()
    if any(upload.filename for upload in request.files.values()):
        db.session.commit()  # only the uploads of this form were written so far
    if not fine:
        return None
    try:
        with guard.sentences():
            outcome = service(form.values(), actor=scope.current())
            db.session.commit()
    except Refusal as problem:
        form.blame(problem)
        return None
    return True if outcome is None else outcome


def unless_stale(form: BaseForm, row: Any, service: Callable[..., Any]) -> Callable[..., Any]:
    """Give the service of an edit form: refused when the row changed since the form was opened.

    ``service(row, values, *, actor)`` is the verb behind the form; the answer goes to ``submit``.
    """

    def save(values: dict[str, Any], *, actor: scope.Principal) -> Any:
        if str(row.row_version) != form.row_version.data:
            raise Stale
        return service(row, values, actor=actor)

    return save


def read_form(kind: type[BaseForm], row: Any = None, **defaults: Any) -> BaseForm:
    """Make a form from what was posted, or from a row, or empty.

    The form, its pickers and its answers stay in the project of the row, or else in the one it
    was opened in.
    """
    proof = shell.work_in(getattr(row, "project_id", None))
    if request.method == "POST":
        form = kind()
        if row is not None:
            form.keep(row)
    else:
        form = kind(obj=row, formdata=None, data=defaults or None)
    form.for_project.data = proof
    return form


def back_or(endpoint: str, **values: Any) -> BaseResponse:
    """Go where the form asked to go within this site, or to an endpoint."""
    target = request.form.get("next") or request.args.get("next") or ""
    if target.startswith("/") and not LEADS_AWAY.search(target):
        return redirect(target)
    return redirect(url_for(endpoint, **values))


def download(content: bytes, name: str, mime: str) -> Response:
    """Send bytes as a file with a Chinese name, and a plain one for who cannot read that."""
    answer = send_file(BytesIO(content), mimetype=mime, as_attachment=True, download_name=name)
    plain = name if name.isascii() else f"download{Path(name).suffix}"
    written = {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", **written)
    return answer


def framework() -> Any:
    """Give the framework's object of this application."""
    return current_app.extensions["appbuilder"]
