"""Screens of attendance: report, ledger, odd punches, corrections (screens.md 9.1 to 9.3)."""

from datetime import date, time, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from app.alerts import parameters
from app.alerts.choices import Layer
from app.attendance import services
from app.attendance.choices import CorrectionState, OddState
from app.attendance.models import Correction, OddPunch, Punch
from app.core import clock, rules, scope
from app.extensions import db
from app.projects.models import Project, ProjectUnit
from app.reference.models import DictionaryEntry
from app.roster.choices import StaffKind
from app.roster.models import ProjectWorker, StaffMember, Team, VisitorPass
from tests.factories import attendance, enterprises, roster
from tests.factories.alerts import day_of
from tests.factories.attendance import DAY, NOON, punch, record

MOST_STATEMENTS = 15


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def known(system):
    """Two projects with accounts; the first has punches of both its units."""
    with system():
        site, other = attendance.site(), attendance.site(district="440781")
        record(
            site.project,
            punch(site.own_worker, "in 07:00", channel="东门"),
            punch(site.own_worker, "out 18:00"), punch(site.sub_worker, "in 07:10"),
        )  # fmt: skip
        record(other.project, punch(other.own_worker, "in 07:20"))
        return {
            "project": site.project.id, "other": other.project.id,
            "gc": enterprises.admin(site.gc), "sub": enterprises.admin(site.sub),
            "stranger": enterprises.admin(other.gc), "district": enterprises.official(),
            "far": enterprises.official(district="440781"),
            "own": site.own_worker.id, "own_name": site.own_worker.name,
            "sub_worker": site.sub_worker.id, "sub_name": site.sub_worker.name,
            "other_name": other.own_worker.name, "number": site.own_worker.id_number,
            "team": site.own_team.id,
        }  # fmt: skip


def enter(signed_in, known, who, project="project"):
    browser = signed_in(known[who])
    with browser.session_transaction() as session:
        session["project_id"] = known[project] if project else None
    return browser


def read(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_report_shows_hours_marks_and_totals(signed_in, known):
    page = read(enter(signed_in, known, "gc"), "/attendance/?month=2026-10")

    assert known["own_name"] in page
    assert ">9.5</a>" in page
    assert ">0.0!</a>" in page
    assert f"/attendance/day/{known['own']}/2026-10-20" in page


def test_a_report_without_a_chosen_project_leads_to_the_projects(signed_in, known):
    answer = enter(signed_in, known, "gc", project=None).get("/attendance/")

    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("who", "address"), [("district", "/attendance/"), ("gc", "/corrections/add")]
)
def test_a_page_for_the_only_project_leaves_the_choice_at_the_top_as_it_is(
    signed_in, known, who, address
):
    browser = enter(signed_in, known, who, project=None)

    page = browser.get(address, follow_redirects=True)

    assert page.status_code == 200
    assert page.request.path == address
    with browser.session_transaction() as session:
        assert session["project_id"] is None


def test_the_report_narrows_by_person_team_and_odd_days(signed_in, known):
    browser = enter(signed_in, known, "gc")
    base = "/attendance/?month=2026-10"

    by_number = read(browser, f"{base}&keyword={known['number']}")
    assert known["own_name"] in by_number
    assert known["sub_name"] not in by_number
    odd = read(browser, f"{base}&odd=1")
    assert known["sub_name"] in odd
    assert known["own_name"] not in odd
    by_team = read(browser, f"{base}&team_id={known['team']}")
    assert known["sub_name"] not in by_team


@pytest.mark.parametrize(
    "query", ["month=2026-13", "month=x", "page=99999", "team_id=x'--", "size=0"]
)
def test_odd_addresses_of_the_report_are_no_errors(signed_in, known, query):
    assert enter(signed_in, known, "gc").get(f"/attendance/?{query}").status_code == 200


def test_a_subcontractor_s_report_holds_its_own_people_only(signed_in, known):
    page = read(enter(signed_in, known, "sub"), "/attendance/?month=2026-10")

    assert known["sub_name"] in page
    assert known["own_name"] not in page


