"""Fields demanded on a condition are starred while the condition holds (screens.md 0)."""

import re

import pytest
from playwright.sync_api import expect

from app.enterprises.choices import EnterpriseType
from app.projects.models import Project
from tests.chromium import HOME, launched, serve
from tests.factories import enterprises

ADD = "/projects/add"


@pytest.fixture
def contractor(system, signed_in):
    with system():
        user = enterprises.admin(enterprises.enterprise())
    return signed_in(user)


def shown(page, name):
    """Tell whether the star of a field is seen, and whether its control says so."""
    star = re.search(rf'<span class="star"[^>]*data-asked="{name}"([^>]*)>', page)
    control = re.search(rf'<(?:input|select|textarea)[^>]* name="{name}"[^>]*>', page)
    assert star, name
    return "hidden" not in star[1], 'aria-required="true"' in control[0]


@pytest.mark.parametrize(
    ("given", "starred", "bare"),
    [
        ({}, ["owner_credit_code", "supervisor_name"], ["bond_amount", "injury_from"]),
        ({"bond_type": "exempt"}, ["exempt_reason"], ["bond_amount", "bond_file"]),
        ({"bond_type": "bank_guarantee", "injury_insured": "1"},
         ["bond_amount", "injury_to", "insurance_file"], ["exempt_reason"]),
        ({"owner_owner_is_person": "1"}, ["owner_owner_id_number"], ["owner_credit_code"]),
        ({"no_supervisor_reason": "无须监理"}, [], ["supervisor_name"]),
    ],
    ids=["nothing chosen", "exempt", "guaranteed", "natural person", "no supervisor"],
)  # fmt: skip
def test_the_page_stars_what_its_present_values_demand(contractor, given, starred, bare):
    page = contractor.post(ADD, data=given).text

    assert {name: shown(page, name) for name in starred} == dict.fromkeys(starred, (True, True))
    assert {name: shown(page, name) for name in bare} == dict.fromkeys(bare, (False, False))


def test_a_form_is_told_what_it_demands_and_nothing_is_saved(contractor, system):
    data = {"_asked": "1", "name": "不保存", "district_code": "440703", "bond_type": "exempt"}
    answer = contractor.post(ADD, data=data)

    assert answer.is_json
    assert "exempt_reason" in answer.json["required"]
    assert "bond_amount" not in answer.json["required"]
    assert {"bond_type", "owner_owner_is_person", "injury_insured"} <= set(answer.json["reads"])
    assert "name" not in answer.json["reads"]
    with system() as session:
        assert session.query(Project).filter_by(name="不保存").count() == 0


def test_whoever_may_not_send_a_form_is_told_nothing_of_it(system, signed_in):
    with system():
        labour = enterprises.admin(enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR))
    assert signed_in(labour).post(ADD, data={"_asked": "1"}).status_code in (302, 403)


def test_rows_beneath_a_form_are_told_by_their_own_names(client):
    data = {
        "_asked": "1", "qualifications-0-valid_to": "2020-01-01",
        "qualifications-1-valid_to": "2030-01-01",
    }  # fmt: skip
    told = client.post("/register/form/general_contractor", data=data).json

    assert "qualifications-0-extension_reason" in told["required"]
    assert "qualifications-1-extension_reason" not in told["required"]
    assert {"qualifications-0-valid_to", "qualifications-1-valid_to"} <= set(told["reads"])


@pytest.fixture
def page(contractor):
    with launched() as browser:
        made = browser.new_page(viewport={"width": 1366, "height": 768})
        serve(made, contractor)
        yield made


def test_the_star_comes_and_goes_with_the_choice_while_typing(page):
    page.goto(HOME + ADD)
    star = page.locator('.star[data-asked="bond_amount"]')
    expect(star).to_be_hidden()
    page.select_option("#bond_type", "bank_guarantee")
    expect(star).to_be_visible()
    expect(page.locator("#bond_amount")).to_have_attribute("aria-required", "true")
    page.select_option("#bond_type", "exempt")
    expect(star).to_be_hidden()
    expect(page.locator('.star[data-asked="exempt_reason"]')).to_be_visible()
