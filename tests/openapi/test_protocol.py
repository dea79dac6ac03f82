import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.openapi import errors, protocol

APPID = "44070320240115001"
SECRET = "0123456789abcdefFEDCBA9876543210"
TEXT_A = (
    'appid=44070320240115001&data={"pageindex":0,"pagesize":50,'
    '"projectcode":"44070320240115001","teamname":"钢筋一班"}&format=json&method=team.query'
    "&nonce=6f1c0e2b9d4a4b7e8c35a1d2f0e49b77&timestamp=20240115083000&version=1.0"
    "&appsecret=0123456789abcdeffedcba9876543210"
)
NONCE_A = "6f1c0e2b9d4a4b7e8c35a1d2f0e49b77"
DATA_A = '{"pageIndex":0,"pageSize":50,"projectCode":"44070320240115001","teamName":"钢筋一班"}'
DATA_A_SPACED = (
    '{"pageIndex": 0, "pageSize": 50, "projectCode": "44070320240115001", '
    '"teamName": "\\u94a2\\u7b4b\\u4e00\\u73ed"}'
)
DATA_B = (
    '{"projectCode":"44070320240115001","teamSysNo":1500161164,"dataList":[{"idCardType":"01",'
    '"idCardNumber":"69tji3W8zjYG0wK80b6ZK80Z7cRtSgSueebtJ+r8v9A=","date":"2024-01-15 07:02:04",'
    '"direction":"01"}]}'
)
DATA_C = '{"requestSerialCode":"workerattendance-add-2024011508-1-0001"}'
CORPSIGN = "HylcRnJr/xHu9o1NDx7/X4A2pfkfY05xvGlS3L71nlCn2T8mWlgYPucapBoaogLS"
DATA_D = (
    '{"pageIndex":0,"pageSize":50,"projectCode":"44070320240115001",'
    '"contractorCorpName":"Ⅱ标段总包Ａ"}'
)
SIGN_D = "40d3a3f372b3c40cfd645f356a5ed34d32ca46cbbb1a8aaa65856bd604c7481a"
SIGN_D_ASCII = "50a6003c4fa192afd3e0a1924c7aebb248c7d805cad56008aba28f8c452ee8b6"


def request(method="Team.Query", nonce=NONCE_A, timestamp="20240115083000", data=DATA_A, **more):
    return {
        "appid": APPID,
        "data": data,
        "format": "json",
        "method": method,
        "nonce": nonce,
        "timestamp": timestamp,
        "version": "1.0",
        **more,
    }


def envelope(parameters, signature="0"):
    return protocol.read_envelope({**parameters, "sign": signature})


def refusal_of(parameters):
    with pytest.raises(errors.ParameterRefused) as refusal:
        protocol.read_envelope(parameters)
    return refusal.value


VECTORS = [
    pytest.param(
        request(), "aefcdba877b7b518402b3042ac9aa5a6d6058a140de449645dad6dcd1e47b5e8", id="A"
    ),
    pytest.param(
        request(data=DATA_A_SPACED),
        "c71257cfbe330c7ede39489f8782cb9d394bdb436cf45fafe9588727216d7bd4",
        id="A with spaces and escapes",
    ),
    pytest.param(
        request("WorkerAttendance.Add", "123456", "20240115083001", DATA_B),
        "c523a7c4ae1753188ba96a6c560087d164c138861d54582058fa196de8a391c9",
        id="B",
    ),
    pytest.param(
        request("AsyncHandleResult.Query", "654321", "20240115083002", DATA_C, corpsign=CORPSIGN),
        "46c1b64b77f473cf2fd09d6153ad2675dbcfd12195678b48f22d15c338f1a8f5",
        id="C with the maker's proof",
    ),
    pytest.param(request("Project.Query", "1", "20240115083003", DATA_D), SIGN_D, id="D"),
]


@pytest.mark.parametrize(("parameters", "signature"), VECTORS)
def test_the_published_signatures_hold(parameters, signature):
    assert protocol.sign(parameters, SECRET) == signature
    assert protocol.signature_matches(envelope(parameters, signature), SECRET)
    assert protocol.signature_matches(envelope(parameters, signature.upper()), SECRET)


def test_the_text_to_sign_is_the_published_one():
    assert protocol.signing_text(request(), SECRET) == TEXT_A


def test_a_client_that_lowers_ascii_letters_only_is_recognised():
    parameters = request("Project.Query", "1", "20240115083003", DATA_D)

    assert protocol.sign(parameters, SECRET, lower=protocol.ascii_lower) == SIGN_D_ASCII
    assert protocol.signature_matches(envelope(parameters, SIGN_D_ASCII), SECRET)


def test_ascii_lowering_is_tried_for_non_ascii_data_only():
    parameters = request(data="{}", extra="Ⅱ")
    signature = protocol.sign(parameters, SECRET, lower=protocol.ascii_lower)

    assert not protocol.signature_matches(envelope(parameters, signature), SECRET)


