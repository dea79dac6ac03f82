"""访问超过限制: how often a client may call (open-api.md 5).

The calls of the last minute stand in the log. They are counted there at most once a second and
client; in between a process adds its own. Near the limit they are counted each time, so that a
client of one process never exceeds it; what others let in at the same moment is seen a second
later.
"""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func

from app.core import settings
from app.extensions import db
from app.openapi import errors
from app.openapi.models import ApiCall
from app.openapi.settings import CALLS_PER_MINUTE

FRESH_SECONDS = 1.0
_seen: dict[int, tuple[float, int]] = {}


def check(client: Any, lately: Callable[[], Select[Any]], unsigned: tuple[str, ...]) -> None:
    """Count the client's own calls: what somebody else sends in its name costs it nothing.

    ``lately`` gives the statement that counts the calls of the last minute.
    """
    limit = settings.get(CALLS_PER_MINUTE)
    counted_at, calls = _seen.get(client.id, (float("-inf"), 0))
    if calls >= limit or time.monotonic() - counted_at > FRESH_SECONDS:
        calls = db.session.scalar(
            lately().where(
                ApiCall.code != errors.QuotaExceeded.code,
                func.coalesce(ApiCall.sample, "").not_in(unsigned),
            )
        ) or 0  # fmt: skip
        counted_at = time.monotonic()
    if calls >= limit:
        raise errors.QuotaExceeded
    _seen[client.id] = (counted_at, calls + 1)
