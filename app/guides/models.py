"""Tables of the guides: articles and who has read them."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import (
    ChoiceOf,
    ChoicesOf,
    Codes,
    Documents,
    Flag,
    Instant,
    Ref,
    RichText,
    State,
    Text,
    column,
)  # fmt: skip
from app.core.models import Entity
from app.guides.choices import ArticleState, Category, Reader
from app.permissions import Area

FORM = ("form",)
ON_SHOW = (
    "state = 'PUBLISHED' and is_deleted is false and publish_at <= now()"
    " and (expire_at is null or expire_at > now())"
)
PUBLIC = f"{ON_SHOW} and 'PUBLIC' = any (audience)"
MINE = "user_id = nullif(current_setting('app.actor', true), '')::integer"


@dataclass(frozen=True)
class OpenScope(scope.Scope):
    """Policies of a table of which strangers may read some rows."""

    strangers_see: str = ""

    def statements(self, table: str, owner: str = "current_user") -> list[str]:
        """Give the statements, with the policy of whoever is not signed in."""
        return [
            *super().statements(table, owner),
            f"create policy login on {table} for select to app_login using ({self.strangers_see})",
            f"grant select on {table} to app_login",
        ]


class Article(Entity):
    """One article of the guides (screens.md 13).

    ``district_code`` is the office that wrote it: it alone changes the article. Everybody else
    sees it from ``publish_at`` until ``expire_at`` while it is published.
    """

    __areas__ = (Area.GUIDES, Area.ARTICLES)
    __scope__ = OpenScope(
        tenant_sees=ON_SHOW,
        government_sees=scope.either(scope.DISTRICTS, f"({ON_SHOW})"),
        government_writes=scope.DISTRICTS,
        strangers_see=PUBLIC,
    )
    __picker__ = ("title",)
    __table_args__ = (
        CheckConstraint("expire_at is null or expire_at > publish_at", name="expires_after"),
        Index(None, "state", "category", "publish_at"),
    )

    district_code: Mapped[Any | None] = mapped_column(String(6), nullable=False, index=True)
    title: Mapped[Any] = column(Text(200), label=_("Title"), required_at=FORM, nullable=False,
                                wide=True)  # fmt: skip
    category: Mapped[Any] = column(
        ChoiceOf(Category), label=_("Category"), required_at=FORM, nullable=False
    )
    doc_no: Mapped[Any] = column(Text(100), label=_("Document no. of the office"))
    issuer: Mapped[Any] = column(
        Text(100), label=_("Issued by"), help=_("Empty: the name of your office")
    )
    body: Mapped[Any] = column(RichText, label=_("Text"), required_at=FORM, nullable=False)
    body_text: Mapped[Any | None] = mapped_column(SqlText, nullable=False, default="")
    attachments: Mapped[Any] = column(
        Documents(10), label=_("Attachments"), help=_("PDF or pictures, at most ten, 20 MB each")
    )
    audience: Mapped[Any] = column(
        ChoicesOf(Reader), label=_("For whom"), required_at=FORM, nullable=False,
        help=_("“The public” may read without signing in"),
    )  # fmt: skip
    districts: Mapped[Any] = column(
        Codes("district"), label=_("Districts"), help=_("Empty: the whole city")
    )
    pinned: Mapped[Any] = column(Flag, label=_("Pinned"), nullable=False, default=False)
    must_read: Mapped[Any] = column(
        Flag, label=_("Must be confirmed as read"), nullable=False, default=False
    )
    publish_at: Mapped[Any] = column(
        Instant, label=_("Published at"), required_at=FORM, nullable=False, index=True,
        help=_("Readers see it from this time on, once it is released"),
    )  # fmt: skip
    expire_at: Mapped[Any] = column(
        Instant, label=_("Expires at"), help=_("Empty: stays until it is taken down")
    )
    state: Mapped[Any] = column(
        State(ArticleState), label=_("State"), default=ArticleState.DRAFT, nullable=False
    )


class ArticleReading(Entity):
    """One account has read one article: the number of readers, what they thought of it."""

    __scope__ = scope.Scope(MINE, MINE, MINE, MINE)
    __audited__ = False
    __picker__ = ("user_id",)
    __table_args__ = (UniqueConstraint("article_id", "user_id"),)

    article_id: Mapped[Any] = column(Ref("Article"), label=_("Article"), nullable=False)
    user_id: Mapped[Any | None] = mapped_column(Integer, nullable=False)
    confirmed_at: Mapped[Any] = column(Instant, label=_("Confirmed at"))
    useful: Mapped[Any | None] = mapped_column(Boolean)