@pytest.mark.parametrize("who", ["stranger", "far"])
def test_a_project_of_others_shows_nothing(signed_in, known, who):
    browser = enter(signed_in, known, who)

    for address in (
        "/attendance/?month=2026-10", "/punches/list/", "/odd-punches/list/", "/corrections/list/",
        f"/attendance/day/{known['own']}/2026-10-20",
    ):  # fmt: skip
        answer = browser.get(address)
        assert known["own_name"] not in answer.get_data(as_text=True)
    assert known["own_name"] not in cells_of(browser.get("/punches/export/"))


def cells_of(answer):
    sheet = load_workbook(BytesIO(answer.data)).active
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]


def test_the_export_is_the_same_grid(signed_in, known):
    answer = enter(signed_in, known, "gc").get("/attendance/export?month=2026-10")

    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    own = next(row for row in rows if known["own_name"] in row)
    assert rows[1][4:35] == tuple(str(n) for n in range(1, 32))
    assert own[4 + 19] == 9.5
    assert own[35] == 1
    assert float(own[36]) == 9.5


def test_the_hours_of_the_export_are_numbers_that_carry_their_marks_and_add_up(signed_in, known):
    answer = enter(signed_in, known, "gc").get("/attendance/export?month=2026-10")

    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows())
    lacking = next(row for row in rows if known["sub_name"] in [cell.value for cell in row])
    cell = lacking[4 + 19]
    assert (cell.value, cell.data_type, cell.number_format) == (0, "n", '#,##0.0"!"')
    foot = [cell.value for cell in rows[-2]]
    assert (foot[0], foot[4 + 19]) == ("合计", None)
    assert foot[35:] == [1, 9.5, 1, 0, "0/0"]


def test_a_punch_ahead_of_the_clock_is_downloaded_as_words_not_as_a_formula(
    signed_in, known, system
):
    with system():
        project = db.session.get(Project, known["project"])
        worker = db.session.get(ProjectWorker, known["own"])
        record(project, punch(worker, "in 12:00", on=date(2036, 10, 21)))
    browser = enter(signed_in, known, "gc")

    assert "提前3,653天" in cells_of(browser.get("/odd-punches/export/"))
    assert "提前3,653天" in read(browser, "/odd-punches/list/")


def test_an_unmatched_punch_in_the_time_of_a_pass_is_marked_as_the_visitor_s(
    signed_in, known, system
):
    human, other = attendance.stranger(), attendance.stranger()
    with system():
        project, worker = (db.session.get(Project, known["project"]),
                           db.session.get(ProjectWorker, known["own"]))  # fmt: skip
        host = StaffMember(
            project_id=project.id, staff_kind=StaffKind.MANAGER, source="manual",
            **roster.staff_values(db.session.get(ProjectUnit, worker.unit_id), "2"),
        )  # fmt: skip
        db.session.add(host)
        db.session.flush()
        visit = VisitorPass(
            project_id=project.id, unit_id=worker.unit_id, host_id=host.id, name="来访之人",
            mobile="13800138000", purpose="送货", id_type="01", id_number=human.id_number,
            valid_from=attendance.at("07:00"), valid_to=attendance.at("12:00"),
        )  # fmt: skip
        db.session.add(visit)
        record(project, punch(human, "in 08:00"), punch(human, "out 14:00"),
               punch(other, "in 08:00"))  # fmt: skip
        odd = [row.id for row in db.session.query(OddPunch).order_by(OddPunch.punched_at)
               if row.id_number == human.id_number]  # fmt: skip
        number = visit.id
    browser = enter(signed_in, known, "gc")

    page = read(browser, "/odd-punches/list/")
    assert page.count("访客：来访之人") == 1
    assert f'href="/visitors/show/{number}"' in page
    assert "访客：来访之人" in read(browser, f"/odd-punches/show/{odd[0]}")
    assert "访客：来访之人" not in read(browser, f"/odd-punches/show/{odd[1]}")
    assert "访客：来访之人" in cells_of(browser.get("/odd-punches/export/"))


