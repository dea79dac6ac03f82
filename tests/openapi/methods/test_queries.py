"""Sections 9.11 and 11 and the additions of screens.md 7.4: lists of people, codes, alerts."""

from datetime import timedelta

import pytest

from app.core import clock
from app.extensions import db
from app.incidents.choices import Severity, Verdict, WatchState
from app.incidents.models import WatchEntry
from app.projects.models import ProjectUnit
from app.roster.models import Certificate, ProjectWorker
from tests.factories import alerts, incidents, people
from tests.openapi.site_system import china_now
from tests.openapi.test_journey import enrol, enter, page, team


@pytest.fixture
def mason(site):
    """Give somebody who works on the project."""
    human = people.person()
    enrol(site, team(site), human)
    return human


def stay(site):
    return db.session.query(ProjectWorker).filter_by(project_id=site.facts.project_id).one()


def test_a_person_of_several_stays_is_told_once(site, mason):
    number = page(site, "Team.Query")["rows"][0]["teamSysNo"]
    enter(site, number, mason, day=china_now(days=-9))
    enter(site, number, mason, day=china_now(days=-5), kind=0)
    enter(site, number, mason, day=china_now(days=-2))
    assert page(site, "ProjectWorker.Query")["totalCount"] == 2
    (row,) = page(site, "Worker.Query", idCardNumber=site.encrypt(mason.id_number))["rows"]
    assert (row["workerName"], row["birthPlaceCode"]) == (mason.name, mason.id_number[:6])
    assert site.decrypt(row["idCardNumber"]) == mason.id_number
    assert page(site, "Worker.Query", idCardType="08")["totalCount"] == 0


@pytest.mark.parametrize(("days", "status"), [(30, "1"), (-1, "4")])
def test_a_certificate_is_told_with_its_standing(site, mason, system, days, status):
    with system():
        worker = stay(site)
        db.session.add(Certificate(
            project_id=worker.project_id, unit_id=worker.unit_id, worker_id=worker.id,
            kind="special", name="高处作业", number="T440701", issuer="应急管理局",
            valid_to=clock.today() + timedelta(days=days),
        ))  # fmt: skip
    (row,) = page(site, "WorkerCredential.Query")["rows"]
    assert (row["certificationNo"], row["certificationStatus"]) == ("T440701", status)
    assert row["workerName"] == mason.name


@pytest.mark.parametrize(
    ("part", "told"),
    [
        pytest.param(("party", Verdict.CONFIRMED), 1, id="who took part is told"),
        pytest.param(("claimant", Verdict.CONFIRMED), 0, id="a lawful claimant is not"),
        pytest.param(("victim", Verdict.CONFIRMED), 0, id="nor a victim"),
        pytest.param(("party", Verdict.WAITING), 0, id="nor what nobody has verified"),
    ],
)
def test_bad_records_are_verified_incidents(site, mason, system, part, told):
    with system():
        worker = stay(site)
        unit = db.session.get(ProjectUnit, worker.unit_id)
        happened = incidents.incident(unit, confirmed=part[1], severity=Severity.MAJOR)
        incidents.person(happened, worker, part[0])
    rows = page(site, "WorkerBadRecord.Query")["rows"]
    assert len(rows) == told
    if told:
        assert (rows[0]["badRecordLevelType"], rows[0]["occurrenceDate"]) == ("54", "2025-01-18")
        assert "堵门" not in str(rows), "class and date, no narrative"


def test_who_is_on_the_watch_list_is_told_of_the_own_people(site, mason, neighbour, system):
    today = clock.today()
    with system():
        db.session.add(WatchEntry(
            district_code="440703", name=mason.name, id_type="01", id_number=mason.id_number,
            from_on=today, to_on=today + timedelta(days=300), reason="堵门",
            state=WatchState.LIVE,
        ))  # fmt: skip
    (row,) = page(site, "WorkerBlackList.Query")["rows"]
    assert (row["workerName"], row["blackReason"]) == (mason.name, "堵门")
    assert row["startDate"] == today.isoformat()
    assert page(neighbour, "WorkerBlackList.Query")["totalCount"] == 0


def test_good_records_are_kept_by_nobody(site):
    answered = page(site, "WorkerGoodRecord.Query")
    assert (answered["totalCount"], answered["rows"]) == (0, [])


def test_a_code_list_is_told_whole_with_a_version(site):
    data = site.call("Dict.Query", {"name": "work_type"})["data"]
    assert data["totalCount"] == len(data["rows"]) > 30
    assert {"code": "020", "name": "钢筋工"}.items() <= {row["code"]: row for row in data["rows"]}[
        "020"
    ].items()
    assert (
        data["version"] == site.call("Dict.Query", {"name": "WORK_TYPE".lower()})["data"]["version"]
    )
    names = {row["name"] for row in site.call("Dict.Query", {})["data"]["rows"]}
    assert {"work_type", "bank_code", "nation"} <= names


def test_codes_are_told_as_the_wire_writes_them(site):
    rows = site.call("Dict.Query", {"name": "nation"})["data"]["rows"]
    assert {"汉", "回"} <= {row["code"] for row in rows}


def test_a_list_that_does_not_exist_is_refused(site):
    reply = site.call("Dict.Query", {"name": "password"})
    assert (reply["code"], reply["message"]) == ("-1", "[name]值超出范围或无效!")


def test_open_alerts_are_told_and_those_of_a_person_name_nobody(site, mason, neighbour, system):
    with system():
        worker = stay(site)
        unit = db.session.get(ProjectUnit, worker.unit_id)
        alerts.open_alert(unit, "ATT-001", subject=mason.name, sentence=f"{mason.name}超时",
                          person_hash=worker.id_number_hash)  # fmt: skip
        alerts.open_alert(unit, "WAGE-001", sentence="班组资料待补齐")
    rows = page(site, "Alert.Query")["rows"]
    assert [row["ruleCode"] for row in rows] == ["ATT-001", "WAGE-001"]
    assert mason.name not in str(rows)
    assert rows[1]["content"] == "班组资料待补齐"
    assert (rows[0]["level"], rows[0]["levelName"]) == ("ORANGE", "橙色预警")
    assert page(site, "Alert.Query", ruleCode="WAGE-001")["totalCount"] == 1
    assert page(neighbour, "Alert.Query")["totalCount"] == 0
