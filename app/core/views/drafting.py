"""Drafts on forms: 保存草稿, the line above a form, what is kept when a session has ended.

``pages.read_form`` opens the draft a reader continues, ``pages.new_form`` offers 保存草稿 besides,
and ``pages.submit`` keeps or removes it: a screen does nothing of its own. Neither passwords nor
the characters of a picture are ever kept.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, abort, current_app, flash, g, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItemPerHour
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import FieldList, FormField, PasswordField

from app.core import clock, drafts, files, scope
from app.core.drafts import Place
from app.core.forms import BaseForm, ColumnField
from app.core.views import shell
from app.extensions import db

PAGE = "form_draft"
PROOF, BUTTON, CONTINUED = "draft_place", "_draft", "draft"
KEPT = "__kept"
OWN_NAMES = ("csrf_token", "for_project", PROOF, BUTTON)
NO_PLACE = (CONTINUED, "for_project", "next")  # arguments that say nothing about the form
PROOF_HOURS = 24  # as long as the files a form has uploaded wait for their row
SELDOM = RateLimitItemPerHour(60)  # as often as the form itself is taken
LEFT = "left"  # the user whose session ended in this browser, and the project he worked in


@dataclass
class FormPage:
    """The draft of the form a page shows, as the templates read it."""

    place: Place
    offered: bool
    secret: tuple[str, ...] = ()

    @cached_property
    def kept(self) -> drafts.Kept | None:
        """Give the draft that is there."""
        return drafts.find(self.place)

    @property
    def saved_at(self) -> str:
        """Give when the draft was saved, in the words of the line; empty without one."""
        return clock.local(self.kept.saved_at).strftime("%m-%d %H:%M") if self.kept else ""

    @property
    def continued(self) -> bool:
        """Tell whether the form was filled from the draft."""
        return CONTINUED in request.args

    @property
    def in_browser(self) -> bool:
        """Tell whether the draft belongs to this browser alone, because nobody has signed in."""
        return scope.current().user_id is None

    @property
    def url(self) -> str:
        """Give the address that opens the form with the draft, in the project it is about."""
        elsewhere = shell.chosen_project_id() != session.get(shell.CHOSEN)
        proof = shell.work_in(None) if elsewhere else None
        return _with(self.place.address, draft=1, for_project=proof or None)

    @property
    def drop_url(self) -> str:
        """Give the address that removes the draft."""
        return url_for("DraftPage.drop")

    @property
    def proof(self) -> str:
        """Give what the form carries: what it is, whose, since when, what must not be kept."""
        return str(_serializer().dumps([
            self.place.address, self.place.project_id, scope.current().user_id,
            shell.chosen_project_id(), list(self.secret), int(clock.now().timestamp()),
        ]))  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """What a form says about itself when it comes back."""

    place: Place
    user_id: int | None
    project_id: int | None
    secret: frozenset[str]


def begin(*, offered: bool, project_id: int | None = None, address: str = "") -> FormPage:
    """Say which form this page shows; ``project_id`` keeps drafts of several projects apart."""
    page = FormPage(Place(address or _address(), project_id), offered)
    setattr(g, PAGE, page)
    return page


def typed_before(page: FormPage) -> MultiDict[str, str] | None:
    """Give what the draft holds as a form reads it, None where the reader continues none."""
    if not page.continued or page.kept is None:
        return None
    return MultiDict(
        (name, files.token(int(value)) if name.endswith(KEPT) else value)
        for name, value in page.kept.pairs
    )


def know(page: FormPage, form: BaseForm) -> None:
    """Note which fields of the form are never kept."""
    page.secret = tuple(
        field.name for field in form
        if isinstance(field, PasswordField) or field.short_name == "captcha"
    )  # fmt: skip


def shown() -> FormPage | None:
    """Give the draft of the form a page shows, None for forms that have none."""
    return g.get(PAGE)


def asked() -> bool:
    """Tell whether 保存草稿 was pressed on a form that offers it here."""
    page = shown()
    return page is not None and page.offered and bool(request.form.get(BUTTON))


def keep(form: BaseForm) -> None:
    """Keep what is typed, right or wrong, with the files that have arrived."""
    page: FormPage = g.form_draft
    papers = [field for field in _fields(form) if field.control == "file"]
    kept = [(field.name + KEPT, number) for field in papers for number in field.on_file]
    pairs = _plain(frozenset(page.secret)) + [(name, str(number)) for name, number in kept]
    drafts.keep(page.place, pairs, [number for _name, number in kept])
    for field in papers:
        if field.problem and request.files.getlist(field.name):
            flash(f"{field.label.text}：{field.problem}", "warning")


def lead_back() -> Any:
    """Show the form again as the draft that has just been kept."""
    page: FormPage = g.form_draft
    words = gettext("The draft is kept for %(days)s days", days=drafts.DAYS)
    if page.in_browser:
        words = f"{words}；{in_this_browser()}"
    flash(words, "success")
    abort(redirect(page.url))


def in_this_browser() -> str:
    """Say where a draft without an account can be continued, and what it does not hold."""
    return gettext("A draft can be continued in this browser only and holds no password")


def finish() -> None:
    """Remove the draft a saved form was continued from."""
    page = shown()
    if page is not None and page.continued:
        drafts.drop(page.place)


# --- forms whose session has ended ---------------------------------------------------------


def rescued() -> Response | None:
    """Keep what a form carries that can no longer be taken; give where to go, None without one.

    It waits for the same user to sign in again in this browser; the form of somebody without an
    account is offered to this browser at once. Another site cannot write here.
    """
    proof = _read(request.form.get(PROOF, ""))
    if request.method != "POST" or proof is None or not _sent_by_us():
        return None
    pairs = _plain(proof.secret)
    tokens = [(n, v) for n, v in request.form.items(multi=True) if n.endswith(KEPT)]
    known = [(n, files.numbers_of([v], user_id=proof.user_id)) for n, v in tokens]
    numbers = [(name, found[0]) for name, found in known if found]
    pairs += [(name, str(number)) for name, number in numbers]
    back = _with(proof.place.address, draft=1)
    try:
        if proof.user_id is None:
            if not _seldom():
                return None
            drafts.keep(proof.place, pairs, [number for _name, number in numbers])
        else:
            drafts.keep_waiting(
                proof.place, pairs, [number for _n, number in numbers], proof.user_id
            )
            session[LEFT] = [proof.user_id, proof.project_id]
            back = url_for("SignInView.login", next=back)
    except drafts.TooLong:
        db.session.rollback()
        return None
    db.session.commit()
    flash(_words_of_rescue(known_user=proof.user_id is not None), "warning")
    return redirect(back)


def project_left(user_id: int) -> int | None:
    """Give once the project a user worked in when his session ended in this browser."""
    left = session.pop(LEFT, None)
    return left[1] if left and left[0] == user_id else None


def leave(user_id: int) -> None:
    """Forget a session that has ended by itself, but for whose it was and in which project."""
    left = [user_id, shell.chosen_project_id()]
    session.clear()
    session[LEFT] = left


class DraftPage(BaseView):
    """Removes a draft of one's own; the form that shows it carries the proof."""

    route_base = "/drafts"
    default_view = "drop"

    @expose("/drop", methods=["POST"])
    def drop(self) -> Response:
        """Remove the draft and lead back to the empty form."""
        proof = _read(request.form.get(PROOF, ""))
        if proof is None or proof.user_id != scope.current().user_id:
            abort(404)
        drafts.drop(proof.place)
        db.session.commit()
        flash(gettext("The draft is deleted"), "success")
        return redirect(proof.place.address)


