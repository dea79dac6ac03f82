"""Sections 9.6, 9.7 and 9.10 from the outside: movements, contracts, trainings."""

import base64

import pytest

from tests.factories import openapi, people
from tests.openapi.methods.test_teams import paper
from tests.openapi.site_system import china_now
from tests.openapi.test_journey import enrol, enter, page, team


def day(**shift):
    return china_now(**shift).strftime("%Y-%m-%d")


def named(site, human):
    return {"idCardType": "01", "idCardNumber": site.encrypt(human.id_number)}


@pytest.fixture
def mason(site):
    """Give somebody on site since ten days, in the team ``site.team``."""
    human = people.person()
    site.team = team(site)
    enrol(site, site.team, human)
    enter(site, site.team, human, day=china_now(days=-10))
    return human


PROGRAM = base64.b64encode(b"MZ" * 99).decode()
# 9.6


def test_entries_and_exits_are_asked_for_by_day_and_person(site, mason):
    enter(site, site.team, mason, day=china_now(), kind=0)
    rows = page(site, "WorkerEntryExit.Query")["rows"]
    assert [(row["date"], row["type"]) for row in rows] == [(day(days=-10), 1), (day(), 0)]
    assert rows[0]["dateTime"] == f"{day(days=-10)} 00:00:00"
    assert rows[0]["teamName"] == "钢筋一班"
    assert isinstance(rows[0]["entryExitId"], int)
    assert site.decrypt(rows[0]["idCardNumber"]) == mason.id_number
    assert page(site, "WorkerEntryExit.Query", entryExitDate=day())["totalCount"] == 1
    assert page(site, "WorkerEntryExit.Query", entryExitDate=day(days=-1))["totalCount"] == 0


def test_the_paper_of_an_entry_is_kept_and_told_by_its_address(site):
    human, number = people.person(), team(site)
    enrol(site, number, human)
    outcome = site.write("WorkerEntryExit.Add", {**site.head, "teamSysNo": number, "workerList": [
        {**named(site, human), "date": day(), "type": 1, "voucher": openapi.picture()},
    ]})  # fmt: skip
    assert outcome["status"] == 20, outcome
    (row,) = page(site, "WorkerEntryExit.Query")["rows"]
    (worker,) = page(site, "ProjectWorker.Query")["rows"]
    assert "/file/" in row["voucher"] == worker["entryAttachmentUrl"]


# 9.7


def contract(site, human, **changes):
    return {
        "corpCode": site.head["corpCode"], "corpName": site.head["corpName"],
        **named(site, human), "contractPeriodType": 0, "startDate": day(days=-10),
        "endDate": day(days=300), **changes,
    }  # fmt: skip


def sign(site, *contracts):
    return site.write("WorkerContract.Add", {
        "projectCode": site.head["projectCode"], "contractList": list(contracts),
    })  # fmt: skip


def test_a_contract_is_kept_and_its_beginning_stands_for_the_signing(site, mason):
    outcome = sign(site, contract(site, mason, unit=81, unitPrice="35.50", attachments=[paper()]))
    assert outcome["status"] == 20, outcome
    (row,) = page(site, "WorkerContract.Query")["rows"]
    assert (row["contractPeriodType"], row["unit"], row["unitPrice"]) == (0, 81, 35.5)
    assert (row["startDate"], row["endDate"]) == (day(days=-10), day(days=300))
    assert [one["name"] for one in row["attachments"]] == ["进场确认单.jpg"]
    (worker,) = page(site, "ProjectWorker.Query")["rows"]
    assert worker["hasContract"] == 1


def test_a_contract_sent_again_is_corrected_and_a_later_one_stands_beside_it(site, mason):
    sign(site, contract(site, mason))
    sign(site, contract(site, mason, endDate=day(days=200)))
    assert page(site, "WorkerContract.Query")["totalCount"] == 1
    sign(site, contract(site, mason, startDate=day(days=201), endDate=day(days=400)))
    rows = page(site, "WorkerContract.Query", **named(site, mason))["rows"]
    assert [row["endDate"] for row in rows] == [day(days=200), day(days=400)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"contractPeriodType": None}, "[contractPeriodType]不能为空!", id="term"),
        pytest.param({"contractPeriodType": 7},
                     "[contractPeriodType]参数值不正确,请参见合同期限类型字典表!", id="no term"),
        pytest.param({"endDate": None}, "[endDate]不能为空!", id="no end"),
        pytest.param({"endDate": "2001-01-01"}, "[endDate]不能小于开始日期!", id="ends before"),
        pytest.param({"attachments": [{"name": "a.jpg", "data": "x"}] * 3},
                     "[attachments]数量超过限制2!", id="papers"),
        pytest.param({"attachments": [{"name": "a.exe", "data": PROGRAM}]},
                     "[attachments][0][data]文件内容无效!", id="no paper"),
        pytest.param({"corpCode": "91440700MA4UNKNOWN"[:18], "corpName": "某公司"},
                     "[corpCode]不是该项目的参建单位,请先上传参建单位信息!", id="company"),
    ],
)  # fmt: skip
def test_a_wrong_contract_is_refused_at_once(site, mason, changes, message):
    reply = site.call("WorkerContract.Add", {
        "projectCode": site.head["projectCode"], "contractList": [contract(site, mason, **changes)],
    })  # fmt: skip
    assert (reply["code"], reply["message"]) == ("-1", f"[contractList][0]{message}")
    assert page(site, "WorkerContract.Query")["totalCount"] == 0


