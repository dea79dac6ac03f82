"""Pages of alerts, as contractor and government see them (screens.md 11)."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.alerts.choices import AlertState, CloseKind
from app.alerts.models import Alert
from app.alerts.states import ALERT_FLOW
from app.core import clock, scope
from tests.factories import enterprises, projects, roster, states
from tests.factories.alerts import day_of, scan

D20 = date(2026, 10, 20)


@pytest.fixture
def story(system):
    """Two contractors of one district with a yellow and an orange alert each, and officials."""
    made = {}
    with system() as session:
        for name in ("mine", "other"):
            firm = enterprises.enterprise()
            site = projects.project(firm)
            team = roster.team(projects.general_contractor_unit(site))
            for hours in (12, 14):
                day_of(roster.worker(team), D20, hours)
            made[name] = {"user": enterprises.admin(firm), "project": site.id, "name": site.name}
        made["district"] = enterprises.official()
        made["far"] = enterprises.official(district="440781")
        made["leader"] = enterprises.official("leader")
        made["inspector"] = enterprises.official("inspector")
        scan("ATT-001", D20 + timedelta(days=1))
        for name in ("mine", "other"):
            rows = session.query(Alert).filter_by(project_id=made[name]["project"])
            made[name]["alerts"] = {row.level.name: row.id for row in rows}
    return made


def state_of(system, number):
    with system() as session:
        return session.get(Alert, number).state


def test_a_contractor_lists_its_own_alerts_with_level_clock_and_tabs(story, signed_in):
    page = signed_in(story["mine"]["user"]).get("/alertview/list/").get_data(as_text=True)

    assert page.count("badge solid yellow") == 1
    assert page.count("badge solid orange") == 1
    assert story["mine"]["name"] in page
    assert story["other"]["name"] not in page
    assert "?state=ACKNOWLEDGED" in page


def test_the_project_is_a_column_only_where_none_is_chosen_at_the_top(story, signed_in):
    mine = story["mine"]
    browser = signed_in(mine["user"])
    with browser.session_transaction() as session:
        session["project_id"] = None  # all projects
    every = browser.get("/alertview/list/").text
    with browser.session_transaction() as session:
        session["project_id"] = mine["project"]
    one = browser.get("/alertview/list/").text

    cell, choice = 'data-label="项目"', 'name="columns" value="project"'
    assert (every.count(cell), choice in every) == (2, True)
    assert (one.count(cell), choice in one) == (0, False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=OPEN", 2), ("state=CLOSED", 0), ("level=ORANGE", 1), ("rule=ATT-001", 2),
        ("rule=EVT-001", 0), ("category=Attendance", 2), ("overdue=1", 2), ("state=nonsense", 0),
        ("first_seen_at__from=2026-10-21&first_seen_at__to=2026-10-21", 2),
        ("first_seen_at__to=2026-10-20", 0), ("project=0", 0), ("project=;drop", 0),
        ("project=²", 0), (f"project={10**20}", 0), ("page=²", 2), ("page=--5", 2),
        ("unit_id=²", 0),
    ],
)  # fmt: skip
def test_filters_narrow_the_list(story, signed_in, query, found):
    page = signed_in(story["mine"]["user"]).get(f"/alertview/list/?{query}")

    assert page.status_code == 200
    assert page.get_data(as_text=True).count("badge solid") == found


def test_the_page_names_reason_thresholds_ending_mending_and_course(story, signed_in):
    number = story["mine"]["alerts"]["YELLOW"]

    page = signed_in(story["mine"]["user"]).get(f"/alertview/show/{number}")

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    for wanted in ("12.0", "11", "/workerview/show/", "劳动法", "timeline"):
        assert wanted in text


def test_the_button_to_mend_long_hours_leads_to_that_day(story, signed_in):
    number = story["mine"]["alerts"]["YELLOW"]

    page = signed_in(story["mine"]["user"]).get(f"/alertview/show/{number}").text

    [address] = re.findall(r'class="btn" href="(/attendance/[^"]*)"', page)
    assert re.fullmatch(r"/attendance/day/\d+/2026-10-20", address)


def test_the_button_to_mend_is_the_contractors_while_the_alert_is_open(story, signed_in, system):
    number, button = story["mine"]["alerts"]["YELLOW"], ">去处理</a>"
    browser = signed_in(story["mine"]["user"])

    assert button in browser.get(f"/alertview/show/{number}").text
    assert button not in signed_in(story["district"]).get(f"/alertview/show/{number}").text
    with system() as session:
        row = session.get(Alert, number)
        ALERT_FLOW.fire("end", row, actor=scope.SYSTEM)
        row.close_kind, row.closed_at = CloseKind.AUTO, clock.now()
    assert button not in browser.get(f"/alertview/show/{number}").text


def test_the_page_shows_every_fact_in_words_and_links_to_its_rows(story, signed_in):
    number = story["mine"]["alerts"]["YELLOW"]

    text = signed_in(story["mine"]["user"]).get(f"/alertview/show/{number}").get_data(as_text=True)

    assert "当日工时（全部项目）" in text
    assert "12.0小时" in text
    assert f"/projects/show/{story['mine']['project']}" in text
    for address in ("/units/show/", "/teamview/show/", "/workerview/show/", "/attendance/day/"):
        assert address in text


def test_a_list_opened_without_a_wish_shows_what_waits(story, signed_in):
    browser = signed_in(story["mine"]["user"])
    browser.post(f"/alertview/move/acknowledge/{story['mine']['alerts']['YELLOW']}")

    found = {
        query: browser.get(f"/alertview/list/{query}").get_data(as_text=True).count("badge solid")
        for query in ("", "?size=50", "?state=ALL", "?state=UNCLOSED", "?state=ACKNOWLEDGED")
    }

    assert found == {"": 1, "?size=50": 1, "?state=ALL": 2, "?state=UNCLOSED": 2,
                     "?state=ACKNOWLEDGED": 1}  # fmt: skip


@pytest.mark.parametrize(("order", "first"), [("level", "yellow"), ("-level", "orange")])
def test_levels_are_ordered_by_gravity(story, signed_in, order, first):
    page = signed_in(story["mine"]["user"]).get(f"/alertview/list/?order={order}&size=1")

    assert f"badge solid {first}" in page.get_data(as_text=True)


@pytest.mark.parametrize("route", ["show", "handle", "urge", "move/acknowledge"])
def test_a_foreign_alert_does_not_exist(story, signed_in, route):
    number = story["other"]["alerts"]["YELLOW"]

    answer = signed_in(story["mine"]["user"]).get(f"/alertview/{route}/{number}")

    assert answer.status_code in (403, 404) or "/login" in answer.headers.get("Location", "")
    assert story["other"]["name"] not in answer.get_data(as_text=True)


def test_another_district_sees_none(story, signed_in):
    page = signed_in(story["far"]).get("/alertview/list/").get_data(as_text=True)

    assert "badge solid" not in page


def test_acknowledging_is_one_click_and_handling_a_form(story, signed_in, system):
    number = story["mine"]["alerts"]["YELLOW"]
    browser = signed_in(story["mine"]["user"])

    browser.post(f"/alertview/move/acknowledge/{number}")
    assert state_of(system, number) is AlertState.ACKNOWLEDGED
    form = browser.get(f"/alertview/handle/{number}").text
    assert re.search(r"<button[^>]*data-primary[^>]*>提交</button>", form)
    empty = browser.post(f"/alertview/handle/{number}", data={"measure": ""})
    assert "error-summary" in empty.get_data(as_text=True)
    assert state_of(system, number) is AlertState.ACKNOWLEDGED
    browser.post(f"/alertview/handle/{number}", data={"measure": "调休", "result": "EXPLAINED"})
    assert state_of(system, number) is AlertState.HANDLING
    browser.post(f"/alertview/move/settle/{number}", data={"remark": "已安排"})
    assert state_of(system, number) is AlertState.CLOSED


def test_an_orange_alert_without_proof_is_refused_beside_the_field(story, signed_in, system):
    number = story["mine"]["alerts"]["ORANGE"]
    browser = signed_in(story["mine"]["user"])
    browser.post(f"/alertview/move/acknowledge/{number}")

    page = browser.post(
        f"/alertview/handle/{number}", data={"measure": "调休", "result": "EXPLAINED"}
    )

    assert 'href="#proof"' in page.get_data(as_text=True)
    assert state_of(system, number) is AlertState.ACKNOWLEDGED


def test_a_record_names_everything_that_is_missing_at_once(story, signed_in):
    number = story["mine"]["alerts"]["ORANGE"]
    browser = signed_in(story["mine"]["user"])
    browser.post(f"/alertview/move/acknowledge/{number}")

    page = browser.post(f"/alertview/handle/{number}", data={"measure": ""}).text

    assert [f'href="#{name}"' in page for name in ("measure", "result", "proof")] == [True] * 3


def test_the_day_a_mend_was_finished_is_starred_as_soon_as_it_is_said_to_be_mended(
    story, signed_in
):
    address = f"/alertview/handle/{story['mine']['alerts']['YELLOW']}"
    browser = signed_in(story["mine"]["user"])

    told = browser.post(address, data={"_asked": "1", "result": "MENDED"}).json
    page = browser.post(address, data={"result": "MENDED"}).text

    assert (told["required"], told["reads"]) == (["finished_on"], ["result"])
    assert 'href="#finished_on"' in page
    assert 'data-asked="finished_on">*' in page
    assert 'data-asked="finished_on" hidden' in browser.get(address).text


def recorded(story, signed_in):
    """Have the yellow alert recorded by its contractor and returned by the district."""
    number = story["mine"]["alerts"]["YELLOW"]
    browser = signed_in(story["mine"]["user"])
    browser.post(f"/alertview/move/acknowledge/{number}")
    browser.post(
        f"/alertview/handle/{number}",
        data={"measure": "调休", "result": "MENDED", "finished_on": "2026-10-22"},
    )
    return number, browser, signed_in(story["district"])


def test_the_course_names_the_day_a_record_says_it_was_finished(story, signed_in):
    number, browser, _district = recorded(story, signed_in)

    assert "2026-10-22完成" in browser.get(f"/alertview/show/{number}").text


def test_what_is_returned_stands_on_top_and_in_the_form_until_it_is_answered(story, signed_in):
    number, browser, district = recorded(story, signed_in)
    waiting = district.get("/alertview/list/?state=HANDLING").text
    before = district.get(f"/alertview/show/{number}").text
    district.post(f"/alertview/move/return/{number}", data={"remark": "请附排班表"})
    page, form = (browser.get(f"/alertview/{x}/{number}").text for x in ("show", "handle"))
    returned = browser.get("/alertview/list/?state=HANDLING").text
    official = district.get(f"/alertview/show/{number}").text

    assert "已处置，待关闭" in waiting
    assert f"/alertview/move/return/{number}" in before
    assert page.index("请附排班表") < page.index("触发原因")
    assert "请附排班表" in form
    assert "已退回，待企业补充" in returned
    assert f"/alertview/move/return/{number}" not in official
    next_ = "住建部门已退回处置，请重新填写"
    assert (next_ in browser.get("/").text, next_ in district.get("/").text) == (True, False)
    browser.post(f"/alertview/handle/{number}", data={"measure": "附表", "result": "EXPLAINED"})
    assert "请附排班表" not in browser.get(f"/alertview/handle/{number}").text


def test_the_bureau_writes_off_and_sends_back(story, signed_in):
    number, _browser, district = recorded(story, signed_in)
    page = district.get(f"/alertview/show/{number}").text
    buttons = re.findall(rf'/alertview/move/(?:close|return)/{number}"[^>]*>([^<]+)<', page)

    assert {word.strip() for word in buttons} == {"核销", "退回"}


@pytest.mark.parametrize(
    ("keyword", "found"),
    [("YJ{yellow:08d}", 1), ("yj{yellow}", 1), ("{yellow}", 1), ("{name}", 2), ("YJ00000000", 0)],
)
def test_alerts_are_found_by_number_and_project(story, signed_in, keyword, found):
    mine = story["mine"]
    sought = keyword.format(yellow=mine["alerts"]["YELLOW"], name=mine["name"])

    page = signed_in(mine["user"]).get(
        "/alertview/list/", query_string={"state": "ALL", "keyword": sought}
    )

    assert page.text.count("badge solid") == found


def test_the_gravest_and_then_the_most_pressing_stand_first(story, signed_in, system):
    numbers = story["mine"]["alerts"]
    with system() as session:
        late = Alert(**{
            name: getattr(session.get(Alert, numbers["YELLOW"]), name)
            for name in ("project_id", "district_code", "unit_id", "rule_code", "category",
                         "subject", "level", "highest_level", "rule_version", "parameters",
                         "parameter_version", "facts", "first_seen_at", "last_seen_at", "office")
        })  # fmt: skip
        late.dedupe_key, late.due_at = "pressing", clock.now() - timedelta(days=300)
        session.add(late)
        session.flush()
        pressing = late.id
    text = signed_in(story["mine"]["user"]).get("/alertview/list/").text
    places = [
        text.index(f"/alertview/show/{number}")
        for number in (numbers["ORANGE"], pressing, numbers["YELLOW"])
    ]

    assert places == sorted(places)


def test_what_happened_has_the_room_of_two_lines_in_the_list(story, signed_in):
    text = signed_in(story["mine"]["user"]).get("/alertview/list/").text
    cells = re.findall(r'data-label="摘要".*?</td>', text, re.DOTALL)

    assert cells
    assert all('class="cut two-lines"' in cell for cell in cells)


def test_summary_clock_and_state_stand_before_the_rest(story, signed_in):
    text = signed_in(story["mine"]["user"]).get("/alertview/list/").text
    labels = ("摘要", "剩余时限", "状态", "规则", "对象")
    places = [text.index(f'data-label="{label}"') for label in labels]

    assert places == sorted(places)


def test_ticked_alerts_are_acknowledged_together_and_foreign_ones_refused(story, signed_in, system):
    browser = signed_in(story["mine"]["user"])
    mine, other = story["mine"]["alerts"], story["other"]["alerts"]

    refused = browser.post(
        "/alertview/run",
        data={"action": "acknowledge", "rowid": [mine["YELLOW"], other["YELLOW"]]},
    )
    assert refused.status_code == 404
    browser.post("/alertview/run", data={"action": "acknowledge", "rowid": list(mine.values())})

    assert state_of(system, other["YELLOW"]) is AlertState.OPEN
    assert {state_of(system, n) for n in mine.values()} == {AlertState.ACKNOWLEDGED}


@pytest.mark.parametrize("path", ["list/", "export/", "show/{0}", "handle/{0}", "urge/{0}"])
def test_a_leader_sees_aggregates_and_no_page_that_names_a_worker(story, signed_in, path):
    number = story["mine"]["alerts"]["YELLOW"]
    browser = signed_in(story["leader"])

    assert browser.get(f"/alertview/{path}".format(number)).status_code in (302, 403)
    home = browser.get("/").text
    assert "badge solid orange" in home
    assert "/alertview/" not in home


def test_who_may_not_handle_finds_no_steps(story, signed_in, system):
    number = story["mine"]["alerts"]["YELLOW"]
    browser = signed_in(story["inspector"])

    page = browser.get(f"/alertview/show/{number}").get_data(as_text=True)
    browser.post(f"/alertview/move/acknowledge/{number}")

    assert f"/alertview/handle/{number}" not in page
    assert state_of(system, number) is AlertState.OPEN


def test_the_district_urges_in_words(story, signed_in):
    number = story["mine"]["alerts"]["YELLOW"]
    browser = signed_in(story["district"])

    browser.post(f"/alertview/urge/{number}", data={"remark": "三日内处理"})

    page = browser.get(f"/alertview/show/{number}").get_data(as_text=True)
    assert "三日内处理" in page
    assert "您的要求已列入责任单位和总承包单位的待办" in page


def test_the_firm_sees_an_urging_in_list_and_page_until_it_records_its_handling(story, signed_in):
    number, browser = story["mine"]["alerts"]["YELLOW"], signed_in(story["mine"]["user"])
    badge = '<span class="badge red">督办</span>'
    assert badge not in browser.get("/alertview/list/").text
    signed_in(story["district"]).post(f"/alertview/urge/{number}", data={"remark": "三日内处理"})

    assert browser.get("/alertview/list/").text.count(badge) == 1
    assert browser.get("/alertview/list/?urged=1").text.count("badge solid") == 1
    page = browser.get(f"/alertview/show/{number}").text
    head, body = page.split("</header>", 2)[-2:]
    assert "待处理·督办" in head
    assert body.index("住建部门督办") < body.index("三日内处理") < body.index("触发原因")

    browser.post(f"/alertview/move/acknowledge/{number}")
    browser.post(f"/alertview/handle/{number}", data={"measure": "已调休", "result": "EXPLAINED"})
    assert badge not in browser.get("/alertview/list/?state=ALL").text
    assert "住建部门督办" not in browser.get(f"/alertview/show/{number}").text


def test_what_waits_to_be_written_off_has_a_tab_of_the_bureau(story, signed_in, system):
    number = story["mine"]["alerts"]["ORANGE"]
    official = signed_in(story["district"])
    assert "badge solid" not in official.get("/alertview/list/?state=TO_CLOSE").text
    with system() as session:
        row = session.get(Alert, number)
        for verb in ("acknowledge", "handle"):
            ALERT_FLOW.fire(verb, row, actor=scope.SYSTEM)
        row.handled_at = clock.now()

    found = official.get("/alertview/list/?state=TO_CLOSE").text
    assert f"/alertview/show/{number}" in found
    assert found.count("badge solid") == 1
    assert "待核销" in found
    assert "待核销" not in signed_in(story["mine"]["user"]).get("/alertview/list/").text


def test_the_list_can_be_taken_along_as_a_workbook(story, signed_in):
    answer = signed_in(story["mine"]["user"]).get("/alertview/export/")

    assert answer.status_code == 200
    assert answer.data[:2] == b"PK"
    cells = [cell for row in load_workbook(BytesIO(answer.data)).active.values for cell in row]
    assert any("12.0小时" in str(cell) for cell in cells)
    assert not any("…" in str(cell) for cell in cells)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("?keyword=zzzz", "中没有符合条件的记录", id="a keyword nobody is found by"),
        pytest.param("?state=CLOSED", "下没有记录", id="the tab of another state"),
        pytest.param("?state=CLOSED&rule=WAGE-001", "中没有符合条件的记录", id="tab and filter"),
    ],
)
def test_an_empty_list_of_alerts_says_what_leaves_it_empty(story, signed_in, query, said):
    page = signed_in(story["mine"]["user"]).get(f"/alertview/list/{query}").get_data(as_text=True)

    assert said in page
    assert "规则未发现问题" not in page


def test_a_list_of_which_nothing_waits_does_not_say_that_the_rules_found_nothing(story, signed_in):
    browser = signed_in(story["mine"]["user"])
    for number in story["mine"]["alerts"].values():
        browser.post(f"/alertview/move/acknowledge/{number}")
    page = browser.get("/alertview/list/").get_data(as_text=True)

    assert "没有待处理的预警" in page
    assert "规则未发现问题" not in page


def test_what_the_words_of_a_move_are_to_say_follows_the_move(story, signed_in, system):
    with system() as session:
        row = session.get(Alert, story["mine"]["alerts"]["YELLOW"])
        states.put(Alert, row, AlertState.HANDLING)
    browser = signed_in(story["district"])
    pages = {
        verb: browser.get(f"/alertview/move/{verb}/{row_id}").get_data(as_text=True)
        for verb in ("close", "return")
        for row_id in [story["mine"]["alerts"]["YELLOW"]]
    }

    assert "请写明核实情况和依据" in pages["close"]
    assert "请写明问题和需要怎么做" in pages["return"]


def test_a_card_of_an_alert_names_project_and_unit(story, signed_in):
    page = signed_in(story["district"]).get("/alertview/list/").get_data(as_text=True)

    for label in ("项目", "所属单位"):
        assert f'<td class="" data-label="{label}"' in page
