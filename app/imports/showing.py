"""What the page of an import shows: where it stands, and its rows a page at a time."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.core import clock, scope
from app.core.sheets.rows import ERROR, WARNING
from app.core.views.shell import chosen_project_id
from app.imports import links, services
from app.imports.choices import ImportState, Kind
from app.imports.models import ImportJob
from app.imports.templates import template_of

A_PAGE = 100
FEW = 10  # sorts of remarks told above the rows
VARYING = re.compile(r"“[^”]*”|[\d.,]+")  # what two remarks of one sort may differ in
Row = dict[str, Any]
UNDOABLE = (ImportState.DONE, ImportState.PARTLY)
TONES = {"CREATED": "green", "UPDATED": "blue", "UNCHANGED": "grey", ERROR: "red",
         WARNING: "amber"}  # fmt: skip


def rows_of(row: ImportJob, asked: Mapping[str, str]) -> dict[str, Any]:
    """Give one page of the rows of one kind, with the number of rows of every kind.

    Without a kind asked for it is the errors, else the warnings, else what becomes of the rows.
    """
    found = services.findings_of(row, actor=scope.current())
    groups: dict[str, list[dict[str, Any]]] = {
        ERROR: [],
        WARNING: [],
        **{kind.name: [] for kind in Kind},
    }
    for one in found["problems"]:
        groups[one["level"]].append(one)
    for number, kind, name in found["plan"]:
        groups[kind].append({"row": number, "name": name})
    kind = asked.get("kind", "")
    if kind not in groups:
        kind = next((k for k, rows in groups.items() if rows), ERROR)
    sorts = alike(groups[kind]) if kind in (ERROR, WARNING) else []
    sort = _number(asked.get("sort", ""), len(sorts))
    listed = sorts[sort - 1] if sort else groups[kind]
    pages = max(1, -(-len(listed) // A_PAGE))
    at = max(1, min(_number(asked.get("page", "1"), pages) or 1, pages))
    shown = listed[(at - 1) * A_PAGE : at * A_PAGE]
    written = links.written_rows(row, {one["row"] for one in shown})
    pages_of, mended = links.addresses(written), links.corrections(shown, written)
    return {
        **found, "kind": kind,
        "pager": _pager(row, kind, at, pages, sort),
        "sorts": [
            {"column": alikes[0]["column"], "message": alikes[0]["message"],
             "count": _rows_in(alikes), "on": place == sort,
             "url": _url(row, kind, 1, 0 if place == sort else place)}
            for place, alikes in enumerate(sorts[:FEW], start=1) if len(sorts) > 1
        ],
        "rows": [
            {**one, "url": pages_of.get(one["row"], ""),
             "correct": mended.get(one["row"]) if one.get("corrects") is not None else None}
            for one in shown
        ],
        "kinds": [
            {"name": name, "label": label_of(name), "tone": TONES[name],
             "count": _rows_in(rows), "url": _url(row, name, 1)}
            for name, rows in groups.items() if rows
        ],
    }  # fmt: skip


def alike(remarks: Iterable[Row]) -> list[list[Row]]:
    """Put remarks of one column together that differ in quoted words and numbers alone.

    The sort most rows share comes first: one mistake made down a column is mended at once.
    """
    sorts: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for one in remarks:
        sorts[one["column"], VARYING.sub("…", one["message"])].append(one)
    return sorted(sorts.values(), key=_rows_in, reverse=True)


def _rows_in(remarks: Iterable[Row]) -> int:
    return len({one["row"] for one in remarks})


def _number(asked: str, most: int) -> int:
    """Read a number of an address, 0 for what is none; more than there are is the last."""
    return min(int(asked[:9]), most) if asked.isascii() and asked.isdigit() else 0


def _url(row: ImportJob, kind: str, page: int, sort: int = 0) -> str:
    return url_for(".show", pk=row.id, kind=kind, page=page, sort=sort or None, _anchor="rows")


def _pager(row: ImportJob, kind: str, at: int, pages: int, sort: int) -> dict[str, Any]:
    near = range(max(1, at - 2), min(pages, at + 2) + 1)
    return {
        "page": at, "pages": pages,
        "prev_url": _url(row, kind, at - 1, sort) if at > 1 else "",
        "next_url": _url(row, kind, at + 1, sort) if at < pages else "",
        "first_url": _url(row, kind, 1, sort), "last_url": _url(row, kind, pages, sort),
        "links": [
            {"label": n, "url": _url(row, kind, n, sort), "current": n == at} for n in near
        ],
    }  # fmt: skip


def label_of(kind: str) -> str:
    """Give the word of a kind of rows."""
    if kind in Kind.__members__:
        return str(Kind[kind].label)
    return gettext("Error") if kind == ERROR else gettext("With warnings")


def steps(row: ImportJob) -> list[dict[str, Any]]:
    """Give the four steps of the wizard."""
    words = [gettext("Upload"), gettext("Check and preview"), gettext("Choose"), gettext("Result")]
    reached = {
        ImportState.UPLOADED: 1, ImportState.CHECKING: 1, ImportState.PREVIEWED: 2,
        ImportState.IMPORTING: 3,
    }.get(row.state, len(words))  # fmt: skip
    return [
        {"label": word, "state": "done" if at < reached else "now" if at == reached else "todo"}
        for at, word in enumerate(words)
    ]


def place_of(row: ImportJob) -> str:
    """Give the list the imported rows stand on, while its project is the chosen one."""
    place = template_of(row.template).place
    return url_for(place, run=row.id) if place and row.project_id == chosen_project_id() else ""


def when(at: Any) -> str:
    """Write an instant as people do."""
    return clock.local(at).strftime("%Y-%m-%d %H:%M") if at else ""