def test_a_day_shows_its_punches(signed_in, known):
    browser = enter(signed_in, known, "gc")

    page = read(browser, f"/attendance/day/{known['own']}/2026-10-20")

    assert "2026-10-20 07:00:00" in page
    assert "2026-10-20 18:00:00" in page
    assert "东门" in page
    assert browser.get(f"/attendance/day/{known['own']}/nonsense").status_code == 404
    assert browser.get("/attendance/day/999999/2026-10-20").status_code == 404
    for edge in ("0001-01-01", "9999-12-31", "1899-12-31"):
        assert browser.get(f"/attendance/day/{known['own']}/{edge}").status_code == 404


def test_the_ledger_lists_the_newest_first(signed_in, known):
    page = read(enter(signed_in, known, "gc"), "/punches/list/")

    assert page.index("2026-10-20 18:00") < page.index("2026-10-20 07:00")
    assert known["sub_name"] in page
    assert known["other_name"] not in page
    assert known["number"] not in page


def test_the_ledger_without_a_chosen_project_spans_all_of_one_s_own(signed_in, known):
    assert known["own_name"] in read(enter(signed_in, known, "gc", None), "/punches/list/")
    assert known["sub_name"] in read(enter(signed_in, known, "sub", None), "/punches/list/")
    assert known["own_name"] not in read(enter(signed_in, known, "sub", None), "/punches/list/")
    assert known["own_name"] in read(enter(signed_in, known, "district", None), "/punches/list/")


@pytest.mark.parametrize(
    ("query", "own", "sub"),
    [
        ("direction=02", True, False),
        ("punched_at__from=2026-10-20&punched_at__to=2026-10-20", True, True),
        ("punched_at__from=2026-10-21", False, False),
        ("punched_at__to=2026-10-19", False, False),
        ("state=VALID", True, True),
        ("state=UNMATCHED", False, False),
        ("source=system", True, True),
        ("source=api", False, False),
        ("direction=%27%20or%201=1--", False, False),
        ("keyword=no-such-person", False, False),
        ("after=garbage", True, True),
        ("after=%5B%222026-10-20T07:05:00%2B08:00%22,999999999%5D", True, False),
        ("page=7", False, False),
    ],
)
def test_the_ledger_narrows(signed_in, known, query, own, sub):
    page = read(enter(signed_in, known, "gc"), f"/punches/list/?{query}")

    assert (known["own_name"] in page) is own
    assert (known["sub_name"] in page) is sub


def test_the_ledger_finds_a_person_by_number_and_by_name(signed_in, known):
    browser = enter(signed_in, known, "gc")

    for word in (known["number"], known["own_name"]):
        page = read(browser, f"/punches/list/?keyword={word}")
        assert known["own_name"] in page
        assert known["sub_name"] not in page


def test_pages_of_many_legs_hold_each_punch_once(signed_in, known, system):
    with system():
        from app.enterprises.models import Enterprise
        from app.projects.models import Project
        from tests.factories import projects

        sub = (
            db.session.query(Enterprise)
            .join(Project, Project.general_contractor_id != Enterprise.id)
            .first()
        )
        names = []
        for _n in range(14):
            site = attendance.site()
            worker = roster.worker(roster.team(projects.unit(site.project, sub)))
            record(site.project, punch(worker, "in 08:00"))
            names.append(worker.name)
        known["wide"] = enterprises.admin(sub)
    browser = enter(signed_in, known, "wide", None)

    first = read(browser, "/punches/list/?size=10")
    second = read(browser, "/punches/list/?size=10&page=1")

    seen = [(name in first) + (name in second) for name in names]
    assert all(count >= 1 for count in seen)


def test_the_ledger_is_downloaded_without_numbers(signed_in, known):
    cells = cells_of(enter(signed_in, known, "gc").get("/punches/export/"))

    assert known["own_name"] in cells
    assert not any(known["number"] in cell for cell in cells)


@pytest.mark.parametrize(
    "address",
    ["/attendance/?month=2026-10", "/punches/list/?size=50", "/odd-punches/list/",
     "/corrections/list/", "/corrections/add"],
)  # fmt: skip
def test_no_page_issues_more_than_fifteen_statements(signed_in, known, app, address):
    browser = enter(signed_in, known, "gc")
    read(browser, address)
    seen = statements_of(app, lambda: read(browser, address))

    assert len(seen) <= MOST_STATEMENTS, "\n".join(seen)


