"""Pages of a list: by number as far as people leaf, by key beyond."""

import json
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, and_, func, literal, or_, select, tuple_

from app.core.views.asked import with_changes

COUNT_CAP = 10_000
LAST_OFFSET_PAGE = 200  # deeper pages go by key


@dataclass
class Page:
    """One page of rows and how to reach its neighbours."""

    rows: list[Any]
    number: int
    size: int
    total: int
    more: bool
    next_key: str = ""


def capped(query: Select[Any]) -> Select[Any]:
    """Give the statement that counts rows, no further than lists say."""
    limited = query.with_only_columns(literal(1)).order_by(None).limit(COUNT_CAP + 1)
    return select(func.count()).select_from(limited.subquery())


def key_of(row: Any, attribute: Any) -> str:
    """Give the key the next page begins after."""
    value = getattr(row, attribute.key)
    return json.dumps([value.isoformat() if hasattr(value, "isoformat") else value, row.id],
                      default=str)  # fmt: skip


def beyond(keys: Any, after: str, attribute: Any, *, down: bool) -> Any:
    """Give the condition of the rows after one; empty is above every value, as in the order."""
    try:
        value, number = json.loads(after)
        here = [literal(_typed(value, attribute), attribute.type), literal(int(number))]
    except (ValueError, TypeError, NotImplementedError):
        return and_(literal(value=True))
    empty = attribute.is_(None)
    if value is None:
        same = and_(empty, keys[-1] < here[-1] if down else keys[-1] > here[-1])
        return or_(same, attribute.is_not(None)) if down else same
    if down:
        return tuple_(*keys) < tuple_(*here)
    further = tuple_(*keys) > tuple_(*here)
    return or_(further, empty) if getattr(attribute.expression, "nullable", True) else further


def _typed(value: Any, attribute: Any) -> Any:
    if value is None:
        return None
    typed = attribute.type.python_type
    return typed.fromisoformat(value) if hasattr(typed, "fromisoformat") else typed(value)


def pager(page: Page) -> dict[str, Any]:
    """Give what the templates draw of a page and its neighbours."""
    pages = min(-(-min(page.total, COUNT_CAP) // page.size), LAST_OFFSET_PAGE) or 1
    by_key = bool(request.args.get("after")) or page.number + 1 >= LAST_OFFSET_PAGE
    following = None
    if page.more:
        following = (
            with_changes(after=page.next_key, page=None)
            if by_key
            else with_changes(page=page.number + 1)
        )
    around = range(max(page.number - 2, 0), min(page.number + 3, pages))
    return {
        "page": page.number + 1,
        "pages": pages,
        "prev_url": with_changes(page=page.number - 1) if page.number > 0 else None,
        "next_url": following,
        "first_url": with_changes(page=None, after=None),
        "links": [] if request.args.get("after") else [
            {"label": n + 1, "url": with_changes(page=n), "current": n == page.number}
            for n in around
        ],
    }  # fmt: skip