def install(app: Flask) -> None:
    """Register the route, and keep what is typed from being lost with the session."""
    app.extensions["appbuilder"].add_view_no_menu(DraftPage)
    app.before_request(_rescue)
    app.add_template_global(shown, "draft_of_page")
    app.add_template_global(in_this_browser, "draft_in_this_browser")


def _rescue() -> Response | None:
    """Take what a form of a signed-in user carries when he is signed in no longer."""
    if request.method != "POST" or request.mimetype != "multipart/form-data":
        return None
    if scope.current().user_id is not None or request.path == current_app.config["OPEN_API_PATH"]:
        return None
    proof = _read(request.form.get(PROOF, ""))
    return rescued() if proof is not None and proof.user_id is not None else None


def _sent_by_us() -> bool:
    """Tell whether the request comes from a page of this site, as browsers say themselves."""
    origin = request.headers.get("Origin", "")
    return not origin or urlsplit(origin).netloc == request.host


def _words_of_rescue(*, known_user: bool) -> str:
    if known_user:
        return gettext("Your session has ended. What you typed is kept: sign in with the same"
                       " account to continue; newly chosen files must be chosen again")  # fmt: skip
    return gettext("The page was open too long. What you typed is kept: send it again; newly"
                   " chosen files and passwords must be given again")  # fmt: skip


def _seldom() -> bool:
    """Tell whether a network address without an account has kept little so far."""
    limiter = current_app.extensions["appbuilder"].sm.limiter
    if not limiter.enabled:
        return True
    return bool(limiter.limiter.hit(SELDOM, "drafts", get_remote_address()))


def _plain(secret: frozenset[str]) -> drafts.Pairs:
    """Give what was posted, without what is never kept and without files."""
    return [
        (name, value) for name, value in request.form.items(multi=True)
        if name not in OWN_NAMES and name not in secret and not name.endswith(KEPT)
    ]  # fmt: skip


def _fields(form: Any) -> list[ColumnField]:
    """Give the fields of a form, those of its rows included."""
    found = []
    for field in form:
        if isinstance(field, ColumnField):
            found.append(field)
        elif isinstance(field, FormField):
            found += _fields(field.form)
        elif isinstance(field, FieldList):
            found += _fields(field.entries)
    return found


def _address() -> str:
    """Give the address of the form on this page, without what only leads to it."""
    pairs = [(n, v) for n, v in request.args.items(multi=True) if n not in NO_PLACE]
    return _with(request.path, pairs=sorted(pairs))


def _with(address: str, pairs: Any = (), **more: Any) -> str:
    query = urlencode([*pairs, *((n, v) for n, v in more.items() if v is not None)])
    if not query:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query}"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="draft")


def _read(given: str) -> Proof | None:
    """Read what a form says about itself; None when it is forged or too old."""
    try:
        address, project_id, user_id, chosen, secret, at = _serializer().loads(given)
    except (BadSignature, ValueError, TypeError):
        return None
    if clock.now().timestamp() - at > PROOF_HOURS * 3600:
        return None
    return Proof(Place(address, project_id), user_id, chosen, frozenset(secret))
