"""One fresh PostgreSQL a run; every test works inside a transaction that is undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

# parts of the suite run beside each other: how long an example takes says nothing about it
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the state folder of this run."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture(scope="session")
def prepared_app(var: Path) -> Flask:
    """Give the application on a migrated database with dictionaries and rights."""
    from app import create_app
    from app.commands import prepare
    from app.extensions import db

    app = create_app(VAR=var, TESTING=True, DEMO=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        prepare()
        db.session.remove()
        db.engine.dispose()
    return app


@pytest.fixture
def app(prepared_app: Flask) -> Iterator[Flask]:
    """Give the application bound to one connection whose work is undone after the test."""
    with undone(prepared_app):
        yield prepared_app


@contextmanager
def undone(prepared_app: Flask) -> Iterator[Flask]:
    """Bind the application to one connection whose work is undone at the end."""
    from app.core import dictionaries
    from app.extensions import db

    with prepared_app.app_context():
        engine = db.engines[None]
    engines = db._app_engines[prepared_app]
    with engine.connect() as connection:
        outer = connection.begin()
        connection.name = engine.name  # type: ignore[attr-defined]
        with prepared_app.app_context():
            db.session.remove()
            db.session.configure(join_transaction_mode="create_savepoint")
        engines[None] = connection  # type: ignore[assignment]
        try:
            yield prepared_app
        finally:
            engines[None] = engine
            dictionaries.forget()
            outer.rollback()


@pytest.fixture
def work(app: Flask) -> Iterator[Any]:
    """Give an application context that works as the system, for factories and services."""
    from app.core import scope
    from app.extensions import db

    with app.app_context():
        g.principal = scope.SYSTEM
        yield db.session
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def system(app: Flask) -> Any:
    """Give a context manager that works as the system and commits at its end.

    Never keep one open around a client call: contexts are shared and accounts would leak.
    """
    from app.core import scope
    from app.extensions import db

    @contextmanager
    def working(principal: Any = scope.SYSTEM) -> Iterator[Any]:
        with app.app_context():
            g.principal = principal
            yield db.session
            db.session.commit()
            db.session.remove()

    return working


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser-like client that is not signed in; CSRF is off unless a test asks."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask) -> Any:
    """Give a function that makes a client signed in as an account, without the form."""
    from app.core import clock
    from app.identity.models import Account

    def sign_in(user_id: int) -> FlaskClient:
        app.config["WTF_CSRF_ENABLED"] = False
        browser = app.test_client()
        from app.extensions import db

        with app.app_context():
            epoch = db.session.query(Account.session_epoch).filter_by(id=user_id).scalar()
            db.session.remove()
        with browser.session_transaction() as session:
            session["_user_id"], session["_fresh"] = str(user_id), True
            session["epoch"] = epoch
            session["began"] = session["seen"] = int(clock.now().timestamp())
        return browser

    return sign_in
