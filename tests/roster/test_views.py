"""The screens of the roster as browsers meet them (screens.md 8.1 to 8.4)."""

import re
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from app.core import clock
from app.extensions import db
from app.projects.choices import UnitState
from app.projects.models import Project
from app.roster import events
from app.roster.choices import StayState
from app.roster.models import Certificate, ProjectWorker, StaffMember, Team
from tests.factories import enterprises, people, projects, roster


@pytest.fixture
def firm(city, browse):
    """The general contractor's browser on its project."""
    return browse(city.firm_user, city.project)


@pytest.fixture
def found(system):
    """Give a function that reads rows as plain values."""

    def read(*columns, **where):
        with system() as session:
            return [tuple(row) for row in session.execute(
                select(*columns).filter_by(**where).order_by(columns[0].class_.id)
            )]  # fmt: skip

    return read


def typed(unit, team, **values):
    """Give a worker's form as posted."""
    human = people.person()
    return {
        "unit_id": unit, "team_id": team, "id_type": "01", "id_number": human.id_number,
        "name": human.name, "mobile": human.mobile, "entry_on": "2026-11-22",
        "is_team_leader": "0", **values,
    }  # fmt: skip


def test_the_quick_form_adds_a_worker_and_says_what_is_still_due(firm, city, found):
    page = firm.post("/workerview/quick", data=typed(city.main, city.main_team))
    assert page.status_code == 302
    shown = firm.get(page.location).text

    assert found(ProjectWorker.state, project_id=city.project) == [(StayState.ON_SITE,)]
    assert "2026-11-25" in shown  # 24:00 of the third day


def test_quick_registration_of_a_child_answers_at_once_and_marks_the_row(firm, city, found):
    number = people.identity_number(date(2015, 5, 1), "0", "440703")
    page = firm.post("/workerview/quick", data=typed(city.main, city.main_team, id_number=number))
    shown = firm.get(page.location).text
    listed = firm.get("/workerview/list/").text

    assert found(ProjectWorker.state, project_id=city.project) == [(StayState.ON_SITE,)]
    assert shown.count("under 16 employment is forbidden by law") == 2  # the answer, and the mark
    assert firm.get(page.location).text.count("under 16 employment is forbidden by law") == 1
    assert '11 <span class="badge red">Under 16</span>' in listed


def test_a_juvenile_is_marked_in_amber_and_an_adult_not_at_all(firm, city):
    for day in (date(2009, 5, 1), date(1990, 5, 1)):
        number = people.identity_number(day, "0", "440703")
        firm.post("/workerview/quick", data=typed(city.main, city.main_team, id_number=number))
    listed = firm.get("/workerview/list/").text

    assert listed.count('<span class="badge amber">Under 18</span>') == 1
    assert "Under 16" not in listed


def test_a_team_with_a_child_as_leader_is_told_on_the_next_page(firm, city):
    number = people.identity_number(date(2014, 2, 3), "0", "440703")
    page = firm.post("/teamview/add", data=team_form(city, leader_id_number=number))

    assert "under 16 employment is forbidden by law" in firm.get(page.location).text


def test_the_whole_form_takes_certificates_and_a_card(firm, city, found):
    data = typed(
        city.main, city.main_team, bank_card_no="6222 0210 0111 6245 702", nation="01",
        **{"certificates-0-kind": "1", "certificates-0-number": "T-9",
           "certificates-0-valid_to": "2028-01-01"},
    )  # fmt: skip
    assert firm.post("/workerview/add", data=data).status_code == 302

    assert found(ProjectWorker.bank_card_no, project_id=city.project) == [("6222021001116245702",)]
    assert found(Certificate.number, project_id=city.project) == [("T-9",)]


def test_nothing_typed_is_lost_on_an_error(firm, city, found):
    data = typed(city.main, city.main_team, mobile="12345", address="建设路88号")
    page = firm.post("/workerview/add", data=data)

    assert page.status_code == 200
    assert "建设路88号" in page.text
    assert "error-summary" in page.text
    assert found(ProjectWorker.id, project_id=city.project) == []


