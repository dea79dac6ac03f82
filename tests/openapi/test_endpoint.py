"""Whatever comes to the address: HTTP 200 and JSON (open-api.md 1, 2, 5)."""

import hashlib
import json
import urllib.parse
from dataclasses import replace
from datetime import timedelta

import pytest

from app.core import settings
from app.extensions import db
from app.openapi.methods import METHODS
from app.openapi.models import ApiCall
from app.openapi.settings import ACCEPT_PLAIN, CALLS_PER_MINUTE
from tests.factories import people
from tests.openapi.site_system import FORM, china_now
from tests.openapi.test_journey import enrol, page, punch, team

MEGABYTE = 1024 * 1024


def refused(site, reply, code, words=""):
    assert site.status == 200
    assert site.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert reply["code"] == code, reply
    assert words in reply["message"], reply
    assert "data" not in reply


def test_every_verb_but_post_is_told_so(site):
    for verb in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
        refused(site, site.post(b"", FORM, verb=verb), "-1", "POST")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(b"", FORM, id="nothing"),
        pytest.param(b"\xff\xfe%%%&&==", FORM, id="noise"),
        pytest.param(b'{"appid":"1"}', "application/json", id="JSON instead of a form"),
        pytest.param(b"--x\r\nbroken", "multipart/form-data; boundary=x", id="half a multipart"),
        pytest.param(b"--x", "multipart/form-data", id="no boundary"),
        pytest.param(b"appid=1%00&data=%7B%7D", FORM, id="NUL"),
        pytest.param(b"&".join(b"a%d=1" % n for n in range(9000)), FORM, id="many fields"),
    ],
)
def test_a_broken_body_is_a_wrong_parameter(site, body, content_type):
    refused(site, site.post(body, content_type), "-1")


def test_a_slash_at_the_end_of_the_address_changes_nothing(site):
    site.path = "/open.api/"
    assert site.call("CheckSign.Query", {})["code"] == "0"
    refused(site, site.post(b"", FORM, verb="GET"), "-1", "POST")
    refused(site, site.post(b"appid=1%00&data=%7B%7D", FORM), "-1")
    refused(site, site.call("Team.Add", "[" + "1," * 15_000_000 + "1]"), "-1", "大小")


def test_thirty_megabytes_are_refused_in_the_form_clients_read(site):
    body = b"appid=1&data=" + b"x" * (30 * MEGABYTE)
    refused(site, site.post(body, FORM), "-1", "大小")


def test_twenty_megabytes_of_data_are_taken(site):
    data = {**site.head, "teamName": "大消息班", "padding": "x" * (19 * MEGABYTE)}
    assert site.call("Team.Add", data)["code"] == "0"


def test_missing_public_parameters_are_all_named(site):
    parameters = site.parameters("CheckSign.Query", {})
    for name in ("nonce", "timestamp"):
        parameters.pop(name)
    reply = site.send(parameters)
    refused(site, reply, "-1", "[nonce]不能为空!;[timestamp]不能为空!")


def test_an_unknown_appid_is_told_word_for_word(site):
    reply = site.call("CheckSign.Query", {}, appid="44070320240115999")
    refused(site, reply, "-1", "请求参数无效:appid无效!")


@pytest.mark.parametrize("sign", ["0" * 64, "x", "签名"])
def test_a_wrong_signature_is_refused(site, sign):
    refused(site, site.call("CheckSign.Query", {}, sign=sign), "-2", "签名校验错误")


def test_data_changed_after_signing_is_refused(site):
    parameters = site.parameters("Team.Add", {**site.head, "teamName": "甲班"})
    parameters["data"] = parameters["data"][:-5]
    refused(site, site.send(parameters), "-2")


def test_truncated_json_is_refused_when_it_is_signed_so(site):
    refused(site, site.call("Team.Add", '{"teamName":"甲班"'), "-1", "JSON")
    assert page(site, "Team.Query")["totalCount"] == 0


def test_an_unknown_method_is_refused(site):
    refused(site, site.call("Nothing.Query", {}), "-1", "method无效")


def test_a_method_that_is_not_open_yet_is_forbidden(site):
    refused(site, site.call("LaborTransfer.Add", {}), "-3", "无API访问权限")


def test_another_projects_code_is_forbidden(site, neighbour):
    data = {**neighbour.head, "teamName": "越界班"}
    refused(site, site.call("Team.Add", data), "-3", "无API访问权限")
    assert page(neighbour, "Team.Query")["totalCount"] == 0