def test_contracts_are_taken_all_or_none_and_name_the_step_before(site, mason):
    outcome = sign(site, contract(site, mason), contract(site, people.person()))
    assert outcome["status"] == 10
    assert outcome["result"].startswith("[contractList][1][idCardNumber]没有找到证件号码为")
    assert "请先上传项目工人信息" in outcome["result"]
    assert page(site, "WorkerContract.Query")["totalCount"] == 0


def test_more_than_five_contracts_are_too_many(site, mason):
    reply = site.call("WorkerContract.Add", {"contractList": [contract(site, mason)] * 6})
    assert reply["message"] == "[contractList]数量超过限制5!"


def test_a_price_of_nought_means_that_none_was_agreed(site, mason):
    assert sign(site, contract(site, mason, unitPrice=0, contractPeriodType="01"))["status"] == 20
    (row,) = page(site, "WorkerContract.Query")["rows"]
    assert row["contractPeriodType"] == 1
    assert "unitPrice" not in row


# 9.10


def lesson(site, *people_, **changes):
    return {
        "projectCode": site.head["projectCode"], "trainingDate": day(days=-1),
        "trainingDuration": "2.5", "trainingName": "进场安全教育", "trainingTypeCode": "003001",
        "workers": [
            {**named(site, human), "isPass": 1, "trainingScore": 92.5} for human in people_
        ], **changes,
    }  # fmt: skip


def test_a_training_is_kept_with_who_took_part(site, mason):
    outcome = site.write("ProjectTraining.Add", lesson(
        site, mason, trainer="王教员", trainingOrg="安全部", trainingAddres="会议室",
        description="三级教育", attachments=[paper("签到表.jpg")],
    ))  # fmt: skip
    assert outcome["status"] == 20, outcome
    (row,) = page(site, "ProjectTraining.Query", trainingDate=day(days=-1), typeCode="003001")[
        "rows"
    ]
    assert (row["trainingName"], row["trainingDuration"]) == ("进场安全教育", 2.5)
    assert (row["trainer"], row["trainingAddress"]) == ("王教员", "会议室")
    (one,) = row["workers"]
    assert (one["workerName"], one["isPass"], one["trainingScore"]) == (mason.name, 1, 92.5)
    assert site.decrypt(one["idCardNumber"]) == mason.id_number
    assert page(site, "ProjectTraining.Query", typeCode="003002")["totalCount"] == 0


def test_a_training_without_people_is_taken(site):
    data = lesson(site)
    del data["workers"]
    assert site.write("ProjectTraining.Add", data)["status"] == 20


def test_an_unknown_worker_of_a_training_is_refused_at_once_in_the_known_words(site, mason):
    stranger = people.person()
    reply = site.call("ProjectTraining.Add", lesson(site, mason, stranger))
    masked = f"{stranger.id_number[:6]}********{stranger.id_number[-4:]}"
    assert (reply["code"], reply["message"]) == (
        "-1", f"没有找到证件类型为01,证件号码为{masked}的对应信息,上传失败!",
    )  # fmt: skip
    assert page(site, "ProjectTraining.Query")["totalCount"] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"trainingTypeCode": "9"},
                     "[trainingTypeCode]值不正确，请参见[培训类型]字典表!", id="kind"),
        pytest.param({"trainingDate": day(days=1)}, "[trainingDate]不能大于今天!", id="tomorrow"),
        pytest.param({"trainingDuration": ""}, "[trainingDuration]不能为空!", id="hours"),
        pytest.param({"attachments": [paper()] * 11}, "[attachments]数量超过限制10!", id="papers"),
    ],
)  # fmt: skip
def test_a_wrong_training_is_refused_at_once(site, changes, message):
    reply = site.call("ProjectTraining.Add", lesson(site, **changes))
    assert (reply["code"], reply["message"]) == ("-1", message)


def test_a_score_beyond_a_hundred_is_out_of_range(site, mason):
    data = lesson(site, mason)
    data["workers"][0]["trainingScore"] = 100.5
    reply = site.call("ProjectTraining.Add", data)
    assert reply["message"] == "[workers][0][trainingScore]值超出范围或无效!"