def statements_of(app, act):
    """Give the statements something issues, without those that steer the transaction."""
    seen = []

    def listen(_connection, _cursor, statement, *_rest):
        word = statement.lstrip().split(" ", 1)[0].lower()
        if word not in ("set", "savepoint", "release", "rollback"):
            seen.append(statement)

    connection = db._app_engines[app][None]
    event.listen(connection, "before_cursor_execute", listen)
    try:
        act()
    finally:
        event.remove(connection, "before_cursor_execute", listen)
    return seen


def test_a_list_of_many_odd_punches_asks_no_more_than_one_of_few(signed_in, known, app, system):
    def keep_odd(count):
        with system():
            project = db.session.get(Project, known["project"])
            record(project, *[punch(attendance.stranger(), "in 07:00") for _n in range(count)])

    browser = enter(signed_in, known, "gc")
    keep_odd(1)
    read(browser, "/odd-punches/list/")
    few = statements_of(app, lambda: read(browser, "/odd-punches/list/"))
    keep_odd(19)
    many = statements_of(app, lambda: read(browser, "/odd-punches/list/"))

    assert len(many) <= len(few)


def test_an_odd_punch_proposes_whoever_is_on_site_and_nobody_taken_off_the_roster(
    signed_in, known, system
):
    with system():
        project = db.session.get(Project, known["project"])
        ahead = DAY + timedelta(days=3)
        own, sub = (db.session.get(ProjectWorker, known[n]) for n in ("own", "sub_worker"))
        record(project, punch(own, "in 07:30", on=ahead), punch(sub, "in 07:30", on=ahead))
        sub.is_deleted = True
    page = read(enter(signed_in, known, "gc"), "/odd-punches/list/")

    assert f"worker_ids={known['own']}&" in page.replace("&amp;", "&")
    assert f"worker_ids={known['sub_worker']}" not in page


def test_a_district_s_stricter_limit_colours_the_report_and_warns_of_a_correction(
    signed_in, known, system
):
    browser = enter(signed_in, known, "gc")
    address = "/attendance/?month=2026-10"
    with system():
        site = db.session.get(Project, known["project"])
        worker = db.session.get(ProjectWorker, known["own"])
        # 10 h 30 after the missing rest
        record(site, punch(worker, "in 06:00", on=DAY - timedelta(days=1)),
               punch(worker, "out 18:00", on=DAY - timedelta(days=1)))  # fmt: skip
    lawful = read(browser, address)
    assert "超过11小时" in lawful
    assert known["own_name"] not in read(browser, f"{address}&odd=1")
    with system():
        parameters.change(
            rules.get("ATT-001"), "max_hours", 10.0, layer=Layer.DISTRICT, district_code="440703",
            actor=scope.SYSTEM,
        )  # fmt: skip

    assert "超过10小时" in read(browser, address)
    assert "超过11小时" not in read(browser, address)
    assert known["own_name"] in read(browser, f"{address}&odd=1")
    with system():
        row = services.add_correction(
            db.session.get(Project, known["project"]),
            {"worker_ids": [known["sub_worker"]], "work_on": date(2026, 10, 19),
             "in_time": time(7), "out_time": time(17, 30), "reason": "missed_punch"},
            actor=scope.SYSTEM,
        )  # fmt: skip
        assert known["sub_name"] in row.warning


def test_hours_on_a_project_s_page_are_never_rounded_up(signed_in, system, known):
    with system():
        worker = db.session.get(ProjectWorker, known["own"])
        day_of(worker, date(2026, 10, 18), 0, seconds=7 * 3600 + 59 * 60 + 59)
    address = f"/projects/show/{known['project']}?tab=attendance"
    page = read(enter(signed_in, known, "gc"), address)

    row = page.split("2026-10-18")[1].split("</tr>")[0]
    assert "7.9" in row
    assert "8.0" not in row


FORM = {"work_on": "2026-10-19", "in_time": "07:00", "out_time": "18:00", "reason": "missed_punch"}


