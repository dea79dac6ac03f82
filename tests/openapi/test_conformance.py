"""联调自测: a good client passes every case, each faulty one fails exactly its own (7.4)."""

import json

import pytest
from sqlalchemy import func, select

from app.core import scope
from app.extensions import db
from app.openapi import conformance, passes, sandbox, services
from app.openapi.choices import ClientState, Environment
from app.openapi.conformance.runs import BROKEN, MISSED, PASSED
from app.openapi.models import ApiCall, ApiClient, ConformanceRun
from app.openapi.refusals import LiveAccess, NotPassed
from app.projects.models import Project, ProjectUnit
from app.roster.models import ProjectWorker
from tests.factories import enterprises, openapi, people, projects
from tests.openapi.site_system import china_now
from tests.openapi.vendors import Vendor

ALWAYS = "A" * 8


@pytest.fixture
def vendor(system, server):
    """Give a vendor's program with an access in the trial environment."""
    with system():
        project = projects.project(enterprises.enterprise())
        opened = openapi.client(
            project, environment=Environment.TRIAL, software="闸机云",
            scopes=["TEAM", "WORKER", "ATTENDANCE"],
        )  # fmt: skip
        client, unit = opened.client, projects.general_contractor_unit(project)
        place = db.session.get_one(Project, client.sandbox_id)
        talker = Vendor(server, client.app_id, opened.secret)
        talker.project_id, talker.real_code = project.id, project.project_no
        talker.sandbox_id = place.id
        return talker.bind(
            client.id,
            {"projectCode": place.project_no, "corpCode": unit.credit_code,
             "corpName": unit.name},
            sandbox.invented_numbers(client.id),
        )  # fmt: skip


def finished(system, vendor):
    """End the run and give its report by case."""
    with system():
        client = db.session.get_one(ApiClient, vendor.client_id)
        run = conformance.finish(client, actor=scope.SYSTEM)
        return {line.case.code: line for line in conformance.report(run)}


def failures(system, vendor):
    lines = finished(system, vendor)
    return {code for code, line in lines.items() if line.verdict in (BROKEN, MISSED)}


def state_of(system, vendor):
    with system():
        return db.session.get_one(ApiClient, vendor.client_id).state


def test_a_good_client_fails_no_case_and_passes_for_its_vendor_and_software(vendor, system):
    assert state_of(system, vendor) is ClientState.TRIAL
    vendor.course()
    lines = finished(system, vendor)

    assert {code for code, line in lines.items() if line.verdict in (BROKEN, MISSED)} == set()
    must = {code for code, line in lines.items() if line.case.necessary}
    assert must == {"signature", "team", "worker", "punch", "query"}
    assert all(lines[code].verdict == PASSED for code in must)
    for code in ("async", "backlog", "out_of_order", "direction", "dictionary", "encryption"):
        assert lines[code].verdict == PASSED, code
    assert state_of(system, vendor) is ClientState.TESTED
    with system():
        client = db.session.get_one(ApiClient, vendor.client_id)
        assert passes.has_passed(client.vendor_name, " 闸机云 ")
        assert not passes.has_passed(client.vendor_name, "另一软件")


def test_what_was_passed_once_holds_for_the_vendors_other_projects(vendor, system):
    vendor.course()
    with system():
        name = db.session.get_one(ApiClient, vendor.client_id).vendor_name
        other = projects.project(enterprises.enterprise())
        values = {**openapi.SETTINGS, "vendor_name": name, "software": "闸机云"}
        live = services.open_client(
            other, {**values, "environment": Environment.LIVE}, actor=scope.SYSTEM
        ).client
        assert (live.state, live.app_id) == (ClientState.LIVE, other.project_no)
        with pytest.raises(NotPassed):
            services.open_client(
                projects.project(enterprises.enterprise()),
                {**values, "software": "别的软件", "environment": Environment.LIVE},
                actor=scope.SYSTEM,
            )


def test_going_live_gives_the_project_number_and_leaves_the_sandbox(vendor, system):
    with system():
        client = db.session.get_one(ApiClient, vendor.client_id)
        with pytest.raises(NotPassed):
            services.go_live(client, actor=scope.SYSTEM)
    vendor.course()
    with system():
        client = db.session.get_one(ApiClient, vendor.client_id)
        services.go_live(client, actor=scope.SYSTEM)
        assert (client.app_id, client.state) == (vendor.real_code, ClientState.LIVE)
        with pytest.raises(LiveAccess):
            services.change_client(client, {"environment": Environment.TRIAL}, actor=scope.SYSTEM)
    assert vendor.ask("Team.Query")["message"] == "请求参数无效:appid无效!"
    vendor.appid = vendor.real_code
    vendor.head["projectCode"] = vendor.real_code
    assert vendor.ask("Team.Query")["data"]["totalCount"] == 0


