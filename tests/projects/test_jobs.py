"""The nightly expiry of invitations, found and run by its name."""

from datetime import timedelta

from app.core import clock, scope
from app.core.jobs import registry
from app.enterprises.states import REGISTRATION
from app.extensions import db
from app.projects import services
from app.projects.choices import UnitState
from tests.factories import enterprises
from tests.factories import projects as make


def test_the_job_ends_what_is_over_and_may_run_twice(builder, crew):
    site = make.project(builder)
    row = services.invite_unit(site, make.subcontract(crew.credit_code), actor=scope.SYSTEM)
    expire = registry.find("projects.expire_invitations").function
    late = (clock.today() + timedelta(days=16)).isoformat()

    assert expire() == 0
    assert expire(late) == 1
    assert expire(late) == 0
    assert row.state is UnitState.EXPIRED


def test_an_expired_invitation_may_be_sent_again_to_whoever_has_registered_since(builder, work):
    site = make.project(builder)
    firm = enterprises.enterprise(state=enterprises.EnterpriseState.SUBMITTED)
    row = services.invite_unit(site, make.subcontract(firm.credit_code), actor=scope.SYSTEM)
    assert row.state is UnitState.WAITING_REGISTRATION
    make.move(row, "expire")
    REGISTRATION.fire("approve", firm, actor=scope.SYSTEM)
    db.session.flush()

    services.invite_again(row, actor=scope.SYSTEM)

    assert (row.state, row.enterprise_id) == (UnitState.INVITED, firm.id)
    assert row.expires_on == clock.today() + timedelta(days=15)
