"""Two first openings of one article at one moment (screens.md 16)."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import g
from sqlalchemy import create_engine, pool, text

from app.core import scope
from app.extensions import db
from app.guides import services
from app.guides.models import Article, ArticleReading
from tests.factories.guides import article

READER = replace(scope.SYSTEM, user_id=1)
WAITING = text("select count(*) from pg_locks where not granted")


@pytest.fixture
def owner(prepared_app):
    """Give a connection that sees everything and removes what was committed."""
    engine = create_engine(prepared_app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
        connection.execute(text("truncate article cascade"))


def opened(app, number):
    """Open an article on a connection of its own, to the commit."""
    with app.app_context():
        g.principal = READER
        try:
            services.note_reading(db.session.get_one(Article, number), actor=READER)
            db.session.commit()
        finally:
            db.session.remove()


def wait_for_the_second(owner):
    for _turn in range(200):
        if owner.scalar(WAITING):
            return
        time.sleep(0.05)
    raise AssertionError("the second opening never met the first")


def test_two_first_openings_at_once_are_one_reading(prepared_app, owner):
    with prepared_app.app_context(), ThreadPoolExecutor(1) as thread:
        g.principal = READER
        number = article().id
        db.session.commit()
        services.note_reading(db.session.get_one(Article, number), actor=READER)
        second = thread.submit(opened, prepared_app, number)
        try:
            wait_for_the_second(owner)
        finally:
            db.session.commit()
        second.result(timeout=60)
        readers = db.session.query(ArticleReading.user_id).filter_by(article_id=number).all()
        db.session.remove()

    assert readers == [(1,)]