def test_a_correction_is_entered_on_the_form(signed_in, known, system):
    browser = enter(signed_in, known, "gc")

    answer = browser.post("/corrections/add", data={**FORM, "worker_ids": [known["own"]]})

    assert answer.status_code == 302
    with system():
        assert db.session.query(Correction).one().state is CorrectionState.APPROVED
    assert ">9.5*</a>" in read(browser, "/attendance/?month=2026-10")


def test_a_refused_correction_says_why_beside_its_field(signed_in, known, system):
    browser = enter(signed_in, known, "gc")

    page = browser.post(
        "/corrections/add",
        data={**FORM, "worker_ids": [known["own"]], "work_on": "2026-10-20"},
    ).get_data(as_text=True)

    assert "in_time-error" in page
    with system():
        assert db.session.query(Correction).count() == 0


def test_a_posted_worker_of_another_project_is_refused(signed_in, known, system):
    with system():
        from app.roster.models import ProjectWorker

        foreign = db.session.query(ProjectWorker.id).filter_by(project_id=known["other"]).first()[0]
    browser = enter(signed_in, known, "gc")

    for number in (foreign, 10**12):
        page = browser.post("/corrections/add", data={**FORM, "worker_ids": [number]})
        assert "worker_ids-error" in page.get_data(as_text=True)


def test_a_subcontractor_s_correction_is_approved_by_the_contractor(signed_in, known, system):
    enter(signed_in, known, "sub").post(
        "/corrections/add", data={**FORM, "worker_ids": [known["sub_worker"]]}
    )
    with system():
        row = db.session.query(Correction).one()
        number = row.id
        assert row.state is CorrectionState.PENDING

    own = enter(signed_in, known, "sub")
    assert f"/corrections/move/approve/{number}" not in read(own, f"/corrections/show/{number}")
    own.post(f"/corrections/move/approve/{number}")
    with system():
        assert db.session.get(Correction, number).state is CorrectionState.PENDING

    enter(signed_in, known, "gc").post(f"/corrections/move/approve/{number}")
    with system():
        assert db.session.get(Correction, number).state is CorrectionState.APPROVED
        assert db.session.query(Punch).filter_by(correction_id=number).count() == 2


@pytest.mark.parametrize("who", ["stranger", "far"])
def test_a_foreign_correction_is_not_found(signed_in, known, system, who):
    enter(signed_in, known, "sub").post(
        "/corrections/add", data={**FORM, "worker_ids": [known["sub_worker"]]}
    )
    with system():
        number = db.session.query(Correction).one().id
    browser = enter(signed_in, known, who)

    assert browser.get(f"/corrections/show/{number}").status_code == 404
    assert browser.post(f"/corrections/move/approve/{number}").status_code == 404


def test_the_worker_picker_follows_the_team(signed_in, known):
    browser = enter(signed_in, known, "gc")

    found = browser.get(f"/corrections/lookup/worker_ids?team_id={known['team']}").get_json()
    assert [row["text"] for row in found["results"]] == [known["own_name"]]
    everybody = browser.get("/corrections/lookup/worker_ids").get_json()
    assert {row["text"] for row in everybody["results"]} == {known["own_name"], known["sub_name"]}


def test_without_a_team_the_picker_searches_the_whole_project(signed_in, known, system):
    with system():
        from app.roster.models import ProjectWorker

        number = db.session.get(ProjectWorker, known["sub_worker"]).worker_no
    browser = enter(signed_in, known, "gc")

    control = read(browser, "/corrections/add").split('id="worker_ids"')[0].rsplit("<select", 1)[1]
    rest = read(browser, "/corrections/add").split('id="worker_ids"')[1].split(">")[0]
    assert 'data-narrow="team_id"' in control + rest
    assert "data-parent" not in control + rest
    for word in (known["sub_name"], number):
        (found,) = browser.get(f"/corrections/lookup/worker_ids?q={word}").get_json()["results"]
        assert found["id"] == known["sub_worker"]
        assert number in found["note"]


