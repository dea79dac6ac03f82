"""How answers travel: texts compressed, and static files kept by browsers for a year.

An address of a static file carries a digest of its content (``url_for("static", …)`` adds it), so a
file that changed has another address and the old copy needs no expiry. Pages weigh under 300 kB
with all they load (architecture D10); what keeps compressed pages secret stands in
docs/architecture.md, "Weight".
"""

import hashlib
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_compress import Compress

ALGORITHMS = ("br", "gzip")
MIMETYPES = (
    "text/html", "text/css", "text/plain", "text/javascript", "application/javascript",
    "application/json", "image/svg+xml",
)  # fmt: skip
FOREVER = "public, max-age=31536000, immutable"
# a file asked for by no version, or by another than ours while servers are being replaced
SHORTLY = "public, max-age=60"
MOST_PADDING = 128
STATIC = "static"
FOREIGN = {"cross-site", "same-site"}


class CompressedAssets(dict[str, bytes]):
    """Static files as they are sent, one copy a content and algorithm; pages are never kept."""

    def set(self, key: str, value: bytes) -> None:
        """Keep what has a digest."""
        if not key.endswith(";"):
            self[key] = value


class SessionsOfPages(SecureCookieSessionInterface):
    """Sessions end where static files begin: caches share those between people."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set a cookie, and say that the answer depends on it, on everything else."""
        if not _is_asset(response):
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Compress the answers of an application and give its static files their versions."""
    app.config.update(
        COMPRESS_REGISTER=False,  # _deliver decides which answers it may have
        COMPRESS_ALGORITHM=ALGORITHMS,
        COMPRESS_MIMETYPES=MIMETYPES,
        COMPRESS_STREAMS=False,  # files of users are compressed already, and sent as they are read
        COMPRESS_CACHE_BACKEND=CompressedAssets,
        COMPRESS_CACHE_KEY=lambda asked: _digest_asked() if asked.endpoint == STATIC else "",
    )
    app.extensions["compress"] = Compress(app)
    app.session_interface = SessionsOfPages()
    app.url_defaults(_add_version)
    app.jinja_env.globals["padding"] = padding
    app.after_request(_deliver)


def digest(name: str) -> str:
    """Give the version of a static file: twelve hex digits of its content's SHA-256."""
    path = Path(str(current_app.static_folder), name)
    state = path.stat()
    return _digest(path, state.st_mtime_ns, state.st_size)


def padding() -> str:
    """Give random characters of random number: the length of a page then tells nothing small."""
    return secrets.token_urlsafe(secrets.randbelow(MOST_PADDING))


@lru_cache(maxsize=512)
def _digest(path: Path, _changed: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == STATIC and "v" not in values:
        values["v"] = digest(values["filename"])


def _is_asset(response: Response) -> bool:
    return request.endpoint == STATIC and response.status_code in {200, 206, 304}


def _digest_asked() -> str:
    return digest(request.view_args["filename"])


def _deliver(response: Response) -> Response:
    if request.path == current_app.config["OPEN_API_PATH"]:
        return response  # clients in the field send headers they do not understand
    asset = _is_asset(response)
    if asset:
        current = request.args.get("v") == _digest_asked()
        response.headers["Cache-Control"] = FOREVER if current else SHORTLY
    elif request.endpoint == STATIC:
        response.headers["Cache-Control"] = "private, no-cache"  # the page of an error
    if asset or response.mimetype in MIMETYPES:
        response.vary.add("Accept-Encoding")
    if response.status_code != 200 or response.mimetype not in MIMETYPES:
        return response
    if not _may_compress(asset):
        return response
    if asset:
        response.direct_passthrough = False
        response.make_sequence()
    return current_app.extensions["compress"].after_request(response)


def _may_compress(asset: bool) -> bool:
    """Tell whether the client takes it, and no other site is measuring somebody's pages."""
    if not asset and request.headers.get("Sec-Fetch-Site") in FOREIGN:
        return False
    return any(request.accept_encodings[name] for name in ALGORITHMS)
