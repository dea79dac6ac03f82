"""Counting failed sign-ins by the name as typed: captcha after two, lock after five (2.1)."""

import hashlib
from datetime import timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock, scope
from app.identity.models import SignInFailure

CAPTCHA_AFTER = 2
FAILURES = 5
WINDOW = timedelta(minutes=15)


def failures(username: str) -> int:
    """Give how often this name failed within the window."""
    with scope.system_scope("failed sign-ins are counted") as connection:
        found = connection.scalar(
            select(SignInFailure.failures).where(
                SignInFailure.name_hash == _hash(username),
                SignInFailure.first_at > clock.now() - WINDOW,
            )
        )
    return int(found or 0)


def is_locked(username: str) -> bool:
    """Tell whether this name is locked now."""
    with scope.system_scope("failed sign-ins are counted") as connection:
        until = connection.scalar(
            select(SignInFailure.locked_until).where(SignInFailure.name_hash == _hash(username))
        )
    return until is not None and until > clock.now()


def count(username: str) -> None:
    """Count one failure; the fifth within the window locks the name for as long again."""
    now, rows = clock.now(), SignInFailure
    stale = rows.first_at <= now - WINDOW
    failed = case((stale, 1), else_=rows.failures + 1)
    with scope.system_scope("failed sign-ins are counted") as connection:
        connection.execute(
            insert(rows)
            .values(name_hash=_hash(username), failures=1, first_at=now)
            .on_conflict_do_update(
                index_elements=["name_hash"],
                set_={
                    "failures": failed,
                    "first_at": case((stale, now), else_=rows.first_at),
                    "locked_until": case(
                        (failed >= FAILURES, now + WINDOW), else_=rows.locked_until
                    ),
                },
            )
        )
        connection.execute(delete(rows).where(
            rows.first_at < now - 4 * WINDOW, rows.name_hash != _hash(username)
        ))  # fmt: skip


def forget(username: str) -> None:
    """Forget the failures of a name, after a right password or a reset."""
    with scope.system_scope("failed sign-ins are counted") as connection:
        connection.execute(delete(SignInFailure).where(SignInFailure.name_hash == _hash(username)))


def _hash(username: str) -> str:
    return hashlib.sha256(username.strip().lower().encode()).hexdigest()
