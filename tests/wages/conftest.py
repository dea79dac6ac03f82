"""A general contractor and a subcontractor on one project with a special account."""

import pytest

from app.core import clock
from app.core.errors import Refusal, Refusals
from tests.factories import wages
from tests.roster.conftest import NOON, City, build, principal_of


def refusals(call, *given, **named):
    """Give the words of what a call refuses, by field."""
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    problems = caught.value.problems if isinstance(caught.value, Refusals) else [caught.value]
    return {problem.field: str(problem) for problem in problems}


@pytest.fixture
def noon():
    """Stop the clock at noon of 2026-11-22."""
    with clock.frozen(NOON):
        yield NOON


@pytest.fixture
def site(work, noon):
    """The city, seen as the system; the general contractor has a special account."""
    found = build()
    found.account = wages.account(found.main)
    return found


@pytest.fixture
def gc(site):
    """The general contractor's administrator."""
    return principal_of(site.firm_user)


@pytest.fixture
def sub(site):
    """The subcontractor's administrator."""
    return principal_of(site.sub_user)


@pytest.fixture
def stranger(site):
    """Another enterprise's administrator."""
    return principal_of(site.stranger_user)


@pytest.fixture
def city(system):
    """The city of these tests, committed, under the stopped clock."""
    with clock.frozen(NOON), system():
        rows = build()
        rows.account = wages.account(rows.main)
        found = City(rows)
        found.account = rows.account.id
        return found


@pytest.fixture
def browse(signed_in):
    """Give a function that opens a browser in Chinese on a project."""

    def open_at(user, project=None):
        browser = signed_in(user)
        if project:
            with browser.session_transaction() as session:
                session["project_id"] = project
        return browser

    return open_at
