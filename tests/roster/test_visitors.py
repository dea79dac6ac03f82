"""访客登记: passes, their end, whose punch it was, and who comes often (screens.md 8.6)."""

import re
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from app.core import clock, scope
from app.core.errors import IllegalMove, Refusal, Refusals
from app.core.states import history
from app.extensions import db
from app.roster import services
from app.roster.choices import StaffKind, StaffState, VisitState
from app.roster.models import StaffMember, VisitorPass
from app.roster.queries import fingerprint, visitors
from tests.factories import people, roster, states
from tests.roster.conftest import NOON, build, principal_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOBILE = "13800138000"


def host_of(unit, state=StaffState.ON_SITE):
    row = StaffMember(
        project_id=unit.project_id, staff_kind=StaffKind.MANAGER, source="manual",
        **roster.staff_values(unit, "2"),
    )  # fmt: skip
    db.session.add(row)
    states.put(StaffMember, row, state)
    return row


def values(host, **more):
    return {
        "name": "访客甲", "mobile": MOBILE, "host_id": host.id, "purpose": "送样品",
        "valid_from": NOON - HOUR, "valid_to": NOON + 6 * HOUR, **more,
    }  # fmt: skip


def refusals(call, *given, **named):
    with pytest.raises(Refusal) as caught:
        call(*given, **named)
    problems = caught.value.problems if isinstance(caught.value, Refusals) else [caught.value]
    return {problem.field: str(problem) for problem in problems}


@pytest.fixture
def host(site):
    return host_of(site.main)


@pytest.fixture
def register(site, gc, host):
    def make(**more):
        return services.register_visitor(site.project, values(host, **more), actor=gc)

    return make


def punch(row, number, moment, name=1):
    return SimpleNamespace(
        id=name, project_id=row.project_id, punched_at=moment, id_number_hash=fingerprint(number)
    )


def test_a_pass_belongs_to_the_unit_of_the_host_and_is_in_force(register, site):
    row = register(company="材料厂", card_no="F-7")
    assert (row.state, row.unit_id) == (VisitState.ACTIVE, site.main.id)
    assert (row.name, row.company, row.card_no) == ("访客甲", "材料厂", "F-7")


def test_document_number_is_encrypted_in_the_database(register):
    human = people.person()
    row = register(id_type="01", id_number=human.id_number)
    stored = db.session.scalar(text("select id_number from visitor_pass where id = :id"),
                               {"id": row.id})  # fmt: skip
    assert human.id_number not in stored
    assert row.id_number == human.id_number


