"""Permits: several to a project, each number once in the city."""

from datetime import date
from decimal import Decimal

import pytest

from app.core import scope
from app.core.errors import Refusal
from app.projects import queries, services
from app.projects.choices import ProjectState
from app.projects.errors import KeyTaken, PermitTaken, ProjectLocked
from tests.factories import enterprises
from tests.factories import projects as make


@pytest.fixture
def draft(builder):
    """A draft of the general contractor."""
    return make.project(builder, state=ProjectState.DRAFT)


@pytest.fixture
def owner(draft, builder, principal):
    """The general contractor with the draft in scope."""
    return principal(enterprises.admin(builder))


def test_a_project_has_several_permits(draft, owner):
    with scope.act_as(owner):
        for _n in range(2):
            services.add_permit(draft, make.permit_values(owner.user_id), actor=owner)
        assert len(queries.permits(draft)) == 2


def test_a_permit_number_stands_once_in_the_city_however_it_is_written(draft, owner):
    with scope.act_as(owner):
        first = services.add_permit(draft, make.permit_values(owner.user_id), actor=owner)
    far = make.project(enterprises.enterprise(), district="440781", state=ProjectState.DRAFT)
    same = "\uff14" + first.permit_no[1:] + " "

    with pytest.raises(PermitTaken) as refused:
        services.add_permit(far, make.permit_values(permit_no=same), actor=scope.SYSTEM)
    assert refused.value.field == "permit_no"


def test_a_removed_or_renumbered_permit_frees_its_number(draft, owner):
    with scope.act_as(owner):
        first = services.add_permit(draft, make.permit_values(owner.user_id), actor=owner)
        number = first.permit_no
        services.change_permit(first, {"permit_no": "440703209901010101"}, actor=owner)
        again = services.add_permit(
            draft, make.permit_values(owner.user_id, permit_no=number), actor=owner
        )
        services.remove_permit(again, actor=owner)
        assert services.add_permit(
            draft, make.permit_values(owner.user_id, permit_no=number), actor=owner
        )


def test_approved_projects_take_permits_only_as_a_change(builder, principal):
    live = make.project(builder)
    actor = principal(enterprises.admin(builder))
    with scope.act_as(actor), pytest.raises(ProjectLocked):
        services.add_permit(live, make.permit_values(actor.user_id), actor=actor)


def test_a_permit_cannot_end_before_it_was_issued(draft):
    with pytest.raises(Refusal) as refused:
        services.add_permit(
            draft, make.permit_values(valid_to=date(2025, 1, 1)), actor=scope.SYSTEM
        )
    assert refused.value.field == "valid_to"


def test_another_price_than_the_projects_only_warns(draft):
    odd = services.add_permit(
        draft, make.permit_values(contract_amount=Decimal(7000)), actor=scope.SYSTEM
    )
    same = services.add_permit(
        draft, make.permit_values(contract_amount=draft.contract_amount), actor=scope.SYSTEM
    )
    assert len(services.permit_warnings(odd, draft)) == 1
    assert services.permit_warnings(same, draft) == []


def test_a_city_key_may_be_claimed_again_by_its_own_row(work):
    services.claim_city_key("thing", "A 1", 1, 2)
    services.claim_city_key("thing", "a1", 1, 2)
    services.claim_city_key("other", "a1", 3, 4)
    with pytest.raises(KeyTaken):
        services.claim_city_key("thing", "Ａ1", 1, 3)
