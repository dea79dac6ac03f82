"""Section 4 of the journey, from the outside: team, workers, entry, attendance, questions."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.enterprises.models import Enterprise
from app.extensions import db
from app.openapi.models import ApiClient
from app.projects.models import Project
from app.roster.choices import StayState
from app.roster.models import ProjectWorker
from app.roster.services.due import still_due
from tests.factories import enterprises, openapi, people
from tests.openapi.site_system import china_now


def team(site, name="钢筋一班", **more):
    outcome = site.write("Team.Add", {**site.head, "teamName": name, **more})
    assert outcome["status"] == 20, outcome
    return json.loads(outcome["result"])["teamSysNo"]


def enrol(site, number, *humans, **more):
    items = [openapi.worker_item(site, human, **more) for human in humans]
    return site.write("ProjectWorker.Add", {
        **site.head, "teamSysNo": number, "teamName": "钢筋一班", "workerList": items,
    })  # fmt: skip


def enter(site, number, *humans, day=None, kind=1):
    """Let people enter (1) or exit (0); punches of the last hour follow an entry at any time."""
    return site.write("WorkerEntryExit.Add", {
        **site.head, "teamSysNo": number, "workerList": [
            {
                "idCardType": "01", "idCardNumber": site.encrypt(human.id_number),
                "date": (day or china_now(hours=-kind)).strftime("%Y-%m-%d"), "type": kind,
            }
            for human in humans
        ],
    })  # fmt: skip


def punch(site, human, moment, direction="01", **more):
    return {
        "idCardType": "01", "idCardNumber": site.encrypt(human.id_number),
        "date": moment.strftime("%Y-%m-%d %H:%M:%S"), "direction": direction, **more,
    }  # fmt: skip


def attend(site, number, *punches):
    return site.write("WorkerAttendance.Add", {
        "projectCode": site.head["projectCode"], "teamSysNo": number, "dataList": list(punches),
    })  # fmt: skip


def page(site, method, **more):
    reply = site.call(method, {
        "pageIndex": 0, "pageSize": 50, "projectCode": site.head["projectCode"], **more,
    })  # fmt: skip
    assert reply["code"] == "0", reply
    return reply["data"]


def test_a_site_system_brings_its_people_to_work(site):
    humans = [people.person(), people.person()]
    assert site.call("CheckSign.Query", {}, version="1.1")["code"] == "0"
    (project,) = page(site, "Project.Query")["rows"]
    assert project["projectCode"] == site.facts.code
    assert project["contractorCorpCode"] == site.facts.corp_code
    assert project["prjStatus"] == "003"

    number = team(site)
    assert 1_500_000_000 < number < 2_147_483_648

    assert enrol(site, number, *humans)["status"] == 20
    yesterday = china_now(days=-1)
    assert enter(site, number, *humans, day=yesterday)["status"] == 20
    morning = yesterday.replace(hour=7, minute=2, second=4)
    evening = yesterday.replace(hour=17, minute=31, second=0)
    assert attend(
        site, number, punch(site, humans[0], morning), punch(site, humans[0], evening, "02"),
        punch(site, humans[1], morning, image=openapi.picture()),
    )["status"] == 20  # fmt: skip

    (found,) = page(site, "Team.Query", teamName="钢筋一班")["rows"]
    assert (found["teamSysNo"], found["corpCode"]) == (number, site.facts.corp_code)
    rows = page(site, "ProjectWorker.Query", teamSysNo=number)["rows"]
    assert [site.decrypt(row["idCardNumber"]) for row in rows] == [h.id_number for h in humans]
    assert {row["nation"] for row in rows} == {"汉"}
    assert {row["hasContract"] for row in rows} == {0}
    assert {row["entryTime"] for row in rows} == {yesterday.strftime("%Y-%m-%d")}
    day = page(site, "WorkerAttendance.Query", date=yesterday.strftime("%Y-%m-%d"))
    assert day["totalCount"] == 3
    assert {row["date"] for row in day["rows"]} == {
        morning.strftime("%Y-%m-%d %H:%M:%S"), evening.strftime("%Y-%m-%d %H:%M:%S"),
    }  # fmt: skip
    assert [row["direction"] for row in day["rows"]].count("02") == 1


def stay_of(system, site, human):
    with system():
        row = db.session.scalars(
            select(ProjectWorker).where(
                ProjectWorker.project_id == site.facts.project_id,
                ProjectWorker.name == human.name,
            )
        ).one()  # fmt: skip
        return (
            row.state, row.entry_on, row.incomplete,
            row.complete_by and clock.local(row.complete_by).date() - clock.today(),
            {spec.name for spec in still_due(row)},
        )  # fmt: skip


def test_a_worker_added_without_entry_is_a_draft_with_three_days_to_complete(site, system):
    human = people.person()
    number = team(site)
    assert enrol(site, number, human)["status"] == 20

    state, entry_on, incomplete, left, owed = stay_of(system, site, human)
    assert (state, entry_on, incomplete) == (StayState.DRAFT, None, True)
    assert left == timedelta(days=4)  # 24:00 of the third day
    assert {"entry_on", "id_front", "id_back"} <= owed

    assert enter(site, number, human, day=china_now())["status"] == 20
    state, entry_on, incomplete, left, owed = stay_of(system, site, human)
    assert (state, entry_on, incomplete) == (StayState.ON_SITE, china_now().date(), True)
    assert left == timedelta(days=4)
    assert "entry_on" not in owed


def test_punches_before_the_entry_put_the_worker_on_site_and_the_entry_stays_due(site, system):
    human = people.person()
    number = team(site)
    enrol(site, number, human)
    assert attend(site, number, punch(site, human, china_now(days=-1)))["status"] == 20

    state, entry_on, incomplete, left, owed = stay_of(system, site, human)
    assert (state, entry_on, incomplete) == (StayState.ON_SITE, None, True)
    assert left == timedelta(days=4)
    assert "entry_on" in owed


def page_of_worker(site, system, signed_in, human):
    with system():
        key = ProjectWorker.id_number.property.columns[0].info["spec"].kind.fingerprint
        number = db.session.scalar(
            select(ProjectWorker.id).where(ProjectWorker.id_number_hash == key(human.id_number))
        )
        reader = enterprises.admin(db.session.get(Enterprise, site.facts.firm_id))
    answer = signed_in(reader).get(f"/workerview/show/{number}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_who_came_by_interface_shows_the_vendor_and_how_he_came_on_site(site, system, signed_in):
    punched, entered = people.person(), people.person()
    number = team(site)
    enrol(site, number, punched, entered)
    attend(site, number, punch(site, punched, china_now(hours=-1)))
    enter(site, number, entered)
    with system():
        vendor = db.session.get(ApiClient, site.facts.client_id).vendor_name

    first = page_of_worker(site, system, signed_in, punched)
    assert f"接口 · {vendor}" in first
    assert "首次考勤进场" in first
    second = page_of_worker(site, system, signed_in, entered)
    assert "接口进场" in second
    assert "到期进场" not in first + second


def test_of_several_vendors_the_one_that_called_is_named(site, system, signed_in):
    with system():
        openapi.client(db.session.get(Project, site.facts.project_id))
        vendor = db.session.get(ApiClient, site.facts.client_id).vendor_name
    human = people.person()
    enrol(site, team(site), human)

    assert f"接口 · {vendor}" in page_of_worker(site, system, signed_in, human)


def test_a_child_is_taken_in_and_the_outcome_says_so(site, system):
    child = replace(
        people.person(), id_number=people.identity_number(date(2015, 5, 1), "0", "440703")
    )
    outcome = enrol(site, team(site), people.person(), child)

    assert outcome["status"] == 20
    assert outcome["result"].startswith("[workerList][1][idCardNumber]")
    assert "未满16周岁" in outcome["result"]
    assert child.id_number not in outcome["result"]
    assert stay_of(system, site, child)[0] is StayState.DRAFT


def test_a_second_team_of_the_name_answers_with_the_number_of_the_first(site):
    number = team(site)
    again = site.write("Team.Add", {**site.head, "teamName": "钢筋一班"})
    assert again["status"] == 10
    assert "班组已存在" in again["result"]
    cut = again["result"].index("已存在班组编号为:") + len("已存在班组编号为:")
    assert again["result"][cut : cut + 10] == str(number)


def test_a_team_that_is_said_to_have_left_is_kept_as_one_that_left(site):
    came, left = (china_now(days=-n).strftime("%Y-%m-%d") for n in (9, 2))
    number = team(site, entryTime=came, exitTime=left)

    row = page(site, "Team.Query", teamSysNo=number)["rows"][0]
    assert (row["entryTime"], row["exitTime"]) == (came, left)
    late = enrol(site, number, people.person())
    assert late["status"] == 10
    assert "已退场" in late["result"]


def test_a_worker_who_is_on_the_project_is_named_with_a_masked_number(site):
    human, other = people.person(), people.person()
    number = team(site)
    enrol(site, number, human)
    again = enrol(site, number, other, human)
    masked = f"{human.id_number[:6]}********{human.id_number[-4:]}"
    assert again == {
        "requestSerialCode": again["requestSerialCode"], "status": 10,
        "result": f"项目中已存在身份证为：{masked}的工人!",
    }  # fmt: skip
    assert page(site, "ProjectWorker.Query")["totalCount"] == 1, "all or none"


def test_two_workers_with_one_number_in_one_message_are_refused(site):
    human = people.person()
    outcome = enrol(site, team(site), human, human)
    assert outcome["status"] == 10
    assert "项目中已存在身份证为" in outcome["result"]
    assert page(site, "ProjectWorker.Query")["totalCount"] == 0


def test_a_document_our_form_does_not_offer_is_refused_in_the_outcome(site):
    item = openapi.worker_item(site, idCardType="02")
    outcome = site.write("ProjectWorker.Add", {
        **site.head, "teamSysNo": team(site), "teamName": "钢筋一班", "workerList": [item],
    })  # fmt: skip
    assert outcome["status"] == 10
    assert outcome["result"] == "[workerList][0][idCardType]异常,目前只支持身份证类型的证件!"


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(days=60)])
def test_punches_of_strangers_are_kept_and_named_however_old(site, age):
    human = people.person()
    number = team(site)
    outcome = attend(site, number, punch(site, human, china_now() - age))
    assert outcome["status"] == 20, outcome
    assert f"{human.id_number[:6]}********{human.id_number[-4:]}" in outcome["result"]


def test_a_punch_ahead_of_the_clock_fails_the_batch_and_keeps_the_rest(site):
    human = people.person()
    number = team(site)
    enrol(site, number, human)
    enter(site, number, human)
    ahead = china_now(days=2)
    good = china_now(minutes=-5)
    outcome = attend(site, number, punch(site, human, good), punch(site, human, ahead, "02"))
    assert outcome["status"] == 10
    assert "[dataList][1][date]不能大于当天!" in outcome["result"]
    assert "[dataList][0]" not in outcome["result"]
    kept = page(site, "WorkerAttendance.Query", date=good.strftime("%Y-%m-%d"))
    assert kept["totalCount"] == 1


def test_a_punch_sent_twice_counts_once(site):
    human = people.person()
    number = team(site)
    enrol(site, number, human)
    enter(site, number, human)
    moment = china_now(minutes=-7)
    for _turn in range(2):
        assert attend(site, number, punch(site, human, moment))["status"] == 20
    day = page(site, "WorkerAttendance.Query", date=moment.strftime("%Y-%m-%d"))
    assert day["totalCount"] == 1


def test_an_exit_ends_the_stay_and_cannot_lie_before_the_entry(site):
    human = people.person()
    number = team(site)
    enrol(site, number, human)
    today = china_now()
    enter(site, number, human, day=today - timedelta(days=3))
    early = enter(site, number, human, day=today - timedelta(days=9), kind=0)
    assert early["status"] == 10
    assert early["result"] == "[workerList][0][date]不能小于历史进退场时间!"
    assert enter(site, number, human, day=today, kind=0)["status"] == 20
    (row,) = page(site, "ProjectWorker.Query")["rows"]
    assert row["exitTime"] == today.strftime("%Y-%m-%d")


def test_an_entry_of_somebody_unknown_names_the_step_before(site):
    human = people.person()
    outcome = enter(site, team(site), human)
    assert outcome["status"] == 10
    assert outcome["result"].startswith("[workerList][0][idCardNumber]")
    assert "请先上传项目工人信息" in outcome["result"]


def test_an_outcome_belongs_to_its_client(site, neighbour):
    reply = site.call("Team.Add", {**site.head, "teamName": "木工班"})
    serial = reply["data"]["requestSerialCode"]
    assert serial.startswith("team-add-")
    foreign = neighbour.call("AsyncHandleResult.Query", {"requestSerialCode": serial})
    assert foreign["code"] == "-1"
    assert "data" not in foreign


def test_the_number_names_the_team_and_another_name_is_remarked_on(site):
    number, first, second = team(site, "木工一班"), people.person(), people.person()

    odd = enrol(site, number, first)
    right = site.write("ProjectWorker.Add", {
        **site.head, "teamSysNo": number, "teamName": " 木工一班　",
        "workerList": [openapi.worker_item(site, second)],
    })  # fmt: skip

    assert (odd["status"], odd["result"]) == (
        20, "[teamName]与班组现名“木工一班”不一致,已按teamSysNo登记!",
    )  # fmt: skip
    assert (right["status"], right.get("result", "")) == (20, "")
    rows = page(site, "ProjectWorker.Query", teamSysNo=number)["rows"]
    assert {row["teamName"] for row in rows} == {"木工一班"}
    assert len(rows) == 2
