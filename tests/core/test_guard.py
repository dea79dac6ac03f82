"""Database refusals as sentences: what two transactions at once may run into."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import g
from sqlalchemy import text

from app.core import guard, scope
from app.extensions import db

LOCK = text("select pg_advisory_xact_lock(:key)")
KEYS = (824_001, 824_002)


def test_who_is_ended_in_a_deadlock_is_asked_to_try_again(prepared_app):
    both_hold_one = Barrier(2)

    def cross(first, second):
        with prepared_app.app_context():
            g.principal = scope.SYSTEM
            try:
                with guard.sentences():
                    db.session.execute(LOCK, {"key": first})
                    both_hold_one.wait(timeout=60)
                    db.session.execute(LOCK, {"key": second})
                    db.session.commit()
            except guard.Busy as problem:
                return str(problem)
            finally:
                db.session.remove()
        return ""

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(cross, KEYS, reversed(KEYS)))

    assert said[0] == ""
    assert "try again" in said[1] or "再试" in said[1]