def test_what_is_tried_stays_in_the_sandbox(vendor, system):
    vendor.course()
    with system():
        per_project = dict(
            db.session.execute(
                select(ProjectWorker.project_id, func.count()).group_by(ProjectWorker.project_id)
            ).all()
        )
        assert per_project == {vendor.sandbox_id: 1}
        place = db.session.get_one(Project, vendor.sandbox_id)
        assert place.district_code == sandbox.DISTRICT
        units = db.session.scalars(
            select(ProjectUnit.enterprise_id).where(ProjectUnit.project_id == place.id)
        ).all()
        assert units == [None]
        assert {call.environment for call in db.session.scalars(select(ApiCall))} == {
            Environment.TRIAL
        }


def test_no_office_and_no_contractor_sees_a_sandbox(vendor, system, signed_in):
    with system():
        project = db.session.get_one(Project, vendor.project_id)
        contractor = enterprises.admin(
            db.session.get_one(enterprises.Enterprise, project.general_contractor_id)
        )
        city = enterprises.official("city_admin", district=None)
    for user in (contractor, city):
        answer = signed_in(user).get(f"/projects/show/{vendor.sandbox_id}")
        assert answer.status_code in {302, 404}
        assert "联调沙箱" not in answer.get_data(as_text=True)


def test_the_report_is_kept_and_a_new_run_begins_empty(vendor, system):
    vendor.course()
    with system():
        client = db.session.get_one(ApiClient, vendor.client_id)
        fresh = conformance.begin(client, actor=scope.SYSTEM)
        first, second = reversed(conformance.runs_of(client))
        assert second.id == fresh.id
        assert (second.calls, second.passed) == (0, False)
        assert first.passed
        assert first.ended_at is not None
        assert first.results["team"]["good"] == 1


def test_a_real_person_and_a_real_firm_are_refused_in_trial(vendor, system):
    number, real = vendor.team(), people.person()
    reply = vendor.call("ProjectWorker.Add", vendor.workers(number, real))
    assert reply["code"] == "-1"
    assert reply["message"].startswith("[workerList][0][idCardNumber]联调环境只接受测试证件号码")
    with system():
        assert db.session.scalar(select(func.count()).select_from(ProjectWorker)) == 0


def test_a_call_that_is_not_the_clients_own_passes_nothing(vendor, system):
    vendor.secret = "0" * 32
    assert vendor.ask("Team.Query")["code"] == "-2"
    with system():
        run = db.session.scalars(select(ConformanceRun)).one()
        assert (run.passed, run.results["signature"]["good"]) == (False, 0)
        assert "query" not in run.results


# --- faulty clients: each is a good one with one slip ----------------------------------------


def signs_wrong(vendor):
    vendor.course()
    vendor.call("Team.Query", {"pageIndex": 0}, sign="0" * 64)


def sends_utc(vendor):
    stamp = vendor.parameters

    def late(method, data, **changes):
        utc = china_now(hours=-8).strftime("%Y%m%d%H%M%S")
        return stamp(method, data, **{"timestamp": utc, **changes})

    vendor.parameters = late
    vendor.course()


def keeps_its_nonce(vendor):
    plain = vendor.parameters
    vendor.parameters = lambda method, data, **changes: plain(
        method, data, **{"nonce": ALWAYS, **changes}
    )
    vendor.course()


def sends_again_as_it_was(vendor):
    vendor.course()
    body = vendor.parameters("Team.Add", {**vendor.head, "teamName": "测试二班"})
    vendor.outcome(vendor.send(body)["data"]["requestSerialCode"])
    assert vendor.send(body)["code"] == "-2"


def sends_its_secret(vendor):
    vendor.course()
    assert vendor.call("Team.Query", {"pageIndex": 0}, appsecret=vendor.secret)["code"] == "0"


def breaks_its_json(vendor):
    vendor.course()
    assert vendor.call("Team.Query", '{"pageIndex":0,}')["code"] == "-1"


def asks_what_it_may_not(vendor):
    vendor.course()
    assert vendor.call("Payroll.Query", {})["code"] == "-3"


def names_another_project(vendor):
    vendor.course()
    assert vendor.ask("Team.Query", projectCode=vendor.real_code)["code"] == "-3"


