"""A contractor's clerk with a project, a unit and a team; workbooks on their way in."""

import pytest

from app.core import scope
from app.enterprises.models import Enterprise
from app.extensions import db
from tests.factories import enterprises, projects, roster
from tests.factories.imports import line
from tests.imports.steps import principal
from tests.places import place

__all__ = ["place"]


@pytest.fixture
def site(work):
    firm = enterprises.enterprise()
    return projects.project(firm)


@pytest.fixture
def unit(site):
    return projects.general_contractor_unit(site)


@pytest.fixture
def team(unit):
    return roster.team(unit)


@pytest.fixture
def actor(site):
    return principal(enterprises.admin(db.session.get(Enterprise, site.general_contractor_id)))


@pytest.fixture
def acting(actor, team):
    with scope.act_as(actor):
        yield actor


@pytest.fixture
def good(unit, team):
    """Give a function that writes one good row, but for the cells it is given."""
    return lambda **cells: line(unit, team, **cells)
