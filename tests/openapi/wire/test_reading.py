import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.openapi import cipher, errors, wire
from app.openapi.wire import Field, Kind, Latest
from tests.openapi.wire.cases import (
    ATTACHMENTS,
    HEAD,
    ID_NUMBER,
    JPEG,
    NOW,
    SECRET,
    b64,
    problem,
    read,
    value,
)

WORKERS = (
    Field("projectCode", required=True),
    Field(
        "workerList",
        Kind.LIST,
        required=True,
        max_items=5,
        items=(
            Field("workerName", required=True, max_length=50),
            HEAD,
            Field("idCardType", Kind.CODE, required=True, dictionary="id_card_type"),
            Field("idCardNumber", Kind.ID_NUMBER, required=True),
        ),
    ),
)


def worker(**changes):
    return {
        "workerName": "张三",
        "headImage": b64(JPEG),
        "idCardType": "01",
        "idCardNumber": cipher.encrypt(ID_NUMBER, SECRET),
        **changes,
    }


def test_every_problem_is_told_with_its_path():
    data = {
        "workerList": [
            worker(headImage=""),
            worker(),
            worker(idCardType="77", idCardNumber="x", workerName="张" * 51),
            "张三",
        ]
    }

    reading = read(WORKERS, data)

    assert reading.problems == (
        "[projectCode]不能为空!",
        "[workerList][0][headImage]不能为空!",
        "[workerList][2][workerName]长度超过限制50!",
        "[workerList][2][idCardType]参数值不正确,请参见人员证件类型字典表!",
        "[workerList][2][idCardNumber]解密失败!",
        "[workerList][3]格式不正确!",
    )
    with pytest.raises(errors.ParameterRefused) as refusal:
        reading.or_refuse()
    assert refusal.value.message == ";".join(reading.problems)


def test_a_sound_message_gives_its_values():
    data = {"projectCode": 44070320240115001, "workerlist": [worker(WorkerName="李四")]}

    values = read(WORKERS, data).or_refuse()

    assert values["projectCode"] == "44070320240115001"
    assert values["workerList"][0]["idCardNumber"] == ID_NUMBER
    assert values["workerList"][0]["workerName"] == "张三"


@pytest.mark.parametrize("raw", [[], "[]", "", None])
def test_a_required_list_without_items_is_missing(raw):
    assert read(WORKERS, {"projectCode": "1", "workerList": raw}).problems == (
        "[workerList]不能为空!",
    )


def test_an_optional_list_without_items_is_an_empty_one():
    assert value(ATTACHMENTS, []) == []


def test_a_list_may_come_as_json_text():
    field = Field("builderLicenses", Kind.LIST, items=(Field("prjName"),))

    assert value(field, '[{"prjName":"一标"}]') == [{"prjName": "一标"}]
    assert problem(field, '{"prjName":"一标"}') == "[builderLicenses]格式不正确!"
    assert problem(field, '[{"prjName":1,"prjName":2}]') == "[builderLicenses]格式不正确!"


def test_a_field_may_be_required_by_another():
    schema = (
        Field("backPayMonth", Kind.MONTH, required=lambda values: values.get("isBackPay")),
        Field("isBackPay", Kind.FLAG, required=True),
    )

    assert read(schema, {"isBackPay": 0}).problems == ()
    assert read(schema, {"isBackPay": 1}).problems == ("[backPayMonth]不能为空!",)
    assert read(schema, {"isBackPay": 1, "backPayMonth": "2024-01"}).problems == ()


def test_a_bound_client_need_not_name_what_its_key_names():
    assumed = {"projectCode": "44070320240115001", "idCardType": "01"}
    item = worker()
    del item["idCardType"]

    values = read(WORKERS, {"workerList": [item]}, assumed=assumed).or_refuse()

    assert values["projectCode"] == "44070320240115001"
    assert values["workerList"][0]["idCardType"] == "01"
    sent = read(WORKERS, {"projectCode": "2", "workerList": [worker()]}, assumed=assumed)
    assert sent.values["projectCode"] == "2"


def test_an_excused_field_may_be_absent():
    reading = read(Field("corpCode", required=True), {}, excused=["corpCode"])

    assert reading == wire.Reading({}, ())


