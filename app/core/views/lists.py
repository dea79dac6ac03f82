"""Lists: filter bar, order, pages, columns, counts and rows, all read from the columns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import flash, g, request, url_for
from flask_babel import gettext
from markupsafe import escape
from sqlalchemy import ARRAY, BigInteger, Select, func, literal, or_, select

from app.core import checks
from app.core.columns.base import ColumnSpec, specs
from app.core.columns.links import Ref, linked, with_references
from app.core.figures import figure
from app.core.origins import written_by
from app.core.views.asked import integer, with_changes
from app.core.views.keeping import UNFILTERED, KeepMixin
from app.core.views.paging import COUNT_CAP, LAST_OFFSET_PAGE, Page, beyond, capped, key_of, pager
from app.extensions import db

Rows = list[dict[str, Any]]
BY_RUN = "run"  # the import whose rows are asked for, in the address


@dataclass(frozen=True)
class Computed:
    """A list column that stands in no table: ``value(row, facts)`` gives its text."""

    label: Any
    value: Callable[[Any, Any], Any]
    numeric: bool = False


class ListMixin(KeepMixin):
    """What a list page needs; mixed into the base view."""

    datamodel: Any
    list_columns: list[str]
    search_columns: list[str]
    added_columns: set[str] = set()  # declared and named nowhere: offered, shown once chosen
    order_columns: list[str]
    base_order: tuple[str, str]
    computed: dict[str, Computed] = {}
    card_columns: tuple[str, ...] = ()
    site_columns: tuple[str, ...] = ()  # left out where the project chosen at the top tells them
    name_column: str = ""
    keyword_columns: tuple[str, ...] = ()
    primary_filters: int = 3
    tab_filters: tuple[str, ...] = ()  # filters the tabs above the list stand for

    @property
    def model(self) -> Any:  # type: ignore[override]
        """Give the model of this view."""
        return self.datamodel.obj

    def restrict(self, query: Select[Any]) -> Select[Any]:
        """Narrow the rows to what this screen is about, on every route; never for secrecy."""
        return query

    def within(self, query: Select[Any]) -> Select[Any]:
        """Narrow lists, counts and exports to the chosen project; single rows are not."""
        number = self.project_id()
        if number is None or not hasattr(self.model, "project_id"):
            return query
        return query.where(self.model.project_id == number)

    def facts(self, rows: list[Any]) -> Any:  # noqa: ARG002 - subclasses look at the rows
        """Read what the computed columns of these rows need, in one go."""
        return None

    def extra_filters(self) -> list[dict[str, Any]]:
        """Give filters beside the columns: {name, label, kind, choices, where(value)}."""
        return []

    def spec(self, name: str) -> ColumnSpec:
        """Give the declaration of a column of this view's model."""
        return specs(self.model)[name]

    # --- the query ------------------------------------------------------------------------

    def kept_rows(self) -> Select[Any]:
        """Give the rows nobody has removed; what is only ever added carries no such mark."""
        removed = getattr(self.model, "is_deleted", None)
        return select(self.model) if removed is None else select(self.model).where(~removed)

    def filtered(self) -> Select[Any]:
        """Give the rows the user may see and asked for, in no order."""
        query = self.within(self.restrict(self.kept_rows()))
        for clause in self._clauses():
            query = query.where(clause)
        return query

    def searched(self) -> list[str]:
        """Give the columns this reader may filter by."""
        return self.search_columns

    def narrowed(self) -> bool:
        """Tell whether a keyword or filter is set, the tabs aside."""
        extras = [extra["name"] for extra in self.extra_filters()]
        names = {"keyword", BY_RUN, *self.searched(), *extras} - set(self.tab_filters)
        ends = ("", "__from", "__to")
        return any(request.args.get(f"{name}{end}", "").strip() for name in names for end in ends)

    def chosen_tab(self, tabs: Rows) -> str:
        """Give the word of the tab that was asked for, empty for the one a list opens with."""
        if not any(request.args.get(name) for name in self.tab_filters):
            return ""
        return next((str(tab["label"]) for tab in tabs if tab.get("active")), "")

    def _clauses(self) -> list[Any]:
        found = []
        if keyword := request.args.get("keyword", "").strip()[:100]:
            found.append(self.keyword_clause(keyword))
        for name in self.searched():
            spec = self.spec(name)
            if raw := self._raw(name):
                found.append(self._clause(spec, name, raw))
        if run := request.args.get(BY_RUN, "").strip():
            found.append(written_by(self.model, run))
        for extra in self.extra_filters():
            # several ticks of one filter arrive as one value
            if raw := ",".join(request.args.getlist(extra["name"])).strip():
                found.append(extra["where"](raw))
        return [clause for clause in found if clause is not None]

    def _raw(self, name: str) -> str:
        if name in request.args:
            return request.args[name].strip()[:200]
        low, high = request.args.get(f"{name}__from", ""), request.args.get(f"{name}__to", "")
        return f"{low.strip()}..{high.strip()}" if low.strip() or high.strip() else ""

    def _clause(self, spec: ColumnSpec, name: str, raw: str, *, told: bool = True) -> Any:
        try:
            return spec.kind.where(getattr(self.model, name), raw)
        except (checks.Invalid, ValueError):
            if told:
                _tell_once(spec, raw)
            return literal(value=False)

    def keyword_clause(self, keyword: str) -> Any:
        """Give the condition of the quick search over the view's keyword columns."""
        parts = [
            part
            for name in self.keyword_columns
            if (part := self._clause(self.spec(name), name, keyword, told=False)) is not None
        ]
        return or_(*parts) if parts else None

    def _order(self) -> tuple[Any, bool, str]:
        wanted = request.args.get("order", "")
        name, down = wanted.lstrip("-"), wanted.startswith("-")
        if name not in self.order_columns:
            name, down = self.base_order[0], self.base_order[1] == "desc"
        return getattr(self.model, name), down, name

    def load_options(self) -> list[Any]:
        """Give what is loaded together with the rows: one statement a relation."""
        return with_references(self.model, self._shown())

    def page(self) -> Page:
        """Read one page: by number up to the two hundredth, by key beyond it."""
        size = self._size()
        number = min(max(integer(request.args.get("page"), 0), 0), LAST_OFFSET_PAGE)
        attribute, down, _name = self._order()
        keys = (attribute, self.model.id)
        base = self.filtered()
        narrow = base.with_only_columns(self.model.id)
        after = request.args.get("after", "")
        if after:
            narrow = narrow.where(beyond(keys, after, attribute, down=down))
        ordered = narrow.order_by(*[k.desc() if down else k.asc() for k in keys])
        if not after:
            ordered = ordered.offset(number * size)
        ids = list(db.session.scalars(ordered.limit(size + 1)))
        rows = self._rows(ids[:size], keys, down=down)
        more = len(ids) > size
        next_key = key_of(rows[-1], attribute) if rows and more else ""
        whole = not more and not after and (bool(ids) or number == 0)
        known = number * size + len(ids) if whole else None
        return Page(rows, number, size, self._total(base, known), more, next_key)

    def _total(self, query: Select[Any], known: int | None) -> int:
        """Count the filtered rows, unless the page has shown the last of them."""
        return self._count(query) if known is None else known

    def _rows(self, ids: list[int], keys: Any, *, down: bool) -> list[Any]:
        if not ids:
            return []
        query = (
            select(self.model)
            .where(self.model.id == func.any(literal(ids, ARRAY(BigInteger))))
            .options(*self.load_options())
            .order_by(*[k.desc() if down else k.asc() for k in keys])
        )
        return list(db.session.scalars(query))

    def _count(self, query: Select[Any]) -> int:
        return db.session.scalar(capped(query)) or 0

    def _offered(self) -> list[str]:
        told = self.site_columns if self.project_id() else ()
        return [name for name in self.list_columns if name not in told]

    def _shown(self) -> list[str]:
        names = self._offered()
        chosen = self._kept().get("columns") or ()
        usual = [name for name in names if name not in self.added_columns]
        return [name for name in names if name in chosen] or usual

    # --- what the template reads ------------------------------------------------------------

    def list_context(self) -> dict[str, Any]:
        """Give everything the list template needs."""
        page = self.page()
        facts, tabs = self.facts(page.rows), self._saved_filters()
        return {
            "rows": [self._row(row, facts) for row in page.rows],
            "filter_bar": self._beside_tabs(self._filter_bar(), tabs),
            "order_links": self._order_links(),
            "all_columns": [
                {"name": n, "label": self._label(n), "shown": n in self._shown()}
                for n in self._offered()
            ],
            "columns_url": url_for(".keep_columns"),
            "save_filter_url": url_for(".keep_filter"),
            "saved_filters": tabs,
            "filter_choices": self.filter_choices(),
            "filter_hidden": self.unfiltered(),
            "reset_url": self.whole_list(),
            "export_url": url_for(".export", **_given()),
            "count_text": self._count_text(page.total),
            "pager": pager(page),
            "page_sizes": self.page_sizes(page.size),
        }

    def _label(self, name: str) -> Any:
        return self.computed[name].label if name in self.computed else self.spec(name).label

    def _word(self, name: str) -> Any:
        """Give a column's label, translated once a page and not once a cell."""
        words = g.setdefault("list_words", {}).setdefault(type(self).__name__, {})
        if name not in words:
            words[name] = escape(str(self._label(name)))
        return words[name]

    def _row(self, row: Any, facts: Any) -> dict[str, Any]:
        return {
            "id": row.id,
            "cells": [self._cell(row, name, facts) for name in self._shown()],
            "actions": self.row_actions(row),
            "selectable": True,
        }

    def _cell(self, row: Any, name: str, facts: Any) -> dict[str, Any]:
        if name in self.computed:
            extra = self.computed[name]
            html, numeric = extra.value(row, facts), extra.numeric
        else:
            spec = self.spec(name)
            numeric = spec.kind.numeric
            html = linked(spec, row) if isinstance(spec.kind, Ref) else spec.masked(row)
        first = name == (self.name_column or self.list_columns[0])
        return {
            "name": name,
            "label": self._word(name),
            "html": html,
            "numeric": numeric,
            "primary": first,
            "card": name in self.card_columns if self.card_columns else None,
            "url": self.row_url(row) if first else None,
        }

    def row_url(self, row: Any) -> str | None:
        """Give the address the name of a row links to."""
        return url_for(".show", pk=row.id)

    def row_actions(self, row: Any) -> list[dict[str, Any]]:  # noqa: ARG002 - subclasses look
        """Give the words behind a row; only what its state and the user allow."""
        return []

    def alike(self, row: Any, kind: Any, make: Callable[[Any], Rows]) -> Rows:
        """Give the words behind a row, made once a page for rows of a kind: only the id differs.

        The addresses ``make`` gives end with the id of the row.
        """
        store = g.setdefault("actions_alike", {}).setdefault(type(self).__name__, {})
        if kind not in store:
            store[kind] = [
                {**one, "url": one["url"].removesuffix(str(row.id))} for one in make(row)
            ]
        return [{**one, "url": f"{one['url']}{row.id}"} for one in store[kind]]

    def _filter_bar(self) -> Rows:
        bar: Rows = []
        if self.keyword_columns:
            labels = "、".join(str(self.spec(name).label) for name in self.keyword_columns)
            bar.append({"name": "keyword", "label": gettext("Keyword"), "kind": "text",
                        "value": request.args.get("keyword", ""), "placeholder": labels,
                        "primary": True})  # fmt: skip
        named = [name for name in self.searched() if name not in self.added_columns]
        for position, name in enumerate(named):
            bar.append(self._filter(name, primary=position < self.primary_filters))
        bar += [
            {"primary": False, "value": _asked_of(extra), **extra} for extra in self.extra_filters()
        ]
        if run := request.args.get(BY_RUN, "").strip():
            bar.append({"name": BY_RUN, "label": gettext("Number of the import"), "kind": "number",
                        "value": run, "primary": True})  # fmt: skip
        added = [name for name in self.searched() if name in self.added_columns]
        return bar + [self._filter(name, primary=False) for name in added]

    def _beside_tabs(self, bar: Rows, tabs: Rows) -> Rows:
        """Mark the filters the chosen tab stands for: they alone do not unfold the others."""
        kept = {tab["url"] for tab in self.kept_tabs()}
        chosen = [tab for tab in tabs if tab.get("active") and tab["url"] not in kept]
        named = {name for tab in chosen for name in _stands_for(tab)}
        return [{**field, "by_tab": True} if field["name"] in named else field for field in bar]

    def _filter(self, name: str, *, primary: bool) -> dict[str, Any]:
        spec, value = self.spec(name), request.args.get(name, "")
        found = {
            "name": name, "label": spec.label, "kind": spec.kind.filter, "value": value,
            "choices": spec.kind.sought() if spec.kind.filter == "select" else [],
            "primary": primary,
        }  # fmt: skip
        if spec.kind.filter == "daterange":
            found["value"] = (
                request.args.get(f"{name}__from", ""), request.args.get(f"{name}__to", ""),
            )  # fmt: skip
        if spec.kind.filter == "codes":
            found["kind"] = "remote"
            found["choices"] = [(value, spec.kind.picked(value))] if value else []  # type: ignore[attr-defined]
            found["url"] = url_for(
                "DictionaryView.options",
                table=spec.kind.table,  # type: ignore[attr-defined]
                retired=1,
            )
        if spec.kind.filter == "remote":
            found["url"] = url_for(".lookup", column=name)
            found["parent"] = getattr(spec.kind, "parent", "")
            found["choices"] = self.chosen(name, value)
        return found

    def chosen(self, name: str, value: Any) -> list[tuple[str, str]]:
        """Give the option of a picked row, if it is visible."""
        raise LookupError(f"{name}={value}")  # the base view answers

    def _order_links(self) -> dict[str, dict[str, Any]]:
        _attribute, down, current = self._order()
        links = {}
        for name in self.order_columns:
            direction = ("desc" if down else "asc") if name == current else None
            target = name if direction == "desc" or direction is None else f"-{name}"
            links[name] = {"url": with_changes(order=target, page=None, after=None),
                           "direction": direction}  # fmt: skip
        return links

    def _saved_filters(self) -> list[dict[str, Any]]:
        saved = self.kept_tabs()
        if not saved:
            return []
        here = request.query_string.decode()
        every = {"label": gettext("All"), "url": self.whole_list(),
                 "active": here in ("", f"{UNFILTERED}=1")}  # fmt: skip
        return [every, *saved]

    def _count_text(self, total: int) -> str:
        if total > COUNT_CAP:
            return gettext("%(n)s+ records", n=figure(COUNT_CAP))
        return gettext("%(n)s records in all", n=figure(total))


def _tell_once(spec: ColumnSpec, raw: str) -> None:
    """Say which filter cannot be read: for it, and for nothing else, the list is empty."""
    told = g.setdefault("unread_filters", set())
    if spec.name not in told:
        told.add(spec.name)
        flash(
            gettext("The filter “%(label)s” cannot read “%(value)s”, so no record is shown:"
                    " correct it or empty it", label=spec.label, value=raw.strip(".")),
            "warning",
        )  # fmt: skip


def _stands_for(tab: dict[str, Any]) -> Iterable[str]:
    """Give the filters a tab stands for: those it names, else all of its address."""
    named = (name for name, _value in parse_qsl(urlsplit(tab["url"]).query))
    return tab.get("stands_for", named)


def _asked_of(extra: dict[str, Any]) -> Any:
    """Give what is asked of an extra filter: one value, of ticks all of them."""
    if extra["kind"] == "checks":
        return request.args.getlist(extra["name"])
    return request.args.get(extra["name"], "")


def _given() -> dict[str, Any]:
    return request.args.to_dict(flat=False)
