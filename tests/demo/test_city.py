"""The demonstration city: made once, entered as promised, with something to see."""

import json
from collections import Counter

import pytest
from flask import g
from sqlalchemy import func, select

from app.alerts.models import Alert
from app.attendance.models import Punch
from app.core import clock, scope
from app.demo import plan
from app.demo.city import ACCOUNTS
from app.enterprises.models import Enterprise
from app.extensions import db
from app.guides.models import Article
from app.imports.choices import ImportState
from app.imports.models import ImportJob
from app.incidents.models import Incident, IncidentPerson
from app.projects.choices import ProjectState
from app.projects.models import Project
from app.projects.queries import completeness
from app.roster.choices import LABOUR_MANAGER, PROJECT_MANAGER, StaffState, VisitState
from app.roster.models import Certificate, ProjectWorker, StaffMember, Team, VisitorPass
from app.roster.queries import visitors
from app.roster.services.numbers import team_numbers
from tests.conftest import undone

PATIENCE = 600
ON_POST = StaffState.ON_SITE


@pytest.fixture(scope="module")
def made(prepared_app):
    """Create the city; give the application and what the command has printed."""
    with undone(prepared_app) as app:
        yield app, printed(app)


@pytest.fixture
def inside(made):
    """Read the city as the system."""
    app, _facts = made
    with app.app_context():
        g.principal = scope.SYSTEM
        yield db.session
        db.session.rollback()
        db.session.remove()


def printed(app):
    answer = app.test_cli_runner().invoke(args=["demo", "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def test_visitors_are_there_one_now_one_often_and_one_void(inside):
    passes = list(inside.scalars(select(VisitorPass)))

    assert sum(one.state is VisitState.ACTIVE and one.valid_to > clock.now() for one in passes) == 1
    assert list(visitors.frequent(one.id for one in passes).values()) == [4]
    assert [one.state for one in passes].count(VisitState.VOID) == 1


def test_the_command_prints_what_operators_rely_on(made):
    _app, facts = made

    assert facts.keys() == {"accounts", "project", "openapi"}
    assert facts["accounts"].keys() == {*ACCOUNTS}
    assert all(account.keys() == {"username", "password"} for account in facts["accounts"].values())
    assert facts["project"].keys() == {"code", "name"}
    assert facts["openapi"].keys() == {"appid", "secret"}
    assert facts["openapi"]["appid"] == facts["project"]["code"]


def test_whatever_waits_for_review_was_submitted_at_least_once(inside):
    attempts = inside.scalars(
        select(Project.attempt).where(Project.state == ProjectState.SUBMITTED)
    ).all()
    assert attempts
    assert min(attempts) >= 1


def test_whatever_waits_for_review_is_complete_and_its_submission_is_kept(inside):
    for row in inside.scalars(select(Project).where(Project.state == ProjectState.SUBMITTED)):
        assert completeness.missing(completeness.dossiers([row])[row.id]) == []
        assert row.previous["last"]
        assert row.review_due_on


def test_an_incident_lies_within_its_project_and_before_its_people_joined_another(inside):
    for row in inside.scalars(select(Incident)):
        day = clock.local(row.occurred_at).date()
        assert inside.get_one(Project, row.project_id).planned_start <= day
        joined = inside.scalars(
            select(ProjectWorker.entry_on).where(
                ProjectWorker.person_id.in_(
                    select(IncidentPerson.person_id).where(IncidentPerson.incident_id == row.id)
                )
            )
        ).all()
        assert joined
        assert min(joined) > day


def test_workers_were_put_on_the_roster_on_their_first_day(inside):
    late = [
        row
        for row in inside.scalars(select(ProjectWorker).where(ProjectWorker.entry_on.is_not(None)))
        if clock.local(row.created_at).date() != row.entry_on and row.entry_on < clock.today()
    ]
    assert late == []


def test_the_city_is_created_once_however_often_the_program_starts(place):
    place.run("prepare", seconds=PATIENCE)

    first, second = [
        json.loads(place.run("demo", "--json", seconds=PATIENCE).splitlines()[-1]) for _n in "12"
    ]

    assert first == second
    assert first["openapi"]["secret"]
    crews, posts = sum(heads for *_team, heads in plan.TEAMS), 22
    everybody = crews + posts + plan.IMPORTED
    assert place.query("select count(*) from project_worker") == [(everybody,)]


def test_posts_certificates_and_an_import_are_there_to_be_seen(inside):
    ends = list(inside.scalars(select(Certificate.valid_to)))
    [imported] = inside.scalars(select(ImportJob)).all()
    held = Counter(inside.scalars(select(StaffMember.post).where(StaffMember.state == ON_POST)))

    assert held[PROJECT_MANAGER] == held[LABOUR_MANAGER] == 6
    assert min(ends) < clock.today() < max(ends)
    assert (imported.state, imported.imported, imported.failed) == (
        ImportState.PARTLY, plan.IMPORTED, plan.MISTAKEN,
    )  # fmt: skip


def test_there_are_a_few_warnings_of_each_rule(inside):
    found = Counter(inside.scalars(select(Alert.rule_code)))

    assert found.keys() >= {"PERS-001", "ATT-001", "WAGE-001", "EVT-001"}
    assert all(2 <= number <= 60 for number in found.values()), found


def test_punches_came_by_interface_through_registered_gates(inside):
    rows = inside.execute(select(Punch.source, Punch.channel_known))
    found = {(row.source, row.channel_known) for row in rows}

    assert ("api", True) in found
    assert [one for one in found if one[0] == "system" or not one[1]] == []


def test_the_next_team_gets_a_number_of_its_own(inside):
    taken = set(inside.scalars(select(Team.team_no)))

    assert team_numbers(1)[0] not in taken


def test_articles_are_found_by_what_their_text_says(inside):
    found = inside.query(Article.title).filter(Article.body_text.contains("工资专用账户")).all()

    assert [title for (title,) in found] == ["《保障农民工工资支付条例》要点"]


def test_projects_stand_in_different_states(inside):
    assert len(set(inside.scalars(select(Project.state)))) >= 3
    assert inside.scalar(select(func.count()).select_from(Project)) == 4
    assert min(Counter(inside.scalars(select(Enterprise.enterprise_type))).values()) >= 3


@pytest.mark.parametrize("name", ACCOUNTS)
def test_everybody_can_sign_in(made, name):
    app, facts = made
    app.config["WTF_CSRF_ENABLED"] = False

    answer = app.test_client().post("/login/", data=facts["accounts"][name])

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
