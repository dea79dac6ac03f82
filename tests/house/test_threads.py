"""Threads of one web process: lists asked at once by different users never mix."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from flask import g
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import text
from werkzeug.serving import make_server

from app.core import clock, scope
from app.extensions import db
from app.identity.models import Account
from tests.factories import enterprises, projects, roster

THREADS, ROUNDS = 8, 6


@pytest.fixture
def firms(prepared_app):
    """Give eight contractors with a project and a worker each, really committed."""
    with prepared_app.app_context():
        g.principal = scope.SYSTEM
        found = []
        for _n in range(THREADS):
            firm = enterprises.enterprise()
            team = roster.team(projects.general_contractor_unit(projects.project(firm)))
            row = roster.worker(team)
            found.append((enterprises.admin(firm), row.project_id, row.name, row.id))
        db.session.commit()
        db.session.remove()
    return found


@pytest.fixture
def address(prepared_app):
    """Serve the application with threads and give its address."""
    server = make_server("127.0.0.1", 0, prepared_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    with prepared_app.app_context():
        db.session.remove()


def cookie_of(app, user_id, project_id):
    """Give the cookie of a signed-in session with a chosen project."""
    with app.app_context():
        epoch = db.session.query(Account.session_epoch).filter_by(id=user_id).scalar()
        db.session.remove()
    now = int(clock.now().timestamp())
    values = {
        "_user_id": str(user_id), "_fresh": True, "epoch": epoch, "began": now, "seen": now,
        "project_id": project_id,
    }  # fmt: skip
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(values)}"


def read(url, cookie):
    """Ask for a page as the owner of a cookie."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    request = Request(url, headers={"Cookie": cookie, "Accept-Language": "zh"})
    with opener.open(request, timeout=60) as answer:
        return answer.status, answer.read().decode()


def list_address(app):
    """Give the address of the workers' list."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "WorkerView.list":
            return rule.rule
    raise AssertionError("there is no list of workers")


def test_eight_users_reading_lists_at_once_see_only_their_own(prepared_app, firms, address):
    path = list_address(prepared_app)
    names = {name for _user, _project, name, _id in firms}
    assert len(names) == THREADS, "each firm has a worker of its own name"
    start = threading.Barrier(THREADS)

    def ask(firm):
        user_id, project_id, name, _id = firm
        cookie = cookie_of(prepared_app, user_id, project_id)
        start.wait(timeout=60)
        wrong = []
        for number in range(ROUNDS):
            wanted = name if number % 2 else ""
            status, page = read(f"{address}{path}?keyword={_quoted(wanted)}", cookie)
            foreign = {other for other in names - {name} if other in page}
            if status != 200 or name not in page or foreign:
                wrong.append((status, name in page, foreign))
        return wrong

    with ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(ask, firms))
    assert outcomes == [[]] * THREADS
    with prepared_app.app_context():
        role = db.session.scalar(text("select current_user"))
        db.session.remove()
    assert role == "app_login"


def _quoted(word):
    from urllib.parse import quote

    return quote(word)
