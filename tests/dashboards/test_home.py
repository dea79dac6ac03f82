"""The first page of each role."""

from datetime import timedelta

import pytest

from app.core import clock, scope
from app.identity import services as identity
from tests.factories import enterprises, projects, roster, wages
from tests.factories.guides import article


def _account(who):
    if who == "contractor":
        return enterprises.admin(enterprises.enterprise())
    if who == "official":
        return enterprises.official()
    return identity.open_account(
        username="technician", name="系统管理员", audience=scope.Audience.LOGIN, role="sys_admin",
        password_hash=identity.hashed(enterprises.PASSWORD),
    )  # fmt: skip


@pytest.mark.parametrize("who", ["contractor", "official", "administrator"])
def test_home_opens_for_everybody(system, signed_in, who):
    with system():
        article(title="关于高温停工的通知")
        number = _account(who)
    page = signed_in(number).get("/")
    assert page.status_code == 200
    assert ("关于高温停工的通知" in page.text) is (who != "administrator")
    assert "%%" not in page.text


def test_the_home_of_a_contractor_shows_the_wages_due(system, signed_in):
    with system():
        firm = enterprises.enterprise()
        worker = roster.worker(roster.team(projects.general_contractor_unit(
            projects.project(firm))))  # fmt: skip
        last = clock.today().replace(day=1) - timedelta(days=1)
        wages.payroll([worker], f"{last:%Y-%m}")
        user = enterprises.admin(firm)
    page = signed_in(user).get("/").text

    assert "本月应发" in page
    assert "6,000.00" in page