def leaves_out_the_face(vendor):
    vendor.course()
    vendor.call("ProjectWorker.Add", vendor.workers(vendor.number, vendor.human(1), headImage=""))


def invents_a_code(vendor):
    vendor.course()
    vendor.call("ProjectWorker.Add", vendor.workers(vendor.number, vendor.human(1), workType="xyz"))


def forgets_to_encrypt(vendor):
    vendor.course()
    human = vendor.human(1)
    plain = {"idCardNumber": human.id_number}
    vendor.call("WorkerEntryExit.Add", vendor.movement(vendor.number, human, **plain))


def sends_large_pictures(vendor):
    vendor.course()
    large = openapi.picture() + "AAAA" * 20_000
    vendor.call(
        "ProjectWorker.Add", vendor.workers(vendor.number, vendor.human(1), headImage=large)
    )


def sends_bitmaps(vendor):
    vendor.course()
    vendor.call("ProjectWorker.Add", vendor.workers(
        vendor.number, vendor.human(1), headImage=openapi.picture(kind="BMP", width=20, height=20)
    ))  # fmt: skip


def sends_too_many(vendor):
    vendor.course()
    vendor.call(
        "ProjectWorker.Add",
        vendor.workers(vendor.number, *[vendor.human(place) for place in range(1, 7)]),
    )


def writes_too_long(vendor):
    vendor.course()
    vendor.call("Team.Add", {**vendor.head, "teamName": "班" * 101})


def writes_dates_its_own_way(vendor):
    vendor.course()
    vendor.call(
        "WorkerEntryExit.Add", vendor.movement(vendor.number, vendor.human(), date="23.11.2026")
    )


def sends_the_future(vendor):
    vendor.course()
    vendor.write("WorkerAttendance.Add", vendor.attendance(
        vendor.number, vendor.punch(vendor.human(), china_now(minutes=40), "02")
    ))  # fmt: skip


def spells_fields_its_own_way(vendor):
    vendor.course()
    assert vendor.ask("Team.Query", TeamNo=1)["code"] == "0"


def sends_real_people(vendor):
    vendor.course()
    vendor.call("ProjectWorker.Add", vendor.workers(vendor.number, people.person()))


def names_a_foreign_company(vendor):
    vendor.course()
    other = {**vendor.head, "corpCode": people.credit_code("440703")}
    vendor.call("Team.Add", {**other, "teamName": "测试二班"})


def sends_entries_before_workers(vendor):
    vendor.course()
    outcome = vendor.write("WorkerEntryExit.Add", vendor.movement(vendor.number, vendor.human(1)))
    assert outcome["status"] == 10


def sends_strangers(vendor):
    vendor.course()
    assert vendor.attend(vendor.punch(vendor.human(1), china_now(hours=-3)))["status"] == 20


def adds_its_team_at_every_start(vendor):
    vendor.course()
    for _turn in range(2):
        vendor.write("Team.Add", {**vendor.head, "teamName": "测试一班"})


def adds_its_worker_at_every_start(vendor):
    vendor.course()
    body = vendor.workers(vendor.number, vendor.human())
    for _turn in range(2):
        vendor.write("ProjectWorker.Add", body)


def never_stops_sending_punches(vendor):
    vendor.course()
    body = vendor.attendance(vendor.number, vendor.punch(vendor.human(), china_now(hours=-3), "02"))
    for _turn in range(3):
        vendor.write("WorkerAttendance.Add", body)


def never_asks_for_outcomes(vendor):
    vendor.course()
    assert vendor.call("Team.Add", {**vendor.head, "teamName": "测试二班"})["code"] == "0"


def asks_without_end(vendor):
    vendor.course()
    reply = vendor.call("Team.Add", {**vendor.head, "teamName": "测试二班"})
    for _turn in range(11):
        vendor.outcome(reply["data"]["requestSerialCode"])


def begins_at_page_one(vendor):
    vendor.course()
    assert vendor.ask("ProjectWorker.Query", pageIndex=1)["code"] == "0"


def asks_for_a_hundred(vendor):
    vendor.course()
    assert vendor.ask("Team.Query", pageSize=100)["code"] == "0"


def stamps_the_backlog_with_the_moment_of_sending(vendor):
    vendor.course()
    everybody = [vendor.human(place) for place in range(1, 6)]
    assert vendor.write(
        "ProjectWorker.Add", vendor.workers(vendor.number, *everybody)
    )["status"] == 20  # fmt: skip
    for human in everybody:
        vendor.write("WorkerEntryExit.Add", vendor.movement(vendor.number, human))
    moment = china_now(minutes=-1)
    assert vendor.attend(*[vendor.punch(one, moment) for one in everybody])["status"] == 20