@pytest.mark.parametrize("parameter", ["appid", "data", "method", "nonce", "corpsign", "extra"])
def test_every_parameter_takes_part_in_the_signature(parameter):
    parameters = request(corpsign=CORPSIGN, extra="1")
    signature = protocol.sign(parameters, SECRET)
    changed = {**parameters, parameter: parameters[parameter] + "9"}

    assert protocol.signature_matches(envelope(parameters, signature), SECRET)
    assert not protocol.signature_matches(envelope(changed, signature), SECRET)


@pytest.mark.parametrize("signature", ["0", "签名", "\ud800", "0" * 64])
def test_a_wrong_signature_is_told_apart_whatever_it_is(signature):
    assert not protocol.signature_matches(envelope(request(), signature), SECRET)


def test_another_secret_does_not_match():
    signature = protocol.sign(request(), SECRET)

    assert not protocol.signature_matches(envelope(request(), signature), SECRET[1:] + "1")


def test_the_value_is_signed_as_received_and_never_written_anew():
    texts = ['{"a":"\\u003d"}', '{"a":"="}', '{"a": "="}', '{"a":"\\/"}', '{"a":"/"}']

    assert len({protocol.sign(request(data=text), SECRET) for text in texts}) == len(texts)


names = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=12)


@given(st.dictionaries(names, st.text(), max_size=8), st.randoms())
def test_the_signature_does_not_depend_on_order_or_letter_case(extra, random):
    parameters = {**extra, **request()}
    pairs = list(parameters.items())
    random.shuffle(pairs)
    swapped = {name.upper(): value for name, value in pairs}

    signature = protocol.sign(parameters, SECRET)

    assert protocol.sign(dict(pairs), SECRET) == signature
    assert protocol.sign(swapped, SECRET) == signature
    assert protocol.sign(parameters, SECRET.swapcase()) == signature


@given(st.text(), st.text())
def test_two_data_texts_that_differ_beyond_case_sign_differently(one, other):
    assume(one.lower() != other.lower())
    assume(one.encode(errors="replace") != other.encode(errors="replace"))

    assert protocol.sign(request(data=one), SECRET) != protocol.sign(request(data=other), SECRET)


def test_the_digest_is_sha256_of_the_text():
    expected = hashlib.sha256(TEXT_A.encode()).hexdigest()

    assert protocol.sign(request(), SECRET) == expected


def test_parameter_names_may_have_any_letter_case():
    parameters = {name.upper(): value for name, value in request(sign="F" * 64).items()}

    read = protocol.read_envelope(parameters)

    assert (read.appid, read.data_text, read.method, read.nonce) == (
        APPID,
        DATA_A,
        "Team.Query",
        NONCE_A,
    )
    assert (read.format, read.version, read.sign) == ("json", "1.0", "F" * 64)
    assert read.corpsign is None


def test_a_sibling_spelling_of_appid_is_signed_like_ours():
    parameters = request()
    signature = protocol.sign(parameters, SECRET)
    parameters["appId"] = parameters.pop("appid")

    assert protocol.signature_matches(envelope(parameters, signature), SECRET)


@pytest.mark.parametrize("name", ["appsecret", "AppSecret"])
def test_a_stray_secret_is_neither_kept_nor_signed(name):
    signature = protocol.sign(request(), SECRET)
    read = envelope({**request(), name: SECRET}, signature)

    assert protocol.signature_matches(read, SECRET)
    assert SECRET not in repr(read) + repr(dict(read.parameters))
    assert protocol.sign({**request(), name: "x"}, SECRET) == signature


def test_an_unknown_parameter_is_signed_with_the_others():
    parameters = request(iscompany="1")

    assert protocol.signing_text(parameters, SECRET).count("&iscompany=1&") == 1
    assert protocol.signature_matches(
        envelope(parameters, protocol.sign(parameters, SECRET)), SECRET
    )


def test_form_fields_are_read_from_a_multidict():
    read = protocol.read_envelope(MultiDict({**request(), "sign": "0"}))

    assert read.method == "Team.Query"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(MultiDict([*request(sign="0").items(), ("data", "{}")]), id="same name"),
        pytest.param({**request(sign="0"), "Data": "{}"}, id="same name in another case"),
    ],
)
def test_a_parameter_that_comes_twice_is_refused(fields):
    assert refusal_of(fields).message == "[data]重复!"


def test_every_missing_parameter_is_named():
    refusal = refusal_of({})

    assert refusal.code == "-1"
    assert refusal.message == (
        "[appid]不能为空!;[data]不能为空!;[format]不能为空!;[method]不能为空!;"
        "[nonce]不能为空!;[timestamp]不能为空!;[version]不能为空!;[sign]不能为空!"
    )


