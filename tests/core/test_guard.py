"""Database refusals as sentences: what two transactions at once may run into."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import g
from flask_babel import force_locale
from sqlalchemy import text

from app.core import guard, scope
from app.core.errors import NotAllowed, Refusal
from app.extensions import db
from app.incidents.choices import IncidentState
from tests.factories import enterprises, incidents, projects

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


@pytest.mark.parametrize(("statement", "kind", "said"), [
    ("select password from ab_user", NotAllowed, "权限"),
    ("select 'no day'::date", Refusal, "超出允许范围"),
    ("select 1 / 0", Refusal, "超出允许范围"),
])  # fmt: skip
def test_what_the_database_refuses_is_told_as_a_sentence(work, statement, kind, said):
    with force_locale("zh"), pytest.raises(kind, match=said), guard.sentences():
        db.session.execute(text(statement))


def test_values_that_do_not_fit_each_other_are_told_as_a_sentence(work):
    site = projects.general_contractor_unit(projects.project(enterprises.enterprise()))

    with force_locale("zh"), pytest.raises(Refusal, match="互相矛盾"), guard.sentences():
        incidents.incident(site, state=IncidentState.CLOSED, result=None)
