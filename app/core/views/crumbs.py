"""Where the reader is: from the home page over group and list to the row (design.md, Shell)."""

from typing import Any, NamedTuple

from flask import current_app, g, request, url_for
from flask_babel import gettext
from werkzeug.routing import BuildError

from app.core import scope

ROW = "crumb_of_row"
Crumb = tuple[Any, str | None]


class Place(NamedTuple):
    """Where a view stands: its word, the group of its line, the view it stands below.

    ``permission`` is the right in the view's area that opens its first page.
    """

    view: Any
    label: Any
    group: Any = ""
    above: str = ""
    permission: str = "read"

    def url(self) -> str | None:
        """Give the view's first page; None where it needs a number or a right the reader lacks."""
        audience, actor = getattr(self.view, "audience", None), scope.current()
        if audience not in (None, actor.audience):
            return None
        if not actor.can(self.permission, str(self.view.class_permission_name)):
            return None
        return _address(f"{self.view.endpoint}.{self.view.default_view}")


def remember(row: Any, endpoint: str) -> None:
    """Note the row the page of this request is about; its detail page becomes a crumb."""
    if url := _address(endpoint, pk=row.id):
        setattr(g, ROW, (str(row), url))


def trail() -> list[Crumb]:
    """Give (word, address) of the pages above this one; the title of the page follows them."""
    name = (request.endpoint or "").split(".")[0]
    found: list[Crumb] = [(gettext("Home"), "/"), *_above(name)]
    if row := g.get(ROW):
        found.append(row)
    return [crumb for crumb in found if crumb[1] != request.path]


def line() -> str:
    """Give the address of the menu's line a page below it belongs to, empty for the lines' own."""
    name = (request.endpoint or "").split(".")[0]
    places = _places()
    if name not in places or not places[name].above:
        return ""
    while places[name].above:
        name = places[name].above
    return places[name].url() or ""


def _above(name: str) -> list[Crumb]:
    place = _places().get(name)
    if place is None:
        return []
    found = _above(place.above) if place.above else []
    if place.group:
        found.append((place.group, None))
    url = place.url()
    if place.label and (url or not place.above):
        found.append((place.label, url))
    return found


def _places() -> dict[str, Place]:
    places: dict[str, Place] = current_app.extensions.get("places", {})
    return places


def _address(endpoint: str, **values: Any) -> str | None:
    if endpoint not in current_app.view_functions:
        return None
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None
