"""What a message alone shows is refused at once, with the sentences clients match (10)."""

import base64
import json

import pytest

from tests.factories import openapi, people
from tests.openapi.site_system import china_now
from tests.openapi.test_journey import attend, enrol, enter, page, punch, team


def add_workers(site, items, **head):
    return site.call("ProjectWorker.Add", {
        **site.head, "teamSysNo": head.pop("number", None) or team(site),
        "teamName": "钢筋一班", "workerList": items, **head,
    })  # fmt: skip


def item(site, **changes):
    found = openapi.worker_item(site, **changes)
    return {name: value for name, value in found.items() if value is not None}


BMP = base64.b64encode(b"BM" + b"\0" * 200).decode()
NO_PICTURE = base64.b64encode(b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 9).decode()
LARGE = base64.b64encode(b"\xff\xd8\xff\xe0" + b"\0" * 51 * 1024).decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"headImage": None}, "[workerList][0][headImage]不能为空!", id="missing"),
        pytest.param({"headImage": ""}, "[workerList][0][headImage]不能为空!", id="empty"),
        pytest.param({"headImage": LARGE}, "[headImage]大小超过限制50KB!", id="too large"),
        pytest.param(
            {"headImage": BMP}, "[headImage]格式无效,目前仅支持:jpg,jpeg,png,jpeg", id="bitmap"
        ),
        pytest.param(
            {"headImage": NO_PICTURE}, "[headImage]格式无效,目前仅支持:jpg,jpeg,png,jpeg",
            id="no picture at all",
        ),
        pytest.param(
            {"workType": "999"}, "[workType]参数值不正确,请参见工人工种字典表!", id="trade"
        ),
        pytest.param({"nation": "火星"}, "[nation]参数值不正确,请参见民族字典表!", id="nation"),
        pytest.param({"cellPhone": "12345"}, "[workerList][0][cellPhone]格式不正确!", id="mobile"),
        pytest.param({"cellPhone": "138****5678"}, "[cellPhone]格式不正确!星号", id="mask"),
        pytest.param({"startDate": "2020-13-45"}, "[startDate]格式不正确!", id="no date"),
        pytest.param({"isTeamLeader": "maybe"}, "[isTeamLeader]格式不正确!", id="no flag"),
        pytest.param({"workerName": "赵" * 51}, "[workerName]长度超过限制50!", id="long name"),
    ],
)  # fmt: skip
def test_a_wrong_worker_is_refused_at_once(site, changes, sentence):
    reply = add_workers(site, [item(site, **changes)])
    assert reply["code"] == "-1"
    assert sentence in reply["message"]
    assert page(site, "ProjectWorker.Query")["totalCount"] == 0


def day(**shift):
    return china_now(**shift).strftime("%Y-%m-%d")


@pytest.mark.parametrize("name", ["startDate", "joinedTime", "issueCardDate"])
def test_a_date_of_a_worker_that_must_have_passed_is_refused_at_once(site, name):
    number = team(site)
    reply = add_workers(site, [item(site, **{name: day(days=1)})], number=number)
    assert (reply["code"], reply["message"]) == ("-1", f"[workerList][0][{name}]不能大于今天!")
    assert add_workers(site, [item(site, **{name: day()})], number=number)["code"] == "0"


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        pytest.param({"entryTime": 1}, "[entryTime]最晚为当前时间!", id="comes tomorrow"),
        pytest.param(
            {"entryTime": -9, "exitTime": 1}, "[exitTime]最晚为当前时间!", id="leaves tomorrow"
        ),
        pytest.param(
            {"entryTime": -3, "exitTime": -4}, "[exitTime]不能小于历史进退场时间!",
            id="left before it came",
        ),
    ],
)  # fmt: skip
def test_a_team_with_impossible_days_is_refused_at_once(site, days, sentence):
    sent = {name: day(days=shift) for name, shift in days.items()}
    reply = site.call("Team.Add", {**site.head, "teamName": "钢筋一班", **sent})
    assert (reply["code"], reply["message"]) == ("-1", sentence)
    assert page(site, "Team.Query")["totalCount"] == 0


def test_a_wrong_check_digit_is_refused_naming_field_and_mend(site):
    good = people.person().id_number
    wrong = good[:17] + ("0" if good[17] != "0" else "1")
    reply = add_workers(site, [item(site, idCardNumber=site.encrypt(wrong))])
    assert reply["code"] == "-1"
    assert reply["message"].startswith("[workerList][0][idCardNumber]格式不正确!")
    assert wrong not in reply["message"]


def test_a_number_encrypted_with_another_key_is_refused_naming_the_field(site, neighbour):
    number = neighbour.encrypt(people.person().id_number)
    reply = add_workers(site, [item(site, idCardNumber=number)])
    assert reply["message"] == "[workerList][0][idCardNumber]解密失败!"


def test_every_problem_of_a_message_is_told_together(site):
    reply = add_workers(site, [item(site, address=None), item(site, grantOrg=None)])
    assert reply["message"] == (
        "[workerList][0][address]不能为空!;[workerList][1][grantOrg]不能为空!"
    )


def test_more_than_five_workers_are_too_many(site):
    reply = add_workers(site, [item(site) for _turn in range(6)])
    assert reply["message"] == "[workerList]数量超过限制5!"


