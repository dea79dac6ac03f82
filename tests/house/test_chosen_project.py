"""Whatever project is chosen at the top, a row one may see opens: on every view there is."""

import pytest

from app.core.models import ProjectRow
from tests.factories import projects
from tests.house.test_strangers import model_views, route
from tests.house.victim import Victim


@pytest.fixture
def owner(system, signed_in):
    """Give a contractor with a row of every model on one project, and a second project."""
    with system():
        victim = Victim()
        second = projects.project(victim.firm)
        projects.general_contractor_unit(second)
        return victim, signed_in(victim.admin), (victim.project.id, second.id)


def addresses(app, victim):
    """Every page of a row inside a project."""
    for view in model_views(app):
        if not issubclass(view.model, ProjectRow):
            continue
        row, _secret = victim.rows.get(type(view).__name__) or victim.rows[view.model]
        moves = view.flow.transitions if view.flow else ()
        found = [route(app, view, "show", pk=row), route(app, view, "edit", pk=row)]
        found += [route(app, view, "move", pk=row, verb=move.verb) for move in moves]
        yield from (url for url in found if url)


def test_a_page_of_a_row_answers_alike_whatever_project_is_chosen(owner, app):
    victim, browser, chosen = owner
    opened = 0
    for url in addresses(app, victim):
        answers = []
        for number in chosen:
            with browser.session_transaction() as session:
                session["project_id"] = number
            answers.append(browser.get(url).status_code)
        assert answers[0] == answers[1], (url, answers)
        opened += answers[1] == 200
    assert opened >= 12