def test_the_picker_of_a_large_project_gives_twenty_at_a_time(signed_in, known, system):
    with system():
        from app.roster.models import Team

        team = db.session.get(Team, known["team"])
        for _n in range(25):
            roster.worker(team)
    browser = enter(signed_in, known, "gc")

    first = browser.get("/corrections/lookup/worker_ids?page=1").get_json()
    second = browser.get("/corrections/lookup/worker_ids?page=2").get_json()

    assert (len(first["results"]), first["pagination"]["more"]) == (20, True)
    assert (len(second["results"]), second["pagination"]["more"]) == (7, False)
    numbers = {row["id"] for row in first["results"] + second["results"]}
    assert {known["own"], known["sub_worker"]} <= numbers
    assert len(numbers) == 27


def test_an_odd_punch_is_turned_into_a_correction_or_ignored(signed_in, known, system):
    with system():
        project = db.session.get(Project, known["project"])
        worker = db.session.get(ProjectWorker, known["own"])
        record(project, punch(worker, "in 07:30", on=DAY + timedelta(days=3)),
               punch(attendance.stranger(), "in 07:00"))  # fmt: skip
        ahead, unknown = db.session.query(OddPunch).order_by(OddPunch.kind).all()
        ids = ahead.id, unknown.id
    browser = enter(signed_in, known, "gc")

    page = read(browser, "/odd-punches/list/")
    assert f"odd={ids[0]}" in page
    form = read(browser, f"/corrections/add?odd={ids[0]}&worker_ids={known['own']}&in_time=07:30")
    assert 'value="07:30"' in form
    browser.post(f"/corrections/add?odd={ids[0]}", data={**FORM, "worker_ids": [known["own"]]})
    browser.post(f"/odd-punches/move/ignore/{ids[1]}", data={"remark": "送货司机"})

    with system():
        assert db.session.get(OddPunch, ids[0]).state is OddState.CORRECTED
        assert db.session.get(OddPunch, ids[1]).state is OddState.IGNORED


def test_an_unmatched_punch_is_named_through_its_form(signed_in, known, system):
    with system():
        project = db.session.get(Project, known["project"])
        worker = db.session.get(ProjectWorker, known["own"])
        record(project, punch(worker, "in 07:30", on=DAY + timedelta(days=3)),
               punch(attendance.stranger(), "out 19:00"))  # fmt: skip
        ahead, unknown = db.session.query(OddPunch).order_by(OddPunch.kind).all()
        ids = ahead.id, unknown.id
    address = f"/odd-punches/name/{ids[1]}"
    for who in ("sub", "district"):
        page = enter(signed_in, known, who).get("/odd-punches/list/").get_data(as_text=True)
        assert "/odd-punches/name/" not in page
    assert enter(signed_in, known, "stranger").get(address).status_code == 404
    browser = enter(signed_in, known, "gc")

    page = read(browser, "/odd-punches/list/")
    assert address in page
    assert f"/odd-punches/name/{ids[0]}" not in page
    assert "worker_id" in read(browser, address)
    found = browser.get(f"/odd-punches/people/{ids[1]}?q={known['sub_name']}").get_json()
    assert [one["id"] for one in found["results"]] == [known["sub_worker"]]
    assert "worker_id-error" in browser.post(address, data={}).get_data(as_text=True)
    assert browser.post(f"/odd-punches/move/name/{ids[1]}").status_code == 409
    assert browser.post(address, data={"worker_id": known["sub_worker"]}).status_code == 302

    with system():
        assert db.session.get(OddPunch, ids[1]).state is OddState.SETTLED
    assert ">10.3<" in read(browser, f"/attendance/day/{known['sub_worker']}/{DAY}")


def test_waiting_punches_are_let_count_from_the_list(signed_in, known, system):
    with system():
        project = db.session.get(Project, known["project"])
        worker = db.session.get(ProjectWorker, known["own"])
        outcomes = record(project, punch(worker, "in 07:00", on=date(2026, 8, 20)))
        number = outcomes[0].punch_id
    browser = enter(signed_in, known, "gc")

    assert f'value="{number}"' in read(browser, "/punches/list/?state=PENDING")
    browser.post("/punches/run", data={"action": "approve", "rowid": [number]})

    assert f'value="{number}"' not in read(browser, "/punches/list/?state=PENDING")
    assert known["own_name"] in read(browser, "/punches/list/?state=LATE")


