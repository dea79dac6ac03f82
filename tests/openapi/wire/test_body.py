import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.openapi import errors, wire
from app.openapi.wire import Field
from tests.openapi.wire.cases import SECRET, problem, read


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param('{"a":1', "data不是有效的JSON!", id="cut off"),
        pytest.param("", "data不是有效的JSON!", id="nothing"),
        pytest.param("{'a':1}", "data不是有效的JSON!", id="single quotes"),
        pytest.param('{"a":' + "1" * 5000 + "}", "data不是有效的JSON!", id="absurd number"),
        pytest.param("[]", "data必须是JSON对象!", id="a list"),
        pytest.param('"{}"', "data必须是JSON对象!", id="a text"),
        pytest.param("null", "data必须是JSON对象!", id="null"),
        pytest.param('{"a":1,"b":2,"a":1}', "data中字段重复:a!", id="a key twice"),
        pytest.param('{"l":[{"x":1,"x":2}]}', "data中字段重复:x!", id="a key twice within"),
        pytest.param('{"a":NaN}', "data中存在无效的数值!", id="not a number"),
        pytest.param('{"a":-Infinity}', "data中存在无效的数值!", id="infinity"),
        pytest.param('{"a":1e99999999999999999999}', "data中存在无效的数值!", id="exponent"),
        pytest.param('{"a":' + "[" * 12 + "]" * 12 + "}", "data嵌套层数过多!", id="deep"),
        pytest.param("[" * 100_000, "data嵌套层数过多!", id="deeper than the parser goes"),
    ],
)
def test_data_that_is_no_sound_object_is_refused(text, sentence):
    with pytest.raises(errors.ParameterRefused) as refusal:
        wire.parse(text)

    assert (refusal.value.code, refusal.value.message) == ("-1", sentence)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("{}", {}),
        ('{"a": "\\u94a2\\/\\u003d"}', {"a": "钢/="}),
        ('{\n  "b" : [ {"c":null} ]\n}', {"b": [{"c": None}]}),
        ('{"m": 0.1}', {"m": Decimal("0.1")}),
    ],
)
def test_every_way_of_writing_json_is_read(text, data):
    assert wire.parse(text) == data


@given(
    st.dictionaries(
        st.text(),
        st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()),
    )
)
def test_what_a_json_library_writes_is_read_back(data):
    assert wire.parse(json.dumps(data)) == data
    assert wire.parse(json.dumps(data, ensure_ascii=False, indent=2)) == data


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("payMonth", "PayMonth"),
        ("payBankCardNumber", "PayBankCardNumber"),
        ("idCardNumber", "IdCardNumber"),
        ("idCardType", "idCardtype"),
        ("pmIDCardNumber", "pmIdcardNumber"),
        ("responsiblePersonIDCardType", "responsiblePersonIdcardType"),
        ("specialty", "Specialty"),
        ("linkMan", "linkman"),
        ("payrollCode", "payRollCode"),
        ("legaManProTitle", "legalManProTitle"),
        ("legalManProTitle", "legaManProTitle"),
        ("legaManProTitle", "LegalmanProTitle"),
        ("trainingAddress", "trainingAddres"),
        ("trainingAddress", "TrainingAddres"),
    ],
)
def test_keys_are_found_in_every_known_spelling(declared, sent):
    assert read(Field(declared), {sent: "甲"}).values == {declared: "甲"}


def test_the_exact_spelling_wins_unless_it_is_empty_and_else_the_first():
    assert read(Field("linkMan"), {"linkman": "乙", "linkMan": "甲"}).values == {"linkMan": "甲"}
    assert read(Field("linkMan"), {"linkman": "乙", "linkMan": ""}).values == {"linkMan": "乙"}
    assert read(Field("linkMan"), {"linkman": "乙", "LinkMan": "丙"}).values == {"linkMan": "乙"}


@pytest.mark.parametrize("raw", ["", None, "  "])
def test_empty_values_are_absent(raw):
    assert read(Field("remark"), {"remark": raw}) == wire.Reading({}, ())
    assert problem(Field("remark", required=True), raw) == "[remark]不能为空!"
    assert "remark" not in wire.Members({"remark": raw})


def test_unknown_keys_are_ignored():
    reading = read(Field("name"), {"name": "甲", "appsecret": SECRET, "id": {"x": [1]}})

    assert reading == wire.Reading({"name": "甲"}, ())
