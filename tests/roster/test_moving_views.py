"""调班组, bulk steps and what stands above their forms, as browsers meet them (8.1 to 8.3)."""

import re
from datetime import date
from io import BytesIO

import pytest

from app.extensions import db
from app.projects.choices import UnitState
from app.projects.models import ProjectUnit
from app.roster.choices import StayState, TeamState
from app.roster.models import Movement, ProjectWorker, Team, TeamMembership
from tests.browser import hands
from tests.factories import roster, wages

MOVE = {"from_on": "2026-11-20", "reason": "工作面调整"}


@pytest.fixture
def firm(city, browse):
    """The general contractor's browser on the project."""
    return browse(city.firm_user, city.project)


@pytest.fixture
def crew(city, made):
    """Give a function that makes workers of the main team."""
    return lambda n, **values: [made(roster.worker, Team, city.main_team, **values)
                                for _one in range(n)]  # fmt: skip


@pytest.fixture
def second(city, system):
    """Another team of the general contractor."""
    with system():
        return roster.team(db.session.get(ProjectUnit, city.main), name="调入班").id


def rows_of(page):
    return re.search(r'name="rows" value="([0-9,]*)"', page).group(1)


def test_ticked_workers_change_their_team_together(city, firm, crew, second, system):
    workers = crew(2)
    asked = firm.post("/workerview/run", data={"action": "reassign", "rowid": workers})
    page = firm.get(asked.headers["Location"]).text
    assert rows_of(page) == ",".join(map(str, workers))

    done = firm.post(asked.headers["Location"],
                     data={**MOVE, "team_id": second, "rows": rows_of(page)})  # fmt: skip

    assert done.status_code == 302
    with system():
        rows = [db.session.get(ProjectWorker, number) for number in workers]
        assert {row.team_id for row in rows} == {second}
        assert db.session.query(TeamMembership).filter_by(team_id=second).count() == 2
    tab = firm.get(f"/workerview/show/{workers[0]}?tab=movements").text
    assert "调入班" in tab
    assert "工作面调整" in tab


def test_the_picker_offers_teams_of_the_same_company(city, firm, crew, second):
    [worker] = crew(1)
    page = firm.get(f"/workerview/reassign?rowid={worker}").text
    address = re.search(r'data-url="(/workerview/lookup/team_id\?[^"]+)"', page).group(1)
    offered = {row["id"] for row in firm.get(address.replace("&amp;", "&")).json["results"]}

    assert offered == {city.main_team, second}


def test_a_refused_change_of_team_writes_nothing_and_loses_nothing(
    city,
    firm,
    crew,
    second,
    system,
):
    [worker] = crew(1)
    page = firm.post(f"/workerview/reassign?rowid={worker}",
                     data={**MOVE, "team_id": second, "from_on": "2027-01-01"}).text  # fmt: skip

    assert "for today or an earlier day" in page
    assert "工作面调整" in page
    with system():
        assert db.session.get(ProjectWorker, worker).team_id == city.main_team


def test_strangers_change_nobodys_team(city, browse, crew, second, system):
    [worker] = crew(1)
    for user, project in ((city.stranger_user, city.elsewhere), (city.sub_user, city.project)):
        browser = browse(user, project)
        assert browser.get(f"/workerview/reassign?rowid={worker}").status_code == 404
        data = {**MOVE, "team_id": second, "rows": str(worker)}
        assert browser.post("/workerview/reassign", data=data).status_code == 404
    with system():
        assert db.session.get(ProjectWorker, worker).team_id == city.main_team


def test_a_step_of_a_filter_names_whom_the_filter_finds(city, firm, crew, system):
    wanted, gone = crew(3), crew(1, state=StayState.EXITED)
    with system():
        roster.worker(db.session.get(Team, city.side_team))
    address = f"/workerview/exit?by=filter&team_id={city.main_team}"
    page = firm.get(address).text
    assert rows_of(page) == ",".join(map(str, wanted))
    data = {"moved_on": "2026-11-20", "reason": "completed", "settled": "0",
            "rows": rows_of(page)}  # fmt: skip

    assert firm.post(address, data=data).status_code == 302

    with system():
        rows = [db.session.get(ProjectWorker, number) for number in wanted + gone]
        assert {row.state for row in rows} == {StayState.EXITED}
        assert db.session.query(ProjectWorker).filter_by(
            team_id=city.side_team, state=StayState.ON_SITE).count() == 1  # fmt: skip


