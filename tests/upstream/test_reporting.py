"""Reports to our own server as the platform above, over HTTP (open-api.md 5, 6, 8)."""

import http.server
import threading
import urllib.request
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core import clock, scope
from app.projects.models import Project
from app.roster import services as roster_services
from app.roster.choices import MovementKind, TrainingResult
from app.roster.models import Movement, ProjectWorker, Team
from app.upstream import queries, sending, services, transport
from app.upstream.choices import Standing, Subject
from app.upstream.errors import AlreadyThere, Unreachable
from app.upstream.models import UpstreamReport
from tests.factories import attendance
from tests.upstream.conftest import ALL, link, portrait

ENTRY_ON = date(2026, 3, 1)


def enter(session, city):
    """Put the worker's entry, contract, training and a day of punches on record."""
    worker = session.get_one(ProjectWorker, city.worker_id)
    session.add(
        Movement(
            project_id=city.project_id, worker_id=worker.id, unit_id=worker.unit_id,
            team_id=worker.team_id, kind=MovementKind.ENTRY, moved_on=ENTRY_ON,
        )
    )  # fmt: skip
    project = session.get_one(Project, city.project_id)
    attendance.record(
        project, attendance.punch(worker, "in 07:00"), attendance.punch(worker, "out 18:00")
    )
    roster_services.sign_contracts(
        project,
        [{
            "worker": worker, "contract_no": "HT-1", "contract_term": "0",
            "contract_signed_on": ENTRY_ON, "contract_from": ENTRY_ON,
            "contract_to": date(2026, 12, 31), "pay_method": "daily", "pay_rate": Decimal(350),
            "contract_files": [portrait()],
        }],
        actor=scope.SYSTEM,
    )  # fmt: skip
    roster_services.record_trainings(
        project,
        [{
            "kind": "003002", "name": "三级安全教育", "trained_on": date(2026, 3, 2),
            "hours": Decimal(4), "people": [{"worker": worker, "result": TrainingResult.PASSED}],
        }],
        actor=scope.SYSTEM,
    )  # fmt: skip


def run(system):
    with system():
        return sending.run(pause=0)


def due_now(system):
    """Let what waits for a later attempt be due."""
    with system() as session:
        session.query(UpstreamReport).filter(UpstreamReport.next_at.is_not(None)).update(
            {"next_at": clock.now() - timedelta(seconds=1)}
        )


def reports(system):
    with system() as session:
        return {
            row.subject.name: (row.standing.name, row.message or "")
            for row in session.query(UpstreamReport).order_by(UpstreamReport.id)
        }


def ask(province, city, method, data):
    """Ask the platform above what it has."""
    access = transport.Access(province.address, city.handed["app_id"], city.handed["secret"])
    return transport.call(access, method, {"projectCode": city.handed["project_no"], **data}).data


def test_records_arrive_in_the_order_of_docking_and_never_twice(system, city, province):
    with system() as session:
        enter(session, city)
    assert run(system) == len(ALL)
    found = reports(system)
    assert found == {name: ("ARRIVED", found[name][1]) for name in ALL}
    arrived = [
        ["Team.Add", 20], ["ProjectWorker.Add", 20], ["WorkerEntryExit.Add", 20],
        ["WorkerContract.Add", 20], ["WorkerAttendance.Add", 20], ["ProjectTraining.Add", 20],
    ]  # fmt: skip
    assert province.ask("taken_in", {"project_id": city.handed["project_id"]}) == arrived
    assert run(system) == 0
    assert province.ask("taken_in", {"project_id": city.handed["project_id"]}) == arrived
    with system():
        day = {"date": f"{attendance.DAY}"}
        assert ask(province, city, "WorkerAttendance.Query", day)["totalCount"] == 2
        (contract,) = ask(province, city, "WorkerContract.Query", {})["rows"]
        (training,) = ask(province, city, "ProjectTraining.Query", {})["rows"]
    assert (contract["startDate"], len(contract["attachments"])) == ("2026-03-01", 1)
    assert (training["trainingName"], len(training["workers"])) == ("三级安全教育", 1)


