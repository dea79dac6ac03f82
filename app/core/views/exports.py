"""Exports of lists: at once while they are small, by a worker when they are not (D7)."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from operator import attrgetter
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.core import exports, scope, sheets
from app.core.columns.base import specs
from app.core.columns.codes import ChoiceOf, ChoicesOf, Code, Codes
from app.core.columns.links import Ref
from app.core.columns.numbers import Flag
from app.core.errors import Refusal
from app.core.papers import Paper
from app.core.views.pages import download
from app.core.views.shell import chosen_project_id
from app.extensions import db

CHUNK = 1000
Cell = Callable[[Any, Any], Any]  # of a row and the facts of its page


class ExportMixin:
    """A page whose rows can be had as a workbook: masked, marked with user and time."""

    default_view: str
    papers: dict[str, Paper] = {}
    export_marks = False  # whether numbers of the workbook may show a mark (sheets.Marked)

    def export_title(self) -> str:
        """Give the title of the workbook."""
        raise NotImplementedError

    def export_head(self) -> list[str]:
        """Give the heads of its columns."""
        raise NotImplementedError

    def export_keys(self, most: int) -> list[Any]:
        """Give the keys of the filtered rows in order, at most so many."""
        raise NotImplementedError

    def export_rows(self, keys: list[Any]) -> Iterator[list[Any]]:
        """Give the cells of these rows, as lists show them."""
        raise NotImplementedError

    def asked_paper(self) -> Paper | None:
        """Give the paper the address asks for, None for the workbook of the list."""
        return self.papers.get(request.args.get("paper", ""))

    def paper_title(self, paper: Paper) -> str:
        """Give the title of a paper, which is its file's name too."""
        return str(paper.title)

    def send_paper(self, paper: Paper) -> Response:
        """Send a paper of few rows; put one of many to work and lead to its progress."""
        keys, title = self.export_keys(paper.at_once + 1), self.paper_title(paper)
        if not keys:
            flash(gettext("No row was found to put on paper"), "warning")
            return redirect(url_for(f".{self.default_view}"))
        if len(keys) > paper.at_once:
            return self._defer_export(title)
        try:
            content = paper.write(keys, title)
        except Refusal as problem:
            flash(str(problem), "danger")
            return redirect(url_for(f".{self.default_view}"))
        return download(content, f"{title}.{paper.suffix}", paper.mime)

    def send_export(self) -> Response:
        """Send a small workbook; put a large one to work and lead to its progress."""
        most = current_app.config["EXPORT_ROWS_AT_ONCE"]
        keys, title = self.export_keys(most + 1), self.export_title()
        if len(keys) > most:
            return self._defer_export(title)
        content = sheets.workbook(
            title, self.export_head(), self.export_rows(keys), marks=self.export_marks
        )
        return download(content, f"{title}.xlsx", sheets.MIME)

    def _defer_export(self, title: str) -> Response:
        try:
            row = exports.ask(title, chosen_project_id(), actor=scope.current())
        except Refusal as problem:
            flash(str(problem), "danger")
            return redirect(url_for(f".{self.default_view}"))
        db.session.commit()
        return redirect(url_for("ExportPage.show", number=row.id))


class RowExportMixin(ExportMixin):
    """The export of a list, read from its columns."""

    def export_title(self: Any) -> str:
        """Give the title of the list."""
        return str(self.list_title)

    def export_head(self: Any) -> list[str]:
        """Give the labels of the columns the user sees."""
        return [str(self._label(name)) for name in self._shown()]

    def export_keys(self: Any, most: int) -> list[Any]:
        """Give the numbers of the filtered rows in the order of the list."""
        narrow = self.filtered().with_only_columns(self.model.id)
        attribute, down, _name = self._order()
        keys = [k.desc() if down else k.asc() for k in (attribute, self.model.id)]
        return list(db.session.scalars(narrow.order_by(*keys).limit(most)))

    def export_rows(self: Any, keys: list[Any]) -> Iterator[list[Any]]:
        """Give the cells of these rows, so many at a time."""
        cells = [self.export_cell(name) for name in self._shown()]
        for start in range(0, len(keys), CHUNK):
            rows = self.export_chunk(keys[start : start + CHUNK])
            facts = self.facts(rows)
            for row in rows:
                yield [cell(row, facts) for cell in cells]

    def export_chunk(self: Any, keys: list[Any]) -> list[Any]:
        """Load some rows by their keys, in order."""
        attribute, down, _name = self._order()
        return self._rows(keys, (attribute, self.model.id), down=down)

    def export_cell(self: Any, name: str) -> Cell:
        """Give what reads the cells of a column, without markup; asked once an export."""
        if name in self.computed:
            extra = self.computed[name]
            return lambda row, facts: _bare(extra.value(row, facts))
        spec = specs(self.model)[name]
        kind, value = spec.kind, attrgetter(name)
        if isinstance(kind, Ref):
            other = attrgetter(name.removesuffix("_id"))
            return _remembered(value, lambda row: str(other(row) or ""))
        if isinstance(kind, (Code, ChoiceOf, Flag)) and not isinstance(kind, (Codes, ChoicesOf)):
            return _remembered(value, lambda row: kind.cell(value(row)))
        return lambda row, _facts: kind.cell(value(row))


def _remembered(value: Callable[[Any], Any], word: Callable[[Any], Any]) -> Cell:
    """Look the word of a value up once: an export says the same few words of every row."""
    known: dict[Any, Any] = {}

    def cell(row: Any, _facts: Any) -> Any:
        key = value(row)
        if key not in known:
            known[key] = word(row)
        return known[key]

    return cell


def _bare(value: Any) -> Any:
    """Give what a computed column shows without markup: a number as a number, nothing as ""."""
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)):
        return value
    return value.striptags() if isinstance(value, Markup) else str(value)
