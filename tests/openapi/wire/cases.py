"""Dictionaries, images and shorthands shared by the tests of the wire."""

import base64
from datetime import UTC, datetime

from app.openapi import wire
from app.openapi.wire import Field, Kind

SECRET = "0123456789abcdefFEDCBA9876543210"
ID_NUMBER = "11010519491231002X"
KB = 1024
NOW = datetime(2024, 1, 15, 17, 0, tzinfo=UTC)  # one in the morning of the 16th in China
JPEG = b"\xff\xd8\xff\xe0"
PNG = b"\x89PNG\r\n\x1a\n"
DICTIONARIES = {
    "id_card_type": ("人员证件类型", {"01", "02", "08", "99"}),
    "direction": ("考勤方向", {"01", "02"}),
    "contract_period_type": ("合同期限类型", {"0", "1"}),
    "work_role": ("工人类型", {"10", "20"}),
    "area_code": ("行政区划", {"440703"}),
    "training_type": ("培训类型", {"003001"}),
    "nation": ("民族", {"汉", "回"}),
}


def read(schema, data, **settings):
    fields = schema if isinstance(schema, tuple) else (schema,)
    return wire.read(
        fields,
        data,
        secret=SECRET,
        codes=lambda name: DICTIONARIES[name][1],
        titles=lambda name: DICTIONARIES[name][0],
        **settings,
    )


def value(field, raw, **settings):
    reading = read(field, {field.name: raw}, **settings)
    assert reading.problems == ()
    return reading.values[field.name]


def problem(field, raw, **settings):
    (sentence,) = read(field, {field.name: raw}, **settings).problems
    return sentence


def b64(content):
    return base64.b64encode(content).decode()


HEAD = Field("headImage", Kind.IMAGE, required=True, max_bytes=50 * KB)


ATTACHMENTS = Field(
    "attachments",
    Kind.LIST,
    max_items=2,
    items=(
        Field("name", required=True),
        Field("data", Kind.FILE, required=True, max_bytes=KB * KB),
    ),
)
