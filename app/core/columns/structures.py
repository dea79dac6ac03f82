"""Values with an inside: coordinates, sanitised rich text, free structures."""

import html
import re
from typing import Any

import nh3
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import ARRAY, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from app.core import checks
from app.core.columns.base import EMPTY, Kind
from app.core.columns.numbers import Number

COORDINATES = Number(9, 6, low=None)
# What an article may be made of. No pictures: a remote one tells its server who reads.
TAGS = {
    "p", "br", "h2", "h3", "h4", "strong", "b", "em", "i", "u", "s", "ul", "ol", "li", "a",
    "blockquote", "hr", "table", "thead", "tbody", "tr", "th", "td", "sub", "sup",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
LONGEST = 200_000


class Json(Kind):
    """A structure of the program's own; never typed by people."""

    control = ""

    def sql(self) -> TypeEngine[Any]:
        return JSONB()

    def clean(self, raw: Any) -> Any:
        return raw


class Point(Kind):
    """A place as longitude and latitude (WGS 84), typed as ``113.08, 22.58``."""

    def sql(self) -> TypeEngine[Any]:
        return ARRAY(Numeric(9, 6))

    def clean(self, raw: Any) -> Any:
        parts = raw if isinstance(raw, (list, tuple)) else str(raw).replace("，", ",").split(",")
        if not any(str(part).strip() for part in parts):
            return None
        numbers = [COORDINATES.clean(part) for part in parts]
        if len(numbers) != 2 or None in numbers:
            raise checks.Invalid(gettext("Longitude and latitude, such as 113.08, 22.58"))
        return numbers

    def text(self, value: Any) -> str:
        return ", ".join(COORDINATES.text(part) for part in value) if value else ""

    def show(self, value: Any) -> str | Markup:
        return self.text(value) or EMPTY


class RichText(Kind):
    """Formatted text of an article; what could run or phone home is taken out (nh3)."""

    control = "richtext"

    def sql(self) -> TypeEngine[Any]:
        return Text()

    def clean(self, raw: Any) -> str | None:
        safe = nh3.clean(
            str(raw), tags=TAGS, attributes=ATTRIBUTES,
            url_schemes={"http", "https", "mailto", "tel"},
        ).strip()  # fmt: skip
        if len(safe) > LONGEST:
            raise checks.Invalid(
                gettext("At most %(n)s characters, this has %(m)s", n=LONGEST, m=len(safe))
            )
        return safe if words_of(safe) else None

    def show(self, value: Any) -> str | Markup:
        return Markup(value) if value else EMPTY  # noqa: S704 - cleaned when it was stored

    def cell(self, value: Any) -> Any:
        return words_of(value) if value else ""


def words_of(markup: str) -> str:
    """Give the words of a formatted text, without its marks."""
    spaced = re.sub(r"<(/?(p|h[2-4]|li|tr|td|th|blockquote)|br|hr)\b", r" <\1", markup)
    return " ".join(html.unescape(nh3.clean(spaced, tags=set())).split())
