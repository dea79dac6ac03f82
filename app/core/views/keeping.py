"""What a user keeps on a list for himself: columns, page size, filters (screens.md 0)."""

from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from werkzeug.wrappers import Response

from app.core import preferences, saved_filters, scope
from app.core.columns.base import specs
from app.core.columns.links import Ref
from app.core.errors import NotFound, Refusal
from app.core.views.asked import integer, with_changes
from app.core.views.pages import back_or
from app.extensions import db

PAGE_SIZES = (20, 50, 100)
UNFILTERED = "all"  # asks for every row, where the user's list opens with a filter
PASSING = ("page", "after", "size", UNFILTERED)  # of an address, but no filter


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
    model: Any

    def project_id(self) -> int | None:
        """Give the project of the header, where the view works inside one."""
        return None

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

    # --- saved filters ----------------------------------------------------------------------

    @expose("/filters", methods=["POST"])
    @has_access
    def keep_filter(self) -> Response:
        """Keep the present filter under a name, for the user or for a role of his office too."""
        query = _kept_query(request.form.get("query", ""))
        self._do(
            saved_filters.save, type(self).__name__, request.form.get("name", ""), query,
            role=request.form.get("role", ""), project_id=self.project_id(),
            bound=self._names_rows(query), actor=scope.current(),
        )  # fmt: skip
        return redirect(f"{url_for('.list')}?{query}" if query else self.whole_list())

    @expose("/filters/rename", methods=["POST"])
    @has_access
    def rename_filter(self) -> Response:
        """Give a filter of one's own another name."""
        self._do(
            saved_filters.rename, type(self).__name__, _asked_filter(), request.form.get("name", "")
        )
        return back_or(".list")

    @expose("/filters/default", methods=["POST"])
    @has_access
    def default_filter(self) -> Response:
        """Open the list with a filter from now on; 0 opens it with all rows again."""
        self._do(saved_filters.open_with, type(self).__name__, _asked_filter() or None)
        return back_or(".list")

    @expose("/filters/remove", methods=["POST"])
    @has_access
    def drop_filter(self) -> Response:
        """Remove a filter of one's own, from those it was shared with too."""
        self._do(saved_filters.remove, type(self).__name__, _asked_filter())
        return back_or(".list")

    @staticmethod
    def _do(service: Any, *given: Any, **options: Any) -> None:
        """Do it and commit, or say why not; a filter of somebody else does not exist."""
        try:
            service(*given, **options)
        except NotFound:
            abort(404)
        except Refusal as problem:
            flash(str(problem), "danger")
            return
        db.session.commit()

    def _names_rows(self, query: str) -> bool:
        """Tell whether a filter names rows of the chosen project, such as a team."""
        names = {pair.partition("=")[0] for pair in query.split("&")}
        return self.project_id() is not None and any(
            isinstance(spec.kind, Ref) for name, spec in specs(self.model).items() if name in names
        )

    def offered_filters(self) -> list[preferences.Kept]:
        """Give the kept filters, one's own and those shared with one's role."""
        return saved_filters.offered(self._kept()["filters"], self.project_id())

    def default_of_list(self) -> preferences.Kept | None:
        """Give the filter the user opens this list with, if it is still offered."""
        number = self._kept().get(preferences.DEFAULT)
        return next((one for one in self.offered_filters() if one.id == number), None)

    def opens_with(self) -> Response | None:
        """Lead to the filter the user opens this list with, where the address asks for nothing."""
        default = None if request.args else self.default_of_list()
        return redirect(f"{request.path}?{default.query}") if default else None

    def whole_list(self) -> str:
        """Give the address of the list with no filter set."""
        return url_for(".list", **self.unfiltered())

    def unfiltered(self) -> dict[str, Any]:
        """Give what an address carries that asks for all rows in spite of a default."""
        return {UNFILTERED: "1"} if self.default_of_list() else {}

    def kept_tabs(self) -> list[dict[str, Any]]:
        """Give the kept filters, one's own and those shared with one's role, as tabs."""
        here, path = _kept_query(request.query_string.decode()), request.path
        return [
            {"label": one.name, "url": f"{path}?{one.query}", "active": one.query == here}
            for one in self.offered_filters()
        ]

    def filter_choices(self) -> dict[str, Any]:
        """Give what the panel of saved filters offers: the list, whom to share with, each filter.

        Each has ``own`` (it may be renamed and removed), ``default`` and the addresses.
        """
        words, default = dict(saved_filters.roles_for(scope.current())), self.default_of_list()
        here = with_changes()
        return {
            "narrowed": bool(_kept_query(request.query_string.decode())),
            "roles": list(words.items()),
            "filters": [
                {
                    "label": one.name, "own": one.mine, "default": one == default,
                    "shared": "、".join(str(words.get(role, role)) for role in one.shared_with),
                    "default_url": url_for(
                        ".default_filter", filter=0 if one == default else one.id, next=here
                    ),
                    "rename_url": url_for(".rename_filter", filter=one.id, next=here),
                    "remove_url": url_for(".drop_filter", filter=one.id, next=here),
                }
                for one in self.offered_filters()
            ],
        }  # fmt: skip


def _asked_filter() -> int:
    return integer(request.args.get("filter"), 0)


def _kept_query(query: str) -> str:
    """Give what of an address is a filter, without what no address holds.

    A line break would end the header it is sent in; page and number of rows are no filter.
    """
    legible = "".join(c for c in query if c.isprintable() and c != " ")
    pairs = [one for one in legible.split("&") if one.partition("=")[0] not in PASSING and one]
    return "&".join(pairs)[: saved_filters.LONGEST_QUERY]
