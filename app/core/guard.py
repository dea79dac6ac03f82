"""Database refusals turned into sentences; never a raw error before a user (D2, 3.5)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from app.core.columns.base import required_message, specs
from app.core.errors import NotAllowed, Refusal, Stale
from app.core.models import mapped
from app.extensions import db


class AlreadyThere(Refusal):
    """A value that must be unique is taken."""


class StillUsed(Refusal):
    """A row that other rows depend on."""


class Busy(Refusal):
    """Two transactions waited for each other, and this one was ended; again, it goes through."""

    def __init__(self) -> None:
        super().__init__(gettext("Somebody else was saving the same records. Please try again"))


WAITED_IN_VAIN = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
)
WORDLESS: tuple[tuple[Any, Callable[[], Refusal]], ...] = (
    (psycopg.errors.InsufficientPrivilege, NotAllowed),
    (WAITED_IN_VAIN, Busy),
)


@contextmanager
def sentences() -> Iterator[None]:
    """Let refusals through and turn database errors into them; the transaction is undone."""
    try:
        yield
    except StaleDataError:
        db.session.rollback()
        raise Stale from None
    except DBAPIError as error:
        db.session.rollback()
        raise translated(error) from error
    except Refusal:
        db.session.rollback()
        raise


def translated(error: DBAPIError) -> Refusal:
    """Give the refusal a database error stands for; unknown errors stay what they are."""
    cause: Any = error.orig
    if isinstance(cause, psycopg.errors.UniqueViolation):
        return _taken(cause)
    for kinds, refusal in WORDLESS:
        if isinstance(cause, kinds):
            return refusal()
    if isinstance(cause, psycopg.errors.ForeignKeyViolation):
        return StillUsed(gettext("Other records depend on this one"))
    if isinstance(cause, psycopg.errors.NotNullViolation) and (missing := _missing(cause)):
        return missing
    if isinstance(cause, psycopg.errors.CheckViolation):
        return Refusal(gettext("The values do not fit each other"))
    if isinstance(cause, psycopg.DataError):
        return Refusal(gettext("A value is out of range"))
    raise error


def _missing(cause: psycopg.errors.NotNullViolation) -> Refusal | None:
    name = cause.diag.column_name or ""
    for model in mapped():
        if model.__tablename__ == cause.diag.table_name and name in specs(model):
            return Refusal(required_message(specs(model)[name]), field=name)
    return None


def _taken(cause: psycopg.errors.UniqueViolation) -> Refusal:
    table, constraint = cause.diag.table_name or "", cause.diag.constraint_name or ""
    for model in mapped():
        if model.__tablename__ == table:
            for name, spec in specs(model).items():
                if constraint.removeprefix(f"uq_{table}_").removeprefix(f"ix_{table}_") and (
                    f"_{name}" in constraint
                ):
                    return AlreadyThere(
                        gettext("%(label)s is already in use", label=spec.label), field=name
                    )
    return AlreadyThere(gettext("This record exists already"))