def test_encrypted_fields_are_decrypted():
    card = Field("payBankCardNumber", encrypted=True, max_length=19)
    text = "CZIsfDj/yDwXlTus9Ks8hZq4kbYz2pelTHqOeHGH2pY="

    assert value(card, text) == "6222000000000000017"
    assert value(card, text[:20] + "\r\n" + text[20:]) == "6222000000000000017"
    assert problem(card, cipher.encrypt("6" * 20, SECRET)) == ("[payBankCardNumber]长度超过限制19!")
    assert problem(card, "6222000000000000017") == "[payBankCardNumber]解密失败!"
    assert problem(card, {"a": 1}) == "[payBankCardNumber]格式不正确!"


def test_an_encrypted_nothing_is_absent():
    field = Field("idCardNumber", Kind.ID_NUMBER, required=True)

    assert problem(field, cipher.encrypt("", SECRET)) == "[idCardNumber]不能为空!"


def test_identity_numbers_are_written_in_capitals():
    field = Field("idCardNumber", Kind.ID_NUMBER)

    assert value(field, cipher.encrypt(ID_NUMBER.lower(), SECRET)) == ID_NUMBER


def test_plain_identity_numbers_pass_only_where_allowed_and_sound():
    field = Field("responsiblePersonIDNumber", Kind.ID_NUMBER)
    sentence = "[responsiblePersonIDNumber]解密失败!"

    assert problem(field, ID_NUMBER) == sentence
    assert value(field, ID_NUMBER.lower(), accept_plain=True) == ID_NUMBER
    assert problem(field, "110105194912310021", accept_plain=True) == sentence
    assert value(field, cipher.encrypt(ID_NUMBER, SECRET), accept_plain=True) == ID_NUMBER


@pytest.mark.parametrize(
    ("field", "due", "late", "sentence"),
    [
        (
            Field("payMonth", Kind.MONTH, latest=Latest(errors.NOT_AFTER_TODAY)),
            "2024-01",
            "2024-02",
            "[payMonth]不能大于今天!",
        ),
        (
            Field("balanceDate", Kind.DATE, latest=Latest(errors.PAID_NOT_AFTER_TODAY)),
            "2024-01-16",
            "2024-01-17",
            "[balanceDate]发放日期不能大于今天",
        ),
        (
            Field("date", Kind.INSTANT, latest=Latest(errors.NOT_AFTER_THE_DAY)),
            "2024-01-16 23:59:59",
            "2024-01-17 00:00:00",
            "[date]不能大于当天!",
        ),
        (
            Field("exitTime", Kind.INSTANT, latest=Latest(errors.NOT_AFTER_NOW, by_day=False)),
            "2024-01-16 01:00:00",
            "2024-01-16 01:00:01",
            "[exitTime]最晚为当前时间!",
        ),
    ],
)
def test_dates_that_have_not_come_are_refused_by_chinas_calendar(field, due, late, sentence):
    value(field, due, now=NOW)
    assert problem(field, late, now=NOW) == sentence
    value(field, late)


def test_an_instant_before_there_were_gates_is_out_of_range():
    punch = Field("date", Kind.INSTANT)
    value(punch, "2000-01-01 00:00:00")
    for early in ("1900-01-01 00:00:00", "1999-12-31 23:59:59"):
        assert problem(punch, early) == "[date]值超出范围或无效!"


def test_a_future_movement_is_named_with_its_path():
    movement = Field("date", Kind.DATE, latest=Latest(errors.NOT_AFTER_THE_DAY))
    field = Field("workerList", Kind.LIST, items=(movement,))

    assert problem(field, [{"date": "2024-01-17"}], now=NOW) == (
        "[workerList][0][date]不能大于当天!"
    )


@given(st.text(), st.sampled_from(sorted(Kind)), st.booleans())
def test_no_text_breaks_the_reader(text, kind, encrypted):
    reading = read(Field("x", kind, encrypted=encrypted), {"x": text}, accept_plain=True)

    assert not (reading.values and reading.problems)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(json_values, st.sampled_from(sorted(Kind)))
def test_no_value_of_any_type_breaks_the_reader(raw, kind):
    reading = read(Field("x", kind, max_length=5, max_bytes=5), {"x": raw}, now=NOW)

    assert len(reading.problems) <= 3
    assert set(reading.values) <= {"x"}