@pytest.mark.parametrize(
    ("shift", "code"),
    [
        pytest.param({"hours": -8}, "0", id="a clock in UTC"),
        pytest.param({"hours": -11}, "0", id="eleven hours late"),
        pytest.param({"hours": 11}, "0", id="eleven hours early"),
        pytest.param({"hours": -13}, "-2", id="thirteen hours late"),
        pytest.param({"hours": 13}, "-2", id="thirteen hours early"),
    ],
)
def test_the_clock_window(site, shift, code):
    stamp = china_now(**shift).strftime("%Y%m%d%H%M%S")
    reply = site.call("CheckSign.Query", {}, timestamp=stamp)
    assert (site.status, reply["code"]) == (200, code)


def test_the_same_write_a_second_time_is_refused(site):
    parameters = site.parameters("Team.Add", {**site.head, "teamName": "重放班"})
    assert site.send(parameters)["code"] == "0"
    refused(site, site.send(parameters), "-2", "重复")
    assert page(site, "Team.Query")["totalCount"] == 1


def test_the_same_write_in_capitals_is_the_same_write(site):
    parameters = site.parameters("Team.Add", {**site.head, "teamName": "abc"})
    assert site.send(parameters)["code"] == "0"
    again = {**parameters, "sign": parameters["sign"].upper(),
             "data": parameters["data"].replace("abc", "ABC")}  # fmt: skip
    refused(site, site.send(again), "-2")


def test_repeated_punches_are_told_the_first_serial(site):
    number = team(site)
    parameters = site.parameters("WorkerAttendance.Add", {
        "projectCode": site.facts.code, "teamSysNo": number,
        "dataList": [punch(site, people.person(), china_now(minutes=-3))],
    })  # fmt: skip
    first, second = site.send(parameters), site.send(parameters)
    assert first["data"] == second["data"]
    assert second["code"] == "0"


def test_a_query_may_be_repeated(site):
    parameters = site.parameters("Team.Query", {"projectCode": site.facts.code})
    assert [site.send(parameters)["code"] for _turn in range(3)] == ["0"] * 3


def test_a_nonce_may_come_again_with_another_message(site):
    for name in ("甲班", "乙班"):
        reply = site.call("Team.Add", {**site.head, "teamName": name}, nonce="7")
        assert reply["code"] == "0"


def test_multipart_works_like_a_form(site):
    parameters = site.parameters("Team.Add", {**site.head, "teamName": "多段班"})
    assert site.multipart(parameters)["code"] == "0"


def test_the_header_content_encoding_is_nobodys_business(site):
    body = urllib.parse.urlencode(site.parameters("CheckSign.Query", {})).encode()
    assert site.post(body, FORM, headers={"Content-Encoding": "UTF-8"})["code"] == "0"


def test_spaces_may_come_as_percent_twenty(site):
    parameters = site.parameters("Team.Query", json.dumps({"projectCode": site.facts.code}))
    body = "&".join(f"{n}={urllib.parse.quote(v)}" for n, v in parameters.items()).encode()
    assert site.post(body, FORM)["code"] == "0"


def test_names_of_parameters_may_have_any_case(site):
    parameters = site.parameters("CheckSign.Query", {})
    parameters["appId"] = parameters.pop("appid")
    assert site.send(parameters)["code"] == "0"


def test_parameters_nobody_knows_take_part_in_the_signature(site):
    assert site.call("CheckSign.Query", {}, iscompany="1")["code"] == "0"
    stray = site.parameters("CheckSign.Query", {})
    assert site.send({**stray, "appsecret": site.secret})["code"] == "0"
    refused(site, site.send({**stray, "iscompany": "1"}), "-2")


@pytest.mark.parametrize("lay", [
    pytest.param(lambda data: json.dumps(data, indent=2), id="pretty"),
    pytest.param(lambda data: json.dumps(data).replace("=", "\\u003d"), id="escaped"),
    pytest.param(lambda data: json.dumps(data, ensure_ascii=False, separators=(",", ":")),
                 id="compact"),
])  # fmt: skip
def test_json_is_signed_as_it_was_written(site, lay):
    text = lay({"projectCode": site.facts.code, "contractorCorpName": site.facts.corp_name})
    assert site.call("Project.Query", text)["code"] == "0"


