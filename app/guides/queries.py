"""Reads of the guides: what a reader may see, how often it was read."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    String,
    and_,
    any_,
    false,
    func,
    literal,
    or_,
    select,
)

from app.core import clock, scope
from app.extensions import db
from app.guides.choices import ArticleState, Category, Reader
from app.guides.models import Article, ArticleReading

ROLE_READERS = {
    "gc_admin": Reader.GENERAL_CONTRACTOR,
    "prof_sub_admin": Reader.PROFESSIONAL_SUBCONTRACTOR,
    "labour_sub_admin": Reader.LABOUR_SUBCONTRACTOR,
}
RELATED = 5
AROUND = 60  # characters of a text shown before and behind a place
BEHIND_TITLE = " ：:，,。.；;—-"


def on_show() -> Select[Any]:
    """Give the articles that are published and in time, whoever asks."""
    now = clock.now()
    return select(Article).where(
        Article.is_deleted.is_(False),
        Article.state == ArticleState.PUBLISHED,
        Article.publish_at <= now,
        or_(Article.expire_at.is_(None), Article.expire_at > now),
    )


def readable(actor: scope.Principal) -> Select[Any]:
    """Give the articles on show that are written for this reader and his district."""
    query = on_show()
    if actor.audience is scope.Audience.LOGIN:
        return query.where(any_(Article.audience) == Reader.PUBLIC.name)
    if actor.audience is not scope.Audience.TENANT:
        return query
    names = [r.name for r in readers_of(actor)]
    query = query.where(_overlaps(Article.audience, names))
    districts = districts_of(actor)
    return query.where(or_(Article.districts.is_(None), _overlaps(Article.districts, districts)))


def _overlaps(column: Any, values: list[str]) -> Any:
    return column.op("&&", is_comparison=True)(literal(values, ARRAY(String)))


def readers_of(actor: scope.Principal) -> list[Reader]:
    """Give the kinds of reader an account counts as; who works on sites reads what all read."""
    own = [kind for role, kind in ROLE_READERS.items() if role in actor.roles]
    return [Reader.EVERYBODY, Reader.PUBLIC, *own]


def districts_of(actor: scope.Principal) -> list[str]:
    """Give the districts a contractor's account has to do with: its seat and its projects."""
    tables = db.metadata.tables
    enterprise, project = tables["enterprise"], tables["project"]
    unit = tables["project_unit"]
    own = select(unit.c.project_id).where(unit.c.id.in_(actor.units))
    seats = select(enterprise.c.district_code).where(enterprise.c.id.in_(actor.enterprises))
    sites = select(project.c.district_code).where(
        or_(project.c.id.in_(actor.projects), project.c.id.in_(own))
    )
    with scope.system_scope("the districts an article's reader works in") as connection:
        return sorted(connection.scalars(seats.union(sites)))


def search(query: Select[Any], category: Category | None, words: str) -> Select[Any]:
    """Narrow articles to a category and to all the words, in the title or in the text."""
    if category is not None:
        query = query.where(Article.category == category)
    for word in words.split()[:5]:
        query = query.where(
            or_(
                Article.title.icontains(word, autoescape=True),
                Article.body_text.icontains(word, autoescape=True),
                Article.doc_no.icontains(word, autoescape=True),
            )
        )
    return query


def excerpt(article: Article, words: str) -> str:
    """Give the text about the first place of a word, or its beginning; never the title again.

    Many an article is headed by its title; one that says nothing else has no excerpt.
    """
    text, title = article.body_text or "", " ".join(article.title.split())
    while title and text.casefold().startswith(title.casefold()):
        text = text[len(title) :].lstrip(BEHIND_TITLE)
    sought = "|".join(re.escape(word) for word in words.split())
    found = re.search(sought, text, re.IGNORECASE) if sought else None
    begin = max(found.start() - AROUND, 0) if found else 0
    end = (found.start() if found else AROUND) + AROUND
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


def ordered(query: Select[Any]) -> Select[Any]:
    """Put the pinned first, then the latest."""
    return query.order_by(Article.pinned.desc(), Article.publish_at.desc(), Article.id.desc())


def categories(query: Select[Any]) -> dict[Category, int]:
    """Count the articles of a query by category."""
    inner = query.subquery()
    rows = db.session.execute(select(inner.c.category, func.count()).group_by(inner.c.category))
    return {category: number for category, number in rows}  # noqa: C416 - a Row is no pair


def related(article: Article, seen: Select[Any]) -> list[Article]:
    """Give the latest other articles of the same category among those a reader may see."""
    query = seen.where(Article.category == article.category, Article.id != article.id)
    return list(db.session.scalars(ordered(query).limit(RELATED)))


def readings(articles: Iterable[int]) -> dict[int, dict[str, int]]:
    """Count readers, confirmations and votes of articles."""
    table = ArticleReading.__table__
    with scope.system_scope("how often an article was read") as connection:
        rows = connection.execute(
            select(
                table.c.article_id, func.count(), func.count(table.c.confirmed_at),
                func.count().filter(table.c.useful), func.count().filter(~table.c.useful),
            )
            .where(table.c.article_id.in_(list(articles)))
            .group_by(table.c.article_id)
        ).all()  # fmt: skip
    return {
        number: {"read": read, "confirmed": confirmed, "useful": yes, "useless": no}
        for number, read, confirmed, yes, no in rows
    }


def latest(actor: scope.Principal, most: int) -> tuple[list[Article], list[Article]]:
    """Give the newest articles a reader may see, and those he must still confirm as read.

    Only contractors are asked to confirm.
    """
    seen = readable(actor)
    done = select(ArticleReading.article_id).where(
        ArticleReading.user_id == actor.user_id, ArticleReading.confirmed_at.is_not(None)
    )
    asked: ColumnElement[bool] = and_(Article.must_read.is_(True), Article.id.not_in(done))
    if actor.audience is not scope.Audience.TENANT:
        asked = false()
    newest = ordered(seen.with_only_columns(Article.id)).limit(most).correlate(None)
    rows = db.session.execute(
        ordered(seen.add_columns(asked).where(or_(asked, Article.id.in_(newest))))
    ).all()
    return [row for row, _asked in rows[:most]], [row for row, wanted in rows if wanted]


def reading_of(article: Article, actor: scope.Principal) -> ArticleReading | None:
    """Give what this reader has done with an article."""
    return db.session.scalars(
        select(ArticleReading).filter_by(article_id=article.id, user_id=actor.user_id)
    ).one_or_none()