def sends_no_punch(vendor):
    number = vendor.team()
    assert vendor.write("ProjectWorker.Add", vendor.workers(number, vendor.human()))["status"] == 20
    vendor.ask("Team.Query")


FAULTS = {
    signs_wrong: "signature", sends_utc: "clock", keeps_its_nonce: "nonce",
    sends_again_as_it_was: "replay", sends_its_secret: "secret", breaks_its_json: "json",
    asks_what_it_may_not: "permission", names_another_project: "project",
    leaves_out_the_face: "required", invents_a_code: "dictionary",
    forgets_to_encrypt: "encryption", sends_large_pictures: "picture_size",
    sends_bitmaps: "picture_kind", sends_too_many: "batch", writes_too_long: "length",
    writes_dates_its_own_way: "shape", sends_the_future: "future",
    spells_fields_its_own_way: "names", sends_real_people: "test_person",
    names_a_foreign_company: "unit", sends_entries_before_workers: "order",
    sends_strangers: "stranger", adds_its_team_at_every_start: "same_team",
    adds_its_worker_at_every_start: "same_worker", never_stops_sending_punches: "same_punches",
    never_asks_for_outcomes: "async", asks_without_end: "polling",
    begins_at_page_one: "first_page", asks_for_a_hundred: "page_size",
    stamps_the_backlog_with_the_moment_of_sending: "backlog", sends_no_punch: "punch",
}  # fmt: skip


def test_at_least_25_faulty_clients_are_tried():
    assert len(set(FAULTS.values())) >= 25


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_faulty_client_fails_exactly_its_case(vendor, system, fault):
    fault(vendor)
    assert failures(system, vendor) == {FAULTS[fault]}


def test_a_client_that_punches_one_way_only_is_told(vendor, system):
    number = vendor.team()
    human = vendor.human()
    vendor.write("ProjectWorker.Add", vendor.workers(number, human))
    vendor.write("WorkerEntryExit.Add", vendor.movement(number, human))
    vendor.number = number
    start = china_now(days=-1).replace(hour=8)
    vendor.attend(*[vendor.punch(human, start.replace(minute=m)) for m in range(0, 40, 2)])
    vendor.ask("Team.Query")
    assert failures(system, vendor) == {"direction"}


def test_a_makers_proof_and_the_announced_addresses_are_cases_too(vendor, system):
    with system():
        row = db.session.get_one(ApiClient, vendor.client_id)
        row.corp_key, row.ip_allow = "f" * 32, "127.0.0.1"
    assert vendor.ask("Team.Query")["code"] == "-2"
    lines = finished(system, vendor)
    assert lines["proof"].verdict == BROKEN
    assert json.dumps(lines["address"].good) == "0"


def test_a_call_in_trial_is_sent_again_by_button_and_one_of_live_is_not(vendor, system, signed_in):
    vendor.course()
    with system():
        project = db.session.get_one(Project, vendor.project_id)
        user = enterprises.admin(
            db.session.get_one(enterprises.Enterprise, project.general_contractor_id)
        )
        first = db.session.scalars(select(ApiCall).where(ApiCall.path == "Team.Query")).one()
        number, before = first.id, db.session.scalar(select(func.count()).select_from(ApiCall))
        assert first.request is not None
    browser = signed_in(user)
    assert "重放" in browser.get(f"/interface/calls/show/{number}").get_data(as_text=True)
    answer = browser.post(f"/interface/calls/{number}/replay")
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "replay-" in page
    assert "已执行" in page or "成功" in page or "Team.Query" in page
    with system():
        calls = db.session.scalars(select(ApiCall).order_by(ApiCall.id)).all()
        assert len(calls) == before + 1
        assert (calls[-1].path, calls[-1].code) == ("Team.Query", "0")
        client = db.session.get_one(ApiClient, vendor.client_id)
        services.go_live(client, actor=scope.SYSTEM)
    browser.post(f"/interface/calls/{number}/replay")
    with system():
        assert db.session.scalar(select(func.count()).select_from(ApiCall)) == before + 1


def test_the_punches_of_real_people_are_refused_in_trial(vendor):
    number = vendor.team()
    body = vendor.attendance(number, vendor.punch(people.person(), china_now(hours=-2)))
    reply = vendor.call("WorkerAttendance.Add", body)
    assert (reply["code"], "联调环境只接受" in reply["message"]) == ("-1", True)
