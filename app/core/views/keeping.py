"""What a user keeps on a list for himself: columns, page size, filters (screens.md 0)."""

from typing import Any

from flask import g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.core import preferences
from app.core.views.asked import integer, with_changes
from app.core.views.pages import back_or
from app.extensions import db

PAGE_SIZES = (20, 50, 100)
LONGEST_QUERY, LONGEST_NAME = 2000, 30


class SizeMixin:
    """A page of rows whose number is kept for each user."""

    default_view: str

    def _kept(self) -> dict[str, Any]:
        store = g.setdefault("kept_preferences", {})
        name = type(self).__name__
        if name not in store:
            rows = preferences.kept(name)
            store[name] = {
                "filters": [p for p in rows if p.kind == preferences.FILTER],
                **{p.kind: p.value for p in rows if p.kind != preferences.FILTER},
            }
        return store[name]

    def _size(self) -> int:
        asked = integer(request.args.get("size"), 0)
        if asked:
            return min(max(asked, 1), PAGE_SIZES[-1])
        return int(self._kept().get("size") or PAGE_SIZES[0])

    def page_sizes(self, size: int) -> list[dict[str, Any]]:
        """Give the sizes to choose from; choosing one keeps it."""
        here = with_changes(size=None, page=None, after=None)
        return [
            {"size": one, "url": url_for(".keep_size", size=one, next=here), "current": one == size}
            for one in PAGE_SIZES
        ]

    @expose("/size", methods=["POST"])
    @has_access
    def keep_size(self) -> Response:
        """Keep how many rows the user wants on a page of this list."""
        size = integer(request.args.get("size"), 0)
        if size in PAGE_SIZES:
            preferences.keep(type(self).__name__, "size", size)
            db.session.commit()
        return back_or(f".{self.default_view}")


class KeepMixin(SizeMixin):
    """A list whose columns and filters are kept as well."""

    list_columns: list[str]

    @expose("/columns", methods=["POST"])
    @has_access
    def keep_columns(self) -> Response:
        """Keep the columns the user wants to see on this list."""
        if request.form.get("reset"):
            preferences.forget(type(self).__name__, "columns")
        else:
            chosen = [n for n in request.form.getlist("columns") if n in self.list_columns]
            preferences.keep(type(self).__name__, "columns", chosen)
        db.session.commit()
        return back_or(".list")

    @expose("/filters", methods=["POST"])
    @has_access
    def keep_filter(self) -> Response:
        """Keep the present filter under a name, for the user or for his role too."""
        name = request.form.get("name", "").strip()[:LONGEST_NAME]
        query = _one_line(request.form.get("query", ""))[:LONGEST_QUERY]
        if name:
            preferences.keep(
                type(self).__name__, preferences.FILTER, query, name,
                shared=bool(request.form.get("shared")),
            )  # fmt: skip
            db.session.commit()
        return redirect(f"{url_for('.list')}?{query}")

    @expose("/filters/remove", methods=["POST"])
    @has_access
    def drop_filter(self) -> Response:
        """Remove a filter of one's own, from those it was shared with too."""
        preferences.forget(
            type(self).__name__, preferences.FILTER, request.args.get("name", "")[:LONGEST_NAME]
        )
        db.session.commit()
        return back_or(".list")

    def kept_tabs(self) -> list[dict[str, Any]]:
        """Give the kept filters, one's own and those shared with one's role, as tabs."""
        here, path = request.query_string.decode(), request.path
        return [
            {"label": p.name, "url": f"{path}?{p.value}", "active": p.value == here}
            for p in self._kept()["filters"]
        ]

    def own_filters(self) -> list[dict[str, Any]]:
        """Give the filters the user may remove."""
        return [
            {"label": p.name, "url": url_for(".drop_filter", name=p.name, next=with_changes()),
             "confirm": gettext("Remove the filter “%(name)s”?", name=p.name)}
            for p in self._kept()["filters"] if p.mine
        ]  # fmt: skip


def _one_line(query: str) -> str:
    """Leave out what no address holds: a line break would end the header it is sent in."""
    return "".join(letter for letter in query if letter.isprintable() and letter != " ")
