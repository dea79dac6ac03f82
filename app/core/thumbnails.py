"""Small copies of pictures, for pages that show them beside words.

A copy is drawn once and lies beside its file; whoever may see the file may see its copy. The
address carries a version, so that browsers keep it, and the version is made for one reader: what
a browser keeps answers nobody else who signs in there.
"""

import hashlib
import hmac
from typing import BinaryIO

from flask import current_app, request, url_for

from app.core import scope, uploads

DRAWING = 1  # counted up when copies are drawn otherwise
KEPT = "private, max-age=604800, immutable"


def address(number: int) -> str:
    """Give the address of a picture's small copy, for the reader of this page."""
    return url_for("FileView.show", file_id=number, small=1, v=_version(number))


def wanted(mime: str) -> bool:
    """Tell whether this request asks for the small copy of what has one."""
    return request.args.get("small") == "1" and mime.startswith("image/")


def opened(store: uploads.FileStore, key: str) -> BinaryIO | None:
    """Open the small copy of a picture, drawn at the first wish; None if it cannot be drawn."""
    try:
        return store.open_small(key, uploads.small_copy)
    except (uploads.UploadError, ValueError):
        return None


def cache_control(number: int) -> str:
    """Give how long the answer may be kept: only at the address made for this reader."""
    given = request.args.get("v", "")
    same = hmac.compare_digest(given.encode(), _version(number).encode())
    return KEPT if same else uploads.SERVING_HEADERS["Cache-Control"]


def _version(number: int) -> str:
    secret = str(current_app.secret_key or "").encode()
    what = f"small {DRAWING} {number} {scope.current().user_id}".encode()
    return hmac.new(secret, what, hashlib.sha256).hexdigest()[:16]
