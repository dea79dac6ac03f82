"""The only reader of the clock; everything else receives `today` or calls here.

Instants are stored in UTC and shown at +08:00 (screens.md section 0).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_frozen_at: ContextVar[datetime | None] = ContextVar("frozen_at", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _frozen_at.get() or datetime.now(UTC)


def today() -> date:
    """Return the present date in China."""
    frozen_at = _frozen_at.get()
    return (datetime.now(CHINA) if frozen_at is None else frozen_at.astimezone(CHINA)).date()


def local(instant: datetime) -> datetime:
    """Return an instant in Chinese time; one without a zone raises ValueError."""
    return _aware(instant).astimezone(CHINA)


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Stop the clock at an instant within the block, for tests and demonstration runs.

    Blocks nest, and other threads keep their own time. An instant without a zone
    raises ValueError.
    """
    token = _frozen_at.set(_aware(at).astimezone(UTC))
    try:
        yield now()
    finally:
        _frozen_at.reset(token)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} names no time zone")
    return instant
