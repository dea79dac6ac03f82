"""No page asks the database more than fifteen times, and none reads a whole related table."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.core.views.base import BaseModelView
from tests.factories import attendance, enterprises, projects, roster
from tests.house.test_strangers import model_views, route
from tests.house.world import World

MOST_STATEMENTS, MOST_ROWS, ROWS = 15, 50, 60
UNCOUNTED = re.compile(r"\s*(set|savepoint|release|begin|commit|rollback)\b", re.IGNORECASE)
# Asked for as a whole: code lists, the holidays of the city, the rights of one user, and the units that are his scope (D2).
SHORT = re.compile(
    r"from (dictionary_entry|dictionary_table|calendar_day|ab_\w+|schedule)\b"
    r"|^select id, project_id, unit_role from project_unit where enterprise_id = ",
    re.IGNORECASE,
)


@contextmanager
def watched():
    """Note every statement with the number of rows it brought."""
    seen = []

    def note(_connection, cursor, statement, *_rest):
        if not UNCOUNTED.match(statement):
            seen.append((cursor.rowcount, " ".join(statement.split())))

    event.listen(Engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "after_cursor_execute", note)


@pytest.fixture
def world(app, system, signed_in):
    """The victim's project with more rows of everything than a page shows."""
    made = World(app, system, signed_in)
    with system() as session:
        victim = made.victim
        session.add_all([victim.firm, victim.project, victim.unit])
        for _number in range(ROWS):
            worker = roster.worker(roster.team(victim.unit))
            attendance.record(victim.project, attendance.punch(worker, "in 07:00"))
            projects.unit(victim.project, enterprises.enterprise())
        for _number in range(ROWS):
            projects.project(victim.firm)
    return made


@pytest.mark.parametrize("reader", ["owner", "own_office"])
def test_every_page_asks_little(world, app, reader):
    browser, heavy, opened = world.browser(reader), [], 0
    browser.get("/")  # what is read once a process is read now
    for view in model_views(app):
        for name in ("list", "show", "add", "edit"):
            values = {"pk": world.row(view.model, view)} if name in {"show", "edit"} else {}
            url = route(app, view, name, **values)
            if not url or browser.get(url).status_code != 200:
                continue
            with watched() as seen:
                assert browser.get(url).status_code == 200, url
            opened += 1
            if len(seen) > MOST_STATEMENTS:
                heavy.append((url, len(seen), [statement[:160] for _rows, statement in seen]))
            heavy += [
                (url, rows, statement)
                for rows, statement in seen
                if rows > MOST_ROWS and not SHORT.search(statement)
            ]
    assert opened >= 15
    assert heavy == []


def test_a_view_is_found_by_this_test(app):
    assert all(isinstance(view, BaseModelView) for view in model_views(app))
    assert len(model_views(app)) >= 20