def test_a_step_without_anybody_is_not_found(city, firm):
    assert firm.get("/workerview/exit").status_code == 404
    assert firm.post("/workerview/exit?by=filter", data={"reason": "completed"}).status_code in {
        302, 404,
    }  # fmt: skip
    with_nobody = firm.get("/workerview/exit?by=filter&keyword=nobody", follow_redirects=True)
    assert "Nobody the filter finds" in with_nobody.text


def test_no_more_than_a_large_site_leaves_at_once(city, firm, crew, monkeypatch):
    crew(3)
    monkeypatch.setattr("app.roster.views.moving.MOST", 2)
    page = firm.get("/workerview/exit?by=filter", follow_redirects=True).text

    assert "more than 2 workers: narrow it" in page


@pytest.fixture
def owing(city, crew, system):
    """Two workers of the main team: one of them is owed the wages of October."""
    numbers = crew(2)
    with system():
        wages.payroll([db.session.get(ProjectWorker, numbers[0])], "2026-10")
    return numbers


LEAVING = {"moved_on": "2026-11-20", "reason": "completed", "settled": "0"}


def test_the_form_of_an_exit_shows_what_is_still_owed(city, firm, owing):
    page = firm.get(f"/workerview/exit?rowid={owing[0]}&rowid={owing[1]}").text

    assert "2 workers leave" in page
    assert "1 of them are still owed 6,000.00 yuan" in page
    assert "2026-10" in page


def test_a_team_leaves_with_all_members_and_the_amounts_shown_before(city, firm, owing, system):
    page = firm.get(f"/teamview/exit/{city.main_team}").text
    assert "1 of them are still owed 6,000.00 yuan" in page

    done = firm.post(f"/teamview/exit/{city.main_team}", data=LEAVING)

    assert done.status_code == 302
    with system():
        rows = [db.session.get(ProjectWorker, number) for number in owing]
        assert {(row.state, str(row.exit_on)) for row in rows} == {
            (StayState.EXITED, "2026-11-20"),
        }
        assert db.session.get(Team, city.main_team).state is TeamState.EXITED


def test_wages_declared_settled_and_not_on_record_are_told(firm, owing):
    paper = (BytesIO(hands.scan("结算单")["buffer"]), "结算单.png")
    data = {**LEAVING, "settled": "1", "settlement_file": paper}
    told = firm.post(f"/workerview/exit?rowid={owing[0]}", data=data, follow_redirects=True)

    assert "6,000.00 yuan are not recorded as paid" in told.text


def test_the_exit_of_a_unit_shows_its_teams_first(city, firm):
    page = firm.get(f"/units/leave/{city.side}").text
    assert "Teams that leave" in page


def test_one_failing_row_keeps_the_whole_unit_as_it_was(city, firm, system):
    with system():
        team = db.session.get(Team, city.side_team)
        early = roster.worker(team).id
        late = roster.worker(team, entry_on=date(2026, 11, 21)).id
    data = {"exit_on": "2026-11-20", "exit_reason": "完工"}
    page = firm.post(f"/units/leave/{city.side}", data=data).text

    assert "2026-11-21" in page
    with system():
        rows = [db.session.get(ProjectWorker, number) for number in (early, late)]
        assert {(row.state, row.exit_on) for row in rows} == {(StayState.ON_SITE, None)}
        assert db.session.get(Team, city.side_team).state is TeamState.ON_SITE
        assert db.session.get(ProjectUnit, city.side).state is UnitState.ACCEPTED
        assert not db.session.query(Movement).filter(Movement.worker_id.in_((early, late))).count()


def test_who_cannot_make_a_step_is_named_with_the_way_back(firm, crew, system):
    here, gone = crew(1), crew(1, state=StayState.EXITED)
    with system():
        name = db.session.get(ProjectWorker, gone[0]).name

    page = firm.get(f"/workerview/enter?rowid={gone[0]}", follow_redirects=True).text
    both = firm.get(f"/workerview/exit?rowid={here[0]}&rowid={gone[0]}", follow_redirects=True)

    assert f"{name} cannot make this step" in page
    assert "returns through “Add a worker”" in page
    assert f"{name} cannot make this step" in both.text