def test_lowering_ascii_letters_only_is_recognised(site):
    parameters = site.parameters("Project.Query", {
        "projectCode": site.facts.code, "contractorCorpName": "Ⅱ标段总包Ａ",
    }, sign="")  # fmt: skip
    names = sorted(name for name in parameters if name != "sign")
    text = "&".join(f"{n}={parameters[n]}" for n in names) + f"&appsecret={site.secret}"
    lowered = "".join(c.lower() if c.isascii() else c for c in text)
    parameters["sign"] = hashlib.sha256(lowered.encode()).hexdigest()
    assert site.send(parameters)["code"] == "0"


def test_the_quota_ends_a_flood(site, system):
    with system():
        settings.change(CALLS_PER_MINUTE, 10)
    codes = [site.call("CheckSign.Query", {})["code"] for _turn in range(12)]
    assert codes == ["0"] * 10 + ["-5"] * 2
    assert site.status == 200


def calls_of(system, site):
    with system():
        rows = db.session.query(ApiCall.code).filter_by(client_id=site.facts.client_id)
        return sorted(code for (code,) in rows)


def test_calls_a_stranger_sends_in_its_name_cost_a_client_nothing(site, system):
    with system():
        settings.change(CALLS_PER_MINUTE, 10)
    forged = [site.call("CheckSign.Query", {}, sign="0" * 64)["code"] for _turn in range(15)]
    own = [site.call("CheckSign.Query", {})["code"] for _turn in range(11)]

    assert set(forged) == {"-2"}
    assert own == ["0"] * 10 + ["-5"]


def test_forged_calls_stand_in_the_log_once_a_minute(site, system):
    for _turn in range(5):
        site.call("CheckSign.Query", {}, sign="0" * 64)
    assert calls_of(system, site) == ["-2"]
    with system():
        db.session.query(ApiCall).update({"called_at": ApiCall.called_at - timedelta(minutes=2)})
    site.call("CheckSign.Query", {}, sign="0" * 64)
    assert calls_of(system, site) == ["-2", "-2"]


def test_a_clients_own_refusals_all_stand_in_the_log_and_count(site, system):
    with system():
        settings.change(CALLS_PER_MINUTE, 10)
    late = china_now(hours=-13).strftime("%Y%m%d%H%M%S")
    for _turn in range(10):
        refused(site, site.call("CheckSign.Query", {}, timestamp=late), "-2", "timestamp")
    refused(site, site.call("CheckSign.Query", {}), "-5")

    assert calls_of(system, site) == ["-2"] * 10 + ["-5"]


def test_plain_numbers_are_taken_only_when_the_city_says_so(site, system):
    human = people.person()
    number = team(site)
    item = {"idCardNumber": human.id_number}
    refused_now = site.call("ProjectWorker.Add", {
        **site.head, "teamSysNo": number, "teamName": "钢筋一班", "workerList": [item],
    })  # fmt: skip
    assert "[workerList][0][idCardNumber]解密失败!" in refused_now["message"]
    with system():
        settings.change(ACCEPT_PLAIN, value=True)
    assert enrol(site, number, human, **item)["status"] == 20


def test_what_breaks_inside_is_answered_with_a_number_and_logged_without_values(
    site, monkeypatch, caplog
):
    number = people.person().id_number

    def break_down(_task):
        raise RuntimeError(number)

    broken = replace(METHODS["CheckSign.Query"], answer=break_down)
    monkeypatch.setitem(METHODS, "CheckSign.Query", broken)
    reply = site.call("CheckSign.Query", {})
    refused(site, reply, "-1", "问题编号")
    assert number not in reply["message"]
    assert site.headers["X-Request-Id"] in reply["message"]
    (record,) = [one for one in caplog.records if one.name == "app.openapi"]
    assert record.fields["error"] == "RuntimeError"
    assert "break_down" in record.fields["where"]
    assert number not in str(record.__dict__)


def test_a_write_that_broke_may_be_sent_again(site, monkeypatch):
    parameters = site.parameters("Team.Add", {**site.head, "teamName": "再来班"})

    def break_down(_task, _checked):
        raise RuntimeError

    with monkeypatch.context() as patched:
        broken = replace(METHODS["Team.Add"], work=break_down)
        patched.setitem(METHODS, "Team.Add", broken)
        refused(site, site.send(parameters), "-1", "问题编号")
    assert site.send(parameters)["code"] == "0"
