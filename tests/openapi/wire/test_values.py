from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.openapi import wire
from app.openapi.wire import Field, Kind
from tests.openapi.wire.cases import (
    ATTACHMENTS,
    HEAD,
    ID_NUMBER,
    JPEG,
    KB,
    PNG,
    b64,
    problem,
    read,
    value,
)


def test_zero_and_no_are_values():
    schema = (
        Field("type", Kind.INTEGER, required=True),
        Field("isTeamLeader", Kind.FLAG, required=True),
    )

    assert read(schema, {"type": 0, "isTeamLeader": 0}).values == {
        "type": 0,
        "isTeamLeader": False,
    }


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (Kind.TEXT, " 甲 ", "甲"),
        (Kind.TEXT, 156, "156"),
        (Kind.INTEGER, "1500161164", 1500161164),
        (Kind.INTEGER, 1500161164, 1500161164),
        (Kind.INTEGER, Decimal("1500161164.0"), 1500161164),
        (Kind.NUMBER, "12.5", Decimal("12.5")),
        (Kind.NUMBER, 12, Decimal(12)),
        (Kind.NUMBER, Decimal("12.345"), Decimal("12.34")),
        (Kind.MONEY, Decimal("0.1"), Decimal("0.1")),
        (Kind.MONEY, "5000.00", Decimal(5000)),
        (Kind.MONEY, "1.5E3", Decimal(1500)),
        (Kind.FLAG, 1, True),
        (Kind.FLAG, "0", False),
        (Kind.FLAG, True, True),
        (Kind.DATE, "2024-02-29", date(2024, 2, 29)),
        (Kind.MONTH, "2024-01", date(2024, 1, 1)),
        (Kind.MONTH, "2024-01-31", date(2024, 1, 1)),
        (Kind.INSTANT, "2024-01-15 07:02:04", datetime(2024, 1, 14, 23, 2, 4, tzinfo=UTC)),
        (
            Kind.INSTANT,
            "2024-01-15 08:00:00.250",
            datetime(2024, 1, 15, microsecond=250_000, tzinfo=UTC),
        ),
    ],
)
def test_values_are_read_as_number_or_text(kind, raw, expected):
    assert value(Field("x", kind), raw) == expected


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Kind.TEXT, {"a": 1}),
        (Kind.TEXT, ["a"]),
        (Kind.TEXT, True),
        (Kind.TEXT, "a\x00b"),
        (Kind.TEXT, "\ud800"),
        (Kind.TEXT, Decimal("1e999999")),
        (Kind.NUMBER, "1,000"),
        (Kind.NUMBER, "１２"),
        (Kind.NUMBER, "1e99"),
        (Kind.NUMBER, Decimal("0e-999999")),
        (Kind.MONEY, "1.005"),
        (Kind.MONEY, Decimal("0.30000000000000004")),
        (Kind.MONEY, "五千"),
        (Kind.FLAG, 2),
        (Kind.FLAG, "是"),
        (Kind.DATE, "2024-02-30"),
        (Kind.DATE, "2024/01/15"),
        (Kind.DATE, "0001-01-01"),
        (Kind.DATE, "长期"),
        (Kind.MONTH, "2024-13"),
        (Kind.MONTH, "202401"),
        (Kind.INSTANT, "2024-01-15"),
        (Kind.INSTANT, "2024-01-15 24:00:00"),
        (Kind.INSTANT, "2024-01-15 7:02:04"),
        (Kind.INSTANT, "0001-01-01 00:00:00"),
        (Kind.LIST, {"a": 1}),
        (Kind.LIST, "[1"),
    ],
)
def test_values_of_the_wrong_shape_are_named(kind, raw):
    assert problem(Field("x", kind), raw) == "[x]格式不正确!"


@pytest.mark.parametrize("raw", [0, -1, 2**31, "abc", "1.5", "9" * 30, True])
def test_a_team_number_out_of_range_or_unreadable_is_told_so(raw):
    field = Field("teamSysNo", Kind.INTEGER, minimum=1)

    assert problem(field, raw) == "[teamSysNo]值超出范围或无效!"


def test_amounts_that_no_column_holds_are_refused():
    assert problem(Field("x", Kind.MONEY, digits=16), "1" + "0" * 14) == "[x]值超出范围或无效!"
    assert value(Field("x", Kind.MONEY, digits=16), "9" * 14 + ".99") == Decimal("9" * 14 + ".99")
    coordinate = Field("lng", Kind.NUMBER, digits=18, places=15)
    assert value(coordinate, "113.1234567890123456789") == Decimal("113.123456789012346")
    assert problem(coordinate, "1000") == "[lng]值超出范围或无效!"


