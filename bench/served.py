"""The program as the benchmarks use it: one process, signed-in clients, a bare connection."""

import json
import os
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.commands import prepare
from app.core import clock, postgres
from app.extensions import db
from app.identity.models import Account
from bench import city as large


@dataclass(frozen=True)
class Served:
    """What a benchmark is given."""

    app: Flask
    city: large.City
    signer: str

    def client(self, user_id: int, project_id: int | None = None) -> FlaskClient:
        """Give a client signed in as an account, with a chosen project."""
        with self.app.app_context():
            epoch = db.session.query(Account.session_epoch).filter_by(id=user_id).scalar()
            db.session.remove()
        browser = self.app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"], session["_fresh"] = str(user_id), True
            session["epoch"] = epoch
            session["began"] = session["seen"] = int(clock.now().timestamp())
            if project_id:
                session["project_id"] = project_id
        return browser

    def page(self, browser: FlaskClient, address: str) -> bytes:
        """Open a page that must answer."""
        answer = browser.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        return answer.data


@cache
def served() -> Served:
    """Start the program on the large city; the city is built once a state folder."""
    var = Path(os.environ["VAR"])
    app = create_app(
        VAR=var, TESTING=True, DEMO=False, RATELIMIT_ENABLED=False, WTF_CSRF_ENABLED=False
    )
    built = var / "city.json"
    if not built.exists():
        with app.app_context():
            prepare()
            db.session.remove()
        city = large.build(app)
        signer = large.many_accounts(app, city.tenant)
        built.write_text(json.dumps({"city": asdict(city), "signer": signer}))
    facts = json.loads(built.read_text())
    return Served(app, large.City(**facts["city"]), facts["signer"])


@cache
def bare() -> Any:
    """Give a bare connection of the owner, who is held by no policy."""
    return psycopg.connect(
        postgres.libpq(served().app.config["DATABASE_ADMIN_URL"]), autocommit=True
    )
