"""Printed sheets: a page of HTML turned into a PDF (architecture D12).

A template extends ``print/base.html``, which brings the one stylesheet of paper
(``static/css/print.css``) and the blocks of its page margins. Nothing is fetched: a sheet holds
static files of ours, ``data:`` addresses and the pictures it was given, and nothing else.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext
from PIL import ImageFile
from werkzeug.utils import safe_join

from app.core.errors import Refusal

MIME = "application/pdf"
BASE = "http://sheet.invalid/"  # asked of nobody: what stands below it are our static files
PICTURE = "picture:"


class CannotPrint(Refusal):
    """The machine lacks what draws printed sheets."""

    status = 503


def pdf(template: str, *, pictures: Mapping[str, bytes] | None = None, **context: Any) -> bytes:
    """Render a template and give it as a PDF; about ten milliseconds a line of a table.

    ``pictures`` are shown by ``<img src="picture:NAME">``, NAME being their key.
    """
    # paper has no shell, so that a job without a request prints as well
    return pdf_of(current_app.jinja_env.get_template(template).render(context), pictures=pictures)


def pdf_of(html: str, *, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Give a page of HTML as a PDF."""
    weasyprint = _library()
    static = Path(current_app.static_folder or "")
    document = weasyprint.HTML(
        string=html, base_url=BASE, url_fetcher=_fetcher()(static, dict(pictures or {}))
    )
    return bytes(document.write_pdf())


def _library() -> Any:
    """Import the library with the first sheet: it takes 40 MiB, which few processes need."""
    try:
        import weasyprint
    except OSError as missing:  # Pango is no Python package
        raise CannotPrint(
            gettext(
                "This server cannot print yet: the administrator runs tools/needs.sh once as root"
            )
        ) from missing
    # it has the process read pictures that were cut short; uploads of that kind are refused here
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


@cache
def _fetcher() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        """Gives what a sheet may hold; an address of anything else breaks it."""

        def __init__(self, static: Path, pictures: dict[str, bytes]) -> None:
            super().__init__(allowed_protocols=["data"])
            self.static, self.pictures = static, pictures

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            if url.startswith(PICTURE) and url.removeprefix(PICTURE) in self.pictures:
                return URLFetcherResponse(url, self.pictures[url.removeprefix(PICTURE)])
            found = safe_join(str(self.static), url.removeprefix(BASE).partition("?")[0])
            if not url.startswith(BASE) or found is None or not Path(found).is_file():
                raise FatalURLFetchingError(f"a printed sheet holds no {url[:80]}")
            kind = {"Content-Type": "text/css"} if found.endswith(".css") else {}
            return URLFetcherResponse(url, Path(found).read_bytes(), headers=kind)

    return OwnFiles