@pytest.mark.parametrize(("change", "field", "words"), [
    pytest.param({"name": None}, "name", "姓名", id="no name"),
    pytest.param({"mobile": None}, "mobile", "手机", id="no mobile"),
    pytest.param({"purpose": None}, "purpose", "事由", id="no purpose"),
    pytest.param({"host_id": None}, "host_id", "接待人", id="no host"),
    pytest.param({"valid_from": None}, "valid_from", "开始时间", id="no beginning"),
    pytest.param({"valid_to": None}, "valid_to", "结束时间", id="no end"),
    pytest.param({"valid_to": NOON - HOUR}, "valid_to", "结束时间早于", id="no time at all"),
    pytest.param({"valid_to": NOON - HOUR + 7 * DAY + HOUR}, "valid_to", "最长7天", id="too long"),
    pytest.param({"valid_from": NOON - DAY, "valid_to": NOON - HOUR}, "valid_to", "将来的时间",
                 id="over already"),
    pytest.param({"id_number": "440703199001011234"}, "id_number", "", id="wrong number"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_field(register, change, field, words):
    found = refusals(register, **change)
    assert list(found) == [field]
    assert words in found[field]
    assert db.session.query(VisitorPass).count() == 0


def test_seven_days_to_the_minute_are_taken(register):
    row = register(valid_to=NOON - HOUR + 7 * DAY)
    assert row.valid_to - row.valid_from == 7 * DAY


def test_the_host_is_on_a_post_of_this_project(site, register):
    gone, foreign = host_of(site.main, StaffState.EXITED), host_of(site.far)
    assert "不在岗" in refusals(register, host_id=gone.id)["host_id"]
    assert "不是本项目" in refusals(register, host_id=foreign.id)["host_id"]


def test_who_is_on_the_roster_is_no_visitor(site, register):
    worker = roster.worker(site.main_team)
    assert "id_number" in refusals(register, id_number=worker.id_number)


def test_a_card_is_held_by_one_visitor_at_a_time(register, gc):
    first = register(card_no="F-1")
    assert "F-1" in refusals(register, card_no="F-1", name="访客乙")["card_no"]
    assert register(card_no="F-1", name="访客乙", valid_from=NOON + 8 * HOUR,
                    valid_to=NOON + 9 * HOUR)  # fmt: skip
    services.see_off(first, actor=gc)
    assert register(card_no="F-1", name="访客丙").card_no == "F-1"


def test_a_pass_in_force_is_changed_and_an_ended_one_is_not(site, register, gc):
    row, other = register(), host_of(site.side)
    services.edit_visitor(row, {"host_id": other.id, "company": "监测站"}, actor=gc)
    assert (row.company, row.unit_id, row.purpose) == ("监测站", site.side.id, "送样品")
    assert "最长7天" in refusals(
        services.edit_visitor, row, {"valid_to": NOON + 9 * DAY}, actor=gc
    )["valid_to"]  # fmt: skip
    services.see_off(row, actor=gc)
    assert refusals(services.edit_visitor, row, {"company": "别处"}, actor=gc)


def test_a_host_who_has_left_since_does_not_stop_another_change(register, host, gc):
    row = register()
    states.put(StaffMember, host, StaffState.EXITED)
    services.edit_visitor(row, {"purpose": "取样品"}, actor=gc)
    assert row.purpose == "取样品"


def test_leaving_is_recorded_with_its_moment_and_in_the_log(register, gc):
    row = register()
    services.see_off(row, actor=gc)
    assert (row.state, row.left_at) == (VisitState.LEFT, clock.now())
    assert [(one.verb, one.state_to) for one in history(row)][-1] == ("depart", "LEFT")
    with pytest.raises(IllegalMove):
        services.void_visitor(row, "错登", actor=gc)


def test_nobody_leaves_before_he_has_come(register, gc):
    row = register(valid_from=NOON + HOUR)
    assert "尚未开始" in str(refusals(services.see_off, row, actor=gc).popitem()[1])
    assert row.state is VisitState.ACTIVE


def test_a_pass_is_made_void_with_a_reason_that_stays(register, gc):
    row = register()
    assert list(refusals(services.void_visitor, row, " ", actor=gc)) == ["remark"]
    services.void_visitor(row, "登记错人", actor=gc)
    assert (row.state, history(row)[-1].remark) == (VisitState.VOID, "登记错人")


def test_visits_at_a_moment_are_those_begun_not_over_not_left_and_not_void(register, gc, site):
    row, void = register(), register(name="访客乙", mobile="13800138001")
    services.void_visitor(void, "错登", actor=gc)
    assert visitors.visits_at(site.project.id, NOON) == [row]
    assert visitors.visits_at(site.project.id, NOON - 2 * HOUR) == []
    assert visitors.visits_at(site.project.id, NOON + 7 * HOUR) == []
    assert visitors.visits_at(site.elsewhere.id, NOON) == []
    services.see_off(row, actor=gc)
    assert visitors.visits_at(site.project.id, NOON + HOUR) == []
    assert visitors.visits_at(site.project.id, NOON - HOUR / 2) == [row]


def test_a_punch_of_the_document_or_the_card_in_that_time_is_the_visitor_s(register):
    human = people.person()
    row = register(id_number=human.id_number, card_no="FK-0091")
    asked = [
        punch(row, human.id_number, NOON, 1), punch(row, "FK0091", NOON, 2),
        punch(row, human.id_number, NOON + DAY, 3), punch(row, people.person().id_number, NOON, 4),
    ]  # fmt: skip
    assert visitors.of_visitors(asked) == {1: row, 2: row}
    assert visitors.of_visitors([]) == {}


def test_the_fourth_visit_in_thirty_days_is_a_frequent_one(register):
    human = people.person()
    made = [
        register(id_number=human.id_number, mobile=f"1380013800{day}",
                 valid_from=NOON + day * DAY, valid_to=NOON + day * DAY + HOUR)
        for day in range(4)
    ]  # fmt: skip
    later = register(id_number=human.id_number, mobile="13800138009",
                     valid_from=NOON + 40 * DAY, valid_to=NOON + 40 * DAY + HOUR)  # fmt: skip
    assert visitors.frequent([row.id for row in (*made, later)]) == {made[3].id: 4}


def test_without_a_document_the_mobile_says_who_it_is_and_void_passes_do_not_count(register, gc):
    made = [register(valid_from=NOON + n * HOUR, valid_to=NOON + DAY) for n in range(4)]
    assert visitors.frequent([row.id for row in made]) == {made[3].id: 4}
    services.void_visitor(made[0], "错登", actor=gc)
    assert visitors.frequent([row.id for row in made]) == {}


def test_a_subcontractor_registers_with_its_own_host_and_sees_its_own_passes(site, register):
    theirs, mine = register(), host_of(site.side)
    sub = principal_of(site.sub_user)
    with scope.act_as(sub):
        row = services.register_visitor(site.project, values(mine), actor=sub)
        assert [one.id for one in db.session.query(VisitorPass)] == [row.id]
        assert row.unit_id == site.side.id
        assert "host_id" in refusals(
            services.register_visitor, site.project, values(mine, host_id=theirs.host_id), actor=sub
        )  # fmt: skip


# --- over HTTP -------------------------------------------------------------------------------


@pytest.fixture
def seat(system, seats):
    with system():
        city = build()
        host = host_of(city.main)
        found = {
            "host": host.id, "host_name": host.name, "project": city.project.id,
            "user": city.firm_user, "sub": city.sub_user, "stranger": city.stranger_user,
        }  # fmt: skip
    return seats(found), found


def form(found, **more):
    return {
        "name": "来访之人", "mobile": MOBILE, "host_id": found["host"], "purpose": "验收设备",
        "company": "电梯公司", "valid_from": "2026-11-22T11:00", "valid_to": "2026-11-23T18:00",
        **more,
    }  # fmt: skip


def test_a_visitor_is_registered_listed_found_changed_and_seen_off(seat, system):
    sit, found = seat
    browser = sit()
    assert "/visitors/list/" in browser.get("/workerview/list/").text
    page = browser.get("/visitors/add").text
    assert all(word in page for word in ("接待人", "事由", "访客卡号", "来访单位"))
    offered = browser.get("/visitors/lookup/host_id").get_json()["results"]
    assert [one["id"] for one in offered] == [found["host"]]

    done = browser.post("/visitors/add", data=form(found))
    shown = browser.get(done.location).text
    assert all(word in shown for word in ("来访之人", found["host_name"], "138****8000", "有效"))
    assert MOBILE not in shown
    for asked in ("来访之人", MOBILE, "电梯公司"):
        assert "来访之人" in browser.get(f"/visitors/list/?keyword={asked}").text
    assert "来访之人" not in browser.get("/visitors/list/?keyword=别人").text
    assert "来访之人" in browser.get(f"/visitors/list/?host_id={found['host']}&state=ACTIVE").text
    assert "来访之人" not in browser.get("/visitors/list/?valid_from__from=2026-12-01").text

    pk = done.location.rsplit("/", 1)[1]
    editing = f"/visitors/edit/{pk}"
    version = re.search(r'name="row_version"[^>]*value="(\d+)"', browser.get(editing).text)[1]
    wrong = form(found, valid_to="2026-12-05T18:00", row_version=version)
    assert "最长7天" in browser.post(editing, data=wrong).text
    done = browser.post(editing, data=form(found, company="设备公司", row_version=version))
    assert "设备公司" in browser.get(done.location).text
    browser.post(f"/visitors/move/depart/{pk}")
    shown = browser.get(f"/visitors/show/{pk}").text
    assert "已离场" in shown
    assert "2026-11-22 12:00" in shown
    with system() as work:
        assert work.get(VisitorPass, int(pk)).state is VisitState.LEFT


def test_a_pass_is_made_void_only_with_words(seat, system):
    sit, found = seat
    browser = sit()
    pk = browser.post("/visitors/add", data=form(found)).location.rsplit("/", 1)[1]
    asked = browser.post(f"/visitors/move/void/{pk}")
    assert f"/visitors/move/void/{pk}" in asked.location
    browser.post(f"/visitors/move/void/{pk}", data={"remark": "重复登记"})
    assert "重复登记" in browser.get(f"/visitors/show/{pk}").text
    with system() as work:
        assert work.get(VisitorPass, int(pk)).state is VisitState.VOID


def test_a_pass_whose_time_is_over_reads_so_without_a_move(seat):
    sit, found = seat
    browser = sit()
    short = form(found, valid_to="2026-11-22T12:05")
    pk = browser.post("/visitors/add", data=short).location.rsplit("/", 1)[1]
    assert "来访之人" in browser.get("/visitors/list/?shown=current").text
    with clock.frozen(NOON + timedelta(minutes=6)):
        assert "没有" in browser.get("/visitors/list/?shown=current").text
        assert "来访之人" not in browser.get("/visitors/list/?shown=current").text
        listed = browser.get("/visitors/list/?shown=over").text
        rows = re.findall(r"<tr>.*?</tr>", listed, re.DOTALL)
        assert any("来访之人" in row and "有效期已过" in row for row in rows)
        assert "有效期已过" in browser.get(f"/visitors/show/{pk}").text


def test_the_export_has_the_passes_with_masked_numbers(seat):
    sit, found = seat
    browser = sit()
    browser.post("/visitors/add", data=form(found))
    book = load_workbook(BytesIO(browser.get("/visitors/export/").data))
    cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row]
    assert "来访之人" in cells
    assert "138****8000" in cells
    assert MOBILE not in cells


def test_frequent_visitors_have_their_tab_and_their_mark(seat):
    sit, found = seat
    browser = sit()
    for hour in range(4):
        browser.post("/visitors/add", data=form(found, valid_from=f"2026-11-22T0{hour}:00"))
    listed = browser.get("/visitors/list/?shown=often").text
    assert "30天内第4次来访" in listed
    assert len(re.findall(r"来访之人</a>", listed)) == 1
    browser.post("/visitors/add", data=form(found, name="稀客登门", mobile="13900139000"))
    assert "稀客登门" not in browser.get("/visitors/list/?shown=often").text


def test_a_pass_of_others_does_not_exist(seat, system):
    sit, found = seat
    pk = sit().post("/visitors/add", data=form(found)).location.rsplit("/", 1)[1]
    for who in ("sub", "stranger"):
        browser = sit(who)
        assert browser.get(f"/visitors/show/{pk}").status_code == 404
        assert browser.get(f"/visitors/edit/{pk}").status_code == 404
        assert browser.post(f"/visitors/move/depart/{pk}").status_code == 404
        assert browser.post(f"/visitors/move/void/{pk}", data={"remark": "x"}).status_code == 404
        assert "来访之人" not in browser.get("/visitors/list/").text
    with system() as work:
        assert work.get(VisitorPass, int(pk)).state is VisitState.ACTIVE