@pytest.mark.parametrize(
    ("unit", "team"), [("far", "far_team"), ("main", "far_team"), ("main", "side_team")]
)
def test_posted_units_and_teams_of_others_are_refused(firm, city, found, unit, team):
    data = typed(getattr(city, unit), getattr(city, team))
    page = firm.post("/workerview/quick", data=data)

    assert page.status_code == 200
    assert "error-summary" in page.text
    assert found(ProjectWorker.id, project_id=city.project) == []


def test_a_subcontractor_sees_and_adds_its_own_workers_only(browse, city, made, found):
    own = made(roster.worker, Team, city.side_team)
    foreign = made(roster.worker, Team, city.main_team)
    sub = browse(city.sub_user, city.project)
    shown = sub.get("/workerview/list/").text

    assert f"/workerview/show/{own}" in shown
    assert f"/workerview/show/{foreign}" not in shown
    assert sub.post("/workerview/quick", data=typed(city.main, city.main_team)).status_code == 200
    assert found(ProjectWorker.id, project_id=city.project) == [(own,), (foreign,)]


ROUTES = (
    "/workerview/show/{0}", "/workerview/edit/{0}", "/workerview/exit?rowid={0}",
    "/workerview/enter?rowid={0}",
)  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("user", ["sub_user", "stranger_user"])
def test_a_foreign_worker_does_not_exist_by_any_route(browse, city, made, route, user):
    foreign = made(roster.worker, Team, city.main_team)
    browser = browse(getattr(city, user), city.project)

    assert browser.get(route.format(foreign)).status_code == 404
    assert browser.post(route.format(foreign), data={}).status_code in (404, 405)


def test_foreign_workers_cannot_be_ticked_exported_or_unmasked(browse, city, made, found):
    foreign = made(roster.worker, Team, city.main_team, name="别家工人")
    sub = browse(city.sub_user, city.project)
    ticked = {"action": "exit", "rowid": [str(foreign)]}

    assert sub.post("/workerview/run", data=ticked).status_code == 404
    assert "别家工人".encode() not in sub.get("/workerview/export/").data
    assert sub.post(
        f"/workerview/unmask/{foreign}/id_number", data={"reason": "just curious"}
    ).status_code == 404  # fmt: skip
    assert found(ProjectWorker.state, id=foreign) == [(StayState.ON_SITE,)]


def test_pickers_offer_own_units_and_their_teams_only(browse, city):
    sub = browse(city.sub_user, city.project)
    units = {row["id"] for row in sub.get("/workerview/lookup/unit_id").json["results"]}
    teams = {
        row["id"]
        for unit in (city.side, city.main, city.far)
        for row in sub.get(f"/workerview/lookup/team_id?unit_id={unit}").json["results"]
    }

    assert units == {city.side}
    assert teams == {city.side_team}


def test_only_units_that_employ_are_offered_for_teams_and_workers(firm, city, system, found):
    with system() as session:
        project = session.get(Project, city.project)
        supervisor = projects.unit(project, None, role="007", state=UnitState.REGISTERED).id

    def offered(view):
        return {row["id"] for row in firm.get(f"/{view}/lookup/unit_id").json["results"]}

    assert offered("workerview") == offered("teamview") == {city.main, city.side}
    assert offered("managerview") == {city.main, city.side, supervisor}
    anything = firm.get("/workerview/lookup/unit_id?any=1").json["results"]
    assert {row["id"] for row in anything} == {city.main, city.side, supervisor}  # a filter
    assert "/workerview/lookup/unit_id?any=1" in firm.get("/workerview/list/").text
    page = firm.post("/teamview/add", data=team_form(city, unit_id=supervisor, name="监理班"))
    assert "unit_id-error" in page.text
    assert found(Team.id, name="监理班") == []


def test_without_a_unit_no_team_is_offered(firm):
    assert firm.get("/workerview/lookup/team_id").json["results"] == []


def test_a_contractor_without_a_project_is_led_to_the_choice(browse, city):
    page = browse(city.firm_user).get("/workerview/list/")

    assert (page.status_code, page.location) == (302, "/sites/list/")


def test_a_clerk_and_a_reader_get_no_further_than_their_rights(browse, city, system, made):
    official = None
    with system():
        official = enterprises.official("district_reviewer", district="440703")
    worker = made(roster.worker, Team, city.main_team)
    browser = browse(official)

    assert browser.get(f"/workerview/show/{worker}").status_code == 200
    for route in ("/workerview/add", "/workerview/quick", f"/workerview/exit?rowid={worker}"):
        assert browser.get(route).status_code in (302, 403)
        assert "/workerview" not in (browser.get(route).location or "")


