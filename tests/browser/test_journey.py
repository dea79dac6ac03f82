"""The journey of three contractors and two officials, by the Chinese words on the screens.

One city, empty at first; the tests run in this order and each goes on where the former ended.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.acts import attendance, enterprise, oversight, projects, registration, roster
from tests.browser.city import City
from tests.browser.seats import seats

OTHER_TEAM = "木工一班"


@pytest.fixture(scope="module")
def city(chromium: Browser, server: Any, shots: Path) -> Iterator[City]:
    """Give the city everybody walks through."""
    with seats(chromium, server) as seat:
        yield City(server, seat, shots)


@pytest.fixture(autouse=True)
def nothing_left_the_site(city: City) -> Iterator[None]:
    """After every part: no request left the site and no script broke."""
    yield
    for someone in city.seated.values():
        someone.check()


def own(city: City) -> str:
    """Give the general contractor's name."""
    return city.firms["gc"].name


def worker(city: City, name: str) -> Any:
    """Give an invented person, the same at every call."""
    return city.notes.setdefault(name, city.people.person())


def test_officials_change_the_first_password_they_were_given(city):
    for who, name, role, district in (
        ("shi", "市管理员", "city_admin", []),
        ("qu", "区审核员", "district_reviewer", ["--district", "440703"]),
    ):  # fmt: skip
        printed = city.server.flask(
            "open-account", "--username", who, "--name", name, "--role", role, *district
        )
        registration.choose_password(city, who, printed.split()[-1])


def test_three_contractors_register_with_their_papers(city):
    for who in ("gc", "prof", "labour"):
        registration.register(city, who)

    registration.look_up(city, "gc", "待审核")


def test_a_returned_registration_is_corrected_where_it_is_marked(city):
    registration.send_back(city, "prof")

    registration.correct(city, "prof")


def test_an_approved_registration_opens_the_account(city):
    for who in ("gc", "prof", "labour"):
        registration.approve(city, who)

    registration.look_up(city, "labour", "已通过")
    for who in ("gc", "prof", "labour"):
        registration.signed_in(city, who)


def test_only_the_general_contractor_applies_for_a_project(city):
    registration.cannot_apply(city, "labour")

    projects.apply(city)


def test_the_page_of_a_project_names_its_participants_and_what_is_missing(city):
    projects.participants(city)

    projects.lacks(city, "施工许可证", "设置接口")


def test_invited_units_accept_or_decline(city):
    projects.invite(city, "prof", "专业分包单位")
    projects.invite(city, "labour", "劳务分包单位")

    projects.answer_invitation(city, "labour", "接受")
    projects.answer_invitation(city, "prof", "拒绝")


def test_permits_and_interface_complete_a_project(city):
    projects.add_permit(city, "440703202601250101")
    projects.add_permit(city, "440703202601250201")

    projects.set_up_interface(city)


def test_a_confirmed_project_is_reviewed_and_begins(city):
    for name in (projects.PROJECT, projects.SECOND):
        if name == projects.SECOND:
            projects.apply(city, name)
        projects.confirm_project(city, name)
        projects.pass_project(city, name)
        projects.start(city, name)


def test_teams_and_workers_are_entered(city):
    roster.enter(city, "gc")
    roster.add_team(city, "gc", own(city))
    roster.add_quickly(city, "gc", own(city), worker(city, "quick"))
    roster.add_fully(city, "gc", own(city), worker(city, "whole"))


def test_a_subcontractor_keeps_its_own_people(city):
    name = city.firms["labour"].name
    roster.enter(city, "labour")
    roster.add_team(city, "labour", name, "抹灰一班")
    roster.add_quickly(city, "labour", name, worker(city, "labourer"), "抹灰一班")

    roster.does_not_see(city, "labour", worker(city, "whole").name)


def test_a_manager_with_a_login_sees_only_his_project(city):
    first = roster.complete_manager(city, own(city), "jm_manager")

    roster.as_manager(city, "jm_manager", first, projects.SECOND)


def test_corrections_of_attendance_count_in_the_report(city):
    people = [worker(city, "quick"), worker(city, "whole")]
    attendance.correct(city, people)

    attendance.report_shows(city, people)


def test_somebody_of_an_incident_raises_a_warning_when_he_joins_again(city):
    person = worker(city, "quick")
    oversight.record_incident(city, own(city), person)
    oversight.verify_incident(city)

    roster.enter(city, "gc", projects.SECOND)
    roster.add_team(city, "gc", own(city), OTHER_TEAM)
    oversight.add_again(city, own(city), person, OTHER_TEAM)

    oversight.alert_seen(city, city.firms["gc"].username, person.name)
    oversight.alert_seen(city, "qu", person.name)


def test_a_change_waits_for_its_review_and_the_rest_is_in_force_at_once(city):
    enterprise.change_address(city)

    enterprise.pass_change(city)


def test_an_article_is_read_and_searched_and_nothing_in_it_runs(city):
    enterprise.write_article(city)

    enterprise.read_article(city)


def test_workers_are_imported_from_the_template(city):
    people = [city.people.person() for _one in range(3)]
    enterprise.import_workers(city, OTHER_TEAM, people)

    roster.listed(city, "gc", people)