def test_nothing_is_collected_or_sent_before_somebody_switches_it_on(system, city, province):
    with system():
        services.configure({"enabled": False}, actor=scope.SYSTEM)
    assert run(system) == 0
    assert reports(system) == {}
    assert province.ask("taken_in", {"project_id": city.handed["project_id"]}) == []


def test_only_the_chosen_records_are_reported(system, city, province):
    with system() as session:
        enter(session, city)
        services.configure(link(province, city.handed, subjects=["TEAM"]), actor=scope.SYSTEM)
    assert run(system) == 1
    assert set(reports(system)) == {"TEAM"}


def test_a_refused_record_says_why_holds_back_what_needs_it_and_goes_again_once_mended(
    system, city
):
    with system() as session:
        enter(session, city)
        session.get_one(ProjectWorker, city.worker_id).id_portrait = None
    run(system)
    found = reports(system)
    assert found["WORKER"] == ("UNREPORTED", "[workerList][0][headImage]不能为空!")
    assert found["MOVEMENT"] == ("QUEUED", "等待工人先上报成功")
    with system() as session:
        session.get_one(ProjectWorker, city.worker_id).id_portrait = portrait()
    due_now(system)
    assert run(system) == 5
    assert {standing for standing, _why in reports(system).values()} == {"ARRIVED"}


def test_a_changed_record_is_told_by_the_method_for_changes(system, city, province):
    run(system)
    with system() as session:
        session.get_one(Team, city.team_id).name = "改名后的班组"
    assert run(system) == 1
    with system():
        (team,) = ask(province, city, "Team.Query", {})["rows"]
    assert team["teamName"] == "改名后的班组"
    with system() as session:
        row = queries.report_of(Subject.TEAM, city.team_id)
        assert (row.method, row.remote) == ("Team.Update", str(team["teamSysNo"]))


def test_codes_go_up_as_the_platform_above_calls_them(system, city, province):
    with system():
        services.add_code(
            {"table_name": "education", "code": "02", "upper_code": "99"}, actor=scope.SYSTEM
        )
    run(system)
    with system():
        (worker,) = ask(province, city, "ProjectWorker.Query", {})["rows"]
    assert (worker["cultureLevelType"], worker["nation"]) == ("99", "汉")


def test_the_log_keeps_neither_numbers_nor_secrets(system, city):
    with system() as session:
        enter(session, city)
    run(system)
    with system() as session:
        mobile = session.get_one(ProjectWorker, city.worker_id).mobile
        rows = session.query(UpstreamReport).all()
        kept = "\n".join(f"{row.request}{row.answer}{row.message}{row.title}" for row in rows)
    for hidden in (city.id_number, city.handed["secret"], mobile, "建设路2号"):
        assert hidden not in kept
    assert f"{city.id_number[:6]}********{city.id_number[-4:]}" in kept