# --- answers while typing -------------------------------------------------------------------


def ask(browser, number, **more):
    return browser.post("/workerview/answer", data={"value": number, "id_type": "01", **more}).json


def test_a_number_answers_with_sex_birth_and_age(firm):
    number = people.identity_number(date(1990, 5, 6), "1", "440703")
    answer = ask(firm, number)

    assert answer["ok"] is True
    assert answer["fill"] == {
        "sex": "1", "birth_on": "1990-05-06", "nationality": {"id": "CN", "text": "China"},
    }  # fmt: skip
    assert "36" in answer["lines"][0]["text"]


def test_a_wrong_check_digit_is_told_without_inviting_to_change_it(firm):
    number = people.identity_number(date(1990, 5, 6), "1", "440703")
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    answer = ask(firm, wrong)

    assert answer["ok"] is False
    assert "compare every digit" in answer["lines"][0]["text"]


@pytest.mark.parametrize(
    ("born", "sex", "trade", "level"),
    [
        pytest.param(date(2010, 12, 5), "0", "020", "error", id="fifteen years are forbidden"),
        pytest.param(date(2010, 11, 21), "0", "020", "warn", id="sixteen may not do all work"),
        pytest.param(date(2008, 11, 20), "0", "020", None, id="eighteen may"),
        pytest.param(date(1967, 1, 5), "0", "010", None, id="a man of 59"),
        pytest.param(date(1966, 3, 10), "0", "010", "warn", id="a man of 60"),
        pytest.param(date(1974, 6, 1), "1", "010", None, id="a woman of 52"),
        pytest.param(date(1971, 6, 1), "1", "010", "warn", id="a woman of 55"),
        pytest.param(date(1969, 6, 1), "0", "030", "warn", id="a scaffolder of 57"),
    ],
)
def test_age_is_held_against_the_limits(firm, born, sex, trade, level):
    number = people.identity_number(born, sex, "440703")
    levels = [line["level"] for line in ask(firm, number, work_type=trade)["lines"]]

    assert levels == ["ok", *([level] if level else [])]


def test_a_region_nobody_lists_is_only_a_hint(firm):
    number = people.identity_number(date(1990, 5, 6), "1", "449999")
    answer = ask(firm, number)

    assert answer["ok"] is True
    assert [line["level"] for line in answer["lines"]] == ["ok", "warn"]


def number_of(system, worker):
    with system() as session:
        return session.get(ProjectWorker, worker).id_number


def test_stays_here_and_elsewhere_are_told(firm, city, made, system):
    here = number_of(system, made(roster.worker, Team, city.main_team))
    past = number_of(system, made(
        roster.worker, Team, city.main_team, state=StayState.EXITED, exit_on=date(2026, 5, 1)
    ))  # fmt: skip
    far = number_of(system, made(roster.worker, Team, city.far_team))

    assert ask(firm, here)["ok"] is False
    assert "2026-05-01" in ask(firm, past)["lines"][-1]["text"]
    assert city.elsewhere_name in ask(firm, far)["lines"][-1]["text"]
    assert ask(firm, far)["ok"] is True


def test_an_incident_stands_in_the_answer_and_asks_for_a_reason(firm, city, found):
    events.joining.connect(
        receiver := lambda **_facts: [{"level": "warn", "text": "闹事 2025-01-18"}]
    )
    try:
        data = typed(city.main, city.main_team)
        lines = ask(firm, data["id_number"])["lines"]
        first = firm.post("/workerview/quick", data=data)
        second = firm.post("/workerview/quick", data={**data, "join_reason": "已调解"})
    finally:
        events.joining.receivers.remove(receiver)

    assert lines[-2] == {"level": "warn", "text": "闹事 2025-01-18"}
    assert (first.status_code, second.status_code) == (200, 302)
    assert found(ProjectWorker.join_reason, project_id=city.project) == [("已调解",)]


def test_typing_is_answered_only_to_those_who_may_add(browse, city, system):
    with system():
        official = enterprises.official()

    answer = browse(official, city.project).post("/workerview/answer", data={"value": "1"})
    assert answer.status_code in (302, 403)
    assert answer.json is None


