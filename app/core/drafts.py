"""Drafts of forms: what somebody typed and has not sent yet (screens.md 0, design.md).

A draft holds numbers of persons, so it is encrypted (decision D9). It belongs to one user, one
form and one project, and nobody else sees it. Who has no account yet owns the drafts of his
browser: they are opened by a random token in its cookie, of which only the digest is stored.
What a form carried when its session had ended waits under both, until that user signs in again
in that browser. Files of a draft wait without an owner and are kept as long as it is.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import after_this_request, current_app, g, request
from flask_babel import gettext
from sqlalchemy import (
    BigInteger,
    DateTime,
    Integer,
    String,
    UniqueConstraint,
    and_,
    delete,
    exists,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.core import clock, scope
from app.core.columns.secrets import Encrypted
from app.core.errors import Refusal
from app.core.models import Entity
from app.extensions import db

DAYS, WAITING_HOURS = 30, 24
LARGEST = 200_000  # characters of one draft: a form of two hundred rows stays far below
COOKIE = "drafts"
MINE = "browser_hash is null and user_id = nullif(current_setting('app.actor', true), '')::integer"

Pairs = list[tuple[str, str]]


class TooLong(Refusal):
    """More was typed than a draft holds."""

    def __init__(self) -> None:
        super().__init__(gettext("This is too much for a draft: save the form, or shorten it"))


class FormDraft(Entity):
    """What one user typed into one form; without an account, one browser."""

    __scope__ = scope.Scope(MINE, MINE, MINE, MINE, MINE, MINE)
    __picker__ = ("place",)
    __table_args__ = (
        UniqueConstraint(
            "user_id", "browser_hash", "place", "project_id", postgresql_nulls_not_distinct=True
        ),
    )

    user_id: Mapped[Any | None] = mapped_column(Integer)
    browser_hash: Mapped[Any | None] = mapped_column(String(64))
    place: Mapped[Any | None] = mapped_column(String(200), nullable=False)
    project_id: Mapped[Any | None] = mapped_column(BigInteger)
    content: Mapped[Any | None] = mapped_column(Encrypted, nullable=False)
    files: Mapped[Any | None] = mapped_column(ARRAY(BigInteger), nullable=False)
    expires_at: Mapped[Any | None] = mapped_column(
        DateTime(timezone=True), nullable=False, index=True
    )


@dataclass(frozen=True)
class Place:
    """The form a draft belongs to: its address, and the project it is typed for."""

    address: str
    project_id: int | None = None

    @property
    def key(self) -> str:
        """Give the address as it is stored: a long one by its digest."""
        long = len(self.address) > 200
        return hashlib.sha256(self.address.encode()).hexdigest() if long else self.address


@dataclass(frozen=True)
class Kept:
    """A draft as its form reads it."""

    saved_at: datetime
    pairs: Pairs
    files: list[int]


def find(place: Place) -> Kept | None:
    """Give the draft of a form, None where there is none."""
    if not _owned():
        return None
    query = select(FormDraft.changed_at, FormDraft.content, FormDraft.files).where(
        *_own(place), FormDraft.expires_at > clock.now()
    )
    row = _execute(query).one_or_none()
    if row is None:
        return None
    return Kept(row.changed_at, [(n, v) for n, v in json.loads(row.content)], list(row.files))


def keep(place: Place, pairs: Pairs, files: list[int]) -> None:
    """Keep what is typed, in the place of an earlier draft of the same form; TooLong refuses."""
    _execute(_kept(place, pairs, files, _owner(), timedelta(days=DAYS)))


def keep_waiting(place: Place, pairs: Pairs, files: list[int], user_id: int) -> None:
    """Keep what a form carried whose session had ended, for when its user signs in again here."""
    owner = {"user_id": user_id, "browser_hash": digest(_token())}
    statement = _kept(place, pairs, files, owner, timedelta(hours=WAITING_HOURS))
    with scope.system_scope("what was typed waits for its user to sign in again") as connection:
        connection.execute(statement)


def adopt(user_id: int) -> int:
    """Give a user what waits for him in this browser; give how many drafts that are."""
    token = request.cookies.get(COOKIE)
    if not token:
        return 0
    waiting, older = FormDraft.__table__.c, aliased(FormDraft.__table__)
    mine = and_(waiting.user_id == user_id, waiting.browser_hash == digest(token))
    now = clock.now()
    with scope.system_scope("a user takes over what waited for him in this browser") as connection:
        connection.execute(delete(older).where(
            older.c.user_id == user_id, older.c.browser_hash.is_(None),
            exists().where(
                mine, waiting.expires_at > now, waiting.place == older.c.place,
                waiting.project_id.is_not_distinct_from(older.c.project_id),
            ),
        ))  # fmt: skip
        taken = connection.execute(
            update(FormDraft.__table__).where(mine, waiting.expires_at > now)
            .values(browser_hash=None, expires_at=now + timedelta(days=DAYS))
        )  # fmt: skip
        return int(taken.rowcount)


def drop(place: Place) -> int:
    """Remove the draft of a form; its files are then free for the row, or forgotten."""
    return int(_execute(delete(FormDraft).where(*_own(place))).rowcount) if _owned() else 0


def expire() -> int:
    """Remove the drafts nobody has continued in time; give how many."""
    with scope.system_scope("drafts nobody continued are removed") as connection:
        gone = connection.execute(delete(FormDraft).where(FormDraft.expires_at <= clock.now()))
        return int(gone.rowcount)


def digest(token: str) -> str:
    """Give what of a browser's token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def _owned() -> bool:
    return scope.current().user_id is not None or bool(request.cookies.get(COOKIE))


def _owner() -> dict[str, Any]:
    """Give whose a draft is: the user's, or without an account this browser's."""
    user_id = scope.current().user_id
    return {"user_id": user_id, "browser_hash": None if user_id else digest(_token())}


def _own(place: Place) -> list[Any]:
    """Give the conditions of the own draft of a form."""
    wanted = {**_owner(), "place": place.key, "project_id": place.project_id}
    return [getattr(FormDraft, n).is_not_distinct_from(value) for n, value in wanted.items()]


def _execute(statement: Any) -> Any:
    """Run a statement about the own draft; without an account the system does, on the token."""
    if scope.current().user_id is not None:
        return db.session.execute(statement)
    with scope.system_scope("the draft of a browser nobody has signed in with") as connection:
        return connection.execute(statement)


def _kept(
    place: Place, pairs: Pairs, files: list[int], owner: dict[str, Any], lasting: timedelta
) -> Any:
    content = json.dumps(pairs, ensure_ascii=False)
    if len(content) > LARGEST:
        raise TooLong
    key = {**owner, "place": place.key, "project_id": place.project_id}
    now = clock.now()
    what = {"content": content, "files": files, "expires_at": now + lasting, "changed_at": now}
    return (
        insert(FormDraft)
        .values(**key, **what)
        .on_conflict_do_update(
            index_elements=list(key), set_={**what, "row_version": FormDraft.row_version + 1}
        )
    )


def _token() -> str:
    """Give the token of this browser; one that has none yet gets it with the answer."""
    token = request.cookies.get(COOKIE) or g.get("drafts_token")
    if token:
        return str(token)
    g.drafts_token = secrets.token_urlsafe(32)

    @after_this_request
    def hand_over(response: Any) -> Any:
        response.set_cookie(
            COOKIE, g.drafts_token, max_age=DAYS * 86400, httponly=True, samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure,
        )  # fmt: skip
        return response

    return str(g.drafts_token)