@pytest.mark.parametrize("number", [0, 7, 1_999_999_999, "abc", 2**40])
def test_a_team_number_of_nobody_is_out_of_range(site, number):
    reply = site.call("WorkerAttendance.Add", {
        "projectCode": site.facts.code, "teamSysNo": number,
        "dataList": [punch(site, people.person(), china_now())],
    })  # fmt: skip
    assert (reply["code"], reply["message"]) == ("-1", "[teamSysNo]值超出范围或无效!")


def test_a_foreign_team_number_is_out_of_range(site, neighbour):
    reply = add_workers(site, [item(site)], number=team(neighbour))
    assert (reply["code"], reply["message"]) == ("-1", "[teamSysNo]值超出范围或无效!")


def test_a_company_that_takes_no_part_is_the_step_that_is_missing(site, neighbour):
    data = {**site.head, **{k: neighbour.head[k] for k in ("corpCode", "corpName")}}
    reply = site.call("Team.Add", {**data, "teamName": "外来班"})
    assert reply["code"] == "-1"
    assert reply["message"].startswith("[corpCode]")


def test_an_entry_of_tomorrow_is_refused_at_once(site):
    human = people.person()
    number = team(site)
    enrol(site, number, human)
    reply = site.call("WorkerEntryExit.Add", {
        **site.head, "teamSysNo": number, "workerList": [{
            "idCardType": "01", "idCardNumber": site.encrypt(human.id_number),
            "date": china_now(days=1).strftime("%Y-%m-%d"), "type": 1,
        }],
    })  # fmt: skip
    assert (reply["code"], reply["message"]) == ("-1", "[workerList][0][date]不能大于当天!")


def test_direction_nought_is_refused(site):
    number = team(site)
    reply = site.call("WorkerAttendance.Add", {
        "projectCode": site.facts.code, "teamSysNo": number,
        "dataList": [punch(site, people.person(), china_now(), "0")],
    })  # fmt: skip
    assert reply["message"] == "[dataList][0][direction]参数值不正确,请参见考勤方向字典表!"


def test_a_card_without_end_and_a_group_in_full_are_read_in_a_list_sent_as_text(site):
    human = people.person()
    worker = {**openapi.worker_item(site, human), "nation": "汉族", "expiryDate": "长期"}
    number = team(site)
    reply = site.call("ProjectWorker.Add", {
        **site.head, "teamSysNo": number, "teamName": "钢筋一班",
        "workerList": json.dumps([worker]),
    })  # fmt: skip

    assert reply["code"] == "0", reply
    assert site.outcome(reply["data"]["requestSerialCode"])["status"] == 20


def test_what_tolerant_readers_accept(site):
    human = people.person()
    worker = {
        **openapi.worker_item(site, human), "idCardtype": "1", "Nation": "汉族",
        "expiryDate": "长期", "IsTeamLeader": "1", "workRole": "20", "specialty": "焊接",
        "hasBuyInsurance": "", "nothing": None, "secret": site.secret,
        "headImage": "data:image/jpeg;base64," + openapi.picture(),
    }  # fmt: skip
    for name in ("idCardType", "nation", "isTeamLeader"):
        worker.pop(name)
    number = team(site)
    reply = site.call("projectworker.ADD", {"teamSysNo": str(number), "WorkerList": [worker]})
    assert reply["code"] == "0", reply
    assert site.outcome(reply["data"]["requestSerialCode"])["status"] == 20
    enter(site, number, human)
    moment = china_now(minutes=-9)
    bare = {
        "idCardNumber": site.encrypt(human.id_number), "direction": 1,
        "date": moment.strftime("%Y-%m-%d %H:%M:%S.123"),
    }  # fmt: skip
    assert attend(site, number, bare)["status"] == 20
    (row,) = page(site, "WorkerAttendance.Query", date=moment.strftime("%Y-%m-%d"))["rows"]
    assert row["direction"] == "01"
    assert row["workerName"] == human.name


def test_a_residence_permit_needs_neither_ethnic_group_nor_politics(site):
    human = people.person()
    permit = _with_check_digit("810000" + human.id_number[6:17])
    changes = {"idCardNumber": site.encrypt(permit), "nation": None, "politicsType": None}
    assert add_workers(site, [item(site, **changes)])["code"] == "0"


def _with_check_digit(body):
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def test_paging_is_from_nought_and_at_most_fifty(site):
    for name in ("甲班", "乙班", "丙班"):
        team(site, name)
    data = page(site, "Team.Query", pageIndex="1", pageSize=2)
    assert (data["pageIndex"], data["pageSize"], data["pageCount"]) == (1, 2, 2)
    assert (data["totalCount"], [row["teamName"] for row in data["rows"]]) == (3, ["丙班"])
    assert page(site, "Team.Query", pageSize=100)["pageSize"] == 50
    bare = site.call("Team.Query", {})
    assert bare["data"]["totalCount"] == 3


def test_sql_in_a_filter_is_a_text_like_any_other(site):
    team(site)
    odd = "' or 1=1; drop table team; --%_"
    assert page(site, "Team.Query", teamName=odd)["totalCount"] == 0
    assert page(site, "Team.Query")["totalCount"] == 1


def test_rows_of_other_projects_never_come(site, neighbour):
    team(neighbour, "邻居班")
    assert page(site, "Team.Query")["totalCount"] == 0
    assert site.call("Project.Query", {})["data"]["rows"][0]["projectCode"] == site.facts.code