# --- edit, exit -----------------------------------------------------------------------------


def version(system, worker):
    with system() as session:
        return session.get(ProjectWorker, worker).row_version


def test_a_second_tab_saves_no_stale_form(firm, city, made, system, found):
    worker = made(roster.worker, Team, city.main_team)
    old = version(system, worker)
    data = {"mobile": "13800138000", "entry_on": "2026-03-01", "is_team_leader": "0"}
    first = firm.post(f"/workerview/edit/{worker}", data={**data, "row_version": old})
    second = firm.post(
        f"/workerview/edit/{worker}", data={**data, "mobile": "13900139000", "row_version": old}
    )

    assert (first.status_code, second.status_code) == (302, 200)
    assert found(ProjectWorker.mobile, id=worker) == [("13800138000",)]


def test_ticked_workers_leave_together(firm, city, made, found):
    numbers = [made(roster.worker, Team, city.main_team) for _n in range(2)]
    ticked = {"action": "exit", "rowid": [str(n) for n in numbers]}
    page = firm.post("/workerview/run", data=ticked)
    form = firm.get(page.location)
    data = {"moved_on": "2026-11-20", "reason": "completed", "settled": "0"}
    assert form.status_code == 200
    assert firm.post(page.location, data=data).status_code == 302

    assert found(ProjectWorker.state, project_id=city.project) == [(StayState.EXITED,)] * 2


def test_an_exit_without_a_reason_is_shown_again(firm, city, made, found):
    worker = made(roster.worker, Team, city.main_team)
    page = firm.post(f"/workerview/exit?rowid={worker}", data={"moved_on": "2026-11-20"})

    assert page.status_code == 200
    assert "error-summary" in page.text
    assert found(ProjectWorker.state, id=worker) == [(StayState.ON_SITE,)]


def control(page, name):
    """Give the block of a field, from its label to its control."""
    before, after = page.split(f'name="{name}"', 1)
    return before.rsplit('class="field', 1)[1] + after.split(">", 1)[0]


def test_the_form_of_an_exit_marks_what_its_service_asks_for(firm, city, made):
    worker = made(roster.worker, Team, city.main_team)
    for page in (f"/workerview/exit?rowid={worker}", f"/teamview/exit/{city.main_team}"):
        text = firm.get(page).text
        for name in ("reason", "settled"):
            assert 'class="star"' in control(text, name)
        assert 'class="star"' not in control(text, "voucher")


def test_one_mans_entry_is_told_with_his_name(firm, city, made):
    waiting = made(
        roster.worker,
        Team,
        city.main_team,
        state=StayState.EXPECTED,
        entry_on=date(2026, 12, 1),
        name="何进场",
    )
    url = f"/workerview/enter?rowid={waiting}"
    answer = firm.post(url, data={"moved_on": "2026-11-20"}, follow_redirects=True)

    assert "何进场" in answer.text.split('class="flash')[1].split("</")[0]


def test_one_save_tells_format_dates_card_and_account_together(firm, city):
    card = "6222021001116245702"
    owner = typed(city.main, city.main_team, bank_card_no=card)
    assert firm.post("/workerview/add", data=owner).status_code == 302
    wrong = typed(
        city.main, city.main_team, entry_on="2027-02-01", contract_from="2026-11-01",
        contract_to="2026-10-01", bank_card_no=card, bank_account_name="别人的名字",
    )  # fmt: skip
    told = {"entry_on", "contract_to", "bank_card_no", "bank_account_name"}
    first = firm.post("/workerview/add", data={**wrong, "mobile": "1"}).text
    second = firm.post("/workerview/add", data=wrong).text

    assert set(re.findall(r'<li><a href="#(\w+)">', first)) == {"mobile", *told}
    assert set(re.findall(r'<li><a href="#(\w+)">', second)) == told


def test_quick_registration_and_an_edit_tell_everything_at_once_too(firm, city, made):
    wrong = typed(city.main, city.main_team, mobile="1", entry_on="2027-02-01")
    quick = firm.post("/workerview/quick", data=wrong).text
    stay = made(roster.worker, Team, city.main_team)
    changed = {"mobile": "1", "contract_from": "2026-11-01", "contract_to": "2026-10-01"}
    edit = firm.post(f"/workerview/edit/{stay}", data=changed).text

    assert {"mobile", "entry_on"} <= set(re.findall(r'<li><a href="#(\w+)">', quick))
    assert {"mobile", "contract_to"} <= set(re.findall(r'<li><a href="#(\w+)">', edit))