@contextmanager
def broken_line(address):
    """Pass requests on to an address and close the line before the answer; gives its own."""

    class Line(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            urllib.request.urlopen(
                urllib.request.Request(
                    address, body, {"Content-Type": self.headers["Content-Type"]}
                )
            ).read()
            self.connection.close()

        def log_message(self, *_words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Line)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/open.api"
    finally:
        server.shutdown()
        server.server_close()


def lose_the_answer(app, system, city, province, subjects):
    """Let a request arrive above while its answer is lost."""
    with broken_line(province.address) as address:
        app.config["UPSTREAM_TRUSTED"] = (province.address, address)
        with system():
            services.configure({"address": address, "subjects": subjects}, actor=scope.SYSTEM)
        run(system)
    with system():
        services.configure({"address": province.address}, actor=scope.SYSTEM)
    due_now(system)


def test_a_request_whose_answer_was_lost_is_not_carried_out_twice(app, system, city, province):
    lose_the_answer(app, system, city, province, ["TEAM"])
    assert reports(system)["TEAM"] == ("QUEUED", "无法连接上级平台（RemoteDisconnected）")
    run(system)  # the same request again: refused as known above
    assert "将再次上报" in reports(system)["TEAM"][1]
    due_now(system)
    run(system)
    assert reports(system)["TEAM"][0] == "ARRIVED"
    with system():
        (team,) = ask(province, city, "Team.Query", {})["rows"]
        assert queries.report_of(Subject.TEAM, city.team_id).remote == str(team["teamSysNo"])


def test_an_entry_whose_answer_was_lost_is_left_to_a_person(app, system, city, province):
    with system() as session:
        enter(session, city)
        services.configure({"subjects": ["TEAM", "WORKER"]}, actor=scope.SYSTEM)
    run(system)
    lose_the_answer(app, system, city, province, ["MOVEMENT"])
    run(system)
    standing, why = reports(system)["MOVEMENT"]
    assert standing == "UNREPORTED"
    assert "请到上级平台核实" in why
    sent = province.ask("taken_in", {"project_id": city.handed["project_id"]})
    assert sent.count(["WorkerEntryExit.Add", 20]) == 1


def test_pauses_grow_while_the_platform_above_is_silent_and_end_with_its_reason(
    app, system, city, province
):
    silent = "http://127.0.0.1:9/open.api"
    app.config["UPSTREAM_TRUSTED"] = (silent,)
    with system():
        services.configure({"address": silent, "subjects": ["TEAM"]}, actor=scope.SYSTEM)
    pauses = []
    for _attempt in range(sending.MOST_ATTEMPTS):
        run(system)
        with system():
            row = queries.report_of(Subject.TEAM, city.team_id)
            if row.next_at:
                pauses.append(round((row.next_at - row.sent_at).total_seconds() / 60))
        due_now(system)
    assert pauses == [1, 3, 9, 27, 81, 243, 720]
    assert reports(system)["TEAM"] == (
        "UNREPORTED", "无法连接上级平台（ConnectionRefusedError）",
    )  # fmt: skip


def test_a_refused_access_ends_the_run_and_is_tried_again_later(system, city):
    with system():
        services.configure({"app_secret": "f" * 32}, actor=scope.SYSTEM)
    run(system)
    assert reports(system)["TEAM"] == ("QUEUED", "上级平台拒绝接入：签名校验错误")
    with system():
        services.configure({"app_secret": city.handed["secret"]}, actor=scope.SYSTEM)
    due_now(system)
    run(system)
    assert reports(system)["TEAM"][0] == "ARRIVED"


def test_an_address_of_a_private_network_is_not_spoken_to(app, system, province):
    app.config["UPSTREAM_TRUSTED"] = ()
    access = transport.Access(province.address, "1", "0" * 32)
    with system(), pytest.raises(Unreachable) as refused:
        transport.call(access, "CheckSign.Query", {})
    assert not refused.value.sent


def test_a_span_is_reported_again_but_for_what_is_taken_only_once(system, city, province):
    with system() as session:
        enter(session, city)
    run(system)
    with system():
        done = services.resend_span(
            {"first": date(2026, 1, 1), "last": clock.today(), "subjects": None},
            actor=scope.SYSTEM,
        )
        entry = queries.report_of(Subject.MOVEMENT, movement_of(city))
        with pytest.raises(AlreadyThere):
            services.resend([entry], actor=scope.SYSTEM)
    assert (done.queued, done.left) == (3, 3)
    assert run(system) == 3
    assert {standing for standing, _why in reports(system).values()} == {"ARRIVED"}
    sent = province.ask("taken_in", {"project_id": city.handed["project_id"]})
    assert [method for method, _status in sent[6:]] == [
        "Team.Update", "ProjectWorker.Update", "WorkerAttendance.Add",
    ]  # fmt: skip
    with system():
        day = {"date": f"{attendance.DAY}"}
        assert ask(province, city, "WorkerAttendance.Query", day)["totalCount"] == 2


def movement_of(city):
    return Movement.query.filter_by(worker_id=city.worker_id).one().id


def test_a_report_that_waits_for_its_outcome_is_not_queued_again(system, city):
    run(system)
    with system() as session:
        row = queries.report_of(Subject.TEAM, city.team_id)
        row.standing = Standing.SENT
        session.flush()
        with pytest.raises(AlreadyThere):
            services.resend([row], actor=scope.SYSTEM)