def test_the_website_is_checked_for_shape_under_the_name_clients_match():
    field = Field("website", pattern=r"https?://\S+", shown="webSite")

    assert value(field, "http://example.cn") == "http://example.cn"
    assert problem(field, "example") == "[webSite]格式不正确!"


def test_a_text_may_be_as_long_as_its_limit():
    field = Field("name", max_length=3)

    assert value(field, "江门市") == "江门市"
    assert problem(field, "江门市区") == "[name]长度超过限制3!"


def test_a_participants_time_may_lack_its_clock():
    field = Field("entryTime", Kind.INSTANT, dated_only=True)

    assert value(field, "2024-01-15") == datetime(2024, 1, 14, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dictionary", "raw", "code"),
    [
        ("id_card_type", "01", "01"),
        ("id_card_type", "1", "01"),
        ("id_card_type", 1, "01"),
        ("direction", "02", "02"),
        ("direction", 1, "01"),
        ("direction", "2", "02"),
        ("contract_period_type", "01", "1"),
        ("contract_period_type", 0, "0"),
        ("nation", "汉", "汉"),
        ("nation", "回族", "回"),
        ("work_role", 20, "20"),
        ("work_role", Decimal("20.0"), "20"),
    ],
)
def test_codes_are_read_in_every_known_form(dictionary, raw, code):
    assert value(Field("x", Kind.CODE, dictionary=dictionary), raw) == code


@pytest.mark.parametrize("raw", [0, "0", "00", "03", "in"])
def test_a_direction_other_than_in_and_out_is_refused(raw):
    field = Field("direction", Kind.CODE, dictionary="direction")

    assert problem(field, raw) == "[direction]参数值不正确,请参见考勤方向字典表!"


def test_a_code_outside_its_dictionary_points_to_the_dictionary():
    area = Field("areaCode", Kind.CODE, dictionary="area_code")
    training = Field("trainingTypeCode", Kind.CODE, dictionary="training_type", listed=True)
    nation = Field("nation", dictionary="nation")

    assert problem(area, "000000") == "[areaCode]参数值不正确,请参见行政区划字典表!"
    assert problem(training, "1") == "[trainingTypeCode]值不正确，请参见[培训类型]字典表!"
    assert problem(nation, "汉族") == "[nation]参数值不正确,请参见民族字典表!"
    assert value(nation, "汉") == "汉"


@pytest.mark.parametrize("prefix", ["", "data:image/jpeg;base64,", " data:image/PNG;base64,\n"])
@pytest.mark.parametrize(("start", "media"), [(JPEG, "image/jpeg"), (PNG, "image/png")])
def test_images_come_bare_or_as_data_address_and_are_told_by_content(prefix, start, media):
    content = start + b"\x00" * 100

    assert value(HEAD, prefix + b64(content)) == wire.File(content, media)


def test_image_limits_count_decoded_bytes():
    largest = JPEG + b"\x00" * (50 * KB - len(JPEG))

    assert len(b64(largest)) > 50 * KB
    assert value(HEAD, b64(largest)).content == largest
    assert problem(HEAD, b64(largest + b"\x00")) == "[headImage]大小超过限制50KB!"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b64(b"BM" + b"\x00" * 50), id="bmp"),
        pytest.param("data:image/png;base64," + b64(b"GIF89a"), id="gif called png"),
        pytest.param("不是图片", id="not base64"),
        pytest.param("data:image/png;base64,", id="nothing behind the prefix"),
        pytest.param(5, id="a number"),
    ],
)
def test_other_images_are_refused(raw):
    assert problem(HEAD, raw) == "[headImage]格式无效,目前仅支持:jpg,jpeg,png,jpeg"


def test_attachments_are_of_any_kind_up_to_their_size():
    content = b"%PDF" + b"\x00" * (KB * KB - 4)

    (read_one,) = value(ATTACHMENTS, [{"name": "合同.pdf", "data": b64(content)}])
    assert read_one == {"name": "合同.pdf", "data": wire.File(content)}
    assert problem(ATTACHMENTS, [{"name": "a", "data": b64(content + b"1")}]) == (
        "[attachments][0][data]大小超过限制1MB!"
    )
    assert problem(ATTACHMENTS, [{"name": "a", "data": "?"}]) == (
        "[attachments][0][data]文件内容无效!"
    )


def test_a_list_longer_than_its_limit_is_refused_whole():
    assert problem(ATTACHMENTS, [{}, {}, {}]) == "[attachments]数量超过限制2!"


@pytest.mark.parametrize(
    ("number", "sound"),
    [
        (ID_NUMBER, True),
        ("11010519491231002x", False),
        ("110105194912310020", False),
        ("1101051949123100", False),
        ("A1010519491231002X", False),
    ],
)
def test_the_check_digit_of_an_identity_number(number, sound):
    assert wire.passes_id_check(number) is sound
