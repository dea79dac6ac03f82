"""Two requests at one moment: the same team, the same number (screens.md 8.1, open-api.md 8)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest
from flask import g
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import IntegrityError

from app.core import scope
from app.core.errors import Refusal
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.roster import errors, services
from app.roster.choices import MANAGEMENT_TEAM
from app.roster.services.numbers import draw
from tests.factories import enterprises, projects, roster

COMMITTED = ("enterprise", "project", "person", "number_sequence", "procrastinate_jobs")
WITNESSES = ("punch", "chain_link")  # empty here, but never truncated while their triggers watch
PAIR = 2


@pytest.fixture
def committed(prepared_app):
    """A project and a unit that every connection sees; what was committed is removed after."""
    with prepared_app.app_context():
        g.principal = scope.SYSTEM
        project = projects.project(enterprises.enterprise())
        unit = projects.general_contractor_unit(project)
        found = SimpleNamespace(project_id=project.id, unit_id=unit.id)
        db.session.commit()
        db.session.remove()
    yield found
    owner = create_engine(prepared_app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    with owner.begin() as connection:
        for table in WITNESSES:
            connection.execute(text(f"alter table {table} disable trigger user"))
        connection.execute(text(f"truncate {', '.join(COMMITTED)} cascade"))
        for table in WITNESSES:
            connection.execute(text(f"alter table {table} enable trigger user"))


@pytest.fixture
def together(prepared_app):
    """Give a function that runs one step on two connections at once, each to its commit."""

    def run(step):
        start = Barrier(PAIR)

        def one(number):
            with prepared_app.app_context():
                g.principal = scope.SYSTEM
                try:
                    start.wait(timeout=60)
                    outcome = step(number)
                    db.session.commit()
                except Refusal as problem:
                    db.session.rollback()
                    return problem
                else:
                    return outcome
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(PAIR) as threads:
            return list(threads.map(one, range(PAIR)))

    return run


def test_of_two_teams_of_one_name_the_second_is_told_the_number_of_the_first(committed, together):
    def add(_number):
        unit = db.session.get(ProjectUnit, committed.unit_id)
        project = db.session.get(Project, committed.project_id)
        values = roster.team_values(unit, name="钢筋一班")
        return services.add_teams(project, [values], actor=scope.SYSTEM)[0].team_no

    outcomes = together(add)

    (made,) = [one for one in outcomes if isinstance(one, int)]
    (told,) = [one for one in outcomes if isinstance(one, errors.TeamNameTaken)]
    assert told.team_no == made
    assert told.field == "name"


def test_teams_added_at_once_have_numbers_of_their_own(committed, together):
    def add(number):
        unit = db.session.get(ProjectUnit, committed.unit_id)
        project = db.session.get(Project, committed.project_id)
        values = roster.team_values(unit, name=f"木工{number}班")
        return services.add_teams(project, [values], actor=scope.SYSTEM)[0].team_no

    first, second = sorted(together(add))

    assert second == first + 1


def test_the_management_team_needed_twice_at_once_is_made_once(committed, together):
    def need(_number):
        unit = db.session.get(ProjectUnit, committed.unit_id)
        project = db.session.get(Project, committed.project_id)
        team = services.management_team(project, unit)
        return team.team_no, team.name

    first, second = together(need)

    assert first == second
    assert first[1] == MANAGEMENT_TEAM


def test_the_database_itself_refuses_a_second_team_of_a_number(site):
    first = roster.team(site.main)

    with pytest.raises(IntegrityError, match="uq_team_project_id_team_no"):
        roster.team(site.side, team_no=first.team_no)


def test_a_counter_goes_on_where_it_stood(work):
    with scope.system_scope("test"):
        first = draw("numbers of a test", 3, first=10)
        then = draw("numbers of a test", 2, first=10)

    assert (first, then) == ([10, 11, 12], [13, 14])
