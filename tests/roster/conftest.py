"""A general contractor and a subcontractor on one project, and a stranger elsewhere."""

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

import pytest

from app.core import clock, scope
from app.extensions import db
from app.identity import principals
from app.identity.models import Account
from tests.factories import enterprises, projects, roster

NOON = datetime(2026, 11, 22, 12, tzinfo=clock.CHINA)


def principal_of(user_id, door=scope.Door.FORM):
    """Load the principal of an account as a request would, at a door."""
    with scope.login_scope("test"):
        found = principals.principal_of(db.session.get(Account, user_id))
    return replace(found, door=door)


@pytest.fixture(autouse=True)
def noon():
    """Stop the clock at noon of 2026-11-22."""
    with clock.frozen(NOON):
        yield NOON


def build():
    """Make the city of these tests."""
    firm, sub, stranger = (enterprises.enterprise() for _n in range(3))
    project = projects.project(firm)
    elsewhere = projects.project(stranger)
    main = projects.general_contractor_unit(project)
    side = projects.unit(project, sub)
    far = projects.general_contractor_unit(elsewhere)
    return SimpleNamespace(
        firm=firm, sub=sub, stranger=stranger, project=project, elsewhere=elsewhere,
        main=main, side=side, far=far, main_team=roster.team(main), side_team=roster.team(side),
        far_team=roster.team(far), firm_user=enterprises.admin(firm),
        sub_user=enterprises.admin(sub), stranger_user=enterprises.admin(stranger),
    )  # fmt: skip


@pytest.fixture
def site(work):
    """The city, seen as the system."""
    return build()


@pytest.fixture
def gc(site):
    """The general contractor's administrator at the form."""
    return principal_of(site.firm_user)


@pytest.fixture
def at():
    """Give a function that puts a principal at another door."""
    return lambda principal, door: replace(principal, door=door)


SLOTS = (
    "project", "elsewhere", "main", "side", "far", "main_team", "side_team", "far_team",
)  # fmt: skip
USERS = ("firm_user", "sub_user", "stranger_user")


class City:
    """The numbers of the rows, so that nothing mapped crosses a request."""

    def __init__(self, site):
        for name in SLOTS:
            setattr(self, name, getattr(site, name).id)
        for name in USERS:
            setattr(self, name, getattr(site, name))
        self.elsewhere_name = site.elsewhere.name


@pytest.fixture
def city(system):
    """The city of these tests, committed."""
    with system():
        return City(build())


@pytest.fixture
def made(system):
    """Give a function that makes a row by a factory and gives its number."""

    def make(factory, model, number, **values):
        with system():
            return factory(db.session.get(model, number), **values).id

    return make


@pytest.fixture
def browse(signed_in):
    """Give a function that opens a browser on a project."""

    def open_at(user, project=None):
        browser = signed_in(user)
        with browser.session_transaction() as session:
            session["locale"] = "en"
            if project:
                session["project_id"] = project
        return browser

    return open_at


@pytest.fixture
def seats(signed_in):
    """Give a function that seats the named users of a found city in its project."""

    def of(found):
        def sit(who="user"):
            browser = signed_in(found[who])
            with browser.session_transaction() as session:
                session["project_id"] = found["project"]
            return browser

        return sit

    return of
