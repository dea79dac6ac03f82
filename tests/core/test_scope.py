"""Row-level tenancy: who sees which rows."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.core import scope
from app.extensions import db
from app.identity import principals
from app.identity.models import Account
from app.projects.models import Project, ProjectUnit
from app.roster.models import ProjectWorker
from tests.factories import enterprises, projects, roster


def principal(user_id):
    """Load the principal of an account as a request would."""
    with scope.login_scope("test"):
        return principals.principal_of(db.session.get(Account, user_id))


@pytest.fixture
def two_sites(work):
    """Two general contractors with a project and a worker each."""
    found = []
    for _n in range(2):
        firm = enterprises.enterprise()
        site = projects.project(firm)
        team = roster.team(projects.general_contractor_unit(site))
        found.append((firm, site, roster.worker(team)))
    return found


def test_a_general_contractor_sees_its_own_project_and_no_other(two_sites, work):
    mine = principal(enterprises.admin(two_sites[0][0]))

    with scope.act_as(mine):
        assert [p.id for p in db.session.query(Project)] == [two_sites[0][1].id]
        assert [w.id for w in db.session.query(ProjectWorker)] == [two_sites[0][2].id]


def test_a_subcontractor_sees_its_own_unit_only(two_sites, work):
    _firm, site, _foreign = two_sites[0]
    sub = enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
    unit = projects.unit(site, sub)
    own = roster.worker(roster.team(unit))

    with scope.act_as(principal(enterprises.admin(sub))):
        assert [w.id for w in db.session.query(ProjectWorker)] == [own.id]
        assert [u.id for u in db.session.query(ProjectUnit)] == [unit.id]
        assert [p.id for p in db.session.query(Project)] == [site.id]


def test_a_district_sees_its_own_projects_and_the_city_sees_all(two_sites, work):
    far = projects.project(two_sites[0][0], district="440781")

    with scope.act_as(principal(enterprises.official(district="440781"))):
        assert [p.id for p in db.session.query(Project)] == [far.id]
    with scope.act_as(principal(enterprises.official("city_admin", district=None))):
        assert db.session.query(Project).count() >= 3


def test_nobody_sees_nothing(two_sites, work):
    with scope.act_as(scope.NOBODY), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("select count(*) from project_worker"))


def test_a_foreign_row_cannot_be_changed_by_raw_sql(two_sites, work):
    with scope.act_as(principal(enterprises.admin(two_sites[0][0]))):
        changed = db.session.execute(
            text("update project_worker set remark = 'x' where id = :id"),
            {"id": two_sites[1][2].id},
        )
        assert changed.rowcount == 0


def test_system_scope_returns_to_the_principal_afterwards(two_sites, work):
    with scope.act_as(principal(enterprises.admin(two_sites[0][0]))):
        with scope.system_scope("test") as connection:
            assert connection.scalar(text("select count(*) from project")) >= 2
        assert db.session.scalar(text("select count(*) from project")) == 1
        assert db.session.scalar(text("select current_user")) == "app_tenant"
