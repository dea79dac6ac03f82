"""Articles as the office of a district writes them."""

from datetime import UTC, datetime
from typing import Any

from app.core.columns.structures import words_of
from app.extensions import db
from app.guides.choices import ArticleState, Category
from app.guides.models import Article
from tests.factories import numbered


def article(**values: Any) -> Article:
    """Make a published article for everybody who is signed in."""
    body = values.pop("body", "<p>请各单位遵照执行。</p>")
    row = Article(**{
        "district_code": "440703", "title": numbered("关于实名制管理的通知"),
        "category": Category.NOTICE, "issuer": "蓬江区", "body": body,
        "body_text": words_of(body), "audience": ["EVERYBODY"],
        "publish_at": datetime(2026, 1, 5, tzinfo=UTC), "state": ArticleState.PUBLISHED, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
