"""What the answer to a number writes into the form, in a real browser (screens.md 8.2)."""

from types import SimpleNamespace

import pytest

from app.core import dictionaries
from tests.chromium import HOME, launched, serve
from tests.factories import people, roster
from tests.roster.conftest import build


@pytest.fixture
def page():
    with launched() as browser:
        yield browser.new_page(viewport={"width": 1366, "height": 900})


@pytest.fixture
def form(page, system, signed_in):
    """The form of a general contractor at a browser; two persons are known in the city."""
    with system() as session:
        city = build()
        known, other = roster.worker(city.far_team), roster.worker(city.far_team)
        session.commit()
        facts = SimpleNamespace(
            name=known.name, number=known.id_number, other_name=other.name,
            other_number=other.id_number, page=page, main=city.main.id, team=city.main_team.id,
        )  # fmt: skip
        user, project = city.firm_user, city.project.id
    client = signed_in(user)
    with client.session_transaction() as session:
        session["project_id"] = project
    serve(page, client)
    page.goto(f"{HOME}/workerview/add")
    return facts


def value(form, name):
    return form.page.locator(f"[name={name}]").input_value()


def type_number(form, number):
    """Type a number and stay in the field until its answer is there."""
    with form.page.expect_response("**/workerview/answer*"):
        form.page.locator("[name=id_number]").fill(number)
    form.page.wait_for_timeout(100)


def test_a_known_number_fills_what_is_empty_and_follows_the_next_number(form):
    type_number(form, form.number)
    assert value(form, "name") == form.name

    type_number(form, form.other_number)
    assert value(form, "name") == form.other_name

    fresh = people.person()
    type_number(form, fresh.id_number)
    assert value(form, "name") == ""
    assert value(form, "sex") == fresh.sex


def test_a_name_typed_before_the_number_stays_and_the_conflict_is_told(form):
    form.page.locator("[name=name]").fill("李代桃")
    type_number(form, form.number)

    assert value(form, "name") == "李代桃"
    told = form.page.locator(".answer p.amber").filter(has_text="李代桃").inner_text()
    assert form.name in told


def test_the_empty_field_one_went_on_to_is_filled_as_well(form):
    with form.page.expect_response("**/workerview/answer*"):
        form.page.locator("[name=id_number]").fill(form.number)
        form.page.locator("[name=name]").focus()
    form.page.wait_for_timeout(100)

    assert value(form, "name") == form.name


def test_a_refused_form_comes_back_with_the_name_that_was_typed(form):
    form.page.locator("[name=name]").fill("李代桃")
    type_number(form, form.number)
    with form.page.expect_response("**/workerview/answer*"):
        form.page.evaluate("document.querySelector('[name=id_number]').form.submit()")
    form.page.wait_for_timeout(100)

    assert form.page.locator("#error-summary").count() == 1
    assert value(form, "name") == "李代桃"


def test_a_trade_taken_from_a_team_follows_the_next_team_and_a_chosen_one_stays(form, system):
    with system() as session:
        from app.projects.models import ProjectUnit

        unit = session.get(ProjectUnit, form.main)
        first, second = roster.team(unit, work_type="020"), roster.team(unit, work_type="010")
        session.commit()
        teams = [(first.id, first.name), (second.id, second.name)]

    def choose(number, name):
        with form.page.expect_response("**/workerview/team_answer*"):
            form.page.evaluate(
                """([id, name]) => { const one = document.querySelector("[name=team_id]");
                one.append(new Option(name, id)); one.value = id;
                one.dispatchEvent(new Event("change", { bubbles: true })); }""",
                [number, name],
            )
        form.page.wait_for_timeout(100)

    seen = []
    for team in teams:
        choose(*team)
        seen.append(value(form, "work_type"))
    assert seen == ["020", "010"]
    form.page.evaluate(
        """(text) => { const one = document.querySelector("[name=work_type]");
        one.append(new Option(text, "030")); one.value = "030";
        one.dispatchEvent(new Event("change", { bubbles: true })); }""",
        dictionaries.label("work_type", "030"),
    )
    choose(*teams[0])
    assert value(form, "work_type") == "030"
