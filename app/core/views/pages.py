"""What every page shares: rendering, running a service once, answering refusals."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import (
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    request,
    send_file,
    url_for,
)
from flask_appbuilder import BaseView
from werkzeug.wrappers import Response as BaseResponse

from app.core import conditions, guard, scope
from app.core.errors import Refusal, Stale
from app.core.forms import BaseForm
from app.core.views import drafting, shell
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
    is kept either way. 保存草稿 keeps what is typed unchecked and leads back to the form; a form
    that only asks what it demands (``core.conditions``) is answered.
    """
    if conditions.QUESTION in request.form:
        abort(jsonify(conditions.asked(form)))
    if drafting.asked() and _keep_draft(form):
        drafting.lead_back()
    fine = form.validate()
    if any(upload.filename for upload in request.files.values()):
        db.session.commit()  # only the uploads of this form were written so far
    if not fine:
        if form.stale:  # what is masked in it is of the former values: they would be blamed
            form.only(Stale())
        return None
    try:
        with guard.sentences():
            outcome = service(form.values(), actor=scope.current())
            drafting.finish()
            db.session.commit()
    except Refusal as problem:
        form.blame(problem)
        return None
    return True if outcome is None else outcome


def _keep_draft(form: BaseForm) -> bool:
    """Keep a draft; a refusal is told on the form, which still holds everything."""
    try:
        with guard.sentences():
            drafting.keep(form)
            db.session.commit()
    except Refusal as problem:
        form.blame(problem)
        return False
    return True


def unless_stale(form: BaseForm, row: Any, service: Callable[..., Any]) -> Callable[..., Any]:
    """Give the service of an edit form: refused when the row changed since the form was opened.

    ``service(row, values, *, actor)`` is the verb behind the form; the answer goes to ``submit``.
    """
    changed = str(row.row_version) != form.row_version.data
    form.stale = changed and bool(form.row_version.data)

    def save(values: dict[str, Any], *, actor: scope.Principal) -> Any:
        if changed:
            raise Stale
        return service(row, values, actor=actor)

    return save


def read_form(kind: type[BaseForm], /, row: Any = None, **defaults: Any) -> BaseForm:
    """Make a form from what was posted, or from a row, or empty.

    The form, its pickers and its answers stay in the project of the row, or else in the one it
    was opened in. What was typed when a session ended is offered again.
    """
    proof = shell.work_in(getattr(row, "project_id", None))
    return _made(kind, drafting.begin(offered=False), proof, row, defaults)


def new_form(
    kind: type[BaseForm], /, *, project_id: int | None = None, address: str = "", **defaults: Any
) -> BaseForm:
    """Make the form of something new, which offers 保存草稿 (design.md, long forms).

    A draft belongs to its user, the form and, where the form is about one, the project. Another
    ``address`` than that of the page is given where the page is reached by several.
    """
    proof = shell.work_in(None)
    page = drafting.begin(offered=True, project_id=project_id, address=address)
    return _made(kind, page, proof, None, defaults)


def _made(
    kind: type[BaseForm], page: drafting.FormPage, proof: str, row: Any, defaults: dict[str, Any]
) -> BaseForm:
    posted = request.method == "POST"
    typed = None if posted else drafting.typed_before(page)
    if posted:
        form = kind()
    elif typed is not None:
        form = kind(formdata=typed)
        form.resume()
    else:
        form = kind(obj=row, formdata=None, data=defaults or None)
    if row is not None and (posted or typed is not None):
        form.keep(row)
    drafting.know(page, form)
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
