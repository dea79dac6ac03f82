"""The tabs of a worker and what the domains above tell the list of workers (screens.md 8.2)."""

import re
from datetime import date

import pytest

from app.alerts.choices import AlertState, Level, Office
from app.alerts.models import Alert
from app.core import clock, dictionaries
from app.extensions import db
from app.incidents.choices import IncidentState
from app.roster.models import ProjectWorker
from tests.factories import alerts, incidents, people, roster
from tests.roster.conftest import build


def alert(worker, level=Level.YELLOW, **values):
    """Make an open alert about a worker."""
    now = clock.now()
    row = Alert(**{
        "project_id": worker.project_id, "unit_id": worker.unit_id, "rule_code": "PERS-001",
        "category": "Workers", "subject": worker.name, "person_hash": worker.id_number_hash,
        "dedupe_key": f"{level.name}{worker.id}", "level": level, "highest_level": level,
        "rule_version": 1, "parameter_version": 1, "parameters": {}, "facts": {},
        "sentence": "发现", "first_seen_at": now, "last_seen_at": now, "office": next(iter(Office)),
        **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


@pytest.fixture
def seen(system, signed_in):
    """Two browsers on a worker with days, warnings, an incident and an earlier stay."""
    with system() as session:
        city = build()
        human = roster.worker(city.side_team)
        first = alert(human)
        second = alert(human, Level.RED)
        over = alert(human, Level.ORANGE, state=AlertState.CLOSED)
        matter = incidents.incident(city.side, incident_no="SJ-77")
        incidents.person(matter, human)
        hidden = incidents.incident(city.far, incident_no="SJ-99", state=IncidentState.DRAFT)
        incidents.person(hidden, human)
        alerts.day_of(human, date(2026, 11, 20), 9)
        alerts.day_of(human, date(2026, 10, 20), 9)
        earlier = alerts.again(human, city.main_team, state="EXITED", exit_on=date(2026, 2, 1),
                               entry_on=date(2026, 1, 5))  # fmt: skip
        foreign = alerts.again(human, city.far_team)
        session.commit()
        known = {
            "worker": human.id, "earlier": earlier.id, "foreign": foreign.id,
            "alerts": [first.number, second.number, over.number], "alone": None,
        }  # fmt: skip
        known["alone"] = roster.worker(city.side_team).id
        users, project = (city.firm_user, city.sub_user), city.project.id
    browsers = []
    for user in users:
        browser = signed_in(user)
        with browser.session_transaction() as session:
            session["project_id"] = project
        browsers.append(browser)
    return browsers, known


def tab(browser, number, name):
    page = browser.get(f"/workerview/show/{number}?tab={name}")
    assert page.status_code == 200
    return page.text


def test_the_tabs_stand_in_the_order_of_the_specification(seen):
    (firm, _sub), known = seen
    page = tab(firm, known["worker"], "")
    found = re.findall(r"tab=(\w+)\"[^>]*>\s*([^<]+?)\s*<", page)

    assert [word for _name, word in found] == [
        "合同", "培训与证书", "进退场", "考勤", "工资", "预警", "事件", "从业记录", "变更记录",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["", "contract", "training", "movements", "attendance", "wages", "alerts", "incidents",
     "stays", "changes"],
)  # fmt: skip
def test_every_tab_opens_with_rows_or_with_words(seen, name):
    (firm, _sub), known = seen

    for worker in (known["worker"], known["alone"]):
        page = tab(firm, worker, name)
        assert "None" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    if name == "wages":
        assert "暂无工资记录" in page


def test_the_list_marks_whom_another_site_waits_for_and_leads_to_corrections(seen, system):
    (_firm, sub), known = seen
    plain = sub.get("/workerview/list/").text
    assert "请办退场" not in plain
    assert "/personcorrectionview/list/" not in plain
    with system() as session:
        human = session.get(ProjectWorker, known["worker"])
        roster.release(human)
        roster.correction(human)

    page = sub.get("/workerview/list/").text
    assert page.count("请办退场") >= 2  # the tab, and the mark on the row
    assert "/personcorrectionview/list/" in page
    asked = sub.get("/workerview/list/?asked=1").text
    assert f"/workerview/show/{known['worker']}" in asked
    assert f"/workerview/show/{known['alone']}" not in asked


def test_the_tab_of_attendance_leads_to_the_days_of_this_month_only(seen):
    (firm, _sub), known = seen
    page = tab(firm, known["worker"], "attendance")

    assert f"/attendance/day/{known['worker']}/2026-11-20" in page
    assert "2026-10-20" not in page
    assert "month=2026-11" in page


def test_the_tab_of_warnings_holds_the_open_and_the_closed_ones(seen):
    (firm, sub), known = seen

    for browser in (firm, sub):
        page = tab(browser, known["worker"], "alerts")
        assert [number for number in known["alerts"] if number not in page] == []
    alone = tab(firm, known["alone"], "alerts")
    assert [number for number in known["alerts"] if number in alone] == []


def test_the_tab_of_incidents_holds_what_the_reader_may_open(seen):
    (firm, _sub), known = seen
    page = tab(firm, known["worker"], "incidents")

    assert "SJ-77" in page
    assert "SJ-99" not in page


def test_earlier_work_holds_the_stays_the_reader_may_see(seen):
    (firm, sub), known = seen

    assert f"/workerview/show/{known['earlier']}" in tab(firm, known["worker"], "stays")
    assert f"/workerview/show/{known['foreign']}" not in tab(firm, known["worker"], "stays")
    assert f"/workerview/show/{known['earlier']}" not in tab(sub, known["worker"], "stays")


def test_earlier_work_names_unit_and_team_and_shows_no_number_of_theirs(seen, system):
    (firm, _sub), known = seen
    with system() as session:
        row = session.get(ProjectWorker, known["earlier"])
        names, numbers = (row.unit.name, row.team.name), (row.unit_id, row.team_id)
    page = tab(firm, known["worker"], "stays")

    assert [name for name in names if name not in page] == []
    assert [n for n in numbers if re.search(rf"<td[^>]*>\s*{n}\s*<", page)] == []


def test_changes_name_the_field_with_both_values_and_no_whole_number(seen, system):
    (firm, sub), known = seen
    with system() as session:
        row = session.get(ProjectWorker, known["worker"])
        row.address, whole = "水南路9号", row.id_number
    for browser in (firm, sub):
        page = tab(browser, known["worker"], "changes")
        assert "住址：— → 水南路9号" in page
        assert whole not in page


def test_a_punch_is_no_change_of_the_data(seen, system):
    (firm, _sub), known = seen
    before = tab(firm, known["worker"], "changes").count("<li")
    with system() as session:
        session.get(ProjectWorker, known["worker"]).last_punch_at = clock.now()

    assert tab(firm, known["worker"], "changes").count("<li") == before


def test_the_list_counts_the_open_warnings_in_the_colour_of_the_gravest(seen):
    (firm, _sub), known = seen
    page = firm.get("/workerview/list/").text
    link = f'<a href="/workerview/show/{known["worker"]}?tab=alerts">'

    assert f'{link}<span class="badge red">2</span></a>' in page
    assert f"/workerview/show/{known['alone']}?tab=alerts" not in page


def test_the_list_offers_import_and_exit_of_several_by_name(seen):
    (firm, _sub), _known = seen
    page = firm.get("/workerview/list/").text

    assert 'href="/imports/#template-T3"' in page
    assert "批量导入" in page
    assert "批量退场" in page


def test_the_form_asks_for_the_kind_of_worker_and_refuses_managers(seen):
    (firm, _sub), _known = seen
    form = firm.get("/workerview/add").text
    answer = firm.post("/workerview/add", data={"work_role": "10"}).text

    assert 'name="work_role"' in form
    assert f'<option value="20" selected>{dictionaries.label("work_role", "20")}' in form
    assert '<option value="10">' not in form.split('name="work_role"')[1].split("</select>")[0]
    assert "管理人员请在“管理技术人员”中登记" in answer


def test_choosing_a_team_answers_its_trade_and_leaves_a_chosen_one(seen, system):
    (firm, sub), _known = seen
    with system():
        city_team = db.session.query(ProjectWorker.team_id).filter_by(id=_known["earlier"]).scalar()
    token = {"value": str(city_team)}
    fresh = firm.post("/workerview/team_answer", data=token).json
    chosen = firm.post("/workerview/team_answer", data={**token, "work_type": "010"}).json
    foreign = sub.post("/workerview/team_answer", data=token).json

    assert fresh["fill"]["work_type"]["id"] == "020"
    assert (chosen["fill"], len(chosen["lines"])) == ({}, 1)
    assert foreign == {"ok": True, "lines": [], "fill": {}}


def test_a_hit_answers_in_the_colour_of_its_level_and_asks_for_the_reason(seen, system):
    (firm, _sub), known = seen
    with system() as session:
        number = session.get(ProjectWorker, known["foreign"]).id_number
    fresh = people.person().id_number
    hit, clean = (
        firm.post("/workerview/answer", data={"value": value, "id_type": "01"}).json
        for value in (number, fresh)
    )

    assert [line["level"] for line in hit["lines"]].count("orange") == 2
    assert (hit["reason"], clean["reason"]) == (True, False)
    assert "data-on-reason" in firm.get("/workerview/quick").text