def test_three_days_are_named_where_the_value_is_due_from_this_person(firm, city):
    fresh = firm.get("/workerview/add").text
    foreigner = typed(city.main, city.main_team, id_type="20", mobile="1")
    back = firm.post("/workerview/add", data=foreigner).text

    assert 'data-asked="work_permit_no" hidden' in control(fresh, "work_permit_no")
    assert 'class="later">' in control(fresh, "address")
    assert 'class="later" data-asked="work_permit_no">' in control(back, "work_permit_no")


@pytest.mark.parametrize("tab", ["", "contract", "training", "movements"])
def test_every_tab_of_a_worker_opens(firm, city, made, tab):
    worker = made(roster.worker, Team, city.main_team)

    assert firm.get(f"/workerview/show/{worker}?tab={tab}").status_code == 200


def test_a_waiting_worker_is_withdrawn_at_once_but_no_bare_exit_is_taken(firm, city, made, found):
    waiting = made(
        roster.worker, Team, city.main_team, state=StayState.EXPECTED, entry_on=date(2026, 12, 1)
    )
    there = made(roster.worker, Team, city.main_team)

    assert firm.post(f"/workerview/move/withdraw/{waiting}").status_code == 302
    assert firm.post(f"/workerview/move/exit/{there}").status_code == 409
    assert found(ProjectWorker.state, id=waiting) == [(StayState.DRAFT,)]
    assert found(ProjectWorker.state, id=there) == [(StayState.ON_SITE,)]


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("incomplete=1", False), ("conflicted=0", True), ("lacking=contract", True),
        ("unpunched=15", True), ("over_age=1", False), ("state=ON_SITE", True),
        ("work_type=020", True), ("work_type=' or 1=1 --", False), ("unpunched=x", True),
        ("entry_on__from=2026-03-01&entry_on__to=2026-03-01", True),
        ("entry_on__from=2026-03-02", False), ("keyword=查得到", True), ("keyword=查不到", False),
        ("lacking=card", True), ("lacking=contract&lacking=training", True),
        ("lacking=contract&lacking=nothing", True), ("over_age=x", True),
        ("lacking=contract&state=ON_SITE&work_type=020&keyword=查得到", True),
        ("lacking=contract&state=EXITED", False), ("lacking=contract&incomplete=1", False),
    ],
)  # fmt: skip
def test_filters_find_what_they_name(firm, city, made, query, hit):
    worker = made(roster.worker, Team, city.main_team, name="查得到")
    page = firm.get(f"/workerview/list/?{query}")

    assert page.status_code == 200
    assert (f"/workerview/show/{worker}" in page.text) is hit


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        pytest.param((date(2026, 10, 20), None), "15", id="never punched: from the entry"),
        pytest.param((date(2026, 11, 20), None), "1", id="entered two days ago"),
        pytest.param((date(2026, 11, 22), None), "", id="entered today"),
        pytest.param((date(2026, 3, 1), "2026-11-19 23:50"), "3", id="days count, not hours"),
        pytest.param((date(2026, 3, 1), "2026-11-20 02:00"), "3", id="a night is the day before"),
        pytest.param((date(2026, 3, 1), "2026-11-22 04:00"), "", id="punched today"),
    ],
)
def test_who_has_not_punched_for_days(firm, city, made, facts, found):
    entered, punched = facts
    last = datetime.fromisoformat(punched).replace(tzinfo=clock.CHINA) if punched else None
    worker = made(roster.worker, Team, city.main_team, entry_on=entered, last_punch_at=last)
    days = ("1", "3", "7", "15")
    hits = [
        n
        for n in days
        if f"/workerview/show/{worker}" in firm.get(f"/workerview/list/?unpunched={n}").text
    ]

    assert hits == [n for n in days if found and int(n) <= int(found)]


