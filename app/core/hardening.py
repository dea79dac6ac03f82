"""Headers, request ids, error pages: what holds for every answer of the program."""

import logging
import time
import uuid
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core import guard
from app.core.errors import Refusal, Stale
from app.core.uploads.errors import readable_size
from app.core.views import drafting
from app.extensions import db

log = logging.getLogger("app.requests")
# the framework warns of every column it has no filter for; it has none for any of ours
logging.getLogger("flask_appbuilder.models.filters").setLevel(logging.ERROR)
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
CHUNK, MOST_DRAINED = 64 * 1024, 512 * 1024 * 1024
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: Flask) -> None:
    """Put headers, request ids, logging and error pages on an application."""
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.before_request(_limit)
    app.before_request(_refuse_odd_bytes)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(Exception, _broken)


def _begin() -> None:
    g.request_id = uuid.uuid4().hex
    g.began_at = time.perf_counter()


def _is_interface() -> bool:
    """Tell whether the address is the interface's, which some clients end with a slash."""
    return request.path.removesuffix("/") == current_app.config["OPEN_API_PATH"]


def _limit() -> None:
    """Keep calls of the interface small: what they carry stays in memory."""
    if _is_interface():
        request.max_content_length = current_app.config["OPEN_API_MAX_LENGTH"]


def _refuse_odd_bytes() -> Any:
    """Refuse NUL characters, which the database cannot store, before anything reads them."""
    if _is_interface():
        return None  # the interface answers everything in its own form
    pairs = list(request.args.items(multi=True))
    if (
        request.mimetype == "application/x-www-form-urlencoded"
        and (request.content_length or 0) < 1_000_000
    ):
        pairs += list(request.form.items(multi=True))
    if any("\x00" in name or "\x00" in value for name, value in pairs):
        return _page(400, gettext("The request contains characters that cannot be stored"))
    return None


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint and not request.endpoint.endswith("static"):
        response.headers.setdefault("Cache-Control", "private, no-cache")
        took = (time.perf_counter() - g.get("began_at", time.perf_counter())) * 1000
        log.info(
            "request",
            extra={"fields": {
                "request_id": g.get("request_id"), "method": request.method,
                "endpoint": request.endpoint, "status": response.status_code,
                "milliseconds": round(took, 1),
                "user": getattr(g.get("principal"), "user_id", None),
            }},
        )  # fmt: skip
        response.headers["X-Request-Id"] = g.get("request_id", "")
    return response


def _http_problem(problem: HTTPException) -> Any:
    if isinstance(problem, CSRFError):
        old = gettext("This page is too old to be sent. Open it again and repeat")
        return drafting.rescued() or _page(400, old)
    if isinstance(problem, RequestEntityTooLarge):
        return _too_large()
    if problem.response is not None or (problem.code or 500) < 400:
        return problem
    return _page(problem.code or 500)


def read_off(most: int = MOST_DRAINED) -> None:
    """Read and drop what is left of a body nobody wanted, as far as that is bearable.

    A sender sees an answer only once it has sent everything; cut off, it sees a broken pipe.
    """
    stream, left = request.environ["wsgi.input"], min(most, MOST_DRAINED)
    try:
        while left > 0 and (chunk := stream.read(min(left, CHUNK))):
            left -= len(chunk)
    except (OSError, ValueError):
        log.info("an oversize request ended early")


def _too_large() -> Any:
    """Refuse a whole request that is too large, and say how to send it in parts."""
    limit = request.max_content_length or 0
    read_off()
    return _page(413, gettext(
        "Everything sent at once may be at most %(limit)s, all files together. Nothing was saved."
        " Go back, what you typed is still there: make the files smaller, or save with some of"
        " them first and add the others by editing.",
        limit=readable_size(limit),
    ))  # fmt: skip


def _refused(problem: Refusal) -> Any:
    db.session.rollback()
    return _page(problem.status, str(problem))


def _broken(problem: Exception) -> Any:
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.orm.exc import StaleDataError

    db.session.rollback()
    if isinstance(problem, StaleDataError):
        return _refused(Stale())
    if isinstance(problem, DBAPIError):
        try:
            return _refused(guard.translated(problem))
        except DBAPIError:
            pass
    fields = {"request_id": g.get("request_id")}
    log.error("broken", exc_info=problem, extra={"fields": fields})
    return _page(500)


def page_without_request(app: Flask, code: int) -> bytes:
    """Give an error page for what never became a request: signed out, in the city's language."""
    with app.test_request_context("/"):
        return _html(code).encode()


def _page(code: int, sentence: str = "") -> Any:
    if (
        request.headers.get("X-Requested-With")
        or request.accept_mimetypes.best == "application/json"
    ):
        return jsonify(ok=False, message=sentence or str(code)), code
    return _html(code, sentence), code


def _html(code: int, sentence: str = "") -> str:
    builder = current_app.extensions["appbuilder"]
    return render_template(
        "errors/page.html", code=code, sentence=sentence, appbuilder=builder,
        base_template=builder.base_template, request_id=g.get("request_id", ""),
    )  # fmt: skip
