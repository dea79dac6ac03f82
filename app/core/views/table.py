"""The rows of a list, drawn in one go: a page of fifty has over six hundred cells."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape

from app.core.figures import figure

EMPTY = Markup("—")
ON_A_PHONE = 3  # the first so many cells, where a list marks none


def table_body(
    rows: list[dict[str, Any]], tick_form: str = "", actions: Callable[..., Any] | None = None
) -> Markup:
    """Draw rows as ``ui/list.html`` describes them.

    ``tick_form`` is the id of the form the ticks belong to; ``actions`` draws the words behind a
    row and is absent where no row has any.
    """
    marked = any(cell.get("card") for cell in rows[0]["cells"])
    tick = _tick(tick_form) if tick_form else None
    return Markup("".join(_row(row, tick, actions, marked=marked) for row in rows))  # noqa: S704 - escaped below


def _row(
    row: dict[str, Any], tick: str | None, actions: Callable[..., Any] | None, *, marked: bool
) -> str:
    parts = ["<tr>"]
    if tick is not None:
        drawn = tick.replace("{id}", str(escape(row["id"]))) if row.get("selectable", True) else ""
        parts.append(f'<td class="tick">{drawn}</td>')
    parts.extend(_cells(row["cells"], marked=marked))
    if actions is not None:
        parts.append(f'<td class="acts">{escape(actions(row.get("actions") or []))}</td>')
    parts.append("</tr>\n")
    return "".join(parts)


def _tick(form: str) -> str:
    label = escape(gettext("Tick this row"))
    return (
        f'<label><input type="checkbox" name="rowid" value="{{id}}" form="{form}"'
        f' aria-label="{label}"></label>'
    )


def _cells(cells: Iterable[dict[str, Any]], *, marked: bool) -> Iterable[str]:
    for place, cell in enumerate(cells):
        shown = cell.get("card") if marked else place < ON_A_PHONE
        words = [
            "numeric" if cell.get("numeric") else "",
            "primary" if cell.get("primary") else "",
            "" if shown or cell.get("primary") else "wide-only",
        ]
        title = f' title="{escape(cell["title"])}"' if cell.get("title") else ""
        yield (
            f'<td class="{" ".join(filter(None, words))}" data-label="{escape(cell["label"])}"'
            f"{title}>{_inside(cell)}</td>"
        )


def _inside(cell: dict[str, Any]) -> str:
    html = cell.get("html")
    empty = html is None or html == "" or str(html) == "None"
    drawn = EMPTY if empty else escape(figure(html) if cell.get("numeric") else html)
    if url := cell.get("url"):
        return f'<a class="cut" href="{escape(url)}">{drawn}</a>'
    return f'<span class="cut">{drawn}</span>'


def plain_rows(
    heads: Iterable[Any], lines: Iterable[tuple[str | None, Iterable[Any]]]
) -> list[dict[str, Any]]:
    """Give the rows of a short table inside a tab: an address for the first cell, the values."""
    labels = [str(head) for head in heads]
    return [
        {"id": number, "actions": [], "selectable": False, "cells": [
            {"name": str(place), "label": label, "html": value, "primary": place == 0,
             "url": url if place == 0 else None}
            for place, (label, value) in enumerate(zip(labels, values, strict=True))
        ]}
        for number, (url, values) in enumerate(lines)
    ]  # fmt: skip
