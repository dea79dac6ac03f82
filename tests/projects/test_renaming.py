"""Projects and units follow the name and the code of their enterprise."""

import pytest
from sqlalchemy.exc import DBAPIError

from app.core import scope
from app.enterprises import services as enterprise_services
from app.extensions import db
from app.projects import services
from app.projects.choices import ProjectState, UnitState
from tests.factories import enterprises, people
from tests.factories import projects as make


@pytest.fixture
def city(principal):
    """An official of the city office."""
    return principal(enterprises.official("city_admin", district=None))


@pytest.fixture
def renamed(city, principal):
    """Give an enterprise another name: asked for by itself, passed by the city."""

    def rename(firm, name):
        asking = principal(enterprises.admin(firm))
        with scope.act_as(asking):
            change = enterprise_services.request_change(
                firm.id, {"name": name}, actor=asking, reason="工商变更登记",
                proof=[make.stored_file(asking.user_id)],
            )[0]  # fmt: skip
        with scope.act_as(city):
            enterprise_services.approve_change(change, actor=city)

    return rename


@pytest.fixture
def recoded(city):
    """Correct the code of an enterprise as the city does."""

    def correct(firm, code):
        with scope.act_as(city):
            enterprise_services.correct_locked(firm, {"credit_code": code}, "登记有误", actor=city)

    return correct


def test_an_approved_name_reaches_units_and_projects_that_still_run(builder, crew, renamed):
    site = make.project(builder)
    done = make.project(builder, state=ProjectState.ARCHIVED)
    own = make.general_contractor_unit(site)
    own.inviter_name = builder.name
    below = make.unit(site, crew, parent_id=own.id, inviter_name=builder.name)
    former = builder.name
    renamed(builder, "江门市新名建设有限公司")
    renamed(crew, "江门市新名劳务有限公司")

    assert site.general_contractor_name == own.name == "江门市新名建设有限公司"
    assert own.inviter_name == below.inviter_name == "江门市新名建设有限公司"
    assert below.name == "江门市新名劳务有限公司"
    assert done.general_contractor_name == make.general_contractor_unit(done).name == former


def test_a_unit_that_has_left_keeps_the_name_it_was_recorded_with(builder, crew, renamed):
    gone = make.unit(make.project(builder), crew, state=UnitState.EXITED)
    asked_again = make.unit(make.project(builder), crew, state=UnitState.DECLINED)
    former = crew.name
    renamed(crew, "江门市新名劳务有限公司")

    assert gone.name == former
    assert asked_again.name == "江门市新名劳务有限公司"


def test_a_corrected_code_is_that_of_the_units_and_makes_open_forms_stale(builder, crew, recoded):
    unit = make.unit(make.project(builder), crew)
    before, code = unit.row_version, people.credit_code("440703")
    recoded(crew, code)

    assert unit.credit_code == code
    assert unit.row_version > before


def test_an_invitation_that_waited_for_the_corrected_code_reaches_the_enterprise(
    builder, crew, recoded
):
    code = people.credit_code("440703")
    waiting = services.invite_unit(
        make.project(builder), make.subcontract(code), actor=scope.SYSTEM
    )
    recoded(crew, code)

    assert (waiting.enterprise_id, waiting.state) == (crew.id, UnitState.INVITED)


def test_a_code_another_unit_of_the_project_has_is_refused(builder, crew, recoded):
    site = make.project(builder)
    unit, former = make.unit(site, crew), crew.credit_code
    code = people.credit_code("440703")
    make.unit(site, None, state=UnitState.WAITING_REGISTRATION, credit_code=code)

    with pytest.raises(DBAPIError, match="live_credit_code"), db.session.begin_nested():
        recoded(crew, code)
    assert unit.credit_code == crew.credit_code == former
