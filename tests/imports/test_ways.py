"""Each list whose rows a template brings leads to the card of that template (manual, part 3)."""

import pytest

from tests.factories import enterprises, projects, roster

WAYS = {
    "/workerview/list/": "T3", "/teamview/list/": "T2", "/managerview/list/": "T4",
    "/specialistview/list/": "T4", "/trainings/list/": "T11", "/certificates/list/": "T12",
    "/corrections/list/": "T7", "/attendance/": "T7", "/units/list/": "T1",
}  # fmt: skip


@pytest.fixture
def city(system):
    with system() as session:
        firm = enterprises.enterprise()
        project = projects.project(firm)
        unit = projects.general_contractor_unit(project)
        worker = roster.worker(roster.team(unit))
        found = {"project": project.id, "admin": enterprises.admin(firm), "worker": worker.id}
        session.flush()
    return found


def at(signed_in, user_id, project_id):
    browser = signed_in(user_id)
    with browser.session_transaction() as session:
        session["project_id"] = project_id
    return browser


@pytest.mark.parametrize(("address", "code"), WAYS.items(), ids=WAYS)
def test_a_list_leads_to_the_card_of_its_template(city, signed_in, address, code):
    page = at(signed_in, city["admin"], city["project"]).get(address).text

    assert f'href="/imports/#template-{code}"' in page


def test_exits_contracts_and_units_of_the_project_are_imported_from_where_they_are_kept(
    city, signed_in
):
    clerk = at(signed_in, city["admin"], city["project"])

    assert 'href="/imports/#template-T5"' in clerk.get("/workerview/list/").text
    contract = clerk.get(f"/workerview/show/{city['worker']}?tab=contract").text
    assert 'href="/imports/#template-T6"' in contract
    assert 'href="/imports/#template-T1"' in clerk.get(f"/projects/show/{city['project']}").text


@pytest.mark.parametrize("address", WAYS)
def test_who_may_not_import_sees_no_way_to_it(city, signed_in, system, address):
    with system():
        official = enterprises.official()
    reader = at(signed_in, official, city["project"])

    page = reader.get(address)

    assert page.status_code == 200
    assert "/imports/#template" not in page.text