def test_several_marks_of_lacking_find_who_lacks_them_all(firm, city, made):
    team = Team, city.main_team
    card = {"bank_card_no": "6222020200112345678"}
    both, card_only = made(roster.worker, *team), made(roster.worker, *team, **card)

    page = firm.get("/workerview/list/?lacking=contract&lacking=card").text

    assert f"/workerview/show/{both}" in page
    assert f"/workerview/show/{card_only}" not in page
    assert page.count('name="lacking"') == 4
    assert 'name="lacking" value="card" checked' in page
    assert 'name="lacking" value="training" checked' not in page


def test_the_tabs_count_what_waits_in_the_project_and_keep_the_other_filters(firm, city, made):
    team = Team, city.main_team
    for _n in range(2):
        made(roster.worker, *team, incomplete=True)
    made(roster.worker, *team, state=StayState.EXPECTED)
    made(roster.worker, Team, city.far_team, incomplete=True)

    page = firm.get("/workerview/list/?lacking=contract&incomplete=1").text

    tabs = re.findall(r'<a href="([^"]*)"( aria-current="page")?>([^<]*?)(?: <span class="count">'
                      r"(\d+)</span>)?</a>", page[page.index('class="tabs"') :])  # fmt: skip
    assert [(word.strip(), number) for _url, _here, word, number in tabs[:4]] == [
        ("All", ""), ("Expected", "1"), ("To be completed", "2"), ("Data conflict", "0"),
    ]  # fmt: skip
    assert [bool(here) for _url, here, _word, _number in tabs[:4]] == [False, False, True, False]
    assert tabs[0][0] == "/workerview/list/?lacking=contract"
    assert "state=EXPECTED" in tabs[1][0]
    assert "incomplete" not in tabs[1][0]
    # 更多筛选 is unfolded for what no tab stands for
    assert re.search(
        r'<details class="more-filters[^>]* open>.*?<span class="count">1<', page, re.DOTALL
    )


def test_a_whole_number_finds_its_worker_and_is_shown_masked(firm, city, made, system):
    worker = made(roster.worker, Team, city.main_team)
    number = number_of(system, worker)
    page = firm.get("/workerview/list/", query_string={"keyword": number}).text

    assert f"/workerview/show/{worker}" in page
    table = page[page.index("<tbody") : page.index("</tbody>")]
    assert "****" in table
    for asked in (f'value="{number}"', f"keyword={number}", f"keyword%3D{number}"):
        page = page.replace(asked, "")
    assert number not in page


# --- teams and staff ------------------------------------------------------------------------


def team_form(city, **values):
    leader = people.person()
    return {
        "unit_id": city.main, "work_type": "020", "name": "钢筋九班", "leader_name": leader.name,
        "leader_id_type": "01", "leader_id_number": leader.id_number,
        "leader_mobile": leader.mobile, "entry_on": "2026-03-01", **values,
    }  # fmt: skip


def test_a_team_is_added_shown_edited_and_leaves(firm, city, found):
    page = firm.post("/teamview/add", data=team_form(city))
    number = page.location.rsplit("/", 1)[1]
    shown, edited = firm.get(page.location), firm.get(f"/teamview/edit/{number}")
    left = firm.post(
        f"/teamview/exit/{number}",
        data={"moved_on": "2026-11-20", "reason": "completed", "settled": "0"},
    )

    assert (shown.status_code, edited.status_code, left.status_code) == (200, 200, 302)
    assert firm.get(f"/teamview/show/{number}?tab=members").status_code == 200
    assert found(Team.exit_on, name="钢筋九班") == [(date(2026, 11, 20),)]


def test_a_team_of_another_enterprises_unit_is_not_added(firm, city, found):
    page = firm.post("/teamview/add", data=team_form(city, unit_id=city.far))

    assert page.status_code == 200
    assert found(Team.id, name="钢筋九班") == []


def test_names_with_an_apostrophe_are_written_as_they_are(firm, city, made):
    made(roster.worker, Team, city.main_team, name="O'Neil")
    made(roster.worker, Team, city.main_team, name="<b>Li</b>")
    text = firm.get(f"/teamview/exit/{city.main_team}").text

    assert "O&#39;Neil" in text
    assert "&lt;b&gt;Li&lt;/b&gt;" in text
    assert "<b>Li</b>" not in text