def old_punches(system, known, *texts):
    """Keep punches of 20 August of the own worker and of the subcontractor's; gives their ids."""
    with system():
        project = db.session.get(Project, known["project"])
        workers = [db.session.get(ProjectWorker, known[who]) for who in ("own", "sub_worker")]
        items = [punch(w, text, on=date(2026, 8, 20)) for w in workers for text in texts]
        return [outcome.punch_id for outcome in record(project, *items)]


def test_a_waiting_punch_is_decided_where_it_stands(signed_in, known, system):
    own, theirs = old_punches(system, known, "in 07:00")
    browser = enter(signed_in, known, "gc")
    waiting = "/punches/list/?state=PENDING"

    assert f'href="{waiting}"' in read(browser, "/punches/list/")
    page = read(browser, waiting)
    assert f"/punches/count/{own}" in page
    assert f"/punches/void/{theirs}" in page
    day = f"/attendance/day/{known['own']}/2026-08-20"
    assert f"/punches/count/{own}" in read(browser, day)

    answer = browser.post(f"/punches/count/{own}?next={day}")
    assert answer.location == day
    assert "textarea" in read(browser, f"/punches/void/{theirs}")
    browser.post(f"/punches/void/{theirs}", data={"remark": "非本人"})

    assert "/punches/count/" not in read(browser, waiting)
    assert known["own_name"] in read(browser, "/punches/list/?state=LATE")
    assert "非本人" in read(browser, "/punches/list/?state=VOID")
    assert browser.post(f"/punches/count/{own}").status_code == 409


def test_only_the_general_contractor_is_offered_the_decision(signed_in, known, system):
    _own, theirs = old_punches(system, known, "in 07:00")
    for who, project in (("sub", "project"), ("district", None)):
        browser = enter(signed_in, known, who, project)
        assert "/punches/count/" not in read(browser, "/punches/list/?state=PENDING")
        browser.post(f"/punches/count/{theirs}")
    for address in (f"/punches/count/{theirs}", f"/punches/void/{theirs}"):
        assert enter(signed_in, known, "stranger").post(address).status_code == 404
    page = read(enter(signed_in, known, "gc"), "/punches/list/?state=PENDING")
    assert f"/punches/count/{theirs}" in page


def test_a_punch_taken_in_by_a_later_stay_shows_whose_it_is(signed_in, known, system):
    unknown = attendance.stranger()
    with system():
        project = db.session.get(Project, known["project"])
        record(project, punch(unknown, "in 07:00", on=date(2026, 8, 20)))
        team = db.session.get(Team, known["team"])
        worker = roster.worker(team, id_number=unknown.id_number, entry_on=date(2026, 8, 1))
        services.match_stays([worker], actor=scope.SYSTEM)
        number, name = worker.id, worker.name
    browser = enter(signed_in, known, "gc")

    page = read(browser, "/punches/list/?state=PENDING")
    assert f"/attendance/day/{number}/2026-08-20" in page
    assert name in page


def test_a_month_is_locked_by_the_contractor_only(signed_in, known):
    sub = enter(signed_in, known, "sub")
    assert "/attendance/lock?month=2026-09" not in read(sub, "/attendance/?month=2026-09")
    browser = enter(signed_in, known, "gc")
    assert "/attendance/lock?month=2026-09" in read(browser, "/attendance/?month=2026-09")

    sub.post("/attendance/lock", data={"month": "2026-09"})
    assert "/attendance/lock?month=2026-09" in read(browser, "/attendance/?month=2026-09")
    browser.post("/attendance/lock?month=2026-09")

    page = browser.post(
        "/corrections/add", data={**FORM, "worker_ids": [known["own"]], "work_on": "2026-09-29"}
    )
    assert "work_on-error" in page.get_data(as_text=True)


def test_the_report_still_narrows_to_a_trade_the_city_has_retired(signed_in, known, system):
    with system() as session:
        entry = session.query(DictionaryEntry).filter_by(table_name="work_type").first()
        code, label, entry.offered = entry.code, entry.label_zh, False

    page = read(enter(signed_in, known, "gc"), "/attendance/?month=2026-10")

    assert f'<option value="{code}">{label}（已停用）</option>' in page
