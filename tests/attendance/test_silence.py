"""班组未打卡: teams half of whose workers stay away (screens.md 8.3, PERS-006 c)."""

from datetime import date, datetime, timedelta

import pytest

from app.attendance.silence import construction_days, silent_teams
from app.core import clock
from app.extensions import db
from app.reference.models import CalendarDay
from app.roster.choices import StayState
from app.roster.models import ProjectWorker
from tests.factories import attendance, enterprises, roster

TODAY = date(2026, 11, 22)
SINCE = date(2026, 11, 19)


@pytest.fixture(autouse=True)
def noon():
    """Stop the clock at noon of 2026-11-22."""
    with clock.frozen(datetime(2026, 11, 22, 12, tzinfo=clock.CHINA)):
        yield


@pytest.fixture
def site(work):
    return attendance.site()


def crew(site, *last_days):
    team = roster.team(site.own_unit)
    for day in last_days:
        at = datetime(2026, 11, day, 18, tzinfo=clock.CHINA) if day else None
        roster.worker(team, last_punch_at=at)
    return team


def shares(site):
    return {one.team.id: one.share for one in silent_teams(site.project, SINCE)}


@pytest.mark.parametrize(
    ("last_days", "share"),
    [
        pytest.param((18, 18, 21, 21), 50, id="half of the team is enough"),
        pytest.param((18, 18, 21, 21, 21), None, id="less than half is not"),
        pytest.param((18, 18), None, id="two workers are no team yet"),
        pytest.param((None, 10, 21), 66, id="who never punched counts from his entry"),
    ],
)
def test_half_of_at_least_three_workers_are_silent(site, last_days, share):
    team = crew(site, *last_days)

    assert shares(site).get(team.id) == share


def test_a_night_belongs_to_the_day_before(site):
    late = datetime(2026, 11, 19, 3, 30, tzinfo=clock.CHINA)
    team = crew(site, 10, 10)
    roster.worker(team, last_punch_at=late)

    assert shares(site) == {team.id: 100}


def test_who_left_or_has_not_come_is_not_counted(site):
    team = crew(site, 18, 21, 21)
    for state in (StayState.EXITED, StayState.DRAFT, StayState.EXPECTED):
        roster.worker(team, state=state)

    assert shares(site) == {}


def test_days_of_a_city_stop_are_no_construction_days(site):
    db.session.add(CalendarDay(day=TODAY - timedelta(days=2), kind="stop", working=False))
    db.session.flush()

    assert construction_days(site.project, TODAY, 3) == [
        TODAY - timedelta(days=n) for n in (1, 3, 4)
    ]


def test_the_page_offers_exit_and_the_telephone_of_the_leader(system, signed_in):
    with system():
        found = attendance.site()
        team = crew(found, 10, 10, 10)
        mobile, number, project = team.leader_mobile, team.id, found.project.id
        silent = sorted(row.id for row in db.session.query(ProjectWorker).filter_by(
            team_id=number))  # fmt: skip
        user = admin_of(found)
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = project
    page = browser.get("/silent-teams/").text

    assert mobile not in page
    assert f"/teamview/unmask/{number}/leader_mobile" in page
    assert "100%" in page
    address = f"/workerview/exit?rows={','.join(map(str, silent))}"
    assert address in page
    assert browser.get(address).status_code == 200
    told = browser.post(f"/teamview/unmask/{number}/leader_mobile", data={"reason": "联系退场"})
    assert told.json["value"] == mobile
    assert "/silent-teams/" in browser.get("/teamview/list/").text


def test_a_stranger_sees_no_team_of_another_project(system, signed_in):
    with system():
        found, other = attendance.site(), attendance.site()
        name = crew(found, 10, 10, 10).name
        user, project = admin_of(other), found.project.id
    browser = signed_in(user)
    with browser.session_transaction() as session:
        session["project_id"] = project

    assert name not in browser.get("/silent-teams/", follow_redirects=True).text


def admin_of(found):
    return enterprises.admin(found.gc)