@pytest.mark.parametrize("route", ["/teamview/show/{}", "/teamview/edit/{}", "/teamview/exit/{}"])
def test_a_foreign_team_does_not_exist(browse, city, route):
    sub = browse(city.sub_user, city.project)

    assert sub.get(route.format(city.main_team)).status_code == 404


def staff_form(city, post, **values):
    human = people.person()
    return {
        "post": post, "unit_id": city.main, "on_post_from": "2026-03-01", "id_type": "01",
        "id_number": human.id_number, "name": human.name, "mobile": human.mobile,
        "has_account": "0", **values,
    }  # fmt: skip


def test_the_first_password_of_a_login_is_shown_once(firm, city, found):
    data = staff_form(city, "labour_manager", has_account="1", username="labour_li")
    page = firm.post("/managerview/add", data=data)
    password = re.search(r"<code>([^<]+)</code>", page.text)[1]

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "labour_li" in page.text
    assert password not in firm.get("/managerview/list/").text
    assert found(StaffMember.has_account, project_id=city.project) == [(True,)]


def test_a_first_password_never_travels_in_the_cookie_of_the_session(firm, city):
    data = staff_form(city, "labour_manager", has_account="1", username="labour_wu")
    page = firm.post("/managerview/add", data=data)
    password = re.search(r"<code>([^<]+)</code>", page.text)[1]

    with firm.session_transaction() as session:
        assert password not in str(dict(session))


def test_each_screen_shows_its_own_kind(firm, city):
    page = firm.post("/specialistview/add", data=staff_form(city, "1", name="施工员甲"))
    assert page.status_code == 302

    assert "施工员甲" in firm.get("/specialistview/list/").text
    assert "施工员甲" not in firm.get("/managerview/list/").text
    assert firm.get(page.location.replace("specialist", "manager")).status_code == 404


def test_a_post_ends_through_its_form(firm, city, found):
    page = firm.post("/specialistview/add", data=staff_form(city, "1"))
    number = page.location.rsplit("/", 1)[1]
    data = {"moved_on": "2026-11-20", "reason": "resigned", "settled": "0", "remark": "离职"}

    assert firm.get(f"/specialistview/edit/{number}").status_code == 200
    assert firm.post(f"/specialistview/exit/{number}", data=data).status_code == 302
    assert found(StaffMember.on_post_to, project_id=city.project) == [(date(2026, 11, 20),)]
    assert found(ProjectWorker.state, project_id=city.project) == [(StayState.EXITED,)]


# --- speed ----------------------------------------------------------------------------------


@pytest.fixture
def statements(app):
    """Collect the statements of a block; SET and savepoints do not count."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.lower().lstrip().startswith(("set ", "savepoint", "release", "begin")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_the_worker_form_asks_little_of_the_database(firm, city, statements):
    firm.get("/workerview/add")
    statements.clear()
    assert firm.get("/workerview/add").status_code == 200
    assert len(statements) <= 15

    statements.clear()
    assert firm.post("/workerview/add", data=typed(city.main, city.main_team)).status_code == 302
    assert len(statements) <= 40


@pytest.mark.parametrize(
    "route", ["/workerview/list/", "/teamview/list/", "/managerview/list/", "/specialistview/list/"]
)
def test_lists_ask_little_of_the_database(firm, city, made, statements, route):
    for _n in range(12):
        made(roster.worker, Team, city.main_team)
    firm.get(route)
    statements.clear()
    assert firm.get(route).status_code == 200
    assert len(statements) <= 15


def test_an_export_holds_words_and_no_markup(browse, city, made):
    made(
        roster.worker, Team, city.main_team, name="待补甲", incomplete=True,
        complete_by=clock.now() + timedelta(days=2),
    )  # fmt: skip
    answer = browse(city.firm_user, city.project).get("/workerview/export/")
    book = load_workbook(BytesIO(answer.data))
    cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row]

    assert "待补甲" in cells
    assert not [cell for cell in cells if "<" in cell]


@pytest.mark.parametrize("name", ["work_type", "leader_name", "leader_id_number", "leader_mobile"])
def test_what_the_form_of_a_team_asks_at_once_is_not_said_to_be_due_in_three_days(firm, name):
    page = firm.get("/teamview/add").text
    label = re.search(rf'<label for="{name}">.*?</label>', page, re.DOTALL)[0]

    assert 'class="star"' in label
    assert "3日内补齐" not in label
