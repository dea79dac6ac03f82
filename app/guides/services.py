"""Writes of the guides."""

from typing import Any

from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock, dictionaries, scope
from app.core.columns.structures import words_of
from app.extensions import db
from app.guides import queries
from app.guides.choices import ArticleState
from app.guides.errors import ExpiresTooEarly, NoOffice, OnlyDrafts
from app.guides.models import Article, ArticleReading
from app.guides.states import ARTICLE_FLOW

CITY = "440700"


def write_article(values: dict[str, Any], *, actor: scope.Principal) -> Article:
    """Write a new article as a draft of the actor's office."""
    if actor.audience is not scope.Audience.GOVERNMENT or not actor.districts:
        raise NoOffice
    office = CITY if CITY in actor.districts else actor.districts[0]
    article = Article(district_code=office, **_complete(values, office))
    db.session.add(article)
    db.session.flush()
    return article


def change_article(article: Article, values: dict[str, Any], *, actor: scope.Principal) -> Article:  # noqa: ARG001 - the row policy knows the office
    """Change a draft; what is published is taken down and written anew."""
    if article.state is not ArticleState.DRAFT:
        raise OnlyDrafts
    for name, value in _complete(values, article.district_code).items():
        setattr(article, name, value)
    db.session.flush()
    return article


def _complete(values: dict[str, Any], office: str) -> dict[str, Any]:
    begins, ends = values.get("publish_at"), values.get("expire_at")
    if begins and ends and ends <= begins:
        raise ExpiresTooEarly
    return {
        **values,
        "issuer": values.get("issuer") or office_name(office),
        "body_text": words_of(values.get("body") or ""),
        "pinned": bool(values.get("pinned")),
        "must_read": bool(values.get("must_read")),
    }


def office_name(district: str) -> str:
    """Give the name of the office of a district, as articles carry it in Chinese."""
    with force_locale("zh"):
        if district == CITY:
            return gettext("Housing and construction bureau of the city of Jiangmen")
        return gettext(
            "Housing and construction bureau of %(district)s",
            district=dictionaries.label("district", district),
        )


def note_reading(article: Article, *, actor: scope.Principal) -> ArticleReading:
    """Note that an account has opened an article; the second time counts nothing.

    Two first openings at one moment, such as of two tabs, are one reading.
    """
    if (known := queries.reading_of(article, actor)) is not None:
        return known
    db.session.execute(
        insert(ArticleReading)
        .values(article_id=article.id, user_id=actor.user_id)
        .on_conflict_do_nothing()
    )
    return db.session.scalars(
        select(ArticleReading).filter_by(article_id=article.id, user_id=actor.user_id)
    ).one()


def confirm_reading(article: Article, *, actor: scope.Principal) -> None:
    """Note that a reader confirms he has read an article."""
    known = note_reading(article, actor=actor)
    known.confirmed_at = known.confirmed_at or clock.now()
    db.session.flush()


def vote(article: Article, *, useful: bool, actor: scope.Principal) -> None:
    """Note whether an article helped its reader; he may change his mind."""
    note_reading(article, actor=actor).useful = useful
    db.session.flush()


def expire_articles(*, actor: scope.Principal = scope.SYSTEM) -> int:
    """Close published articles whose time is over; gives how many."""
    due = list(
        db.session.scalars(
            select(Article).where(
                Article.state == ArticleState.PUBLISHED, Article.expire_at <= clock.now()
            )
        )
    )
    ARTICLE_FLOW.fire_many("expire", due, actor=actor)
    return len(due)