@pytest.mark.parametrize("name", protocol.REQUIRED)
def test_an_empty_parameter_is_a_missing_one(name):
    assert refusal_of({**request(sign="0"), name: ""}).message == f"[{name}]不能为空!"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "xml"),
        ("nonce", "1" * 65),
        ("timestamp", "2024011508300"),
        ("timestamp", "20240230083000"),
        ("timestamp", "20240115083060"),
        ("timestamp", "1705278600"),
        ("timestamp", "２０２４０１１５０８３０００"),
        ("version", "one"),
    ],
)
def test_a_misshapen_parameter_is_refused(name, value):
    refusal = refusal_of({**request(sign="0"), name: value})

    assert (refusal.code, refusal.message) == ("-1", f"[{name}]格式不正确!")


def test_missing_and_misshapen_parameters_are_told_together():
    refusal = refusal_of({**request(sign="0"), "appid": "", "format": "xml", "timestamp": "x"})

    assert refusal.message == "[appid]不能为空!;[format]格式不正确!;[timestamp]格式不正确!"


@pytest.mark.parametrize(
    "nonce",
    ["0", "999999", "abcdefghijklmnopqrst", "6f1c0e2b-9d4a-4b7e-8c35-a1d2f0e49b77", "f" * 64],
)
def test_the_nonces_of_all_known_clients_are_taken(nonce):
    assert protocol.read_envelope(request(nonce=nonce, sign="0")).nonce == nonce


@pytest.mark.parametrize(("name", "value"), [("version", "1.1"), ("format", "JSON")])
def test_harmless_variants_are_taken(name, value):
    parameters = {**request(sign="0"), name: value}

    assert getattr(protocol.read_envelope(parameters), name) == value


NOW = datetime(2024, 1, 15, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timestamp", "fits"),
    [
        pytest.param("20240115083000", True, id="the same moment in China"),
        pytest.param("20240115003000", True, id="a clock that says UTC"),
        pytest.param("20240115080030", True, id="minutes and seconds swapped"),
        pytest.param("20240115203000", True, id="twelve hours ahead"),
        pytest.param("20240115203001", False, id="a second more"),
        pytest.param("20240114203000", True, id="twelve hours behind"),
        pytest.param("20240114202959", False, id="a second more behind"),
        pytest.param("00010101000000", False, id="the first year"),
        pytest.param("99991231235959", False, id="the last year"),
    ],
)
def test_the_clock_may_differ_by_twelve_hours(timestamp, fits):
    read = envelope(request(timestamp=timestamp))
    if fits:
        protocol.check_clock(read, NOW)
        return
    with pytest.raises(errors.ClockRefused) as refusal:
        protocol.check_clock(read, NOW)
    assert refusal.value.code == "-2"


def test_the_window_is_a_setting():
    read = envelope(request(timestamp="20240115083601"))

    protocol.check_clock(read, NOW, timedelta(minutes=7))
    with pytest.raises(errors.ClockRefused):
        protocol.check_clock(read, NOW, timedelta(minutes=6))


def test_the_time_of_a_request_is_china_time():
    assert envelope(request()).sent_at == NOW


@pytest.mark.parametrize("name", ["projectworker.add", "PROJECTWORKER.ADD", "ProjectWorker.Add"])
def test_methods_are_found_in_any_letter_case(name):
    assert protocol.method_key(name) == "ProjectWorker.Add"


def test_an_unknown_method_is_refused_and_an_added_one_found():
    with pytest.raises(errors.UnknownMethod) as refusal:
        protocol.method_key("tempexit.add")
    assert refusal.value.code == "-1"
    assert protocol.method_key("tempexit.add", ["TempExit.Add"]) == "TempExit.Add"


def test_a_success_carries_its_data_and_a_text_code():
    assert protocol.accepted({"a": 1}) == {"code": "0", "message": "成功", "data": {"a": 1}}
    assert protocol.accepted() == {"code": "0", "message": "成功"}
    assert protocol.accepted({})["data"] == {}


def test_a_refusal_has_no_data():
    assert protocol.refused(-1, "x") == {"code": "-1", "message": "x"}


def test_a_serial_names_method_hour_shard_and_counter():
    at = datetime(2024, 1, 15, 0, 59, tzinfo=UTC)

    serial = protocol.serial_code("ProjectWorker.Add", at, 1, 858)

    assert serial == "projectworker-add-2024011508-1-0858"
    assert len(protocol.serial_code("ProjectSubContractor.Update", at, 99, 10**9)) <= 64


def test_a_pending_outcome_has_no_result():
    pending = protocol.outcome("s", protocol.Outcome.PENDING, "待处理")

    assert pending == {"requestSerialCode": "s", "status": 0}
    assert protocol.outcome("s", protocol.Outcome.FAILED, "原因") == {
        "requestSerialCode": "s",
        "status": 10,
        "result": "原因",
    }
    assert protocol.outcome("s", protocol.Outcome.SUCCEEDED)["status"] == 20


def test_a_secret_inside_the_data_is_not_logged():
    text = f'{{"secret":"{SECRET}","again":"{SECRET.lower()}"}}'

    assert protocol.redacted(text, SECRET) == '{"secret":"***","again":"***"}'
